"""What the conference decided about a patient, and what that changes in the plan of the visit."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.roles import Permission
from clinic.directory.closed_days import closed_days
from clinic.directory.models import Specialty
from clinic.platform.audit.actors import Actor
from clinic.platform.audit.record import record
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import submit_once
from clinic.platform.words import day as day_words
from intake.records.actions import items_from_review, lock_records
from intake.records.models import ReadinessItem
from intake.triage.clinic_clock import LOOK_AHEAD
from intake.triage.clocks import NurseHours
from scheduling.conference.actions import locked_case, note, stale
from scheduling.conference.models import Conference, ConferenceCase
from scheduling.conference.rules import records_due, were_complete
from scheduling.requests.actions import _bump, _checked_plan, _free_what_no_longer_fits
from scheduling.requests.may import locked_request, require_user
from scheduling.requests.models import AppointmentRequest
from scheduling.requests.refresh import CLOSED, STILL_TO_COME, refresh_status

USUAL_VISIT = "coordinated_new"
PLANNED, SAME, NO_VISIT, BOOKED, OVER = "planned", "same", "no_visit", "booked", "over"


@submit_once(
    "conclude_case",
    store=lambda row: str(row.pk),
    replay=lambda stored: ConferenceCase.objects.select_related("conference", "request").get(pk=stored),
)
def conclude(
    case: ConferenceCase,
    *,
    outcome: str,
    specialties: list[str],
    visit_type: str,
    version: int,
    request_version: int,
    user,
    by: Actor,
    key: str,
) -> ConferenceCase:
    """Write the outcome down; the specialties to see become those of the request, days that no longer fit are freed.

    A booked visit is never changed by this: `plan` of the returned case says what became of the plan (one of the words
    above). Whether the records were complete in time is found when the case is first discussed. Raises Refused:
    "not_allowed", "outcome_missing", "too_early", "closed", "not_listed", "stale" (the case or the request was changed
    since), "unknown_specialty", "visit_type_missing", "specialties_missing".
    """
    require_user(user, Permission.RUN_CONFERENCE)
    if not outcome.strip():
        raise Refused(_("Enter the outcome."), code="outcome_missing")
    lock_records(case.request.report_id)
    now, wanted = timezone.now(), locked_request(case.request)
    row = locked_case(case, version=version)
    if wanted.version != request_version:
        raise stale()
    if row.conference.on > timezone.localdate(now):
        words = {"day": day_words(row.conference.on)}
        raise Refused(_("Write the outcome on the day of the conference, %(day)s.") % words, code="too_early")
    chosen = _known(specialties)
    plan = _feed(wanted, visit_type, chosen, by=by, now=now)
    if row.discussed_at is None:
        row.discussed_at, row.records_complete = now, records_were_complete(row)
    row.state, row.outcome, row.specialties = ConferenceCase.State.DISCUSSED, outcome.strip(), chosen
    row.concluded_by, row.version = user, row.version + 1
    row.save()
    words = {"day": day_words(row.conference.on), "outcome": row.outcome}
    note(wanted, "conference_outcome", _("Case conference on %(day)s: %(outcome)s") % words, by, now)
    record("conference_concluded", by=by, subject=row, data={"specialties": chosen, "plan": plan})
    row.plan = plan
    return row


def _known(codes: list[str]) -> list[str]:
    """The codes in the order of the specialties, each once. Raises Refused(code="unknown_specialty")."""
    rows = Specialty.objects.filter(code__in=codes, is_leg=True).order_by("position", "code")
    known = list(rows.values_list("code", flat=True))
    if set(known) != set(codes):
        raise Refused(_("Select specialties from the list."), code="unknown_specialty")
    return known


def _feed(wanted: AppointmentRequest, visit_type: str, specialties: list[str], *, by: Actor, now) -> str:
    """Plan the visit of a locked request as the conference decided; what became of it.

    As after a review: an open offer of another plan ends, records that the specialties look at come on the list, and
    the status follows. The level and a question that is open to the patient stay.
    """
    if wanted.status in CLOSED:
        return OVER
    if not specialties and not visit_type:
        return NO_VISIT
    plan = _checked_plan(visit_type or (wanted.visit_type.code if wanted.visit_type else USUAL_VISIT), specialties)
    if plan.visit_type.pk == wanted.visit_type_id and sorted(plan.specialties) == sorted(wanted.specialties):
        return SAME
    if wanted.visits.filter(state__in=STILL_TO_COME).exists():
        return BOOKED
    _free_what_no_longer_fits(wanted, "", plan, by=by, now=now)
    wanted.visit_type, wanted.specialties = plan.visit_type, plan.specialties
    wanted.save(update_fields=["visit_type", "specialties"])
    _bump(wanted)
    items_from_review(wanted.report, plan.specialties, by=by)
    refresh_status(wanted, by=by, at=now, reason="conference")
    return PLANNED


def due_of(conference: Conference):
    """By when records had to be here for this conference, in UTC. One query."""
    closed = closed_days(conference.on - LOOK_AHEAD, conference.on)
    hours = NurseHours.parse(settings.NURSE_LINE_HOURS)
    return records_due(conference.starts_at, hours, ZoneInfo(settings.CLINIC_TIME_ZONE), closed)


def records_were_complete(case: ConferenceCase) -> bool:
    """Whether all required records were here one business day before the conference (domain 8). Two queries."""
    items = ReadinessItem.objects.filter(report_id=case.request.report_id)
    return were_complete(items.values_list("is_required", "state", "received_at"), due_of(case.conference))
