"""Gathers the capability models so that Django finds them."""

from scheduling.availability.models import Buffer, Closure, SessionException, WeeklySession
from scheduling.conference.models import Attendance, Conference, ConferenceCase, Recommendation
from scheduling.follow_up.models import FollowUpAttempt, FollowUpCall, HospitalEvent, Letter, PlanItem
from scheduling.itineraries.models import VisitType, VisitTypeLeg
from scheduling.measures.models import TnaSnapshot
from scheduling.offers.models import Offer
from scheduling.requests.models import AppointmentRequest, RequestNote
from scheduling.scores.models import Score
from scheduling.visits.models import Appointment, Claim, StateChange, Visit, VisitChange
from scheduling.waitlist.models import WaitlistEntry, WaitlistMatch
from scheduling.worklist.models import SavedFilter

__all__ = [
    "Appointment",
    "AppointmentRequest",
    "Attendance",
    "Buffer",
    "Claim",
    "Closure",
    "Conference",
    "ConferenceCase",
    "FollowUpAttempt",
    "FollowUpCall",
    "HospitalEvent",
    "Letter",
    "Offer",
    "PlanItem",
    "Recommendation",
    "RequestNote",
    "SavedFilter",
    "Score",
    "SessionException",
    "StateChange",
    "TnaSnapshot",
    "Visit",
    "VisitChange",
    "VisitType",
    "VisitTypeLeg",
    "WaitlistEntry",
    "WaitlistMatch",
    "WeeklySession",
]
