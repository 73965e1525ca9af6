"""Clinicians see the patients who have, or had, an appointment with them."""

from django.db.models import QuerySet

from intake.patients.sight import reach_by
from scheduling.visits.models import Appointment
from scheduling.visits.states import BOOKED, DONE, NO_SHOW, WITH_CLINICIAN


def patients_with_appointments(user) -> QuerySet:
    """Patients booked with the clinician of this account, now or before; a held or canceled day opens nothing."""
    rows = Appointment.objects.filter(clinician__user=user, state__in=[BOOKED, WITH_CLINICIAN, DONE, NO_SHOW])
    return rows.order_by().values("visit__patient")


reach_by(patients_with_appointments)
