"""Open time of clinicians and rooms as the floors are given it, outside of their time: from the stored rows."""

import datetime as dt
from collections.abc import Collection

from django.utils import timezone

from scheduling.availability.models import Closure, WeeklySession


def first_moment() -> dt.datetime:
    """The midnight before today."""
    return dt.datetime.combine(timezone.localdate(), dt.time(0), tzinfo=timezone.get_default_timezone())


def first_unit() -> int:
    """The same in units of five minutes."""
    return int(first_moment().timestamp()) // 300


def opened_masks(length: int, clinician_ids: Collection[int], room_ids: Collection[int]) -> dict[tuple[str, int], int]:
    """Open time from `first_unit` on: sessions without their reserve, closures of clinicians, two hours' notice."""
    zone, base = timezone.get_default_timezone(), first_unit()
    soonest = int(timezone.now().timestamp()) // 300 + 24 - base
    opened: dict[tuple[str, int], int] = {}
    for session in WeeklySession.objects.filter(clinician__in=clinician_ids):
        for day in range(length // 288):
            on = timezone.localdate() + dt.timedelta(days=day)
            if on.weekday() == session.weekday:
                at, until = (
                    int(dt.datetime.combine(on, moment, tzinfo=zone).timestamp()) // 300 - base
                    for moment in (session.starts, session.ends)
                )
                until -= session.reserve_minutes // 5
                mask = ((1 << until - at) - 1) << at
                opened["c", session.clinician_id] = opened.get(("c", session.clinician_id), 0) | mask
    for closure in Closure.objects.filter(clinician__in=clinician_ids):
        at, until = (int(moment.timestamp()) // 300 - base for moment in (closure.starts_at, closure.ends_at))
        closed = ((1 << max(until, 0)) - 1) >> max(at, 0) << max(at, 0)
        opened["c", closure.clinician_id] = opened.get(("c", closure.clinician_id), 0) & ~closed
    everything = (1 << length) - 1
    opened |= {("r", room): everything for room in room_ids}
    return {key: mask & everything >> soonest << soonest for key, mask in opened.items()}
