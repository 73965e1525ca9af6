"""First contact (stage A): who the person is and how to reach them. What the intake asked is not asked again."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from clinic.messages.texts.backends import texts_are_on
from clinic.platform.forms import (
    AnyPhoneField,
    CheckboxesField,
    ConsentField,
    LongTextField,
    NanpPhoneField,
    PageForm,
    PersonNameField,
    PlainEmailField,
    RadioField,
    Reveal,
    SplitDateField,
    TextField,
    ZipField,
)
from clinic.site.notices import versions
from intake.flow.forms import StepForm
from intake.patients.languages import OWN_NAMES

CONSENT_WORDING = "2026-11"  # change it whenever a sentence a person agrees to changes

FILLED_BY = (
    ("patient", _("Me")),
    ("caregiver", _("Someone I care for")),
    ("clinic", _("I work in a clinic")),
)
INTERPRETER = (
    ("no", _("No")),
    ("spoken", _("Yes, for a spoken language")),
    ("asl", _("Yes, American Sign Language")),
    ("other", _("Yes, another kind of help, such as live captions")),
)
PHONE_TYPES = (("mobile", _("Mobile")), ("home", _("Home")), ("work", _("Work")))
VOICEMAIL = (
    ("yes", _("Yes")),
    ("name_and_number", _("Leave only a name and number, not the clinic's name")),
    ("no", _("No, do not leave a voicemail")),
)
REASONS = (
    ("new_bone_pain", _("New pain in a bone")),
    ("told_bone_metastasis", _("A doctor said cancer is in a bone")),
    ("broken_or_weak_bone", _("A broken or weak bone")),
    ("second_opinion", _("A second opinion")),
    ("treatment_choice", _("Help to choose a treatment")),
    ("trial", _("A clinical trial")),
    ("other", _("Something else")),
)
CONTACT_WAYS = (
    ("phone", _("Phone call")),
    ("text", _("Text message")),
    ("email", _("Email")),
    ("mail", _("Letter")),
)
CONTACT_TIMES = (
    ("morning", _("Morning, before 11")),
    ("midday", _("Midday, 11 to 2")),
    ("afternoon", _("Afternoon, after 2")),
    ("any", _("Any time")),
)
RELATIONS = (
    ("spouse", _("Husband, wife, or partner")),
    ("child", _("Son or daughter")),
    ("parent", _("Mother or father")),
    ("sibling", _("Brother or sister")),
    ("friend", _("Friend or neighbor")),
    ("paid_caregiver", _("Paid caregiver")),
    ("other", _("Someone else")),
)
AUTHORITY = (
    ("patient_asked", _("The patient asked me to do this")),
    ("health_care_agent", _("I am the health care agent, or have a power of attorney")),
    ("legal_guardian", _("I am the legal guardian")),
    ("parent", _("I am the parent of a child under 18")),
    ("none", _("None of these")),
)
ACKNOWLEDGED = (
    ("acknowledged", _("Yes, I have seen the notice")),
    ("declined", _("I do not want to say")),
)


class WhoForm(PageForm):
    """Who the form is for: the wording of every later page follows from it."""

    heading_field = "filled_by"
    filled_by = RadioField(
        label=_("Who is this request for?"),
        choices=FILLED_BY,
        hints={
            "patient": _("You will answer about your own health"),
            "caregiver": _("You will answer for them, as well as you can"),
            "clinic": _("You want to send a patient to us"),
        },
        missing=_("Select who this registration is for"),
    )


class CaregiverForm(StepForm):
    """The one who fills in: name, relation, phone and what allows them to speak for the patient."""

    caregiver_name = PersonNameField(label=_("Your name"), autocomplete="name", missing=_("Enter your name"))
    relation = RadioField(
        label=_("Who are you to the patient?"),
        choices=RELATIONS,
        missing=_("Select who you are to the patient"),
    )
    caregiver_phone = AnyPhoneField(
        label=_("Your phone number"),
        help_text=_("We call you if we cannot reach the patient"),
        missing=_("Enter a phone number with area code, like 202-555-0142"),
    )
    proxy_authority = RadioField(
        label=_("What allows you to speak for the patient?"),
        help_text=_("We may ask to see a paper later, and before that we share no health details with you"),
        choices=AUTHORITY,
        missing=_("Select what allows you to speak for the patient"),
    )

    def _forget_own_details(self) -> None:
        """Name and phone here are the caregiver's own: the browser may offer them."""


class NameForm(StepForm):
    """At least one of the two names."""

    legal_first_name = PersonNameField(
        label=_("First or given name"),
        help_text=_("As it stands on your insurance card or ID"),
        autocomplete="given-name",
        required=False,
        show_optional=False,
    )
    legal_last_name = PersonNameField(
        label=_("Last or family name"), autocomplete="family-name", required=False, show_optional=False
    )
    for_caregiver = {"legal_first_name": {"help_text": _("As it stands on the patient's insurance card or ID")}}

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("legal_last_name") and "legal_last_name" not in self.errors:
            self.require(
                "legal_first_name",
                _("Enter the patient's first or given name") if self.caregiver else _("Enter your first or given name"),
            )
        return cleaned


class BirthDateForm(StepForm):
    heading_field = "date_of_birth"
    date_of_birth = SplitDateField(
        label=_("What is your date of birth?"),
        what=_("Date of birth"),
        help_text=_("For example, 3 27 1951"),
        birth=True,
        missing=_("Enter your date of birth"),
    )
    for_caregiver = {
        "date_of_birth": {
            "label": _("What is the patient's date of birth?"),
            "missing": _("Enter the patient's date of birth"),
        }
    }


class PhoneForm(StepForm):
    phone_primary = NanpPhoneField(
        label=_("Phone number"),
        help_text=_("A nurse calls this number, so give the one you answer most"),
        missing=_("Enter a phone number with area code, like 202-555-0142"),
    )
    phone_type = RadioField(
        label=_("What kind of phone is it?"), choices=PHONE_TYPES, missing=_("Select what kind of phone it is")
    )
    ok_voicemail = RadioField(
        label=_("Can we leave a voicemail that names the clinic?"),
        help_text=_("Think of who else can listen to it"),
        choices=VOICEMAIL,
        missing=_("Select if we can leave a voicemail"),
    )
    for_caregiver = {
        "phone_primary": {
            "label": _("Patient's phone number"),
            "help_text": _("If the patient cannot talk on the phone, give the number of the person who helps"),
        }
    }


class EmailForm(StepForm):
    heading_field = "email"
    email = PlainEmailField(
        label=_("What is your email address?"),
        help_text=_("Leave it empty if you have none. We can do it all by phone"),
        required=False,
    )
    for_caregiver = {
        "email": {
            "label": _("What is the patient's email address?"),
            "help_text": _("Leave it empty if the patient has none. We can do it all by phone"),
        }
    }


class ZipForm(StepForm):
    heading_field = "zip"
    zip = ZipField(
        label=_("What is your ZIP code?"),
        help_text=_("The 5 numbers where you live now. It tells us how far you travel"),
        missing=_("Enter your ZIP code"),
    )
    for_caregiver = {
        "zip": {
            "label": _("What is the patient's ZIP code?"),
            "help_text": _("The 5 numbers where the patient lives now. It tells us how far the way is"),
            "missing": _("Enter the patient's ZIP code"),
        }
    }


class LanguageForm(StepForm):
    """An interpreter must be said for every language but English: nothing is inferred."""

    preferred_language = RadioField(
        label=_("Which language do you want to use with us?"),
        choices=OWN_NAMES,
        missing=_("Select a language"),
    )
    interpreter_needed = RadioField(
        label=_("Do you want an interpreter?"),
        help_text=_("It costs you nothing. Answer this too if you are deaf or hard of hearing"),
        choices=INTERPRETER,
        required=False,
        show_optional=False,
    )
    for_caregiver = {
        "preferred_language": {"label": _("Which language does the patient want to use with us?")},
        "interpreter_needed": {
            "label": _("Does the patient want an interpreter?"),
            "help_text": _("It costs nothing. Answer this too if the patient is deaf or hard of hearing"),
        },
    }

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("preferred_language") not in (None, "en"):
            missing = (
                _("Select if the patient wants an interpreter")
                if self.caregiver
                else _("Select if you want an interpreter")
            )
            self.require("interpreter_needed", missing)
        return cleaned


class ReasonForm(StepForm):
    reason_for_contact = CheckboxesField(
        label=_("Why do you want to see us?"),
        help_text=_("Pick all that fit"),
        choices=REASONS,
        missing=_("Select why you want to see us"),
    )
    reason_text = LongTextField(
        label=_("Is there more you want to tell us about the reason?"), max_length=500, rows=4, required=False
    )
    for_caregiver = {
        "reason_for_contact": {
            "label": _("Why should the patient see us?"),
            "missing": _("Select why the patient should see us"),
        }
    }


class ContactForm(StepForm):
    """How to reach the person. Texts and e-mails need an agreement that nobody ticked beforehand."""

    contact_preference = CheckboxesField(
        label=_("How can we reach you?"),
        help_text=_("Pick all that fit. If it is urgent, a nurse always calls"),
        choices=CONTACT_WAYS,
        missing=_("Select how we can reach you"),
    )
    consent_sms = ConsentField(
        label=_(
            "If text message: you can text my phone number. Texts say that there is news, or when and where a visit "
            "is. My phone company may charge for texts. I can stop them at any time: reply STOP."
        ),
        required=False,
    )
    consent_email = ConsentField(
        label=_(
            "If email: you can write to my email address. Emails say that there is news, or when and where a visit is. "
            "I can stop them at any time."
        ),
        required=False,
    )
    contact_times = CheckboxesField(
        label=_("When is a good time to call?"),
        help_text=_("Pick all that fit"),
        choices=CONTACT_TIMES,
        required=False,
        exclusive=("any",),
    )
    reveals = {
        "consent_sms": Reveal("contact_preference", ("text",)),
        "consent_email": Reveal("contact_preference", ("email",)),
    }
    for_caregiver = {
        "contact_preference": {
            "label": _("How can we reach the patient?"),
            "missing": _("Select how we can reach the patient"),
        },
        "consent_sms": {
            "label": _(
                "If text message: the patient agrees to texts to the phone number given. Texts say that there is news, "
                "or when and where a visit is. The phone company may charge for texts. Reply STOP to end them."
            )
        },
        "consent_email": {
            "label": _(
                "If email: the patient agrees to emails to the address given. Emails say that there is news, or when "
                "and where a visit is. The patient can stop them at any time."
            )
        },
    }

    stamps = {"consent_wording": CONSENT_WORDING}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not texts_are_on():  # what this clinic does not do is not offered
            del self.fields["consent_sms"]
            field: Any = self.fields["contact_preference"]
            field.choices = [choice for choice in CONTACT_WAYS if choice[0] != "text"]

    def clean(self):
        cleaned = super().clean()
        ways = cleaned.get("contact_preference") or []
        if "text" in ways and not cleaned.get("consent_sms"):
            self.add_error("consent_sms", _("Tick the box to agree to texts, or take away 'Text message'"))
        if "email" in ways and not self.given.get("email"):
            self.add_error("contact_preference", _("Give an email address first, or take away 'Email'"))
        elif "email" in ways and not cleaned.get("consent_email"):
            self.add_error("consent_email", _("Tick the box to agree to emails, or take away 'Email'"))
        return cleaned


class PrivacyForm(StepForm):
    """The notice of privacy practices: seen, or not said. Care never depends on the answer."""

    npp_ack = RadioField(
        label=_("Have you seen our privacy notice?"),
        help_text=_("Your answer does not change your care"),
        choices=ACKNOWLEDGED,
        missing=_("Select if you have seen the privacy notice"),
    )
    npp_reason = TextField(label=_("If you do not want to say, you can tell us why"), max_length=200, required=False)
    reveals = {"npp_reason": Reveal("npp_ack", ("declined",))}
    stamps = {"npp_version": versions()[-1]}


class EmergencyForm(PageForm):
    """One optional number for the nurse, beside the three plain buttons of the emergency page."""

    buttons = ("answer", "key")
    form_tag = False
    call_back_phone = NanpPhoneField(
        label=_("Phone number where a nurse can reach you now"), required=False, autocomplete="tel"
    )
