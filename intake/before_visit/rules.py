"""Where the sections of the task list stand, and what a caregiver may see. Pure: answers and slugs in, words out."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Literal

from intake.flow.flow import Answers, Flow, Step

State = Literal["done", "progress", "todo", "locked", "problem"]
CAREGIVER = "caregiver"


def missing_required(
    flow: Flow, section: str, answers: Answers, steps_done: Collection[str], required: Collection[str]
) -> list[Step]:
    """The required pages of a section that are asked now and not answered, or no longer suffice; in order."""
    asked = (step for step in flow.applicable(answers) if step.section == section and step.slug in required)
    return [step for step in asked if step.slug not in steps_done or not step.complete(answers)]


def open_steps(flow: Flow, section: str, answers: Answers, steps_done: Collection[str]) -> list[Step]:
    """Every page of a section that is asked now and was not saved yet, or no longer suffices; in order."""
    return [step for step in flow.gaps(answers, steps_done) if step.section == section]


def section_state(
    flow: Flow,
    section: str,
    *,
    answers: Answers,
    steps_done: Collection[str],
    sections_done: Collection[str],
    required: Collection[str] = (),
) -> State:
    """Where a section stands.

    "done" only when the person said so and everything required is there; required items that are missing after that
    are a "problem". Any saved page is "progress". "locked" is a section without a page for this person.
    """
    asked = [step for step in flow.applicable(answers) if step.section == section]
    if not asked:
        return "locked"
    if section in sections_done:
        return "problem" if missing_required(flow, section, answers, steps_done, required) else "done"
    return "progress" if any(step.slug in steps_done for step in asked) else "todo"


def optional_state(flow: Flow, section: str, *, answers: Answers, steps_done: Collection[str]) -> State:
    """Where a section stands that is wholly optional: nobody calls it completed, it is when each page was seen."""
    asked = [step.slug for step in flow.applicable(answers) if step.section == section]
    saved = [slug for slug in asked if slug in steps_done]
    if not asked:
        return "locked"
    return "todo" if not saved else "done" if len(saved) == len(asked) else "progress"


# What a caregiver sees


def sees_everything(actor_kind: str, verified: Sequence[bool]) -> bool:
    """Whether answers of others may be shown: always, but to a caregiver whom staff have not verified.

    `verified` says for each person who speaks for the patient whether staff verified them. The page cannot tell which
    of them sits before it, so one who is not verified closes it for all; so does a caregiver nobody knows.
    """
    return actor_kind != CAREGIVER or (bool(verified) and all(verified))


def author_after(previous: str | None, actor_kind: str) -> str:
    """Who counts as the author of a page after a save: a caregiver only where nobody else has ever saved it."""
    return actor_kind if previous in (None, CAREGIVER) else previous


def closed_steps(steps_done: Iterable[str], step_authors: Mapping[str, str], *, sees_all: bool) -> frozenset[str]:
    """The pages whose answers must not be shown or changed: those that anybody but caregivers has saved."""
    return frozenset() if sees_all else frozenset(slug for slug in steps_done if step_authors.get(slug) != CAREGIVER)


def shown_answers(answers: Answers, steps: Iterable[Step], closed: Collection[str]) -> dict[str, Any]:
    """The answers without those of closed pages."""
    hidden = {key for step in steps if step.slug in closed for key in step.keys}
    return {key: value for key, value in answers.items() if key not in hidden}
