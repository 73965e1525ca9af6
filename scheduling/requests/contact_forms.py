"""The form in which patients change how and when they are reached: the questions of the registration."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.messages.texts.backends import texts_are_on
from clinic.platform.forms import Reveal, SubmitForm
from intake.registration.forms import CONTACT_WAYS, ContactForm, PhoneForm

ASKED = ("contact_preference", "consent_sms", "consent_email", "contact_times")


class OwnContactForm(SubmitForm):
    """How, whether by text or e-mail, when, and what a voicemail may say. Numbers and addresses are not asked here."""

    submit_label = gettext_lazy("Save")
    reveals = {
        "consent_sms": Reveal("contact_preference", ("text",)),
        "consent_email": Reveal("contact_preference", ("email",)),
    }
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, *args, has_email: bool, for_caregiver: bool, **kwargs):
        super().__init__(*args, for_someone_else=for_caregiver, **kwargs)
        self.has_email = has_email
        fields = {name: deepcopy(ContactForm.base_fields[name]) for name in ASKED}
        fields["ok_voicemail"] = deepcopy(PhoneForm.base_fields["ok_voicemail"])
        for name, words in ContactForm.for_caregiver.items() if for_caregiver else ():
            fields[name].label = words["label"]
            if "missing" in words:
                fields[name].error_messages["required"] = words["missing"]
        closed = {way for way, is_open in (("text", texts_are_on()), ("email", has_email)) if not is_open}
        fields["contact_preference"].choices = [choice for choice in CONTACT_WAYS if choice[0] not in closed]
        for way, consent in (("text", "consent_sms"), ("email", "consent_email")):
            if way in closed:
                del fields[consent]
        self.fields.update(fields)
        self.order_fields([*ASKED, "ok_voicemail"])

    def clean(self) -> dict[str, Any]:
        """A written way needs its agreement; one without its way ends."""
        cleaned = super().clean() or self.cleaned_data
        ways = cleaned.get("contact_preference") or []
        if "text" in ways and not cleaned.get("consent_sms"):
            self.add_error("consent_sms", _("Tick the box to agree to texts, or take away 'Text message'"))
        if "email" in ways and not cleaned.get("consent_email"):
            self.add_error("consent_email", _("Tick the box to agree to emails, or take away 'Email'"))
        return cleaned

    def values(self, before: Mapping[str, Any]) -> dict[str, Any]:
        """What is to be kept; a way that is not offered here stays as it was."""
        found = {name: self.cleaned_data[name] for name in self.fields if name not in ("key", "version")}
        found |= {name: bool(found[name]) for name in ("consent_sms", "consent_email") if name in found}
        offered = {value for value, _label in self.fields["contact_preference"].choices}
        kept = [way for way in before["contact_preference"] if way not in offered]
        return {**found, "contact_preference": [*found["contact_preference"], *kept]}
