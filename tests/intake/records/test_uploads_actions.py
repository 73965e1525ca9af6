"""Adding, removing, scanning and tidying files."""

import base64
import os
import stat
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from clinic.platform.audit.actors import Actor
from clinic.platform.audit.models import AuditEntry
from clinic.platform.crypto.sealing import CannotOpen
from clinic.platform.jobs.models import Job
from clinic.platform.jobs.worker import run_due
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import new_key
from intake.records import checking, storage, uploads
from intake.records.models import Upload
from intake.records.quarantine import shown_name
from tests.factories import a_patient
from tests.intake.records.some_files import EICAR, a_locked_pdf, a_pdf, a_picture, in_quarantine

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("file_folder")]
PATIENT = Actor("patient", "request:1")


@pytest.fixture
def report(db):
    """What a patient reported."""
    from intake.symptoms.models import SymptomReport

    return SymptomReport.objects.create(
        patient=a_patient(), filled_by="patient", answers={}, snapshot=[], sent_at=timezone.now()
    )


def added(report, data: bytes | None = None, *, kind="labs", key=None, name="labs.pdf", by=PATIENT) -> Upload:
    data = a_pdf() if data is None else data
    return uploads.add_upload(report, kind, in_quarantine(data, name=name), by=by, key=key or new_key())


def audited(upload: Upload) -> list[tuple[str, dict]]:
    rows = AuditEntry.objects.filter(subject_kind="intake.upload", subject_id=str(upload.pk)).order_by("sequence")
    return list(rows.values_list("action", "data"))


def quarantined(folder) -> list[str]:
    return sorted(path.name for path in (folder / "quarantine").iterdir())


# Adding


def test_added_file_is_kept_under_a_random_name_for_our_eyes_only(report, file_folder):
    upload = added(report, name="Quandtner MRI.pdf")
    path = storage.kept_path(upload.stored_name)
    assert upload.state == Upload.State.KEPT
    with storage.open_kept(upload.stored_name) as file:
        clean = file.read()
    assert (upload.content_type, upload.size_bytes) == ("application/pdf", len(clean))
    assert clean.startswith(b"%PDF")
    assert b"%PDF" not in path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.relative_to(file_folder).parts == (
        "kept", upload.stored_name[:2], upload.stored_name[2:4], upload.stored_name,
    )  # fmt: skip
    assert stat.S_IMODE((file_folder / "kept").stat().st_mode) == 0o700
    assert "Quandtner" not in str(path)
    assert quarantined(file_folder) == []
    assert audited(upload) == [("file_added", {"kind": "labs", "refusal": "", "scan": "not_scanned"})]


def test_own_name_of_a_file_is_encrypted_at_rest(report):
    from django.db import connection

    upload = added(report, name="Quandtner MRI.pdf")
    with connection.cursor() as cursor:
        cursor.execute("SELECT original_name FROM intake_upload")
        assert "Quandtner" not in cursor.fetchone()[0]
    assert Upload.objects.get(pk=upload.pk).original_name == "Quandtner MRI.pdf"


def test_same_submit_again_adds_nothing(report, file_folder, monkeypatch):
    key = new_key()
    first = added(report, a_pdf(), key=key)
    monkeypatch.setattr(checking, "examine", lambda file: pytest.fail("checked a second time"))
    assert added(report, a_pdf(), key=key) == first
    assert Upload.objects.count() == 1
    assert len(list((file_folder / "kept").glob("*/*/*"))) == 1


def test_same_key_with_another_file_is_refused(report):
    key = new_key()
    added(report, key=key)
    with pytest.raises(Refused) as no:
        added(report, a_picture(), key=key)
    assert no.value.code == "key_reused"
    assert Upload.objects.count() == 1


def test_two_checks_of_one_submit_at_once_keep_one_file(report, file_folder, monkeypatch):
    """A double click: the second post is through while the first is still being checked."""
    key, data, look, second = new_key(), a_pdf(), checking.examine, []

    def examined_while_the_other_post_comes(file):
        monkeypatch.setattr(checking, "examine", look)
        second.append(added(report, data, key=key))
        return look(file)

    monkeypatch.setattr(checking, "examine", examined_while_the_other_post_comes)
    assert added(report, data, key=key) == second[0]
    assert Upload.objects.count() == 1
    assert [path.name for path in (file_folder / "kept").glob("*/*/*")] == [second[0].stored_name]
    assert quarantined(file_folder) == []


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"", "empty"), (b"plain text", "wrong_type"), (a_locked_pdf(), "locked"), (a_pdf()[:-40], "damaged")],
)
def test_file_that_is_not_kept_leaves_its_reason_and_no_bytes(report, file_folder, data, code):
    with pytest.raises(Refused) as no:
        added(report, data)
    assert no.value.code == code
    upload = Upload.objects.get()
    assert (upload.state, upload.refusal, upload.stored_name) == (Upload.State.REFUSED, code, "")
    assert audited(upload)[0][0] == "file_refused"
    assert quarantined(file_folder) == []
    assert not list(file_folder.glob("kept/*/*/*"))


def test_same_refused_submit_again_is_refused_again_and_leaves_one_row(report):
    key = new_key()
    for _twice in range(2):
        with pytest.raises(Refused):
            added(report, b"plain text", key=key)
    assert Upload.objects.count() == 1


def some_kept(report, number: int) -> None:
    Upload.objects.bulk_create(
        Upload(report=report, kind="other", original_name="x", state="kept", by_kind="patient", by_id="1",
               added_at=timezone.now()) for _one in range(number)
    )  # fmt: skip


def test_twenty_first_file_is_refused_and_removing_one_makes_room(report):
    some_kept(report, 19)
    last = added(report)
    with pytest.raises(Refused, match="up to 20 files") as no:
        added(report)
    assert no.value.code == "too_many"
    uploads.remove_upload(last, by=PATIENT, key=new_key())
    assert added(report).state == Upload.State.KEPT


def test_last_free_place_is_given_once(report, monkeypatch, file_folder):
    """Both posts found room before either was written."""
    some_kept(report, 19)
    look = checking.examine

    def examined_while_another_is_added(file):
        monkeypatch.setattr(checking, "examine", look)
        added(report)
        return look(file)

    monkeypatch.setattr(checking, "examine", examined_while_another_is_added)
    with pytest.raises(Refused, match="up to 20 files"):
        added(report, a_picture())
    assert Upload.objects.filter(state="kept").count() == 20
    assert len(list((file_folder / "kept").glob("*/*/*"))) == 1  # the nineteen of this test have no bytes


def test_the_twentieth_post_sent_twice_is_answered_the_same(report):
    some_kept(report, 19)
    key = new_key()
    assert added(report, key=key) == added(report, key=key)


def test_very_many_posts_are_slowed_down(report, monkeypatch):
    monkeypatch.setattr(uploads, "MOST_AN_HOUR", 2)
    for _twice in range(2):
        with pytest.raises(Refused, match="must be a PDF"):
            added(report, b"plain text")
    with pytest.raises(Refused) as no:
        added(report)
    assert no.value.code == "too_fast"


def test_unknown_kind_is_a_mistake_of_the_program(report):
    with pytest.raises(ValueError, match="no kind"):
        added(report, kind="passport")


def test_file_whose_row_cannot_be_written_is_not_left_on_the_disk(report, file_folder, monkeypatch):
    monkeypatch.setattr(uploads, "record", lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        added(report)
    assert not list(file_folder.glob("kept/*/*/*"))
    assert quarantined(file_folder) == []


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\me\\scan.pdf", "scan.pdf"),
        ("scan\x00.pdf", "scan.pdf"),
        ("\u202efdp.exe", "fdp.exe"),
        ("Röntgen 🦴.jpg", "Röntgen 🦴.jpg"),
        ("صورة.jpg", "صورة.jpg"),
        ("a" * 1000 + ".jpeg", "a" * 144 + "….jpeg"),
        ("a" * 1000, "a" * 149 + "…"),
        ("\r\nSet-Cookie: x", "Set-Cookie: x"),
        ("", ""),
    ],
)
def test_names_of_files_are_shown_harmless_and_short(name, shown):
    assert shown_name(name) == shown
    assert len(shown_name(name)) <= 150


# The virus scanner


def test_clean_file_is_marked_as_scanned(report, scanner):
    assert added(report).scan == Upload.Scan.CLEAN
    assert not Job.objects.filter(kind="scan_upload").exists()


def test_file_with_a_virus_is_deleted_at_once_and_told(report, scanner, file_folder):
    with pytest.raises(Refused, match=r"has a virus\. We did not keep it") as no:
        added(report, a_pdf() + EICAR)
    assert no.value.code == "virus"
    upload = Upload.objects.get()
    assert (upload.state, upload.scan) == (Upload.State.REFUSED, Upload.Scan.INFECTED)
    assert audited(upload) == [("file_refused", {"kind": "labs", "refusal": "virus", "scan": "infected"})]
    assert quarantined(file_folder) == []
    assert not list(file_folder.glob("kept/*/*/*"))


def test_without_a_scanner_files_are_kept_as_not_scanned_and_nothing_waits(report):
    assert added(report).scan == Upload.Scan.NOT_SCANNED
    assert not Job.objects.filter(kind="scan_upload").exists()


def test_file_added_while_the_scanner_is_away_is_scanned_when_it_is_back(report, scanner, monkeypatch):
    scanner.says = b""
    upload = added(report)
    assert (upload.state, upload.scan) == (Upload.State.KEPT, Upload.Scan.NOT_SCANNED)
    run_due()
    assert Upload.objects.get().scan == Upload.Scan.NOT_SCANNED
    job = Job.objects.get(kind="scan_upload")
    assert job.done_at is None
    scanner.says = None
    Job.objects.update(run_after=timezone.now())
    run_due()
    assert Upload.objects.get().scan == Upload.Scan.CLEAN
    assert audited(upload)[-1] == ("file_scanned", {"refusal": "", "scan": "clean"})


def test_virus_found_later_takes_the_file_away_and_is_told(report, scanner, file_folder):
    scanner.says = b""
    upload = added(report)
    scanner.says = b"stream: Eicar-Test-Signature FOUND\0"
    run_due()
    upload.refresh_from_db()
    assert (upload.state, upload.scan, upload.refusal, upload.stored_name) == ("refused", "infected", "virus", "")
    assert not list(file_folder.glob("kept/*/*/*"))
    assert list(uploads.uploads_of(report)) == [upload]
    assert audited(upload)[-1] == ("file_refused", {"refusal": "virus", "scan": "infected"})


def test_scan_of_a_file_removed_meanwhile_does_nothing(report, scanner):
    scanner.says = b""
    upload = added(report)
    uploads.remove_upload(upload, by=PATIENT, key=new_key())
    asked = scanner.asked
    uploads.scan_again(str(upload.pk))
    assert scanner.asked == asked
    assert Upload.objects.get().state == Upload.State.REMOVED


# Listing


def test_list_shows_kept_files_and_those_refused_today_in_order(report):
    first = added(report)
    with pytest.raises(Refused):
        added(report, b"plain text")
    refused = Upload.objects.exclude(pk=first.pk).get()
    gone = added(report, a_picture())
    uploads.remove_upload(gone, by=PATIENT, key=new_key())
    assert list(uploads.uploads_of(report)) == [first, refused]
    tomorrow = timezone.now() + timedelta(days=1, minutes=1)
    assert list(uploads.uploads_of(report, now=tomorrow)) == [first]


def test_caregiver_who_may_not_read_sees_what_caregivers_added(report):
    caregiver = Actor("caregiver", "request:1")
    mine = added(report, by=caregiver)
    other = added(report, a_picture())
    assert list(uploads.uploads_shown_to(report, caregiver, sees_all=False)) == [mine]
    assert list(uploads.uploads_shown_to(report, caregiver, sees_all=True)) == [mine, other]


# Removing and tidying


def test_removed_file_is_deleted_from_the_disk_by_the_job(report, file_folder):
    upload = added(report)
    path = storage.kept_path(upload.stored_name)
    key = new_key()
    for _twice in range(2):
        assert uploads.remove_upload(upload, by=PATIENT, key=key).state == Upload.State.REMOVED
    assert path.exists()  # until the removal is committed and the worker comes
    run_due()
    assert not path.exists()
    upload.refresh_from_db()
    assert upload.stored_name == ""
    assert [action for action, _data in audited(upload)] == ["file_added", "file_removed"]


def test_delete_job_leaves_a_kept_file_alone(report):
    upload = added(report)
    uploads.delete_bytes(str(upload.pk))
    assert storage.kept_path(upload.stored_name).exists()


def old(path) -> None:
    before = time.time() - 2 * 86400
    os.utime(path, (before, before))


def test_left_over_files_are_deleted_after_a_day_and_others_are_not(report, file_folder):
    kept = storage.kept_path(added(report).stored_name)
    fresh, stale = storage.new_quarantine_path(), storage.new_quarantine_path()
    orphan, young_orphan = (storage._place(letter * 32) for letter in "ab")
    for path in (fresh, stale, orphan, young_orphan):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    for path in (stale, orphan, kept):
        old(path)
    assert uploads.tidy(timezone.now()) == 2
    assert [path.exists() for path in (kept, fresh, young_orphan, stale, orphan)] == [True, True, True, False, False]


def test_tidying_comes_back_every_day_while_there_are_files(report, time_machine):
    added(report)
    job = Job.objects.get(kind="tidy_uploads")
    time_machine.move_to(job.run_after + timedelta(minutes=1), tick=False)
    run_due()
    assert Job.objects.filter(kind="tidy_uploads", done_at=None).count() == 1


def test_tidying_asks_the_scanner_again_about_files_not_scanned(report, scanner):
    upload = added(report)
    Upload.objects.filter(pk=upload.pk).update(scan=Upload.Scan.NOT_SCANNED)
    uploads.tidy(timezone.now())
    run_due()
    assert Upload.objects.get().scan == Upload.Scan.CLEAN


def test_files_are_sealed_anew_with_a_new_key_and_only_once(report, settings):
    upload = added(report)
    other = {"next": base64.b64encode(os.urandom(32)).decode()}
    settings.FIELD_KEYS = {**other, **settings.FIELD_KEYS}
    assert storage.seal_anew() == 1
    assert storage.seal_anew() == 0
    settings.FIELD_KEYS = other
    with storage.open_kept(upload.stored_name) as file:
        assert len(file.read()) == upload.size_bytes


def test_file_moved_to_another_name_does_not_open(report):
    one, other = (storage.kept_path(added(report).stored_name) for _twice in range(2))
    one.replace(other)
    with storage.open_kept(other.name) as file, pytest.raises(CannotOpen):
        file.read()


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 32, "a" * 31, "a" * 32 + "/.."])
def test_name_that_is_not_ours_is_never_a_path(name):
    with pytest.raises(FileNotFoundError):
        storage.kept_path(name)
