"""The ways to look at the schedule, as tabs above each of them."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

BOARD, PEOPLE, ROOMS, WEEK, MONTH = "board", "people", "rooms", "week", "month"


def schedule_tabs(on: date, current: str) -> list[dict]:
    """Board, by clinician, by room, week, month; of this date."""
    shown = on.isoformat()
    tabs = [
        (BOARD, _("Board"), reverse("staff-visits:day", args=[shown])),
        (PEOPLE, _("By clinician"), reverse("staff-calendar:day", args=[shown])),
        (ROOMS, _("By room"), reverse("staff-calendar:rooms", args=[shown])),
        (WEEK, _("Week"), f"{reverse('staff-calendar:find-week')}?on={shown}"),
        (MONTH, _("Month"), reverse("staff-calendar:month", args=[f"{on:%Y-%m}"])),
    ]
    return [{"text": text, "url": url, "current": key == current} for key, text, url in tabs]
