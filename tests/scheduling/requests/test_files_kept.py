"""Files that were added: getting one back, removing one, and what a caregiver may not."""

from datetime import timedelta

import pytest
from django.utils import timezone

from clinic.platform.audit.models import AuditEntry
from clinic.platform.submits.once import new_key
from intake.patients.models import Proxy
from intake.records.models import Upload
from tests.clinic.look.markup import Page, faults
from tests.intake.records.some_files import a_photo
from tests.scheduling.own_steps import in_session_of
from tests.scheduling.patient_steps import a_wanted_request, key_on
from tests.scheduling.requests.file_pages import add, page_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def file_folder(settings, tmp_path):
    """A folder of this test."""
    settings.UPLOAD_FOLDER = str(tmp_path / "uploads")
    return tmp_path / "uploads"


@pytest.fixture
def wanted(client):
    """A request, open in this browser."""
    wanted = a_wanted_request()
    in_session_of(client, wanted)
    return wanted


# Getting back


def the_upload() -> Upload:
    return Upload.objects.get()


def test_file_comes_back_as_an_attachment_that_nothing_can_run(client, wanted):
    add(client, wanted, a_photo(), name="Quandtner knee.jpg", kind="imaging_report")
    answer = client.get(f"{page_of(wanted)}{the_upload().pk}/")
    assert answer["Content-Disposition"] == 'attachment; filename="record-1.jpg"'
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["Cache-Control"] == "no-store"
    assert answer.streaming
    assert len(b"".join(answer.streaming_content)) == the_upload().size_bytes


def test_every_download_is_written_down(client, wanted):
    add(client, wanted)
    for _twice in range(2):
        b"".join(client.get(f"{page_of(wanted)}{the_upload().pk}/").streaming_content)
    rows = AuditEntry.objects.filter(action="file_downloaded", subject_id=str(the_upload().pk))
    assert [(row.actor_kind, row.actor_id) for row in rows] == [("patient", f"request:{wanted.pk}")] * 2
    assert (
        AuditEntry.objects.filter(action="viewed", subject_id=str(wanted.pk), data={"purpose": "download"}).count() == 2
    )


def test_file_of_another_request_is_not_there(client, wanted):
    add(client, wanted)
    other = a_wanted_request()
    in_session_of(client, other)
    for path in (f"{page_of(other)}{the_upload().pk}/", f"{page_of(wanted)}{the_upload().pk}/"):
        assert client.get(path).status_code == 404
    assert client.get(f"{page_of(other)}{the_upload().pk}/remove/").status_code == 404
    assert client.post(f"{page_of(other)}{the_upload().pk}/remove/", {"key": new_key()}).status_code == 404
    assert the_upload().state == "kept"


def test_file_that_is_gone_from_the_disk_is_not_there(client, wanted, file_folder):
    add(client, wanted)
    next(file_folder.glob("kept/*/*/*")).unlink()
    assert client.get(f"{page_of(wanted)}{the_upload().pk}/").status_code == 404


# Removing


def test_removing_is_asked_once_and_done_once(client, wanted):
    add(client, wanted, name="wrong.pdf")
    address = f"{page_of(wanted)}{the_upload().pk}/remove/"
    page = client.get(address)
    assert "Remove this file?" in page.content.decode()
    assert "wrong.pdf" in page.content.decode()
    assert faults(Page(page.content.decode())) == []
    assert the_upload().state == "kept"
    key = key_on(page)
    for _twice in range(2):
        assert client.post(address, {"key": key})["Location"] == page_of(wanted)
    assert the_upload().state == "removed"
    assert "wrong.pdf" not in client.get(page_of(wanted)).content.decode()
    assert client.get(f"{page_of(wanted)}{the_upload().pk}/").status_code == 404
    assert client.get(address)["Location"] == page_of(wanted)


def test_removing_needs_the_key_of_the_page(client, wanted):
    add(client, wanted)
    assert client.post(f"{page_of(wanted)}{the_upload().pk}/remove/", {"key": "x"}).status_code == 422
    assert the_upload().state == "kept"


# Caregivers


@pytest.fixture
def of_caregiver(client):
    """A request that a caregiver filled in, open in the caregiver's browser; a file of the patient is there."""
    wanted = a_wanted_request(filled_by="caregiver")
    Proxy.objects.create(patient=wanted.patient, name="Ana", relation="child", authority="patient_asked")
    Upload.objects.create(
        report=wanted.report, kind="labs", original_name="of-the-patient.pdf", state="kept", by_kind="patient",
        by_id="1", added_at=timezone.now() - timedelta(days=1),
    )  # fmt: skip
    in_session_of(client, wanted)
    return wanted


def test_caregiver_adds_files_and_sees_only_those_before_staff_verify(client, of_caregiver):
    assert add(client, of_caregiver, name="of-the-caregiver.pdf").status_code == 302
    html = client.get(page_of(of_caregiver)).content.decode()
    assert "Add the patient&#x27;s records" in html or "Add the patient's records" in html
    assert "of-the-caregiver.pdf" in html
    assert "of-the-patient.pdf" not in html
    assert "Download" not in html
    for upload in Upload.objects.all():
        assert client.get(f"{page_of(of_caregiver)}{upload.pk}/").status_code == 404
    others = Upload.objects.get(by_kind="patient")
    assert client.get(f"{page_of(of_caregiver)}{others.pk}/remove/").status_code == 404


def test_caregiver_whom_staff_verified_sees_every_file(client, of_caregiver):
    Proxy.objects.update(verified_at=timezone.now())
    add(client, of_caregiver, name="of-the-caregiver.pdf")
    html = client.get(page_of(of_caregiver)).content.decode()
    assert "of-the-patient.pdf" in html
    mine = Upload.objects.get(by_kind="caregiver")
    assert client.get(f"{page_of(of_caregiver)}{mine.pk}/").status_code == 200
