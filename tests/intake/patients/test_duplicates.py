"""A person who is registered already: similar names, and the task that asks somebody to look."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.platform.audit.actors import Actor
from intake.models import Patient, StaffTask
from intake.patients.duplicates import look_for_duplicates
from intake.patients.identity import folded_name
from intake.patients.similar import distance, names_alike
from tests.scheduling.staff_rows import a_patient_row, queries_of

PERSON = Actor("patient", "draft:1")
LETTERS = st.text("abcdé", max_size=7)


def alike(one, other):
    return names_alike(tuple(map(folded_name, one)), tuple(map(folded_name, other)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("María", "O’Neil-Díaz"), ("Maria", "ONeil Diaz")),
        (("Maria", "Alvarez"), ("Alvarez", "Maria")),
        (("Maria", "Alvarez"), ("Marie", "Alvares")),
        (("Sam", "Holloway"), ("Samuel", "Holloway")),
        (("Ana", "Garcia"), ("Ana", "Garcia-Lopez")),
        (("", "Madonna"), ("Madonna", "")),
        (("Jonh", "Becker"), ("John", "Becker")),
        (("Maria", "Alvarez"), ("Alvares", "Marie")),
    ],
)
def test_names_of_one_person_are_alike(one, other):
    assert alike(one, other)
    assert alike(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Maria", "Alvarez"), ("Pedro", "Alvarez")),  # a twin
        (("Maria", "Alvarez"), ("Maria", "Becker")),
        (("Ann", "Lee"), ("Amy", "Roe")),
        (("Jo", "Li"), ("Al", "Wu")),
        (("", ""), ("", "")),
        (("", ""), ("Maria", "Alvarez")),
    ],
)
def test_names_of_two_persons_are_not_alike(one, other):
    assert not alike(one, other)
    assert not alike(other, one)


@given(LETTERS, LETTERS, LETTERS, LETTERS)
def test_likeness_looks_the_same_from_both_sides(a, b, c, d):
    assert names_alike((a, b), (c, d)) == names_alike((c, d), (a, b))
    assert names_alike((a, b), (b, a)) == bool(a + b)


@given(LETTERS, LETTERS)
def test_distance_counts_as_the_definition_says(one, other):
    def plain(i, j):
        if not i or not j:
            return i or j
        best = min(plain(i - 1, j) + 1, plain(i, j - 1) + 1, plain(i - 1, j - 1) + (one[i - 1] != other[j - 1]))
        if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
            best = min(best, plain(i - 2, j - 2) + 1)
        return best

    if len(one) <= 5 and len(other) <= 5:
        assert distance(one, other, 2) == min(plain(len(one), len(other)), 3)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("other", "because"),
    [
        ({"first": "Pedro", "last": "Becker"}, ["phone"]),
        ({"first": "Marie", "last": "Alvares", "phone": "+12025550111"}, ["name"]),
        ({}, ["phone", "name"]),
        ({"first": "Pedro", "last": "Becker", "phone": "+12025550111"}, None),
        ({"born": date(1951, 3, 28)}, None),
    ],
)
def test_same_birth_date_with_phone_or_name_opens_a_task(other, because):
    there, new = a_patient_row(**other), a_patient_row()

    for _time in range(2):
        look_for_duplicates(new, report=None, by=PERSON)
    look_for_duplicates(there, report=None, by=PERSON)  # the other way round it is the same pair

    assert [task.data["because"] for task in StaffTask.objects.all()] == ([because] if because else [])
    assert not Patient.objects.exclude(merged_into=None).exists()


@pytest.mark.django_db
def test_merged_record_is_no_duplicate_any_more():
    there, kept, new = a_patient_row(), a_patient_row("Pedro", "Becker", phone="+12025550111"), a_patient_row()
    Patient.objects.filter(pk=there.pk).update(merged_into=kept)

    assert look_for_duplicates(new, report=None, by=PERSON) == []


@pytest.mark.django_db
@pytest.mark.parametrize("people", [0, 1, 30])
def test_looking_asks_one_question_when_nobody_is_alike(people):
    for number in range(people):
        a_patient_row("Pedro", "Becker", phone=f"+1202555{number:04d}")
    new = a_patient_row()

    assert queries_of(lambda: look_for_duplicates(new, report=None, by=PERSON)) == 1
