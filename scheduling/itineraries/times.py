"""Every time at which a visit can start, for somebody who chooses it: days first, then the times of one day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from scheduling.availability import read
from scheduling.itineraries.finder import FreeDay
from scheduling.itineraries.interpreters import language_needed
from scheduling.itineraries.legs import PARTS_OF_DAY, Itinerary, Wishes
from scheduling.itineraries.look import Look
from scheduling.itineraries.resources import resources
from scheduling.itineraries.search import not_before
from scheduling.itineraries.visit_kinds import all_legs, kind_of_visit
from scheduling.requests.models import AppointmentRequest

DAYS_A_LOOK = 28  # what is read at once; the rest of the horizon only when these have too few days


@dataclass(frozen=True, slots=True)
class DayOfTimes:
    """A day that can be booked, at one site or more."""

    on: date
    at_sites: tuple[FreeDay, ...]

    @property
    def count(self) -> int:
        """How many different first starts it has."""
        return len(frozenset().union(*(one.starts for one in self.at_sites)))

    def itineraries(self) -> list[Itinerary]:
        """One for each first start, in order of time; of several sites the one with the shorter stay."""
        best: dict[int, Itinerary] = {}
        for one in (one for site in self.at_sites for one in site.itineraries()):
            if one.start not in best or one.end < best[one.start].end:
                best[one.start] = one
        return [best[start] for start in sorted(best)]


def find_times(
    wanted: AppointmentRequest, *, now: datetime, days: int, earliest_on: date | None = None, part_of_day: str = ""
) -> list[DayOfTimes]:
    """The first `days` days with a free time for this request's visit, none before `earliest_on`; at most 7 queries.

    Exact like `find_days`: each time is one that the booking would take as things are now, and none is left out. The
    legs are those of the review. The wishes of the request limit nothing here: the person chooses, if they like in one
    part of the day. An interpreter is there throughout when the patient wants one and the clinic has one for them.
    """
    kind = kind_of_visit(wanted.visit_type_id)
    asked = all_legs(kind, [(code, None) for code in wanted.specialties])
    things = resources({leg.code for leg in asked})
    first, last = read.booking_days(now, kind.horizon_days)
    language = language_needed(wanted.patient)
    speakers = things.speakers(language, None, {})
    told = not_before(wanted)
    begin = max(day for day in (first, earliest_on, told) if day is not None)
    if begin > last:
        return []
    calendar = read.calendar([*things.all_people, *speakers], first, last)
    limits = Wishes(start_windows=(PARTS_OF_DAY[part_of_day],), required=True) if part_of_day else Wishes()
    roster = calendar.people_by_site()
    look = Look(wanted, kind, asked, things, roster, now, limits, language if speakers else "", begin)
    found: list[DayOfTimes] = []
    for part in _parts(calendar, begin):
        more = look.free_days(part, look.busy(part), days - len(found))
        found += [DayOfTimes(day, tuple(sites)) for day, sites in more.items()]
        if len(found) >= days:
            break
    return found


def _parts(calendar: read.Calendar, begin: date) -> Iterable[read.Calendar]:
    """Four weeks from `begin`, then the rest."""
    left = [day for day in calendar.days if day.on >= begin]
    for few in (left[:DAYS_A_LOOK], left[DAYS_A_LOOK:]):
        if few:
            yield calendar.part(tuple(few))
