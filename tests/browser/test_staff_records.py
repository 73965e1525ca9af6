"""The desk in the browser: records, tasks, a merge and its undoing, a caregiver verified, a form by phone."""

import re
from uuid import uuid4

import pytest
from django.utils import timezone

from clinic.platform.audit.actors import Actor
from intake.models import PatientMerge, Proxy, ReadinessItem, StaffTask
from intake.records.actions import items_from_answers
from tests.browser.clinic_day import a_reviewed_request, a_sent_request, open_the_clinic
from tests.browser.conftest import DESKTOP, PHONE, SMALL_PHONE
from tests.browser.steps import answer_page, follow, go, press, sign_in, step_of
from tests.intake.records.some_files import a_pdf

SCAN = {"kind": "mri", "body_part": "Hip", "place": "North Hospital", "date": "2026-05", "have": ["neither"]}
CLOTHES = [
    {"js": True, "size": DESKTOP},
    {"js": False, "size": PHONE},
    {"js": True, "size": SMALL_PHONE, "dark": True, "text": "largest"},
]
NAMES = ["desktop", "phone, no scripts", "dark, largest, 320 px"]


@pytest.fixture
def wanted(transactional_db):
    open_the_clinic()
    found = a_reviewed_request()
    items_from_answers(
        found.report, {"imaging": [{"id": uuid4().hex, **SCAN}]}, by=Actor("patient", f"request:{found.pk}")
    )
    return found


def staff_page(open_page, clothes):
    page = open_page("/staff/", **clothes)
    sign_in(page, "coordinator")
    return page


@pytest.mark.parametrize("clothes", CLOTHES, ids=NAMES)
def test_records_are_asked_for_received_and_added(open_page, look_at, wanted, clothes):
    # given a request that waits for a scan
    page = staff_page(open_page, clothes)
    page.goto(f"/staff/requests/{wanted.reference}/")
    look_at(page)
    page.goto(f"/staff/requests/{wanted.reference}/records/")
    look_at(page)
    assert "The visit waits for records." in page.locator("main").inner_text()
    # when it is asked for, and then here
    press(page, re.compile("^Mark as requested MRI"))
    press(page, re.compile("^Mark as received MRI"))
    # then nothing holds up the visit
    assert "Nothing holds up the visit." in page.locator("main").inner_text()
    wanted.refresh_from_db()
    assert wanted.status == "ready"
    # and a record added by hand holds it up again
    press(page, "Add to the list")
    look_at(page)
    page.get_by_label("Kind of record").select_option("labs")
    page.get_by_label("The visit waits for it").check()
    press(page, "Add to the list")
    wanted.refresh_from_db()
    assert wanted.status == "records_pending"
    # and everything about one record stands on its page
    go(page, page.get_by_role("link", name=re.compile("^Change Blood tests")))
    look_at(page)


@pytest.mark.parametrize("clothes", CLOTHES[:2], ids=NAMES[:2])
def test_fax_is_added_and_its_record_received(open_page, look_at, wanted, clothes, settings, tmp_path):
    # given a request that waits for a scan, and its report on this desk
    settings.UPLOAD_FOLDER = str(tmp_path / "uploads")
    fax = tmp_path / "fax.pdf"
    fax.write_bytes(a_pdf())
    page = staff_page(open_page, clothes)
    for part in ("answers", "timeline", "records"):
        page.goto(f"/staff/requests/{wanted.reference}/{part}/")
        look_at(page)
    # when a coordinator adds it
    page.get_by_label("What is it?").select_option("imaging_report")
    page.get_by_label("File", exact=True).set_input_files(fax)
    page.get_by_label("Which record is it?").select_option(label="MRI, Hip, May 2026 (North Hospital)")
    page.get_by_role("button", name="Add this file").click()
    # then the page says that the scan is here, without or with scripts
    page.get_by_text("with a file").wait_for()
    said = page.locator("main").inner_text()
    assert "1 file, 1 not scanned for viruses" in said
    assert "Nothing holds up the visit." in said
    look_at(page)
    # and a file of somebody else is taken away again
    follow(page, "Remove fax.pdf")
    look_at(page)
    press(page, "Remove this file")
    assert "The visit waits for records." in page.locator("main").inner_text()


def test_record_that_a_colleague_changed_is_said(open_page, look_at, wanted):
    page = staff_page(open_page, {"size": DESKTOP})
    item = ReadinessItem.objects.get(is_required=True)
    page.goto(f"/staff/requests/{wanted.reference}/records/")
    ReadinessItem.objects.filter(pk=item.pk).update(version=7, state="requested")
    press(page, re.compile("^Mark as received MRI"))
    look_at(page)
    assert "This record changed while you had it open" in page.locator("main").inner_text()
    press(page, "Save")
    item.refresh_from_db()
    assert item.state == "received"


@pytest.mark.parametrize("clothes", CLOTHES, ids=NAMES)
def test_two_records_become_one_and_two_again(open_page, look_at, wanted, clothes):
    # given somebody who registered twice
    other = a_sent_request(legal_last_name="Quackenbusch")
    page = staff_page(open_page, clothes)
    page.goto("/staff/tasks/")
    look_at(page)
    go(page, page.get_by_role("table").get_by_role("link", name=re.compile("^Possible duplicate")).first)
    look_at(page)
    # when a person looks and says: the same
    press(page, "Save")
    look_at(page)
    page.get_by_label("Yes. Keep record B").check()
    press(page, "Save")
    # then they are one, and can be two again
    look_at(page)
    wanted.refresh_from_db()
    other.refresh_from_db()
    assert wanted.patient_id == other.patient_id
    page.goto(f"/staff/requests/{other.reference}/")
    look_at(page)
    follow(page, "Registered twice: see both records")
    press(page, "Undo the merge")
    look_at(page)
    assert PatientMerge.objects.get().undone_at is not None


def test_caregiver_is_verified_and_a_task_closed(open_page, look_at, wanted):
    proxy = Proxy.objects.create(patient=wanted.patient, name="Ana Ortiz", relation="child", authority="patient_asked")
    task = StaffTask.objects.create(
        kind="verify_proxy", patient=wanted.patient, report=wanted.report, due_at=timezone.now(),
        data={"proxy": proxy.pk, "authority": "patient_asked"},
    )  # fmt: skip
    page = staff_page(open_page, {"size": PHONE})
    page.goto(f"/staff/tasks/{task.pk}/")
    look_at(page)
    press(page, "Close the task")
    look_at(page)
    press(page, "I have verified this")
    look_at(page)
    proxy.refresh_from_db()
    task.refresh_from_db()
    assert (proxy.verified_by, task.state) == ("Robin Castle", "done")
    page.goto("/staff/tasks/?kind=verify_proxy")
    look_at(page)
    assert "Nobody waits to be verified." in page.locator("main").inner_text()


@pytest.mark.parametrize("clothes", CLOTHES[:2], ids=NAMES[:2])
def test_emergency_of_a_caller_is_read_aloud(open_page, look_at, transactional_db, clothes):
    open_the_clinic()
    page = staff_page(open_page, clothes)
    page.goto("/staff/phone-entry/")
    look_at(page)
    press(page, "Start")
    look_at(page)
    assert "You are filling in for a caller." in page.locator("body").inner_text()
    while step_of(page) != "bowel-change":
        answer_page(page)
    answer_page(page, bowel_change={"bowel_change": "no_control"})
    look_at(page)
    assert "Read this page aloud now, word for word." in page.locator("body").inner_text()
    press(page, "Stop, and close the form")
    look_at(page)
    page.goto("/register/check/")
    assert "You are filling in for a caller." not in page.locator("body").inner_text()


def test_answers_before_the_visit_are_taken_down_by_phone(open_page, look_at, wanted):
    page = staff_page(open_page, {"size": DESKTOP})
    page.goto(f"/staff/requests/{wanted.reference}/")
    follow(page, "Enter answers for a caller")
    look_at(page)
    page.goto(f"/staff/requests/{wanted.reference}/before-visit/insurance/status/")
    look_at(page)
    page.get_by_label("I am not sure").check()
    press(page, "Continue")
    look_at(page)
    assert StaffTask.objects.filter(kind="insurance_help", state="open").count() == 1
