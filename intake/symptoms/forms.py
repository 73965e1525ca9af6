"""The form of a page of questions, drawn from the catalogue: one entry there is one field here, with its follow-ups."""

from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from clinic.platform.forms import (
    AgoField,
    CheckboxesField,
    ConsentField,
    DecimalNumberField,
    LongTextField,
    RadioField,
    Reveal,
    ScaleField,
    WholeNumberField,
)
from intake.flow.forms import StepForm
from intake.symptoms.body_map import REGIONS
from intake.symptoms.catalogue import FollowUp, Question
from intake.symptoms.questions import wording_for
from intake.symptoms.widgets import BodyMap

OLDEST_DAYS = 3650  # what is stored for anything older
NO_LIMIT_DAYS = 36500
# Asked at first contact of everybody; each has an "I am not sure"
REQUIRED = {
    "cancer_history": _("Select if a doctor has talked about cancer"),
    "primary_site": _("Select where the cancer started, or select 'I do not know'"),
    "bone_mets_status": _("Select if a doctor said the cancer is in the bones"),
}
ANSWER_OR_UNSURE = _("Answer if you can, or choose 'I am not sure'")
ANSWER_OR_UNKNOWN = _("Answer if you can, or choose 'I do not know'")
ANSWER_OR_CONTINUE = _("Answer if you can, or select Continue to leave it open")
CHECK_PAIN = _("This is lower than another pain number you gave. Change it, or select Continue to keep it")
ONLY_IF = _("Only if you picked a problem above")


def _choices(question: Question, wording: str) -> list:
    labels = {option.value: option.label.shown(wording) for option in question.options}
    if question.kind != "sites":
        return list(labels.items())
    grouped = [(region.title, [(value, labels.pop(value)) for value, _label in region.sites]) for region in REGIONS]
    return [*grouped, *labels.items()]


def field_for(question: Question, wording: str, *, required: bool = False, only_if: bool = False) -> forms.Field:
    """The field of one question in one wording. Nothing is chosen beforehand."""
    words: dict[str, Any] = {
        "label": question.text.shown(wording),
        "help_text": question.help.shown(wording) or (ONLY_IF if only_if else ""),
        "required": required,
        "show_optional": question.kind == "text",
        "what": question.short,
    }
    if required:
        words["missing"] = REQUIRED[question.key]
    match question.kind:
        case "one":
            return RadioField(choices=_choices(question, wording), **words)
        case "many" | "sites":
            exclusive = tuple(option.value for option in question.options if option.exclusive)
            if question.kind == "sites":
                words["widget"] = BodyMap(exclusive=exclusive, divider_before=exclusive[0] if exclusive else None)
            return CheckboxesField(choices=_choices(question, wording), exclusive=exclusive, **words)
        case "scale":
            return ScaleField(low=_("No pain"), high=_("Worst pain"), **words)
        case "days_ago":
            return AgoField(cap=NO_LIMIT_DAYS, **words)
        case "temperature":
            return DecimalNumberField(
                min_value=question.minimum, max_value=question.maximum, suffix=str(question.unit), **words
            )
        case "number":
            return WholeNumberField(
                min_value=question.minimum, max_value=question.maximum, suffix=str(question.unit), **words
            )
        case "tick":
            return ConsentField(**{key: value for key, value in words.items() if key != "show_optional"})
        case "text":
            return LongTextField(max_length=question.maximum, rows=6, **{**words, "help_text": ""})
    raise ValueError(f"no field for a question of kind {question.kind}")


Drawn = tuple[dict[str, forms.Field], dict[str, Reveal]]
# By the identity of the questions, which stay in the entry so that it cannot pass to others
_DRAWN: dict[tuple, tuple[tuple[Question, ...], Drawn]] = {}


def _drawn(questions: tuple[Question, ...], wording: str) -> Drawn:
    """The fields of these questions and what reveals them: kept, since the pages are shown and sent very often."""
    key = (*map(id, questions), wording, get_language())
    if key not in _DRAWN:
        _DRAWN[key] = (questions, _draw(questions, wording))
    return _DRAWN[key][1]


def _draw(questions: tuple[Question, ...], wording: str) -> Drawn:
    fields: dict[str, forms.Field] = {}
    reveals: dict[str, Reveal] = {}
    for question in questions:
        fields[question.key] = field_for(question, wording, required=question.key in REQUIRED)
        for follow_up in question.follow_ups:
            one = follow_up.question
            fields[one.key] = field_for(one, wording, only_if=follow_up.when is not None)
            if follow_up.when is not None:
                reveals[one.key] = _reveal(question, follow_up)
    if "primary_site" in fields and "cancer_history" in fields:
        fields["primary_site"].required = False  # settled in clean(): "no cancer" need not say where it began
    return fields, reveals


def _reveal(question: Question, follow_up: FollowUp) -> Reveal:
    return Reveal(question.key, tuple(o.value for o in question.options if o.value in (follow_up.when or ())))


class QuestionsForm(StepForm):
    """The questions of one page. A question left open is pointed out once and then kept open."""

    def __init__(self, data=None, *, questions: tuple[Question, ...], answers, caregiver: bool, **kwargs):
        self.questions = {question.key: question for question in questions}
        self.asked_now = {one.key: one for question in questions for one in question.walk()}
        wording = wording_for("caregiver" if caregiver else "patient")
        fields, self.reveals = _drawn(questions, wording)
        self.base_fields = fields | dict(self.base_fields)  # each form gets copies of its own
        if len(questions) == 1:
            kwargs.setdefault("heading_field", questions[0].key)
        super().__init__(data, answers=answers, caregiver=caregiver, **kwargs)

    def shown(self, name: str) -> Any:
        """A stored answer as its field wants it."""
        question, value = self.asked_now.get(name), self.given[name]
        if question is None:
            return value
        if question.kind in ("many", "sites"):
            return question.posted(value)
        if question.kind == "one":
            return next(iter(question.posted(value)), None)
        if question.kind == "tick":
            return value == "yes"
        return value

    def clean(self):
        cleaned = super().clean()
        if "primary_site" in self.fields and cleaned.get("cancer_history") not in (None, "no"):
            self.require("primary_site", REQUIRED["primary_site"])
        return cleaned

    def doubts(self) -> dict[str, Any]:
        """Questions left open, and pain numbers that contradict each other."""
        found = {
            key: _open_sentence(question)
            for key, question in self.asked_now.items()
            if question.kind not in ("tick", "text") and self._is_called_for(key) and self._is_open(key)
        }
        found.pop("primary_site", None)
        worst = self.cleaned_data.get("pain_worst")
        others = [self.cleaned_data.get(key) for key in ("pain_average", "pain_now")]
        if worst is not None and any(other is not None and other > worst for other in others):
            found["pain_worst"] = CHECK_PAIN
        return found

    def _is_open(self, key: str) -> bool:
        return self.cleaned_data.get(key) in (None, "", [])

    def _is_called_for(self, key: str) -> bool:
        """A main question always; a follow-up with options when its parent calls for it. Onsets may stay open."""
        if key in self.questions:
            return True
        reveal = self.reveals.get(key)
        parent = self.cleaned_data.get(reveal.parent) if reveal else None
        chosen = parent if isinstance(parent, list) else [parent]
        return bool(reveal) and self.asked_now[key].kind == "one" and bool(set(chosen) & set(reveal.values))

    def sure_answers(self) -> dict[str, Any]:
        """Of a page whose only faults are in "when" or "how much": what was answered well, so that help need not wait.

        Empty when anything else is wrong. The faulty answer itself is left out and asked again later. A page that comes
        back after its session ended was sent once: what it tells of danger counts, too.
        """
        wrong = set(self.errors)
        if self.is_shown_again and len(self.non_field_errors()) == 1:
            wrong.discard(NON_FIELD_ERRORS)
        faulty = {key for key in wrong if key in self.asked_now and key not in self.questions}
        if (
            not (faulty or self.is_shown_again)
            or faulty != wrong
            or any(self.asked_now[key].kind == "one" for key in faulty)
        ):
            return {}
        answers = {key: value for key, value in self.answers().items() if key not in wrong}
        return {} if any(answers.get(key) is None for key in self.questions) else answers

    def answers(self) -> dict[str, Any]:
        """The answers as the rules read them: only of the questions that these answers call for."""
        values = {key: self._stored(question) for key, question in self.asked_now.items()}
        called = {one.key for question in self.questions.values() for one in question.asked({**self.given, **values})}
        return {key: value for key, value in values.items() if key in called}

    def _stored(self, question: Question) -> Any:
        value = self.cleaned_data.get(question.key)
        match question.kind:
            case "one":
                return question.read([value] if value is not None else [])
            case "many" | "sites":
                return question.read(value or [])
            case "tick":
                return "yes" if value else "no"
            case "days_ago":
                return None if value is None else min(value, OLDEST_DAYS)
            case "temperature":
                return None if value is None else float(value)
            case "text":
                return value or None
        return value


def _open_sentence(question: Question) -> Any:
    values = {option.value for option in question.options}
    if "not_sure" in values:
        return ANSWER_OR_UNKNOWN if question.key == "primary_site" else ANSWER_OR_UNSURE
    return ANSWER_OR_UNKNOWN if "unknown" in values else ANSWER_OR_CONTINUE
