"""The emergency page: the same for somebody who registers and for somebody who tells us of new symptoms."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from clinic.platform.forms import new_key
from clinic.platform.refusals import Refused
from intake.registration.forms import EmergencyForm
from intake.registration.models import Draft
from intake.registration.pages import show
from intake.triage.actions import ANSWERS, person_said, set_call_back_phone
from intake.triage.messages import message_for
from intake.triage.models import Alert


@dataclass(frozen=True, slots=True)
class Around:
    """What surrounds the message: where its buttons and its way on lead, and the reference once there is one.

    `save_url` is where answers are kept for later; empty where they are kept anyway. `phone` is the number that staff
    see with the alert as long as no other is given; empty where there is none, or where it must not be told.
    `leave_url` is where staff who fill in for a caller came from; empty where that is no page of its own.
    """

    answer_url: str
    next_url: str
    reference: str = ""
    save_url: str = ""
    phone: str = ""
    leave_url: str = ""


def alert_of(draft: Draft) -> Alert | None:
    """The last emergency that was shown while this form was filled in."""
    return Alert.objects.filter(draft_id=draft.pk).order_by("-detected_at").first()


def show_emergency(
    request: HttpRequest, draft: Draft, alert: Alert, around: Around, *, form: EmergencyForm | None = None
) -> HttpResponse:
    """What to do now, word for word as signed off; `form` is one with errors to show again."""
    form = form or EmergencyForm(initial={"call_back_phone": alert.call_back_phone})
    is_crisis = alert.message == "M-988"
    return show(
        request,
        "registration/emergency.html",
        draft=draft,
        alert=alert,
        message=message_for(
            alert.message, caregiver=draft.filled_by == "caregiver", crisis_line="E02" in draft.emergency_rules
        ),
        call_number=settings.CRISIS_NUMBER if is_crisis else settings.EMERGENCY_NUMBER,
        is_crisis=is_crisis,
        form=form,
        key=new_key(),
        is_sent=draft.state == Draft.State.SENT,
        around=around,
        save_url="",
        by_phone_url=around.leave_url,
        status=422 if form.errors else 200,
    )


def take_answer(request: HttpRequest, alert: Alert) -> tuple[str, EmergencyForm]:
    """Keep the number and what the person says they will do; the answer, and the form with what was wrong in it."""
    form = EmergencyForm(request.POST)
    answer = request.POST.get("answer", "")
    if form.is_valid() and form.cleaned_data["call_back_phone"]:
        set_call_back_phone(alert, form.cleaned_data["call_back_phone"], by=request.actor)
    if answer in ANSWERS:
        try:
            person_said(alert, answer, by=request.actor, key=request.POST.get("key", ""))
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            alert.refresh_from_db()
    return answer, form
