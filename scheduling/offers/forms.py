"""The patient's answers to an offer."""

from django import forms
from django.template.loader import render_to_string
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from clinic.platform.forms import ConsentField, LongTextField, RadioField, SubmitForm
from scheduling.visits.itinerary import day_and_hours, legs_in_words
from scheduling.visits.models import Visit


def _day_in_words(day: Visit) -> SafeString:
    return format_html("<strong>{}</strong>", day_and_hours(day))


def _legs_of_day(day: Visit) -> SafeString:
    return render_to_string("offers/_legs.html", {"visit": day, "legs": legs_in_words(day)})


_in_words, _its_legs = lazy(_day_in_words, SafeString), lazy(_legs_of_day, SafeString)


class ChooseDayForm(SubmitForm):
    """One radio a day; what happens on that day stands under its radio."""

    submit_label = _("Book this day")
    visit = RadioField(label=_("Your days"), choices=(), missing=_("Select the day you want"))

    def __init__(self, *args, days: list[Visit], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.days = {str(day.pk): day for day in days}
        field = self.fields["visit"]
        # written out only when the form is shown: a choice that is right needs no words
        field.choices = [(value, _in_words(day)) for value, day in self.days.items()]
        field.widget.hints = {value: _its_legs(day) for value, day in self.days.items()}

    @property
    def chosen(self) -> Visit:
        """The day that a checked form names."""
        return self.days[self.cleaned_data["visit"]]


class ChangeDayForm(SubmitForm):
    """The held day in place of the booked one; what it posts is read by `ChooseDayForm`."""

    submit_label = _("Change to this day")
    visit = forms.UUIDField(widget=forms.HiddenInput)


class KeepDayForm(SubmitForm):
    """A button; what it posts is read by `DeclineForm`."""

    submit_label = _("Keep the booked day")
    submit_class = "secondary"


class MoreTimeForm(SubmitForm):
    """A button."""

    submit_label = _("I need more time")
    submit_class = "secondary"


class DeclineForm(SubmitForm):
    """None of the days work: nothing here has to be filled in."""

    submit_label = _("Ask for other days")
    reason = LongTextField(
        label=_("What would work better?"),
        help_text=_("For example: mornings, not on Fridays, or after December 10"),
        max_length=1000,
        required=False,
    )
    wants_call = ConsentField(label=_("Call me to find a day"), required=False, show_optional=False)
