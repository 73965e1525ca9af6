"""Rows -> facts of requests, alerts and the clinic. A constant number of queries, whatever the number of rows.

The figures are of the whole clinic and show no patient, so rows are not narrowed to those that somebody may open. Test
patients and records that were absorbed by another one are left out here, once for all measures.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, Min, OuterRef, Q, QuerySet, Subquery

from clinic.directory.closed_days import closed_days
from clinic.platform.audit.models import AuditEntry
from intake.before_visit.models import BeforeVisit
from intake.patients.models import Coverage, Patient
from intake.triage.clinic_clock import targets
from intake.triage.clocks import NurseHours
from intake.triage.models import Alert, ContactAttempt, Level, TriageReview
from scheduling.availability.read import clinic_zone
from scheduling.follow_up.models import HospitalEvent
from scheduling.measures.service.facts import AlertFact, House, PersonFact, RequestFact
from scheduling.measures.service.figures import Period
from scheduling.measures.service.safety import LATER_CAUSES
from scheduling.requests.models import AppointmentRequest, RequestNote
from scheduling.visits.models import Appointment

RAISES = ("new_symptoms", "score")  # kinds of notes: the level rose after sending
SELF_REFERRAL = ("patient", "caregiver")
AROUND = timedelta(days=60)  # closed days before and after a period that a deadline may meet


def the_house(period: Period, now: datetime) -> House:
    """The clinic's hours, closed days and targets: one query."""
    return House(
        now=now,
        zone=period.zone,
        hours=NurseHours.parse(settings.NURSE_LINE_HOURS),
        closed=closed_days(period.first - AROUND, period.end + AROUND),
        targets=targets(),
    )


def whole_months(first: date, last: date) -> Period:
    """The period in the clinic's zone."""
    return Period(first, last, clinic_zone())


def who_counts(prefix: str = "") -> Q:
    """Patients that are neither made to try the system out nor absorbed by another record."""
    return Q(**{f"{prefix}is_test": False, f"{prefix}merged_into": None})


def sent_requests(period: Period) -> QuerySet[AppointmentRequest]:
    """Requests of the period of patients who count."""
    return AppointmentRequest.objects.filter(
        who_counts("patient__"), submitted_at__gte=period.starts_at, submitted_at__lt=period.ends_at
    ).order_by()


def _first(rows: QuerySet, column: str) -> Subquery:
    return Subquery(rows.order_by(column).values(column)[:1])


def request_facts(period: Period) -> list[RequestFact]:
    """The requests of the period: one query."""
    notes = RequestNote.objects.filter(request=OuterRef("pk"))
    calls = ContactAttempt.objects.filter(report=OuterRef("report"), reached=True)
    reviews = TriageReview.objects.filter(triage=OuterRef("triage"))
    levels = reviews.filter(disposition__in=Level.values).order_by("-reviewed_at", "-pk")
    consults = Appointment.objects.filter(
        visit__request=OuterRef("pk"), state=Appointment.State.DONE, specialty__is_physician=True
    )
    rows = sent_requests(period).annotate(
        first_taken=_first(notes.filter(kind="taken"), "at"),
        first_call=_first(calls, "at"),
        raised=Subquery(notes.filter(kind__in=RAISES).order_by("-at").values("at")[:1]),
        first_review=_first(reviews, "reviewed_at"),
        reviewed=Subquery(levels.values("disposition")[:1]),
        first_alert=_first(Alert.objects.filter(report=OuterRef("report")), "detected_at"),
        consult_starts=_first(consults, "starts_at"),
        consult_ends=_first(consults, "ends_at"),
    )
    found = rows.values_list(
        "pk", "patient_id", "submitted_at", "triage__level", "level", "reviewed", "triage__rules", "filled_by",
        "first_taken", "first_review", "contacted_at", "first_call", "raised", "withdrawn_at", "declined_at",
        "redirected_at", "first_alert", "consult_starts", "consult_ends",
    )  # fmt: skip
    return [
        RequestFact(
            key=key,
            who=who,
            sent_at=sent,
            computed=computed,
            level=level,
            reviewed=reviewed,
            rules=tuple(rules),
            is_self_referral=filled_by in SELF_REFERRAL,
            first_taken_at=taken,
            first_review_at=review,
            contacted_at=min((one for one in (call, contacted) if one is not None), default=None),
            raised_at=raised,
            contacted_since_raised_at=contacted if raised else None,  # that clock is emptied when it runs anew
            withdrawn_at=withdrawn,
            is_accepted=declined is None and redirected is None,
            first_alert_at=alert,
            consult_starts_at=starts,
            consult_ends_at=ends,
        )
        for key, who, sent, computed, level, reviewed, rules, filled_by, taken, review, contacted, call, raised,
        withdrawn, declined, redirected, alert, starts, ends in found.iterator(chunk_size=5000)
    ]  # fmt: skip


def alert_facts(period: Period) -> list[AlertFact]:
    """Alerts of the period, those of forms that were never sent too: two queries, the second of the audit."""
    reached = Q(contacts__reached=True)
    rows = (
        Alert.objects.filter(Q(report=None) | who_counts("report__patient__"))
        .filter(detected_at__gte=period.starts_at, detected_at__lt=period.ends_at)
        .order_by()
        .annotate(
            own_call=Min("contacts__at", filter=reached),
            report_call=Subquery(
                ContactAttempt.objects.filter(report=OuterRef("report"), reached=True, at__gte=OuterRef("detected_at"))
                .order_by("at")
                .values("at")[:1]
            ),
        )
        .values_list(
            "pk",
            "draft_id",
            "report_id",
            "detected_at",
            "own_call",
            "report_call",
            "report__request__withdrawn_at",
            "report__patient_id",
        )
    )
    raised = dict(
        AuditEntry.objects.filter(
            subject_kind=Alert._meta.label_lower,
            action="alert_raised",
            at__gte=period.starts_at,
            at__lt=period.ends_at + timedelta(days=1),
        )
        .order_by()
        .values_list("subject_id", "at")
    )
    return [
        AlertFact(
            case=draft or report or key,
            detected_at=detected,
            raised_at=raised.get(str(key)),
            reached_at=min((at for at in (own, other) if at is not None), default=None),
            withdrawn_at=withdrawn,
            who=who,
        )
        for key, draft, report, detected, own, other, withdrawn, who in rows
    ]


def hospital_days(period: Period) -> dict[UUID, list[date]]:
    """Days of ED visits and admissions for the three causes, by request: one query."""
    found: dict[UUID, list[date]] = {}
    rows = HospitalEvent.objects.filter(
        request__submitted_at__gte=period.starts_at,
        request__submitted_at__lt=period.ends_at,
        cause__in=LATER_CAUSES,
    ).order_by()
    for key, on in rows.values_list("request_id", "on"):
        found.setdefault(key, []).append(on)
    return found


def people(period: Period) -> dict[UUID, PersonFact]:
    """What the equity view groups by, of everybody with a request or an alert in the period: two queries.

    The only read of encrypted columns among the measures but for worst pain; nothing of it leaves this process but as
    counts of groups.
    """
    requests = sent_requests(period).filter(patient=OuterRef("pk"))
    alerts = Alert.objects.filter(
        report__patient=OuterRef("pk"), detected_at__gte=period.starts_at, detected_at__lt=period.ends_at
    )
    first_plan = Coverage.objects.filter(patient=OuterRef("pk")).order_by("position").values("payer_type")[:1]
    patients = Patient.objects.filter(who_counts()).filter(Exists(requests) | Exists(alerts))
    races = _races(patients)
    rows = patients.order_by().annotate(payer=Subquery(first_plan))
    return {
        key: PersonFact(language, zip_code or "", payer or "", _birth_date(born), races.get(key, ()))
        for key, language, zip_code, payer, born in rows.values_list(
            "pk", "preferred_language", "zip", "payer", "date_of_birth"
        )
    }


def _races(patients: QuerySet[Patient]) -> dict[UUID, tuple[str, ...]]:
    """What each patient told last about race and ethnicity, as codes."""
    rows = BeforeVisit.objects.filter(report__patient__in=patients.values("pk")).order_by("saved_at")
    told: Iterable[tuple] = rows.values_list("report__patient_id", "answers")
    found = {}
    for who, answers in told:
        if chosen := answers.get("race_ethnicity"):
            found[who] = tuple(chosen)
    return found


def _birth_date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
