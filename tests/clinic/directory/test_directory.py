"""Reference data: what the database refuses."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.forms import modelform_factory

from clinic.directory.admin import ClinicianForm
from clinic.directory.models import Clinician, Holiday, Room, Site, Specialty

pytestmark = pytest.mark.django_db


def test_room_name_is_unique_at_its_site_only():
    one, two = Site.objects.create(name="One"), Site.objects.create(name="Two")
    Room.objects.create(site=one, name="A")
    Room.objects.create(site=two, name="A")
    with pytest.raises(IntegrityError), transaction.atomic():
        Room.objects.create(site=one, name="A")


@pytest.mark.parametrize("minutes", [0, 4, 331])
def test_specialty_in_a_visit_needs_sensible_minutes(minutes):
    with pytest.raises(IntegrityError), transaction.atomic():
        Specialty.objects.create(code="RAD_ONC", name="Radiation oncology", default_minutes=minutes, is_leg=True)


def test_specialty_outside_a_visit_needs_no_minutes():
    assert Specialty.objects.create(code="DENTAL", name="Dental", default_minutes=0, is_leg=False).pk


@pytest.mark.parametrize("code", ["rad", "RAD ONC", "RAD\n", ""])
def test_specialty_code_is_in_capitals(code):
    with pytest.raises(ValidationError):
        Specialty(code=code, name="x", default_minutes=30).full_clean()


def test_a_day_is_a_holiday_once():
    Holiday.objects.create(on="2026-12-25", name="Christmas")
    with pytest.raises(IntegrityError), transaction.atomic():
        Holiday.objects.create(on="2026-12-25", name="Again")


@pytest.mark.parametrize(
    ("typed", "is_right"),
    [('["es", "ase"]', True), ("[]", True), ("", True), ('"es"', False), ('["Spanish"]', False), ("[1]", False)],
)
def test_languages_of_an_interpreter_are_a_list_of_codes(typed, is_right):
    form = modelform_factory(Clinician, form=ClinicianForm, fields=["languages"])({"languages": typed})
    assert ("languages" not in form.errors) == is_right
