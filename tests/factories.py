"""People, a small clinic, patients and requests for tests. Everything is invented."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import count, pairwise

from django.contrib.auth import get_user_model
from django.utils import timezone

from clinic.accounts.actors import staff_actor
from clinic.accounts.roles import Role
from clinic.directory.models import Clinician, Room, Site, Specialty
from clinic.platform.audit.actors import Actor
from clinic.platform.submits.once import new_key
from intake.patients.identity import birth_date_index
from intake.patients.models import Patient
from intake.symptoms.models import SymptomReport
from intake.triage.models import Triage
from scheduling.availability.models import WeeklySession
from scheduling.itineraries.models import VisitType, VisitTypeLeg
from scheduling.itineraries.search import find_days
from scheduling.offers.actions import make_offer
from scheduling.offers.models import Offer
from scheduling.requests.models import AppointmentRequest
from scheduling.visits.models import Claim, Visit

BIRTH_DATE = date(1951, 3, 27)
RANK = {"emergency": 0, "urgent": 1, "soon": 2, "routine": 3}
SPECIALTIES = (  # code, minutes, physician
    ("NURSE_NAV", 30, False),
    ("RAD_ONC", 45, True),
    ("SPINE_SURG", 40, True),
    ("ORTHO_ONC", 40, True),
    ("MED_ONC", 40, True),
    ("PALLIATIVE", 45, True),
)
_number = count(1)


# People of the staff


def _staff(role: Role):
    number = next(_number)
    return get_user_model().objects.create(email=f"{role}{number}@example.org", name=f"{role} {number}", roles=[role])


def a_nurse():
    """Reviews, offers, cancels."""
    return _staff(Role.NURSE)


def a_coordinator():
    """Offers and cancels, does not review."""
    return _staff(Role.COORDINATOR)


def a_physician():
    """Reviews, does not offer."""
    return _staff(Role.PHYSICIAN)


def an_administrator():
    """Keeps reference data, sees no patient."""
    return _staff(Role.ADMINISTRATOR)


def an_auditor():
    """Reads the audit, sees no patient."""
    return _staff(Role.AUDITOR)


def a_clinician_user():
    """Reads patients, changes nothing."""
    return _staff(Role.CLINICIAN)


# The clinic


@dataclass
class SmallClinic:
    """What `a_clinic` made."""

    site: Site
    rooms: list[Room]
    ct: Room
    specialties: dict[str, Specialty]
    people: dict[str, list[Clinician]] = field(default_factory=dict)
    visit_types: dict[str, VisitType] = field(default_factory=dict)


def a_clinic(*, people_each: int = 2, rooms: int = 2, reserve_minutes: int = 0) -> SmallClinic:
    """A site open Monday to Friday 8 to 12 and 1 to 5, all day for everybody."""
    site = Site.objects.create(name=f"Building {next(_number)}", address="100 Example Avenue")
    stay = [Room.objects.create(site=site, name=f"Room {n}", kind="stay") for n in range(1, rooms + 1)]
    ct = Room.objects.create(site=site, name="CT", kind="ct")
    specialties = {
        code: Specialty.objects.get_or_create(
            code=code,
            defaults={"name": code.title(), "default_minutes": minutes, "is_physician": physician, "position": place},
        )[0]
        for place, (code, minutes, physician) in enumerate(SPECIALTIES)
    }
    made = SmallClinic(site, stay, ct, specialties)
    for code, specialty in specialties.items():
        made.people[code] = [
            Clinician.objects.create(name=f"{code.title()} {next(_number)}", specialty=specialty, site=site)
            for _n in range(people_each)
        ]
        for one in made.people[code]:
            a_week(one, reserve_minutes=reserve_minutes)
    made.visit_types = the_visit_types(specialties)
    return made


def a_week(clinician: Clinician, *, reserve_minutes: int = 0, weekdays=range(5)) -> None:
    """Mornings and afternoons on these weekdays."""
    WeeklySession.objects.bulk_create(
        WeeklySession(
            clinician=clinician,
            weekday=weekday,
            starts=starts,
            ends=ends,
            valid_from=date(2026, 1, 1),
            reserve_minutes=reserve_minutes,
        )
        for weekday in weekdays
        for starts, ends in ((time(8), time(12)), (time(13), time(17)))
    )


def an_interpreter(site: Site, *languages: str, weekdays=range(5)) -> Clinician:
    """An interpreter who works these weekdays."""
    specialty, _ = Specialty.objects.get_or_create(
        code="INTERPRETER", defaults={"name": "Interpreter", "default_minutes": 0, "is_leg": False}
    )
    made = Clinician.objects.create(
        name=f"Interpreter {next(_number)}", specialty=specialty, site=site, languages=list(languages)
    )
    a_week(made, weekdays=weekdays)
    return made


def the_visit_types(specialties: dict[str, Specialty]) -> dict[str, VisitType]:
    """The four visit types of the product."""
    legs = {
        "coordinated_new": (("NURSE_NAV", 30, "first", ""), ("NURSE_NAV", 15, "wrap_up", "")),
        "single_new": (),
        "follow_up": ((None, 30, "consult", ""),),
        "ct_simulation": (("RAD_ONC", 45, "imaging", "ct"),),
    }
    made = {}
    for code, rows in legs.items():
        kind, is_new = VisitType.objects.get_or_create(
            code=code, defaults={"name": code, "takes_suggested_legs": code in ("coordinated_new", "single_new")}
        )
        made[code] = kind
        for position, (specialty, minutes, stage, room) in enumerate(rows if is_new else (), start=1):
            VisitTypeLeg.objects.create(
                visit_type=kind,
                position=position,
                specialty=specialties[specialty] if specialty else None,
                minutes=minutes,
                stage=stage,
                extra_room_kind=room,
            )
    return made


# Patients


def a_patient(*, email: str = "maribelle@example.org", consents: bool = True) -> Patient:
    """A registered patient."""
    at = timezone.now()
    return Patient.objects.create(
        legal_first_name="Maribelle",
        legal_last_name="Quackenbush",
        date_of_birth=BIRTH_DATE.isoformat(),
        phone_primary="+12025550147",
        phone_type="mobile",
        ok_voicemail="yes",
        email=email,
        zip="48109",
        contact_preference=["email"],
        npp_ack="yes",
        npp_version="1",
        npp_at=at,
        consent_email_at=at if consents else None,
        birth_date_index=birth_date_index(BIRTH_DATE),
        phone_index="0" * 32,
        name_index="0" * 32,
    )


def a_request(
    *,
    level: str = "routine",
    patient: Patient | None = None,
    specialties: tuple[str, ...] = ("SPINE_SURG", "RAD_ONC"),
    visit_type: str | None = "coordinated_new",
    answers: dict | None = None,
    at: datetime | None = None,
    **changes,
) -> AppointmentRequest:
    """A request of this level; with a visit type it is reviewed and ready, without one it is new."""
    at, patient, number = at or timezone.now(), patient or a_patient(), next(_number)
    report = SymptomReport.objects.create(
        patient=patient, filled_by="patient", answers=answers or {}, snapshot=[], sent_at=at
    )
    triage = Triage.objects.create(
        report=report, level=level, rules=[], message=f"M-{level.upper()}", rule_set="BM-TRIAGE/1"
    )
    facts = {
        "reference": f"BMC-T{number:05d}",
        "patient": patient,
        "report": report,
        "triage": triage,
        "filled_by": "patient",
        "level": level,
        "urgency_rank": RANK[level],
        "status": "submitted",
        "submitted_at": at,
        "contact_due_at": at + timedelta(days=2),
        "visit_due_on": (at + timedelta(days=14)).date(),
    }
    if visit_type is not None:
        facts |= {
            "status": "ready",
            "reviewed_at": at,
            "visit_type": VisitType.objects.get(code=visit_type),
            "specialties": list(specialties),
        }
    return AppointmentRequest.objects.create(**facts | changes)


def person_of(wanted: AppointmentRequest) -> Actor:
    """The patient whose request this is."""
    return Actor("patient", f"request:{wanted.pk}")


def an_offer(wanted: AppointmentRequest, *, now: datetime, days: int = 3, by: Actor | None = None) -> Offer:
    """The best days for the request, held."""
    found = find_days(wanted, now=now, limit=days)
    return make_offer(wanted, found.itineraries, by=by or staff_actor(a_coordinator()), key=new_key(), now=now)


def days_of(offer: Offer) -> list[Visit]:
    """The held days, earliest first."""
    return list(offer.alternatives.order_by("starts_at"))


# What must always be true


def overlapping_claims() -> list[tuple]:
    """Pairs of claims of one resource that overlap: must be empty. Overbooked claims are compared with one another."""
    found = []
    for kind in ("clinician", "room", "patient"):
        for is_overbooked in (False, True):
            rows = Claim.objects.exclude(**{f"{kind}_id": None}).filter(is_overbooked=is_overbooked)
            rows = list(rows.order_by(f"{kind}_id", "starts_at").values_list(f"{kind}_id", "starts_at", "ends_at"))
            found += [(kind, one, other) for one, other in pairwise(rows) if one[0] == other[0] and other[1] < one[2]]
    return found


def claims_wanted(visit: Visit) -> set[tuple]:
    """The claims that a visit must have in its state, as (kind, key, start, end)."""
    if visit.state not in ("held", "booked", "checked_in", "in_visit", "completed"):
        return set()
    wanted = {("room", visit.room_id, visit.starts_at, visit.ends_at)} if visit.room_id is not None else set()
    if visit.interpreter_id is not None:
        wanted.add(("clinician", visit.interpreter_id, visit.starts_at, visit.ends_at))
    for leg in visit.appointments.all():
        if leg.state in ("expired", "released", "cancelled_by_patient", "cancelled_by_clinic", "no_show"):
            continue  # taken out of a visit that takes place
        wanted.add(("clinician", leg.clinician_id, leg.starts_at, leg.ends_at))
        if leg.room_id is not None:
            wanted.add(("room", leg.room_id, leg.starts_at, leg.ends_at))
    if visit.state != "held":
        wanted.add(("patient", visit.patient_id, visit.starts_at, visit.ends_at))
    return wanted


def claims_held(visit: Visit) -> set[tuple]:
    """The claims that a visit has."""
    held = set()
    for claim in visit.claims.all():
        kind = "clinician" if claim.clinician_id else "room" if claim.room_id else "patient"
        held.add((kind, getattr(claim, f"{kind}_id"), claim.starts_at, claim.ends_at))
    return held


def local(on: date, hour: int, minute: int = 0) -> datetime:
    """A moment of the clinic's local time, in UTC."""
    return datetime.combine(on, time(hour, minute), tzinfo=timezone.get_default_timezone()).astimezone(UTC)
