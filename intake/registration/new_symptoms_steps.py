"""The short form of somebody who has sent a request and feels something new: urgent check, pain, what changed.

The same pages, wordings and rules as in the registration. Answers of the earlier report that do not change from one
week to the next go on counting, so that a rule that reads the cancer and its places is as sharp as it was.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from clinic.platform.forms import LongTextField
from intake.flow.flow import Answers, Flow, Section, Step
from intake.flow.forms import StepForm
from intake.registration.steps import SECTIONS, page_step
from intake.symptoms.questions import INTAKE, SAFETY_PAGES, snapshot, wording_for

CHANGES = "changes"
LONGEST = 1000
ASKED_AGAIN = (
    "pain", "pain-where", "pain-level", "pain-time", "pain-pattern", "back", "limb", "injury", "fluids",
)  # fmt: skip
# What lasts: the cancer, its places, drugs, and the pain until it is asked about again
KEPT = (
    "cancer_history", "primary_site", "bone_mets_status", "bone_mets_sites", "bone_agent", "opioid_use",
    "told_fracture_risk", "pain_present", "pain_sites",
)  # fmt: skip


class WhatChangedForm(StepForm):
    """In their own words."""

    heading_field = "what_changed"
    what_changed = LongTextField(
        label=_("What is new, or what has changed?"),
        help_text=_("For example: what you feel, since when, and what you can no longer do"),
        max_length=LONGEST,
        required=False,
    )
    for_caregiver = {
        "what_changed": {
            "help_text": _("For example: what the patient feels, since when, and what they can no longer do")
        }
    }


def _in_pain(slug: str) -> Step:
    """A page of the registration, whatever its section there."""
    return replace(page_step(next(page for page in INTAKE if page.slug == slug)), section="pain")


_TITLES = {section.slug: section for section in SECTIONS}
WHAT_CHANGED = Step(
    slug="what-changed",
    section=CHANGES,
    title=_("What is new, or what has changed?"),
    keys=("what_changed",),
    form_class=WhatChangedForm,
)
NEW_SYMPTOMS = Flow(
    (
        _TITLES["safety"],
        Section("pain", _("Your pain"), _("The patient's pain")),
        Section(CHANGES, _("What changed")),
    ),
    (
        *(page_step(page) for page in SAFETY_PAGES),
        *(_in_pain(slug) for slug in ASKED_AGAIN),
        WHAT_CHANGED,
    ),
)


def kept_answers(earlier: Mapping[str, Any]) -> dict[str, Any]:
    """What of an earlier report still counts."""
    return {key: earlier[key] for key in KEPT if earlier.get(key) is not None}


def entries_of(answers: Answers) -> list[dict[str, Any]]:
    """Every question asked this time, with its wording and answer, as `snapshot` keeps them; the free text last."""
    pages = NEW_SYMPTOMS.applicable(answers)
    asked = {one.key for page in pages for question in page.questions for one in question.asked(answers)}
    wording = wording_for(answers.get("filled_by"))
    text = answers.get("what_changed") or None
    said = {"key": "what_changed", "question": str(WHAT_CHANGED.title), "value": text, "label": text or ""}
    return [*(entry for entry in snapshot(answers, wording) if entry["key"] in asked), said]
