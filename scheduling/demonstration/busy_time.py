"""Busy claims without a patient: they fill the demonstration's sessions to about 70 %."""

import datetime as dt
import random

from clinic.directory.models import Clinician
from scheduling.availability.models import WeeklySession
from scheduling.visits.models import Claim

FULL_DAY, SLACK_DAY = 0.82, 0.46  # every third day is slack: together 70 %
WEEKS = 12
QUARTER = dt.timedelta(minutes=15)
QUARTERS = (1, 2, 2, 3)  # of an hour, that an appointment lasts
FREE_QUARTERS = 8  # of an hour, that a piece of free time lasts on average


def fill_with_busy_time(clinicians: list[Clinician], today: dt.date, zone: dt.tzinfo, *, seed: int = 7) -> int:
    """Claim parts of every session of the coming 12 weeks, by dice; the number of claims made."""
    dice = random.Random(seed)  # noqa: S311  (a demonstration wants repeatable dice, not secrets)
    claims = []
    for session in WeeklySession.objects.filter(clinician__in=clinicians):
        for week in range(WEEKS):
            on = today + dt.timedelta(days=(session.weekday - today.weekday()) % 7 + 7 * week)
            fill = SLACK_DAY if on.toordinal() % 3 == 0 else FULL_DAY
            claims.extend(_busy_parts(session, on, zone, fill, dice))
    Claim.objects.bulk_create(claims, batch_size=500)
    return len(claims)


def _busy_parts(session: WeeklySession, on: dt.date, zone: dt.tzinfo, fill: float, dice: random.Random) -> list[Claim]:
    """Appointments in a row, and pieces of free time on the quarter hour between them, as a planned clinic has them.

    Were each quarter of an hour busy or free by itself, nobody would ever see several specialties on one day.
    """
    at = dt.datetime.combine(on, session.starts, tzinfo=zone).astimezone(dt.UTC)
    end = dt.datetime.combine(on, session.ends, tzinfo=zone).astimezone(dt.UTC)
    turns_busy, turns_free = 1 / FREE_QUARTERS, (1 - fill) / fill / FREE_QUARTERS
    parts: list[Claim] = []
    is_busy = dice.random() < fill
    while at < end:
        until = min(at + QUARTER * (dice.choice(QUARTERS) if is_busy else 1), end)
        if is_busy:
            parts.append(Claim(clinician_id=session.clinician_id, starts_at=at, ends_at=until, note="Busy"))
        chance = 1 - (1 - turns_free) ** ((until - at) // QUARTER) if is_busy else turns_busy
        is_busy ^= dice.random() < chance
        at = until
    return parts
