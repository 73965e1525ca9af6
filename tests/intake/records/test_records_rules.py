"""Which records a visit needs, and when all are here."""

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.records.rules import KINDS, STANDARD, is_complete, progress, standard_kinds, wanted_items

STATES = ["needed", "requested", "received", "not_needed"]


def a_scan(**changes):
    return {"id": uuid4().hex, "kind": "mri", "body_part": "spine", "place": "North Hospital", "have": []} | changes


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({}, [True]),
        ({"have": ["neither"]}, [True]),
        ({"have": ["unknown"]}, [True]),
        ({"have": None}, [True]),
        ({"have": ["report"]}, [False]),  # the pictures are wanted, the visit does not wait for them
        ({"have": ["disk"]}, []),
        ({"have": ["disk", "report"]}, []),
        ({"place": ""}, []),
        ({"place": None}, []),
    ],
)
def test_scan_that_lies_elsewhere_is_wanted(row, expected):
    assert [one.is_required for one in wanted_items({"imaging": [a_scan(**row)]})] == expected


def test_radiation_elsewhere_asks_for_its_plan_and_other_treatment_for_nothing():
    rows = [{"id": uuid4().hex, "kind": kind, "place": "North Hospital"} for kind in ("radiation", "chemo")]

    [plan] = wanted_items({"prior_treatments": rows})

    assert (plan.kind, plan.is_required) == ("notes", False)


def test_each_row_has_a_name_of_its_own_that_fits_the_column():
    scans = [a_scan(), a_scan()]
    names = [one.from_answer for one in wanted_items({"imaging": scans, "biopsy": scans})]

    assert len(set(names)) == 4
    assert max(map(len, names)) <= 40


def test_nothing_told_wants_nothing():
    assert wanted_items({}) == wanted_items({"imaging": None, "biopsy": []}) == []


def test_specialties_name_known_kinds_each_once_in_one_order():
    assert standard_kinds(["MED_ONC", "RAD_ONC", "NURSE_NAV", "SPINE_SURG"]) == [
        "imaging",
        "pathology",
        "labs",
        "notes",
    ]
    assert {kind for kinds in STANDARD.values() for kind in kinds} <= set(KINDS)


@given(st.lists(st.tuples(st.booleans(), st.sampled_from(STATES))))
def test_complete_when_no_required_item_is_open(items):
    is_open = any(required and state in ("needed", "requested") for required, state in items)

    assert is_complete(items) is not is_open


def test_what_is_not_needed_counts_in_no_summary():
    assert progress(["received", "needed", "requested", "not_needed"]) == (1, 3)
    assert progress(["not_needed"]) == (0, 0)
