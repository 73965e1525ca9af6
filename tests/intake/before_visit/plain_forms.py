"""The forms of the pages before the visit: what is right, what is wrong, and how to fill one in."""

from django.http import QueryDict

from intake.before_visit.about_forms import (
    AddressForm,
    CaregiverPermissionForm,
    DoctorsForm,
    EmergencyContactForm,
    NeedsForm,
    OtherNamesForm,
)
from intake.before_visit.cancer_forms import ConditionsForm, DiagnosisForm, SpreadForm, StageForm
from intake.before_visit.insurance_forms import InsuranceStatusForm, PlanForm, SecondPlanForm, SubscriberForm
from intake.before_visit.optional_forms import GenderForm, LifeForm, RaceForm, SexForm
from intake.before_visit.visit_forms import LivingForm, TravelForm, WishesForm

# form -> what a careful person types; every field of the form is here
RIGHT = {
    OtherNamesForm: {"middle_name": "Ana", "suffix": "Jr.", "preferred_name": "Mari", "previous_name": "O’Neil"},
    AddressForm: {"address_line1": "12 Elm Street", "address_line2": "Apt. 3", "city": "Ann Arbor", "state": "MI",
                  "address_instead": []},
    EmergencyContactForm: {"emergency_contact": "yes", "emergency_contact_name": "Luis Díaz",
                           "emergency_contact_relation": "spouse", "emergency_contact_phone": "202-555-0143"},
    NeedsForm: {"communication_needs": ["large_print", "other"], "communication_other": "Slow words",
                "mobility_aid": "walker", "visit_needs": ["cannot_lie_flat"]},
    CaregiverPermissionForm: {"caregiver_permission": "yes", "permission_name": "Luis Díaz",
                              "permission_relation": "spouse", "permission_phone": "+44 20 7946 0018"},
    DoctorsForm: {"oncologist_name": "Dr. Kim, MD", "treating_site": "Elm Hospital, Ann Arbor",
                  "pcp_name": "Dr. Lee", "pcp_phone": "202-555-0144"},
    DiagnosisForm: {"diagnosis_date_month": "May", "diagnosis_date_day": "", "diagnosis_date_year": "2023"},
    StageForm: {"stage_at_diagnosis": "II", "current_stage": "IV"},
    SpreadForm: {"other_mets": ["liver", "other"], "other_mets_text": "Skin"},
    ConditionsForm: {"kidney_disease": "yes", "dialysis": "no", "diabetes": "not_sure", "claustrophobia": "no",
                     "pregnant_possible": "not_applicable"},
    InsuranceStatusForm: {"insurance_status": "insured"},
    PlanForm: {"payer_type": "medicare", "payer_name": "Medicare", "member_id": "1eg4-te5-mk73",
               "group_number": "G 12"},
    SubscriberForm: {"subscriber_relation": "spouse", "subscriber_name": "Luis Díaz", "subscriber_dob_month": "3",
                     "subscriber_dob_day": "27", "subscriber_dob_year": "1950"},
    SecondPlanForm: {"has_second_plan": "yes", "second_payer_type": "commercial", "second_payer_name": "Elm Health",
                     "second_member_id": "W1234 56789", "second_group_number": "77-A"},
    TravelForm: {"transport_need": ["ride", "lodging"], "lives_far": "yes", "video_part": "yes"},
    LivingForm: {"living_situation": "facility", "facility_name": "Elm House", "facility_contact_name": "Kay Roe",
                 "facility_contact_phone": "202-555-0145", "living_other": "", "advance_directive": "yes"},
    WishesForm: {"weekdays": ["0", "3"], "times_of_day": ["morning"], "visit_mode": "any", "escort": "yes",
                 "earliest_date_month": "", "earliest_date_day": "", "earliest_date_year": ""},
    RaceForm: {"race_ethnicity": ["asian", "white"], "race_ethnicity_own": "Hmong"},
    GenderForm: {"gender_identity": ["woman", "own_words"], "gender_identity_own": "Two-spirit",
                 "pronouns": "own_words", "pronouns_own": "ze, hir"},
    LifeForm: {"marital_status": "widowed", "occupation": "Teacher", "veteran": "yes"},
    SexForm: {"sex_assigned_at_birth": "female"},
}  # fmt: skip
# forms that cannot be left blank -> the fields that are named
NEEDED = {
    AddressForm: {"address_line1", "city", "state"},
    EmergencyContactForm: {"emergency_contact"},
    NeedsForm: {"mobility_aid"},
    InsuranceStatusForm: {"insurance_status"},
    PlanForm: {"payer_type"},
    SubscriberForm: {"subscriber_relation"},
    SecondPlanForm: {"has_second_plan"},
}
# form -> what somebody may send that cannot be kept, beside right answers, and the fields that are then named;
# pages of radios alone have nothing that can be typed wrong
WRONG = {
    OtherNamesForm: ({"middle_name": "J0hn"}, {"middle_name"}),
    AddressForm: ({"city": "4111 1111 1111 1111"}, {"city"}),
    EmergencyContactForm: ({"emergency_contact_phone": "911-555-0123"}, {"emergency_contact_phone"}),
    NeedsForm: ({"communication_needs": ["large_print", "none"]}, {"communication_needs"}),
    CaregiverPermissionForm: ({"permission_name": "<b>", "permission_phone": "12"},
                              {"permission_name", "permission_phone"}),
    DoctorsForm: ({"pcp_phone": "290-234-5678", "oncologist_name": "123-45-6789"}, {"pcp_phone", "oncologist_name"}),
    DiagnosisForm: ({"diagnosis_date_year": "2131"}, {"diagnosis_date"}),
    SpreadForm: ({"other_mets": ["liver", "none"]}, {"other_mets"}),
    PlanForm: ({"member_id": "0EG4TE5MK73", "group_number": "--"}, {"member_id", "group_number"}),
    SubscriberForm: ({"subscriber_dob_month": "2", "subscriber_dob_day": "29", "subscriber_dob_year": "1961"},
                     {"subscriber_dob"}),
    SecondPlanForm: ({"second_member_id": "123-45-6789"}, {"second_member_id"}),
    TravelForm: ({"transport_need": ["ride", "none"]}, {"transport_need"}),
    LivingForm: ({"facility_contact_phone": "134-555-0123"}, {"facility_contact_phone"}),
    WishesForm: ({"earliest_date_month": "13", "earliest_date_day": "1", "earliest_date_year": "2027"},
                 {"earliest_date"}),
    RaceForm: ({"race_ethnicity": ["asian", "prefer_not"]}, {"race_ethnicity"}),
    GenderForm: ({"gender_identity": ["woman", "prefer_not"]}, {"gender_identity"}),
    LifeForm: ({"occupation": "My license is S 123 456 789 012"}, {"occupation"}),
}  # fmt: skip
FORMS = tuple(RIGHT)


def fill(form_class, typed, *, caregiver=False, answers=None, asked=""):
    """A form as a browser sends it: lists as several values, with the version of the page."""
    data = QueryDict(mutable=True)
    data.update({"version": "0", "asked": asked})
    for name, value in typed.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return form_class(data, answers=answers or {}, caregiver=caregiver)


def answers_of(form_class, typed, **more):
    """The answers of a form that must be right."""
    form = fill(form_class, typed, **more)
    assert form.is_valid(), dict(form.errors)
    return form.answers()


def fields_of(form):
    """Name -> field of the questions, without what the page carries for itself."""
    return {name: field for name, field in form.fields.items() if name not in form.own_names}


def codes_of(field):
    """The codes somebody may choose, groups and the empty choice aside."""
    return [code for code, _words in getattr(field, "choices", ()) if code != ""]
