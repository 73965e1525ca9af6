"""What staff may choose from when they change a visit: free starts, colleagues, days; why there is none. Reads only.

Everything offered here keeps the rules at this moment; the change itself is judged again when it is made.
"""

import copy
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.core import signing
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from clinic.platform.words import clock
from scheduling.availability.bits import datetime_of, grid, iter_bits, ones, starts, unit_of
from scheduling.itineraries.finder import find, why_not
from scheduling.itineraries.legs import Itinerary, PlacedLeg, Query, WhyNot, Wishes
from scheduling.visits.change_rows import snapshot
from scheduling.visits.change_words import Names, differences
from scheduling.visits.change_write import rearrange
from scheduling.visits.models import Appointment, Visit
from scheduling.visits.replan import Replan

SALT = "scheduling.visits.day"
ONLY_THEN = -1  # the clinician of one leg at one time; no clinician has this key
SIGNED_DAYS_LIVE = 12 * 60 * 60  # seconds: a page left open overnight is searched again


@dataclass(frozen=True, slots=True)
class Start:
    """A time that one leg could move to; `unit` is what a link carries."""

    unit: int
    starts_at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class Person:
    """A clinician of the leg's specialty: the times that keep the rules, or why there is none."""

    key: int
    name: str
    is_now: bool
    starts: list[Start]
    why_none: str = ""


def people_of(look: Replan, leg: Appointment) -> list[tuple[int, str, bool]]:
    """Who may do the leg: key, name, whether they do it now. The one who does it now comes first."""
    wanted = next(one for one in look.query.legs if one.key == look.keys[leg.pk])
    people = [
        (key, look.things.names.get(("clinician", key), ""), key == leg.clinician_id) for key in wanted.clinician_ids
    ]
    return sorted(people, key=lambda one: (not one[2], one[1]))


def leg_starts(look: Replan, leg: Appointment) -> list[Person]:
    """Free starts of the leg on its day that keep every rule, by clinician."""
    key, units = look.keys[leg.pk], look.placed(leg).end - look.placed(leg).start
    wanted = next(one for one in look.query.legs if one.key == key)
    free, opened = look.query.free_for(wanted), look.open_for(wanted)
    length, step = look.calendar.length, look.query.rules.step
    marks = grid(length, step, -look.query.base % step)
    found = []
    for person, name, is_now in people_of(look, leg):
        fits = [
            at + look.query.base
            for at in iter_bits(starts(free.get(person, 0), units) & marks)
            if datetime_of(at + look.query.base) >= look.now
        ]
        keeps = [at for at in fits if _keeps(look, leg, key, at, person)]
        why = "" if keeps else _why_none(opened.get(person, 0), fits)
        found.append(Person(person, name, is_now, [_start(at) for at in keeps], why))
    return found


def _start(unit: int) -> Start:
    return Start(unit, datetime_of(unit), clock(datetime_of(unit)))


def _keeps(look: Replan, leg: Appointment, key: str, at: int, person: int) -> bool:
    if at == look.placed(leg).start:
        return False  # that is another clinician at the same time, or nothing at all
    return not look.broken(look.with_leg(leg, start=at, clinician_id=person), touched={key})


def _why_none(opened: int, fits: Collection[int]) -> str:
    if not opened:
        return _("Does not work on this day.")
    if not fits:
        return _("Has no free time on this day that is long enough.")
    return _("Is free, but at no time that keeps the order and the pauses of the day.")


def days_around(look: Replan, leg: Appointment) -> list[tuple[Start, Itinerary]]:
    """Other times of the leg on its day for which other legs must move too: the best day for each, nobody is changed.

    The one who does the leg stands under a name of its own for it, since they may do another leg of the day as well.
    """
    if look.visit.state != Visit.State.BOOKED or len(look.planned.legs) < 2:
        return []
    placed, query = look.placed(leg), look.query
    units = placed.end - placed.start
    wanted = next(one for one in query.legs if one.key == placed.key)
    free = query.free_for(wanted).get(placed.clinician_id, 0)
    people = {one.key: one.clinician_id for one in look.planned.legs}
    legs = tuple(replace(one, clinician_ids=(ONLY_THEN if one is wanted else people[one.key],)) for one in query.legs)
    rooms = None if query.rooms is None else {look.planned.room_id: query.rooms.get(look.planned.room_id, 0)}
    marks = grid(look.calendar.length, query.rules.step, -query.base % query.rules.step)
    found = []
    for at in iter_bits(starts(free, units) & marks):
        start = at + query.base
        if start == placed.start or _keeps(look, leg, placed.key, start, placed.clinician_id):
            continue
        if one := _first_with(replace(query, legs=legs, rooms=rooms), placed, start):
            found.append((_start(start), one))
    return found


def day_with(look: Replan, leg: Appointment, start: int) -> Itinerary | None:
    """The best day for the whole visit on which this leg begins at a unit, done by who does it now; None without one.

    The others of the day are anybody's whom the finder may choose.
    """
    placed, query = look.placed(leg), look.query
    units, at = placed.end - placed.start, start - query.base
    wanted = next(one for one in query.legs if one.key == placed.key)
    if at < 0 or query.free_for(wanted).get(placed.clinician_id, 0) >> at & ones(units) != ones(units):
        return None
    only = replace(wanted, clinician_ids=(ONLY_THEN,))
    return _first_with(replace(query, legs=tuple(only if one is wanted else one for one in query.legs)), placed, start)


def _first_with(query: Query, placed: PlacedLeg, start: int) -> Itinerary | None:
    """The first day of a question in which who does the placed leg stands as `ONLY_THEN`, free for it alone."""
    only = {ONLY_THEN: ones(placed.end - placed.start) << (start - query.base)}
    near = replace(query, clinicians={**query.clinicians, **only}, anywhere={**query.anywhere, **only})
    one = next(iter(find(near, 1)), None)
    if one is None:
        return None
    own = (replace(leg, clinician_id=placed.clinician_id) if leg.key == placed.key else leg for leg in one.legs)
    return replace(one, legs=tuple(own))


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody else of the specialty at the same time: possible, or why not."""

    key: int
    name: str
    why_not: str = ""


def colleagues(look: Replan, leg: Appointment) -> list[Colleague]:
    """Who could do the leg at its very time; first those who can."""
    key, placed = look.keys[leg.pk], look.placed(leg)
    wanted = next(one for one in look.query.legs if one.key == key)
    opened, wide = look.open_for(wanted), ones(placed.end - placed.start)
    found = []
    for person, name, is_now in people_of(look, leg):
        if is_now:
            continue
        works = opened.get(person, 0) >> (placed.start - look.query.base) & wide == wide
        if not look.broken(look.with_leg(leg, clinician_id=person), touched={key}):
            why = ""
        elif works:
            why = _("has something else then, or too close to it")
        else:
            why = _("does not work then, or the time is kept for urgent patients")
        found.append(Colleague(person, name, why))
    return sorted(found, key=lambda one: bool(one.why_not))


def other_days(look: Replan, wishes: Wishes, *, limit: int = 5) -> tuple[list[Itinerary], WhyNot | None]:
    """The best days for the same legs, ranked as the finder ranks them, and why there is none."""
    query = replace(look.query, wishes=wishes, deadline=look.visit.request.visit_due_on)
    as_it_is = (look.planned.legs, look.planned.room_id)
    found = [one for one in find(query, limit + 1) if (one.legs, one.room_id) != as_it_is][:limit]
    return found, None if found else why_not(replace(query, deadline=None))


def names_of(look: Replan) -> Names:
    """The names of everybody and everything in this look, as `differences` wants them: no query."""
    names = dict(look.things.names)
    for leg in look.legs:
        names["specialty", leg.specialty_id] = leg.specialty.name
        names["clinician", leg.clinician_id] = leg.clinician.name
        if leg.room is not None:
            names["room", leg.room_id] = leg.room.name
    if look.visit.interpreter is not None:
        names["clinician", look.visit.interpreter_id] = look.visit.interpreter.name
    if look.visit.room is not None:
        names["room", look.visit.room_id] = look.visit.room.name
    return names


def preview(look: Replan, one: Itinerary, *, dropped: Appointment | None = None) -> tuple[Visit, list[Appointment]]:
    """Copies of the rows as the change would leave them."""
    visit, legs = copy.copy(look.visit), [copy.copy(leg) for leg in look.legs]
    rearrange(visit, legs, one, look.keys, dropped=dropped)
    return visit, legs


def lines_of(look: Replan, one: Itinerary, *, dropped: Appointment | None = None) -> list[str]:
    """What the change would do, a line each."""
    return differences(look.before, snapshot(*preview(look, one, dropped=dropped)), names_of(look))


@dataclass(frozen=True, slots=True)
class DayLeg:
    """One line of a day in words."""

    starts_at: datetime
    ends_at: datetime
    specialty: str
    clinician: str


def legs_of_day(look: Replan, one: Itinerary, names: Mapping | None = None) -> list[DayLeg]:
    """The legs of a day with names."""
    names = names_of(look) if names is None else names
    specialty = {key: leg.specialty.name for leg in look.live for key in [look.keys[leg.pk]]}
    return [
        DayLeg(datetime_of(leg.start), datetime_of(leg.end), specialty[leg.key], names["clinician", leg.clinician_id])
        for leg in one.legs
    ]


def confirm_address(visit_key: object, **change: object) -> str:
    """The confirmation of one change: `do` says which."""
    return f"{reverse('staff-visits:confirm', args=[visit_key])}?{urlencode(change)}"


def sign_day(visit_key: object, one: Itinerary) -> str:
    """A found day as one signed value: keys and times, no patient data, useless for another visit."""
    placed = [[leg.key, leg.clinician_id, leg.room_id, leg.start, leg.end, leg.mode] for leg in one.legs]
    body = [one.day.isoformat(), one.room_id, one.interpreter_id, one.waiting_units, placed]
    return signing.dumps(body, salt=f"{SALT}.{visit_key}", compress=True)


def read_day(visit_key: object, value: str) -> Itinerary | None:
    """The day of a signed value; None when it is not ours or too old."""
    try:
        body = signing.loads(value, salt=f"{SALT}.{visit_key}", max_age=SIGNED_DAYS_LIVE)
    except signing.BadSignature:
        return None
    day, room_id, interpreter_id, waiting, placed = body
    legs = tuple(PlacedLeg(*leg) for leg in placed)
    return Itinerary(date.fromisoformat(day), room_id, legs, waiting, interpreter_id=interpreter_id)


def unit_in(text: str) -> int | None:
    """A unit of an address within a few years of now; None for anything else."""
    if not (text.isascii() and text.isdigit() and len(text) < 12):
        return None
    unit = int(text)
    return unit if abs(unit - unit_of(timezone.now())) < 4 * 366 * 288 else None
