"""The files of the demonstration: there, readable, and such as a patient could have added."""

import pytest
from django.utils import timezone

from intake.records import checking, storage
from intake.records.kinds import KINDS
from intake.records.models import Upload
from scheduling.demonstration.files import add_files
from tests.scheduling.patient_steps import a_wanted_request

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def file_folder(settings, tmp_path):
    """A folder of this test."""
    settings.UPLOAD_FOLDER = str(tmp_path)


def test_files_of_the_demonstration_would_pass_the_check():
    for _four in range(4):
        a_wanted_request()
    assert add_files(timezone.now()) == 1 + 2 + 3 + 4
    for upload in Upload.objects.all():
        assert upload.kind in KINDS
        copy = storage.new_quarantine_path()
        with storage.open_kept(upload.stored_name) as file:
            copy.write_bytes(file.read())
        verdict = checking.clean_copy(copy)
        assert (verdict.refusal, verdict.content_type) == ("", upload.content_type)
        assert upload.added_at <= timezone.now()


def test_closed_requests_get_no_file():
    a_wanted_request(closed_at=timezone.now())
    assert add_files(timezone.now()) == 0
