"""From sending to being seen: acknowledgement, first consult, calls of a nurse, alerts (domain 8, rows 1 to 5). Pure.

Requests that were withdrawn before anybody reached the patient count nowhere. A case without its end counts as missed
once it is older than the target, and not at all before.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from intake.triage.clocks import contact_due
from scheduling.measures.service.facts import RANK, AlertFact, House, RequestFact
from scheduling.measures.service.figures import Item, hours_between

ACKNOWLEDGED_WITHIN = timedelta(hours=48)
ALERTED_WITHIN = timedelta(seconds=5)
SEEN_WITHIN = {"day": timedelta(hours=24), "week": timedelta(days=7), "two_weeks": timedelta(days=14)}
ONE_HOUR_RULE = "U01"  # domain 4.1: a nurse calls within the hour


def in_time(start: datetime, end: datetime | None, target: timedelta, now: datetime) -> bool | None:
    """Whether it ended within the target; None while it is open and may still do so."""
    if end is not None:
        return end - start <= target
    return None if now - start <= target else False


def counted(requests: Iterable[RequestFact]) -> list[RequestFact]:
    """Requests without those withdrawn before contact."""
    return [one for one in requests if not one.withdrew_before_contact]


def _on(moment: datetime, house: House) -> date:
    return moment.astimezone(house.zone).date()


def acknowledgements(requests: Iterable[RequestFact], house: House) -> list[Item]:
    """Clock hours from receipt to the first human acknowledgement; within 48 hours."""
    items = []
    for one in counted(requests):
        at = one.acknowledged_at
        hours = None if at is None else hours_between(one.sent_at, at)
        ok = in_time(one.sent_at, at, ACKNOWLEDGED_WITHIN, house.now)
        items.append(Item(_on(one.sent_at, house), hours, ok, who=one.who))
    return items


def consults(requests: Iterable[RequestFact], house: House, *, self_referral: bool = False) -> list[Item]:
    """Calendar days from receipt to the first completed physician consult; without one there is no value."""
    items = []
    for one in counted(requests):
        if one.consult_starts_at is None or (self_referral and not one.is_self_referral):
            continue
        received = _on(one.sent_at, house)
        days = (_on(one.consult_starts_at, house) - received).days
        items.append(Item(received, max(days, 0), who=one.who))
    return items


def seen(requests: Iterable[RequestFact], house: House, target: timedelta) -> list[Item]:
    """Whether the first contact with a physician was completed within `target` of sending, by the level that counts."""
    return [
        Item(
            _on(one.sent_at, house),
            ok=in_time(one.sent_at, one.consult_ends_at, target, house.now),
            group=one.level,
            who=one.who,
        )
        for one in counted(requests)
        if one.is_accepted
    ]


def nurse_contacts(
    requests: Iterable[RequestFact], alerts: Iterable[AlertFact], house: House
) -> dict[str, list[Item]]:  # fmt: skip
    """Clock minutes to the first call that reached the person, by level; in time: by the deadline of domain 4.1.

    An emergency is a case with an alert, from its detection, whether or not the form was sent. A request without an
    alert when it was sent counts from sending, as URGENT when it was computed so or a nurse found it so; raised to
    URGENT later by new symptoms or a score, it counts from then.
    """
    found: dict[str, list[Item]] = {"emergency": [], "urgent": []}
    for start, reached, who in _emergencies(alerts):
        found["emergency"].append(_call("emergency", start, reached, who, house))
    for one in counted(requests):
        level = _level_to_call(one)
        if level and not one.had_alert_when_sent:
            start, reached = one.sent_at, one.contacted_at
            if level != one.computed and one.raised_at is not None:
                start, reached = one.raised_at, one.contacted_since_raised_at
            found[level].append(_call(level, start, reached, one.who, house, one_hour=ONE_HOUR_RULE in one.rules))
    return found


def _level_to_call(one: RequestFact) -> str:
    if one.computed == "emergency":
        return "emergency"
    return "urgent" if "urgent" in (one.computed, one.level) else ""


def _emergencies(alerts: Iterable[AlertFact]) -> list[tuple]:
    """(start, first reached, who) of each case that was not withdrawn before contact."""
    cases: dict = {}
    for alert in alerts:
        cases.setdefault(alert.case, []).append(alert)
    found = []
    for of_case in cases.values():
        start = min(alert.detected_at for alert in of_case)
        reached = min((a.reached_at for a in of_case if a.reached_at and a.reached_at >= start), default=None)
        withdrawn = min((a.withdrawn_at for a in of_case if a.withdrawn_at), default=None)
        if withdrawn is None or (reached is not None and reached <= withdrawn):
            found.append((start, reached, next((a.who for a in of_case if a.who), None)))
    return found


def _call(level: str, start: datetime, reached, who, house: House, *, one_hour: bool = False) -> Item:
    due = contact_due(level, start, house.hours, house.zone, house.closed, one_hour=one_hour, targets=house.targets)
    minutes = None if reached is None else hours_between(start, reached) * 60
    return Item(_on(start, house), minutes, in_time(start, reached, due - start, house.now), group=level, who=who)


def alert_times(alerts: Iterable[AlertFact], requests: Iterable[RequestFact], house: House) -> list[Item]:
    """Seconds from the saved answer to the written alert; within 5. An EMERGENCY without any alert counts as missed."""
    items = []
    for one in alerts:
        if one.raised_at is not None:
            took = max(one.raised_at - one.detected_at, timedelta())
            items.append(Item(_on(one.detected_at, house), took.total_seconds(), took <= ALERTED_WITHIN, who=one.who))
    items += [
        Item(_on(one.sent_at, house), ok=False, who=one.who)
        for one in requests
        if one.computed == "emergency" and one.first_alert_at is None
    ]
    return items


def is_lower(one: str, than: str) -> bool:
    """Whether a level is less urgent than another."""
    return RANK[one] > RANK[than]
