"""Writes of the patient page: the record of a patient, with everything of theirs that a link can open."""

from collections.abc import Mapping
from typing import Any

from clinic.platform.audit.actors import Actor
from clinic.platform.submits.once import submit_once
from intake.patients.editing import change_patient, let_links_follow
from intake.patients.models import Patient
from scheduling.offers.models import Offer
from scheduling.patient_page.forms import STAFF_WORDING
from scheduling.requests.models import AppointmentRequest
from scheduling.visits.models import Visit


@submit_once("edit_patient", store=lambda patient: str(patient.pk), replay=lambda key: Patient.objects.get(pk=key))
def edit_patient(patient: Patient, values: Mapping[str, Any], *, version: int, user, by: Actor, key: str) -> Patient:
    """Change a patient's record on their word (`change_patient`); a new birth date opens the links sent before.

    Raises what `change_patient` raises.
    """
    old_index = Patient.objects.values_list("birth_date_index", flat=True).get(pk=patient.pk)
    row = change_patient(patient, values, version=version, consent_wording=STAFF_WORDING, user=user, by=by)
    if row.birth_date_index != old_index:
        of_patient = (
            AppointmentRequest.objects.filter(patient=row),
            Offer.objects.filter(request__patient=row),
            Visit.objects.filter(patient=row),
        )
        keys = [str(key) for rows in of_patient for key in rows.order_by("pk").values_list("pk", flat=True)]
        let_links_follow(row, old_index, keys)
    return row
