"""What the next attempt is: dice, the clinic, and what the person before the screen sees or saw some time ago."""

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from benchmarks.reliability.rules import SCAN_MINUTES, SINGLE_MINUTES, Clinic
from benchmarks.reliability.words import Attempt, Day, Leg

MINUTE = timedelta(minutes=1)
COORDINATED = (("NURSE_NAV", 0, 30), ("RAD_ONC", 45, 45), ("MED_ONC", 105, 40), ("NURSE_NAV.wrap_up", 165, 15))
DAYS_AHEAD = 5  # so few that everybody wants the same ones
WRONG = 0.03  # of the days break a rule on purpose
STRANGERS = 0.01
OPENINGS = (8 * 60, 13 * 60)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a screen shows of one request."""

    request: str
    kind: str
    offer: str = ""
    offer_state: str = ""
    days: tuple[str, ...] = ()
    visit: str = ""  # booked last
    visit_state: str = ""
    legs: tuple[str, ...] = field(default=())


def some_day(clinic: Clinic, kind: str, on: date, dice: random.Random) -> Day:
    """A day of this kind, right by all rules in most cases."""
    plan = COORDINATED if kind == "coordinated_new" else _single(clinic, kind)
    length = plan[-1][1] + plan[-1][2]
    first = dice.choice(OPENINGS) + 15 * dice.randint(0, (240 - length) // 15)
    if dice.random() < WRONG:
        first += dice.choice((5, -60, 180))
    start = datetime.combine(on, time(), tzinfo=clinic.zone) + first * MINUTE
    legs = []
    for key, after, minutes in plan:
        who = dice.choice(clinic.who(key.split(".")[0]))
        room = dice.choice(clinic.where("ct")) if kind == "ct_simulation" else None
        begins = (start + after * MINUTE).astimezone(UTC)
        legs.append(Leg(key, who, room, begins, begins + minutes * MINUTE))
    return Day(dice.choice(clinic.where("stay")), tuple(legs))


def _single(clinic: Clinic, kind: str) -> tuple[tuple[str, int, int], ...]:
    if kind == "ct_simulation":
        return ((clinic.scan, 0, SCAN_MINUTES),)
    return (("MED_ONC", 0, SINGLE_MINUTES),)


def some_dates(now: datetime, count: int, clinic: Clinic, dice: random.Random) -> list[date]:
    """Weekdays among the next few, today among them; now and then one of them twice."""
    today = now.astimezone(clinic.zone).date()
    ahead = [one for one in (today + timedelta(days=n) for n in range(12)) if one.weekday() < 5][: DAYS_AHEAD + 1]
    chosen = dice.sample(ahead, min(count, len(ahead)))
    return [chosen[0]] * count if count > 1 and dice.random() < 0.1 else chosen


def choose(seen: Seen, clinic: Clinic, now: datetime, dice: random.Random) -> Attempt:
    """The next attempt about what is seen."""
    what = _what(seen, dice)
    by = "stranger" if dice.random() < STRANGERS else dice.choice(("staff", "person"))
    given: dict[str, Any] = {}
    if what == "make_offer":
        by = "staff" if by == "person" else by
        dates = some_dates(now, dice.choice((1, 1, 2, 3)), clinic, dice)
        given = {"request": seen.request, "days": [some_day(clinic, seen.kind, on, dice) for on in dates]}
    elif what == "accept":
        given = {"offer": seen.offer, "visit": dice.choice(seen.days)}
    elif what in ("decline", "release", "extend"):
        given = {"offer": seen.offer}
    elif what == "expire":
        by = "staff"
    else:
        given = {"visit": seen.visit}
    return Attempt(what, by, now, given)


READY = {"make_offer": 90, "expire": 5, "accept": 3, "decline": 1, "cancel": 1}
OFFERED = {"accept": 55, "decline": 8, "release": 6, "extend": 10, "make_offer": 8, "expire": 8, "cancel": 5}
SCHEDULED = {"cancel": 60, "accept": 8, "make_offer": 8, "extend": 4, "release": 4, "expire": 6}
NEEDS_OFFER = frozenset({"accept", "decline", "release", "extend"})
NEEDS_VISIT = frozenset({"cancel"})


def _what(seen: Seen, dice: random.Random) -> str:
    weights = READY
    if seen.visit_state in ("booked", "checked_in", "in_visit"):
        weights = SCHEDULED
    elif seen.offer_state == "open":
        weights = OFFERED
    left = {
        what: weight
        for what, weight in weights.items()
        if (seen.offer or what not in NEEDS_OFFER) and (seen.visit or what not in NEEDS_VISIT)
    }
    return dice.choices(list(left), list(left.values()))[0]
