"""When the answers of a person make work for the staff, and by when. Pure: answers and moments in, codes out."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

# domain 2.2, implants[]: "pacemaker etc. -> MRI safety task". Rods, joints and ports are told to the scanner's staff
# at the visit anyway and make no task.
# An implant that nobody can name has to be looked into.
RISKY_IMPLANTS = frozenset({"pacemaker", "stimulator", "pump", "aneurysm_clip", "cochlear", "unknown"})
HELP_WANTED = frozenset({"self_pay", "applying", "unsure"})  # the form tells each of them: somebody calls to help

# Proposals, like the other times of domain 1.4: a working day for what may touch safety, a week for the rest.
DUE = {
    "new_symptoms": timedelta(hours=4),
    "mri_safety": timedelta(days=2),
    "verify_proxy": timedelta(days=2),
    "merge": timedelta(days=2),
    "call": timedelta(hours=4),
    "waitlist": timedelta(hours=4),  # freed time does not stay free for long
    "other_day": timedelta(days=1),
    "insurance_help": timedelta(days=5),
    "trial_interest": timedelta(days=2),  # one that comes with a question is due with it
    "dental": timedelta(days=5),
    "emergency_unreached": timedelta(minutes=15),
}


def task_due(kind: str, opened_at: datetime) -> datetime:
    """By when a task of this kind should be done."""
    return opened_at + DUE[kind]


def risky_implants(answers: Mapping[str, Any]) -> set[str]:
    """The kinds of implants among the answers that need a look before an MRI; empty when none was named.

    Rows are dicts with a `kind`; a plain list of codes is read, too.
    """
    rows = answers.get("implants")
    if not isinstance(rows, list):
        return set()
    kinds = {row.get("kind") if isinstance(row, Mapping) else row for row in rows}
    return {kind for kind in kinds if kind in RISKY_IMPLANTS}


def insurance_help_wanted(answers: Mapping[str, Any]) -> bool:
    """Whether somebody should call about insurance."""
    return answers.get("insurance_status") in HELP_WANTED
