"""What tests of the patients' pages share: an offer with its held days, and the steps of a person with a link."""

import re
from datetime import date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clinic.directory.models import Clinician, Room, Site, Specialty
from intake.access.links import make_link
from intake.patients.identity import birth_date_index
from intake.patients.models import Patient
from intake.registration.models import Draft
from intake.registration.steps import FLOW
from intake.symptoms.models import SymptomReport
from intake.triage.models import Triage
from scheduling.availability.models import WeeklySession
from scheduling.itineraries.models import VisitType
from scheduling.offers.models import Offer
from scheduling.requests.models import AppointmentRequest
from scheduling.visits.models import Appointment, Claim, Visit

NOW = datetime(2026, 11, 20, 15, tzinfo=ZoneInfo("UTC"))  # a Friday, 10 a.m. at the clinic
BIRTH_DATE = date(1951, 3, 27)
NAMES = {"first": "Maribelle", "last": "Quandtner", "phone": "+12025550142", "email": "maribelle@example.org"}
LEGS = [  # code, name, starts, minutes: 9:00 a.m. to 1:15 p.m.
    ("NURSE_NAV", "Nurse navigator", time(9), 30),
    ("SPINE_SURG", "Spine surgery", time(9, 45), 45),
    ("RAD_ONC", "Radiation oncology", time(10, 55), 45),
    ("MED_ONC", "Medical oncology", time(12), 45),
    ("NURSE_NAV", "Nurse navigator", time(13), 15),
]
_number = count(1)


def a_wanted_request(**changes) -> AppointmentRequest:
    """A reviewed request, ready to schedule."""
    now, number = timezone.now(), next(_number)
    patient = Patient.objects.create(
        legal_first_name=NAMES["first"],
        legal_last_name=NAMES["last"],
        date_of_birth=BIRTH_DATE.isoformat(),
        phone_primary=NAMES["phone"],
        phone_type="mobile",
        ok_voicemail="yes",
        email=NAMES["email"],
        zip="48109",
        contact_preference=["email"],
        npp_ack="yes",
        npp_version="1",
        npp_at=now,
        consent_email_at=now,
        birth_date_index=birth_date_index(BIRTH_DATE),
        phone_index="0" * 32,
        name_index="0" * 32,
    )
    report = SymptomReport.objects.create(patient=patient, filled_by="patient", answers={}, snapshot=[], sent_at=now)
    triage = Triage.objects.create(
        report=report, level="routine", rules=[], message="M-ROUTINE", rule_set="BM-TRIAGE/1"
    )
    visit_type, _made = VisitType.objects.get_or_create(
        code="coordinated_new", defaults={"name": "Coordinated day", "takes_suggested_legs": True}
    )
    facts = {
        "reference": f"BMC-TS{number:02d}-{number % 90 + 10}",
        "patient": patient,
        "report": report,
        "triage": triage,
        "filled_by": "patient",
        "level": "routine",
        "urgency_rank": 3,
        "status": "ready",
        "submitted_at": now,
        "contact_due_at": now + timedelta(days=2),
        "visit_due_on": (now + timedelta(days=14)).date(),
        "reviewed_at": now,
        "visit_type": visit_type,
        "specialties": ["SPINE_SURG", "RAD_ONC", "MED_ONC"],
    }
    return AppointmentRequest.objects.create(**facts | changes)


def an_offer(*, days: int = 3, request: AppointmentRequest | None = None) -> Offer:
    """An open offer whose days are held, the first on Tuesday, December 1, 2026."""
    wanted = request or a_wanted_request(status="offered")
    now = timezone.now()
    offer = Offer.objects.create(request=wanted, made_at=now, expires_at=now + timedelta(hours=48))
    site, _made = Site.objects.get_or_create(name="Main building")
    number = next(_number)
    room = Room.objects.create(site=site, name=f"Room {number}")
    people = [_clinician(code, name, site, number) for code, name, _at, _minutes in LEGS[:-1]]
    for day in range(days):
        _held_day(offer, room, people, date(2026, 12, 1) + timedelta(days=day))
    return offer


def _clinician(code: str, name: str, site: Site, number: int) -> Clinician:
    specialty, _made = Specialty.objects.get_or_create(code=code, defaults={"name": name, "default_minutes": 30})
    clinician = Clinician.objects.create(name=f"{code.title()} Person {number}", specialty=specialty, site=site)
    WeeklySession.objects.bulk_create(
        WeeklySession(clinician=clinician, weekday=weekday, starts=time(8), ends=time(17), valid_from=date(2026, 1, 1))
        for weekday in range(7)
    )
    return clinician


def _held_day(offer: Offer, room: Room, people: list[Clinician], on: date) -> Visit:
    starts = [datetime.combine(on, at, tzinfo=timezone.get_default_timezone()) for _code, _name, at, _minutes in LEGS]
    ends = [start + timedelta(minutes=leg[3]) for start, leg in zip(starts, LEGS, strict=True)]
    wanted = offer.request
    visit = Visit.objects.create(
        request=wanted,
        offer=offer,
        patient=wanted.patient,
        visit_type=wanted.visit_type,
        site=room.site,
        room=room,
        starts_at=starts[0],
        ends_at=ends[-1],
    )
    seen = [*people, people[0]]
    for position, (clinician, start, end) in enumerate(zip(seen, starts, ends, strict=True)):
        Appointment.objects.create(
            visit=visit,
            position=position,
            specialty=clinician.specialty,
            clinician=clinician,
            starts_at=start,
            ends_at=end,
        )
        Claim.objects.create(
            clinician=clinician, visit=visit, starts_at=start, ends_at=end, expires_at=offer.expires_at
        )
    Claim.objects.create(room=room, visit=visit, starts_at=starts[0], ends_at=ends[-1], expires_at=offer.expires_at)
    return visit


# Steps of a person


def link_to(offer: Offer, *, purpose: str = "offer", ends=None) -> str:
    """The token of a link for this offer, or for its booked visit."""
    subject = offer.pk if purpose == "offer" else offer.alternatives.order_by("starts_at").first().pk
    return make_link(purpose=purpose, subject_id=subject, birth_date=BIRTH_DATE, expires_at=ends or offer.expires_at)


def post_birth_date(browser, address: str, day: date):
    """Answer the question for the date of birth."""
    return browser.post(
        address, {"birth_date_month": str(day.month), "birth_date_day": str(day.day), "birth_date_year": str(day.year)}
    )


def open_with(browser, offer: Offer):
    """Follow the offer's link with the right date of birth."""
    answer = post_birth_date(browser, f"/my/offer/{link_to(offer)}/", BIRTH_DATE)
    assert answer.status_code == 302, answer.content.decode()
    return answer


def key_on(page) -> str:
    """The hidden key of the first form on a page."""
    return re.search(r'name="key" value="([0-9a-f]{32})"', page.content.decode()).group(1)


def book_first_day(browser, offer: Offer) -> Visit:
    """Choose the earliest day on the page."""
    address = f"/my/{offer.request.reference}/times/"
    day = offer.alternatives.order_by("starts_at").first()
    answer = browser.post(address, {"visit": str(day.pk), "key": key_on(browser.get(address))})
    assert answer.status_code == 302, answer.content.decode()
    return day


# Sending


CALM = {
    "acute_general": [],
    "leg_weakness": "none",
    "arm_weakness": "none",
    "walking_change": "none",
    "numbness": [],
    "bladder_change": "none",
    "bowel_change": "none",
    "can_bear_weight": "yes",
    "limb_deformity": "no",
    "very_drowsy": "no",
    "fever": "no",
    "hyperca_symptoms": [],
    "cancer_history": "yes_current",
    "primary_site": "breast",
    "bone_mets_status": "confirmed",
    "pain_present": "no",
}
CONTACT = {
    "legal_first_name": NAMES["first"],
    "legal_last_name": NAMES["last"],
    "date_of_birth": BIRTH_DATE.isoformat(),
    "phone_primary": NAMES["phone"],
    "phone_type": "mobile",
    "ok_voicemail": "yes",
    "email": NAMES["email"],
    "zip": "48109",
    "preferred_language": "en",
    "reason_for_contact": ["new_bone_pain"],
    "contact_preference": ["phone"],
    "consent_wording": "1",
    "npp_ack": "acknowledged",
    "npp_version": "1",
}


def a_complete_draft(**answers) -> Draft:
    """A draft with every page saved, ready to send: nothing alarming unless `answers` say so."""
    everything = {key: None for step in FLOW.steps for key in step.keys}
    return Draft.objects.create(
        filled_by="patient",
        answers={"filled_by": "patient", **everything, **CALM, **CONTACT, **answers},
        steps_done=[step.slug for step in FLOW.steps],
        birth_date_index=birth_date_index(BIRTH_DATE),
        expires_at=timezone.now() + timedelta(days=30),
    )


# What tests ask of every page


def csp_of(page) -> dict[str, str]:
    """The Content-Security-Policy of a page: directive -> sources."""
    return dict(part.strip().split(" ", 1) for part in page["Content-Security-Policy"].split(";"))


STRICT_CSP = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "object-src": "'none'",
}


def queries_of(browser, address: str) -> list[str]:
    """The statements of one look at a page: session, user and audit count, the frame of a transaction does not."""
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(address).status_code == 200
    frame = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")
    return [query["sql"] for query in captured.captured_queries if not query["sql"].startswith(frame)]
