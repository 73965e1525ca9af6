"""The months that the measures of service are shown for."""

from datetime import date
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.platform.forms import PageForm, SelectField
from scheduling.measures.service.figures import MOST_MONTHS, Period, month_after

MONTHS_OFFERED = 60
MONTHS_AT_FIRST = 6


class RangeForm(PageForm):
    """Two months, both included, at most 24 of them. It comes by GET, so that a page with its months has an address."""

    submit_label = gettext_lazy("Show these months")
    first = SelectField(label=gettext_lazy("From"), missing=gettext_lazy("Select the first month"))
    last = SelectField(label=gettext_lazy("To"), missing=gettext_lazy("Select the last month"))

    def __init__(self, data=None, *, today: date):
        this = month_after(today, 0)
        self.at_first = (month_after(this, 1 - MONTHS_AT_FIRST), this)
        first, last = map(code, self.at_first)
        super().__init__(data, initial={"first": first, "last": last})
        offered = [month_after(this, -number) for number in range(MONTHS_OFFERED)]
        for name, fault in (("first", _("The first month is not one of the months shown")),
                            ("last", _("The last month is not one of the months shown"))):  # fmt: skip
            self.fields[name].choices = [(code(month), month_words(month)) for month in offered]
            self.fields[name].error_messages["invalid_choice"] = fault

    def clean(self):
        cleaned = super().clean()
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last:
            count = self._months(first, last)
            if count < 1:
                self.add_error("last", ValidationError(_("The last month must not be before the first month")))
            elif count > MOST_MONTHS:
                fault = _("Select %(most)s months or fewer: these are %(count)s")
                self.add_error("last", ValidationError(fault % {"most": MOST_MONTHS, "count": count}))
        return cleaned

    @staticmethod
    def _months(first: str, last: str) -> int:
        return (int(last[:4]) - int(first[:4])) * 12 + int(last[5:]) - int(first[5:]) + 1

    def period(self, zone: ZoneInfo) -> Period | None:
        """The months chosen, those shown at first when nobody has chosen yet, None when they make no sense."""
        if not self.is_bound:
            return Period(*self.at_first, zone)
        if not self.is_valid():
            return None
        first, last = (date.fromisoformat(f"{self.cleaned_data[name]}-01") for name in ("first", "last"))
        return Period(first, last, zone)


def code(month: date) -> str:
    """A month as addresses have it: 2026-11."""
    return month.isoformat()[:7]


def month_words(month: date) -> str:
    """A month as people say it: November 2026."""
    return date_format(month, "F Y")
