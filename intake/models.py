"""Gathers the capability models so that Django finds them."""

from intake.access.models import AccessLink
from intake.patients.models import NamePrefix, Patient, Proxy
from intake.registration.models import Draft
from intake.symptoms.models import SymptomReport
from intake.triage.models import Alert, ContactAttempt, Triage, TriageReview

__all__ = [
    "AccessLink",
    "Alert",
    "ContactAttempt",
    "Draft",
    "NamePrefix",
    "Patient",
    "Proxy",
    "SymptomReport",
    "Triage",
    "TriageReview",
]
