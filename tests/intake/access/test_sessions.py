"""What a browser session of a patient holds, and for how long."""

import time

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.test import RequestFactory

from intake.access.sessions import close_patient_session, lapsed_subject, open_patient_session, patient_session
from intake.access.tries import network_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked():
    request = RequestFactory().get("/")
    request.session = SessionStore()
    request.session.create()
    return request


def test_a_session_points_to_one_row_and_names_the_actor(asked):
    open_patient_session(asked, kind="draft", subject_id="d1", caregiver=True)
    opened = patient_session(asked)
    assert (opened.kind, opened.subject_id) == ("draft", "d1")
    assert (opened.actor.kind, opened.actor.id) == ("caregiver", "draft:d1")
    open_patient_session(asked, kind="request", subject_id="r1")
    opened = patient_session(asked)
    assert (opened.kind, opened.subject_id, opened.actor.kind) == ("request", "r1", "patient")
    assert "draft_id" not in asked.session


def test_the_session_key_changes_when_something_is_opened(asked):
    before = asked.session.session_key
    open_patient_session(asked, kind="draft", subject_id="d1")
    assert asked.session.session_key != before


def test_a_session_ends_after_twenty_idle_minutes_and_remembers_what_was_open(asked, settings):
    open_patient_session(asked, kind="draft", subject_id="d1")
    asked.session["patient_seen"] = int(time.time()) - settings.PATIENT_IDLE_MINUTES * 60 - 1
    assert patient_session(asked) is None
    assert lapsed_subject(asked, "draft") == "d1"
    assert lapsed_subject(asked, "request") is None


def test_a_page_that_is_shown_keeps_the_session(asked):
    open_patient_session(asked, kind="draft", subject_id="d1")
    asked.session["patient_seen"] = int(time.time()) - 600
    patient_session(asked)
    assert time.time() - asked.session["patient_seen"] < 5


def test_a_closed_session_holds_nothing(asked):
    open_patient_session(asked, kind="draft", subject_id="d1")
    close_patient_session(asked)
    assert patient_session(asked) is None
    assert lapsed_subject(asked, "draft") is None


@pytest.mark.parametrize(
    ("given", "network"),
    [("192.0.2.7", "192.0.2.7"), ("2001:db8:1:2:3:4:5:6", "2001:0db8:0001:0002"), ("", "unknown"), ("x", "unknown")],
)
def test_the_network_of_a_household_is_one(given, network):
    assert network_of(RequestFactory().get("/", REMOTE_ADDR=given)) == network
