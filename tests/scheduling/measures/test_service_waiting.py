"""The first five measures of domain 8 against hand-computed cases. No database."""

from datetime import timedelta

import pytest

from scheduling.measures.service import waiting
from scheduling.measures.service.figures import cell_of
from tests.scheduling.measures.service_facts import a_house, a_request, an_alert, at

MONDAY = (11, 9)  # 2026


def test_acknowledgement_is_the_first_thing_a_person_did():
    sent = at(*MONDAY, 9)
    requests = [
        # taken after 2 h, reviewed after 3, called after 5: 2 hours
        a_request(
            sent, first_taken_at=at(11, 9, 11), first_review_at=at(11, 9, 12), contacted_at=at(11, 9, 14)
        ),
        a_request(sent, first_review_at=at(11, 11, 9)),  # exactly 48 hours: in time
        a_request(sent, contacted_at=at(11, 11, 9, 1)),  # one minute later: missed
        a_request(sent),  # open for weeks: missed, without a value
        a_request(sent, contacted_at=at(11, 9, 8)),  # reached about an alert before it was sent: 0 hours
    ]  # fmt: skip

    found = cell_of(waiting.acknowledgements(requests, a_house()))

    # values 0, 2, 48, 48.02: median 25; in time 3 of 5
    assert (found.count, found.median, found.hits, found.of) == (4, 25, 3, 5)


def test_acknowledgement_over_the_clock_change_counts_real_hours():
    # October 30, 9 a.m. to November 1, 9 a.m.: 48 hours on the wall, 49 in truth
    (item,) = waiting.acknowledgements([a_request(at(10, 30), first_taken_at=at(11, 1))], a_house())
    assert (item.value, item.ok) == (49, False)


def test_open_request_counts_only_once_it_is_older_than_the_target():
    sent = at(*MONDAY)
    young = waiting.acknowledgements([a_request(sent)], a_house(now=sent + timedelta(hours=48)))
    old = waiting.acknowledgements([a_request(sent)], a_house(now=sent + timedelta(hours=48, seconds=1)))

    assert [young[0].ok, old[0].ok] == [None, False]


def test_request_withdrawn_before_contact_counts_nowhere():
    sent = at(*MONDAY)
    gone = a_request(sent, computed="urgent", withdrawn_at=at(11, 10), contacted_at=at(11, 11))
    stayed = a_request(sent, computed="urgent", withdrawn_at=at(11, 12), contacted_at=at(11, 11))
    house = a_house()

    for one, count in ((gone, 0), (stayed, 1)):
        assert len(waiting.acknowledgements([one], house)) == count
        assert len(waiting.seen([one], house, timedelta(days=7))) == count
        assert len(waiting.nurse_contacts([one], [], house)["urgent"]) == count


def test_consult_counts_calendar_days_of_the_clinic():
    requests = [
        # sent at 11 p.m. (the next day already in UTC), seen the next morning: 1 day
        a_request(at(11, 9, 23), consult_starts_at=at(11, 10, 8)),
        # the same day: 0
        a_request(at(11, 9, 8), consult_starts_at=at(11, 9, 15), is_self_referral=False),
        # over a weekend: Friday to Monday is 3
        a_request(at(11, 13), consult_starts_at=at(11, 16)),
        a_request(at(11, 9)),  # nobody seen: no value
    ]
    everybody = cell_of(waiting.consults(requests, a_house()))
    own = cell_of(waiting.consults(requests, a_house(), self_referral=True))

    assert (everybody.count, everybody.median) == (3, 1)
    assert (own.count, own.median) == (2, 2)  # 1 and 3


def test_share_seen_is_by_final_level_of_accepted_requests():
    sent = at(11, 9, 9)
    requests = [
        a_request(sent, computed="soon", level="urgent", consult_ends_at=sent + timedelta(hours=24)),
        a_request(sent, level="routine", consult_ends_at=sent + timedelta(days=7)),
        a_request(sent, level="routine", consult_ends_at=sent + timedelta(days=7, minutes=1)),
        a_request(sent, level="routine", is_accepted=False),  # declined
        a_request(sent, level="routine"),  # never seen
    ]
    house = a_house()

    day, week, two = (waiting.seen(requests, house, target) for target in waiting.SEEN_WITHIN.values())
    assert [cell_of(found).hits for found in (day, week, two)] == [1, 2, 3]
    assert {cell_of(found).of for found in (day, week, two)} == {4}
    assert [item.group for item in week] == ["urgent", "routine", "routine", "routine"]


def test_share_seen_waits_for_each_window_on_its_own():
    sent = at(11, 9, 9)
    house = a_house(now=sent + timedelta(days=3))  # a day is over, a week is not
    found = [waiting.seen([a_request(sent)], house, target)[0].ok for target in waiting.SEEN_WITHIN.values()]
    assert found == [False, None, None]


def test_urgent_contact_ends_with_the_fourth_nurse_hour():
    # Monday 3 p.m.: two hours until 5 p.m., two more on Tuesday until 10 a.m. = 19 clock hours = 1140 minutes
    sent = at(*MONDAY, 15)
    in_time = a_request(sent, computed="urgent", contacted_at=at(11, 10, 10))
    late = a_request(sent, computed="urgent", contacted_at=at(11, 10, 10, 1))
    unreached = a_request(sent, computed="urgent")

    found = waiting.nurse_contacts([in_time, late, unreached], [], a_house())["urgent"]

    assert [(item.value, item.ok) for item in found] == [(1140, True), (1141, False), (None, False)]


def test_urgent_contact_on_a_weekend_is_due_after_24_clock_hours():
    sent = at(11, 14, 12)  # Saturday noon
    found = waiting.nurse_contacts(
        [
            a_request(sent, computed="urgent", contacted_at=at(11, 15, 12)),
            a_request(sent, computed="urgent", contacted_at=at(11, 15, 12, 1)),
            a_request(sent, computed="urgent", rules=("U01",), contacted_at=at(11, 14, 13, 1)),  # U01: one hour
        ],
        [],
        a_house(),
    )["urgent"]
    assert [item.ok for item in found] == [True, False, False]


def test_request_raised_to_urgent_or_lowered_from_it_counts_as_urgent():
    requests = [
        a_request(at(*MONDAY), computed="soon", level="urgent"),
        a_request(at(*MONDAY), computed="urgent", level="routine"),
        a_request(at(*MONDAY), computed="soon", level="emergency"),  # by a reviewer: its alert tells it
    ]
    found = waiting.nurse_contacts(requests, [], a_house())
    assert (len(found["urgent"]), len(found["emergency"])) == (2, 0)


def test_request_raised_to_urgent_after_sending_counts_from_then():
    sent, raised = at(*MONDAY), at(11, 16, 9)  # a week later
    told = {"computed": "soon", "level": "urgent", "contacted_at": at(11, 10), "raised_at": raised}
    requests = [
        a_request(sent, **told, contacted_since_raised_at=at(11, 16, 13)),  # the fourth nurse hour: in time
        a_request(sent, **told, contacted_since_raised_at=at(11, 16, 13, 1)),
        a_request(sent, **told),  # the call before does not count for the new clock
    ]
    found = waiting.nurse_contacts(requests, [], a_house())["urgent"]

    assert [(item.value, item.ok) for item in found] == [(240, True), (241, False), (None, False)]


def test_urgent_request_keeps_its_first_call_when_it_rises_later():
    sent = at(*MONDAY)
    risen = a_request(
        sent, computed="urgent", level="emergency", contacted_at=at(11, 9, 10), raised_at=at(11, 16),
        first_alert_at=at(11, 16),
    )  # fmt: skip
    found = waiting.nurse_contacts([risen], [an_alert("later", at(11, 16))], a_house())

    assert [(item.value, item.ok) for item in found["urgent"]] == [(60, True)]
    assert [(item.value, item.ok) for item in found["emergency"]] == [(None, False)]


def test_emergency_is_one_case_from_its_first_detection_whether_sent_or_not():
    start = at(11, 14, 3)  # Saturday night: 15 minutes all the same
    alerts = [
        an_alert("form", start, reached_at=None),
        an_alert("form", at(11, 14, 3, 5), reached_at=at(11, 14, 3, 15)),
        an_alert("other", start, reached_at=at(11, 14, 3, 16)),
        an_alert("nobody", start),
        an_alert("before", start, reached_at=start - timedelta(hours=1)),  # a call about something else
        an_alert("gone", start, withdrawn_at=at(11, 14, 4)),
    ]
    sent = a_request(at(11, 14, 4), computed="emergency", first_alert_at=start)  # told by its alert already

    found = waiting.nurse_contacts([sent], alerts, a_house())["emergency"]

    assert [(item.value, item.ok) for item in found] == [(15, True), (16, False), (None, False), (None, False)]


def test_alert_is_written_within_five_seconds():
    saved = at(*MONDAY)
    alerts = [
        an_alert("a", saved, raised_at=saved + timedelta(seconds=0.2)),
        an_alert("b", saved, raised_at=saved + timedelta(seconds=5)),
        an_alert("c", saved, raised_at=saved + timedelta(seconds=5.1)),
    ]
    missing = [
        a_request(saved, computed="emergency"),  # no alert at all: missed
        a_request(saved, computed="emergency", first_alert_at=saved),
        a_request(saved, computed="urgent"),
    ]

    found = cell_of(waiting.alert_times(alerts, missing, a_house()))

    assert found.median == pytest.approx(5)
    assert (found.count, found.hits, found.of) == (3, 2, 4)
