"""What somebody who waits for an earlier day can use."""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.platform.forms import CheckboxesField, RadioField, SplitDateField, SubmitForm
from scheduling.waitlist.models import WaitlistEntry

NOTICES = [
    ("2", gettext_lazy("A few hours: the same day is fine")),
    ("24", gettext_lazy("1 day")),
    ("48", gettext_lazy("2 days")),
    ("168", gettext_lazy("1 week")),
]
WEEKDAYS = [
    ("0", gettext_lazy("Monday")),
    ("1", gettext_lazy("Tuesday")),
    ("2", gettext_lazy("Wednesday")),
    ("3", gettext_lazy("Thursday")),
    ("4", gettext_lazy("Friday")),
]


class WaitForm(SubmitForm):
    """Notice, weekdays and dates; nothing is asked twice when it is changed."""

    submit_label = gettext_lazy("Tell me about earlier days")
    notice = RadioField(
        label=gettext_lazy("How long before the visit do you need to know?"),
        choices=NOTICES,
        missing=gettext_lazy("Select how long before you need to know"),
    )
    weekdays = CheckboxesField(
        label=gettext_lazy("Which days of the week work?"),
        help_text=gettext_lazy("Leave this empty if any day works."),
        choices=WEEKDAYS,
        required=False,
    )
    earliest = SplitDateField(
        label=gettext_lazy("Not before this day"),
        what=gettext_lazy("The first day"),
        required=False,
    )
    latest = SplitDateField(
        label=gettext_lazy("Not after this day"),
        what=gettext_lazy("The last day"),
        future=True,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """The dates in order."""
        cleaned = super().clean() or self.cleaned_data
        earliest, latest = cleaned.get("earliest"), cleaned.get("latest")
        if earliest and latest and latest < earliest:
            self.add_error("latest", _("The last day must not be before the first"))
        return cleaned

    @property
    def wishes(self) -> dict[str, Any]:
        """What the action takes."""
        cleaned = self.cleaned_data
        return {
            "notice_hours": int(cleaned["notice"]),
            "weekdays": [int(day) for day in cleaned["weekdays"] or ()],
            "earliest_on": cleaned["earliest"],
            "latest_on": cleaned["latest"],
        }


def wishes_shown(entry: WaitlistEntry) -> dict[str, Any]:
    """The form as it was filled in."""
    return {
        "notice": str(entry.notice_hours),
        "weekdays": [str(day) for day in entry.weekdays],
        "earliest": entry.earliest_on,
        "latest": entry.latest_on,
    }


def notice_words(hours: int) -> str:
    """ "2 days" as staff read it."""
    span = timedelta(hours=hours)
    if span.days == 0 or span.seconds:
        return _("%(hours)d hours") % {"hours": hours}
    return _("1 day") if span.days == 1 else _("%(days)d days") % {"days": span.days}


class LeaveForm(SubmitForm):
    """A button."""

    submit_label = gettext_lazy("Stop telling me")
    submit_class = "secondary"
