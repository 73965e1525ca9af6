"""What freed time would help one person who waits: a complete day, or one leg earlier. Reads only."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from clinic.directory.models import Clinician
from intake.triage.models import Level
from scheduling.availability.bits import UNIT_SECONDS, datetime_of, unit_of
from scheduling.availability.read import clinic_zone
from scheduling.itineraries.legs import Itinerary, Wishes
from scheduling.itineraries.search import find_days, free_time, not_before
from scheduling.itineraries.visit_kinds import ChosenLeg, kind_of_visit
from scheduling.visits.models import Appointment, Visit, VisitChange
from scheduling.visits.states import APPOINTMENT_CLAIMS_TIME
from scheduling.waitlist.models import WaitlistEntry, WaitlistMatch
from scheduling.waitlist.rules import Use, Wish, days_that_help, earliest_start, may_use, share_time, time_key

MOST_KNOWN = 10  # so many times that a person let go are passed over
STEP = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Match:
    """Time for one person: a complete day, or the time of one leg (`day` is None then)."""

    starts_at: datetime
    ends_at: datetime
    uses: tuple[Use, ...]
    day: Itinerary | None = None

    @property
    def time_key(self) -> str:
        """The name of this time."""
        return time_key(self.uses)


def can_still_be_undone(now: datetime) -> list[tuple[Use, ...]]:
    """Time that staff or a patient freed a moment ago: while they may still undo it, nobody else is offered it."""
    since = now - timedelta(minutes=settings.UNDO_MINUTES)
    rows = VisitChange.objects.filter(at__gt=since, undone_at=None).exclude(by_kind="system")
    return [
        tuple(
            (leg["clinician"], unit_of(datetime.fromisoformat(leg["starts_at"])),
             unit_of(datetime.fromisoformat(leg["ends_at"]), up=True))
            for leg in before["legs"]
        )
        for before in rows.values_list("before", flat=True)
    ]  # fmt: skip


def wish_of(entry: WaitlistEntry) -> Wish:
    """What the entry says, as the rules read it."""
    weekdays = frozenset(int(day) for day in entry.weekdays)
    return Wish(entry.earliest_on, entry.latest_on, weekdays, timedelta(hours=entry.notice_hours))


def matches_of(patient_id) -> QuerySet:
    """What was put before this person, also under a record that was merged into theirs since."""
    return WaitlistMatch.objects.filter(Q(patient=patient_id) | Q(entry__request__patient=patient_id))


def match_for(
    entry: WaitlistEntry, *, now: datetime, not_with: Iterable[Collection[Use]] = (), as_proposed: bool = False
) -> Match | None:
    """The first time that helps this person, was never put before them, and shares nothing with `not_with`.

    `as_proposed`: what an open task of this entry proposes may come again, to be offered now. The entry comes with its
    request (patient, visit type), visit and specialty.
    """
    before = matches_of(entry.request.patient_id)
    if as_proposed and not entry.specialty_id:
        before = before.exclude(entry=entry, offer=None, outcome=WaitlistMatch.Outcome.OPEN)
    known = set(before.values_list("time_key", flat=True))
    found = _legs(entry, now) if entry.specialty_id else _days(entry, now, limit=1 + min(len(known), MOST_KNOWN))
    taken = list(not_with)
    return next(
        (one for one in found if one.time_key not in known and not any(share_time(one.uses, other) for other in taken)),
        None,
    )


def _span(entry: WaitlistEntry, now: datetime, *, visit_on: date | None) -> tuple[date, date] | None:
    wanted, zone = entry.request, clinic_zone()
    found = days_that_help(
        wish_of(entry),
        today=timezone.localdate(now, timezone=zone),
        visit_on=visit_on,
        due_on=wanted.visit_due_on,
        first_start=earliest_start(wish_of(entry), now),
        zone=zone,
    )
    told = not_before(wanted)
    if found is None or told is None:
        return found
    return (max(found[0], told), found[1]) if told <= found[1] else None


def _days(entry: WaitlistEntry, now: datetime, *, limit: int) -> list[Match]:
    """Complete days with the legs of the booked visit, or of the review, earliest first."""
    wanted, wish = entry.request, wish_of(entry)
    visit_on = timezone.localdate(entry.visit.starts_at, timezone=clinic_zone()) if entry.visit else None
    span = _span(entry, now, visit_on=visit_on)
    if span is None:
        return []
    first, last = span
    before = _days_offered(entry)
    legs = legs_booked(entry.visit) if entry.visit else None
    wishes = Wishes(wish.weekdays, required=True) if wish.weekdays else None
    found = find_days(wanted, legs=legs, wishes=wishes, earliest_on=first, now=now, limit=limit).itineraries
    if found and found[0].day == first and datetime_of(found[0].start) < earliest_start(wish, now):
        late = _later_that_day(entry, found[0].day, legs, now)  # the notice ends in the middle of the day
        found = [*late, *(found[1:] or find_days(
            wanted, legs=legs, wishes=wishes, earliest_on=first + timedelta(days=1), now=now, limit=limit
        ).itineraries)]  # fmt: skip
    return [
        _match(one)
        for one in found
        if one.day not in before and may_use(wish, one.day, datetime_of(one.start), first=first, last=last, now=now)
    ]


def _later_that_day(entry: WaitlistEntry, on: date, legs: list[ChosenLeg] | None, now: datetime) -> list[Itinerary]:
    begins = earliest_start(wish_of(entry), now).astimezone(clinic_zone())
    window = (begins.hour * 60 + begins.minute, 24 * 60)
    wishes = Wishes(frozenset({on.weekday()}), (window,), required=True)
    found = find_days(entry.request, legs=legs, wishes=wishes, earliest_on=on, now=now, limit=1).itineraries
    return [one for one in found if one.day == on]


def _match(one: Itinerary) -> Match:
    uses = tuple((leg.clinician_id, leg.start, leg.end) for leg in one.legs)
    return Match(datetime_of(one.start), datetime_of(one.end), uses, one)


def _days_offered(entry: WaitlistEntry) -> set[date]:
    """Days that the waitlist has offered to this person: whoever let one go is not asked about it again."""
    matches = matches_of(entry.request.patient_id).values("pk")
    starts = Visit.objects.filter(offer__waitlist_match__in=matches).values_list("starts_at", flat=True)
    return {timezone.localdate(start, timezone=clinic_zone()) for start in starts}


def legs_booked(visit: Visit) -> list[ChosenLeg]:
    """The consults of a booked visit, as they would be chosen again; those the visit type brings are not among them."""
    brought = {leg.code for leg in kind_of_visit(visit.visit_type_id).legs if leg.code}
    return [
        ChosenLeg(leg.specialty.code, (leg.ends_at - leg.starts_at) // timedelta(minutes=1), None, leg.mode)
        for leg in _live(visit)
        if leg.specialty.code not in brought
    ]


def _live(visit: Visit) -> list[Appointment]:
    rows = visit.appointments.filter(state__in=APPOINTMENT_CLAIMS_TIME)
    return list(rows.select_related("specialty", "clinician").order_by("position"))


def _legs(entry: WaitlistEntry, now: datetime) -> list[Match]:
    """Free times before the leg's own, of anybody of its specialty at that site: proposals for staff, earliest first.

    Order and pauses of the day are not judged here; whoever moves the leg is told what stands in the way.
    """
    legs = _live(entry.visit) if entry.visit else []
    own = next((leg for leg in legs if leg.specialty_id == entry.specialty_id), None)
    if own is None:
        return []
    zone, wish = clinic_zone(), wish_of(entry)
    on = own.starts_at.astimezone(zone).date()
    span = _span(entry, now, visit_on=on + timedelta(days=1))
    if span is None:
        return []
    people = Clinician.objects.filter(specialty=own.specialty_id, site=entry.visit.site_id, is_active=True)
    routine = entry.request.level not in (Level.EMERGENCY, Level.URGENT)
    free = free_time(list(people.values_list("pk", flat=True)), *span, now=now, routine=routine)
    others = [(leg.starts_at, leg.ends_at) for leg in legs if leg.pk != own.pk]
    length, found = own.ends_at - own.starts_at, []
    for clinician_id, intervals in free.items():
        for begins, ends in intervals:
            start = _first_start(begins, min(ends, own.starts_at), length, wish=wish, span=span, others=others, now=now)
            if start is not None:
                uses = ((clinician_id, unit_of(start), unit_of(start + length, up=True)),)
                found.append(Match(start, start + length, uses))
                break
    return sorted(found, key=lambda one: (one.starts_at, one.uses))


def _first_start(
    begins: datetime, ends: datetime, length: timedelta, *, wish: Wish, span: tuple[date, date], others: list, now
) -> datetime | None:
    """The first start on the grid at which the leg fits into a free interval and into the patient's own day."""
    step = STEP // timedelta(seconds=UNIT_SECONDS)
    start = datetime_of(-(-unit_of(begins, up=True) // step) * step)
    while start + length <= ends:
        on = start.astimezone(clinic_zone()).date()
        is_apart = all(start + length <= begun or start >= ended for begun, ended in others)
        if is_apart and may_use(wish, on, start, first=span[0], last=span[1], now=now):
            return start
        start += STEP
    return None
