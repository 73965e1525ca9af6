"""The pages of a registration in their one order: urgent check, intake, first contact."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from intake.flow.flow import Answers, Flow, Section, Step
from intake.registration import forms
from intake.symptoms.catalogue import Page
from intake.symptoms.forms import REQUIRED, QuestionsForm
from intake.symptoms.questions import PAGES, READ_ALOUD, SAFETY_SECTION
from intake.symptoms.questions import cleared as cleared_questions

CONTACT = "contact"
SECTIONS = (
    Section(SAFETY_SECTION, _("Urgent check")),
    Section("cancer", _("Your cancer"), _("The patient's cancer")),
    Section("pain", _("Your pain and bones"), _("The patient's pain and bones")),
    Section("medicine", _("Your medicine"), _("The patient's medicine")),
    Section("daily-life", _("Your daily life"), _("The patient's daily life")),
    Section(CONTACT, _("How to reach you"), _("How to reach you and the patient")),
)


def is_caregiver(answers: Answers) -> bool:
    """Whether somebody fills in for the patient."""
    return answers.get("filled_by") == "caregiver"


def is_by_phone(answers: Answers) -> bool:
    """Whether staff take down what a caller says."""
    return answers.get("filled_by") == "staff_phone"


def is_read_aloud(step: Step, answers: Answers) -> bool:
    """Whether staff read this page to the caller word for word."""
    return is_by_phone(answers) and any(question.key in READ_ALOUD for top in step.questions for question in top.walk())


def speaks_of_patient(step: Step, answers: Answers) -> bool:
    """Whether a page asks about "the patient": for caregivers, and for staff but where they read it aloud."""
    return is_caregiver(answers) or (is_by_phone(answers) and not is_read_aloud(step, answers))


def section_heading(section: Section, answers: Answers) -> Any:
    """What a section is called for the one who fills in."""
    if is_by_phone(answers) and section.slug == CONTACT:
        return _("How to reach the patient")
    return section.heading(caregiver=is_caregiver(answers) or is_by_phone(answers))


def _asked_and_there(page: Page) -> Callable[[Answers], bool]:
    """A page of questions does when each question it now asks was shown, and the required ones have an answer."""

    def complete(answers: Answers) -> bool:
        asked = {one.key for question in page.questions for one in question.asked(answers)}
        if "primary_site" in asked and answers.get("cancer_history") == "no":
            asked.discard("primary_site")
        return all(key in answers and (key not in REQUIRED or answers[key] is not None) for key in asked)

    return complete


def _given(*keys: str) -> Callable[[Answers], bool]:
    return lambda answers: all(answers.get(key) not in (None, "", []) for key in keys)


def _has_a_name(answers: Answers) -> bool:
    return bool(answers.get("legal_first_name") or answers.get("legal_last_name"))


def _can_be_reached(answers: Answers) -> bool:
    """An e-mail address taken away later takes the wish for e-mail with it."""
    ways = answers.get("contact_preference") or []
    return bool(ways) and ("email" not in ways or bool(answers.get("email")))


def _language_settled(answers: Answers) -> bool:
    language = answers.get("preferred_language")
    return bool(language) and (language == "en" or bool(answers.get("interpreter_needed")))


def page_step(page: Page) -> Step:
    """A page of questions as a step of a flow."""
    return Step(
        slug=page.slug,
        section=page.section,
        title=page.title,
        keys=page.keys,
        applies=page.applies,
        questions=page.questions,
        form_class=QuestionsForm,
        intro=page.help,
        complete=_asked_and_there(page),
    )


def _contact_step(slug: str, title: Any, form_class: type[forms.StepForm], **more: Any) -> Step:
    keys = tuple(name for name in form_class.base_fields if name not in form_class.own_names)
    return Step(
        slug=slug, section=CONTACT, title=title, keys=(*keys, *form_class.stamps), form_class=form_class, **more
    )


CONTACT_STEPS = (
    _contact_step(
        "caregiver",
        _("About you, the caregiver"),
        forms.CaregiverForm,
        applies=is_caregiver,
        complete=_given("caregiver_name", "relation", "caregiver_phone", "proxy_authority"),
    ),
    _contact_step(
        "name",
        _("What is your name?"),
        forms.NameForm,
        title_for_caregiver=_("What is the patient's name?"),
        complete=_has_a_name,
        intro=_("If you have only one name, enter it in either box."),
    ),
    _contact_step("birth-date", _("Date of birth"), forms.BirthDateForm, complete=_given("date_of_birth")),
    _contact_step(
        "phone",
        _("How can we call you?"),
        forms.PhoneForm,
        title_for_caregiver=_("How can we call the patient?"),
        complete=_given("phone_primary", "phone_type", "ok_voicemail"),
    ),
    _contact_step("email", _("Email"), forms.EmailForm),
    _contact_step("zip", _("ZIP code"), forms.ZipForm, complete=_given("zip")),
    _contact_step("language", _("Language and interpreter"), forms.LanguageForm, complete=_language_settled),
    _contact_step("reason", _("The reason"), forms.ReasonForm, complete=_given("reason_for_contact")),
    _contact_step("contact", _("Calls and messages"), forms.ContactForm, complete=_can_be_reached),
    _contact_step(
        "privacy",
        _("Privacy notice"),
        forms.PrivacyForm,
        complete=_given("npp_ack"),
        template="registration/privacy.html",
    ),
)
FLOW = Flow(SECTIONS, (*(page_step(page) for page in PAGES), *CONTACT_STEPS))


def cleared(answers: Answers, *, flow: Flow = FLOW) -> dict[str, Any]:
    """The answers with None for every page and every question that is no longer asked."""
    return cleared_questions(flow.cleared(answers))


def progress_text(step: Step, answers: Answers, *, flow: Flow = FLOW) -> str:
    """ "Step 2 of 6: Your cancer"."""
    at = flow.progress(step)
    words = {"number": at.number, "total": at.total, "section": section_heading(at.section, answers)}
    return gettext("Step %(number)s of %(total)s: %(section)s") % words


def build_form(step: Step, data: Any, *, answers: Answers, version: int, flow: Flow = FLOW) -> forms.StepForm:
    """The form of a page for these answers, in the wording of the one who fills in."""
    caption = progress_text(step, answers, flow=flow)
    common = {"answers": answers, "caregiver": speaks_of_patient(step, answers), "version": version, "caption": caption}
    if not step.questions:
        return step.form_class(data, **common)
    asked = tuple(question for question in step.questions if question.applies(answers))
    return QuestionsForm(data, questions=asked, **common)
