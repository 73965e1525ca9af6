"""Gathers the capability models so that Django finds them."""

from intake.access.models import AccessLink
from intake.before_visit.models import BeforeVisit
from intake.nurse_line.models import NurseQuestion, QuestionNote
from intake.patients.models import Coverage, NamePrefix, Patient, PatientMerge, Proxy
from intake.records.models import ReadinessItem, Upload
from intake.registration.models import Draft
from intake.symptoms.models import SymptomReport
from intake.tasks.models import StaffTask
from intake.triage.models import Alert, AlertStep, ContactAttempt, Triage, TriageReview

__all__ = [
    "AccessLink",
    "Alert",
    "AlertStep",
    "BeforeVisit",
    "ContactAttempt",
    "Coverage",
    "Draft",
    "NamePrefix",
    "NurseQuestion",
    "Patient",
    "PatientMerge",
    "Proxy",
    "QuestionNote",
    "ReadinessItem",
    "StaffTask",
    "SymptomReport",
    "Triage",
    "TriageReview",
    "Upload",
]
