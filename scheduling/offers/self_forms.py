"""Picking a time: one radio for each start of a day."""

from collections.abc import Sequence
from datetime import date

from django import forms
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from clinic.platform import words
from clinic.platform.forms import RadioField, SubmitForm
from intake.before_visit.choices import TIMES_OF_DAY
from scheduling.availability.bits import datetime_of
from scheduling.itineraries.legs import PARTS_OF_DAY, Itinerary
from scheduling.offers.day_words import sign_day
from scheduling.requests.models import AppointmentRequest


class LookForm(forms.Form):
    """What to look at, from the address of the page: a day, a part of the day. What cannot be read is left aside."""

    day = forms.DateField(required=False, input_formats=["%Y-%m-%d"])
    part = forms.ChoiceField(required=False, choices=[("", ""), *TIMES_OF_DAY])

    @property
    def chosen_day(self) -> date | None:
        """The day, if there is one that can be read."""
        self.is_valid()
        return self.cleaned_data.get("day")

    @property
    def chosen_part(self) -> str:
        """A part of the day as `PARTS_OF_DAY` names it, or "" for all of it."""
        self.is_valid()
        part = self.cleaned_data.get("part", "")
        return part if part in PARTS_OF_DAY else ""

    def address(self, **changed: str) -> str:
        """The query of the same look with something else in it."""
        told = {"day": str(self.chosen_day or ""), "part": self.chosen_part, **changed}
        return "?" + urlencode({name: value for name, value in told.items() if value})

    def parts(self) -> list[dict]:
        """Links to all of the day and to each part of it."""
        words = [("", _("Any time")), *((code, text) for code, text in TIMES_OF_DAY if code in PARTS_OF_DAY)]
        here = self.chosen_part
        return [{"text": text, "url": self.address(part=code), "current": code == here} for code, text in words]


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
