"""Forms of the pages of availability: the times of a clinician, and what is closed."""

import re
from datetime import date, datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.platform.forms import (
    CheckboxesField,
    RadioField,
    Reveal,
    SelectField,
    SplitDateField,
    SubmitForm,
    TextField,
    WholeNumberField,
)
from scheduling.availability.models import Weekday

CLOCK = re.compile(r"(\d{1,2})(?::(\d{2}))?\s*([ap])?\.?\s*(?:m\.?)?", re.IGNORECASE)
REASON_LENGTH = 120
CLOCK_HINT = gettext_lazy("For example 9:00 am or 13:30")
RHYTHMS = [
    (1, gettext_lazy("Every week")),
    (2, gettext_lazy("Every 2 weeks")),
    (3, gettext_lazy("Every 3 weeks")),
    (4, gettext_lazy("Every 4 weeks")),
]


class ClockField(TextField):
    """A time of day on a grid of `step` minutes: 9:00, 9:30 am, 13:30. None when empty."""

    step = 5
    css, attributes = "width-10", {"autocomplete": "off"}

    def rule(self, text: str) -> time:
        found = CLOCK.fullmatch(text)
        fault = ValidationError(_("%(what)s must be a time, like 9:00 am or 13:30") % {"what": self.what})
        if found is None:
            raise fault
        hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").lower()
        if half and not 1 <= hour <= 12:
            raise fault
        if half:
            hour = hour % 12 + (12 if half == "p" else 0)
        if hour > 23 or minute > 59:
            raise fault
        if minute % self.step:
            raise ValidationError(_("%(what)s must be a multiple of 5 minutes") % {"what": self.what})
        return time(hour, minute)

    def to_python(self, value):
        return super().to_python(value) or None


class ChangeForm(SubmitForm):
    """Every one of these forms first shows what it would do; the page after it sends the same again with `do`."""

    submit_label = gettext_lazy("See what changes")
    buttons = ("do", "seen")

    def ends_after_start(self, start: str = "starts", end: str = "ends") -> None:
        """In clean(): an error at the end when it is not after the start."""
        first, last = self.cleaned_data.get(start), self.cleaned_data.get(end)
        if first and last and last <= first:
            self.add_error(end, ValidationError(_("The end must be after the start")))


class SessionForm(ChangeForm):
    """A new weekly session of a clinician."""

    weekday = SelectField(
        label=gettext_lazy("Weekday"), choices=Weekday.choices, missing=gettext_lazy("Select a weekday")
    )
    starts = ClockField(
        label=gettext_lazy("Starts"), help_text=CLOCK_HINT, missing=gettext_lazy("Enter when the session starts")
    )
    ends = ClockField(label=gettext_lazy("Ends"), missing=gettext_lazy("Enter when the session ends"))
    valid_from = SplitDateField(
        label=gettext_lazy("First date"), future=True, missing=gettext_lazy("Enter the first date")
    )
    valid_until = SplitDateField(label=gettext_lazy("Last date"), required=False, future=True)
    every_n_weeks = SelectField(
        label=gettext_lazy("How often"),
        choices=RHYTHMS,
        missing=gettext_lazy("Select how often"),
    )
    reserve_minutes = WholeNumberField(
        label=gettext_lazy("Minutes kept for urgent requests"),
        help_text=gettext_lazy("The last minutes of the session. Others see them from the day before"),
        max_value=480,
        missing=gettext_lazy("Enter the minutes kept for urgent requests, 0 for none"),
    )
    site = SelectField(label=gettext_lazy("Site"), missing=gettext_lazy("Select a site"))
    visit_types = CheckboxesField(
        label=gettext_lazy("Kinds of visit"), required=False, help_text=gettext_lazy("None ticked: every kind")
    )

    def __init__(self, *args, sites, visit_types, **kwargs):
        super().__init__(*args, **kwargs)
        _offer_sites(self, sites)
        self.fields["visit_types"].choices = visit_types
        if not visit_types:
            del self.fields["visit_types"]

    def clean(self):
        cleaned = super().clean()
        self.ends_after_start()
        first, last = cleaned.get("valid_from"), cleaned.get("valid_until")
        if first and last and last < first:
            self.add_error("valid_until", ValidationError(_("The last date must not be before the first date")))
        return cleaned


class ChangeSessionForm(SessionForm):
    """A session as it goes on from some date."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["valid_from"].label = _("From which date?")
        self.fields["valid_from"].help_text = _("Until the day before, the session stays as it is")


class BufferForm(SubmitForm):
    """Minutes that a clinician keeps free around each appointment."""

    submit_label = gettext_lazy("Save")
    before = WholeNumberField(
        label=gettext_lazy("Minutes kept free before each appointment"),
        max_value=120,
        missing=gettext_lazy("Enter the minutes before, 0 for none"),
    )
    after = WholeNumberField(
        label=gettext_lazy("Minutes kept free after each appointment"),
        max_value=120,
        missing=gettext_lazy("Enter the minutes after, 0 for none"),
    )


class EndSessionForm(ChangeForm):
    """The last date of a session."""

    last_on = SplitDateField(label=gettext_lazy("Last date"), missing=gettext_lazy("Enter the last date"))

    def __init__(self, *args, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["last_on"].earliest = today - timedelta(days=1)
        self.fields["last_on"].help_text = _("The session takes place on this date for the last time")


class ExceptionForm(ChangeForm):
    """Time added to, or taken from, one date of a clinician."""

    adds = RadioField(
        label=gettext_lazy("What changes on this date?"),
        choices=[("no", gettext_lazy("The clinician is away")), ("yes", gettext_lazy("The clinician works more"))],
        missing=gettext_lazy("Select what changes"),
    )
    on = SplitDateField(label=gettext_lazy("Date"), future=True, missing=gettext_lazy("Enter the date"))
    starts = ClockField(
        label=gettext_lazy("Starts"), help_text=CLOCK_HINT, missing=gettext_lazy("Enter when it starts")
    )
    ends = ClockField(label=gettext_lazy("Ends"), missing=gettext_lazy("Enter when it ends"))
    site = SelectField(label=gettext_lazy("Site"), missing=gettext_lazy("Select a site"))
    reason = TextField(label=gettext_lazy("Reason"), required=False, max_length=REASON_LENGTH)

    def __init__(self, *args, sites, **kwargs):
        super().__init__(*args, **kwargs)
        _offer_sites(self, [("every", _("Every site")), *sites] if len(sites) > 1 else sites)

    def clean(self):
        cleaned = super().clean()
        self.ends_after_start()
        if cleaned.get("adds") == "yes" and cleaned.get("site") == "every":
            self.add_error("site", ValidationError(_("Select the site at which the clinician works more")))
        return cleaned


class ClosureForm(ChangeForm):
    """Closed time of a clinician, a room, a site or the whole clinic."""

    what = RadioField(
        label=gettext_lazy("What is closed?"),
        choices=[
            ("clinician", gettext_lazy("A clinician is away")),
            ("room", gettext_lazy("A room")),
            ("site", gettext_lazy("A site")),
            ("clinic", gettext_lazy("The whole clinic")),
        ],
        missing=gettext_lazy("Select what is closed"),
    )
    clinician = SelectField(label=gettext_lazy("Clinician"), required=False, show_optional=False)
    room = SelectField(label=gettext_lazy("Room"), required=False, show_optional=False)
    site = SelectField(label=gettext_lazy("Site"), required=False, show_optional=False)
    first_on = SplitDateField(
        label=gettext_lazy("First date"), future=True, missing=gettext_lazy("Enter the first date")
    )
    starts = ClockField(
        label=gettext_lazy("From"), required=False, help_text=gettext_lazy("Empty: from the start of the day")
    )
    last_on = SplitDateField(
        label=gettext_lazy("Last date"), future=True, missing=gettext_lazy("Enter the last date")
    )  # fmt: skip
    ends = ClockField(
        label=gettext_lazy("Until"), required=False, help_text=gettext_lazy("Empty: to the end of the day")
    )
    reason = TextField(
        label=gettext_lazy("Reason"),
        max_length=REASON_LENGTH,
        help_text=gettext_lazy("Staff read it in the schedule"),
        missing=gettext_lazy("Enter the reason"),
    )
    reveals = {
        "clinician": Reveal("what", ("clinician",), missing=gettext_lazy("Select the clinician")),
        "room": Reveal("what", ("room",), missing=gettext_lazy("Select the room")),
        "site": Reveal("what", ("site",), missing=gettext_lazy("Select the site")),
    }

    def __init__(self, *args, clinicians, rooms, sites, **kwargs):
        super().__init__(*args, **kwargs)
        for name, choices in (("clinician", clinicians), ("room", rooms), ("site", sites)):
            self.fields[name].choices = [("", _("Choose one")), *choices]

    def clean(self):
        cleaned = super().clean()
        start, end = self.bounds()
        if start and end and end <= start:
            self.add_error("last_on", ValidationError(_("The closed time must end after it starts")))
        elif start and end and end - start > timedelta(days=366):
            self.add_error("last_on", ValidationError(_("The closed time may last a year at most")))
        return cleaned

    def bounds(self) -> tuple[datetime | None, datetime | None]:
        """First and last moment, in the clinic's zone; None where a date is missing."""
        zone, cleaned = timezone.get_default_timezone(), self.cleaned_data
        first, last, ends = cleaned.get("first_on"), cleaned.get("last_on"), cleaned.get("ends")
        start = first and datetime.combine(first, cleaned.get("starts") or time(), zone)
        end = last and datetime.combine(last if ends else last + timedelta(days=1), ends or time(), zone)
        return start, end


class RemoveForm(ChangeForm):
    """One button: remove it."""


def _offer_sites(form: ChangeForm, sites: list[tuple]) -> None:
    """A clinic with one site is not asked which."""
    if len(sites) < 2:
        del form.fields["site"]
    else:
        form.fields["site"].choices = [("", _("Choose one")), *sites]
