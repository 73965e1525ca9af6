"""The nurse line in the browser: safety first for symptoms, other questions straight on, and the staff's answer."""

import pytest
from playwright.sync_api import expect

from intake.nurse_line.models import NurseQuestion
from intake.registration.models import Draft
from intake.registration.nurse_line_steps import NURSE_LINE
from intake.triage.models import Alert
from tests.browser.clinic_day import open_the_clinic
from tests.browser.conftest import DESKTOP, PHONE, SMALL_PHONE
from tests.browser.steps import fill_in, follow, go, heading, press, sign_in, where
from tests.support.answers import ALL_CLEAR

pytestmark = pytest.mark.django_db(transaction=True)
WHO = {"name": "Ana Reyes", "phone": "202-555-0144", "best_time": "morning"}
QUESTION = {"text": "What does my scan mean?", "is_our_patient": "no"}


def begin(page, topic: str, *, filled_by: str = "patient") -> None:
    """Say what it is about, and about whom."""
    fill_in(page, {"topic": topic, "filled_by": filled_by})
    press(page, "Continue")


def at_bladder(page) -> None:
    """All safety pages before the one about the bladder are answered, without a sign."""
    draft = Draft.objects.get(purpose="nurse_line")
    before = list(NURSE_LINE.steps)
    before = before[: next(n for n, step in enumerate(before) if "bladder_change" in step.keys)]
    draft.answers |= {key: ALL_CLEAR.get(key) for step in before for key in step.keys}
    draft.steps_done = [step.slug for step in before]
    draft.save()
    page.goto("/ask-a-nurse/check/bladder-change/")


def after_the_check(page) -> None:
    """All safety pages are answered, without a sign but those given already."""
    draft = Draft.objects.get(purpose="nurse_line")
    draft.answers = {key: ALL_CLEAR.get(key) for step in NURSE_LINE.steps for key in step.keys} | draft.answers
    draft.steps_done = [step.slug for step in NURSE_LINE.steps]
    draft.save()
    page.goto("/ask-a-nurse/details/")


@pytest.mark.parametrize("js", [True, False], ids=["with script", "without script"])
def test_symptom_is_asked_about_safety_first_and_a_sign_of_emergency_interrupts(open_page, look_at, js):
    # given somebody who asks about a symptom
    page = open_page("/contact/", js=js)
    follow(page, "Ask a nurse in writing")
    look_at(page)
    press(page, "Continue")
    expect(page.locator(".error-summary")).to_be_visible()
    look_at(page)
    begin(page, "symptoms")

    # then the first safety question comes before anything else, and nobody gets past it
    assert where(page) == f"/ask-a-nurse/check/{NURSE_LINE.steps[0].slug}/"
    look_at(page)
    page.goto("/ask-a-nurse/details/")
    assert where(page) == f"/ask-a-nurse/check/{NURSE_LINE.steps[0].slug}/"

    # when they have lost control of the bladder
    at_bladder(page)
    fill_in(page, {"bladder_change": "leaking_no_control"})
    press(page, "Continue")

    # then the next page says whom to call, the alert is there, and it takes a number
    assert where(page) == "/ask-a-nurse/emergency/"
    assert page.locator(".emergency-panel .call-button").get_attribute("href") == "tel:911"
    look_at(page)
    fill_in(page, {"call_back_phone": "202-555-0144"})
    press(page, "I cannot do this now")
    assert Alert.objects.get().call_back_phone == "+12025550144"
    look_at(page)

    # and a question can still be sent; the page after it says not to wait
    after_the_check(page)
    expect(page.locator(".notice.warning").first).to_contain_text("cannot wait")
    fill_in(page, WHO | QUESTION)
    press(page, "Send my question")
    assert where(page) == "/ask-a-nurse/sent/"
    expect(page.locator("main")).to_contain_text("Do not wait for our call")
    look_at(page)
    assert NurseQuestion.objects.get().level == "emergency"


@pytest.mark.parametrize(
    "js", [True, pytest.param(False, marks=pytest.mark.thorough)], ids=["with script", "without script"]
)
def test_other_question_goes_straight_on_and_a_slip_keeps_what_was_typed(open_page, look_at, js):
    page = open_page("/ask-a-nurse/", js=js, size=PHONE)
    begin(page, "cost")
    assert where(page) == "/ask-a-nurse/details/"
    look_at(page)
    fill_in(page, WHO | QUESTION | {"phone": "12"})
    press(page, "Send my question")
    expect(page.locator(".error-summary")).to_contain_text("phone")
    assert page.locator('[name="text"]').input_value() == QUESTION["text"]
    look_at(page)
    fill_in(page, {"phone": WHO["phone"]})
    press(page, "Send my question")
    assert heading(page) == "We have your question"
    expect(page.locator("main")).to_contain_text("A nurse calls you by")
    look_at(page)


@pytest.mark.thorough
def test_call_back_dark_with_the_largest_text_on_a_small_phone(open_page, look_at):
    page = open_page("/contact/", text="largest", dark=True, size=SMALL_PHONE)
    follow(page, "Ask us to call you")
    look_at(page)
    begin(page, "appointment", filled_by="caregiver")
    look_at(page)
    assert page.locator('[name="text"]').count() == 0
    fill_in(page, WHO)
    press(page, "Ask for a call")
    assert heading(page) == "We will call you"
    look_at(page)
    page.context.clear_cookies()
    page.goto("/ask-a-nurse/details/")
    assert heading(page) == "Your question is no longer open here"
    look_at(page)


def test_nurse_answers_within_the_clock_and_makes_one_a_request(open_page, look_at):
    # given two questions
    open_the_clinic()
    for topic, name in (("cost", "Ana Reyes"), ("appointment", "Joe Park")):
        person = open_page("/ask-a-nurse/", js=False)
        begin(person, topic)
        fill_in(person, WHO | QUESTION | {"name": name})
        press(person, "Send my question")

    # when the nurse opens the first, takes it and reaches the person
    page = open_page("/", size=DESKTOP)
    sign_in(page, "nurse")
    page.goto("/staff/questions/")
    look_at(page)
    go(page, page.get_by_role("row").filter(has_text="Ana Reyes").get_by_role("link").first)
    look_at(page)
    press(page, "Take this")
    fill_in(page, {"what": "answered", "note": "Explained the bill."})
    press(page, "Save")

    # then the clock has stopped before it was due, and closing takes it off the list
    question = NurseQuestion.objects.get(topic="cost")
    assert question.answered_at < question.due_at
    assert question.assigned_to.email == "nurse@example.org"
    fill_in(page, {"what": "closed", "note": "Nothing more."})
    press(page, "Save")
    look_at(page)
    page.goto("/staff/questions/")
    expect(page.locator("main")).not_to_contain_text("Ana Reyes")
    expect(page.locator("main")).to_contain_text("Joe Park")

    # when the other person needs a visit
    go(page, page.get_by_role("row").filter(has_text="Joe Park").get_by_role("link").first)
    press(page, "Make it a request")

    # then the phone entry is open with the safety questions first, the name and the number known
    assert where(page).startswith("/register/safety/")
    expect(page.locator("main, .page")).to_contain_text(["You are filling in for a caller."])
    draft = Draft.objects.get(filled_by="staff_phone")
    assert draft.answers["phone_primary"] == "+12025550144"
    assert (draft.answers["legal_first_name"], draft.answers["legal_last_name"]) == ("Joe", "Park")
    assert NurseQuestion.objects.get(topic="appointment").state == "converted_to_request"


@pytest.mark.parametrize(
    ("text", "dark"), [("standard", True), pytest.param("largest", False, marks=pytest.mark.thorough)]
)
def test_staff_pages_of_questions_in_other_clothes(open_page, look_at, text, dark):
    open_the_clinic()
    person = open_page("/ask-a-nurse/", js=False)
    begin(person, "symptoms")
    after_the_check(person)
    fill_in(person, WHO | QUESTION)
    press(person, "Send my question")
    page = open_page("/", size=SMALL_PHONE, text=text, dark=dark)
    sign_in(page, "nurse")
    for path in ("/staff/questions/", "/staff/questions/?show=mine", "/staff/questions/?show=closed"):
        page.goto(path)
        look_at(page)
    page.goto("/staff/questions/")
    go(page, page.get_by_role("link", name="Pain or another symptom").first)
    look_at(page)
