"""Picking a time: one radio for each start of a day."""

from collections.abc import Sequence
from datetime import date

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from clinic.platform import words
from clinic.platform.forms import RadioField, SubmitForm
from scheduling.availability.bits import datetime_of
from scheduling.itineraries.legs import Itinerary
from scheduling.offers.day_words import sign_day
from scheduling.requests.models import AppointmentRequest


class LookForm(forms.Form):
    """The day to look at, from the address of the page. Anything else than a date is left aside."""

    day = forms.DateField(required=False, input_formats=["%Y-%m-%d"])

    @property
    def chosen(self) -> date | None:
        """The day, if there is one that can be read."""
        return self.cleaned_data.get("day") if self.is_valid() else None


class PickForm(SubmitForm):
    """The times of one day. A value is a signed itinerary: nobody can ask for one that was not found."""

    submit_label = _("Hold this time for me")
    time = RadioField(label=_("Time"), choices=(), missing=_("Select a time"))

    def __init__(self, *args, wanted: AppointmentRequest, times: Sequence[Itinerary], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["time"]
        field.choices = [(sign_day(wanted, one, legs_key(wanted)), _hours(one)) for one in times]


class TakeForm(SubmitForm):
    """What the page of times posts, read without searching again: the action checks it anew."""

    time = forms.CharField(max_length=4000)


def legs_key(wanted: AppointmentRequest) -> list[tuple[str, None]]:
    """The consults of the review: a signed time counts for these only."""
    return [(code, None) for code in wanted.specialties]


def _hours(one: Itinerary):
    return format_html("<strong>{}</strong>", words.clock_range(datetime_of(one.start), datetime_of(one.end)))
