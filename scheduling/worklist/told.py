"""What a person answered, in the wording they saw, and the rules that their answers made fire. Reads only."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from intake.registration.summary import NOT_PROVIDED, Group
from intake.symptoms.models import SymptomReport
from intake.triage.models import Triage
from intake.triage.vocabulary import SAFETY_KEYS
from scheduling.worklist.reasons import Fired, fired_rules

PAIN_KEYS = (
    "pain_sites", "pain_worst", "pain_average", "pain_now", "pain_onset_days", "pain_trend", "pain_pattern",
    "pain_relief", "opioid_use",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer as it was asked: the wording shown and the words chosen."""

    key: str
    wording: str
    label: str
    is_given: bool = True

    @classmethod
    def of(cls, entry: dict) -> "Answer":
        """From one entry of the stored snapshot; an answer left open says so."""
        label = entry.get("label")
        if label in (None, "", []):
            label = entry.get("value")
        if isinstance(label, list):
            label = ", ".join(str(one) for one in label)
        is_given = entry.get("value") is not None
        return cls(entry["key"], str(entry.get("question", entry["key"])), str(label or _("Not answered")), is_given)


@dataclass(frozen=True, slots=True)
class SafetyAnswer:
    """A safety answer with the rules that it made fire, highest first."""

    answer: Answer
    rules: list[Fired]


@dataclass(frozen=True, slots=True)
class FiredWithAnswers:
    """A rule and the answers behind it."""

    rule: Fired
    answers: list[Answer]


@dataclass(frozen=True, slots=True)
class Told:
    """New symptoms that were told later, with what the rules made of them; open answers are left out."""

    report: SymptomReport
    level: str
    rules: list[FiredWithAnswers]
    answers: list[Answer]

    @classmethod
    def of(cls, report: SymptomReport) -> "Told":
        """From a report with its triage."""
        given = {entry["key"]: Answer.of(entry) for entry in report.snapshot if entry.get("value") is not None}
        fired = fired_rules(report.triage.rules, report.answers)
        rules = [FiredWithAnswers(rule, [given[key] for key in rule.keys if key in given]) for rule in fired]
        return cls(report, report.triage.level, rules, list(given.values()))


@dataclass(frozen=True, slots=True)
class ToldSection:
    """What was told in one section before the visit, and what stands open there."""

    title: str
    rows: list[dict[str, Any]]
    left_open: list[str]

    @classmethod
    def of(cls, group: Group) -> "ToldSection":
        """From all rows of a section."""
        told = [row for row in group.rows if row["value"] != NOT_PROVIDED]
        return cls(str(group.title), told, [str(row["key"]) for row in group.rows if row["value"] == NOT_PROVIDED])


class AnswersOfReport:
    """The answers of a report and its rules, in the parts that staff read; mixed into what has both."""

    report: SymptomReport
    triage: Triage

    @cached_property
    def answers(self) -> list[Answer]:
        """Every answer in the order asked."""
        return [Answer.of(entry) for entry in self.report.snapshot]

    @cached_property
    def answer_of(self) -> dict[str, Answer]:
        """The answers by key."""
        return {answer.key: answer for answer in self.answers}

    @property
    def safety_answers(self) -> list[Answer]:
        """The safety set, in the order of the rules' vocabulary."""
        return [self.answer_of[key] for key in SAFETY_KEYS if key in self.answer_of]

    @property
    def alarming(self) -> list[SafetyAnswer]:
        """The safety answers that made a rule fire, those of the highest rule first."""
        behind: dict[str, list[Fired]] = {}
        for fired in self.rules:
            for key in fired.rule.keys:
                behind.setdefault(key, []).append(fired.rule)
        answers = {answer.key: answer for answer in self.safety_answers}
        return [SafetyAnswer(answers[key], rules) for key, rules in behind.items() if key in answers]

    @property
    def quiet(self) -> list[Answer]:
        """The other safety answers."""
        loud = {one.answer.key for one in self.alarming}
        return [answer for answer in self.safety_answers if answer.key not in loud]

    @property
    def other_answers(self) -> list[Answer]:
        """What is neither safety answer nor shown in a summary of its own."""
        apart = {*SAFETY_KEYS, *PAIN_KEYS, "what_matters"}
        return [answer for answer in self.answers if answer.key not in apart and answer.is_given]

    @property
    def left_open(self) -> list[Answer]:
        """Questions that were asked and not answered; open safety questions stand among the safety answers."""
        return [answer for answer in self.answers if not answer.is_given and answer.key not in SAFETY_KEYS]

    @property
    def pain(self) -> list[Answer]:
        """The pain in a few lines."""
        return [self.answer_of[key] for key in PAIN_KEYS if key in self.answer_of and self.answer_of[key].is_given]

    @property
    def what_matters(self) -> str:
        """The patient's own words, or nothing."""
        return str(self.report.answers.get("what_matters") or "").strip()

    @cached_property
    def rules(self) -> list[FiredWithAnswers]:
        """The rules that fired, highest first, each with the answers that made it fire."""
        fired = fired_rules(self.triage.rules, self.report.answers)
        return [
            FiredWithAnswers(rule, [self.answer_of[key] for key in rule.keys if key in self.answer_of])
            for rule in fired
        ]
