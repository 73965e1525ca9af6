"""Finding a person who is registered already: same birth date, and the same phone or a similar name (domain 2.2).

What is found makes a task for the staff. Nothing is ever merged here.
"""

from clinic.platform.audit.actors import Actor
from intake.patients.identity import folded_name
from intake.patients.models import Patient
from intake.patients.similar import names_alike
from intake.symptoms.models import SymptomReport
from intake.tasks.actions import open_task
from intake.tasks.models import StaffTask

MOST_LOOKED_AT = 200  # people of one birth date: more than a large clinic has
MOST_TASKS = 3


def look_for_duplicates(patient: Patient, *, report: SymptomReport | None, by: Actor) -> list[StaffTask]:
    """One task for each record that may be the same person, the newest first; a pair makes one task ever.

    One query when nobody else was born that day. The caller holds the transaction.
    """
    born_that_day = Patient.objects.filter(birth_date_index=patient.birth_date_index, merged_into=None)
    others = born_that_day.exclude(pk=patient.pk).order_by("-created_at", "pk")[:MOST_LOOKED_AT]
    found = []
    for other in others:
        because = why_alike(patient, other)
        if because and len(found) < MOST_TASKS:
            found.append(
                open_task(
                    StaffTask.Kind.MERGE,
                    patient=patient,
                    report=report,
                    data={"other": str(other.pk), "because": because},
                    dedupe=pair_key(patient, other),
                    by=by,
                )
            )
    return found


def why_alike(one: Patient, other: Patient) -> list[str]:
    """What speaks for one person beside the birth date: "phone", "name", both, or nothing."""
    because = ["phone"] if one.phone_index == other.phone_index else []
    return [*because, "name"] if names_alike(_folded(one), _folded(other)) else because


def _folded(patient: Patient) -> tuple[str, str]:
    return folded_name(patient.legal_first_name), folded_name(patient.legal_last_name)


def pair_key(one: Patient, other: Patient) -> str:
    """The same word for the same two records, whichever comes first."""
    return ":".join(sorted((one.pk.hex, other.pk.hex)))
