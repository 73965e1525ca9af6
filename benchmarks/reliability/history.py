"""What the database says of the run: the order of its commits, and what each of them moved."""

from collections.abc import Iterable
from datetime import datetime

from benchmarks.reliability.attempts import RECORDED_AS
from benchmarks.reliability.judge import Committed
from benchmarks.reliability.standing import LEG_TAKES_TIME
from benchmarks.reliability.world import moves_since
from clinic.platform.audit.models import AuditEntry
from scheduling.visits.models import StateChange, VisitChange

LAPSED = "hold_lapsed"


def marks() -> tuple[int, int]:
    """The last audit record and the last history row now: the run begins after them."""
    entries = AuditEntry.objects.order_by("-pk").values_list("pk", flat=True)
    changes = StateChange.objects.order_by("-pk").values_list("pk", flat=True)
    return entries.first() or 0, changes.first() or 0


def committed_since(audit: int, history: int) -> dict[datetime, Committed]:
    """By the moment that the rows of one attempt carry. Its place is its last record: written under all its locks."""
    found: dict[datetime, Committed] = {}
    main = set(RECORDED_AS.values())
    rows: Iterable = AuditEntry.objects.filter(pk__gt=audit, action__in=main).order_by("pk")
    for row in rows:
        its = found.setdefault(row.at, Committed(row.pk))
        its.position = row.pk
        if row.action == LAPSED:
            its.lapsed.append(row.subject_id)
    for moment, move in moves_since(history)[1]:
        found.setdefault(moment, Committed(-1)).moves.append(move)
    for change in VisitChange.objects.all():
        if change.at in found:
            found[change.at].change = str(change.pk)
            found[change.at].left = {
                leg["id"]: (leg["clinician"], leg["room"], _moment(leg["starts_at"]), _moment(leg["ends_at"]))
                for leg in change.after["legs"]
                if leg["state"] in LEG_TAKES_TIME
            }
    return found


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
