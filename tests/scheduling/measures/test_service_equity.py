"""The equity view against hand-computed groups. No database."""

from datetime import date

import pytest

from scheduling.measures.service import equity
from scheduling.measures.service.facts import PersonFact
from scheduling.measures.service.figures import Item
from tests.scheduling.measures.service_facts import WINTER

ON = date(2026, 11, 9)


@pytest.mark.parametrize(
    ("born", "band"),
    [
        (date(1976, 11, 10), "under_50"),  # 50 tomorrow
        (date(1976, 11, 9), "50_64"),
        (date(1961, 11, 10), "50_64"),
        (date(1961, 11, 9), "65_74"),
        (date(1951, 11, 9), "75_over"),
        (None, "unknown"),
    ],
)
def test_age_is_that_of_the_day_of_the_case(born, band):
    assert equity.age_band(born, ON) == band


@pytest.mark.parametrize(
    ("zip_code", "band"),
    [
        ("48109", "same_area"),
        ("48199-0001", "same_area"),
        ("49503", "same_region"),
        ("10001", "elsewhere"),
        ("", "unknown"),
    ],
)
def test_area_is_how_far_the_zip_code_agrees_with_the_clinics(zip_code, band):
    assert equity.area_band(zip_code, "48104") == band
    assert equity.area_band(zip_code, "") == "unknown"


def test_usual_area_stands_in_for_a_clinic_without_a_zip_code():
    people = [PersonFact(zip_code=code) for code in ("48109", "48104", "10001", "", "1")]
    assert equity.usual_area(people) == "481"
    assert equity.usual_area([]) == ""
    assert equity.area_band("48555", "481") == "same_region"


@pytest.mark.parametrize(
    ("race", "band"),
    [((), "unknown"), (("asian",), "asian"), (("asian", "white"), "several"), (("prefer_not",), "prefer_not")],
)
def test_race_is_one_band_for_each_person(race, band):
    assert equity.race_band(race) == band


def test_equity_lines_group_cases_by_person_and_hide_small_ones():
    people = {f"en{n}": PersonFact(language="en", payer="medicare", zip_code="48109") for n in range(20)}
    people |= {f"es{n}": PersonFact(language="es", payer="medicaid") for n in range(11)}
    people |= {f"ar{n}": PersonFact(language="ar") for n in range(10)}
    items = [Item(ON, value=5 if who.startswith("en") else 9, ok=who.startswith("en"), who=who) for who in people]
    items.append(Item(ON, value=1, ok=True, who="stranger"))  # an alert of nobody we know

    lines = equity.equity_lines({"acknowledgement": items}, people, WINTER, "48104")

    language = dict(lines["language"]["acknowledgement"].groups)
    assert (language["en"].count, language["en"].median, language["en"].share) == (20, 5, 100)
    # ten who speak Arabic are hidden; alone they would follow from the total, so Spanish goes with them
    assert language["ar"].hides_share
    assert language["es"].hides_share
    assert not language["en"].hides_share
    payer = dict(lines["payer"]["acknowledgement"].groups)
    assert [payer[name].hides_share for name in ("medicare", "medicaid", "unknown")] == [False, True, True]
    assert lines["language"]["acknowledgement"].total.cases == 41
    assert set(lines) == set(equity.ATTRIBUTES)
