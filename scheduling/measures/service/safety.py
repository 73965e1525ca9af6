"""How well the rules and the nurses agree (domain 8: under-triage, over-triage, overrides). Pure.

Levels of a review are the four levels; "needs information" and "not for this clinic" change none.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from scheduling.measures.service.facts import House, RequestFact
from scheduling.measures.service.figures import Item
from scheduling.measures.service.waiting import counted, is_lower

WATCHED_DAYS = 7
LATER_CAUSES = ("cord_compression", "fracture", "hypercalcemia")


def _on(one: RequestFact, house: House) -> date:
    return one.sent_at.astimezone(house.zone).date()


def raised(requests: Iterable[RequestFact], house: House) -> list[Item]:
    """Reviewed requests; a hit is one whose computed level lies below the level that the nurse set last."""
    return [
        Item(_on(one, house), ok=is_lower(one.computed, one.reviewed), who=one.who)
        for one in counted(requests)
        if one.reviewed
    ]


def later_hospital(requests: Iterable[RequestFact], events: Mapping[Any, Iterable[date]], house: House) -> list[Item]:
    """Requests that ended as SOON or ROUTINE, once 7 days have passed.

    A hit is one with an ED visit or admission for cord compression, fracture or hypercalcemia from the day of sending
    to the 7th day after it. `events` are those days by the request's key.
    """
    items = []
    for one in counted(requests):
        sent_on = _on(one, house)
        until = sent_on + timedelta(days=WATCHED_DAYS)
        if (one.reviewed or one.level) in ("soon", "routine") and house.today > until:
            items.append(Item(sent_on, ok=any(sent_on <= on <= until for on in events.get(one.key, ())), who=one.who))
    return items


def lowered(requests: Iterable[RequestFact], house: House) -> list[Item]:
    """All computed EMERGENCY or URGENT; a hit is one that the nurse lowered by a level or more."""
    return [
        Item(
            _on(one, house),
            ok=bool(one.reviewed) and is_lower(one.reviewed, one.computed),
            group=one.computed,
            who=one.who,
        )
        for one in counted(requests)
        if one.computed in ("emergency", "urgent")
    ]


def overrides(requests: Iterable[RequestFact], house: House) -> tuple[list[Item], list[Item]]:
    """All results, then one item for each rule that fired; a hit is a result to which staff gave another level."""
    items, by_rule = [], []
    for one in counted(requests):
        is_changed = bool(one.reviewed) and one.reviewed != one.computed
        items.append(Item(_on(one, house), ok=is_changed, who=one.who))
        by_rule += [Item(_on(one, house), ok=is_changed, group=rule, who=one.who) for rule in one.rules]
    return items, by_rule
