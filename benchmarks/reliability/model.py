"""The clinic as a plain sequential program: who has what time, in which state everything is, which "no" is right.

Written from the rules and not from the product: it shares no line with it, knows neither Django nor a database, and
does one thing after the other. `refusals` says which refusals of an attempt would be right in the present state (none:
it must succeed), `apply` makes it happen and returns every move of a state that must have been written.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import combinations

from benchmarks.reliability.rules import Clinic, broken_rules
from benchmarks.reliability.standing import (
    ChangeNow,
    OfferNow,
    RequestNow,
    VisitNow,
    claims_of,
    leg_now,
    overlap,
    snapshot,
)
from benchmarks.reliability.words import Attempt, Claim, Day, Move, Resource

NOTICE = timedelta(hours=2)
BEGUN = frozenset({"checked_in", "in_visit", "completed"})


class Impossible(Exception):  # noqa: N818  (said as it is)
    """What was committed cannot have happened in this state."""


@dataclass
class Booking:
    """The whole state, and the way from a held day to a booked or canceled visit."""

    clinic: Clinic
    requests: dict[str, RequestNow]
    offers: dict[str, OfferNow] = field(default_factory=dict)
    visits: dict[str, VisitNow] = field(default_factory=dict)
    taken: dict[Resource, dict[str, list[Claim]]] = field(default_factory=dict)  # by resource, then by visit
    changes: dict[str, ChangeNow] = field(default_factory=dict)
    open_offers: set[str] = field(default_factory=set)
    current: set[str] = field(default_factory=set)  # visits that take time
    moves: list[Move] = field(default_factory=list)  # of the attempt that is being applied
    told: dict[str, str] = field(default_factory=dict)  # the statuses that its moves have led to so far

    def refusals(self, attempt: Attempt) -> set[str]:
        """The codes of the refusals that would be right now; an empty set when the attempt must succeed."""
        found = set(getattr(self, f"_{attempt.what}_refusals")(attempt.now, attempt.by, **attempt.given))
        return found | ({"not_allowed"} if attempt.by == "stranger" else set())

    def apply(self, attempt: Attempt, result: dict) -> set[Move]:
        """Make it happen; every move of a state that it brings. Raises Impossible when it takes time twice."""
        self.moves, self.told = [], self._status_of_all()
        getattr(self, f"_{attempt.what}")(attempt.now, attempt.by, **attempt.given, **result)
        self._settle()
        return set(self.moves)

    # What is asked of the state

    def status(self, request: str) -> str:
        """The status of a request, from the top."""
        return self._status_of_all()[request]

    def _status_of_all(self) -> dict[str, str]:
        rank = {"ready": 0, "offered": 1, "scheduled": 2, "completed": 3}
        found = dict.fromkeys(self.requests, "ready")

        def at_least(key: str, status: str) -> None:
            found[key] = max(found[key], status, key=rank.__getitem__)

        for key in self.open_offers:
            at_least(self.offers[key].request, "offered")
        for key in self.current:
            visit = self.visits[key]
            if visit.state != "held":
                at_least(visit.request, "completed" if visit.state == "completed" else "scheduled")
        return found

    def _settle(self) -> None:
        after = self._status_of_all()
        for key, now in after.items():
            if self.told[key] != now:
                self._move("request", key, self.told[key], now)
        self.told = after

    def hold_ends(self, visit: VisitNow) -> datetime:
        """Until when a held day is held."""
        return min(self.offers[visit.offer].expires, visit.start - NOTICE)

    def has_lapsed(self, key: str, now: datetime) -> bool:
        """Whether the visit's time may be taken by others."""
        visit = self.visits[key]
        return visit.state == "held" and self.hold_ends(visit) <= now

    def holders(self, wanted: Iterable[Claim]) -> set[str]:
        """Visits that have some of this time."""
        return {
            key
            for claim in wanted
            for key, claims in self.taken.get(claim[0], {}).items()
            if any(overlap(claim, other) for other in claims)
        }

    def is_taken(self, wanted: Iterable[Claim], now: datetime, *, but: str = "") -> bool:
        """Whether others have some of this time and have not let it lapse."""
        return any(key != but and not self.has_lapsed(key, now) for key in self.holders(wanted))

    # Moves of states

    def _move(self, thing: str, key: str, before: str, after: str) -> None:
        self.moves.append((thing, key, before, after))

    def _set_visit(self, key: str, state: str) -> None:
        visit = self.visits[key]
        self._forget(key)
        self._move("visit", key, visit.state, state)
        visit.state = state
        for leg_key, leg in visit.legs.items():
            if leg.state in ("held", "booked"):
                self._move("appointment", leg_key, leg.state, state)
                leg.state = state
        self._take(key)

    def _set_offer(self, key: str, state: str) -> None:
        self._move("offer", key, self.offers[key].state, state)
        self.offers[key].state = state
        (self.open_offers.add if state == "open" else self.open_offers.discard)(key)

    def _forget(self, key: str) -> None:
        self.current.discard(key)
        for resource, _start, _end in self.visits[key].claims():
            self.taken.get(resource, {}).pop(key, None)

    def _take(self, key: str) -> None:
        claims = self.visits[key].claims()
        if others := self.holders(claims) - {key}:
            raise Impossible(f"overlap: {key} has time that {sorted(others)} have")
        if claims:
            self.current.add(key)
        for claim in claims:
            self.taken.setdefault(claim[0], {}).setdefault(key, []).append(claim)

    def _expire_visits(self, keys: Iterable[str]) -> None:
        keys = sorted(keys)
        for key in keys:
            self._set_visit(key, "expired")
        for offer in {self.visits[key].offer for key in keys}:
            its = self.offers[offer]
            if its.state == "open" and not any(self.visits[day].state == "held" for day in its.days):
                self._set_offer(offer, "expired")

    # Holding days

    def _open_offers_of(self, request: str) -> list[str]:
        return [key for key in self.open_offers if self.offers[key].request == request]

    def _lapsed_days_of(self, request: str, now: datetime) -> set[str]:
        return {
            day
            for offer in self._open_offers_of(request)
            if self.offers[offer].expires <= now
            for day in self.offers[offer].days
            if self.visits[day].state == "held"
        }

    def _make_offer_refusals(
        self, now: datetime, by: str, request: str, days: list[Day], replaces: str = ""
    ) -> Iterable[str]:
        if not 1 <= len(days) <= 3:
            yield "no_days"
            return
        for one, other in combinations(days, 2):
            if any(overlap(a, b) for a in claims_of(one) for b in claims_of(other)):
                yield "shared_time"
        its = self.requests[request]
        for day in days:
            yield from broken_rules(self.clinic, its.kind, day, now)
            if self.is_taken([(("patient", its.patient), day.start, day.end)], now):
                yield "patient_busy"
        lapsed = self._lapsed_days_of(request, now)
        has_live_offer = any(not lapsed.issuperset(self._held_days(key)) for key in self._open_offers_of(request))
        if has_live_offer or self.status(request) not in (["scheduled"] if replaces else ["ready", "offered"]):
            yield "not_ready"
        if replaces and (self.visits[replaces].request, self.visits[replaces].state) != (request, "booked"):
            yield "not_ready"
        if self.is_taken({claim for day in days for claim in claims_of(day)}, now):
            yield "taken"

    def _held_days(self, offer: str) -> list[str]:
        return [day for day in self.offers[offer].days if self.visits[day].state == "held"]

    def _make_offer(
        self,
        now: datetime,
        by: str,
        request: str,
        days: list[Day],
        offer: str,
        visits: list[str],
        legs: list[list[str]],
        replaces: str = "",
    ) -> None:
        self._expire_visits(self._lapsed_days_of(request, now))
        self._settle()  # the request is ready before its next offer is made
        others = self.holders({claim for day in days for claim in claims_of(day)})
        self._expire_visits(key for key in others if self.has_lapsed(key, now))
        its = self.requests[request]
        until = min(now + its.hold, max(day.start - NOTICE for day in days))
        self.offers[offer] = OfferNow(request, list(visits), until, replaces=replaces)
        self.open_offers.add(offer)
        self._move("offer", offer, "", "open")
        for key, day, leg_keys in zip(visits, days, legs, strict=True):
            held = {name: leg_now(leg) for name, leg in zip(leg_keys, day.legs, strict=True)}
            self.visits[key] = VisitNow(request, offer, its.patient, day.room, held, day.start, day.end)
            self._move("visit", key, "", "held")
            for name in leg_keys:
                self._move("appointment", name, "", "held")
            self._take(key)

    # Answers

    def _accept_refusals(self, now: datetime, by: str, offer: str, visit: str) -> Iterable[str]:
        its, day = self.offers[offer], self.visits[visit]
        if visit not in its.days:
            yield "unknown_day"
        if its.state == "accepted":
            yield "booked"
        if its.state != "open" or its.expires <= now:
            yield "expired"
        replaced = self.visits[its.replaces].state if its.replaces else ""
        if replaced in BEGUN:
            yield "begun"
        own_time = [(("patient", day.patient), day.start, day.end)]
        if day.state != "held" or self.is_taken(own_time, now, but=its.replaces if replaced == "booked" else ""):
            yield "taken"
        if day.start - NOTICE <= now:
            yield "too_late"

    def _accept(self, now: datetime, by: str, offer: str, visit: str) -> None:
        for day in self._held_days(offer):
            if day != visit:
                self._set_visit(day, "released")
        replaces = self.offers[offer].replaces
        if replaces:  # the new day takes on the calendar entry, one change later
            self.visits[visit].sequence = self.visits[replaces].sequence + 1
        if replaces and self.visits[replaces].state == "booked":
            self._set_visit(replaces, _cancelled(by))
            self.visits[replaces].sequence += 1
        self._set_visit(visit, "booked")
        self._set_offer(offer, "accepted")

    def _decline_refusals(self, now: datetime, by: str, offer: str) -> Iterable[str]:
        if self.offers[offer].state != "open":
            yield "ended"

    def _decline(self, now: datetime, by: str, offer: str) -> None:
        self._end_offer(offer, "declined")

    def _release_refusals(self, now: datetime, by: str, offer: str) -> Iterable[str]:
        if by == "person":
            yield "not_allowed"
        yield from self._decline_refusals(now, by, offer)

    def _release(self, now: datetime, by: str, offer: str) -> None:
        self._end_offer(offer, "released")

    def _end_offer(self, offer: str, state: str) -> None:
        for day in self._held_days(offer):
            self._set_visit(day, "released")
        self._set_offer(offer, state)

    def _later_end(self, offer: str) -> datetime:
        its = self.offers[offer]
        limits = [self.visits[day].start - NOTICE for day in self._held_days(offer)]
        return min(its.expires + self.requests[its.request].hold, max(limits, default=its.expires))

    def _extend_refusals(self, now: datetime, by: str, offer: str) -> Iterable[str]:
        its = self.offers[offer]
        if its.state != "open" or its.expires <= now:
            yield "ended"
        if its.extended:
            yield "extended"
        if self._later_end(offer) <= its.expires:
            yield "too_late"

    def _extend(self, now: datetime, by: str, offer: str) -> None:
        self.offers[offer].expires = self._later_end(offer)
        self.offers[offer].extended = True

    # Time passes

    def due(self, now: datetime) -> set[str]:
        """Held days whose time is over."""
        return {key for key in self.current if self.has_lapsed(key, now)}

    def _expire_refusals(self, now: datetime, by: str) -> Iterable[str]:
        return ()

    def _expire(self, now: datetime, by: str, visits: list[str] | None = None) -> None:
        """The days that the sweep ended; all that are due when it is not said which."""
        ended = self.due(now) if visits is None else set(visits)
        if early := ended - self.due(now):
            raise Impossible(f"days ended before their time: {sorted(early)}")
        self._expire_visits(ended)

    # A booked visit

    def _cancel_refusals(self, now: datetime, by: str, visit: str) -> Iterable[str]:
        if self.visits[visit].state != "booked":
            yield "ended"
        elif by == "person" and self.visits[visit].start <= now:
            yield "begun"

    def _cancel(self, now: datetime, by: str, visit: str, change: str = "") -> None:
        with self._changing(visit, change, now):
            self._set_visit(visit, _cancelled(by))

    @contextmanager
    def _changing(self, visit: str, change: str, now: datetime) -> Iterator[VisitNow]:
        """Around a change of a visit: it is kept with what was before and after, and counted."""
        its = self.visits[visit]
        before = snapshot(its)
        yield its
        its.sequence += 1
        self.changes[change] = ChangeNow(visit, now, before, snapshot(its))


def _cancelled(by: str) -> str:
    return "cancelled_by_patient" if by == "person" else "cancelled_by_clinic"
