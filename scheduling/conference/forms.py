"""Forms of the case conference."""

from django import forms
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.platform.forms import (
    CheckboxesField,
    ConsentField,
    LongTextField,
    RadioField,
    SelectField,
    SplitDateField,
    SubmitForm,
    TextField,
)
from clinic.platform.words import clock
from clinic.platform.words import day as day_words
from scheduling.availability.staff_forms import CLOCK_HINT, ClockField
from scheduling.conference.days import closed_reason
from scheduling.conference.models import Conference

QUESTION_LENGTH = 600
TEXT_LENGTH = 1000


class NewConferenceForm(SubmitForm):
    """Date, time and place. On a closed day the person is told, and may hold it all the same."""

    submit_label = gettext_lazy("Plan this conference")
    on = SplitDateField(label=gettext_lazy("Date"), future=True, missing=gettext_lazy("Enter the date"))
    at = ClockField(
        label=gettext_lazy("Starts"), help_text=CLOCK_HINT, missing=gettext_lazy("Enter when the conference starts")
    )
    place = TextField(
        label=gettext_lazy("Place"),
        help_text=gettext_lazy("A room, or how to join from elsewhere"),
        required=False,
        max_length=120,
    )
    anyway = ConsentField(label=gettext_lazy("Hold it although the clinic is closed that day"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            del self.fields["anyway"]

    def clean(self) -> dict:
        """The closed day is named; the tick box is there only when it is needed."""
        cleaned = super().clean()
        reason = closed_reason(cleaned["on"]) if cleaned.get("on") else ""
        if not reason:
            self.fields.pop("anyway", None)
        elif not cleaned.get("anyway"):
            words = {"day": day_words(cleaned["on"]), "reason": reason}
            self.add_error(
                "on",
                _("The clinic is closed on %(day)s (%(reason)s). Choose another day, or tick the box below") % words,
            )
        return cleaned


def day_choices(conferences: list[Conference]) -> list[tuple[str, str]]:
    """Conferences as answers: "Tuesday, November 24, 2026, 12:00 noon, Room 4"."""
    return [
        (str(one.pk), ", ".join(part for part in (day_words(one.on), clock(one.starts_at), one.place) if part))
        for one in conferences
    ]


def _question(**more) -> LongTextField:
    return LongTextField(
        label=gettext_lazy("Question for the conference"),
        max_length=QUESTION_LENGTH,
        rows=3,
        missing=gettext_lazy("Enter the question for the conference"),
        **more,
    )


class DayForm(SubmitForm):
    """One of the coming conferences."""

    conference = RadioField(
        label=gettext_lazy("Which conference?"), choices=[], missing=gettext_lazy("Select a conference")
    )

    def __init__(self, *args, conferences: list[Conference], **kwargs):
        super().__init__(*args, **kwargs)
        self.by_key = {str(one.pk): one for one in conferences}
        self.fields["conference"].choices = day_choices(conferences)

    @property
    def chosen(self) -> Conference:
        """The conference that a valid form chose."""
        return self.by_key[self.cleaned_data["conference"]]


class AddCaseForm(DayForm):
    """A request for the list of a conference."""

    submit_label = gettext_lazy("Put on the list")
    question = _question(help_text=gettext_lazy("One or two sentences: what should the team answer?"))


class PutOffForm(DayForm):
    """The same case on another day."""

    submit_label = gettext_lazy("Put off to this day")
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class QuestionForm(SubmitForm):
    """The question, to be changed."""

    submit_label, submit_class = gettext_lazy("Save the question"), "secondary"
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    question = _question()


class RecommendForm(SubmitForm):
    """What a specialty recommends. Clinicians write for their own one, who runs the conference for any."""

    submit_label = gettext_lazy("Save the recommendation")
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    specialty = SelectField(label=gettext_lazy("Specialty"), missing=gettext_lazy("Select a specialty"))
    text = LongTextField(
        label=gettext_lazy("Recommendation"),
        max_length=TEXT_LENGTH,
        rows=3,
        missing=gettext_lazy("Enter the recommendation"),
    )

    def __init__(self, *args, specialties: list, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["specialty"].choices = [
            ("", gettext_lazy("Choose one")),
            *((one.code, one.name) for one in specialties),
        ]


class OutcomeForm(SubmitForm):
    """What was decided, and whom the patient should see."""

    submit_label = gettext_lazy("Save the outcome")
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    request_version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    outcome = LongTextField(
        label=gettext_lazy("Outcome"), max_length=TEXT_LENGTH, rows=4, missing=gettext_lazy("Enter the outcome")
    )
    specialties = CheckboxesField(
        label=gettext_lazy("Specialties to see"),
        help_text=gettext_lazy("The visit is planned with these. None ticked: the plan stays as it is"),
        choices=[],
        required=False,
        show_optional=False,
    )
    visit_type = RadioField(
        label=gettext_lazy("Visit type"),
        help_text=gettext_lazy("None selected: as planned so far"),
        choices=[],
        required=False,
    )

    def __init__(self, *args, specialties: list, visit_types: list, suggested_for: dict[str, str], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["specialties"].widget.hints = suggested_for
        self.fields["specialties"].choices = [(one.code, one.name) for one in specialties if one.is_leg]
        self.fields["visit_type"].choices = [(one.code, one.name) for one in visit_types]


class AttendanceForm(SubmitForm):
    """Who was there; who is not ticked was not."""

    submit_label = gettext_lazy("Save who was there")
    opened_at = forms.CharField(widget=forms.HiddenInput, max_length=40, required=False)
    present = CheckboxesField(label=gettext_lazy("Who was there?"), choices=[], required=False, show_optional=False)

    def __init__(self, *args, people: list, **kwargs):
        super().__init__(*args, **kwargs)
        groups: dict[str, list] = {}
        for one in people:
            groups.setdefault(one.specialty.name, []).append((str(one.pk), one.name))
        self.fields["present"].choices = list(groups.items())

    def clean_opened_at(self):
        """When the list was written last, as the page knew it; None when it never was."""
        text = self.cleaned_data["opened_at"]
        try:
            return parse_datetime(text) if text else None
        except ValueError:
            raise forms.ValidationError(_("Open this page again before you save")) from None
