"""What a patient reads about a request: the message of the triage, the status in plain words, the next step."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.directory.closed_days import closed_days
from clinic.platform import words
from intake.registration.models import Draft
from intake.symptoms.models import SymptomReport
from intake.tasks.models import StaffTask
from intake.triage.actions import BY_REVIEW
from intake.triage.clocks import NurseHours, is_open
from intake.triage.messages import EMERGENCY_CODES, Message, message_for
from intake.triage.models import Alert, Level
from scheduling.requests.models import AppointmentRequest
from scheduling.requests.status import PATIENT_WORDS

# Words of settled point 5 by their code: status, tag of the look, what it means
STATUS = {
    "received": (_("Received"), "neutral", _("We have the request. A nurse reads it, then we call.")),
    "need_something": (
        _("We need something from you"),
        "waiting",
        _("Something is missing before we can plan the visit. We will call you about it. You can also call us."),
    ),
    "planning": (
        _("Planning your visit"),
        "neutral",
        _("A nurse has read the request. We are looking for one day when everyone you need can see you."),
    ),
    "choose_day": (_("Choose your day"), "waiting", _("We hold days for you. Choose the one that works best.")),
    "booked": (_("Booked"), "done", _("The visit is booked.")),
    "done": (_("Done"), "done", _("The visit has taken place. A nurse calls you about a week after it.")),
    "closed": (_("Closed"), "neutral", _("We are not working on this request any more.")),
}
FOR_CAREGIVER = {  # what it means, where the words above speak to the patient
    "need_something": _(
        "Something is missing before we can plan the visit. We will call about it. You can also call us."
    ),
    "planning": _(
        "A nurse has read the request. We are looking for one day when everyone the patient needs to see has time."
    ),
    "choose_day": _("We hold days for the patient. Choose the one that works best."),
    "done": _("The visit has taken place. A nurse calls the patient about a week after it."),
}
CLOSED_BECAUSE = {
    AppointmentRequest.Status.REDIRECTED_TO_ED: _(
        "We asked you to go to the emergency room. Call us when you are back home, and we will plan what comes next."
    ),
    AppointmentRequest.Status.DECLINED: _(
        "Our clinic is not the right place for this request. We will tell you, or have told you, who can help."
    ),
    AppointmentRequest.Status.WITHDRAWN: _("The request was taken back. If you need us, send a new one or call."),
}
CLOSED_FOR_CAREGIVER = {
    AppointmentRequest.Status.REDIRECTED_TO_ED: _(
        "We asked that the patient go to the emergency room. Call us when they are back home, and we will plan what "
        "comes next."
    ),
    AppointmentRequest.Status.DECLINED: _(
        "Our clinic is not the right place for this request. We will tell the patient, or have told them, who can help."
    ),
    AppointmentRequest.Status.WITHDRAWN: _(
        "The request was taken back. If the patient needs us, send a new one or call."
    ),
}
OVER = _("The time of the visit is over. If you could not come, call us and we will find another day.")
OVER_FOR_CAREGIVER = _(
    "The time of the visit is over. If the patient could not come, call us and we will find another day."
)
LAPSED = _("The time to choose a day has ended. Our team will look for new days. Call us if you want to speed this up.")


def nurse_line_is_open(now: datetime) -> bool:
    """Whether a call to the nurse line is answered now: its hours, and no holiday of the clinic."""
    today = timezone.localtime(now).date()
    closed = closed_days(today, today)
    return is_open(now, NurseHours.parse(settings.NURSE_LINE_HOURS), timezone.get_default_timezone(), closed)


def what_they_are_told(wanted: AppointmentRequest, draft: Draft, *, now: datetime) -> dict[str, Any]:
    """For the page after sending: the message of domain 4.7 and what it needs.

    An emergency that was shown while filling in still counts, also if the answer was changed afterwards.
    """
    code = wanted.triage.message
    if wanted.level == Level.EMERGENCY and code not in EMERGENCY_CODES:
        alert = _last_shown(wanted)
        code = alert.message if alert else code
    message = _message(code, wanted, {*wanted.triage.rules, *draft.emergency_rules}, now=now)
    return {"message": message, "is_emergency": code in EMERGENCY_CODES, "is_urgent": code == "M-URGENT"}


def _last_shown(wanted: AppointmentRequest) -> Alert | None:
    """The last emergency page that was shown; one that a reviewer decided was not, and has no message."""
    shown = Alert.objects.filter(report=wanted.report_id).exclude(filled_by=BY_REVIEW)
    return shown.order_by("-detected_at").first()


def emergency_words(wanted: AppointmentRequest, *, now: datetime) -> dict[str, Any]:
    """For the page of a request whose last emergency nobody has talked about with the person yet: its message again.

    One query, and only of an emergency.
    """
    if wanted.level != Level.EMERGENCY or wanted.contacted_at:
        return {}
    alert = _last_shown(wanted)
    if alert is None:
        return {}
    return {"message": _message(alert.message, wanted, alert.rules, now=now), "is_emergency": True}


def _message(code: str, wanted: AppointmentRequest, rules: Iterable[str], *, now: datetime) -> Message:
    return message_for(
        code,
        caregiver=wanted.filled_by == "caregiver",
        crisis_line="E02" in rules,
        phone=words.phone(wanted.patient.phone_primary),
        deadline=words.moment(wanted.contact_due_at),
        nurse_line=words.phone(settings.NURSE_LINE_PHONE),
        nurse_line_open=nurse_line_is_open(now),
        after_hours=words.phone(settings.AFTER_HOURS_PHONE) if settings.AFTER_HOURS_PHONE else "",
    )


def new_symptoms_words(wanted: AppointmentRequest, report: SymptomReport, *, now: datetime) -> dict[str, Any]:
    """For the page after sending new symptoms: the message of domain 4.7, and by when somebody calls.

    An emergency that was shown while filling in still counts.
    """
    draft = Draft.objects.filter(report=report, purpose=Draft.Purpose.SYMPTOMS).first()
    task = StaffTask.objects.filter(kind=StaffTask.Kind.NEW_SYMPTOMS, dedupe=str(report.pk)).first()
    alert = Alert.objects.filter(draft_id=draft.pk).order_by("-detected_at").first() if draft else None
    code = alert.message if alert else report.triage.message
    due_at = task.due_at if task and task.due_at else wanted.contact_due_at
    message = message_for(
        code,
        caregiver=report.filled_by == "caregiver",
        crisis_line="E02" in {*report.triage.rules, *(draft.emergency_rules if draft else ())},
        phone=words.phone(wanted.patient.phone_primary),
        deadline=words.moment(due_at),
        nurse_line=words.phone(settings.NURSE_LINE_PHONE),
        nurse_line_open=nurse_line_is_open(now),
        after_hours=words.phone(settings.AFTER_HOURS_PHONE) if settings.AFTER_HOURS_PHONE else "",
    )
    is_emergency = code in EMERGENCY_CODES
    return {"message": message, "is_emergency": is_emergency, "is_urgent": code == "M-URGENT", "due_at": due_at}


def status_words(wanted: AppointmentRequest, *, has_live_offer: bool, is_visit_over: bool = False) -> dict[str, Any]:
    """The status as a word, a tag and a sentence. An offer that ran out a moment ago is told as such, and a visit whose
    time is over although nobody has written what became of it."""
    code = PATIENT_WORDS[wanted.status]
    if code == "choose_day" and not has_live_offer:
        code, meaning = "planning", LAPSED
    elif code == "booked" and is_visit_over:
        meaning = OVER_FOR_CAREGIVER if wanted.filled_by == "caregiver" else OVER
    else:
        meaning = CLOSED_BECAUSE.get(wanted.status, STATUS[code][2])
        if wanted.filled_by == "caregiver":
            meaning = CLOSED_FOR_CAREGIVER.get(wanted.status) or FOR_CAREGIVER.get(code, meaning)
    return {"word_code": code, "word": STATUS[code][0], "tag": STATUS[code][1], "meaning": meaning}
