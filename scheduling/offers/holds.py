"""Held days: until when a hold lasts, and letting go of it."""

from datetime import datetime, timedelta

from django.conf import settings

from clinic.platform.audit.actors import Actor
from clinic.platform.db.batch import Batch
from scheduling.visits.models import Appointment, StateChange, Visit
from scheduling.visits.moves import swap_visits


def hold_ends(start: datetime) -> datetime:
    """The latest end of a hold on a visit: 2 hours before it begins."""
    return start - timedelta(minutes=settings.BOOKING_NOTICE_MINUTES)


def release_days(
    days: list[Visit],
    legs: list[Appointment],
    *,
    by: Actor,
    now: datetime,
    reason: str,
    except_for: Visit | None = None,
    to: str = Visit.State.RELEASED,
    batch: Batch | None = None,
) -> list[StateChange]:
    """Free the held days but one; the unsaved history rows. Written at once, or when the caller sends `batch`."""
    others = [day for day in days if day.state == Visit.State.HELD and (except_for is None or day.pk != except_for.pk)]
    keys = {day.pk for day in others}
    of_others = [leg for leg in legs if leg.visit_id in keys]
    return swap_visits(others, of_others, to, by=by, at=now, reason=reason, batch=batch)
