"""The draft of a report to the referrer: what is known of the visit, in plain words, for staff to edit. Reads only."""

from dataclasses import dataclass, field
from datetime import date

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clinic.platform.db.together import read_together
from clinic.platform.words import day, phone
from intake.before_visit.actions import cleared
from scheduling.conference.models import ConferenceCase
from scheduling.follow_up.models import FollowUpCall, PlanItem
from scheduling.requests.models import AppointmentRequest
from scheduling.scores.models import Score
from scheduling.scores.reading import Shown
from scheduling.visits.models import Appointment, Visit


@dataclass(frozen=True, slots=True)
class Facts:
    """What a report can tell of a request."""

    visits: list[Visit]  # completed ones, the last first; each with `words`
    legs: list[Appointment] = field(default_factory=list)
    scores: list[Score] = field(default_factory=list)
    cases: list[ConferenceCase] = field(default_factory=list)
    items: list[PlanItem] = field(default_factory=list)
    calls: list[FollowUpCall] = field(default_factory=list)

    @property
    def visit(self) -> Visit | None:
        """The last completed visit."""
        return self.visits[0] if self.visits else None


def read_facts(wanted: AppointmentRequest) -> Facts:
    """Everything the draft is made from: one query."""
    parts = (
        Visit.objects.filter(request=wanted, state=Visit.State.COMPLETED).select_related("visit_type"),
        Appointment.objects.filter(visit__request=wanted, state=Appointment.State.DONE).select_related(
            "clinician", "specialty"
        ),
        Score.objects.current().filter(patient_id=wanted.patient_id),
        ConferenceCase.objects.filter(request=wanted, state=ConferenceCase.State.DISCUSSED).select_related(
            "conference"
        ),
        PlanItem.objects.filter(request=wanted).exclude(state=PlanItem.State.DROPPED).select_related("owner"),
        FollowUpCall.objects.filter(request=wanted, state=FollowUpCall.State.DUE),
    )
    visits, legs, scores, cases, items, calls = read_together(*parts)
    visits.sort(key=lambda visit: visit.starts_at, reverse=True)
    for visit in visits:
        visit.words = f"{day(visit.starts_at)}, {visit.visit_type}"
    last, today = visits[0].pk if visits else None, timezone.localdate()
    return Facts(
        visits=visits,
        legs=sorted((leg for leg in legs if leg.visit_id == last), key=lambda leg: leg.position),
        scores=sorted(scores, key=lambda score: (score.kind, score.target)),
        cases=sorted((case for case in cases if case.outcome and case.conference.on <= today), key=_held_on),
        items=sorted(items, key=lambda item: (item.due_on, item.created_at)),
        calls=sorted((call for call in calls if call.visit_id == last and call.due_on >= today), key=_due_on),
    )


def _due_on(row: PlanItem | FollowUpCall) -> date:
    return row.due_on


def _held_on(case: ConferenceCase) -> date:
    return case.conference.on


def addressee_of(wanted: AppointmentRequest) -> tuple[str, str]:
    """The doctor to write to, as the patient told it before the visit: name, and the lines of an address.

    The cancer doctor with the place of treatment; without one the primary care doctor with their phone. Both empty when
    nothing was told.
    """
    told = getattr(wanted.report, "before_visit", None)
    answers = cleared(told.answers) if told is not None else {}
    name = str(answers.get("oncologist_name") or "").strip()
    if name:
        return name, "\n".join(part for part in (name, str(answers.get("treating_site") or "").strip()) if part)
    name, number = str(answers.get("pcp_name") or "").strip(), answers.get("pcp_phone")
    lines = (name, _("Phone %(number)s") % {"number": phone(number)} if name and number else "")
    return name, "\n".join(part for part in lines if part)


def report_text(wanted: AppointmentRequest, facts: Facts, *, to: str, signed_by: str) -> str:
    """The draft, a paragraph for each thing that is known; what is not known is left out."""
    patient = wanted.patient
    about = {"name": patient.full_name, "born": _born(patient.date_of_birth), "reference": wanted.reference}
    parts = [
        _("Dear %(name)s,") % {"name": to or _("colleague")},
        _("About: %(name)s, born %(born)s. Our reference: %(reference)s") % about,
        _opening(facts, patient.full_name),
        _listed(_("Seen by:"), list(dict.fromkeys(f"{leg.clinician.name}, {leg.specialty}" for leg in facts.legs))),
        _listed(_("Scores:"), [words for score in facts.scores if (words := _score_words(score))]),
        *(_conference_words(case) for case in facts.cases),
        _listed(_("Plan:"), [item_words(item) for item in facts.items]),
        _calls_words(facts.calls),
        _("Call us with any question: %(number)s.") % {"number": phone(settings.NURSE_LINE_PHONE)},
        "\n".join((_("Sincerely,"), signed_by, settings.CLINIC_NAME)),
    ]
    return "\n\n".join(part for part in parts if part)


def item_words(item: PlanItem) -> str:
    """One item of the plan in a line: what, who, until when or when it was done."""
    who = str(item.owner) if item.owner_id else item.owner_outside
    words = {"kind": item.get_kind_display(), "what": item.text, "who": who, "day": day(item.done_on or item.due_on)}
    if item.state == PlanItem.State.DONE:
        return _("%(kind)s: %(what)s (%(who)s, done on %(day)s)") % words
    return _("%(kind)s: %(what)s (%(who)s, by %(day)s)") % words


def _born(stored: str) -> str:
    try:
        return date_format(date.fromisoformat(stored), "F j, Y")
    except ValueError:
        return stored


def _opening(facts: Facts, name: str) -> str:
    if facts.visit is None:
        return _("Thank you for trusting us with the care of %(name)s. This is what we plan.") % {"name": name}
    words = {"name": name, "day": day(facts.visit.starts_at)}
    return _("Thank you for trusting us with the care of your patient. We saw %(name)s on %(day)s.") % words


def _listed(title: str, lines: list[str]) -> str:
    return "\n".join([title, *(f"- {line}" for line in lines)]) if lines else ""


def _score_words(score: Score) -> str:
    """A score with its unit, band and day; what has no result yet is nothing to write about."""
    shown = Shown.of_score(score)
    return _("%(score)s (%(day)s)") % {"score": shown.line, "day": day(score.assessed_on)} if shown.result else ""


def _conference_words(case: ConferenceCase) -> str:
    words = {"day": day(case.conference.on), "outcome": case.outcome}
    return _("Our conference of %(day)s: %(outcome)s") % words


def _calls_words(calls: list[FollowUpCall]) -> str:
    if not calls:
        return ""
    words = {"first": day(calls[0].due_on), "last": day(calls[-1].due_on)}
    if len(calls) == 1:
        return _("A nurse calls the patient on %(first)s.") % words
    return _("A nurse calls the patient on %(first)s and on %(last)s.") % words
