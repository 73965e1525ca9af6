"""The rest of the sequential model: changes of a booked visit, their undoing, and the day itself."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import product

from benchmarks.reliability.model import Booking, Impossible
from benchmarks.reliability.rules import NAVIGATOR_FIRST, NAVIGATOR_LAST, breaks_a_rule, broken_rules
from benchmarks.reliability.standing import LegNow, VisitNow, claims_of, snapshot
from benchmarks.reliability.words import Attempt, Day, Leg

CHANGEABLE = frozenset({"booked", "checked_in", "in_visit"})
GRID = timedelta(minutes=15)
UNIT = timedelta(minutes=5)


@dataclass
class Model(Booking):
    """All that can happen in the clinic of the run."""

    undo_time: timedelta = timedelta(minutes=10)

    def may_also_refuse(self, attempt: Attempt) -> set[str]:
        """Refusals that are right when others were quicker, although another way would still be free."""
        if attempt.what != "drop_leg" or self.visits[attempt.given["visit"]].state != "booked":
            return set()
        visit, leg = attempt.given["visit"], attempt.given["leg"]
        room, ways = self.visits[visit].room, self._ways_without(visit, leg)
        ways = [way for way in ways if self._is_taken_by_others(visit, room, way, attempt.now)]
        return {"taken", "not_bookable"} if ways else set()

    def version(self, attempt: Attempt) -> tuple:
        """How the visit is that the attempt is about."""
        key = attempt.given.get("visit")
        its = self.visits[key or self.changes[attempt.given["change"]].visit]
        return its.sequence, its.state, snapshot(its)

    def has_booked(self) -> bool:
        """Whether there is a visit that can be changed."""
        return any(self.visits[key].state in CHANGEABLE for key in self.current)

    # One leg at another time or with somebody else

    def _leg_refusals(self, by: str, visit: str, leg: str) -> Iterator[str]:
        """Whether this leg can be changed at all."""
        its = self.visits[visit]
        if by == "person":
            yield "not_allowed"
        if its.state not in CHANGEABLE or not its.live():
            yield "not_bookable"
        elif leg not in its.live() or its.legs[leg].state != "booked":
            yield "stale"

    def _move_leg_refusals(
        self, now: datetime, by: str, visit: str, leg: str, starts_at: datetime, clinician: int | None
    ) -> Iterable[str]:
        if found := list(self._leg_refusals(by, visit, leg)):
            return found
        its = self.visits[visit].legs[leg]
        new = replace(its, start=starts_at, end=starts_at + (its.end - its.start), clinician=clinician or its.clinician)
        found = ["past"] if starts_at < now else []
        return found + list(self._new_legs_refusals(visit, {leg: new}, now))

    def _move_leg(
        self, now: datetime, by: str, visit: str, leg: str, starts_at: datetime, clinician: int | None, change: str
    ) -> None:
        its = self.visits[visit].legs[leg]
        new = replace(its, start=starts_at, end=starts_at + (its.end - its.start), clinician=clinician or its.clinician)
        self._put(visit, {leg: new}, change, now)

    def _swap_clinician_refusals(self, now: datetime, by: str, visit: str, leg: str, clinician: int) -> Iterable[str]:
        its = self.visits[visit].legs[leg]
        return self._move_leg_refusals(now, by, visit, leg, its.start, clinician)

    def _swap_clinician(self, now: datetime, by: str, visit: str, leg: str, clinician: int, change: str) -> None:
        self._put(visit, {leg: replace(self.visits[visit].legs[leg], clinician=clinician)}, change, now)

    def _new_legs_refusals(self, visit: str, new: dict[str, LegNow], now: datetime) -> Iterator[str]:
        its = self.visits[visit]
        legs = its.live() | new
        if all(its.legs[name] == leg for name, leg in new.items()):
            yield "not_bookable"  # nothing would change
        if breaks_a_rule(self.clinic, self.requests[its.request].kind, day_of(its.room, legs)):
            yield "not_bookable"
        if min(leg.start for leg in legs.values()) < next_unit(now) <= its.start:
            yield "not_bookable"
        if {leg.start.astimezone(self.clinic.zone).date() for leg in legs.values()} != {self._day_of(its)}:
            yield "not_bookable"  # a leg stays on the day of its visit
        if self._is_taken_by_others(visit, its.room, legs, now):
            yield "taken"

    def _is_taken_by_others(self, visit: str, room: int, legs: dict[str, LegNow], now: datetime) -> bool:
        day = day_of(room, legs)
        wanted = claims_of(day) | {(("patient", self.visits[visit].patient), day.start, day.end)}
        return self.is_taken(wanted, now, but=visit)

    def _put(self, visit: str, new: dict[str, LegNow], change: str, now: datetime, *, room: int | None = None) -> None:
        """Give the visit these legs, and let lapsed holds of others in their time end."""
        with self._changing(visit, change, now) as its:
            self._forget(visit)
            its.legs |= new
            its.room = its.room if room is None else room
            self._fit(its)
            others = self.holders(its.claims()) - {visit}
            self._expire_visits(key for key in others if self.has_lapsed(key, now))
            self._take(visit)

    def _fit(self, its: VisitNow) -> None:
        live = its.live().values()
        its.start, its.end = min(leg.start for leg in live), max(leg.end for leg in live)

    # The whole visit on another day

    def _move_day_refusals(self, now: datetime, by: str, visit: str, day: Day) -> Iterable[str]:
        its = self.visits[visit]
        live = its.live()
        if by == "person":
            yield "not_allowed"
        if its.state != "booked":
            yield "not_bookable"
            return
        if sorted(leg.key for leg in day.legs) != sorted(leg.key for leg in live.values()):
            yield "stale"
            return
        yield from (code for code in broken_rules(self.clinic, "", day, now) if code != "not_bookable")
        kind, minutes = self.requests[its.request].kind, {leg.key: leg.end - leg.start for leg in live.values()}
        if breaks_a_rule(self.clinic, kind, day) or any(minutes[leg.key] != leg.end - leg.start for leg in day.legs):
            yield "not_bookable"
        if day == day_of(its.room, live):
            yield "not_bookable"
        if self._is_taken_by_others(visit, day.room, self._by_name(visit, day), now):
            yield "taken"

    def _by_name(self, visit: str, day: Day) -> dict[str, LegNow]:
        names = {leg.key: name for name, leg in self.visits[visit].live().items()}
        return {
            names[leg.key]: LegNow(leg.key, leg.clinician, leg.room, leg.start, leg.end, "booked") for leg in day.legs
        }

    def _move_day(self, now: datetime, by: str, visit: str, day: Day, change: str) -> None:
        self._put(visit, self._by_name(visit, day), change, now, room=day.room)

    # A leg less

    def _drop_leg_refusals(self, now: datetime, by: str, visit: str, leg: str) -> Iterable[str]:
        if found := list(self._leg_refusals(by, visit, leg)):
            return found
        its = self.visits[visit]
        kind = self.requests[its.request].kind
        if len(its.live()) == 1 or kind == "ct_simulation" or its.legs[leg].key in (NAVIGATOR_FIRST, NAVIGATOR_LAST):
            return ["not_bookable"]
        if self._rest_can_stay(visit, leg):
            return []
        ways = self._ways_without(visit, leg) if its.state == "booked" and its.start >= next_unit(now) else []
        free = any(not self._is_taken_by_others(visit, its.room, way, now) for way in ways)
        return [] if free else ["not_bookable"]

    def _rest_of(self, visit: str, leg: str) -> dict[str, LegNow]:
        return {name: one for name, one in self.visits[visit].live().items() if name != leg}

    def _rest_can_stay(self, visit: str, leg: str) -> bool:
        its = self.visits[visit]
        return not breaks_a_rule(
            self.clinic, self.requests[its.request].kind, day_of(its.room, self._rest_of(visit, leg))
        )

    def _ways_without(self, visit: str, leg: str) -> list[dict[str, LegNow]]:
        """Every way in which the others could move together: the first stays, the pauses are those allowed."""
        its, rest = self.visits[visit], self._rest_of(visit, leg)
        names, ways = list(rest), []
        if not names:
            return []
        for steps in product(range(3), repeat=len(rest) - 1):
            way, end = {names[0]: rest[names[0]]}, rest[names[0]].end
            for name, step in zip(names[1:], steps, strict=True):
                start = next_on_grid(end + UNIT) + step * GRID
                way[name] = replace(rest[name], start=start, end=start + (rest[name].end - rest[name].start))
                end = way[name].end
            if not breaks_a_rule(self.clinic, self.requests[its.request].kind, day_of(its.room, way)):
                ways.append(way)
        return ways

    def _drop_leg(self, now: datetime, by: str, visit: str, leg: str, change: str, left: dict[str, tuple]) -> None:
        """`left` says where the database put the others; it must be one of the ways."""
        its = self.visits[visit]
        stays = {name: (one.clinician, one.room, one.start, one.end) for name, one in self._rest_of(visit, leg).items()}
        ways = [
            {name: (one.clinician, one.room, one.start, one.end) for name, one in way.items()}
            for way in self._ways_without(visit, leg)
        ]
        if left != stays and left not in ways:
            raise Impossible(f"the others were put where they may not be: {left}")
        self._move("appointment", leg, "booked", "cancelled_by_clinic")
        new = {
            name: replace(its.legs[name], clinician=who, room=room, start=start, end=end)
            for name, (who, room, start, end) in left.items()
        }
        self._put(visit, new | {leg: replace(its.legs[leg], state="cancelled_by_clinic")}, change, now)

    # Undoing

    def _undo_change_refusals(self, now: datetime, by: str, change: str) -> Iterable[str]:
        kept = self.changes[change]
        its = self.visits[kept.visit]
        if by == "person" and kept.after[0] != "cancelled_by_patient":
            yield "not_allowed"
        if now >= kept.at + self.undo_time:
            yield "too_late"
        if kept.undone or snapshot(its) != kept.after:
            yield "stale"
            return
        if its.state not in CHANGEABLE and self._has_something_else(its.request, kept.visit):
            yield "stale"
        room, legs = kept.before[1], {name: leg for name, leg in _legs_of(its, kept.before).items() if _takes(leg)}
        if self._is_taken_by_others(kept.visit, room, legs, now):
            yield "taken"

    def _has_something_else(self, request: str, visit: str) -> bool:
        others = (self.visits[key] for key in self.current)
        offers = (self.offers[key] for key in self._open_offers_of(request))
        return any(offer.replaces != visit for offer in offers) or any(
            one.request == request and one.state in CHANGEABLE for one in others
        )

    def _undo_change(self, now: datetime, by: str, change: str) -> None:
        kept = self.changes[change]
        its = self.visits[kept.visit]
        self._forget(kept.visit)
        state, room, _legs = kept.before
        if its.state != state:
            self._move("visit", kept.visit, its.state, state)
        legs = _legs_of(its, kept.before)
        for name, leg in legs.items():
            if its.legs[name].state != leg.state:
                self._move("appointment", name, its.legs[name].state, leg.state)
        its.state, its.room, its.legs, its.sequence = state, room, legs, its.sequence + 1
        self._fit(its)
        others = self.holders(its.claims()) - {kept.visit}
        self._expire_visits(key for key in others if self.has_lapsed(key, now))
        self._take(kept.visit)
        kept.undone = True

    # The day itself

    def _day_of(self, its: VisitNow) -> date:
        return its.start.astimezone(self.clinic.zone).date()

    def _is_today(self, its: VisitNow, now: datetime) -> bool:
        return self._day_of(its) <= now.astimezone(self.clinic.zone).date()

    def _check_in_refusals(self, now: datetime, by: str, visit: str) -> Iterable[str]:
        if by == "person":
            yield "not_allowed"
        if not self._is_today(self.visits[visit], now):
            yield "not_today"
        if self.visits[visit].state != "booked":
            yield "stale"

    def _check_in(self, now: datetime, by: str, visit: str) -> None:
        self._step_visit(visit, "checked_in")
        self.visits[visit].checked_in = now

    def _undo_check_in_refusals(self, now: datetime, by: str, visit: str) -> Iterable[str]:
        its = self.visits[visit]
        if by == "person":
            yield "not_allowed"
        if its.state != "checked_in":
            yield "stale"
        elif its.checked_in is None or its.checked_in < now - self.undo_time:
            yield "too_late"

    def _undo_check_in(self, now: datetime, by: str, visit: str) -> None:
        self._step_visit(visit, "booked")

    def _step_visit(self, visit: str, state: str) -> None:
        self._move("visit", visit, self.visits[visit].state, state)
        self.visits[visit].state = state

    def _step_leg(self, visit: str, leg: str, state: str) -> None:
        its = self.visits[visit].legs[leg]
        self._move("appointment", leg, its.state, state)
        its.state = state

    def _start_leg_refusals(self, now: datetime, by: str, visit: str, leg: str) -> Iterable[str]:
        its = self.visits[visit]
        if by == "person":
            yield "not_allowed"
        if its.legs[leg].state != "booked":
            yield "stale"
        if its.state not in ("checked_in", "in_visit"):
            yield "not_here"
        if any(one.state == "with_clinician" for one in its.legs.values()):
            yield "running"

    def _start_leg(self, now: datetime, by: str, visit: str, leg: str) -> None:
        self._step_leg(visit, leg, "with_clinician")
        if self.visits[visit].state == "checked_in":
            self._step_visit(visit, "in_visit")

    def _finish_leg_refusals(self, now: datetime, by: str, visit: str, leg: str) -> Iterable[str]:
        if by == "person":
            yield "not_allowed"
        if self.visits[visit].legs[leg].state != "with_clinician":
            yield "stale"

    def _finish_leg(self, now: datetime, by: str, visit: str, leg: str) -> None:
        self._step_leg(visit, leg, "done")
        if not any(one.state in ("booked", "with_clinician") for one in self.visits[visit].legs.values()):
            self._step_visit(visit, "completed")

    def _no_show_refusals(self, now: datetime, by: str, visit: str) -> Iterable[str]:
        its = self.visits[visit]
        if by == "person":
            yield "not_allowed"
        if its.state != "booked":
            yield "stale"
        if now < its.start:
            yield "too_early"

    def _no_show(self, now: datetime, by: str, visit: str, change: str) -> None:
        with self._changing(visit, change, now):
            self._set_visit(visit, "no_show")


def day_of(room: int, legs: dict[str, LegNow]) -> Day:
    """Legs as a day that is asked for."""
    ordered = sorted(legs.values(), key=lambda leg: leg.start)
    return Day(room, tuple(Leg(leg.key, leg.clinician, leg.room, leg.start, leg.end) for leg in ordered))


def next_unit(now: datetime) -> datetime:
    """The first multiple of five minutes that is not over."""
    over = timedelta(minutes=now.minute % 5, seconds=now.second, microseconds=now.microsecond)
    return now - over + UNIT if over else now


def next_on_grid(moment: datetime) -> datetime:
    """The first quarter of an hour from then on."""
    over = timedelta(minutes=moment.minute % 15)
    return moment - over + GRID if over else moment


def _takes(leg: LegNow) -> bool:
    return leg.state in ("booked", "with_clinician", "done")


def _legs_of(its: VisitNow, before: tuple) -> dict[str, LegNow]:
    """The legs as a snapshot has them."""
    keys = {name: leg.key for name, leg in its.legs.items()}
    return {
        name: LegNow(keys[name], clinician, room, start, end, state)
        for name, clinician, room, state, start, end in before[2]
    }
