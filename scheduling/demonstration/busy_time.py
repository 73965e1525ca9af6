"""Busy claims without a patient: they fill the demonstration's sessions to about 70 %."""

import datetime as dt
import random

from clinic.directory.models import Clinician
from scheduling.availability.models import WeeklySession
from scheduling.visits.models import Claim

FULL_DAY, SLACK_DAY = 0.82, 0.46  # every third day is slack: together 70 %
WEEKS = 12
LENGTHS = (15, 20, 30, 30, 45)  # minutes


def fill_with_busy_time(clinicians: list[Clinician], today: dt.date, zone: dt.tzinfo, *, seed: int = 7) -> int:
    """Claim random parts of every session of the coming 12 weeks; the number of claims made."""
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
    at = dt.datetime.combine(on, session.starts, tzinfo=zone).astimezone(dt.UTC)
    end = dt.datetime.combine(on, session.ends, tzinfo=zone).astimezone(dt.UTC)
    parts = []
    while at < end:
        until = min(at + dt.timedelta(minutes=dice.choice(LENGTHS)), end)
        if dice.random() < fill:
            parts.append(Claim(clinician_id=session.clinician_id, starts_at=at, ends_at=until, note="Busy"))
        at = until
    return parts
