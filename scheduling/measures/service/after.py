"""After the visit, questions and forms (domain 8): report, calls, pain, conference, nurse line, drop-off. Pure."""

from collections.abc import Iterable
from datetime import timedelta

from scheduling.follow_up.rules import TOLERANCE
from scheduling.measures.service.facts import CallFact, CaseFact, DraftFact, House, QuestionFact, ReportFact
from scheduling.measures.service.figures import Cell, Item, Line, Period, line_of, line_of_cells
from scheduling.measures.service.figures import hours_between as hours

REPORT_BUSINESS_DAYS = 2
ANSWER_BUSINESS_DAYS = 1
CALL_TOLERANCE = {kind: timedelta(days=days) for kind, days in TOLERANCE.items()}  # 2 days, and 5
DRAFT_LIVES = timedelta(days=30)
NO_PAGE = "none"


def _by(start, end, days: int, house: House) -> bool | None:
    """Whether something that began at `start` ended by the close of the `days`-th business day after it."""
    last = house.business_day(start.astimezone(house.zone).date(), days)
    if end is not None:
        return end.astimezone(house.zone).date() <= last
    return None if house.today <= last else False


def reports(visits: Iterable[ReportFact], house: House) -> list[Item]:
    """Days (of 24 hours) from the end of the visit to the report to the referrer; within 2 business days."""
    return [
        Item(
            one.ended_at.astimezone(house.zone).date(),
            None if one.sent_at is None else hours(one.ended_at, one.sent_at) / 24,
            _by(one.ended_at, one.sent_at, REPORT_BUSINESS_DAYS, house),
        )
        for one in visits
    ]


def calls(facts: Iterable[CallFact], house: House, kind: str) -> list[Item]:
    """Calls of a kind by their 7th or 28th day; reached within 2 (day 7) or 5 (week 4) days before or after it."""
    items = []
    for one in facts:
        if one.kind != kind:
            continue
        if one.reached_at is not None:
            reached_on = one.reached_at.astimezone(house.zone).date()
            ok = abs(reached_on - one.due_on) <= CALL_TOLERANCE[kind]
        elif one.is_closed or house.today > one.due_on + CALL_TOLERANCE[kind]:
            ok = False
        else:
            continue
        items.append(Item(one.due_on, ok=ok))
    return items


def pain_changes(facts: Iterable[CallFact], kind: str) -> list[Item]:
    """Points by which worst pain was lower at the call than in the request: more than 0 is less pain."""
    return [
        Item(one.due_on, one.pain_before - one.pain_then)
        for one in facts
        if one.kind == kind and one.reached_at and one.pain_before is not None and one.pain_then is not None
    ]


def complete_records(cases: Iterable[CaseFact]) -> list[Item]:
    """Cases that were discussed; a hit had all required records a business day before."""
    return [Item(one.on, ok=one.is_complete) for one in cases]


def answers(questions: Iterable[QuestionFact], house: House, *, about_symptoms: bool) -> list[Item]:
    """Clock hours to the first answer; within 1 business day, but of symptoms, whose deadlines are their own."""
    return [
        Item(
            one.asked_at.astimezone(house.zone).date(),
            None if one.answered_at is None else hours(one.asked_at, one.answered_at),
            None if about_symptoms else _by(one.asked_at, one.answered_at, ANSWER_BUSINESS_DAYS, house),
        )
        for one in questions
        if one.is_about_symptoms == about_symptoms
    ]


def drop_off(drafts: Iterable[DraftFact], period: Period, house: House) -> Line:
    """Forms begun that were not sent in 30 days, of all begun; the groups are the pages that were saved last.

    A form that is open and younger than 30 days counts not at all. The share of a page is of all forms.
    """
    items: list[Item] = []
    last_pages: dict[str, int] = {}
    for one in drafts:
        begun_on = one.begun_at.astimezone(house.zone).date()
        if not (period.first <= begun_on < period.end):
            continue
        if not one.is_sent and house.now - one.begun_at <= DRAFT_LIVES:
            continue
        items.append(Item(begun_on, ok=not one.is_sent))
        if not one.is_sent:
            page = one.last_page or NO_PAGE
            last_pages[page] = last_pages.get(page, 0) + 1
    line = line_of("all", items, period)
    groups = {page: Cell(hits=count, of=len(items), cases=count) for page, count in last_pages.items()}
    return line_of_cells("all", line.total, line.months, groups)
