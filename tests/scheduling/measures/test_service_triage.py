"""Under-triage, over-triage and overrides against hand-computed cases. No database."""

from datetime import date

from scheduling.measures.service import safety
from scheduling.measures.service.figures import cell_of, line_of
from tests.scheduling.measures.service_facts import WINTER, a_house, a_request, at

SENT = at(11, 9)


def test_under_triage_is_what_the_nurse_raised_of_what_was_reviewed():
    requests = [
        a_request(SENT, computed="routine", reviewed="soon"),  # raised
        a_request(SENT, computed="urgent", reviewed="emergency"),  # raised
        a_request(SENT, computed="soon", reviewed="soon"),
        a_request(SENT, computed="urgent", reviewed="routine"),  # lowered
        a_request(SENT, computed="routine"),  # not reviewed
    ]
    found = cell_of(safety.raised(requests, a_house()))
    assert (found.hits, found.of) == (2, 4)


def test_hospital_within_seven_days_of_soon_or_routine_is_under_triage_too():
    requests = [
        a_request(SENT, key="same day"),
        a_request(SENT, key="day 7", computed="soon"),
        a_request(SENT, key="day 8"),
        a_request(SENT, key="before"),
        a_request(SENT, key="none"),
        a_request(SENT, key="raised", reviewed="urgent"),  # no longer soon or routine
        a_request(SENT, key="urgent", computed="urgent"),
        a_request(at(1, 24, year=2027), key="young"),  # the 7th day after it is January 31: not over yet
    ]
    events = {
        "same day": [date(2026, 11, 9)],
        "day 7": [date(2026, 11, 20), date(2026, 11, 16)],
        "day 8": [date(2026, 11, 17)],
        "before": [date(2026, 11, 8)],
        "raised": [date(2026, 11, 10)],
    }
    found = cell_of(safety.later_hospital(requests, events, a_house()))
    assert (found.hits, found.of) == (2, 5)


def test_over_triage_is_what_the_nurse_lowered_of_all_emergency_and_urgent():
    requests = [
        a_request(SENT, computed="emergency", reviewed="urgent"),  # lowered
        a_request(SENT, computed="urgent", reviewed="soon"),  # lowered
        a_request(SENT, computed="urgent", reviewed="emergency"),
        a_request(SENT, computed="urgent"),  # not reviewed: still one of all
        a_request(SENT, computed="soon", reviewed="routine"),
    ]
    items = safety.lowered(requests, a_house())
    assert (cell_of(items).hits, cell_of(items).of) == (2, 4)
    assert [item.group for item in items] == ["emergency", "urgent", "urgent", "urgent"]


def test_override_rate_is_told_for_all_results_and_for_each_rule():
    changed = a_request(SENT, computed="soon", reviewed="routine", rules=("S01", "S02"))
    same = a_request(SENT, computed="soon", reviewed="soon", rules=("S01",))
    waiting = a_request(SENT, computed="routine", rules=("R00",))
    requests = [changed] * 6 + [same] * 14 + [waiting] * 12

    items, by_rule = safety.overrides(requests, a_house())
    line = line_of("all", items, WINTER, grouped=by_rule)

    assert (line.total.hits, line.total.of) == (6, 32)
    groups = dict(line.groups)
    assert (groups["S01"].hits, groups["S01"].of) == (6, 20)  # 30 %
    assert groups["R00"].share == 0
    assert groups["S02"].hides_share  # 6 results only
