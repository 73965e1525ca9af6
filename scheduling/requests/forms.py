"""Input of the pages by which patients come in: a link, or signing in."""

from django.utils.translation import gettext_lazy as _

from clinic.messages.texts.backends import texts_are_on
from clinic.platform.forms import PageForm, SplitDateField, TextField
from clinic.platform.forms.rules import clean_email, phone_to_e164
from intake.access.codes import typed
from intake.access.links import CODE_LENGTH


class BirthDateForm(PageForm):
    """Proves that the person with the link knows the patient."""

    heading_field = "birth_date"
    submit_label = _("Continue")
    birth_date = SplitDateField(
        label=_("What is the patient’s date of birth?"),
        what=_("Date of birth"),
        help_text=_("We ask so that nobody else can open this link. For example: 3 27 1951"),
        missing=_("Enter the patient’s date of birth"),
        birth=True,
    )


class SignInForm(PageForm):
    """Who asks for a code."""

    submit_label = _("Send me a code")
    contact = TextField(
        label=_("Email address or phone number"),
        help_text=_("One that you gave us in your request"),
        max_length=254,
        missing=_("Enter your email address or phone number"),
        autocomplete="username",
    )
    birth_date = SplitDateField(
        label=_("Date of birth of the patient"),
        help_text=_("For example, 3 27 1951"),
        what=_("Date of birth"),
        missing=_("Enter the date of birth of the patient"),
        birth=True,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if texts_are_on():
            self.fields["contact"].help_text = _(
                "One that you gave us in your request. Your email address gets an email. Your phone number gets a text"
            )

    def clean_contact(self) -> tuple[str, str]:
        """What it is and its one spelling: ("email", "ana@example.org") or ("phone", "+12025550142")."""
        text = self.cleaned_data["contact"]
        return ("email", clean_email(text)) if "@" in text else ("phone", phone_to_e164(text))


class SignInCodeForm(PageForm):
    """The code of the message, and the birth date."""

    submit_label = _("Sign in")
    code = TextField(
        label=_("Code"),
        help_text=_("8 letters and numbers from our message, like 7K4Q-92MX"),
        max_length=40,
        missing=_("Enter the code"),
        what=_("Code"),
        autocomplete="one-time-code",
    )
    birth_date = SplitDateField(
        label=_("Date of birth of the patient"),
        help_text=_("For example, 3 27 1951"),
        what=_("Date of birth"),
        missing=_("Enter the date of birth of the patient"),
        birth=True,
    )

    def clean_code(self) -> str:
        """The code as stored; one that cannot be ours stays what it is and opens nothing."""
        return typed(self.cleaned_data["code"], length=CODE_LENGTH) or "-"
