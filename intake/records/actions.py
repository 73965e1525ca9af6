"""Writes about the records that a visit needs: items from answers, by hand, and what became of them."""

from collections.abc import Mapping
from typing import Any

from clinic.platform.audit.actors import Actor
from intake.records.models import ReadinessItem
from intake.symptoms.models import SymptomReport


def items_from_answers(report: SymptomReport, answers: Mapping[str, Any], *, by: Actor) -> list[ReadinessItem]:
    """Make and update the items that the answers before the visit ask for. Called in the transaction of the save."""
    return []
