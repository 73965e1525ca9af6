"""What somebody with a question about a symptom is asked first: the urgent check of the registration."""

from dataclasses import replace

from intake.flow.flow import Answers, Flow, Step
from intake.registration.steps import SECTIONS, page_step
from intake.symptoms.catalogue import Page
from intake.symptoms.questions import SAFETY_PAGES

SYMPTOMS = "symptoms"


def _only_for_symptoms(page: Page) -> Step:
    step = page_step(page)

    def applies(answers: Answers) -> bool:
        return answers.get("topic") == SYMPTOMS and page.applies(answers)

    return replace(step, applies=applies)


NURSE_LINE = Flow((SECTIONS[0],), tuple(_only_for_symptoms(page) for page in SAFETY_PAGES))
