"""Who wants to know, in the same transaction, that the records of a report changed.

The request belongs to `scheduling`, which `intake` may not import; its column is a fact of the same moment, so it
cannot wait for a job. `scheduling` names its function here when the program starts.
"""

from collections.abc import Callable

from clinic.platform.audit.actors import Actor
from intake.records.models import ReadinessItem
from intake.symptoms.models import SymptomReport

Follower = Callable[[SymptomReport, Actor, ReadinessItem | None], None]
_followers: list[Follower] = []


def follow_records(follower: Follower) -> Follower:
    """Have `follower(report, by, item)` called after every change of a report's records, in its transaction.

    `item` is the record that an added or removed file changed, else None.
    """
    if follower not in _followers:
        _followers.append(follower)
    return follower


def tell(report: SymptomReport, by: Actor, item: ReadinessItem | None = None) -> None:
    """Call the followers."""
    for follower in _followers:
        follower(report, by, item)
