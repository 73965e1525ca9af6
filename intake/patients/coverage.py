"""Insurance as the patient told it, kept as one row a plan."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from clinic.platform.audit.actors import Actor
from clinic.platform.audit.record import record
from intake.patients.models import Coverage, Patient

TOLD = (
    "payer_type", "payer_name", "member_id", "group_number",
    "subscriber_name", "subscriber_dob", "subscriber_relation",
)  # fmt: skip
PRIMARY, SECONDARY = 1, 2


def told_plans(answers: Mapping[str, Any]) -> dict[int, dict[str, str]]:
    """Position -> columns of the plans these answers name; nobody but the insured has any.

    The second plan's answers carry the prefix `second_`. An open answer is an empty text.
    """
    if answers.get("insurance_status") != "insured":
        return {}
    plans = {}
    if answers.get("payer_type"):
        plans[PRIMARY] = {name: answers.get(name) or "" for name in TOLD}
        if answers.get("has_second_plan") == "yes" and answers.get("second_payer_type"):
            plans[SECONDARY] = {name: answers.get(f"second_{name}") or "" for name in TOLD}
    return plans


@transaction.atomic
def save_coverage(patient: Patient, answers: Mapping[str, Any], *, by: Actor) -> list[Coverage]:
    """Make the patient's coverage rows equal to all answers of the insurance section; the rows, primary first.

    What staff noted (`auth_*`) stays on a row that stays. Answers without `insurance_status` say nothing about
    insurance and change nothing. Each row that changes is audited as `coverage_saved` or `coverage_removed`.
    """
    if answers.get("insurance_status") is None:
        return []
    plans = told_plans(answers)
    there = {row.position: row for row in Coverage.objects.select_for_update().filter(patient=patient)}
    for position, row in there.items():
        if position not in plans:
            row.delete()
            record("coverage_removed", by=by, subject=patient, data={"position": position})
    return [_save_plan(patient, position, plan, there.get(position), by) for position, plan in plans.items()]


def _save_plan(patient: Patient, position: int, plan: dict[str, str], row: Coverage | None, by: Actor) -> Coverage:
    row = row or Coverage(patient=patient, position=position)
    changed = [name for name, value in plan.items() if getattr(row, name) != value]
    if row.pk is None or changed:
        for name in changed:
            setattr(row, name, plan[name])
        row.save()
        record("coverage_saved", by=by, subject=patient, data={"position": position, "changed": changed})
    return row
