"""One search put to the finder: rows read become the masks of a query, site by site."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice

from clinic.directory.models import Room
from intake.triage.models import Level
from scheduling.availability import read
from scheduling.availability.bits import ones, unit_of, units_from_minutes
from scheduling.itineraries.day_by_day import day_by_day
from scheduling.itineraries.finder import FreeDay, find, free_days, why_not
from scheduling.itineraries.legs import REMOTE, Itinerary, Leg, Query, WhyNot, Wishes, rules_for
from scheduling.itineraries.resources import Resources, Roster
from scheduling.itineraries.visit_kinds import KindOfVisit, LegWish
from scheduling.requests.models import AppointmentRequest

NO_WISHES = Wishes()
SEES_RESERVE = frozenset({Level.EMERGENCY, Level.URGENT})


@dataclass(frozen=True, slots=True)
class Look:
    """One search: what is asked for, by whom, when. `language` is that of the interpreter, empty when none is needed;
    visits of `except_visits` take no time. Days for a hold leave time to choose one, whatever the kind's own notice.
    Booked appointments of the clinician `over` take no time of theirs: one may be put over them (decision 0008)."""

    wanted: AppointmentRequest
    kind: KindOfVisit
    asked: list[LegWish]
    things: Resources
    roster: Roster
    now: datetime
    wishes: Wishes = NO_WISHES
    language: str = ""
    not_before: date | None = None
    except_visits: Collection = ()
    is_for_hold: bool = False
    over: int | None = None

    def busy(self, calendar: read.Calendar) -> dict[read.Resource, int]:
        """Taken time in these days."""
        end = calendar.base + calendar.length
        busy = read.busy_masks(
            calendar.base,
            end,
            now=self.now,
            clinician_ids=[*self.things.all_people, *self.things.speakers(self.language, None, self.roster)],
            room_ids=list(self.things.site_of_room),
            patient_id=self.wanted.patient_id,
            except_visits=self.except_visits,
            buffers=calendar.buffers,
            visit_type_id=self.wanted.visit_type_id,
        )
        if self.over is not None:
            busy["clinician", self.over] = read.never_overbooked(self.over, calendar.base, end, now=self.now)
        return busy

    def find(
        self, calendar: read.Calendar, busy: dict[read.Resource, int], limit: int, *, before: int = 0
    ) -> list[Itinerary]:
        """Ranked days of all sites together, one itinerary a day."""
        sites = self._sites()
        if len(sites) == 1:
            return find(self.query(calendar, busy, sites[0]), limit, found_before=before)
        best: dict[date, Itinerary] = {}
        for site in sites:
            for one in find(self.query(calendar, busy, site), limit, found_before=before):
                if one.day not in best or _rank(one) < _rank(best[one.day]):
                    best[one.day] = one
        ranked = sorted(best.values(), key=_rank)[:limit]
        return [_worded(one, is_first=before + number == 0) for number, one in enumerate(ranked)]

    def free_days(
        self, calendar: read.Calendar, busy: dict[read.Resource, int], limit: int
    ) -> dict[date, list[FreeDay]]:
        """The first `limit` days on which the visit can start, each at the sites where it can."""
        found: dict[date, list[FreeDay]] = {}
        for site in self._sites():
            for one in islice(free_days(self.query(calendar, busy, site)), limit):
                found.setdefault(one.window.on, []).append(one)
        return {day: found[day] for day in sorted(found)[:limit]}

    def why_not(self, calendar: read.Calendar, busy: dict[read.Resource, int], *, is_hopeless: bool) -> WhyNot | None:
        """What stands in the way before the deadline, told of the site that can do most.

        `is_hopeless`: no day at all was found. When the deadline has passed too, the whole time is explained: that no
        day before it is left would help nobody.
        """
        query = self.query(calendar, busy, self._sites()[0])
        if is_hopeless and self.wanted.visit_due_on < calendar.days[0].on:
            query = replace(query, deadline=None)
        return why_not(query)

    def day_by_day(
        self, calendar: read.Calendar, busy: dict[read.Resource, int], most: int
    ) -> list[tuple[date, WhyNot | None]]:
        """The first days of these on which somebody of the visit works, each with what stands in its way or None."""
        queries = [self.query(calendar, busy, site) for site in self._sites()]
        people = {one for query in queries for leg in query.legs for one in leg.clinician_ids}
        opened = 0
        for time in calendar.open_time(people, visit_type_id=self.wanted.visit_type_id).values():
            opened |= time.open
        return day_by_day(queries, opened, first=self.not_before, most=most)

    def _sites(self) -> Sequence[int | None]:
        """Sites where every leg has somebody; else the one where most legs have, so that the reason can be told.

        A day by video or phone has no site.
        """
        if self.asked and all(leg.mode in REMOTE for leg in self.asked):
            return [None]
        legs = {(leg.code, leg.mode in REMOTE) for leg in self.asked}
        able = {
            site: sum(
                1 for code, is_remote in legs if self.things.people(code, None if is_remote else site, self.roster)
            )
            for site in self.things.sites
        }
        complete = [site for site, count in able.items() if count == len(legs)]
        return complete or [max(able, key=lambda site: able[site], default=None)]

    def query(self, calendar: read.Calendar, busy: dict[read.Resource, int], site: int | None) -> Query:
        """What the finder and the checker need, for one site; without a site for a day by video or phone."""
        things = self.things
        legs = tuple(self._leg(leg, site) for leg in self.asked)
        is_remote = all(leg.mode in REMOTE for leg in legs) and bool(legs)
        helpers = things.speakers(self.language, site, self.roster) if self.language else []
        here = {one for leg in legs if leg.mode not in REMOTE for one in leg.clinician_ids} | {*helpers}
        there = {one for leg in legs if leg.mode in REMOTE for one in leg.clinician_ids}
        rooms = calendar.open_rooms({room: own for room, own in things.site_of_room.items() if own == site})
        free = {room: mask & ~busy.get(("room", room), 0) for room, mask in rooms.items()}
        stays = things.rooms.get((Room.Kind.STAY, site), [])
        clinicians = self._free(calendar, busy, here, site)
        return Query(
            legs=legs,
            days=calendar.days,
            base=calendar.base,
            zone=calendar.zone,
            now=unit_of(self.now, up=True),
            clinicians=clinicians,
            anywhere=self._free(calendar, busy, there, None) if there else {},
            rooms=None if is_remote else {room: free[room] for room in stays},
            extra_rooms={room: mask for room, mask in free.items() if room not in stays},
            interpreters={one: clinicians[one] for one in helpers} if self.language else None,
            whole_stay=ones(calendar.length) & ~busy.get(("patient", self.wanted.patient_id), 0),
            rules=rules_for(self.wanted.is_frail, self.kind.limits),
            wishes=self.wishes,
            deadline=self.wanted.visit_due_on,
            first_day=self.not_before,
            notice_units=self._notice(),
        )

    def _notice(self) -> int:
        """Units between now and the first start: a hold ends the clinic's own notice before it."""
        notice = read.notice_units(self.kind.notice_minutes)
        return max(notice, read.notice_units()) if self.is_for_hold else notice

    def _free(
        self, calendar: read.Calendar, busy: dict[read.Resource, int], people: Collection[int], site: int | None
    ) -> dict[int, int]:
        """Masks of the time of these people that is open to this request and not taken."""
        opened = calendar.bookable(
            people,
            routine=self.wanted.level not in SEES_RESERVE,
            now=unit_of(self.now),
            site_id=site,
            visit_type_id=self.wanted.visit_type_id,
        )
        return {key: mask & ~busy.get(("clinician", key), 0) for key, mask in opened.items()}

    def _leg(self, leg: LegWish, site: int | None) -> Leg:
        things, is_remote = self.things, leg.mode in REMOTE
        minutes = leg.minutes if leg.minutes is not None else things.minutes.get(leg.code, 0)
        people = things.people(leg.code, None if is_remote else site, self.roster)
        if leg.clinician_id is not None:
            people = [one for one in people if one == leg.clinician_id]
        has_own_room = leg.room_kind and not is_remote
        return Leg(
            key=leg.key,
            specialty=leg.code,
            units=max(1, units_from_minutes(minutes)),
            clinician_ids=tuple(people),
            stage=leg.stage,
            extra_room_ids=tuple(things.rooms.get((leg.room_kind, site), ())) if has_own_room else None,
            is_physician=leg.code in things.physicians and not (leg.room_kind and not leg.is_fixed),  # a scan is none
            mode=leg.mode,
        )


def _rank(one: Itinerary) -> tuple:
    return one.day, len(one.wishes_missed), one.waiting_units, one.end


def _worded(one: Itinerary, *, is_first: bool) -> Itinerary:
    """With the reason of its place among the days of all sites."""
    place = "earliest_day" if is_first else "next_complete_day"
    words = tuple(place if code in ("earliest_day", "next_complete_day") else code for code in one.reason)
    return replace(one, reason=words)
