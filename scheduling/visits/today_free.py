"""Who works today and when they are free, for the desk: from now to the end of the day. Reads only, three queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.directory.models import Clinician, Room
from clinic.platform.words import clock, clock_range
from scheduling.availability import read
from scheduling.availability.bits import datetime_of, ones, runs, unit_of
from scheduling.visits.models import Claim

STEP = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class FreeTime:
    """A free span of a clinician, and the value of its start in the list of times."""

    words: str
    at: str


@dataclass(frozen=True, slots=True)
class WorksToday:
    """A clinician who still works today, with what is free of it."""

    clinician: Clinician
    free: list[FreeTime]
    until: datetime


def working_today(now: datetime, *, site_id: int | None = None, visit_type_id=None) -> list[WorksToday]:
    """Clinicians with working time left today (at a site, for a kind of visit), by specialty and name."""
    people = list(
        Clinician.objects.filter(is_active=True, specialty__is_leg=True)
        .select_related("specialty")
        .order_by("specialty__position", "name", "pk")
    )
    today, keys = timezone.localdate(now), [one.pk for one in people]
    calendar = read.calendar(keys, today, today)
    opened = calendar.open_time(keys, site_id=site_id, visit_type_id=visit_type_id)
    busy = read.busy_masks(calendar.base, calendar.base + calendar.length, now=now, clinician_ids=keys)
    gone = ones(max(0, unit_of(now, up=True) - calendar.base))
    found = []
    for one in people:
        left = opened[one.pk].open & ~gone
        if left:
            spans = [
                (datetime_of(calendar.base + start), datetime_of(calendar.base + end))
                for start, end in runs(left & ~busy.get(("clinician", one.pk), 0))
            ]
            free = [FreeTime(clock_range(start, end), time_value(start)) for start, end in spans]
            found.append(WorksToday(one, free, datetime_of(calendar.base + left.bit_length())))
    return found


def time_value(moment: datetime) -> str:
    """A moment of today as the list of times has it: "14:05" of the clinic's day."""
    return timezone.localtime(moment).strftime("%H:%M")


def times_until(now: datetime, last: datetime) -> list[tuple[str, str]]:
    """Starts from now on in steps of 5 minutes, as (value, words)."""
    moments, at = [], datetime_of(unit_of(now, up=True))
    while at < last:
        moments.append((time_value(at), clock(at)))
        at += STEP
    return moments


def moment_today(value: str, now: datetime) -> datetime:
    """The moment that a value of the list of times means today, in UTC as kept."""
    hour, minute = (int(part) for part in value.split(":"))
    local = timezone.localtime(now).replace(hour=hour, minute=minute, second=0, microsecond=0)
    return local.astimezone(now.tzinfo)


def clinician_choices(working: Iterable[WorksToday]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The clinicians of today, grouped by specialty."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for one in working:
        groups.setdefault(one.clinician.specialty.name, []).append((str(one.clinician.pk), one.clinician.name))
    return list(groups.items())


def stay_rooms() -> list[Room]:
    """Patient rooms in use, by site."""
    rooms = Room.objects.filter(is_active=True, site__is_active=True, kind=Room.Kind.STAY)
    return list(rooms.select_related("site").order_by(F("site__name"), "name"))


def claim_words(claim: Claim) -> str:
    """What an appointment would lie over, in words for staff."""
    hours = {"hours": clock_range(claim.starts_at, claim.ends_at)}
    if claim.visit is None:
        return _("%(hours)s: busy elsewhere") % hours
    words = hours | {"patient": claim.visit.patient.full_name}
    if claim.expires_at is not None:
        return _("%(hours)s: held for %(patient)s") % words
    if claim.is_overbooked:
        return _("%(hours)s: %(patient)s, overbooked already") % words
    return _("%(hours)s: %(patient)s") % words
