"""The one way a visit and its legs change state: compare-and-swap, and one history row for each that moved."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from clinic.platform.audit.actors import Actor
from clinic.platform.db.batch import Batch
from clinic.platform.refusals import Refused
from scheduling.visits.lanes import settle_lanes
from scheduling.visits.models import Appointment, Claim, StateChange, Visit
from scheduling.visits.states import (
    HELD,
    VISIT_CLAIMS_TIME,
    VISIT_MOVES,
    Moves,
    appointment_state_for,
    require_move,
)

REASON_LENGTH = 40  # of StateChange.reason: a code, never free text


def state_change(
    thing: str, thing_id, before: str, to: str, *, by: Actor, at: datetime, reason: str = ""
) -> StateChange:
    """A history row, not yet saved."""
    return StateChange(
        thing=thing,
        thing_id=thing_id,
        from_state=before,
        to_state=to,
        by_kind=by.kind,
        by_id=by.id,
        reason=reason[:REASON_LENGTH],
        at=at,
    )


def swap_visits(
    visits: Sequence[Visit],
    legs: Iterable[Appointment],
    to: str,
    *,
    by: Actor,
    at: datetime,
    reason: str = "",
    changes: dict | None = None,
    batch: Batch | None = None,
) -> list[StateChange]:
    """Move visits that share one state, with their legs, to `to`; the unsaved history rows.

    `changes` are further columns of the visits. Claims are deleted when the new state takes no time. Raises IllegalMove
    for a move that the table forbids, and Refused(code="stale") when somebody else has moved one of them meanwhile.
    With a `batch` the rows are written, and that refusal raised, when the caller sends it.
    """
    if not visits:
        return []
    if batch is None:
        batch = Batch()
        history = swap_visits(visits, legs, to, by=by, at=at, reason=reason, changes=changes, batch=batch)
        batch.send()
        return history
    before = visits[0].state
    require_move(VISIT_MOVES, before, to)
    ids = [visit.pk for visit in visits]
    new = {"state": to} | (changes or {})
    batch.update(Visit, ids, new, only_if={"state": before}, otherwise=stale)
    history = [state_change("visit", visit.pk, before, to, by=by, at=at, reason=reason) for visit in visits]
    legs = list(legs)
    groups: dict[tuple[str, str], list[Appointment]] = {}
    for leg in legs:
        groups.setdefault((leg.state, appointment_state_for(to, leg.state)), []).append(leg)
    for (was, becomes), group in groups.items():
        if was == becomes:
            continue
        keys = [leg.pk for leg in group]
        batch.update(Appointment, keys, {"state": becomes}, only_if={"state": was}, otherwise=stale)
        history += [state_change("appointment", leg.pk, was, becomes, by=by, at=at, reason=reason) for leg in group]
        for leg in group:
            leg.state = becomes
    if to not in VISIT_CLAIMS_TIME:
        batch.delete(Claim, "visit", ids)
        if before != HELD:  # nobody overbooks over a hold
            freed = [(leg.clinician_id, leg.starts_at, leg.ends_at) for leg in legs]
            batch.after_send(lambda: settle_lanes(freed))
    for visit in visits:
        for column, value in new.items():
            setattr(visit, column, value)
    return history


def swap_one(
    row: Visit | Appointment, to: str, *, moves: Moves, by: Actor, at: datetime, reason: str = ""
) -> StateChange:
    """Move one visit without its legs, or one leg, as the table `moves` allows; the unsaved history row.

    Claims are not touched. Raises IllegalMove, and Refused(code="stale") when somebody else has moved it meanwhile.
    """
    before = row.state
    require_move(moves, before, to)
    if not type(row).objects.filter(pk=row.pk, state=before).update(state=to):
        raise stale()
    row.state = to
    thing = "visit" if isinstance(row, Visit) else "appointment"
    return state_change(thing, row.pk, before, to, by=by, at=at, reason=reason)


def stale() -> Refused:
    """The one sentence for whoever acts on what is no longer so."""
    return Refused(_("Somebody else has changed this visit just now. Look at it again."), code="stale")
