"""The admin warns before a clinician with appointments ahead is switched off."""

from clinic.directory.leaving import count_ahead_by
from scheduling.visits.ahead import appointments_of

count_ahead_by(appointments_of)
