"""Scores in the browser: one recorded by keyboard alone, an emergency typed in, each page in its states."""

import io
import re

import pypdf
import pytest
from django.urls import reverse

from clinic.accounts.models import User
from intake.models import Alert
from scheduling.models import Score
from tests.browser.clinic_day import a_reviewed_request, open_the_clinic
from tests.browser.conftest import DESKTOP, PHONE, SMALL_PHONE
from tests.browser.steps import fill_in, go, press, sign_in, where
from tests.browser.test_keyboard import tab_to
from tests.scheduling.scores.score_rows import CALCIUM, MIRELS, SINS, recorded, revised

CLOTHES = [
    {"js": True, "size": DESKTOP},
    {"js": False, "size": PHONE},
    {"js": True, "size": SMALL_PHONE, "dark": True, "text": "largest"},
]
NAMES = ["desktop", "phone, no scripts", "dark, largest, 320 px"]


@pytest.fixture
def wanted(transactional_db):
    open_the_clinic()
    return a_reviewed_request()


def test_score_is_recorded_by_keyboard_alone(open_page, wanted):
    # given a nurse on the page of scores
    page = open_page("/staff/", size=DESKTOP)
    sign_in(page, "nurse")
    page.goto(reverse("staff-scores:list", args=[wanted.reference]))
    # when they add the score of a level without touching the mouse
    tab_to(page, tag="A", text="Add SINS", most=60)
    page.keyboard.press("Enter")
    page.wait_for_url("**/add/sins/")
    tab_to(page, name="target")
    page.keyboard.type("T12")
    for item, code in SINS.items():
        tab_to(page, name=item)
        for _turn in range(6):  # the arrow keys walk through the radio buttons of a group
            page.keyboard.press("Space")
            if page.locator(f'[name="{item}"]:checked').get_attribute("value") == code:
                break
            page.keyboard.press("ArrowDown")
    tab_to(page, tag="BUTTON", text="Save the score")
    page.keyboard.press("Enter")
    page.wait_for_url("**/scores/")
    # then the list shows points and band, and the request has risen
    said = page.locator("main").inner_text()
    assert "T12: 13 of 18" in said
    assert "Unstable" in said
    wanted.refresh_from_db()
    assert wanted.level == "urgent"
    # and on paper stand the points and the caution, but no button
    paper = pypdf.PdfReader(io.BytesIO(page.pdf(format="Letter")))
    printed = " ".join(" ".join(sheet.extract_text() for sheet in paper.pages).split())
    assert "T12: 13 of 18" in printed
    assert "Exactly 50 % of collapse" in printed
    assert "Add another" not in printed
    assert "Sign out" not in printed


@pytest.mark.parametrize("clothes", CLOTHES, ids=NAMES)
def test_every_page_of_scores_is_sound(open_page, look_at, wanted, clothes):
    # given scores of each kind, one incomplete, one with an earlier version
    nurse = User.objects.get(email="nurse@example.org")
    recorded(wanted, "mirels", MIRELS, target="femur_left", place="lower third", user=nurse)
    recorded(wanted, "sins", SINS | {"pain": None}, target="T12", user=nurse)
    recorded(wanted, "calcium", CALCIUM, user=nurse)
    status = recorded(wanted, "ecog", {"ecog": "1"}, user=nurse)
    page = open_page("/staff/", **clothes)
    sign_in(page, "nurse")
    # when somebody adds one: empty, wrong, right
    page.goto(reverse("staff-scores:list", args=[wanted.reference]))
    look_at(page)
    go(page, page.get_by_role("link", name="Add ESCC grade (Bilsky)"))
    look_at(page)
    press(page, "Save the score")
    assert page.locator(".error-summary").is_visible()
    look_at(page)
    page.get_by_label("Worst level").select_option("T12")
    fill_in(page, {"grade": "3", "study_on_month": "11", "study_on_day": "2", "study_on_year": "2025"})
    press(page, "Save the score")
    # then they read at once what to do
    assert "Call the patient now" in page.locator("main").inner_text()
    assert Alert.objects.get().rules == ["E25"]
    look_at(page)
    # and a change on a page that a colleague has overtaken keeps what was typed
    go(page, page.get_by_role("link", name=re.compile("^Change or assess again ECOG")))
    look_at(page)
    revised(status, {"ecog": "4"}, user=User.objects.get(email="physician@example.org"))
    fill_in(page, {"ecog": "2", "note": "Walks with a cane"})
    press(page, "Save the score")
    said = page.locator("main").inner_text()
    assert "saved a newer version of this score" in said
    assert page.get_by_label("Note").input_value() == "Walks with a cane"
    look_at(page)
    press(page, "Save the score")
    assert where(page).endswith("/scores/")
    assert list(Score.objects.filter(kind="ecog").order_by("version").values_list("result", flat=True)) == [
        "1",
        "4",
        "2",
    ]
