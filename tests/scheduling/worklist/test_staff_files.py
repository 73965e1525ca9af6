"""Staff and added files: on the request page, and as downloads that are written down."""

import pytest
from django.urls import reverse

from clinic.platform.audit.actors import Actor
from clinic.platform.audit.models import AuditEntry
from clinic.platform.submits.once import new_key
from intake.records import uploads
from intake.records.models import Upload
from tests.factories import a_clinician_user, a_nurse, an_administrator, an_auditor
from tests.intake.records.some_files import a_pdf, in_quarantine
from tests.scheduling.patient_steps import a_wanted_request

pytestmark = pytest.mark.django_db
PATIENT = Actor("patient", "request:1")


@pytest.fixture(autouse=True)
def file_folder(settings, tmp_path):
    """A folder of this test."""
    settings.UPLOAD_FOLDER = str(tmp_path / "uploads")


@pytest.fixture
def wanted(db):
    """A request with one file."""
    wanted = a_wanted_request()
    uploads.add_upload(
        wanted.report, "pathology", in_quarantine(a_pdf(), name="Biopsy <b>.pdf"), by=PATIENT, key=new_key()
    )
    return wanted


def address(wanted) -> str:
    return reverse("worklist:file", args=[wanted.reference, Upload.objects.get(report=wanted.report).pk])


@pytest.mark.parametrize("person", [a_nurse, a_clinician_user])
def test_staff_get_the_file_as_an_attachment_and_it_is_written_down(client, wanted, person):
    user = person()
    client.force_login(user)
    answer = client.get(address(wanted))
    assert answer["Content-Disposition"] == 'attachment; filename="record-1.pdf"'
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert len(b"".join(answer.streaming_content)) == Upload.objects.get().size_bytes
    row = AuditEntry.objects.get(action="file_downloaded")
    assert (row.actor_kind, row.actor_id) == ("staff", str(user.pk))
    assert AuditEntry.objects.filter(action="viewed", subject_id=str(wanted.pk), actor_id=str(user.pk)).count() == 1


@pytest.mark.parametrize("person", [an_administrator, an_auditor])
def test_staff_without_patients_get_no_file(client, wanted, person):
    client.force_login(person())
    assert client.get(address(wanted)).status_code == 403
    assert not AuditEntry.objects.filter(action="file_downloaded").exists()


def test_file_under_another_request_is_not_there(client, wanted):
    client.force_login(a_nurse())
    other = a_wanted_request()
    upload = Upload.objects.get()
    assert client.get(reverse("worklist:file", args=[other.reference, upload.pk])).status_code == 404


def test_removed_file_is_not_there(client, wanted):
    client.force_login(a_nurse())
    uploads.remove_upload(Upload.objects.get(), by=PATIENT, key=new_key())
    assert client.get(address(wanted)).status_code == 404


def test_request_page_shows_files_and_that_they_were_not_scanned(client, wanted):
    client.force_login(a_nurse())
    html = client.get(reverse("worklist:request", args=[wanted.reference])).content.decode()
    assert address(wanted) in html
    assert "Biopsy &lt;b&gt;.pdf" in html
    assert "Not scanned for viruses" in html
    Upload.objects.update(scan=Upload.Scan.CLEAN)
    html = client.get(reverse("worklist:request", args=[wanted.reference])).content.decode()
    assert "Not scanned for viruses" not in html


def test_request_page_shows_a_file_refused_today_with_the_reason_and_no_link(client, wanted):
    client.force_login(a_nurse())
    Upload.objects.update(state="refused", refusal="virus", scan="infected")
    html = client.get(reverse("worklist:request", args=[wanted.reference])).content.decode()
    assert "The selected file has a virus" in html
    assert address(wanted) not in html
