"""How a visit and its legs are at one moment, as plain values, and the row that keeps a change of them."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from clinic.platform.audit.actors import Actor
from scheduling.visits.models import Appointment, Visit, VisitChange
from scheduling.visits.moves import REASON_LENGTH

LABEL_LENGTH = 120


def snapshot(visit: Visit, legs: Iterable[Appointment]) -> dict[str, Any]:
    """The visit's own facts under "visit", its legs in order under "legs": keys, codes and moments, no name."""
    return {
        "visit": {
            "state": str(visit.state),
            "starts_at": _text(visit.starts_at),
            "ends_at": _text(visit.ends_at),
            "site": visit.site_id,
            "room": visit.room_id,
            "interpreter": visit.interpreter_id,
        },
        "legs": [_leg(leg) for leg in sorted(legs, key=lambda leg: leg.position)],
    }


def _leg(leg: Appointment) -> dict[str, Any]:
    return {
        "id": str(leg.pk),
        "position": leg.position,
        "specialty": leg.specialty_id,
        "clinician": leg.clinician_id,
        "room": leg.room_id,
        "mode": str(leg.mode),
        "state": str(leg.state),
        "starts_at": _text(leg.starts_at),
        "ends_at": _text(leg.ends_at),
        "is_overbooked": leg.is_overbooked,
    }


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def record_change(
    visit: Visit, kind: str, before: dict, after: dict, *, by: Actor, at: datetime, reason: str = ""
) -> VisitChange:
    """Keep one change of a visit, so that it can be shown and undone. `before` and `after` come from `snapshot`.

    The caller holds the transaction and the row of the visit, and counts `calendar_sequence` on itself.
    """
    return VisitChange.objects.create(
        visit=visit,
        kind=kind,
        before=before,
        after=after,
        reason=reason[:REASON_LENGTH],
        by_kind=by.kind,
        by_id=by.id,
        by_label=(by.label or by.kind)[:LABEL_LENGTH],
        at=at,
    )


def with_messages(change: VisitChange, keys: Iterable) -> None:
    """Note which messages told the patient of this change: undoing it withdraws those not sent yet."""
    if told := [str(key) for key in keys]:
        change.after = change.after | {"told": told}
        change.save(update_fields=["after"])


def is_as_left(change: VisitChange, now: dict[str, Any]) -> bool:
    """Whether nothing has changed the visit since."""
    return {key: change.after.get(key) for key in ("visit", "legs")} == now
