"""Conferences for tests, written straight into the tables."""

from datetime import UTC, datetime, time, timedelta

from django.utils import timezone

from scheduling.conference.models import Conference, ConferenceCase
from tests.factories import a_coordinator, a_request, local
from tests.scheduling.staff_rows import CANCER, SAFE

TOLD = {**SAFE, **CANCER, "pain_present": "yes", "pain_sites": ["lower_back"], "pain_worst": 7,
        "what_matters": "To garden again.", "walking_change": "worse"}  # fmt: skip


def a_conference(on=None, *, place="Room 4", **fields) -> Conference:
    """A conference at noon; today unless a date is given."""
    on = on or timezone.localdate()
    values = {"on": on, "starts_at": local(on, 12), "place": place, "created_by": a_coordinator()}
    return Conference.objects.create(**values | fields)


def a_case(conference, wanted=None, *, position=1, question="Surgery or radiation first?", **fields) -> ConferenceCase:
    """A case on its list."""
    values = {"added_by": conference.created_by, "added_at": timezone.now(), "position": position}
    return ConferenceCase.objects.create(
        conference=conference, request=wanted or a_request(), question=question, **values | fields
    )


def at_noon(on) -> datetime:
    """Noon of that day, UTC: between the conferences' days whatever the zone."""
    return datetime.combine(on, time(12), tzinfo=UTC)


A_DAY = timedelta(days=1)
