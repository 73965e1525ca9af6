"""The form that changes a patient's facts and how they are reached."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.messages.texts.backends import texts_are_on
from clinic.platform.forms import (
    CheckboxesField,
    ConsentField,
    NanpPhoneField,
    PersonNameField,
    PlainEmailField,
    RadioField,
    SelectField,
    SplitDateField,
    SubmitForm,
    ZipField,
)
from intake.patients.languages import LANGUAGES
from intake.registration.forms import CONSENT_WORDING, CONTACT_TIMES, CONTACT_WAYS, INTERPRETER, PHONE_TYPES, VOICEMAIL

SEEN = "patient_page.seen"
STAFF_WORDING = f"{CONSENT_WORDING}-staff"  # they agreed in words to a member of the staff


class PatientForm(SubmitForm):
    """Everything that staff may correct. Agreements are the patient's: staff tick them when the patient said so."""

    submit_label = gettext_lazy("Save the changes")
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)  # the record as the page was made from it, signed
    legal_first_name = PersonNameField(label=gettext_lazy("First or given name"), required=False, show_optional=False)
    legal_last_name = PersonNameField(label=gettext_lazy("Last or family name"), required=False, show_optional=False)
    date_of_birth = SplitDateField(
        label=gettext_lazy("Date of birth"), birth=True, missing=gettext_lazy("Enter the date of birth")
    )
    zip = ZipField(label=gettext_lazy("ZIP code"), missing=gettext_lazy("Enter the ZIP code"))
    preferred_language = SelectField(
        label=gettext_lazy("Language"),
        choices=[(one.code, one.words) for one in LANGUAGES],
        missing=gettext_lazy("Select the language"),
    )
    interpreter_needed = RadioField(
        label=gettext_lazy("Interpreter"), choices=INTERPRETER, required=False, show_optional=False
    )
    phone_primary = NanpPhoneField(
        label=gettext_lazy("Phone number"),
        missing=gettext_lazy("Enter a phone number with area code, like 202-555-0142"),
    )
    phone_type = RadioField(
        label=gettext_lazy("Kind of phone"),
        choices=PHONE_TYPES,
        missing=gettext_lazy("Select what kind of phone it is"),
    )
    ok_voicemail = RadioField(
        label=gettext_lazy("Voicemail that names the clinic"),
        choices=VOICEMAIL,
        missing=gettext_lazy("Select if a voicemail may be left"),
    )
    email = PlainEmailField(label=gettext_lazy("Email address"), required=False)
    contact_preference = CheckboxesField(
        label=gettext_lazy("Wants to be reached by"),
        choices=CONTACT_WAYS,
        missing=gettext_lazy("Select how the patient wants to be reached"),
    )
    contact_times = CheckboxesField(
        label=gettext_lazy("Good time to call"),
        choices=CONTACT_TIMES,
        required=False,
        show_optional=False,
        exclusive=("any",),
    )
    consent_sms = ConsentField(
        label=gettext_lazy(
            "The patient agrees to texts to this phone number: that there is news, or when and where a visit is. The "
            "phone company may charge for texts. Replying STOP ends them"
        ),
        required=False,
    )
    consent_email = ConsentField(
        label=gettext_lazy(
            "The patient agrees to emails to this address: that there is news, or when and where a visit is. They can "
            "stop them at any time"
        ),
        required=False,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, for_someone_else=True, **kwargs)
        if not texts_are_on():  # what this clinic does not do is not offered
            del self.fields["consent_sms"]
            choices = [choice for choice in CONTACT_WAYS if choice[0] != "text"]
            self.fields["contact_preference"].choices = choices

    def clean_date_of_birth(self) -> str:
        """As it is kept: YYYY-MM-DD."""
        born: date = self.cleaned_data["date_of_birth"]
        return born.isoformat()

    def clean(self) -> dict[str, Any]:
        """A name, an interpreter for every language but English, and an agreement for each written way."""
        cleaned = super().clean() or self.cleaned_data
        named = ("legal_first_name", "legal_last_name")
        if not any(name in self.errors or cleaned.get(name) for name in named):
            self.add_error("legal_first_name", _("Enter at least one name"))
        if cleaned.get("preferred_language") not in (None, "en"):
            self.require("interpreter_needed", _("Select if the patient wants an interpreter"))
        ways = cleaned.get("contact_preference") or []
        if "text" in ways and not cleaned.get("consent_sms"):
            self.add_error("consent_sms", _("Ask for the agreement to texts and tick it, or take away 'Text message'"))
        if "email" in ways and not cleaned.get("email"):
            self.add_error("email", _("Enter an email address, or take away 'Email'"))
        elif "email" in ways and not cleaned.get("consent_email"):
            self.add_error("consent_email", _("Ask for the agreement to emails and tick it, or take away 'Email'"))
        if cleaned.get("consent_email") and not cleaned.get("email") and "email" not in self.errors:
            self.add_error("email", ValidationError(_("Enter an email address, or take away the agreement")))
        return cleaned

    def values(self, before: Mapping[str, Any]) -> dict[str, Any]:
        """What is to be kept; a way that is not offered any more stays as it was."""
        cleaned = self.cleaned_data
        found = {name: cleaned[name] for name in self.fields if name not in ("key", "version", "seen")}
        found["interpreter_needed"] = found["interpreter_needed"] or ""
        if "consent_sms" not in self.fields and "text" in before["contact_preference"]:
            found["contact_preference"] = [*found["contact_preference"], "text"]
        return found

    def changed_by_others(self, now: Mapping[str, Any], typed: Mapping[str, Any]) -> dict[str, Any]:
        """What somebody else changed since this page was made and this person left alone, as it stands `now`."""
        try:
            seen = signing.loads(self.data.get("seen", ""), salt=SEEN)
        except signing.BadSignature:
            return {}
        return {name: now[name] for name, value in typed.items() if seen.get(name) == value != now[name]}

    def take_over(self, values: Mapping[str, Any], version: int, now: Mapping[str, Any]) -> None:
        """Put these values into the form beside what was typed; the next save is made from this version."""
        self.renew_key()
        self.data["version"], self.data["seen"] = str(version), _signed(now)
        for name, value in values.items():
            if name == "date_of_birth":
                for part, number in zip(("year", "month", "day"), value.split("-"), strict=True):
                    self.data[f"{name}_{part}"] = str(int(number))
            elif isinstance(value, bool):
                self.data.setlist(name, ["on"] if value else [])
            elif isinstance(value, list):
                self.data.setlist(name, value)
            else:
                self.data[name] = self.fields[name].prepare_value(value)


def _signed(values: Mapping[str, Any]) -> str:
    return signing.dumps(dict(values), salt=SEEN, compress=True)


def initial_of(values: Mapping[str, Any], version: int) -> dict[str, Any]:
    """The record in the fields of the form."""
    try:
        born = date.fromisoformat(values["date_of_birth"])
    except ValueError:
        born = None
    return {**values, "date_of_birth": born, "version": version, "seen": _signed(values)}
