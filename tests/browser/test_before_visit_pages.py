"""The plain pages before the visit as people see them: blank, wrong and right, with and without scripts."""

import pytest
from django.test import override_settings

from intake.before_visit.models import BeforeVisit
from intake.before_visit.steps import FLOW
from tests.browser.clinic_day import fill_the_rest, open_the_clinic
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.steps import fill_in, press, send, where
from tests.intake.before_visit.plain_forms import NEEDED, RIGHT, WRONG, answers_of

PAGES = [step for step in FLOW.steps if step.form_class in RIGHT]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def gender_is_asked():
    with override_settings(ASK_GENDER=True):
        yield


def just_sent(page, *, filled_by: str = "patient") -> str:
    """Send a form that was filled in; the address of its task list."""
    fill_in(page, {"filled_by": filled_by})
    press(page, "Continue")
    fill_the_rest()
    page.goto("/register/check/")
    return f"/my/{send(page).strip()}/before-visit/"


def typed_into(page, form_class) -> None:
    """Fill the open page in, empty boxes left as they are."""
    fill_in(page, {name: value for name, value in RIGHT[form_class].items() if value not in ("", [])})


def all_is_kept(page, *, caregiver: bool = False) -> None:
    """What the pages took is what was typed."""
    kept = BeforeVisit.objects.get().answers
    for step in PAGES:
        for name, value in answers_of(step.form_class, RIGHT[step.form_class], caregiver=caregiver).items():
            assert kept[name] == value, (step.slug, name)


@pytest.mark.thorough
def test_each_plain_page_on_a_phone(open_page, look_at):
    open_the_clinic()
    page = open_page("/register/who/", size=PHONE)
    tasks = just_sent(page)
    for step in PAGES:
        address = f"{tasks}{step.section}/{step.slug}/"
        page.goto(address)
        if step.form_class in NEEDED:
            press(page, "Continue")
            assert where(page) == address
            assert page.title().startswith("Error:")
            assert page.locator(".error-summary a").count() == len(NEEDED[step.form_class])
            look_at(page)
        typed_into(page, step.form_class)
        look_at(page)
        press(page, "Continue")
        assert where(page) != address, (step.slug, page.locator(".error-summary").all_inner_texts())
    all_is_kept(page)


@pytest.mark.thorough
def test_each_plain_page_of_a_caregiver_without_scripts(open_page, look_at):
    open_the_clinic()
    page = open_page("/register/who/", size=DESKTOP, js=False)
    tasks = just_sent(page, filled_by="caregiver")
    for step in PAGES:
        address = f"{tasks}{step.section}/{step.slug}/"
        page.goto(address)
        look_at(page)
        typed_into(page, step.form_class)
        wrong, named = WRONG.get(step.form_class, ({}, set()))
        if wrong:
            fill_in(page, wrong)
            press(page, "Continue")
            assert where(page) == address
            assert page.locator(".field-wrong").count() == len(named), step.slug
            look_at(page)
            for name, value in RIGHT[step.form_class].items():  # what was typed before stays; only the fault is mended
                if name in wrong:
                    take_back(page, name, wrong[name])
                    fill_in(page, {name: value})
        press(page, "Continue")
        assert where(page) != address, (step.slug, page.locator(".error-summary").all_inner_texts())
    all_is_kept(page, caregiver=True)


def take_back(page, name: str, value) -> None:
    """Untick what was ticked too many."""
    for one in value if isinstance(value, list) else []:
        page.locator(f'main [name="{name}"][value="{one}"]').uncheck()
