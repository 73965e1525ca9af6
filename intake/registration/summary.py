"""Check answers: every answer in words, by section, with a way to change it. What may be urgent stands on top."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.platform import words
from clinic.platform.forms import AnyPhoneField, ConsentField, NanpPhoneField, SplitDateField
from intake.flow.flow import Answers, Step
from intake.registration.steps import (
    CONTACT_STEPS,
    FLOW,
    build_form,
    cleared,
    is_by_phone,
    section_heading,
    speaks_of_patient,
)
from intake.symptoms.questions import SAFETY_SECTION, label_for, wording_for

NOT_PROVIDED = gettext_lazy("Not provided")
HARMLESS = ("none", "no", "yes", "not_applicable", "long_term_unchanged", [], None)
# Names of rows where the question itself would be long; they fit both wordings
SHORT = {
    "caregiver_name": gettext_lazy("Name of the caregiver"),
    "relation": gettext_lazy("Caregiver is the patient's"),
    "caregiver_phone": gettext_lazy("Phone of the caregiver"),
    "proxy_authority": gettext_lazy("What allows the caregiver to speak"),
    "date_of_birth": gettext_lazy("Date of birth"),
    "phone_primary": gettext_lazy("Phone number"),
    "phone_type": gettext_lazy("Kind of phone"),
    "ok_voicemail": gettext_lazy("Voicemail that names the clinic"),
    "email": gettext_lazy("Email address"),
    "zip": gettext_lazy("ZIP code"),
    "preferred_language": gettext_lazy("Language"),
    "interpreter_needed": gettext_lazy("Interpreter"),
    "reason_for_contact": gettext_lazy("Reason"),
    "reason_text": gettext_lazy("More about the reason"),
    "contact_preference": gettext_lazy("How to reach you"),
    "consent_sms": gettext_lazy("Agreed to texts"),
    "consent_email": gettext_lazy("Agreed to emails"),
    "contact_times": gettext_lazy("Good time to call"),
    "npp_ack": gettext_lazy("Privacy notice seen"),
    "npp_reason": gettext_lazy("Why you do not want to say"),
}


@dataclass
class Group:
    """Rows of one section, as the summary list wants them."""

    title: Any
    rows: list[dict[str, Any]] = field(default_factory=list)


def _row(step: Step, name: str, value: Any) -> dict[str, Any]:
    address = reverse("registration:step", args=[step.section, step.slug])
    return {
        "key": name,
        "value": value,
        "change_url": f"{address}?change=1",
        "change_hidden": name,
    }


def _question_rows(step: Step, answers: Answers) -> list[tuple[str, dict[str, Any]]]:
    wording = wording_for("caregiver" if speaks_of_patient(step, answers) else "patient")
    rows = []
    for question in (one for top in step.questions for one in top.asked(answers)):
        value = answers.get(question.key)
        shown = label_for(question, value, wording) if value not in (None, "") else NOT_PROVIDED
        rows.append((question.key, _row(step, question.short, shown)))
    return rows


def _form_rows(step: Step, answers: Answers) -> list[tuple[str, dict[str, Any]]]:
    form = build_form(step, None, answers=answers, version=0)
    return [
        (name, _row(step, SHORT.get(name, form.fields[name].label), shown_value(form.fields[name], answers.get(name))))
        for name in step.keys
        if name in form.fields and (name not in form.reveals or answers.get(name) is not None)
    ]


def own_words(answers: Answers) -> list[dict[str, Any]]:
    """What somebody wrote at first contact beside the questions, as a snapshot keeps it: nothing they wrote is lost."""
    return [
        {"key": name, "question": str(SHORT[name]), "value": answers[name], "label": answers[name]}
        for name in ("reason_text", "npp_reason")
        if answers.get(name)
    ]


def contact_rows(answers: Answers) -> list[dict[str, Any]]:
    """The answers of first contact in words, without ways to change them: for a record of what was sent.

    What staff took down by phone is worded as the patient's own.
    """
    if is_by_phone(answers):
        answers = {**answers, "filled_by": "patient"}
    given = [row for step in CONTACT_STEPS if step.applies(answers) for _key, row in _form_rows(step, answers)]
    return [{"key": row["key"], "value": row["value"]} for row in given]


def shown_value(form_field: Any, value: Any) -> Any:
    """A stored answer of first contact in words."""
    if isinstance(form_field, ConsentField):
        return _("Yes") if value else _("No")
    if value in (None, "", []):
        return NOT_PROVIDED
    if isinstance(form_field, NanpPhoneField | AnyPhoneField):
        return words.phone(value)
    if isinstance(form_field, SplitDateField):
        born_on = date.fromisoformat(value)
        return _("%(month)s %(day)s, %(year)s") % {
            "month": _(born_on.strftime("%B")), "day": born_on.day, "year": born_on.year
        }  # fmt: skip
    choices = dict(getattr(form_field, "choices", ()))
    if isinstance(value, list):
        return [choices.get(one, one) for one in value]
    return choices.get(value, value)


def groups_of(raw: Answers) -> list[Group]:
    """The whole registration as it would be sent: first the signs that may be urgent, then section by section."""
    answers = cleared(raw)
    urgent = Group(_("Signs you told us about"))
    groups = {section.slug: Group(section_heading(section, answers)) for section in FLOW.sections}
    for step in FLOW.applicable(answers):
        rows = _question_rows(step, answers) if step.questions else _form_rows(step, answers)
        is_sign = step.section == SAFETY_SECTION and _is_sign(step, answers)
        group = urgent if is_sign else groups[step.section]
        group.rows.extend(row for _key, row in rows)
    return [group for group in (urgent, *groups.values()) if group.rows]


def _is_sign(step: Step, answers: Answers) -> bool:
    key = step.questions[0].key
    value = answers.get(key)
    if key != "can_bear_weight" and value == "yes":
        return True
    return value not in HARMLESS or (key == "limb_deformity" and answers.get("limb_cold_or_blue") == "yes")
