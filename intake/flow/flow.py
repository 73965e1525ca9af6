"""A form of several pages, said once as an ordered list: next, back, progress, gaps and summary follow from it.

Pure: it knows answers (key -> value) and nothing of drafts, requests or the database.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Answers = Mapping[str, Any]


def always(answers: Answers) -> bool:
    """The page that is asked of everyone."""
    return True


@dataclass(frozen=True)
class Section:
    """A named part of the form, shown as "Step 2 of 6: Your cancer"."""

    slug: str
    title: Any  # text, or a lazy translation of one
    title_for_caregiver: Any = ""

    def heading(self, *, caregiver: bool) -> Any:
        """The title in the words of the one who fills in."""
        return (caregiver and self.title_for_caregiver) or self.title


@dataclass(frozen=True)
class Step:
    """One page: the questions on it, and for whom it is asked.

    `keys` are the answers the page owns; a page that does not apply leaves them unanswered (None). The page is drawn
    from `questions` of the catalogue or from a `form_class`. `complete` says whether the saved answers still do, when
    an answer of another page has changed.
    """

    slug: str
    section: str
    title: Any
    keys: tuple[str, ...]
    applies: Callable[[Answers], bool] = always
    title_for_caregiver: Any = ""
    questions: tuple[Any, ...] = ()
    form_class: Any = None
    template: str = "registration/step.html"
    intro: Any = ""
    complete: Callable[[Answers], bool] = always

    def heading(self, *, caregiver: bool) -> Any:
        """The title in the words of the one who fills in."""
        return (caregiver and self.title_for_caregiver) or self.title


@dataclass(frozen=True)
class Progress:
    """Where a page stands among the sections; `number` counts from 1."""

    number: int
    total: int
    section: Section


class Flow:
    """Pages in their one order. Slugs are unique over the whole flow."""

    def __init__(self, sections: Iterable[Section], steps: Iterable[Step]) -> None:
        self.sections = tuple(sections)
        self.steps = tuple(steps)
        self._by_slug = {step.slug: step for step in self.steps}
        self._position = {step.slug: position for position, step in enumerate(self.steps)}
        if len(self._by_slug) != len(self.steps):
            raise ValueError("two steps share a slug")
        if {step.section for step in self.steps} - {section.slug for section in self.sections}:
            raise ValueError("a step names an unknown section")

    def get(self, slug: str, section: str | None = None) -> Step | None:
        """The page of this name, or None; with `section` only when it stands there."""
        step = self._by_slug.get(slug)
        return None if step is None or (section is not None and step.section != section) else step

    def applicable(self, answers: Answers) -> list[Step]:
        """The pages asked of this person, in order."""
        return [step for step in self.steps if step.applies(answers)]

    def next(self, step: Step, answers: Answers) -> Step | None:
        """The page after this one, or None at the end."""
        later = self.steps[self._position[step.slug] + 1 :]
        return next((candidate for candidate in later if candidate.applies(answers)), None)

    def back(self, step: Step, answers: Answers) -> Step | None:
        """The page before this one, or None at the beginning."""
        earlier = reversed(self.steps[: self._position[step.slug]])
        return next((candidate for candidate in earlier if candidate.applies(answers)), None)

    def is_before(self, one: Step, other: Step) -> bool:
        """Whether `one` stands before `other`."""
        return self._position[one.slug] < self._position[other.slug]

    def first_gap(self, answers: Answers, done: Iterable[str]) -> Step | None:
        """The first page asked of this person that was not saved yet, or no longer suffices; None when all is there."""
        saved = set(done)
        return next((step for step in self.steps if _is_gap(step, answers, saved)), None)

    def first_gap_before(self, step: Step, answers: Answers, done: Iterable[str]) -> Step | None:
        """The same among the pages that stand before this one."""
        saved, earlier = set(done), self.steps[: self._position[step.slug]]
        return next((candidate for candidate in earlier if _is_gap(candidate, answers, saved)), None)

    def gaps(self, answers: Answers, done: Iterable[str]) -> list[Step]:
        """Every page asked of this person that was not saved yet, or no longer suffices."""
        saved = set(done)
        return [step for step in self.steps if _is_gap(step, answers, saved)]

    def progress(self, step: Step) -> Progress:
        """The section of a page, counted among all sections."""
        slugs = [section.slug for section in self.sections]
        position = slugs.index(step.section)
        return Progress(position + 1, len(slugs), self.sections[position])

    def cleared(self, answers: Answers) -> dict[str, Any]:
        """The answers with None for every key whose page does not apply: a hidden question sends null."""
        kept = dict(answers)
        asked = {key for step in self.applicable(answers) for key in step.keys}
        for step in self.steps:
            for key in step.keys:
                if key in kept and key not in asked:
                    kept[key] = None
        return kept


def _is_gap(step: Step, answers: Answers, saved: set[str]) -> bool:
    return step.applies(answers) and (step.slug not in saved or not step.complete(answers))
