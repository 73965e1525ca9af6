"""Forms of the nurse line: what it is about, whom to call, and what the staff did."""

from django.utils.translation import gettext_lazy as _

from clinic.platform.forms import (
    AnyPhoneField,
    ConsentField,
    LongTextField,
    PageForm,
    RadioField,
    SelectField,
    SubmitForm,
    TextField,
    YesNoField,
)
from intake.nurse_line.models import NurseQuestion, Topic
from intake.patients.languages import OWN_NAMES

LONGEST_QUESTION = 2000
WHO = [("patient", _("About me")), ("caregiver", _("About someone I care for"))]


class TopicForm(PageForm):
    """The first page: what it is about, and about whom."""

    topic = RadioField(label=_("What is it about?"), choices=Topic.choices, missing=_("Select what it is about"))
    filled_by = RadioField(label=_("Whom is it about?"), choices=WHO, missing=_("Select whom it is about"))


class CallBackForm(SubmitForm):
    """Whom to call and when."""

    submit_label = _("Ask for a call")
    name = TextField(label=_("Your name"), max_length=100, missing=_("Enter your name"))
    phone = AnyPhoneField(label=_("Phone number where we can reach you"), missing=_("Enter a phone number"))
    best_time = RadioField(
        label=_("When is the best time to call?"),
        choices=NurseQuestion.BestTime.choices,
        missing=_("Select the best time to call"),
    )
    ok_voicemail = ConsentField(label=_("You may leave a message on this phone"), required=False)
    language = SelectField(
        label=_("Which language do you want to speak?"), choices=OWN_NAMES, initial="en", required=False,
        help_text=_("We find an interpreter for the call. It is free."),
    )  # fmt: skip


class QuestionForm(CallBackForm):
    """The same with the question itself."""

    submit_label = _("Send my question")
    text = LongTextField(
        label=_("Your question"),
        help_text=_("A nurse can explain and guide, but cannot diagnose you online."),
        max_length=LONGEST_QUESTION,
        missing=_("Enter your question"),
    )
    is_our_patient = YesNoField(
        label=_("Are you, or the person you ask for, a patient here?"), not_sure=True, required=False
    )
    field_order = ("text", "name", "phone", "best_time", "ok_voicemail", "is_our_patient", "language")


class NoteForm(SubmitForm):
    """What was said on the phone, or why a question is closed."""

    submit_label = _("Save")
    what = RadioField(
        label=_("What happened?"),
        choices=[
            ("answered", _("I reached the person and answered")),
            ("not_reached", _("I called and did not reach the person")),
            ("closed", _("Nothing more to do")),
        ],
        missing=_("Select what happened"),
    )
    note = LongTextField(label=_("What was said or done"), max_length=1000, missing=_("Enter what was said or done"))
