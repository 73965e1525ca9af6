"""Codes people read out and type."""

from hypothesis import given, settings
from hypothesis import strategies as st

from intake.access.codes import ALPHABET, BASE, RESUME_LENGTH, check_character, new_code, shown, typed

bodies = st.text(ALPHABET, min_size=RESUME_LENGTH, max_size=RESUME_LENGTH)


def test_the_alphabet_has_no_look_alikes_and_a_prime_size():
    assert not set("0O1IL") & set(ALPHABET)
    assert len(set(ALPHABET)) == BASE == 31


def test_codes_are_eight_characters_and_a_check_and_differ():
    codes = {new_code() for _ in range(500)}
    assert len(codes) == 500
    assert all(len(code) == 9 and typed(code) == code for code in codes)


@given(bodies)
@settings(max_examples=100)
def test_what_is_typed_with_spaces_hyphens_and_small_letters_is_the_same_code(body):
    code = body + check_character(body)
    assert typed(shown(code)) == code
    assert typed(f" {code.lower()[:4]} {code[4:]} ") == code


@given(bodies, st.integers(0, RESUME_LENGTH), st.sampled_from(ALPHABET))
@settings(max_examples=200)
def test_one_wrong_character_is_caught(body, place, other):
    code = body + check_character(body)
    wrong = code[:place] + other + code[place + 1 :]
    assert (typed(wrong) == wrong) == (wrong == code)


@given(bodies, st.integers(0, RESUME_LENGTH - 1))
@settings(max_examples=200)
def test_two_swapped_neighbors_are_caught(body, place):
    code = body + check_character(body)
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert (typed(swapped) == swapped) == (swapped == code)


def test_what_cannot_be_a_code_is_none():
    for text in ("", "7K4Q", "0" * 9, "x" * 1000, "\x00" * 9, "😀" * 9, "٣" * 9):
        assert typed(text) is None
