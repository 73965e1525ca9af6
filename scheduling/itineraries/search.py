"""From a request to ranked days, and back: may this day be booked? A fixed number of queries, whatever the rows.

One query for the visit type and its legs, one for people and rooms, one for the calendar, one to three for claims: two
weeks are read and searched, two more, and the rest of the horizon only when they do not hold enough days.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.directory.models import Specialty
from clinic.platform.db.sql import lock_keys
from clinic.platform.refusals import Refused
from scheduling.availability import read
from scheduling.availability.bits import datetime_of, ones, runs, unit_of
from scheduling.availability.sessions import Buffers
from scheduling.itineraries.check import check_itinerary
from scheduling.itineraries.interpreters import language_needed
from scheduling.itineraries.legs import PARTS_OF_DAY, Itinerary, WhyNot, Wishes
from scheduling.itineraries.look import Look
from scheduling.itineraries.resources import resources
from scheduling.itineraries.visit_kinds import KindOfVisit, all_legs, kind_of_visit, legs_of
from scheduling.requests.models import AppointmentRequest
from scheduling.requests.suggestions import suggestions_for
from scheduling.visits.guard import lock_keys_of
from scheduling.visits.models import Claim

WINDOW_DAYS, WINDOWS = 14, 2


@dataclass(frozen=True, slots=True)
class Found:
    """Ranked days, and why there is none, or none before the deadline; each of the first days by itself if asked."""

    itineraries: list[Itinerary]
    why_not: WhyNot | None = None
    by_day: Sequence[tuple[date, WhyNot | None]] = ()


def wishes_of(wanted: AppointmentRequest) -> Wishes:
    """The days and times that the patient asked for; they rank, and do not limit."""
    told = wanted.preferences
    parts = [PARTS_OF_DAY[part] for part in told.get("times_of_day") or () if part in PARTS_OF_DAY]
    return Wishes(frozenset(int(day) for day in told.get("weekdays") or ()), tuple(parts))


def not_before(wanted: AppointmentRequest) -> date | None:
    """The day before which the patient cannot come, if one was told."""
    told = wanted.preferences.get("earliest_date")
    return date.fromisoformat(told) if told else None


def suggested_legs(
    wanted: AppointmentRequest,
    *,
    kind: KindOfVisit | None = None,
    usual: Mapping[str, int] | None = None,
    suggested: Sequence[str] | None = None,
) -> list[tuple[str, int]]:
    """The consults to choose from, as (specialty code, minutes): those of the review, else those the answers suggest.

    The legs that the visit type brings itself are not among them. `kind`, the `usual` minutes by code and the codes
    `suggested` by the answers spare a query each when they have been read already.
    """
    codes = list(wanted.specialties)
    if not codes:
        codes = list(suggestions_for(wanted).leg_codes if suggested is None else suggested)
    if kind is None:
        kind = kind_of_visit(wanted.visit_type_id) if wanted.visit_type_id else KindOfVisit(takes_chosen=True)
    own_minutes = next((leg.minutes for leg in kind.legs if not leg.code), None)
    taken = {leg.code for leg in kind.legs if not leg.room_kind}
    if usual is None:
        usual = dict(Specialty.objects.filter(code__in=codes, is_leg=True).values_list("code", "default_minutes"))
    legs = [(code, own_minutes or usual[code]) for code in codes if code in usual and code not in taken]
    return legs if kind.takes_chosen else legs[: sum(1 for leg in kind.legs if not leg.code)]


def find_days(
    wanted: AppointmentRequest,
    *,
    legs: Iterable[tuple] | None = None,
    wishes: Wishes | None = None,
    interpreter: bool | None = None,
    earliest_on: date | None = None,
    except_visits: Collection = (),
    kind: KindOfVisit | None = None,
    now: datetime,
    limit: int = 3,
    days_explained: int = 0,
    over: int | None = None,
) -> Found:
    """The best days for a request, one itinerary a day, ranked; at most 6 queries, one fewer when `kind` is known.

    `legs` are the consults chosen (`ChosenLeg`, or the code and minutes of one), by default those of the review. A
    frail patient's days are short; urgent requests see the reserve. The deadline is the date by which the visit is due.
    `interpreter` says whether one must be there throughout; by default when the patient wants one and the clinic has
    one of that language. No day before `earliest_on` is searched, by default the one that the patient told. Visits of
    `except_visits` take no time. With `days_explained`, so many of the first days are told one by one.
    Booked appointments of the clinician `over` are no obstacle (one query more a window): such a day cannot be held.
    """
    if kind is None:
        kind = kind_of_visit(wanted.visit_type_id)
    chosen = [(code, None) for code in wanted.specialties] if legs is None else list(legs)
    asked = all_legs(kind, chosen)
    things = resources({leg.code for leg in asked})
    first, last = read.booking_days(now, kind.horizon_days)
    language = "" if interpreter is False else language_needed(wanted.patient)
    speakers = things.speakers(language, None, {})
    if interpreter is None and not speakers:
        language = ""
    calendar = read.calendar([*things.all_people, *speakers], first, last)
    look = Look(
        wanted,
        kind,
        asked,
        things,
        calendar.people_by_site(),
        now,
        wishes if wishes is not None else wishes_of(wanted),
        language,
        earliest_on if earliest_on is not None else not_before(wanted),
        except_visits,
        is_for_hold=True,
        over=over,
    )
    return _found(look, calendar, limit, days_explained)


def _found(look: Look, calendar: read.Calendar, limit: int, days_explained: int) -> Found:
    """The days, window by window until there are enough, and what stands in the way up to the first of them."""
    found: list[Itinerary] = []
    explained = calendar.part(())
    explained_busy: dict[read.Resource, int] = {}
    for part in _windows(calendar):
        busy = look.busy(part)
        if not found:
            explained_busy = _joined(explained_busy, busy, part.base - calendar.base)
            explained = calendar.part(calendar.days[: len(explained.days) + len(part.days)])
        found += look.find(part, busy, limit - len(found), before=len(found))
        if len(found) >= limit:
            break
    is_late = not found or found[0].day > look.wanted.visit_due_on
    return Found(
        found,
        look.why_not(explained, explained_busy, is_hopeless=not found) if is_late else None,
        look.day_by_day(explained, explained_busy, days_explained) if days_explained else (),
    )


def check_bookable(wanted: AppointmentRequest, itinerary: Itinerary, now: datetime) -> None:
    """Raise Refused unless this day keeps every rule, whoever asks for it: the last word before holding.

    Sessions, closures, holidays, reserve, notice, horizon, specialties, rooms, order and gaps are checked against the
    rows as they are now (codes "past", "horizon", "not_bookable", "patient_busy"). Whether others have taken the time
    is not asked here: the overlap guard decides that when the claims are written.
    """
    check_all_bookable(wanted, [itinerary], now)


def check_all_bookable(
    wanted: AppointmentRequest,
    itineraries: Sequence[Itinerary],
    now: datetime,
    *,
    except_visits: Collection = (),
    over: Collection[int] = (),
) -> int:
    """The same for several days with one set of queries. Returns the key of the site of the first day's room, or of its
    first clinician when it is by video or phone. The time of `except_visits`, which are to be moved, is not taken. The
    clinicians `over` are to be overbooked: how near another appointment is does not matter for them."""
    if wanted.visit_type_id is None:
        raise Refused(_("Choose the kind of visit in a review first."), code="not_reviewed")
    kind = kind_of_visit(wanted.visit_type_id)
    _check_span(itineraries, kind, now)
    asked = [legs_of(one, kind) for one in itineraries]
    things = resources({leg.code for legs in asked for leg in legs})
    first, last = min(one.day for one in itineraries), max(one.day for one in itineraries)
    named = {key for one in itineraries for what, key, _start, _end in one.uses if what == "clinician"}
    # nobody else's time is judged
    calendar = read.calendar(named.intersection([*things.all_people, *things.interpreters]), first, last)
    roster = calendar.people_by_site()
    sites = []
    for one, legs in zip(itineraries, asked, strict=True):
        language = language_needed(wanted.patient) if one.interpreter_id is not None else ""
        look = Look(wanted, kind, legs, things, roster, now, language=language)
        site = things.site_of_room.get(one.room_id or 0)
        broken = ["no such room"]
        if site is not None or one.is_remote:
            broken = check_itinerary(look.query(calendar, {}, site), one)
        if broken:
            raise Refused(_("This day cannot be booked. Search again for days that can."), code="not_bookable")
        sites.append(site if site is not None else things.home_of(one.legs[0].clinician_id))
    _check_taken(wanted, itineraries, calendar.buffers, now, except_visits, over)
    return sites[0]


def _check_taken(
    wanted: AppointmentRequest,
    itineraries: Sequence[Itinerary],
    buffers: Buffers,
    now: datetime,
    except_visits: Collection,
    over: Collection[int],
) -> None:
    """Refuse a time of the patient's own, and one too close to what a clinician with a buffer has already.

    The overlap guard knows no buffers: the locks that it takes later are taken here, before the look.
    """
    start, end = min(one.start for one in itineraries), max(one.end for one in itineraries)
    kind, patient = wanted.visit_type_id, wanted.patient_id
    times = [
        (key, begin, until)
        for one in itineraries
        for what, key, begin, until in one.uses
        if what == "clinician" and key not in over and buffers.of(key, kind)
    ]
    if times:
        lock_keys(("request", str(wanted.pk)), *_keys_of(itineraries))
    busy = read.busy_masks(
        start,
        end,
        now=now,
        patient_id=patient,
        clinician_ids={key for key, _begin, _until in times},
        except_visits=except_visits,
        buffers=buffers,
        visit_type_id=kind,
    )
    taken = busy.get(("patient", patient), 0)
    if any(taken >> (one.start - start) & ones(one.end - one.start) for one in itineraries):
        raise Refused(_("The patient has another visit at that time."), code="patient_busy")
    for key, begin, until in times:
        if busy.get(("clinician", key), 0) >> (begin - start) & ones(until - begin):
            raise Refused(_("That time is taken, or too close to another appointment."), code="taken")


def _keys_of(itineraries: Iterable[Itinerary]) -> set[tuple[str, str, str]]:
    """The keys of all that these days would claim, as the guard names them."""
    return lock_keys_of(
        Claim(**{f"{what}_id": key}, starts_at=datetime_of(start), ends_at=datetime_of(end))
        for one in itineraries
        for what, key, start, end in one.uses
    )


def free_time(
    clinician_ids: Collection[int], from_date: date, to_date: date, *, now: datetime, routine: bool = True
) -> dict[int, list[tuple[datetime, datetime]]]:
    """Free intervals (UTC) of each clinician from one local date to another, both included, from now on: 2 queries.

    What must stay free beside their appointments, whatever is booked, is taken off.
    """
    calendar = read.calendar(clinician_ids, from_date, to_date)
    end, buffers = calendar.base + calendar.length, calendar.buffers
    busy = read.busy_masks(calendar.base, end, now=now, clinician_ids=list(clinician_ids), buffers=buffers)
    gone = ones(max(0, unit_of(now, up=True) - calendar.base))
    opened = calendar.bookable(clinician_ids, routine=routine, now=unit_of(now))
    return {
        key: [
            (datetime_of(calendar.base + start), datetime_of(calendar.base + end))
            for start, end in runs(mask & ~busy.get(("clinician", key), 0) & ~gone)
        ]
        for key, mask in opened.items()
    }


def _windows(calendar: read.Calendar) -> Iterator[read.Calendar]:
    """Two windows of two weeks, in which most searches end, then the rest at once: three reads at the most."""
    for number in range(WINDOWS):
        if days := calendar.days[number * WINDOW_DAYS : (number + 1) * WINDOW_DAYS]:
            yield calendar.part(days)
    if days := calendar.days[WINDOWS * WINDOW_DAYS :]:
        yield calendar.part(days)


def _joined(early: dict, late: dict, length: int) -> dict:
    """Masks of two spans that follow one another, as one."""
    cut = ones(length)
    return {key: early.get(key, 0) & cut | late.get(key, 0) << length for key in {*early, *late}}


def _check_span(itineraries: Sequence[Itinerary], kind: KindOfVisit, now: datetime) -> None:
    """Bounds that need no rows of time: not empty, not past, not too soon, within the horizon, of no absurd length."""
    last_day = read.booking_days(now, kind.horizon_days)[1]
    for one in itineraries:
        if not one.legs or one.end - one.start > 288 or any(leg.end <= leg.start for leg in one.legs):
            raise Refused(_("This day cannot be booked. Search again for days that can."), code="not_bookable")
        if one.start < read.earliest_start(now, kind.notice_minutes):
            raise Refused(_("That time is over, or too soon to be booked."), code="past")
        starts_on = timezone.localdate(datetime_of(one.start), timezone=read.clinic_zone())
        if starts_on > last_day:
            raise Refused(_("That day is too far ahead to be booked."), code="horizon")
        if starts_on != one.day:
            raise Refused(_("This day cannot be booked. Search again for days that can."), code="not_bookable")
