"""Whose record a member of the staff may open: everybody's, or only those they have to do with.

Coordinators, nurses and physicians answer for every patient. The other roles that open records (clinicians, the trials
coordinator) see the patients they have to do with; what that means is told by those who know it (appointments are kept
a floor above), each as a function that gives the keys of patients as a subquery, so that no list needs another query.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import Q, QuerySet

from clinic.accounts.roles import Permission

Rows = TypeVar("Rows", bound=QuerySet)
_reaches: list[Callable[[Any], QuerySet]] = []


def reach_by(patients_of: Callable[[Any], QuerySet]) -> None:
    """Add a reason to see a patient: `patients_of(user)` gives the primary keys of patients, one column."""
    if patients_of not in _reaches:
        _reaches.append(patients_of)


def patients_open_to(user, rows: Rows, to_patient: str) -> Rows:
    """Those of `rows` whose patient this member of the staff may open; `to_patient` is the path from a row to it."""
    if not user.has_perm(Permission.VIEW_PATIENT):
        return rows.none()
    if user.has_perm(Permission.VIEW_EVERY_PATIENT):
        return rows
    allowed = Q(pk__in=[])
    for patients_of in _reaches:
        allowed |= Q(**{f"{to_patient}__in": patients_of(user)})
    return rows.filter(allowed)
