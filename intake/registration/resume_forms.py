"""Forms to leave a registration for later and to come back to it."""

from django.utils.translation import gettext_lazy as _

from clinic.messages.texts.backends import texts_are_on
from clinic.platform.forms import NanpPhoneField, PageForm, PlainEmailField, SplitDateField, TextField
from intake.access.codes import typed


class SaveForm(PageForm):
    """The date of birth before a draft can be left: with the code it opens the draft again."""

    submit_label = _("Save and show my code")
    date_of_birth = SplitDateField(
        label=_("Date of birth of the patient"),
        help_text=_("For example, 3 27 1951. You will need it with the code"),
        what=_("Date of birth"),
        birth=True,
        missing=_("Enter the date of birth of the patient"),
    )
    email = PlainEmailField(
        label=_("Email address for a link to this form"),
        help_text=_("The email does not name you and has no health details in it"),
        required=False,
    )
    phone = NanpPhoneField(
        label=_("Phone number for a text with the link"),
        help_text=_("The text does not name you and has no health details in it. Your phone company may charge for it"),
        required=False,
        autocomplete="tel",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not texts_are_on():
            del self.fields["phone"]


class ResumeForm(PageForm):
    """Code and date of birth: both or nothing."""

    submit_label = _("Open my form")
    code = TextField(
        label=_("Resume code"),
        help_text=_("9 letters and numbers, like 7K4Q-92MX-4"),
        max_length=40,
        missing=_("Enter your resume code"),
        what=_("Resume code"),
        autocomplete="off",
    )
    date_of_birth = SplitDateField(
        label=_("Date of birth of the patient"),
        help_text=_("For example, 3 27 1951"),
        what=_("Date of birth"),
        birth=True,
        missing=_("Enter the date of birth of the patient"),
    )

    def clean_code(self) -> str:
        """The code as stored; one that cannot be ours stays what it is and opens nothing."""
        return typed(self.cleaned_data["code"]) or "-"


class ResumeHereForm(PageForm):
    """Back in the same browser, or from a link: only the date of birth."""

    submit_label = _("Open my form")
    date_of_birth = SplitDateField(
        label=_("Date of birth of the patient"),
        help_text=_("For example, 3 27 1951"),
        what=_("Date of birth"),
        birth=True,
        missing=_("Enter the date of birth of the patient"),
    )
