"""What a symptom question is: wording for patient and caregiver, options, follow-ups and for whom it is asked."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from intake.triage.vocabulary import VOCABULARY

Answers = Mapping[str, Any]
QuestionKind = Literal["one", "many", "sites", "scale", "number", "days_ago", "temperature", "tick", "text"]

NONE = "none"  # the value a form posts for "None of these"
UNKNOWN = "unknown"  # the value a form posts for "I do not know" where that means "not answered"


def always(_answers: Answers) -> bool:
    """The question that is asked of everyone."""
    return True


@dataclass(frozen=True, slots=True)
class Words:
    """One text for a patient and for somebody who answers for one; lazy translations."""

    patient: Any
    caregiver: Any

    def shown(self, wording: str) -> str:
        """The text of this wording in the active language."""
        return str(self.caregiver if wording == "caregiver" else self.patient)


def same(text: Any) -> Words:
    """A text that is the same for both."""
    return Words(text, text)


NO_WORDS = same("")


@dataclass(frozen=True, slots=True)
class Option:
    """One choice: `value` is what the form posts, `answer` what is stored (the same, unless said otherwise).

    An `exclusive` option cannot stand beside others ("None of these", "I do not know").
    """

    value: str
    label: Words
    answer: Any = None
    exclusive: bool = False


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A question on the same page, shown when the answer is or holds one of `when`; None means always."""

    question: "Question"
    when: frozenset[str] | None = None

    def shown(self, value: Any) -> bool:
        """Whether the parent's answer calls for it."""
        if self.when is None:
            return True
        if isinstance(value, str):
            return value in self.when
        return bool(value) and not self.when.isdisjoint(value)


@dataclass(frozen=True, slots=True)
class Question:
    """One entry of the catalogue. `short` names it in summaries and staff tables."""

    key: str
    kind: QuestionKind
    text: Words
    short: Any
    options: tuple[Option, ...] = ()
    help: Words = NO_WORDS
    follow_ups: tuple[FollowUp, ...] = ()
    applies: Callable[[Answers], bool] = always
    section: str = ""
    unit: Any = ""

    @property
    def safety(self) -> bool:
        """Whether it is one of the 12 questions whose silence matters."""
        return VOCABULARY[self.key].safety

    @property
    def minimum(self) -> int:
        return VOCABULARY[self.key].minimum

    @property
    def maximum(self) -> int:
        """The largest number, or the longest text in Unicode code points."""
        return VOCABULARY[self.key].maximum

    def walk(self) -> Iterator["Question"]:
        """The question and all its follow-ups."""
        yield self
        for follow_up in self.follow_ups:
            yield from follow_up.question.walk()

    def asked(self, answers: Answers) -> Iterator["Question"]:
        """The question and those follow-ups that the answers call for; nothing when it is not asked."""
        if not self.applies(answers):
            return
        yield self
        for follow_up in self.follow_ups:
            if follow_up.shown(answers.get(self.key)):
                yield from follow_up.question.asked(answers)

    def read(self, posted: list[str]) -> Any:
        """The answer to store for the option values a form posted (kinds one, many, sites); None when none was.

        An exclusive option beside others gives way to them. Raises ValueError for a value that is no option.
        """
        options = {option.value: option for option in self.options}
        if not set(posted) <= options.keys():
            raise ValueError(f"{self.key}: not an option")
        chosen = [options[value] for value in dict.fromkeys(posted)]
        if len(chosen) > 1:
            chosen = [option for option in chosen if not option.exclusive]
        if not chosen:
            return None
        if self.kind == "one" or chosen[0].exclusive:
            return stored(self, chosen[0])
        return [option.value for option in self.options if option in chosen]

    def posted(self, value: Any) -> list[str]:
        """The reverse of `read`: the option values that stand for a stored answer."""
        if value is None:
            return []
        if self.kind == "one":
            return [option.value for option in self.options if stored(self, option) == value]
        return list(value) or [option.value for option in self.options if option.exclusive and option.answer == []]


def stored(question: Question, option: Option) -> Any:
    """What is kept when this option is chosen."""
    if option.exclusive:
        return list(option.answer) if isinstance(option.answer, list) else option.answer
    if option.answer is not None:
        return option.answer
    return int(option.value) if VOCABULARY[question.key].kind == "int" else option.value


@dataclass(frozen=True, slots=True)
class Page:
    """Questions shown together. A page with one question takes that question as its heading."""

    slug: str
    title: Any
    section: str
    questions: tuple[Question, ...]
    help: Any = ""
    keys: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "keys", tuple(one.key for question in self.questions for one in question.walk()))

    def applies(self, answers: Answers) -> bool:
        """A page is shown when one of its questions is asked."""
        return any(question.applies(answers) for question in self.questions)

    def asked(self, answers: Answers) -> list[Question]:
        """The questions of this page for these answers; follow-ups are reached through them."""
        return [question for question in self.questions if question.applies(answers)]
