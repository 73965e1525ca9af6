"""System check: the question catalogue and the vocabulary of the rules are two views of one list."""

from typing import Any

from django.core.checks import Error, register

from intake.symptoms.catalogue import Question, stored
from intake.symptoms.questions import PAGES
from intake.triage.vocabulary import SAFETY_KEYS, VOCABULARY

# Known without a question: who answers is asked on a page before, the age follows from the birth date
NOT_ASKED = frozenset({"filled_by", "age_years"})
_KIND_OF_ANSWER = {
    "one": ("enum", "int"),
    "tick": ("enum",),
    "many": ("set",),
    "sites": ("set",),
    "scale": ("int",),
    "number": ("int",),
    "days_ago": ("int",),
    "temperature": ("decimal",),
    "text": ("text",),
}


def catalogue_problems() -> list[str]:
    """What does not fit between catalogue and vocabulary, in words for a developer; empty when all fits."""
    questions = [one for page in PAGES for question in page.questions for one in question.walk()]
    asked = {question.key for question in questions}
    problems = [
        f"no question asks for {key.name}"
        for key in VOCABULARY.values()
        if not key.clinician_only and key.name not in NOT_ASKED | asked
    ]
    for question in questions:
        problems.extend(_question_problems(question))
    safety = tuple(question.key for page in PAGES[: len(SAFETY_KEYS)] for question in page.questions)
    if sorted(safety) != sorted(SAFETY_KEYS):
        problems.append("the safety questions are not asked first, one a page")
    return problems


def _question_problems(question: Question) -> list[str]:
    key = VOCABULARY.get(question.key)
    if key is None:
        return [f"{question.key} is not in the vocabulary"]
    problems = []
    if key.kind not in _KIND_OF_ANSWER[question.kind]:
        problems.append(f"{question.key}: a {question.kind} question cannot give a {key.kind} answer")
    if question.kind in ("one", "many", "sites"):
        offered = {stored(question, option) for option in question.options if not option.exclusive}
        allowed: set[Any] = set(range(key.minimum, key.maximum + 1)) if key.kind == "int" else set(key.values)
        if offered - allowed:
            problems.append(f"{question.key} offers a value the rules do not know")
        # A form may offer fewer "not sure" than the rules accept, but no safety question may
        if (allowed - offered) - (set() if key.safety else {"not_sure"}):
            problems.append(f"{question.key} does not offer every value the rules know")
    return problems


@register()
def check_symptom_catalogue(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Run by `manage.py check` and at every start."""
    return [Error(problem, id="intake.E101") for problem in catalogue_problems()]
