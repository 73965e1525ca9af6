"""Adding files in a browser: several at once with scripts, one a post without; a failed file keeps the others."""

import time

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import expect

from intake.records.models import Upload
from intake.records.refusals import LARGEST_BYTES
from tests.browser.clinic_day import CAREGIVER, a_sent_request, open_the_clinic
from tests.browser.conftest import DESKTOP, PHONE, SMALL_PHONE
from tests.browser.steps import follow, heading, press, sign_in
from tests.intake.records.some_files import a_locked_pdf, a_pdf, a_photo

pytestmark = pytest.mark.django_db(transaction=True)
HARDEST = {"text": "largest", "dark": True, "size": SMALL_PHONE}


def a_file(name: str, data: bytes) -> dict:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": data}


@pytest.fixture
def files_page(open_page, live_server):
    """A function that opens the files of a request in its patient's session."""

    def opened(wanted, **clothes):
        session = SessionStore()
        session["request_id"], session["patient_seen"] = str(wanted.pk), int(time.time())
        session.save()
        page = open_page("/accessibility/", **clothes)
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session.session_key, "url": live_server.url}
        page.context.add_cookies([cookie])
        page.goto(f"/my/{wanted.reference}/files/")
        return page

    return opened


NAMES = "[data-file-lists] section:first-child .file-name"


def names_on(page) -> list[str]:
    return page.locator(NAMES).all_inner_texts()


@pytest.mark.parametrize("size", [PHONE, pytest.param(DESKTOP, marks=pytest.mark.thorough)], ids=["phone", "desktop"])
def test_several_files_are_sent_one_after_the_other_and_a_failed_one_keeps_the_others(files_page, look_at, size):
    # given the page of a patient who has files of all sorts
    open_the_clinic()
    page = files_page(a_sent_request(), size=size)
    look_at(page)
    files = [
        a_file("blood.pdf", a_pdf()),
        a_file("locked.pdf", a_locked_pdf()),
        a_file("empty.jpg", b""),
        a_file("photo.jpg", a_photo()),
    ]

    # when they choose all of them at once
    page.locator("[name=kind]").select_option("labs")
    page.locator("[name=file]").set_input_files(files)
    page.get_by_role("button", name="Add this file").click()
    page.get_by_text("Files added: 2. Files not added: 2").wait_for()

    # then the good ones are on the list, each of the others has its reason, and the words are read out
    expect(page.locator(NAMES)).to_have_text(["blood.pdf", "photo.jpg"])
    progress = page.locator("[data-file-progress]").inner_text()
    assert "The selected file is password protected" in progress
    assert "The selected file is empty" in progress
    assert page.locator("[data-file-progress] progress").count() == 0
    assert page.evaluate("document.activeElement.matches('[data-file-progress]')")
    look_at(page)
    assert Upload.objects.filter(state="kept").count() == 2

    # and one is removed again
    page.get_by_role("link", name="Remove photo.jpg").click()
    assert heading(page) == "Remove this file?"
    look_at(page)
    press(page, "Remove this file")
    assert names_on(page) == ["blood.pdf"]
    look_at(page)


def test_without_scripts_one_file_a_post_and_the_error_leads_to_its_field(files_page, look_at):
    open_the_clinic()
    page = files_page(a_sent_request(), js=False)
    look_at(page)
    press(page, "Add this file")
    assert page.locator(".error-summary li").all_inner_texts() == ["Select what the file is", "Select a file"]
    look_at(page)
    page.locator("[name=kind]").select_option("pathology")
    page.locator("[name=file]").set_input_files([a_file("biopsy.pdf", a_pdf())])
    press(page, "Add this file")
    assert names_on(page) == ["biopsy.pdf"]
    look_at(page)
    page.locator("[name=kind]").select_option("labs")
    page.locator("[name=file]").set_input_files([a_file("locked.pdf", a_locked_pdf())])
    press(page, "Add this file")
    assert page.locator(".error-summary a").inner_text() == "The selected file is password protected"
    assert names_on(page) == ["biopsy.pdf"]
    look_at(page)


def test_too_large_a_file_is_told_on_the_page_with_and_without_scripts(files_page, look_at, tmp_path):
    open_the_clinic()
    wanted = a_sent_request()
    large = tmp_path / "film.pdf"
    with large.open("wb") as file:
        file.truncate(LARGEST_BYTES + 1024 * 1024)
    for js in (True, False):
        page = files_page(wanted, js=js)
        page.locator("[name=kind]").select_option("other")
        page.locator("[name=file]").set_input_files(large)
        page.get_by_role("button", name="Add this file").click()
        page.get_by_text("The selected file must be smaller than 25 MB").first.wait_for()
        look_at(page)
    assert Upload.objects.filter(state="kept").count() == 0


def test_photo_of_the_insurance_card_comes_from_the_phones_camera(files_page, look_at):
    open_the_clinic()
    page = files_page(a_sent_request())
    page.goto(page.url + "?kind=insurance_front")
    field = page.locator("[name=file]")
    assert page.locator("[name=kind]").input_value() == "insurance_front"
    assert "image/*" in field.get_attribute("accept")
    assert field.get_attribute("capture") is None  # a picture made before can be chosen, too
    look_at(page)


def test_downloaded_file_has_a_name_that_says_nothing(files_page):
    open_the_clinic()
    page = files_page(a_sent_request())
    page.locator("[name=kind]").select_option("labs")
    page.locator("[name=file]").set_input_files([a_file("Quandtner.pdf", a_pdf())])
    page.get_by_role("button", name="Add this file").click()
    page.get_by_text("Files added: 1").wait_for()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download Quandtner.pdf").click()
    assert download.value.suggested_filename == "record-1.pdf"


@pytest.mark.parametrize("clothes", [{"size": DESKTOP}, HARDEST], ids=["standard", "dark, largest, 320 px"])
def test_pages_about_files_in_other_clothes(files_page, look_at, open_page, clothes):
    # given a caregiver who added a file with a very long name, and one that was refused
    open_the_clinic()
    wanted = a_sent_request(filled_by="caregiver", **CAREGIVER)
    type(wanted).objects.filter(pk=wanted.pk).update(filled_by="caregiver")
    page = files_page(wanted, **clothes)
    for data, name in ((a_pdf(), "صورة" + "x" * 120 + ".pdf"), (a_locked_pdf(), "locked.pdf")):
        page.locator("[name=kind]").select_option("clinic_notes")
        page.locator("[name=file]").set_input_files([a_file(name, data)])
        page.get_by_role("button", name="Add this file").click()
        page.locator("[data-file-progress] .file-added, [data-file-progress] .file-failed").wait_for()
        look_at(page)
    page.reload()
    assert page.locator("#refused-heading").count() == 1
    assert page.get_by_role("link", name="Download").count() == 0
    look_at(page)
    follow(page, "Remove", exact=False)
    look_at(page)

    # then staff see both on the request, not scanned
    page = open_page("/staff/", **clothes)
    sign_in(page, "nurse")
    page.goto(f"/staff/requests/{wanted.reference}/")
    assert "Not scanned for viruses" in page.locator("[aria-labelledby=files]").inner_text()
    look_at(page)
