"""What one person may see of the answers before the visit, read once for a page."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from intake.before_visit import rules
from intake.before_visit.actions import closed_to
from intake.before_visit.models import BeforeVisit
from intake.before_visit.place import Place
from intake.before_visit.steps import (
    COUNTED,
    FLOW,
    HINTS,
    HINTS_FOR_CAREGIVER,
    OPTIONAL,
    REQUIRED,
    SECTIONS,
)
from intake.flow.flow import Section, Step
from intake.symptoms.models import SymptomReport


@dataclass
class Sheet:
    """The answers of a report as far as this place's person may see them, and what follows from them."""

    report: SymptomReport
    place: Place
    loaded: tuple[BeforeVisit | None, tuple[bool, ...]] | None = None
    """The row and whether each proxy of the patient is verified, where a page has read them for many reports."""

    def __post_init__(self) -> None:
        if self.loaded is None:
            self.read_again()
        else:
            self._use(*self.loaded)

    def read_again(self) -> None:
        """Read the row as it is now: after a save, or when another window was faster."""
        self._use(BeforeVisit.objects.filter(report_id=self.report.pk).first())

    def _use(self, before: BeforeVisit | None, verified: tuple[bool, ...] | None = None) -> None:
        self.before = before or BeforeVisit(report=self.report)
        self.closed = closed_to(self.place.actor, self.report, self.before, verified=verified)
        self.__dict__.pop("given", None)

    def take(self, before: BeforeVisit) -> None:
        """Go on with the row that was just saved here; what is closed to this person stays so."""
        self.before = before
        self.__dict__.pop("given", None)

    @property
    def steps_done(self) -> list[str]:
        """The pages that were saved, closed ones too."""
        return self.before.steps_done

    @property
    def own(self) -> dict[str, Any]:
        """The answers of the task list that may be seen."""
        return rules.shown_answers(self.before.answers, FLOW.steps, self.closed)

    @cached_property
    def given(self) -> dict[str, Any]:
        """Every answer that forms may check against or show again: of the registration, of the patient, and own ones.

        A caregiver sees of the registration what a caregiver sent, unless staff verified them.
        """
        told: dict[str, Any] = {}
        if self.place.actor.kind != rules.CAREGIVER or self.report.filled_by == rules.CAREGIVER:
            patient = self.report.patient
            told = {
                **self.report.answers,
                "date_of_birth": patient.date_of_birth,
                "phone_primary": patient.phone_primary,
            }
        return {**told, "filled_by": "caregiver" if self.place.caregiver else "patient", **self.own}

    def version(self, name: str) -> int:
        """How often this page, or this row ("imaging:<id>"), was saved."""
        return self.before.step_versions.get(name, 0)

    def steps_of(self, section: str) -> list[Step]:
        """The pages of a section that are asked, in order."""
        return [step for step in FLOW.applicable(self.given) if step.section == section]

    def gaps(self, section: str) -> list[Step]:
        """The pages of a section that wait for an answer and are open to this person."""
        waiting = rules.open_steps(FLOW, section, self.given, self.steps_done)
        return [step for step in waiting if step.slug not in self.closed]

    def missing(self, section: str) -> list[Step]:
        """The required pages of a section that wait for an answer."""
        found = rules.missing_required(FLOW, section, self.given, self.steps_done, REQUIRED)
        return [step for step in found if step.slug not in self.closed]

    def state(self, section: str) -> rules.State:
        """Where a section stands for this person."""
        if section == OPTIONAL:
            return rules.optional_state(FLOW, section, answers=self.given, steps_done=self.steps_done)
        return rules.section_state(
            FLOW,
            section,
            answers=self.given,
            steps_done=self.steps_done,
            sections_done=self.before.sections_done,
            required=REQUIRED - self.closed,
        )

    def next_step(self, step: Step) -> Step | None:
        """The next page of the same section that is open to this person."""
        steps = self.steps_of(step.section)
        later = steps[steps.index(step) + 1 :] if step in steps else []
        return next((one for one in later if one.slug not in self.closed), None)

    def step_before(self, step: Step) -> Step | None:
        """The page before this one in the same section that is open to this person."""
        steps = self.steps_of(step.section)
        earlier = steps[: steps.index(step)] if step in steps else []
        return next((one for one in reversed(earlier) if one.slug not in self.closed), None)

    # The task list

    def start_of(self, section: str) -> str:
        """Where a section is entered: what waits first, or its answers when nothing does."""
        state, gaps = self.state(section), self.gaps(section)
        if state == "problem":
            gaps = self.missing(section)
        if gaps and state in ("todo", "progress", "problem"):
            return self.place.step_url(section, gaps[0].slug)
        return self.place.done_url(section)

    def task(self, section: Section) -> dict[str, Any]:
        """A line of the task list."""
        state, caregiver = self.state(section.slug), self.place.caregiver
        words = {
            "done": _("Completed"),
            "progress": _("In progress"),
            "todo": _("Not yet started"),
            "locked": _("Cannot start yet"),
            "problem": _("There is a problem"),
        }
        return {
            "title": section.heading(caregiver=caregiver),
            "url": self.start_of(section.slug),
            "hint": (HINTS_FOR_CAREGIVER if caregiver else HINTS)[section.slug],
            "status": words[state],
            "state": state,
        }

    def tasks(self) -> list[dict[str, Any]]:
        """The counted sections."""
        return [self.task(section) for section in SECTIONS if section.slug in COUNTED]

    def count_done(self) -> int:
        """How many of the counted sections are completed."""
        return sum(self.state(slug) == "done" for slug in COUNTED)
