"""Gathers the capability models so that Django finds them."""

from scheduling.availability.models import Buffer, Closure, SessionException, WeeklySession
from scheduling.itineraries.models import VisitType, VisitTypeLeg
from scheduling.measures.models import TnaSnapshot
from scheduling.offers.models import Offer
from scheduling.requests.models import AppointmentRequest, RequestNote
from scheduling.visits.models import Appointment, Claim, StateChange, Visit, VisitChange
from scheduling.waitlist.models import WaitlistEntry, WaitlistMatch

__all__ = [
    "Appointment",
    "AppointmentRequest",
    "Buffer",
    "Claim",
    "Closure",
    "Offer",
    "RequestNote",
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
