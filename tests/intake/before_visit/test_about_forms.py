"""About the person: address or none, whom to call, what helps, who may hear of it."""

import pytest

from intake.before_visit import choices
from intake.before_visit.about_forms import (
    AddressForm,
    CaregiverPermissionForm,
    DoctorsForm,
    EmergencyContactForm,
    NeedsForm,
    OtherNamesForm,
)
from tests.intake.before_visit.plain_forms import RIGHT, answers_of, fill

OWN_PHONE = {"phone_primary": "+12025550143"}


def test_states_are_those_of_the_postal_service():
    codes = [code for code, _words in choices.STATES]
    assert len(codes) == len(set(codes)) == 50 + 1 + 8 + 3
    assert {"DC", "PR", "GU", "VI", "AS", "MP", "AA", "AE", "AP"} <= set(codes)
    assert dict(choices.STATES)["MI"] == "MI - Michigan"


def test_address_parts_are_stored_under_their_keys():
    assert answers_of(AddressForm, RIGHT[AddressForm]) == {
        "address_line1": "12 Elm Street", "address_line2": "Apt. 3", "city": "Ann Arbor", "state": "MI",
        "address_instead": [],
    }  # fmt: skip


def test_person_without_a_fixed_address_need_not_give_one_but_may_say_where_letters_go():
    assert answers_of(AddressForm, {"address_instead": "no_fixed_address"})["address_line1"] is None
    typed = {"address_line1": "Shelter, 5 Main Street", "address_instead": "no_fixed_address"}
    assert answers_of(AddressForm, typed)["address_line1"] == "Shelter, 5 Main Street"


def test_address_of_somebody_who_prefers_not_to_say_is_not_kept():
    answers = answers_of(AddressForm, {**RIGHT[AddressForm], "address_instead": "prefer_not"})
    assert answers == {**dict.fromkeys(RIGHT[AddressForm]), "address_instead": ["prefer_not"]}


def test_half_an_address_names_what_is_missing():
    errors = fill(AddressForm, {"address_line1": "12 Elm Street"}).errors
    assert errors == {"city": ["Enter the city"], "state": ["Select the state"]}


def test_caregiver_reads_of_the_patients_address():
    words = dict(AddressForm(None, answers={}, caregiver=True).fields["address_instead"].choices)
    assert words["no_fixed_address"] == "The patient has no fixed address"
    assert answers_of(AddressForm, {"address_instead": "no_fixed_address"}, caregiver=True)


def test_browser_may_offer_the_own_address_and_names():
    html = AddressForm(None, answers={}, caregiver=False).as_p() + OtherNamesForm(
        None, answers={}, caregiver=False
    ).as_p()  # fmt: skip
    for token in ("address-line1", "address-line2", "address-level1", "address-level2", "additional-name", "nickname"):
        assert f'autocomplete="{token}"' in html


def test_browser_does_not_offer_own_details_for_another_person():
    for form_class in (EmergencyContactForm, CaregiverPermissionForm, DoctorsForm):
        html = form_class(None, answers={}, caregiver=False).as_p()
        assert 'autocomplete="tel"' not in html
        assert 'autocomplete="name"' not in html


def test_emergency_contact_is_asked_for_in_full_when_there_is_one():
    assert set(fill(EmergencyContactForm, {"emergency_contact": "yes"}).errors) == {
        "emergency_contact_name", "emergency_contact_relation", "emergency_contact_phone"
    }  # fmt: skip
    for no in ("nobody", "prefer_not"):
        assert answers_of(EmergencyContactForm, {"emergency_contact": no})["emergency_contact_name"] is None


def test_own_phone_as_emergency_phone_is_pointed_out_once_and_then_kept():
    typed = RIGHT[EmergencyContactForm]
    first = fill(EmergencyContactForm, typed, answers=OWN_PHONE)
    assert list(first.errors) == ["emergency_contact_phone"]
    assert first.errors.as_data()["emergency_contact_phone"][0].code == "once"
    again = answers_of(EmergencyContactForm, typed, answers=OWN_PHONE, asked="1")
    assert again["emergency_contact_phone"] == "+12025550143"
    assert fill(EmergencyContactForm, typed, answers={"phone_primary": "+12025550199"}).is_valid()


@pytest.mark.parametrize("phone", ["134-555-0123", "734-155-0123", "911-555-0123", "734-411-1234", "290-234-5678"])
def test_emergency_phone_outside_the_plan_is_refused(phone):
    errors = fill(EmergencyContactForm, {**RIGHT[EmergencyContactForm], "emergency_contact_phone": phone}).errors
    assert list(errors) == ["emergency_contact_phone"]


def test_what_helps_to_get_around_must_be_said_and_nothing_is_an_answer():
    assert fill(NeedsForm, {}).errors == {"mobility_aid": ["Select what helps to get around, or select 'Nothing'"]}
    assert answers_of(NeedsForm, {"mobility_aid": "none"})["mobility_aid"] == "none"


def test_permission_names_whom_and_a_phone_is_welcome():
    assert set(fill(CaregiverPermissionForm, {"caregiver_permission": "yes"}).errors) == {
        "permission_name", "permission_relation"
    }  # fmt: skip
    typed = {"caregiver_permission": "yes", "permission_name": "Luis", "permission_relation": "spouse"}
    assert answers_of(CaregiverPermissionForm, typed)["permission_phone"] is None
    assert answers_of(CaregiverPermissionForm, {"caregiver_permission": "unknown"})["permission_name"] is None


def test_doctor_left_empty_is_kept_as_asked_and_empty():
    answers = answers_of(DoctorsForm, {})
    assert answers == {"oncologist_name": None, "treating_site": None, "pcp_name": None, "pcp_phone": None}


@pytest.mark.parametrize("name", ["J0hn", "<b>", "x" * 101, "A\x00B", "😀"])
def test_name_that_is_none_is_refused(name):
    for key in ("middle_name", "preferred_name", "previous_name"):
        assert list(fill(OtherNamesForm, {key: name}).errors) == [key]


def test_two_ways_out_of_an_address_are_listed_without_a_divider_before_them():
    assert "choice-divider" not in str(AddressForm(None, answers={}, caregiver=False)["address_instead"])
