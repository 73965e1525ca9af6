"""The command: one JSON line in, one JSON line out, whatever the bytes are."""

import io
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.core.management import call_command

from intake.triage.lines import assess_line
from tests.support.answers import CASES, answers

ROOT = Path(__file__).parents[3]


class Bytes:
    """A standard input with bytes below, as the real one has."""

    def __init__(self, data: bytes) -> None:
        self.buffer = io.BytesIO(data)


def run(monkeypatch, data: bytes) -> tuple[list[dict], int, str]:
    """The answers, the exit status and what was written to standard error."""
    out, err, status = io.StringIO(), io.StringIO(), 0
    monkeypatch.setattr(sys, "stdin", Bytes(data))
    try:
        call_command("assess_symptoms", stdout=out, stderr=err)
    except SystemExit as ended:
        status = ended.code
    written = out.getvalue()
    assert written == "" or written.endswith("\n")
    return [json.loads(line) for line in written.split("\n")[:-1]], status, err.getvalue()


def line(given) -> bytes:
    return json.dumps(given, ensure_ascii=False).encode() + b"\n"


def test_open_cases_through_the_command(monkeypatch):
    found, status, err = run(monkeypatch, b"".join(line(answers(**case["answers"])) for case in CASES["vignettes"]))
    assert [result["level"] for result in found] == [case["expected_level"] for case in CASES["vignettes"]]
    assert [result["message"] for result in found] == [case["expected_message"] for case in CASES["vignettes"]]
    assert all(list(result) == ["level", "rules", "message", "rule_set"] for result in found)
    assert (status, err) == (0, "")


def test_no_input_gives_no_output(monkeypatch):
    assert run(monkeypatch, b"") == ([], 0, "")


def test_faulty_lines_are_answered_in_their_place_and_set_the_exit_status(monkeypatch):
    data = line({}) + b"\n" + b"nope\n" + b"[]\n" + b"\xff\xfe{}\n" + line({"pain_now": 11, "x": None}) + b"{}"
    found, status, _err = run(monkeypatch, data)
    keys = [[error["key"] for error in result.get("errors", [])] for result in found]
    assert keys == [[], [None], [None], [None], [None], ["pain_now", "x"], []]
    assert (
        found[0]
        == found[6]
        == {"level": "soon", "rules": ["S15", "S16"], "message": "M-SOON", "rule_set": "BM-TRIAGE/1"}
    )
    assert status == 1


def test_only_line_feeds_end_a_line(monkeypatch):
    separators = "a\u2028b\u0085c\x0bd"
    found, status, _err = run(monkeypatch, line({"what_matters": separators}) + b'{"fever":\r"no"}\r\n')
    assert (len(found), status) == (2, 0)


@pytest.mark.parametrize(
    "given",
    [
        b'{"temp_f": NaN}',
        b'{"temp_f": Infinity}',
        b'{"temp_f": -Infinity}',
        b'{"fever": "no",}',
        b"{'fever': 'no'}",
        b'\xef\xbb\xbf{"fever": "no"}',
        b'{"what_matters": "\x00"}',
        b"[" * 200_000,
        b'{"a":' * 200_000,
        b'"fever"',
        b"null",
        b"   \t ",
    ],
)
def test_what_is_no_json_object_has_no_key(given):
    answer, valid, failed = assess_line(given)
    assert [error["key"] for error in json.loads(answer)["errors"]] == [None]
    assert (valid, failed) == (False, ())


@pytest.mark.parametrize(
    ("given", "key"),
    [
        (b'{"pain_now": ' + b"9" * 10_000 + b"}", "pain_now"),
        (b'{"pain_now": -' + b"9" * 10_000 + b"}", "pain_now"),
        (b'{"temp_f": 1e400}', "temp_f"),
        (b'{"temp_f": 1e999999999999999999999}', "temp_f"),
        (b'{"temp_f": 1e-999999999999999999999}', "temp_f"),
        (b'{"pain_now": 7.0000000000000000000000001}', "pain_now"),
        (b'{"pain_now": {"a": 1, "a": 2}}', "pain_now"),
        (b'{"fever": "no", "fever": "no"}', "fever"),
        (b'{"\\ud800": 1}', "\ud800"),
    ],
)
def test_numbers_of_any_size_and_keys_given_twice_are_refused(given, key):
    answer, valid, _failed = assess_line(given)
    assert answer.isascii()
    assert [error["key"] for error in json.loads(answer)["errors"]] == [key]
    assert not valid


def test_a_problem_never_repeats_the_value():
    answer, _valid, _failed = assess_line(line({"fever": "Jane Example", "pain_now": 4242, "what_matters": "z" * 1001}))
    assert "Jane" not in answer
    assert "4242" not in answer
    assert "zzz" not in answer


def test_fever_threshold_is_compared_as_written():
    assert "E23" in json.loads(assess_line(b'{"temp_f": 100.4}')[0])["rules"]
    assert "E23" not in json.loads(assess_line(b'{"temp_f": 100.39999999999999999999}')[0])["rules"]


def test_a_failed_rule_is_told_on_standard_error_and_in_the_exit_status(monkeypatch):
    from intake.triage import engine

    def fail(_facts):
        raise ZeroDivisionError

    monkeypatch.setattr(engine, "_AFTER", (("U24", "urgent", "", fail),))
    found, status, err = run(monkeypatch, line(answers()))
    assert found == [{"level": "urgent", "rules": [], "message": "M-URGENT", "rule_set": "BM-TRIAGE/1"}]
    assert status == 1
    assert "U24" in err


def test_20000_answer_sets_take_well_under_20_seconds(monkeypatch):
    data = b"".join(line(answers(**case["answers"])) for case in CASES["vignettes"]) * 800
    started = time.perf_counter()
    found, status, _err = run(monkeypatch, data)
    assert (len(found), status) == (20_000, 0)
    assert time.perf_counter() - started < 15


def test_command_as_a_program():
    done = subprocess.run(
        [sys.executable, "manage.py", "assess_symptoms"],
        input=b'{"bladder_change": "cannot_pass_urine"}\nnope\n',
        capture_output=True,
        cwd=ROOT,
        check=False,
        timeout=60,
        env={"PATH": "/usr/bin:/bin", "DJANGO_SETTINGS_MODULE": "tests.settings"},
    )
    lines = done.stdout.split(b"\n")
    assert [sorted(json.loads(one)) for one in lines[:-1]] == [["level", "message", "rule_set", "rules"], ["errors"]]
    assert lines[-1] == b""
    assert done.returncode == 1
