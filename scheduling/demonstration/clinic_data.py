"""The clinic of the demonstration: specialties, rooms, clinicians and their weeks. All names are invented."""

import datetime as dt

from clinic.directory.models import Clinician, Room, Site, Specialty
from scheduling.availability.models import Closure, SessionException, WeeklySession
from scheduling.itineraries.models import VisitType, VisitTypeLeg

# code, name, minutes, physician, part of a visit
SPECIALTIES = (
    ("NURSE_NAV", "Nurse navigator", 30, False, True),
    ("RAD_ONC", "Radiation oncology", 45, True, True),
    ("ORTHO_ONC", "Orthopedic oncology", 40, True, True),
    ("SPINE_SURG", "Spine surgery", 40, True, True),
    ("MED_ONC", "Medical oncology", 40, True, True),
    ("INT_RAD", "Interventional radiology", 30, True, True),
    ("PALLIATIVE", "Palliative care", 45, True, True),
    ("PMR_PT", "Rehabilitation", 40, False, True),
    ("SOCIAL_WORK", "Social work", 30, False, True),
    ("RADIOLOGY", "Radiology", 0, True, False),
    ("PHARMACY", "Pharmacy", 20, False, True),
    ("NUTRITION", "Nutrition", 20, False, True),
    ("DENTAL", "Dental medicine", 0, False, False),
    ("CLIN_TRIALS", "Clinical trials", 20, False, True),
    ("INTERPRETER", "Interpreter", 0, False, False),
)

CLINICIANS = {
    "NURSE_NAV": ("Dana Whitfield, RN", "Luis Ortega, RN", "Miriam Katz, RN", "Aisha Bello, RN", "Tom Lindqvist, RN"),
    "RAD_ONC": ("Dr. Elena Marsh", "Dr. Samuel Okafor", "Dr. Priya Raman", "Dr. Joel Brandt", "Dr. Hana Sato"),
    "ORTHO_ONC": ("Dr. Victor Hale", "Dr. Noor Haddad", "Dr. Casey Novak", "Dr. Irene Volk"),
    "SPINE_SURG": ("Dr. Marcus Field", "Dr. Yuna Seo", "Dr. Paul Renner"),
    "MED_ONC": ("Dr. Grace Osei", "Dr. Daniel Kim", "Dr. Rosa Alvarez", "Dr. Ian Pruitt"),
    "INT_RAD": ("Dr. Leah Stern", "Dr. Omar Aziz", "Dr. Petra Lang"),
    "PALLIATIVE": ("Dr. Naomi Blake", "Dr. Felix Moreau", "Dr. Amara Njoku"),
    "PMR_PT": ("Kelly Duarte, PT", "Ruth Abrams, OT", "Sven Dahl, PT"),
    "SOCIAL_WORK": ("Monica Reyes, LMSW", "Peter Hanley, LMSW", "Zara Malik, LMSW"),
    "PHARMACY": ("Owen Tran, PharmD", "Julia Weiss, PharmD"),
    "NUTRITION": ("Bea Collins, RD", "Nina Popov, RD"),
    "RADIOLOGY": ("Dr. Arthur Quill",),
    "DENTAL": ("Dr. Sofia Lund, DDS",),
    "CLIN_TRIALS": ("Morgan Pace", "Ines Carvalho"),
    "INTERPRETER": ("Marisol Vega", "Khanh Pham"),
}
NO_VIDEO = frozenset({"INT_RAD", "RADIOLOGY", "DENTAL", "INTERPRETER"})  # no room for visits by video is kept
LANGUAGES = {"Marisol Vega": ["es"], "Khanh Pham": ["vi", "ase"]}

# (morning, afternoon) patterns by clinician number: which weekdays somebody works
WEEKS = ((0, 1, 2, 3, 4), (0, 1, 3, 4), (1, 2, 3), (0, 2, 4), (0, 1, 2, 3))
# Four hours are left before the reserve: five appointments on the 15-minute grid need them
MORNING = (dt.time(8, 0), dt.time(12, 30))
AFTERNOON = (dt.time(13, 0), dt.time(17, 0))

ROOMS = (
    ("Room 1", "stay"), ("Room 2", "stay"), ("Room 3", "stay"), ("Room 4", "stay"), ("Room 5", "stay"),
    ("Room 6", "stay"), ("Room 7", "stay"), ("Room 8", "stay"), ("CT simulator", "ct"), ("Procedure room", "other"),
)  # fmt: skip

VISIT_TYPES = (
    # code, name, takes suggested legs, legs: (specialty, minutes, stage, extra room, mode)
    (
        "coordinated_new",
        "Coordinated new visit",
        True,
        (("NURSE_NAV", 30, "first", "", "in_person"), ("NURSE_NAV", 15, "wrap_up", "", "in_person")),
    ),
    ("single_new", "New visit with one specialty", True, ()),
    ("follow_up", "Follow-up visit", False, ((None, 30, "consult", "", "in_person"),)),
    ("follow_up_video", "Follow-up by video", False, ((None, 20, "consult", "", "video"),)),
    ("ct_simulation", "CT simulation", False, (("RAD_ONC", 45, "imaging", "ct", "in_person"),)),
)


def make_directory(site_address: str) -> tuple[Site, dict[str, Specialty], list[Clinician]]:
    """Site, rooms, specialties and clinicians."""
    site = Site.objects.create(name="Building A", address=site_address)
    Room.objects.bulk_create([Room(site=site, name=name, kind=kind) for name, kind in ROOMS])
    specialties = {
        code: Specialty.objects.create(
            code=code, name=name, default_minutes=minutes, is_physician=physician, is_leg=leg, position=position
        )
        for position, (code, name, minutes, physician, leg) in enumerate(SPECIALTIES)
    }
    clinicians = [
        Clinician.objects.create(
            name=name,
            specialty=specialties[code],
            site=site,
            languages=LANGUAGES.get(name, []),
            video_link="" if code in NO_VIDEO else f"https://video.example.org/{code.lower()}-{number}",
            video_note="" if code in NO_VIDEO else "Wait in the waiting room until you are let in.",
        )
        for code, names in CLINICIANS.items()
        for number, name in enumerate(names, start=1)
    ]
    return site, specialties, clinicians


def make_weeks(clinicians: list[Clinician], today: dt.date) -> None:
    """Weekly sessions, starting in the past so that finished visits lie inside them; some exceptions."""
    since = today - dt.timedelta(days=90)
    sessions = []
    for number, clinician in enumerate(clinicians):
        for weekday in WEEKS[number % len(WEEKS)]:
            for starts, ends in (MORNING, AFTERNOON):
                sessions.append(
                    WeeklySession(
                        clinician=clinician,
                        weekday=weekday,
                        starts=starts,
                        ends=ends,
                        valid_from=since,
                        reserve_minutes=30,
                    )
                )
    WeeklySession.objects.bulk_create(sessions)
    for step, clinician in enumerate(clinicians[::8]):
        SessionException.objects.create(
            clinician=clinician,
            on=today + dt.timedelta(days=9 + step),
            adds=False,
            starts=dt.time(8),
            ends=dt.time(12),
            reason="Meeting",
        )


def make_closures(site: Site, clinicians: list[Clinician], today: dt.date, zone: dt.tzinfo) -> None:
    """One day closed for the whole site, a week away of one clinician, one room being repaired."""

    def local(days: int, hour: int = 0) -> dt.datetime:
        return dt.datetime.combine(today + dt.timedelta(days=days), dt.time(hour), tzinfo=zone).astimezone(dt.UTC)

    Closure.objects.create(site=site, starts_at=local(24), ends_at=local(25), reason="Staff training day")
    Closure.objects.create(clinician=clinicians[6], starts_at=local(14), ends_at=local(21), reason="Away")
    Closure.objects.create(room=site.rooms.get(name="Room 8"), starts_at=local(3), ends_at=local(10), reason="Repair")


def make_visit_types(specialties: dict[str, Specialty]) -> None:
    """The visit types of the product with their fixed legs; none is open to self-booking."""
    for code, name, takes_suggested, legs in VISIT_TYPES:
        kind = VisitType.objects.create(code=code, name=name, takes_suggested_legs=takes_suggested)
        for position, (specialty, minutes, stage, extra_room, mode) in enumerate(legs, start=1):
            VisitTypeLeg.objects.create(
                visit_type=kind,
                position=position,
                specialty=specialties[specialty] if specialty else None,
                minutes=minutes,
                stage=stage,
                extra_room_kind=extra_room,
                mode=mode,
            )
