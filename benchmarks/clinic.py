"""The clinic that is measured: 40 clinicians of five specialties, eight patient rooms, 12 weeks filled to 70 %."""

import datetime as dt
import itertools
import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from clinic.accounts.actors import staff_actor
from clinic.accounts.models import User
from clinic.accounts.roles import Role
from clinic.directory.closed_days import closed_days
from clinic.directory.models import Clinician, Room, Site, Specialty
from clinic.platform.audit.actors import Actor
from intake.patients.identity import birth_date_index
from intake.patients.models import Patient
from intake.symptoms.models import SymptomReport
from intake.triage.models import Triage
from scheduling.availability.bits import unit_of
from scheduling.availability.models import WeeklySession
from scheduling.demonstration.clinic_data import make_visit_types
from scheduling.itineraries.legs import Itinerary, PlacedLeg
from scheduling.itineraries.models import VisitType
from scheduling.requests.models import AppointmentRequest
from scheduling.visits.models import Claim

WEEKS = 12
FILL = 0.70
ROOM_FILL = 0.50
SPECIALTIES = (  # code, minutes, physician: with nurse navigator first and last a coordinated day has six legs
    ("NURSE_NAV", 30, False),
    ("RAD_ONC", 45, True),
    ("ORTHO_ONC", 40, True),
    ("MED_ONC", 40, True),
    ("PALLIATIVE", 45, True),
)
CLINICIANS_EACH = 8
WORKING_WEEKS = ((0, 1, 2, 3, 4), (0, 1, 3, 4), (1, 2, 3), (0, 2, 4), (0, 1, 2, 3))
HALF_DAYS = (  # lunch is staggered: a gap of 30 minutes at most could not bridge one that all take together
    ((dt.time(8), dt.time(12)), (dt.time(12, 45), dt.time(16, 45))),
    ((dt.time(8), dt.time(13)), (dt.time(13, 30), dt.time(17))),
    ((dt.time(7, 30), dt.time(11, 30)), (dt.time(12), dt.time(16, 30))),
)
ROOM_DAY = ((dt.time(7, 30), dt.time(17)),)
BIRTH_DATE = dt.date(1951, 3, 27)


def make_clinic() -> None:
    """Fill an empty, migrated database. The dice are always the same, the days follow today."""
    site = Site.objects.create(name="Building B")
    rooms = [Room.objects.create(site=site, name=f"Room {n}", kind="stay") for n in range(1, 9)]
    Room.objects.create(site=site, name="CT simulator", kind="ct")
    specialties = {
        code: Specialty.objects.create(
            code=code, name=code.title(), default_minutes=minutes, is_physician=physician, position=position
        )
        for position, (code, minutes, physician) in enumerate(SPECIALTIES)
    }
    clinicians = [
        Clinician.objects.create(name=f"{code.title()} {n}", specialty=specialty, site=site)
        for code, specialty in specialties.items()
        for n in range(CLINICIANS_EACH)
    ]
    make_visit_types(specialties)
    dice = random.Random(11)
    claims = []
    for number, clinician in enumerate(clinicians):
        weekdays = WORKING_WEEKS[number % len(WORKING_WEEKS)]
        half_days = HALF_DAYS[number % len(HALF_DAYS)]
        make_sessions(clinician, weekdays, half_days)
        for starts, ends in _moments(weekdays, half_days):
            claims += [
                Claim(clinician=clinician, **part) for part in busy_parts(starts, ends, FILL, (15, 20, 30, 45), dice)
            ]
    for room in rooms:
        for starts, ends in _moments(range(5), ROOM_DAY):
            claims += [Claim(room=room, **part) for part in busy_parts(starts, ends, ROOM_FILL, (60, 120, 180), dice)]
    Claim.objects.bulk_create(claims, batch_size=500)


def make_sessions(clinician: Clinician, weekdays, half_days) -> None:
    """The clinician's weekly sessions, with the usual reserve at the end of each."""
    since = timezone.localdate() - dt.timedelta(days=30)
    WeeklySession.objects.bulk_create(
        WeeklySession(clinician=clinician, weekday=weekday, starts=starts, ends=ends, valid_from=since)
        for weekday in weekdays
        for starts, ends in half_days
    )


def _moments(weekdays, parts):
    zone, today = timezone.get_default_timezone(), timezone.localdate()
    for day in (today + dt.timedelta(days=n) for n in range(WEEKS * 7)):
        if day.weekday() in weekdays:
            for starts, ends in parts:
                yield dt.datetime.combine(day, starts, tzinfo=zone), dt.datetime.combine(day, ends, tzinfo=zone)


def busy_parts(starts, ends, fill: float, lengths, dice: random.Random):
    """Parts of a span that are taken, each for one of `lengths` minutes, `fill` of them by the dice."""
    while starts < ends:
        until = min(starts + dt.timedelta(minutes=dice.choice(lengths)), ends)
        if dice.random() < fill:
            yield {"starts_at": starts.astimezone(dt.UTC), "ends_at": until.astimezone(dt.UTC), "note": "Busy"}
        starts = until


def make_request(visit_type: str, specialties: list[str]) -> AppointmentRequest:
    """A reviewed routine request, ready to schedule."""
    now, number = timezone.now(), uuid.uuid4().hex[:8].upper()
    patient = Patient.objects.create(
        legal_first_name="Maribelle",
        legal_last_name=f"Quandtner {number}",
        date_of_birth=BIRTH_DATE.isoformat(),
        phone_primary="+12025550142",
        phone_type="mobile",
        ok_voicemail="yes",
        email=f"patient{number}@example.org",
        zip="48109",
        contact_preference=["email"],
        npp_ack="acknowledged",
        npp_version="1",
        npp_at=now,
        consent_email_at=now,
        birth_date_index=birth_date_index(BIRTH_DATE),
        phone_index="0" * 32,
        name_index="0" * 32,
    )
    report = SymptomReport.objects.create(patient=patient, filled_by="patient", answers={}, snapshot=[], sent_at=now)
    triage = Triage.objects.create(report=report, level="routine", rules=[], message="M-ROUTINE", rule_set="bench")
    return AppointmentRequest.objects.create(
        reference=f"BMC-{number}",
        patient=patient,
        report=report,
        triage=triage,
        filled_by="patient",
        level="routine",
        urgency_rank=3,
        status="ready",
        submitted_at=now,
        contact_due_at=now + dt.timedelta(days=2),
        contacted_at=now,
        visit_due_on=timezone.localdate() + dt.timedelta(days=WEEKS * 7),
        taken_at=now,
        reviewed_at=now,
        visit_type=VisitType.objects.get(code=visit_type),
        specialties=specialties,
    )


def coordinator() -> Actor:
    """The coordinator who makes the offers."""
    user, _made = User.objects.get_or_create(
        email="coordinator@example.org", defaults={"name": "Robin Castle", "roles": [Role.COORDINATOR.value]}
    )
    return staff_actor(user)


@dataclass(frozen=True)
class Team:
    """Clinicians and a room of their own with an empty calendar, open every day: their bookings meet nobody else's."""

    clinicians: tuple[Clinician, ...]
    room: Room


def make_team(specialties: Sequence[str]) -> Team:
    """One clinician of each specialty (the same one for a specialty named twice) and a patient room."""
    site, number = Site.objects.get(name="Building B"), uuid.uuid4().hex[:8]
    people: dict[str, Clinician] = {}
    for code in specialties:
        if code not in people:
            specialty = Specialty.objects.get(code=code)
            people[code] = Clinician.objects.create(name=f"{code} team {number}", specialty=specialty, site=site)
            make_sessions(people[code], range(7), HALF_DAYS[0])
    room = Room.objects.create(site=site, name=f"Room of team {number}", kind="stay")
    return Team(tuple(people[code] for code in specialties), room)


def free_days(count: int) -> list[dt.date]:
    """The next business days from three days on: past every notice and far from every deadline of the measurement."""
    first = timezone.localdate() + dt.timedelta(days=3)
    days = [first + dt.timedelta(days=n) for n in range(3 * count)]
    closed = closed_days(days[0], days[-1])
    return [day for day in days if day.weekday() < 5 and day not in closed][:count]


def find_by_hand(team: Team, specialties: Sequence[str], plan: Sequence[tuple[int, int]], day: dt.date) -> Itinerary:
    """The day that the finder would find in the team's empty calendar: (start, length) in minutes from 8:00."""
    opens = dt.datetime.combine(day, dt.time(8), tzinfo=timezone.get_default_timezone())
    base = unit_of(opens)
    legs = []
    for number, (code, one, (start, minutes)) in enumerate(zip(specialties, team.clinicians, plan, strict=True)):
        key = f"{code}.wrap_up" if code in specialties[:number] else code
        legs.append(PlacedLeg(key, one.pk, None, base + start // 5, base + (start + minutes) // 5))
    waiting = sum(later.start - earlier.end for earlier, later in itertools.pairwise(legs))
    return Itinerary(day, team.room.pk, tuple(legs), waiting)
