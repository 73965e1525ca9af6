"""Writes of patients about how and when they are reached."""

from collections.abc import Mapping
from typing import Any

from clinic.platform.audit.actors import Actor
from clinic.platform.submits.once import submit_once
from intake.patients.editing import change_own_contact
from intake.patients.models import Patient
from intake.registration.forms import CONSENT_WORDING
from scheduling.requests.may import PERSONS, not_allowed
from scheduling.requests.models import AppointmentRequest


@submit_once("change_contact", store=lambda patient: str(patient.pk), replay=lambda key: Patient.objects.get(pk=key))
def change_contact(
    wanted: AppointmentRequest, values: Mapping[str, Any], *, version: int, by: Actor, key: str
) -> Patient:
    """Change the choices of the patient whose request this is, as the person of this request.

    Raises what `change_own_contact` raises.
    """
    if by.kind not in PERSONS or by.id != f"request:{wanted.pk}":
        raise not_allowed()
    patient = Patient.objects.get(pk=wanted.patient_id)
    return change_own_contact(patient, values, version=version, consent_wording=CONSENT_WORDING, by=by)
