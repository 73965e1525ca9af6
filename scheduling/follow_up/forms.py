"""Forms of the plan, the letters and the follow-up calls."""

from datetime import date, datetime, timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.platform.forms import (
    LongTextField,
    RadioField,
    Reveal,
    SelectField,
    SplitDateField,
    SubmitForm,
    TextField,
)
from scheduling.availability.staff_forms import CLOCK_HINT, ClockField
from scheduling.follow_up.calls import NO_ANSWER, WHY_CLOSED
from scheduling.follow_up.letters import LONGEST_ADDRESSEE, LONGEST_BODY
from scheduling.follow_up.models import HospitalEvent, Letter, PlanItem
from scheduling.follow_up.words import daily_life_choices

NOTE_LENGTH = 1000
OUTSIDE = "outside"
NOT_SAID = "not_said"
FURTHEST = timedelta(days=3 * 366)
PAIN_SCALE = [
    ("0", gettext_lazy("0 – No pain")),
    *((str(number), str(number)) for number in range(1, 10)),
    ("10", gettext_lazy("10 – Worst pain they can imagine")),
    (NOT_SAID, gettext_lazy("Did not say")),
]


DAILY_LIFE = daily_life_choices()


def _furthest_ahead() -> date:
    return timezone.localdate() + FURTHEST


def _furthest_back() -> date:
    return timezone.localdate() - FURTHEST


class VersionedForm(SubmitForm):
    """A form made from a row: it says from which version, so that the second of two editors is told."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def show_newer(self, version: int) -> None:
        """After a refusal: what was typed stays, the next save is made from the row as it is now."""
        self.renew_key()
        self.data[self.add_prefix("version")] = str(version)


class PlanItemForm(SubmitForm):
    """What shall be done, by whom, until when."""

    submit_label = gettext_lazy("Add to the plan")
    kind = SelectField(
        label=gettext_lazy("Kind"), choices=PlanItem.Kind.choices, missing=gettext_lazy("Select the kind")
    )
    text = LongTextField(
        label=gettext_lazy("What shall be done"),
        missing=gettext_lazy("Enter what shall be done"),
        max_length=NOTE_LENGTH,
        rows=3,
    )
    owner = SelectField(label=gettext_lazy("Who does it"), missing=gettext_lazy("Select who does it"))
    owner_outside = TextField(
        label=gettext_lazy("If somebody outside, who"), required=False, show_optional=False, max_length=200
    )
    due_on = SplitDateField(
        label=gettext_lazy("Due on"),
        missing=gettext_lazy("Enter when it is due"),
        earliest=_furthest_back,
        latest=_furthest_ahead,
    )
    reveals = {"owner_outside": Reveal("owner", (OUTSIDE,), gettext_lazy("Enter who does it"))}

    def __init__(self, *args, owners, **kwargs):
        super().__init__(*args, **kwargs)
        staff = [(str(user.pk), str(user)) for user in owners]
        empty = self.fields["owner"].choices[:1]
        self.fields["owner"].choices = [*empty, *staff, (OUTSIDE, _("Somebody outside the clinic"))]

    def facts(self) -> dict:
        """What the actions take."""
        said = self.cleaned_data
        outside = said["owner"] == OUTSIDE
        return {
            "kind": said["kind"],
            "text": said["text"],
            "owner_id": None if outside else int(said["owner"]),
            "owner_outside": said["owner_outside"] or "" if outside else "",
            "due_on": said["due_on"],
        }


class ChangeItemForm(VersionedForm, PlanItemForm):
    """The same for an item that is there."""

    submit_label = gettext_lazy("Save")


class CloseItemForm(VersionedForm):
    """What became of an item."""

    submit_label = gettext_lazy("Save")
    state = RadioField(
        label=gettext_lazy("What became of it?"),
        choices=[(PlanItem.State.DONE, gettext_lazy("Done")), (PlanItem.State.DROPPED, gettext_lazy("Not needed"))],
        missing=gettext_lazy("Select what became of it"),
    )
    done_on = SplitDateField(
        label=gettext_lazy("If done, on which day"),
        what=gettext_lazy("The day"),
        required=False,
        show_optional=False,
        past=True,
    )
    reason = LongTextField(
        label=gettext_lazy("If not needed, why"), required=False, show_optional=False, max_length=NOTE_LENGTH, rows=3
    )
    reveals = {
        "done_on": Reveal("state", (PlanItem.State.DONE,), gettext_lazy("Enter the day it was done")),
        "reason": Reveal("state", (PlanItem.State.DROPPED,), gettext_lazy("Enter why it is not needed")),
    }

    def __init__(self, *args, item: PlanItem, **kwargs):
        super().__init__(*args, **kwargs)
        if item.kind == PlanItem.Kind.RADIATION:
            self.fields["done_on"].help_text = _("The day radiation began, or the day of the simulation")


class HospitalEventForm(SubmitForm):
    """An emergency department visit or an admission that staff learned of."""

    submit_label = gettext_lazy("Save")
    kind = RadioField(
        label=gettext_lazy("What happened?"),
        choices=[
            (HospitalEvent.Kind.ED_VISIT, gettext_lazy("Emergency department visit")),
            (HospitalEvent.Kind.ADMISSION, gettext_lazy("Hospital admission")),
        ],
        missing=gettext_lazy("Select what happened"),
    )
    cause = RadioField(
        label=gettext_lazy("Why?"),
        choices=HospitalEvent.Cause.choices,
        missing=gettext_lazy("Select why"),
    )
    on = SplitDateField(
        label=gettext_lazy("On which day?"),
        what=gettext_lazy("The day"),
        missing=gettext_lazy("Enter the day"),
        past=True,
        earliest=_furthest_back,
    )
    note = LongTextField(label=gettext_lazy("Note"), required=False, max_length=NOTE_LENGTH, rows=3)


class LetterForm(SubmitForm):
    """Addressee and text of a letter."""

    submit_label = gettext_lazy("Save the draft")
    addressee = LongTextField(
        label=gettext_lazy("To"),
        help_text=gettext_lazy("Name, practice, address or fax number, one a line"),
        missing=gettext_lazy("Enter to whom the letter goes"),
        max_length=LONGEST_ADDRESSEE,
        rows=4,
    )
    body = LongTextField(
        label=gettext_lazy("Text"), missing=gettext_lazy("Enter the text"), max_length=LONGEST_BODY, rows=24
    )


class NewLetterForm(LetterForm):
    """A report that is not kept yet, with the visit that it tells of."""

    visit = SelectField(
        label=gettext_lazy("About the visit"), empty=gettext_lazy("No visit yet"), required=False, show_optional=False
    )

    def __init__(self, *args, visits, **kwargs):
        super().__init__(*args, **kwargs)
        self.visits = {str(visit.pk): visit for visit in visits}
        if not visits:
            del self.fields["visit"]
            return
        choices = [(key, visit.words) for key, visit in self.visits.items()]
        self.fields["visit"].choices = [*self.fields["visit"].choices[:1], *choices]
        self.order_fields(["visit"])

    def visit_of(self):
        """The visit that was chosen, if any."""
        return self.visits.get(self.cleaned_data.get("visit") or "")


class ChangeLetterForm(VersionedForm, LetterForm):
    """The same for a draft that is there."""


class SentTimeField(ClockField):
    """The minute at which a letter went out."""

    step = 1


class SendForm(VersionedForm):
    """How and when a letter was sent."""

    submit_label = gettext_lazy("Mark as sent")
    how = RadioField(
        label=gettext_lazy("How was it sent?"),
        choices=Letter.How.choices,
        missing=gettext_lazy("Select how the letter was sent"),
    )
    when = RadioField(
        label=gettext_lazy("When?"),
        choices=[("now", gettext_lazy("Just now")), ("earlier", gettext_lazy("Earlier"))],
        missing=gettext_lazy("Select when the letter was sent"),
    )
    sent_on = SplitDateField(
        label=gettext_lazy("If earlier, on which day"),
        what=gettext_lazy("The day"),
        required=False,
        show_optional=False,
        past=True,
    )
    sent_time = SentTimeField(
        label=gettext_lazy("If earlier, at what time"),
        what=gettext_lazy("The time"),
        help_text=CLOCK_HINT,
        required=False,
        show_optional=False,
    )
    reveals = {
        "sent_on": Reveal("when", ("earlier",), gettext_lazy("Enter the day it was sent")),
        "sent_time": Reveal("when", ("earlier",), gettext_lazy("Enter the time it was sent")),
    }

    def sent_at(self) -> datetime | None:
        """The moment; None for just now."""
        said = self.cleaned_data
        if said["when"] == "now":
            return None
        return datetime.combine(said["sent_on"], said["sent_time"], timezone.get_default_timezone())


def _number(chosen: str | None) -> int | None:
    """The number that was said, if one was."""
    return int(chosen) if chosen and chosen != NOT_SAID else None


class AttemptForm(SubmitForm):
    """One try of a follow-up call."""

    submit_label = gettext_lazy("Save the call")
    reached = RadioField(
        label=gettext_lazy("Did you reach the patient?"),
        choices=[("yes", gettext_lazy("Yes, I spoke with them")), ("no", gettext_lazy("No, not reached"))],
        missing=gettext_lazy("Select whether you reached the patient"),
    )
    pain_worst = RadioField(
        label=gettext_lazy("If reached: the worst pain of the past 24 hours"),
        help_text=gettext_lazy("0 is no pain, 10 is the worst pain they can imagine"),
        choices=PAIN_SCALE,
        layout="row",
        required=False,
        show_optional=False,
    )
    ecog_self = RadioField(
        label=gettext_lazy("If reached: daily life in the past week"),
        help_text=gettext_lazy("Read them out: which one fits best?"),
        choices=[*DAILY_LIFE, (NOT_SAID, gettext_lazy("Did not say"))],
        required=False,
        show_optional=False,
    )
    new_symptoms = RadioField(
        label=gettext_lazy("If reached: any new symptoms?"),
        help_text=gettext_lazy("If yes, ask the safety questions while the patient is on the phone"),
        choices=[("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))],
        required=False,
        show_optional=False,
    )
    problems = LongTextField(
        label=gettext_lazy("If reached: problems the patient told of"),
        required=False,
        max_length=NOTE_LENGTH,
        rows=3,
    )
    note = LongTextField(label=gettext_lazy("Note"), required=False, max_length=NOTE_LENGTH, rows=3)
    reveals = {
        "pain_worst": Reveal("reached", ("yes",), gettext_lazy("Select the worst pain, or 'Did not say'")),
        "ecog_self": Reveal("reached", ("yes",), gettext_lazy("Select what fits daily life best, or 'Did not say'")),
        "problems": Reveal("reached", ("yes",)),
        "new_symptoms": Reveal("reached", ("yes",), gettext_lazy("Select whether there are new symptoms")),
    }

    def facts(self) -> dict:
        """What the action takes."""
        said = self.cleaned_data
        return {
            "reached": said["reached"] == "yes",
            "pain_worst": _number(said["pain_worst"]),
            "ecog_self": _number(said["ecog_self"]),
            "problems": said["problems"] or "",
            "new_symptoms": said["new_symptoms"] == "yes",
            "note": said["note"] or "",
        }


class CloseCallForm(SubmitForm):
    """Why no more calls are made."""

    submit_label = gettext_lazy("Close the call")
    submit_class = "secondary"
    why = RadioField(
        label=gettext_lazy("Why are no more calls made?"),
        choices=list(WHY_CLOSED.items()),
        missing=gettext_lazy("Select why no more calls are made"),
    )
    why_note = LongTextField(label=gettext_lazy("Note"), required=False, max_length=NOTE_LENGTH, rows=3)

    def __init__(self, *args, few_tries: str = "", **kwargs):
        super().__init__(*args, **kwargs)
        if few_tries:
            self.fields["why"].widget.hints = {NO_ANSWER: few_tries}

    def clean(self) -> dict:
        """Another reason needs words."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("why") == "other" and not cleaned.get("why_note"):
            self.add_error("why_note", ValidationError(_("Enter the reason")))
        return cleaned
