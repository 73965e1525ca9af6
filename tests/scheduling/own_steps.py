"""What tests of a person's own pages share: the session, signing in, a caregiver."""

import time

from django.utils import timezone

from clinic.messages.models import Message
from clinic.platform.jobs.worker import run_due
from intake.patients.identity import email_index
from intake.patients.models import Patient, Proxy
from scheduling.requests.models import AppointmentRequest
from tests.scheduling.patient_steps import NAMES

BORN = {"birth_date_month": "3", "birth_date_day": "27", "birth_date_year": "1951"}


def in_session_of(browser, wanted: AppointmentRequest) -> None:
    """Make this browser one that opened a link about the request."""
    browser.cookies.clear()
    session = browser.session
    session["request_id"] = str(wanted.pk)
    session["patient_seen"] = int(time.time())
    session.save()


def own(wanted: AppointmentRequest, patient: Patient | None = None) -> AppointmentRequest:
    """The request as one of `patient`, by default of its own, who can sign in."""
    patient = patient or wanted.patient
    Patient.objects.filter(pk=patient.pk).update(email_index=email_index(NAMES["email"]))
    AppointmentRequest.objects.filter(pk=wanted.pk).update(patient=patient)
    wanted.refresh_from_db()
    return wanted


def sign_in(browser) -> str:
    """Ask for a code and use it; where that leads."""
    answer = browser.post("/sign-in/", {"contact": NAMES["email"], **BORN})
    assert answer["Location"] == "/sign-in/code/"
    run_due()
    code = Message.objects.filter(template="sign_in").latest("created_at").context["code"]
    return browser.post("/sign-in/code/", {"code": code.lower(), **BORN})["Location"]


def filled_in_by_a_caregiver(wanted: AppointmentRequest, *, verified: bool = False) -> AppointmentRequest:
    """The request as one that a caregiver filled in."""
    AppointmentRequest.objects.filter(pk=wanted.pk).update(filled_by="caregiver")
    Proxy.objects.create(
        patient=wanted.patient,
        name="Ana Ortiz",
        relation="child",
        authority="patient_asked",
        verified_at=timezone.now() if verified else None,
    )
    return wanted
