"""The task list before the visit: its sections, their pages, and which of them are required."""

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from intake.before_visit import about_forms as about
from intake.before_visit import cancer_forms as cancer
from intake.before_visit import insurance_forms as insurance
from intake.before_visit import optional_forms as optional
from intake.before_visit import visit_forms as visit
from intake.before_visit.record_forms import FilesForm
from intake.before_visit.rows import KIND_OF, RowKind
from intake.flow.flow import Answers, Flow, Section, Step
from intake.flow.forms import StepForm

OPTIONAL = "optional"
SECTIONS = (
    Section("about", _("About you"), _("About the patient")),
    Section("cancer", _("Your cancer"), _("The patient's cancer")),
    Section("records", _("Your records"), _("The patient's records")),
    Section("insurance", _("Insurance")),
    Section("visit", _("Your visit"), _("The patient's visit")),
    Section(OPTIONAL, _("About you, optional"), _("About the patient, optional")),
)
HINTS: Mapping[str, Any] = {
    "about": _("Address, someone to call, your needs, your doctors"),
    "cancer": _("When it was found, its stage, other illness"),
    "records": _("Your scans, drugs and allergies, and files to add"),
    "insurance": _("Your plan. Your answer never holds up your visit"),
    "visit": _("The way here, your home, days that suit you"),
    OPTIONAL: _("A few questions that you can skip"),
}
HINTS_FOR_CAREGIVER: Mapping[str, Any] = {
    **HINTS,
    "about": _("Address, someone to call, needs, doctors"),
    "records": _("Scans, drugs and allergies, and files to add"),
    "insurance": _("The plan. The answer never holds up the visit"),
    "visit": _("The way here, the home, days that suit"),
}
COUNTED = tuple(section.slug for section in SECTIONS if section.slug != OPTIONAL)
# Pages without which a section is not complete (domain 2.2: stage B, required)
REQUIRED = frozenset({"address", "emergency-contact", "needs", "allergies", "implants", "status", "plan", "subscriber"})
STEP_TEMPLATE, ROWS_TEMPLATE, FILES_TEMPLATE = (
    "before_visit/step.html", "before_visit/rows.html", "before_visit/files.html",
)  # fmt: skip


def is_insured(answers: Answers) -> bool:
    """Whether there is a plan to ask about."""
    return answers.get("insurance_status") == "insured"


def _given(*keys: str) -> Callable[[Answers], bool]:
    return lambda answers: all(answers.get(key) not in (None, "", []) for key in keys)


def _has_an_address(answers: Answers) -> bool:
    return bool(answers.get("address_instead")) or _given("address_line1", "city", "state")(answers)


def _somebody_to_call(answers: Answers) -> bool:
    details = _given("emergency_contact_name", "emergency_contact_relation", "emergency_contact_phone")
    return bool(answers.get("emergency_contact")) and (answers["emergency_contact"] != "yes" or details(answers))


def _page(section: str, slug: str, title: Any, form_class: type[StepForm], **more: Any) -> Step:
    keys = tuple(name for name in form_class.base_fields if name not in form_class.own_names)
    more.setdefault("template", STEP_TEMPLATE)
    return Step(
        slug=slug, section=section, title=title, keys=(*keys, *form_class.stamps), form_class=form_class, **more
    )


def _list(slug: str, title: Any, **more: Any) -> Step:
    kind = KIND_OF[slug]
    return Step(
        slug=slug,
        section="records",
        title=title,
        keys=kind.keys,
        form_class=kind.form_class,
        template=ROWS_TEMPLATE,
        complete=kind.is_answered,
        **more,
    )


STEPS = (
    _page("about", "other-names", _("Other names"), about.OtherNamesForm),
    _page(
        "about",
        "address",
        _("Where do you live?"),
        about.AddressForm,
        title_for_caregiver=_("Where does the patient live?"),
        intro=_("We send letters there, and it tells us who else can help nearby."),
        complete=_has_an_address,
    ),
    _page(
        "about",
        "emergency-contact",
        _("Someone to call"),
        about.EmergencyContactForm,
        complete=_somebody_to_call,
    ),
    _page(
        "about",
        "needs",
        _("What you need"),
        about.NeedsForm,
        title_for_caregiver=_("What the patient needs"),
        complete=_given("mobility_aid"),
    ),
    _page("about", "caregiver-permission", _("Family and friends"), about.CaregiverPermissionForm),
    _page("about", "doctors", _("Your doctors"), about.DoctorsForm, title_for_caregiver=_("The patient's doctors")),
    _page("cancer", "diagnosis", _("When the cancer was found"), cancer.DiagnosisForm),
    _page("cancer", "stage", _("Stage of the cancer"), cancer.StageForm),
    _page("cancer", "spread", _("Other places"), cancer.SpreadForm),
    _page("cancer", "conditions", _("Other illness"), cancer.ConditionsForm),
    _list("imaging", _("Scans and X-rays")),
    _list(
        "biopsy",
        _("Biopsies"),
        intro=_("In a biopsy, a doctor takes a small piece of the body to look at it under a microscope."),
    ),
    _list(
        "labs",
        _("Blood tests"),
        intro=_("You need not copy anything: we can ask for the report. It helps us to plan if you can."),
    ),
    _list("treatments", _("Cancer treatments")),
    _list(
        "medicines",
        _("Medicines"),
        intro=_("Pills, shots, drips, patches and what you buy without a prescription. Blood thinners matter most."),
    ),
    _list("allergies", _("Allergies")),
    _list("implants", _("Implants and devices"), intro=_("We need to know it before an MRI.")),
    _page("records", "files", _("Files and papers"), FilesForm, template=FILES_TEMPLATE),
    _page(
        "insurance", "status", _("Health insurance"), insurance.InsuranceStatusForm, complete=_given("insurance_status")
    ),
    _page(
        "insurance",
        "plan",
        _("The plan"),
        insurance.PlanForm,
        applies=is_insured,
        complete=_given("payer_type"),
        template="before_visit/plan.html",
    ),
    _page(
        "insurance",
        "subscriber",
        _("Who holds the plan"),
        insurance.SubscriberForm,
        applies=is_insured,
        complete=_given("subscriber_relation"),
    ),
    _page("insurance", "second-plan", _("A second plan"), insurance.SecondPlanForm, applies=is_insured),
    _page("visit", "travel", _("The way to the clinic"), visit.TravelForm),
    _page("visit", "living", _("Life at home"), visit.LivingForm),
    _page("visit", "wishes", _("Days and times"), visit.WishesForm),
    _page(OPTIONAL, "race", _("Race and ethnicity"), optional.RaceForm),
    _page(OPTIONAL, "gender", _("Gender"), optional.GenderForm, applies=lambda answers: settings.ASK_GENDER),
    _page(OPTIONAL, "life", _("Home and work"), optional.LifeForm),
    _page(OPTIONAL, "sex", _("Sex"), optional.SexForm),
)
FLOW = Flow(SECTIONS, STEPS)
SECTION_OF = {section.slug: section for section in SECTIONS}
OWN_KEYS = frozenset(key for step in FLOW.steps for key in step.keys)


def kind_of(step: Step) -> RowKind | None:
    """The kind of rows that a page lists; None for a page of plain questions."""
    return KIND_OF.get(step.slug)


def build_form(
    step: Step, data: Any, *, answers: Answers, version: int, caregiver: bool | None = None, **more: Any
) -> StepForm:
    """The form of a page of plain questions, in the wording of the one who fills in.

    `answers` may hold more than the page's own (what was asked before sending, the birth date): forms check against it.
    `caregiver` is by default what `answers["filled_by"]` says.
    """
    if caregiver is None:
        caregiver = answers.get("filled_by") == "caregiver"
    more.setdefault("caption", SECTION_OF[step.section].heading(caregiver=caregiver))
    return step.form_class(data, answers=answers, caregiver=caregiver, version=version, **more)
