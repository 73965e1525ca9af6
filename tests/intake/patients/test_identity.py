"""Blind indexes: the same person meets under other spellings, nobody is readable."""

from datetime import date

import pytest

from clinic.platform.crypto.index import prefix_search_indexes
from intake.patients.identity import birth_date_index, folded_name, name_index, name_prefixes, phone_index


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("O’Neil-Díaz", "oneil diaz"),
        ("MÜLLER", "Müller"),
        ("Nguyễn", "nguyen"),
        ("  Ana  ", "ana"),
        ("Straße", "STRASSE"),
    ],
)
def test_spellings_of_one_name_fold_to_the_same(one, other):
    assert folded_name(one) == folded_name(other) != ""


def test_names_in_other_scripts_keep_their_letters():
    assert folded_name("阿明") == "阿明"
    assert name_index("阿明", "") != name_index("阿强", "")


def test_indexes_hold_nothing_readable_and_differ_by_purpose():
    assert "1951" not in birth_date_index(date(1951, 3, 27))
    assert phone_index("+12025550142") == phone_index("1-202-555-0142")
    assert phone_index("+12025550142") != phone_index("+12025550143")
    assert birth_date_index(date(1951, 3, 27)) != phone_index("1951-03-27")


def test_the_first_letters_of_either_name_find_the_patient():
    stored = set(name_prefixes("María José", "O’Neil-Díaz"))
    for typed in ("mar", "jos", "dia", "Oneil", "maría josé"):
        assert set(prefix_search_indexes(typed)) <= stored, typed
    assert not set(prefix_search_indexes("xyz")) <= stored


def test_a_thousand_letters_make_few_prefixes():
    assert len(name_prefixes("x" * 100, "y" * 100)) < 20
