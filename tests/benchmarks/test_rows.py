"""The bookkeeping of `make bench`: which limits hold, and what the command ends with. No timing here."""

import json

import pytest

from benchmarks import run
from benchmarks.rows import exit_status, missed, row, table


@pytest.mark.parametrize(("value", "holds"), [(8, True), (8.001, False), (0, True)])
def test_limit_without_a_floor_is_on_the_value_itself(value, holds):
    assert row("queries", value, "queries", limit=8)["holds"] is holds


@pytest.mark.parametrize(("value", "holds"), [(30.0, True), (30.1, False)])
def test_limit_with_a_floor_is_on_the_ratio(value, holds):
    one = row("finder", value, "ms", floor=10, limit=3)
    assert one["holds"] is holds
    assert one["ratio"] == pytest.approx(value / 10, abs=0.01)


@pytest.mark.parametrize(("rate", "holds"), [(250, True), (249, False), (1200, True)])
def test_ratio_of_a_rate_says_how_many_times_slower_it_is(rate, holds):
    assert row("bookings", rate, "bookings/s", floor=1000, limit=4)["holds"] is holds


def test_holds_is_decided_before_the_numbers_are_rounded():
    one = row("finder", 30.0004, "ms", floor=10, limit=3)
    assert one["ratio"] == 3
    assert one["holds"] is False


@pytest.mark.parametrize("floor", [0, -1])
def test_floor_that_was_not_measured_is_refused(floor):
    with pytest.raises(ValueError, match="not measured"):
        row("finder", 1, "ms", floor=floor, limit=3)


def test_status_is_1_when_a_limit_is_missed():
    held, not_held = row("a", 1, "ms", limit=2), row("b", 3, "ms", limit=2)
    assert exit_status([held]) == 0
    assert exit_status([held, not_held]) == 1
    assert exit_status([held, missed("c", 2, "ms")]) == 1


def test_status_is_1_when_nothing_was_measured():
    assert exit_status([]) == 1


def test_table_names_every_row_and_marks_the_missed_one():
    lines = table([row("a", 1, "ms", limit=2), row("b", 3, "ms", limit=2)]).splitlines()
    assert [line.split()[-1] for line in lines[1:]] == ["holds", "MISSED"]


def test_run_writes_the_rows_and_ends_with_their_status(tmp_path, monkeypatch):
    rows = [row("a", 1, "ms", floor=0.1, limit=3)]
    monkeypatch.setattr(run, "LAST", tmp_path / "last.json")
    monkeypatch.setattr(run, "measure_all", lambda: rows)
    assert run.main() == 1
    (written,) = json.loads((tmp_path / "last.json").read_text())
    assert list(written) == ["name", "value", "unit", "floor", "ratio", "limit", "holds"]
    assert written["ratio"] == 10
    assert written["holds"] is False
