"""Writes of the answers before the visit: a page, a row of a list, and "I've completed this section"."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.translation import gettext as _

from clinic.accounts.roles import Permission
from clinic.platform.audit.actors import Actor
from clinic.platform.audit.record import record
from clinic.platform.db.sql import lock_keys
from clinic.platform.refusals import Refused
from intake.before_visit import rules
from intake.before_visit.models import BeforeVisit
from intake.before_visit.rows import LISTED, MOST_ROWS, ROW_ID, RowKind
from intake.before_visit.steps import FLOW, OPTIONAL, OWN_KEYS, REQUIRED, SECTION_OF, kind_of
from intake.before_visit.values import page_fits, row_fits
from intake.flow.flow import Step
from intake.patients.coverage import save_coverage
from intake.patients.models import Proxy
from intake.records.actions import items_from_answers
from intake.records.rules import ROWS as RECORD_ROWS
from intake.symptoms.models import SymptomReport
from intake.tasks.actions import tasks_from_answers


class Follower(NamedTuple):
    """Somebody outside who takes on answers: `tell(report, all answers, by=…)` after a save of one of `steps`."""

    steps: frozenset[str]
    tell: Callable[..., Any]


TASK_STEPS = frozenset({"implants", "status", "plan", "subscriber", "second-plan"})
ITEM_KEYS = frozenset(key for key, _kind in RECORD_ROWS.values())


def unreadable(code: str) -> Refused:
    """The one sentence for input that no page of ours sends."""
    return Refused(_("We could not read this page. Check your answers and try again."), code=code)


def stale() -> Refused:
    """Another window has saved the same page with other answers."""
    return Refused(
        _("You changed this answer in another window. Check what is here, then save it to keep it."), code="stale"
    )


def answers_of(report: SymptomReport, before: BeforeVisit | None = None) -> dict[str, Any]:
    """The answers before the visit: every key of every page, None where nothing was answered or it is not asked."""
    before = before or BeforeVisit.objects.filter(report=report).first()
    return cleared(before.answers if before is not None else {})


def cleared(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Only the keys of the task list, all of them; None for pages that are not asked with these answers."""
    return FLOW.cleared({key: answers.get(key) for key in OWN_KEYS})


@transaction.atomic
def save_section_step(
    report: SymptomReport,
    slug: str,
    answers: Mapping[str, Any],
    *,
    by: Actor,
    version: int | None = None,
    followers: tuple[Follower, ...] = (),
) -> BeforeVisit:
    """Save one page; the row is made with the first one. Audited as `before_visit_saved`.

    `version` is the number of saves the page was made from. Raises Refused: "unknown_key", "invalid_answer", "stale"
    (another window has saved this page with other answers since), "not_allowed". The same answers again are no second
    save. What hangs on the answers (insurance rows, records to ask for, tasks of staff, `followers` of the caller) is
    brought up to date in the same transaction.
    """
    step = FLOW.get(slug)
    if step is None or set(answers) - set(step.keys):
        raise unreadable("unknown_key")
    if not page_fits(step, answers):
        raise unreadable("invalid_answer")
    before = _locked(report, step, by)
    current = before.step_versions.get(slug, 0)
    is_same = slug in before.steps_done and all(before.answers.get(key) == value for key, value in answers.items())
    if is_same:
        return before
    if version is not None and version != current:
        raise stale()
    kind = kind_of(step)
    new = dict(answers) if kind is None else _with_computed(kind, before, answers)
    before.step_versions = {**before.step_versions, slug: current + 1}
    return _keep(before, step, new, by=by, followers=followers)


def _with_computed(kind: RowKind, before: BeforeVisit, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers of a list: derived keys made anew; "none" or "I do not know" cannot stand beside rows."""
    new = dict(answers)
    if new.get(kind.key) is not None:
        new[kind.key] = [{**row, **kind.computed(row)} for row in new[kind.key]]
    rows = new.get(kind.key, before.answers.get(kind.key))
    if rows:
        new[kind.status_key] = LISTED
    return new


@transaction.atomic
def save_row(
    report: SymptomReport,
    slug: str,
    row_id: str,
    row: Mapping[str, Any],
    *,
    by: Actor,
    version: int | None = None,
    followers: tuple[Follower, ...] = (),
) -> BeforeVisit:
    """Add the row of this id, or change it. `version` counts the saves of this one row; 0 is a new row.

    Raises Refused as `save_section_step` does, and "gone" (it was removed in another window), "too_many".
    """
    step, kind = _list_of(slug)
    if set(row) - set(kind.field_names):
        raise unreadable("unknown_key")
    if not ROW_ID.fullmatch(row_id) or not row_fits(kind, row):
        raise unreadable("invalid_answer")
    before = _locked(report, step, by)
    there, current = kind.row(before.answers, row_id), before.step_versions.get(f"{slug}:{row_id}", 0)
    if there is None and (current or version):
        raise Refused(_("You removed this in another window. Add it again if you want to keep it."), code="gone")
    new = {"id": row_id, **{name: row.get(name) for name in kind.field_names}}
    new |= kind.computed(new)
    if there == new:
        return before
    if version is not None and version != current:
        raise stale()
    rows = kind.rows(before.answers)
    if there is None and len(rows) >= MOST_ROWS:
        raise Refused(
            _("You can add up to %(most)s. Tell us about more at the visit.") % {"most": MOST_ROWS}, code="too_many"
        )
    rows = [*rows, new] if there is None else [new if one["id"] == row_id else one for one in rows]
    before.step_versions = _counted(before, slug, row_id)
    return _keep(before, step, {kind.key: rows, kind.status_key: LISTED}, by=by, followers=followers)


@transaction.atomic
def remove_row(
    report: SymptomReport,
    slug: str,
    row_id: str,
    *,
    by: Actor,
    followers: tuple[Follower, ...] = (),
) -> BeforeVisit:
    """Take a row away; one that is gone already stays gone. After the last one the list has to be answered anew."""
    step, kind = _list_of(slug)
    before = _locked(report, step, by)
    if kind.row(before.answers, row_id) is None:
        return before
    rows = [row for row in kind.rows(before.answers) if row["id"] != row_id]
    before.step_versions = _counted(before, slug, row_id)
    return _keep(before, step, {kind.key: rows, kind.status_key: LISTED if rows else None}, by=by, followers=followers)


def _list_of(slug: str) -> tuple[Step, RowKind]:
    step = FLOW.get(slug)
    kind = kind_of(step) if step is not None else None
    if step is None or kind is None:
        raise unreadable("unknown_key")
    return step, kind


def _counted(before: BeforeVisit, slug: str, row_id: str) -> dict[str, int]:
    """One more save of this row and of its list: both kinds of pages tell that they are old."""
    versions, name = before.step_versions, f"{slug}:{row_id}"
    return {**versions, name: versions.get(name, 0) + 1, slug: versions.get(slug, 0) + 1}


@transaction.atomic
def mark_section(report: SymptomReport, section: str, done: bool, *, by: Actor) -> BeforeVisit:
    """The person's word on a section: completed, or to come back to. Audited as `before_visit_section`.

    Raises Refused "incomplete" when something required is missing, "unknown_key" for what is no such section.
    """
    if section not in SECTION_OF or section == OPTIONAL:
        raise unreadable("unknown_key")
    before = _locked(report, None, by)
    missing = rules.missing_required(FLOW, section, before.answers, before.steps_done, REQUIRED)
    if done and missing:
        raise Refused(_("Some questions still need an answer before this section is complete."), code="incomplete")
    if done == (section in before.sections_done):
        return before
    others = [slug for slug in before.sections_done if slug != section]
    before.sections_done = [*others, section] if done else others
    before.save()
    record("before_visit_section", by=by, subject=before, data={"section": section, "done": done})
    return before


def _locked(report: SymptomReport, step: Step | None, by: Actor) -> BeforeVisit:
    """The row as it is now, held until the end of the transaction; a new one that is not saved yet when none is there.

    Raises Refused("not_allowed") for somebody who may not answer this page.
    """
    lock_keys(("before_visit", str(report.pk)))
    before = BeforeVisit.objects.select_for_update().filter(report_id=report.pk).first() or BeforeVisit(report=report)
    if by.kind == "staff":
        _require_phone_entry(by)
    if by.kind == rules.CAREGIVER and step is not None and step.slug in closed_to(by, report, before):
        raise not_allowed()
    if by.kind == "referrer":
        raise not_allowed()
    return before


def not_allowed() -> Refused:
    """The one sentence for everybody who may not."""
    return Refused(_("You are not allowed to do this."), code="not_allowed")


def _require_phone_entry(by: Actor) -> None:
    user = get_user_model().objects.filter(pk=by.id).first() if by.id.isdigit() else None
    if user is None or not user.has_perm(Permission.ENTER_BY_PHONE):
        raise not_allowed()


def closed_to(
    by: Actor, report: SymptomReport, before: BeforeVisit | None, *, verified: Sequence[bool] | None = None
) -> frozenset[str]:
    """The pages whose answers this person must not see or change (45 CFR 164.502(g), domain 2.2 `proxy_authority`).

    `verified` says of each proxy of the patient whether staff verified them, where that is known already.
    """
    if by.kind != rules.CAREGIVER or before is None or not before.steps_done:
        return frozenset()
    if verified is None:
        times = Proxy.objects.filter(patient_id=report.patient_id).values_list("verified_at", flat=True)
        verified = [at is not None for at in times]
    sees_all = rules.sees_everything(by.kind, verified)
    return rules.closed_steps(before.steps_done, before.step_authors, sees_all=sees_all)


def _keep(
    before: BeforeVisit, step: Step, new: Mapping[str, Any], *, by: Actor, followers: tuple[Follower, ...]
) -> BeforeVisit:
    """Write one page into the row, audit it, and tell those who follow."""
    slug = step.slug
    before.answers = {**before.answers, **new}
    before.steps_done = [*(done for done in before.steps_done if done != slug), slug]
    before.step_authors = {**before.step_authors, slug: rules.author_after(before.step_authors.get(slug), by.kind)}
    before.save()
    record("before_visit_saved", by=by, subject=before, data={"step": slug})
    answers = cleared(before.answers)
    if step.section == "insurance":
        save_coverage(before.report.patient, answers, by=by)
    if not ITEM_KEYS.isdisjoint(step.keys):
        items_from_answers(before.report, answers, by=by)
    if slug in TASK_STEPS:
        tasks_from_answers(before.report, answers, by=by)
    for follower in followers:
        if slug in follower.steps:
            follower.tell(before.report, answers, by=by)
    return before
