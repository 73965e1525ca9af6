"""What the next attempt is: dice, the clinic, and what the person before the screen sees or saw some time ago."""

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from benchmarks.reliability.rules import CLOSED, SCAN_MINUTES, SINGLE_MINUTES, Clinic
from benchmarks.reliability.words import Attempt, Day, Leg

MINUTE = timedelta(minutes=1)
COORDINATED = (("NURSE_NAV", 0, 30), ("RAD_ONC", 45, 45), ("MED_ONC", 105, 40), ("NURSE_NAV.wrap_up", 165, 15))
DAYS_AHEAD = 7  # so few that everybody wants the same ones
WRONG = 0.03  # of the days break a rule on purpose
STRANGERS = 0.01
TODAY = 0.15
REPLACING = 0.7  # of the offers to somebody who has a visit
OPENINGS = (8 * 60, 13 * 60)


@dataclass(frozen=True, slots=True)
class SeenLeg:
    """A leg of a visit on the screen."""

    key: str
    specialty: str
    clinician: int
    start: datetime
    state: str


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
    legs: tuple[SeenLeg, ...] = ()
    change: str = ""  # the last one of that visit


def some_day(clinic: Clinic, kind: str, on: date, dice: random.Random, specialties: tuple[str, ...] = ()) -> Day:
    """A day of this kind, right by all rules in most cases; of a coordinated one only with these `specialties`."""
    plan = COORDINATED if kind == "coordinated_new" else _single(clinic, kind)
    if specialties and len(specialties) < len(plan):
        plan = _shorter([leg for leg in plan if leg[0].split(".")[0] in specialties])
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


def _shorter(plan: list[tuple[str, int, int]]) -> tuple[tuple[str, int, int], ...]:
    """The same legs with pauses as short as the grid allows."""
    found, end = [], -5
    for key, _after, minutes in plan:
        start = -(-(end + 5) // 15) * 15
        found.append((key, start, minutes))
        end = start + minutes
    return tuple(found)


def _single(clinic: Clinic, kind: str) -> tuple[tuple[str, int, int], ...]:
    if kind == "ct_simulation":
        return ((clinic.scan, 0, SCAN_MINUTES),)
    return (("MED_ONC", 0, SINGLE_MINUTES),)


def some_dates(now: datetime, count: int, clinic: Clinic, dice: random.Random) -> list[date]:
    """Weekdays among the next few, today among them; now and then one of them twice."""
    today = now.astimezone(clinic.zone).date()
    first = 0 if dice.random() < TODAY else 1
    ahead = (today + timedelta(days=n) for n in range(first, first + 14))
    opened = [one for one in ahead if one.weekday() < 5 and one not in CLOSED]
    chosen = dice.sample(opened[:DAYS_AHEAD], min(count, DAYS_AHEAD))
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
        if seen.visit_state == "booked" and dice.random() < REPLACING:
            given["replaces"] = seen.visit
    elif what == "accept":
        given = {"offer": seen.offer, "visit": dice.choice(seen.days)}
    elif what in ("decline", "release", "extend"):
        given = {"offer": seen.offer}
    elif what == "expire":
        by = "staff"
    else:
        given = _about_visit(what, seen, clinic, now, dice)
        by = "staff" if what not in ("cancel", "undo_change") and by == "person" else by
    return Attempt(what, by, now, given)


def _about_visit(what: str, seen: Seen, clinic: Clinic, now: datetime, dice: random.Random) -> dict[str, Any]:
    """What is given to the actions of a booked visit."""
    if what == "undo_change":
        return {"change": seen.change}
    given: dict[str, Any] = {"visit": seen.visit}
    if what == "move_day":
        [on] = some_dates(now, 1, clinic, dice)
        live = tuple(leg.specialty for leg in seen.legs if not leg.state.startswith("cancelled"))
        return given | {"day": some_day(clinic, seen.kind, on, dice, live)}
    if what not in OF_A_LEG:
        return given
    leg = dice.choice(_fitting(what, seen))
    given["leg"] = leg.key
    colleagues = clinic.who(leg.specialty) if dice.random() > WRONG else list(clinic.clinicians)
    if what == "swap_clinician":
        given["clinician"] = dice.choice(colleagues)
    if what == "move_leg":
        given["starts_at"] = leg.start + dice.choice((-6, -2, -1, 1, 1, 2, 8)) * 15 * MINUTE
        given["clinician"] = dice.choice((None, None, dice.choice(colleagues)))
    return given


def _fitting(what: str, seen: Seen) -> tuple[SeenLeg, ...]:
    """The legs that this is mostly done to."""
    state = "with_clinician" if what == "finish_leg" else "booked"
    middle = seen.legs[1:-1] if what == "drop_leg" else seen.legs
    return tuple(leg for leg in middle if leg.state == state) or seen.legs


READY = {"make_offer": 88, "expire": 5, "accept": 3, "decline": 1, "cancel": 1, "undo_change": 4}
OFFERED = {"accept": 58, "decline": 7, "release": 5, "extend": 10, "make_offer": 7, "expire": 8, "undo_change": 5}
SCHEDULED = {
    "cancel": 24, "move_leg": 18, "swap_clinician": 14, "move_day": 14, "drop_leg": 5, "undo_change": 14,
    "check_in": 5, "no_show": 3, "start_leg": 1, "finish_leg": 1, "accept": 2, "make_offer": 12, "extend": 2,
    "release": 2, "expire": 4,
}  # fmt: skip
ANOTHER_DAY = SCHEDULED | {"accept": 40, "decline": 5, "release": 5, "extend": 5}
HERE = {
    "start_leg": 30, "finish_leg": 40, "undo_check_in": 10, "move_leg": 8, "swap_clinician": 8, "drop_leg": 4,
    "cancel": 4, "no_show": 2, "move_day": 2, "undo_change": 4, "check_in": 4,
}  # fmt: skip
NEEDS_OFFER = frozenset({"accept", "decline", "release", "extend"})
OF_A_LEG = frozenset({"move_leg", "swap_clinician", "drop_leg", "start_leg", "finish_leg"})


def _what(seen: Seen, dice: random.Random) -> str:
    weights = READY
    if seen.visit_state in ("checked_in", "in_visit"):
        weights = HERE
    elif seen.visit_state == "booked":
        weights = ANOTHER_DAY if seen.offer_state == "open" else SCHEDULED
    elif seen.offer_state == "open":
        weights = OFFERED
    left = {what: weight for what, weight in weights.items() if _can_be_pressed(what, seen)}
    return dice.choices(list(left), list(left.values()))[0]


def _can_be_pressed(what: str, seen: Seen) -> bool:
    if what in ("make_offer", "expire"):
        return True
    if what == "undo_change":
        return bool(seen.change)
    return bool(seen.offer) if what in NEEDS_OFFER else bool(seen.visit)
