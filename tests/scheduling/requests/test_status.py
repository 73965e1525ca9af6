from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.requests.status import PATIENT_WORDS, STATUSES, Facts, request_status

FLAGS = [field.name for field in fields(Facts) if field.name != "level"]
LEVELS = ("emergency", "urgent", "soon", "routine")
FACTS = st.builds(Facts, level=st.sampled_from(LEVELS), **{name: st.booleans() for name in FLAGS})


@pytest.mark.parametrize(
    ("known", "status"),
    [
        ({}, "submitted"),
        ({"is_taken": True}, "in_review"),
        ({"is_taken": True, "is_reviewed": True}, "records_pending"),
        ({"is_reviewed": True, "level": "soon"}, "records_pending"),
        ({"is_reviewed": True, "level": "urgent"}, "ready"),
        ({"is_reviewed": True, "level": "emergency"}, "ready"),
        ({"is_reviewed": True, "is_records_ready": True}, "ready"),
        ({"is_records_ready": True}, "submitted"),
        ({"is_taken": True, "needs_info": True}, "needs_info"),
        ({"is_reviewed": True, "has_live_offer": True}, "offered"),
        ({"is_reviewed": True, "has_live_offer": True, "has_booked_visit": True}, "scheduled"),
        ({"is_visit_completed": True, "has_booked_visit": True}, "completed"),
        ({"is_redirected_to_ed": True, "is_reviewed": True}, "redirected_to_ed"),
        ({"is_declined": True, "is_redirected_to_ed": True}, "declined"),
        ({"is_withdrawn": True, "is_declined": True}, "withdrawn"),
    ],
)
def test_status_of_facts_is_the_first_that_holds(known, status):
    assert request_status(Facts(**known)) == status


def test_status_codes_stand_in_the_order_of_the_ladder():
    assert STATUSES == (
        "withdrawn",
        "declined",
        "redirected_to_ed",
        "completed",
        "scheduled",
        "offered",
        "needs_info",
        "records_pending",
        "ready",
        "in_review",
        "submitted",
    )


@given(FACTS)
def test_status_of_any_facts_has_words_for_the_patient(facts):
    assert PATIENT_WORDS[request_status(facts)] in {
        "received",
        "need_something",
        "planning",
        "choose_day",
        "booked",
        "done",
        "closed",
    }


@given(FACTS)
def test_status_of_an_urgent_request_never_waits_for_records(facts):
    for level in ("urgent", "emergency"):
        assert request_status(replace(facts, level=level)) != "records_pending"


@given(FACTS)
def test_status_of_a_withdrawn_request_stays_withdrawn(facts):
    assert request_status(replace(facts, is_withdrawn=True)) == "withdrawn"


def test_status_after_a_cancelled_visit_is_ready_again():
    booked = Facts(is_reviewed=True, is_records_ready=True, has_booked_visit=True)
    assert request_status(booked) == "scheduled"
    assert request_status(replace(booked, has_booked_visit=False)) == "ready"


def test_patient_words_cover_every_status():
    assert set(PATIENT_WORDS) == set(STATUSES)
