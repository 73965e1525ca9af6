"""Reports, calls, pain, conference, nurse line and forms against hand-computed cases. No database."""

from datetime import date, timedelta

import pytest

from scheduling.measures.service import after
from scheduling.measures.service.facts import CallFact, CaseFact, DraftFact, QuestionFact, ReportFact
from scheduling.measures.service.figures import cell_of
from tests.scheduling.measures.service_facts import WINTER, a_house, at

DUE = date(2026, 11, 16)


@pytest.mark.parametrize(
    ("ended", "sent", "in_time"),
    [
        (at(11, 9, 12), at(11, 11, 23), True),  # Monday to Wednesday: the 2nd business day, all of it
        (at(11, 9, 12), at(11, 12, 0), False),
        (at(11, 13, 12), at(11, 17, 12), True),  # Friday to Tuesday: the weekend does not count
        (at(12, 31, 12), at(1, 5, 12, year=2027), True),  # Thursday; Friday is New Year: Monday and Tuesday
        (at(12, 31, 12), at(1, 6, 12, year=2027), False),
    ],
)
def test_report_is_due_by_the_second_business_day(ended, sent, in_time):
    (item,) = after.reports([ReportFact(ended, sent)], a_house())
    assert item.ok is in_time


def test_report_takes_days_of_24_hours_and_an_unsent_one_is_missed_when_it_is_overdue():
    found = after.reports(
        [ReportFact(at(11, 9, 12), at(11, 11, 0)), ReportFact(at(11, 9, 12)), ReportFact(at(1, 29, 12, year=2027))],
        a_house(),  # Sunday, January 31: of a visit on Friday no business day has passed
    )
    assert [(item.value, item.ok) for item in found] == [(1.5, True), (None, False), (None, None)]


def call(kind="day_7", *, reached=None, **more) -> CallFact:
    at_noon = None if reached is None else at(reached.month, reached.day, 12, year=reached.year)
    return CallFact(kind, DUE, at_noon, **more)


@pytest.mark.parametrize(("kind", "tolerance"), [("day_7", 2), ("week_4", 5)])
def test_call_counts_within_its_tolerance_on_both_sides(kind, tolerance):
    days = [-tolerance - 1, -tolerance, 0, tolerance, tolerance + 1]
    facts = [call(kind, reached=DUE + timedelta(days=day)) for day in days]

    assert [item.ok for item in after.calls(facts, a_house(), kind)] == [False, True, True, True, False]


def test_call_without_an_answer_is_missed_when_it_is_over():
    house = a_house(now=at(11, 18, 12))  # two days after the due day: the tolerance is not over
    assert after.calls([call()], house, "day_7") == []
    assert [item.ok for item in after.calls([call(is_closed=True)], house, "day_7")] == [False]
    assert [item.ok for item in after.calls([call()], a_house(now=at(11, 19, 0)), "day_7")] == [False]


def test_pain_change_is_the_worst_pain_before_less_that_of_the_call():
    facts = [
        call(reached=DUE, pain_before=8, pain_then=3),  # 5
        call(reached=DUE, pain_before=4, pain_then=6),  # -2: worse
        call(reached=DUE, pain_before=0, pain_then=0),  # 0 is an answer
        call(reached=DUE, pain_before=None, pain_then=2),
        call(pain_before=7, pain_then=None),
        call("week_4", reached=DUE, pain_before=9, pain_then=1),
    ]
    found = cell_of(after.pain_changes(facts, "day_7"))
    assert (found.count, found.median, found.percentile) == (3, 0, 5)


def test_records_complete_are_a_share_of_cases_discussed():
    found = cell_of(after.complete_records([CaseFact(DUE, True), CaseFact(DUE, True), CaseFact(DUE, False)]))
    assert (found.hits, found.of) == (2, 3)


def test_nurse_line_has_a_share_for_all_but_symptoms():
    questions = [
        QuestionFact(at(11, 13, 16), at(11, 16, 16), False),  # Friday to Monday: 72 hours, in time
        QuestionFact(at(11, 9, 8), at(11, 11, 8), False),  # Monday to Wednesday: 48 hours, late
        QuestionFact(at(11, 9, 8), None, False),  # never answered
        QuestionFact(at(11, 9, 8), at(11, 9, 10), True),
    ]
    other = cell_of(after.answers(questions, a_house(), about_symptoms=False))
    symptoms = cell_of(after.answers(questions, a_house(), about_symptoms=True))

    assert (other.count, other.median, other.hits, other.of) == (2, 60, 1, 3)
    assert (symptoms.count, symptoms.median, symptoms.of) == (1, 2, 0)


def test_drop_off_counts_forms_of_30_days_and_names_the_page_saved_last():
    begun = at(11, 9)
    drafts = [
        *[DraftFact(begun, True)] * 8,
        *[DraftFact(begun, False, "pain")] * 12,
        *[DraftFact(begun, False)] * 11,  # no page at all
        DraftFact(at(1, 20, year=2027), False, "pain"),  # eleven days old: may still be sent
        DraftFact(at(1, 20, year=2027), True),  # sent already
        DraftFact(at(10, 20), False, "pain"),  # of another month
    ]
    line = after.drop_off(drafts, WINTER, a_house())

    assert (line.total.hits, line.total.of) == (23, 32)
    groups = dict(line.groups)
    assert (groups["pain"].hits, groups["pain"].of, groups["none"].hits) == (12, 32, 11)
    assert [cell.of for cell in line.months] == [31, 0, 1]
    assert line.months[2].hides_share


def test_form_counts_from_the_moment_it_is_30_days_old():
    begun = at(11, 9)
    for passed, count in ((timedelta(days=30), 0), (timedelta(days=30, seconds=1), 1)):
        line = after.drop_off([DraftFact(begun, False, "pain")], WINTER, a_house(now=begun + passed))
        assert line.total.of == count
