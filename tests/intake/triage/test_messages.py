"""The fixed texts: complete, readable, filled in, and never broken by what is put into them."""

import pytest

from intake.triage.messages import (
    AFTER_HOURS,
    AFTER_HOURS_NO_NUMBER,
    CRISIS_LINE,
    EMERGENCY_CODES,
    TEXTS,
    message_for,
)
from intake.triage.rules import LEVEL_MESSAGE, PRECEDENCE
from tests.support.reading import grade

FILLED = {"phone": "202-555-0101", "deadline": "2:00 p.m. today", "nurse_line": "202-555-0110"}
REFUSED_ABOVE = 8


def test_every_code_of_the_rules_has_a_text():
    assert set(TEXTS) == {*PRECEDENCE, *LEVEL_MESSAGE.values()}
    assert set(EMERGENCY_CODES) == set(PRECEDENCE)


@pytest.mark.parametrize("code", TEXTS)
def test_message_is_filled_in_and_easy_to_read(code):
    message = message_for(code, **FILLED)
    assert message.heading
    assert "{" not in message.text
    assert grade(message.text) < REFUSED_ABOVE


@pytest.mark.parametrize("line", [CRISIS_LINE, AFTER_HOURS, AFTER_HOURS_NO_NUMBER])
def test_extra_lines_are_easy_to_read(line):
    assert grade(str(line)) < REFUSED_ABOVE


def test_the_grade_tells_plain_words_from_hard_ones():
    assert grade("Call 911 now. Do not drive.") < 3
    assert grade("Immediate multidisciplinary evaluation of neurological deterioration is recommended.") > 12


def test_urgent_message_names_phone_deadline_and_nurse_line():
    text = message_for("M-URGENT", **FILLED).text
    assert "at 202-555-0101." in text
    assert "by 2:00 p.m. today, call 202-555-0110." in text


def test_urgent_message_without_a_phone_still_reads_well():
    assert "at the number you gave us." in message_for("M-URGENT", **{**FILLED, "phone": ""}).text


@pytest.mark.parametrize("gone", ["deadline", "nurse_line"])
def test_urgent_message_without_a_needed_value_is_refused(gone):
    with pytest.raises(ValueError, match=gone):
        message_for("M-URGENT", **{**FILLED, gone: ""})


def test_braces_in_a_value_stay_as_they_are():
    assert "{0}" in message_for("M-URGENT", **{**FILLED, "deadline": "{0}"}).text


def test_out_of_hours_the_urgent_message_tells_whom_to_call():
    assert message_for("M-URGENT", **FILLED).lines == ()
    closed = message_for("M-URGENT", **FILLED, nurse_line_open=False, after_hours="202-555-0120")
    assert "202-555-0120" in closed.lines[0]
    nobody = message_for("M-URGENT", **FILLED, nurse_line_open=False)
    assert "go to the emergency room" in nobody.lines[0]
    assert message_for("M-SOON", **FILLED, nurse_line_open=False).lines == ()


def test_crisis_line_stands_below_every_other_message_but_not_twice():
    assert "988" in message_for("M-911", crisis_line=True).lines[0]
    assert message_for("M-988", crisis_line=True).lines == ()


def test_caregiver_is_told_whom_to_call_for():
    assert message_for("M-SPINE", caregiver=True).heading == "Call 911 for the person you are helping"
    assert message_for("M-SPINE", caregiver=True).text == message_for("M-SPINE").text
    assert message_for("M-SOON", **FILLED, caregiver=True).heading == "We want to see the patient soon"
    assert message_for("M-SOON", **FILLED, caregiver=True).text == message_for("M-SOON", **FILLED).text


def test_unknown_code_is_an_error():
    with pytest.raises(KeyError):
        message_for("M-NONE")
