"""Visits: who came, what was canceled, how a day went (domain 8). Pure. Only visits whose time is over are counted."""

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import pairwise

from scheduling.measures.service.facts import House, VisitFact
from scheduling.measures.service.figures import Item

KEPT = ("checked_in", "in_visit", "completed")
SCHEDULED = (*KEPT, "booked", "no_show", "cancelled_by_patient", "cancelled_by_clinic")
IDLE_BEYOND = timedelta(minutes=10)


def _on(visit: VisitFact, house: House) -> date:
    return visit.starts_at.astimezone(house.zone).date()


def _past(visits: Iterable[VisitFact], house: House, states: tuple[str, ...]) -> list[VisitFact]:
    return [one for one in visits if one.ends_at <= house.now and one.state in states]


def no_shows(visits: Iterable[VisitFact], house: House) -> list[Item]:
    """Kept visits and no-shows; a hit is a no-show."""
    return [
        Item(_on(one, house), ok=one.state == "no_show", who=one.who)
        for one in _past(visits, house, (*KEPT, "no_show"))
    ]


def no_shows_of_slots(visits: Iterable[VisitFact], house: House) -> list[Item]:
    """The form of the IHI: all visits that were scheduled, canceled ones too; a hit is a no-show."""
    return _of_scheduled(visits, house, lambda one: one.state == "no_show")


def late_cancellations(visits: Iterable[VisitFact], house: House) -> list[Item]:
    """All scheduled; a hit is one that the patient canceled less than the setting (24 hours) before."""
    return _of_scheduled(
        visits, house, lambda one: one.state == "cancelled_by_patient" and one.is_late_cancellation
    )  # fmt: skip


def clinic_cancellations(visits: Iterable[VisitFact], house: House) -> list[Item]:
    """All scheduled; a hit is one that the clinic canceled."""
    return _of_scheduled(visits, house, lambda one: one.state == "cancelled_by_clinic")


def _of_scheduled(visits: Iterable[VisitFact], house: House, is_hit) -> list[Item]:
    return [Item(_on(one, house), ok=is_hit(one), who=one.who) for one in _past(visits, house, SCHEDULED)]


def coordinated(visits: Iterable[VisitFact], house: House) -> list[Item]:
    """First visits that were completed: how many disciplines the patient saw on that day; a hit is two or more."""
    done = _past(visits, house, ("completed",))
    disciplines: dict[tuple, set[str]] = {}
    for one in done:
        disciplines.setdefault((one.who, _on(one, house)), set()).update(leg.specialty for leg in one.legs)
    return [
        Item(_on(one, house), count, count >= 2, who=one.who)
        for one in done
        if one.is_first_of_patient and (count := len(disciplines[one.who, _on(one, house)]))
    ]


def idle_minutes(visits: Iterable[VisitFact], house: House) -> list[Item]:
    """Completed visits of two appointments or more: minutes of the gaps between them, what lies beyond 10 of each."""
    items = []
    for one in _past(visits, house, ("completed",)):
        legs = sorted(one.legs, key=lambda leg: leg.starts_at)
        if len(legs) > 1:
            gaps = [later.starts_at - earlier.ends_at - IDLE_BEYOND for earlier, later in pairwise(legs)]
            idle = sum((gap for gap in gaps if gap > timedelta()), start=timedelta())
            items.append(Item(_on(one, house), idle / timedelta(minutes=1), who=one.who))
    return items


def same_day_radiation(visits: Iterable[VisitFact], house: House) -> list[Item]:
    """First completed visits of requests with a radiation plan; a hit began or was simulated on that very day.

    A simulation may be a visit of its own on the same day.
    """
    done = _past(visits, house, ("completed",))
    simulated = {(one.who, _on(one, house)) for one in done if any(leg.is_ct for leg in one.legs)}
    return [
        Item(
            _on(one, house),
            ok=_on(one, house) in one.radiation_on or (one.who, _on(one, house)) in simulated,
            who=one.who,
        )
        for one in done
        if one.is_first_of_request and one.has_radiation_plan
    ]


def interpreters(visits: Iterable[VisitFact], house: House) -> list[Item]:
    """Completed visits of patients who need an interpreter; a hit had one for the whole stay."""
    return [
        Item(_on(one, house), ok=one.has_interpreter, who=one.who)
        for one in _past(visits, house, ("completed",))
        if one.needs_interpreter
    ]
