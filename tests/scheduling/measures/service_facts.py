"""Facts for the tests of the measures of service, as values, no database. Detroit: UTC-5 in winter, UTC-4 in summer."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from intake.triage.clocks import NurseHours, Targets
from scheduling.measures.service.facts import AlertFact, House, LegFact, RequestFact, VisitFact
from scheduling.measures.service.figures import Period

ZONE = ZoneInfo("America/Detroit")
NEW_YEAR = date(2027, 1, 1)  # a Friday
WINTER = Period(date(2026, 11, 1), date(2027, 1, 1), ZONE)


def at(month: int, day: int, hour: int = 9, minute: int = 0, *, year: int = 2026) -> datetime:
    """A moment of the clinic's local time, in UTC."""
    return datetime.combine(date(year, month, day), time(hour, minute), tzinfo=ZONE).astimezone(UTC)


def a_house(now: datetime | None = None) -> House:
    """Monday to Friday 8 to 5, New Year closed; counted on January 31, 2027 at noon unless `now` says otherwise."""
    hours = NurseHours.parse("Mon-Fri 08:00-17:00")
    return House(now or at(1, 31, 12, year=2027), ZONE, hours, frozenset({NEW_YEAR}), Targets())


def a_request(sent: datetime, *, computed: str = "routine", level: str | None = None, **more) -> RequestFact:
    """A request; its level is the computed one unless named."""
    values = {"key": "request", "who": "patient", "computed": computed, "level": level or computed}
    return RequestFact(sent_at=sent, **values | more)


def an_alert(case: str, detected: datetime, **more) -> AlertFact:
    """An alert, written at the moment of its detection unless `raised_at` says otherwise."""
    return AlertFact(case=case, detected_at=detected, **{"raised_at": detected} | more)


def a_visit(starts: datetime, state: str = "completed", *, minutes: int = 120, **more) -> VisitFact:
    """A visit of two hours."""
    values = {"key": "visit", "who": "patient"}
    return VisitFact(state=state, starts_at=starts, ends_at=starts + timedelta(minutes=minutes), **values | more)


def legs(start: datetime, *parts: tuple[str, int, int]) -> tuple[LegFact, ...]:
    """Appointments as (specialty, minutes after the start, length)."""
    return tuple(
        LegFact(code, start + timedelta(minutes=after), start + timedelta(minutes=after + length))
        for code, after, length in parts
    )
