"""The answers before the visit in words, section by section, each with a way to change it."""

from collections.abc import Callable, Collection
from typing import Any

from django.utils.translation import gettext as _

from clinic.platform.forms import ApproximateDateField
from intake.before_visit.names import NAMES, ONLY_WHEN_ANSWERED
from intake.before_visit.rows import NONE, UNKNOWN, RowKind, date_words, line_of
from intake.before_visit.staff_marks import with_marks
from intake.before_visit.steps import FLOW, SECTIONS, build_form, kind_of
from intake.flow.flow import Answers, Step
from intake.flow.forms import StepForm
from intake.registration.summary import NOT_PROVIDED, Group, shown_value

__all__ = ["Group", "closed_words", "groups_of", "rows_of", "told_on"]

AddressOf = Callable[[Step], str]


def groups_of(
    answers: Answers,
    caregiver: bool = False,
    *,
    address_of: AddressOf | None = None,
    closed: Collection[str] = (),
    section: str = "",
    for_staff: bool = False,
) -> list[Group]:
    """Every answer of the pages that are asked, by section; "Not provided" where it was left open.

    `address_of` gives the address of a page for its Change link (none without it); pages in `closed` say only that they
    are answered. With `section` only that section. `for_staff` adds the
    flags of rows. `answers` as `actions.answers_of` gives them.
    """
    asked = FLOW.applicable(answers)
    groups = []
    for part in SECTIONS:
        if section and part.slug != section:
            continue
        rows = [
            row
            for step in asked
            if step.section == part.slug
            for row in rows_of(
                step,
                answers,
                caregiver=caregiver,
                address_of=address_of,
                is_closed=step.slug in closed,
                for_staff=for_staff,
            )
        ]
        if rows:
            groups.append(Group(part.heading(caregiver=caregiver), rows))
    return groups


def closed_words() -> str:
    """What stands in place of an answer that must not be shown to this person."""
    return _("Completed")


def rows_of(
    step: Step,
    answers: Answers,
    *,
    caregiver: bool,
    address_of: AddressOf | None = None,
    is_closed: bool = False,
    for_staff: bool = False,
) -> list[dict[str, Any]]:
    """The rows of one page, as the summary list wants them."""
    heading = step.heading(caregiver=caregiver)
    if is_closed:
        return [{"key": heading, "value": closed_words(), "change_url": ""}]
    address = address_of(step) if address_of else ""
    kind = kind_of(step)
    if kind is not None:
        return [_row(heading, list_words(kind, answers, for_staff=for_staff), address)]
    form = build_form(step, None, answers=answers, version=0, caregiver=caregiver)
    return [
        _row(NAMES.get(name, form.fields[name].label), _value(form.fields[name], answers.get(name)), address)
        for name in step.keys
        if name in form.fields and _is_told(form, name, answers.get(name))
    ]


def told_on(pages: Collection[str], answers: Answers) -> list[tuple[str, str]]:
    """What was told on these pages, for staff: the name of each answer and its words; what was left open is left out.

    `answers` as `actions.answers_of` gives them; pages that are not asked say nothing.
    """
    asked = [step for step in FLOW.applicable(answers) if step.slug in pages]
    rows = [row for step in asked for row in rows_of(step, answers, caregiver=True, for_staff=True)]
    return [
        (str(row["key"]), "; ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value))
        for row in rows
        if (value := row["value"]) not in (NOT_PROVIDED, None, "", [])
    ]


def _is_told(form: StepForm, name: str, value: Any) -> bool:
    """Whether an answer has its row: all have, but for what was not asked and what is worth a row only when given."""
    return value not in (None, [], "") if name in ONLY_WHEN_ANSWERED or name in form.reveals else True


def _row(name: Any, value: Any, address: str) -> dict[str, Any]:
    return {"key": name, "value": value, "change_url": address, "change_hidden": name}


def list_words(kind: RowKind, answers: Answers, *, for_staff: bool = False) -> Any:
    """The rows of a list, a line each; or the person's word that there are none."""
    rows = kind.rows(answers)
    if rows:
        lines = [line_of(kind, row) for row in rows]
        return [with_marks(line, row) for line, row in zip(lines, rows, strict=True)] if for_staff else lines
    status = answers.get(kind.status_key)
    return {NONE: kind.none, UNKNOWN: _("I do not know")}.get(status or "", NOT_PROVIDED)


def _value(form_field: Any, value: Any) -> Any:
    if isinstance(form_field, ApproximateDateField) and value:
        return date_words(value)
    return shown_value(form_field, value)
