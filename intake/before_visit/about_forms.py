"""About the person: other names, where they live, whom to call, what they need, who may hear of their health."""

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.platform.forms import (
    AnyPhoneField,
    CheckboxesField,
    NanpPhoneField,
    PersonNameField,
    RadioField,
    Reveal,
    SelectField,
    TextField,
    rules,
)
from clinic.platform.forms.widgets import Checkboxes
from intake.before_visit import choices
from intake.flow.forms import StepForm

SAME_PHONE = _("This is the patient's own number. Change it, or select Continue to keep it")


class OtherNamesForm(StepForm):
    """Names that records elsewhere may be under; all may stay empty."""

    middle_name = PersonNameField(label=_("Middle name"), autocomplete="additional-name", required=False)
    suffix = TextField(
        label=_("Suffix"),
        help_text=_("For example, Jr. or III"),
        autocomplete="honorific-suffix",
        max_length=20,
        required=False,
    )
    preferred_name = PersonNameField(
        label=_("What should we call you?"), what=rules.NAME, autocomplete="nickname", required=False
    )
    previous_name = PersonNameField(
        label=_("Previous name"),
        help_text=_("Old records may be under it"),
        autocomplete="off",
        required=False,
    )
    for_caregiver = {"preferred_name": {"label": _("What should we call the patient?")}}


class AddressForm(StepForm):
    """Street, city and state; the ZIP code is known. Nobody needs a fixed address to be seen."""

    address_line1 = TextField(
        label=_("Street address"),
        autocomplete="address-line1",
        required=False,
        show_optional=False,
    )
    address_line2 = TextField(label=_("Apartment, unit, or building"), autocomplete="address-line2", required=False)
    city = TextField(label=_("City"), autocomplete="address-level2", required=False, show_optional=False)
    state = SelectField(
        label=_("State"),
        choices=choices.STATES,
        widget=forms.Select(attrs={"autocomplete": "address-level1"}),
        required=False,
        show_optional=False,
    )
    address_instead = CheckboxesField(
        label=_("If you give no address"),
        help_text=_("You can still tell us above where a letter reaches you"),
        choices=choices.ADDRESS_INSTEAD,
        exclusive=("no_fixed_address", "prefer_not"),
        widget=Checkboxes(exclusive=("no_fixed_address", "prefer_not")),  # no "or" before the first of the two
        required=False,
        show_optional=False,
    )
    for_caregiver = {
        "address_instead": {
            "label": _("If you give no address for the patient"),
            "help_text": _("You can still tell us above where a letter reaches the patient"),
            "choices": choices.ADDRESS_INSTEAD_OF_PATIENT,
        }
    }
    NEEDED = {
        "address_line1": _("Enter the street address, or select that there is no address to give"),
        "city": _("Enter the city"),
        "state": _("Select the state"),
    }

    def clean(self):
        cleaned = super().clean()
        instead = cleaned.get("address_instead") or []
        if "prefer_not" in instead:
            cleaned.update(dict.fromkeys(("address_line1", "address_line2", "city", "state")))
        elif not instead and "address_instead" not in self.errors:
            for name, missing in self.NEEDED.items():
                self.require(name, missing)
        return cleaned


class EmergencyContactForm(StepForm):
    """Whom to call when the patient cannot be reached; "nobody" is an answer."""

    emergency_contact = RadioField(
        label=_("Is there someone we can call if we cannot reach you?"),
        help_text=_("In an emergency we tell this person only that we must reach you"),
        choices=choices.EMERGENCY_CONTACT,
        missing=_("Select if there is someone we can call"),
    )
    emergency_contact_name = PersonNameField(
        label=_("If yes, their name"), what=rules.NAME, autocomplete="off", required=False, show_optional=False
    )
    emergency_contact_relation = RadioField(
        label=_("If yes, who are they to you?"), choices=choices.PERSON_RELATIONS, required=False, show_optional=False
    )
    emergency_contact_phone = AnyPhoneField(
        label=_("If yes, their phone number"), autocomplete="off", required=False, show_optional=False
    )
    reveals = {
        "emergency_contact_name": Reveal("emergency_contact", ("yes",), _("Enter the name of the person to call")),
        "emergency_contact_relation": Reveal("emergency_contact", ("yes",), _("Select who this person is")),
        "emergency_contact_phone": Reveal(
            "emergency_contact", ("yes",), _("Enter a phone number with area code, like 202-555-0142")
        ),
    }
    for_caregiver = {
        "emergency_contact": {
            "label": _("Is there someone we can call if we cannot reach the patient?"),
            "help_text": _(
                "It can be the one who helps. In an emergency we tell this person only that we must reach the patient"
            ),
        },
        "emergency_contact_relation": {"label": _("If yes, who are they to the patient?")},
    }

    def doubts(self):
        phone = self.cleaned_data.get("emergency_contact_phone")
        return {"emergency_contact_phone": SAME_PHONE} if phone and phone == self.given.get("phone_primary") else {}


class NeedsForm(StepForm):
    """Help with papers and calls, and what the room and the staff must be ready for."""

    communication_needs = CheckboxesField(
        label=_("Do you need help to read papers or talk on the phone?"),
        help_text=_("Pick all that fit"),
        choices=choices.COMMUNICATION_NEEDS,
        exclusive=("none", "prefer_not"),
        required=False,
    )
    communication_other = TextField(
        label=_("If another kind of help, what helps?"), what=rules.ANSWER, max_length=200, required=False
    )
    mobility_aid = RadioField(
        label=_("What helps you to get around?"),
        help_text=_("Pick the one that gives the most help. We choose the room by it"),
        choices=choices.MOBILITY_AIDS,
        missing=_("Select what helps to get around, or select 'Nothing'"),
    )
    visit_needs = CheckboxesField(
        label=_("What should we be ready for on the day of the visit?"),
        help_text=_("Pick all that fit"),
        choices=choices.VISIT_NEEDS,
        exclusive=("none", "prefer_not"),
        required=False,
    )
    reveals = {"communication_other": Reveal("communication_needs", ("other",))}
    for_caregiver = {
        "communication_needs": {"label": _("Does the patient need help to read papers or talk on the phone?")},
        "mobility_aid": {"label": _("What helps the patient to get around?")},
    }


class CaregiverPermissionForm(StepForm):
    """With whom the clinic may talk about the patient's health. It can be taken back at any time."""

    caregiver_permission = RadioField(
        label=_("May we talk with a family member or friend about your health?"),
        help_text=_("We ask because your health is private. You can change your mind at any time"),
        choices=choices.CAREGIVER_PERMISSION,
        required=False,
    )
    permission_name = PersonNameField(
        label=_("If yes, their name"), what=rules.NAME, autocomplete="off", required=False, show_optional=False
    )
    permission_relation = RadioField(
        label=_("If yes, who are they to you?"), choices=choices.PERSON_RELATIONS, required=False, show_optional=False
    )
    permission_phone = AnyPhoneField(label=_("If yes, their phone number"), autocomplete="off", required=False)
    reveals = {
        "permission_name": Reveal("caregiver_permission", ("yes",), _("Enter the name of the person we may talk with")),
        "permission_relation": Reveal("caregiver_permission", ("yes",), _("Select who this person is")),
        "permission_phone": Reveal("caregiver_permission", ("yes",)),
    }
    for_caregiver = {
        "caregiver_permission": {
            "label": _("Does the patient allow us to talk with a family member or friend?"),
            "help_text": _("Answer what the patient told you. We ask the patient before we share anything"),
        },
        "permission_relation": {"label": _("If yes, who are they to the patient?")},
    }


class DoctorsForm(StepForm):
    """The doctors who know the patient; empty means there is none, or it is not known."""

    oncologist_name = TextField(
        label=_("Who is your cancer doctor?"),
        what=rules.NAME,
        help_text=_("Leave it empty if you have none or do not know"),
        autocomplete="off",
        required=False,
    )
    treating_site = TextField(
        label=_("Where do you get your cancer care?"),
        what=rules.ANSWER,
        help_text=_("The name of the hospital or clinic, and the city"),
        autocomplete="off",
        max_length=200,
        required=False,
    )
    pcp_name = TextField(
        label=_("Who is your primary care doctor?"),
        what=rules.NAME,
        help_text=_("Leave it empty if you have none or do not know"),
        autocomplete="off",
        required=False,
    )
    pcp_phone = NanpPhoneField(label=_("Phone number of your primary care doctor"), autocomplete="off", required=False)
    for_caregiver = {
        "oncologist_name": {
            "label": _("Who is the patient's cancer doctor?"),
            "help_text": _("Leave it empty if there is none or you do not know"),
        },
        "treating_site": {"label": _("Where does the patient get cancer care?")},
        "pcp_name": {
            "label": _("Who is the patient's primary care doctor?"),
            "help_text": _("Leave it empty if there is none or you do not know"),
        },
        "pcp_phone": {"label": _("Phone number of the patient's primary care doctor")},
    }
