"""Two windows, the Back button, double clicks, strange input: a clear page, nothing lost, nothing done twice."""

import pytest

from intake.registration.models import Draft
from intake.triage.models import Alert
from scheduling.requests.models import AppointmentRequest
from scheduling.visits.models import Visit
from tests.browser.clinic_day import a_reviewed_request, fill_the_rest, open_the_clinic
from tests.browser.conftest import DESKTOP
from tests.browser.steps import (
    BORN,
    answer_page,
    begin,
    fill_in,
    heading,
    link_of_newest_message,
    press,
    sign_in,
    type_birth_date,
    walk_until,
    where,
)


@pytest.fixture
def at_the_check(open_page):
    """A function: a browser in which a filled-in form stands at check answers."""

    def opened(*, js: bool = True):
        page = open_page("/register/who/", js=js)
        fill_in(page, {"filled_by": "patient"})
        press(page, "Continue")
        fill_the_rest()
        page.goto("/register/check/")
        assert heading(page) == "Check your answers before you send"
        return page

    return opened


@pytest.mark.parametrize("js", [True, False])
def test_double_click_on_send_gives_one_request(at_the_check, look_at, js):
    page = at_the_check(js=js)
    page.get_by_role("button", name="Send my request").dblclick(no_wait_after=True)
    page.wait_for_url("**/register/sent/")
    assert heading(page) == "We have your request"
    assert AppointmentRequest.objects.count() == 1
    look_at(page)


def test_back_after_sending_says_so_and_sends_nothing_again(at_the_check, look_at):
    # given a request that is sent
    page = at_the_check()
    press(page, "Send my request")
    page.wait_for_url("**/register/sent/")
    reference = page.locator(".panel.confirm .mono").inner_text()

    # when the person goes back and sends again, or opens a question
    page.go_back()
    if page.get_by_role("button", name="Send my request").count():
        press(page, "Send my request")
    page.wait_for_url("**/register/sent/")
    assert page.locator(".panel.confirm .mono").inner_text() == reference
    page.goto("/register/contact/name/")
    assert where(page) == "/register/sent/"
    assert AppointmentRequest.objects.count() == 1
    look_at(page)


def test_second_window_does_not_lose_the_answer_of_the_first(open_page, look_at):
    # given the same question in two windows of one browser
    one = open_page("/register/who/")
    fill_in(one, {"filled_by": "patient"})
    press(one, "Continue")
    walk_until(one, "leg-weakness")
    other = one.context.new_page()
    other.has_scripts = True
    other.goto(one.url)

    # when both answer differently
    fill_in(one, {"leg_weakness": "none"})
    press(one, "Continue")
    fill_in(other, {"leg_weakness": "not_sure"})
    press(other, "Continue")

    # then the second is told, keeps what was chosen, and Continue takes it
    assert "in another window" in other.locator(".error-summary").inner_text()
    assert other.locator('[value="not_sure"]').is_checked()
    look_at(other)
    press(other, "Continue")
    assert Draft.objects.get().answers["leg_weakness"] == "not_sure"

    # and the first goes on where it was
    answer_page(one)
    assert Draft.objects.get().answers["arm_weakness"] == "none"


def test_back_to_an_emergency_answer_raises_no_second_alert(open_page):
    page = open_page("/")
    begin(page)
    walk_until(page, "bladder-change")
    fill_in(page, {"bladder_change": "leaking_no_control"})
    press(page, "Continue")
    page.wait_for_url("**/emergency/")
    page.go_back()
    fill_in(page, {"bladder_change": "leaking_no_control"})
    press(page, "Continue")
    assert Alert.objects.count() == 1


def test_day_booked_in_one_window_is_not_booked_again_in_another(open_page, look_at):
    # given the same offer in two windows
    open_the_clinic()
    wanted = a_reviewed_request()
    coordinator = open_page("/staff/", size=DESKTOP)
    sign_in(coordinator, "coordinator")
    coordinator.goto(f"/staff/requests/{wanted.reference}/days/")
    for box in coordinator.locator('main [name="day"]').all()[:2]:
        box.check()
    press(coordinator, "Hold these days and send the offer")
    link = link_of_newest_message()
    one = open_page(link)
    type_birth_date(one, BORN)
    press(one, "Continue")
    other = one.context.new_page()
    other.has_scripts = True
    other.goto(one.url)

    # when each books another day
    one.locator('[name="visit"]').first.check()
    one.get_by_role("button", name="Book this day").dblclick(no_wait_after=True)
    one.wait_for_url("**/visit/")
    other.locator('[name="visit"]').nth(1).check()
    press(other, "Book this day")

    # then the first counts, and the second is told which it is
    assert heading(other) == "You have already booked a day"
    look_at(other)
    assert Visit.objects.filter(state="booked").count() == 1

    # and going back to the choice cannot book anew
    one.go_back()
    one.reload()
    assert one.get_by_role("button", name="Book this day").count() == 0


@pytest.mark.parametrize("name", ["x" * 1000, "🦴🙂", "ليلى حدّاد", "O\x00Neil", "<script>alert(1)</script>"])
def test_strange_name_gives_a_clear_page(at_the_check, look_at, name):
    page = at_the_check()
    page.goto("/register/contact/name/?change=1")
    page.locator('[name="legal_first_name"]').evaluate(
        "(e, name) => { e.removeAttribute('maxlength'); e.value = name }", name
    )
    press(page, "Continue")
    assert heading(page) in ("What is your name?", "Check your answers before you send")
    if heading(page) == "What is your name?":
        assert page.locator(".error-summary li").count() == 1
    look_at(page)
