"""Staff and added files: on the request page, and as downloads that are written down."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic.platform.audit.actors import Actor
from clinic.platform.audit.models import AuditEntry
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import new_key
from intake.records import actions, uploads
from intake.records.models import ReadinessItem, Upload
from intake.records.refusals import SENTENCES
from scheduling.requests.models import AppointmentRequest
from tests.clinic.look.markup import Page, faults
from tests.factories import a_clinician_user, a_coordinator, a_nurse, a_physician, an_administrator, an_auditor
from tests.intake.records.some_files import a_pdf, in_quarantine
from tests.scheduling.own_steps import in_session_of
from tests.scheduling.patient_steps import a_wanted_request
from tests.scheduling.staff_rows import a_file

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


@pytest.mark.parametrize("person", [a_nurse, a_physician])
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


# Files that staff add


def post_file(client, wanted, *, kind="pathology", data=None, headers=None, **more):
    post = {"kind": kind, "file": SimpleUploadedFile("Fax 7.pdf", a_pdf() if data is None else data), "key": new_key()}
    return client.post(reverse("worklist:file-add", args=[wanted.reference]), post | more, headers=headers)


def an_item(wanted, kind="pathology", **fields):
    return ReadinessItem.objects.create(report=wanted.report, kind=kind, detail="Biopsy of the hip", **fields)


def records_page(client, wanted) -> str:
    return client.get(reverse("worklist:records", args=[wanted.reference])).content.decode()


def timeline_of(client, wanted) -> str:
    return client.get(reverse("worklist:timeline", args=[wanted.reference])).content.decode()


@pytest.fixture
def coordinator(client):
    user = a_coordinator()
    client.force_login(user)
    return user


def test_fax_is_added_by_staff_and_says_so_to_everybody(client, coordinator):
    wanted = a_wanted_request()
    key = new_key()
    for _time in range(2):  # a double click adds one
        assert post_file(client, wanted, key=key).status_code == 302
    upload = Upload.objects.get()
    assert (upload.by_kind, upload.by_id, upload.by_label) == ("staff", str(coordinator.pk), coordinator.name)
    assert AuditEntry.objects.get(action="file_added").actor_id == str(coordinator.pk)
    html = records_page(client, wanted)
    assert f"{coordinator.name} (staff)" in html
    assert "1 file, 1 not scanned for viruses" in html
    assert faults(Page(html)) == []
    in_session_of(client, wanted)
    page = client.get(f"/my/{wanted.reference}/files/").content.decode()
    assert "added by our staff" in page
    assert f"{upload.pk}/remove/" not in page
    assert client.get(f"/my/{wanted.reference}/files/{upload.pk}/remove/").status_code == 302
    assert Upload.objects.get().state == "kept"


def test_the_script_of_the_page_gets_a_sentence(client, coordinator):
    wanted, wants_json = a_wanted_request(), {"Accept": "application/json"}
    assert post_file(client, wanted, headers=wants_json).json() == {"text": "Added"}
    answer = post_file(client, wanted, data=b"MZ" + bytes(500), headers=wants_json)
    assert (answer.status_code, answer.json()["text"]) == (422, SENTENCES["wrong_type"])


def test_file_that_is_refused_is_told_in_the_form(client, coordinator):
    answer = post_file(client, a_wanted_request(), data=b"")
    html = answer.content.decode()
    assert answer.status_code == 422
    assert '<a href="#file_file">The selected file is empty</a>' in html
    assert faults(Page(html)) == []


def test_file_without_the_token_of_its_page_is_refused(coordinator):
    browser, wanted = Client(enforce_csrf_checks=True), a_wanted_request()
    browser.force_login(coordinator)
    assert post_file(browser, wanted).status_code == 403
    assert not Upload.objects.exists()


def test_file_with_the_token_of_its_page_is_added_without_being_read_on_the_way(coordinator):
    browser, wanted = Client(enforce_csrf_checks=True), a_wanted_request()
    browser.force_login(coordinator)
    page = Page(browser.get(reverse("worklist:records", args=[wanted.reference])).content.decode())
    token = next(one["value"] for one in page.every("input") if one.get("name") == "csrfmiddlewaretoken")
    data = {"kind": "pathology", "file": SimpleUploadedFile("Fax 7.pdf", a_pdf()), "key": new_key()}
    address, origin = reverse("worklist:file-add", args=[wanted.reference]), {"Origin": "http://testserver"}
    assert browser.post(address, data | {"csrfmiddlewaretoken": token}, headers=origin).status_code == 302
    assert Upload.objects.count() == 1


@pytest.mark.parametrize("person", [a_clinician_user, an_auditor])
def test_those_who_do_not_chase_records_add_and_remove_no_file(client, wanted, person):
    Upload.objects.update(by_kind="staff")
    client.force_login(person())
    assert post_file(client, wanted).status_code == 403
    address = reverse("worklist:file-remove", args=[wanted.reference, Upload.objects.get().pk])
    assert client.post(address, {"key": new_key()}).status_code == 403
    assert Upload.objects.get().state == "kept"


def test_closed_request_takes_no_file(client, coordinator):
    wanted = a_wanted_request()
    AppointmentRequest.objects.update(closed_at=timezone.now())
    assert post_file(client, wanted).status_code == 409
    assert not Upload.objects.exists()


def test_file_of_a_kind_that_is_waited_for_settles_the_record_and_staff_can_take_that_back(client, coordinator):
    wanted = a_wanted_request()
    item = an_item(wanted, requested_at=timezone.now(), state="requested")
    other = an_item(wanted, "labs")
    post_file(client, wanted)
    item.refresh_from_db()
    other.refresh_from_db()
    assert (item.state, item.received_by, item.by_file) == ("received", coordinator.name, Upload.objects.get())
    assert other.state == "needed"
    assert f"{coordinator.name}, with a file" in records_page(client, wanted)
    assert "Record received" in timeline_of(client, wanted)
    form = {"key": new_key(), "version": item.version, "state": "requested", "source": ""}
    assert client.post(reverse("worklist:record", args=[wanted.reference, item.pk]), form).status_code == 302
    item.refresh_from_db()
    assert (item.state, item.received_at, item.by_file) == ("requested", None, None)
    assert timeline_of(client, wanted).count("Record re") >= 2


def test_patients_file_settles_a_record_with_date_and_by_whom(client):
    wanted = a_wanted_request()
    item = an_item(wanted)
    uploads.add_upload(wanted.report, "pathology", in_quarantine(a_pdf()), by=PATIENT, key=new_key())
    item.refresh_from_db()
    assert (item.state, item.received_by) == ("received", "the patient")
    assert item.received_at == Upload.objects.get().added_at
    assert AppointmentRequest.objects.get().records_complete
    client.force_login(a_nurse())
    assert "Record received" in timeline_of(client, wanted)


def test_of_two_records_of_a_kind_only_the_chosen_one_is_settled(client, coordinator):
    wanted = a_wanted_request()
    first, second = an_item(wanted), an_item(wanted)
    post_file(client, wanted)  # which of them came, nobody said
    assert set(ReadinessItem.objects.values_list("state", flat=True)) == {"needed"}
    post_file(client, wanted, record=str(second.pk))
    assert list(ReadinessItem.objects.order_by("pk").values_list("state", flat=True)) == ["needed", "received"]
    stranger = an_item(a_wanted_request())
    assert post_file(client, wanted, record=str(stranger.pk)).status_code == 422
    first.refresh_from_db()
    stranger.refresh_from_db()
    assert (first.state, stranger.state) == ("needed", "needed")


def test_fax_about_somebody_else_is_removed_and_its_record_waited_for_again(client, coordinator):
    wanted = a_wanted_request()
    item = an_item(wanted)
    post_file(client, wanted)
    address = reverse("worklist:file-remove", args=[wanted.reference, Upload.objects.get().pk])
    html = client.get(address).content.decode()
    assert "Remove this file?" in html
    assert faults(Page(html)) == []
    for _time in range(2):
        assert client.post(address, {"key": new_key()}).status_code == 302
    item.refresh_from_db()
    assert (Upload.objects.get().state, item.state, item.by_file) == ("removed", "needed", None)
    assert not AppointmentRequest.objects.get().records_complete
    assert "Record needed again" in timeline_of(client, wanted)


def test_staff_do_not_remove_what_the_patient_added(client, wanted, coordinator):
    address = reverse("worklist:file-remove", args=[wanted.reference, Upload.objects.get().pk])
    assert client.post(address, {"key": new_key()}).status_code == 404
    assert Upload.objects.get().state == "kept"


def test_virus_found_later_takes_the_record_back(wanted, monkeypatch):
    item = an_item(wanted)
    upload = Upload.objects.get()
    actions.receive_by_file(upload, by=PATIENT, at=timezone.now())
    monkeypatch.setattr(uploads.clamd, "is_infected", lambda file: True)
    uploads.scan_again(str(upload.pk))
    item.refresh_from_db()
    assert (item.state, item.received_by) == ("needed", "")


def test_twenty_files_of_the_patient_leave_room_for_a_fax(client, coordinator):
    wanted = a_wanted_request()
    for _number in range(20):
        a_file(wanted.report)
    assert post_file(client, wanted).status_code == 302
    with pytest.raises(Refused):
        uploads.add_upload(wanted.report, "labs", in_quarantine(a_pdf()), by=PATIENT, key=new_key())
