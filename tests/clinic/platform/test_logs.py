"""Logs: one JSON object a line, nothing a person typed."""

import json
import logging
import sys

import pytest

from clinic.platform.logs import JsonFormatter, Scrub, scrub


def logged(message, *args, exc_info=None, **extra):
    record = logging.LogRecord("clinic", logging.ERROR, __file__, 1, message, args, exc_info)
    record.__dict__.update(extra)
    assert Scrub().filter(record) is True
    return json.loads(JsonFormatter().format(record))


@pytest.mark.parametrize(
    "typed",
    [
        "/search?q=Canary",
        "canary@example.org",
        "+12025550110",
        "202-555-0110",
        "(202) 555-0110",
        "/my/offer/Canary_canary_canary_1234/",
    ],
)
def test_scrub_takes_out_what_people_typed(typed):
    text = scrub(f"before {typed} after")
    assert "anary" not in text
    assert "0110" not in text
    assert text.startswith("before ")
    assert text.endswith(" after")


def test_line_is_json_with_the_request_reduced_to_its_path(rf):
    request = rf.post("/register/name/?q=Canary", {"legal_first_name": "Canary"})
    line = logged("Not Found: %s", "/x?name=Canary", request=request, status_code=404)
    assert "Canary" not in json.dumps(line)
    assert (line["path"], line["method"], line["status_code"]) == ("/register/name/", "POST", 404)
    assert line["at"].endswith("+00:00")


def test_error_keeps_kind_and_place_but_not_its_text():
    try:
        int("Jane Canary")
    except ValueError:
        line = logged("failed", exc_info=sys.exc_info())
    assert line["error"] == "ValueError"
    assert "test_logs.py" in line["where"][-1]
    assert "Canary" not in json.dumps(line)


def test_arguments_that_do_not_fit_do_not_break_the_log():
    assert logged("%d things", "many")["message"] == "%d things"
