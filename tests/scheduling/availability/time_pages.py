"""How tests walk the pages of working time."""

import re
from datetime import date, timedelta

from django.urls import reverse

from clinic.platform.submits.once import new_key
from scheduling.availability.models import Closure
from scheduling.visits.models import Visit
from tests.factories import a_patient, a_request, an_offer, local

MONDAY = date(2027, 1, 4)
TUESDAY = date(2027, 1, 5)
PAGES = {
    "home": [], "outside": [], "clinician": ["clinician"], "add-session": ["clinician"], "add-exception": ["clinician"],
    "end-session": ["session"], "remove-exception": ["exception"], "add-closure": [], "remove-closure": ["closure"],
    "change-session": ["session"], "buffer": ["clinician"], "free": [], "free-json": [],
}  # fmt: skip


def address(name, rows=None):
    return reverse(f"staff-availability:{name}", args=[rows[key].pk for key in PAGES[name]])


def a_held_visit(now, *, on=TUESDAY, visit_type="follow_up", specialties=("MED_ONC",)) -> Visit:
    """A visit held for an offer on that day, with the first clinician who can."""
    closure = Closure.objects.create(starts_at=now - timedelta(days=1), ends_at=local(on, 0), reason="Not yet")
    wanted = a_request(visit_type=visit_type, specialties=specialties, patient=a_patient())
    visit = an_offer(wanted, now=now, days=1).alternatives.get()
    closure.delete()
    return visit


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def confirm(client, where, sent, response, **changes):
    """Press the button of the page that shows what would change."""
    seen = re.search(r'name="seen" value="(\w+)"', response.content.decode())[1]
    key = re.search(r'name="key" value="(\w+)"', response.content.decode())[1]
    return client.post(where, sent | {"do": "save", "seen": seen, "key": key} | changes)


def away(on=TUESDAY, **changes):
    parts = {"on_month": on.month, "on_day": on.day, "on_year": on.year}
    return {"key": new_key(), "adds": "no", "starts": "8:00 am", "ends": "5 pm", "reason": "Sick"} | parts | changes


def new_session(**changes):
    first = {"valid_from_month": "1", "valid_from_day": "9", "valid_from_year": "2027"}
    fields = {"key": new_key(), "weekday": "5", "starts": "9:00", "ends": "12:00", "every_n_weeks": "2"}
    return fields | first | {"reserve_minutes": "0"} | changes


def closed_day(on=TUESDAY, **changes):
    fields = {"key": new_key(), "what": "clinic", "reason": "Water"}
    for name in ("first_on", "last_on"):
        fields |= {f"{name}_month": on.month, f"{name}_day": on.day, f"{name}_year": on.year}
    return fields | changes
