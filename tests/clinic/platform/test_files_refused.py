"""Files where no page asked for one: refused on a clear page, and never written anywhere."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import get_resolver, reverse

from tests.factories import a_nurse

pytestmark = pytest.mark.django_db


def a_file() -> SimpleUploadedFile:
    return SimpleUploadedFile("scan.pdf", b"%PDF-1.7 " + b"x" * 5000)


@pytest.mark.parametrize("path", ["/register/who/", "/resume/", "/staff/sign-in/", "/preferences/"])
def test_public_page_refuses_a_file(client, path, settings, tmp_path):
    settings.UPLOAD_FOLDER = settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    answer = client.post(path, {"filled_by": "patient", "file": a_file()})
    assert answer.status_code == 400
    assert "<h1>" in answer.content.decode()
    assert list(tmp_path.iterdir()) == []


def test_same_page_takes_the_form_without_a_file(client):
    answer = client.post("/register/who/", {"filled_by": "patient"}, format="multipart")
    assert answer.status_code in (302, 422)


def test_staff_page_refuses_a_file(client):
    client.force_login(a_nurse())
    assert client.post(reverse("worklist:search"), {"words": "x", "file": a_file()}).status_code == 400


def test_page_refuses_a_body_that_no_form_can_have(client):
    answer = client.post("/register/who/", {"filled_by": "x" * 3_000_000}, format="multipart")
    assert answer.status_code == 400


def test_only_the_page_that_adds_files_takes_them():
    """Whoever exempts another page from the early CSRF check must think of its files, too."""
    exempt = {
        name
        for name, pattern in _patterns(get_resolver())
        if getattr(pattern.callback, "csrf_exempt", False) and not name.startswith("admin")
    }
    # the third keeps no more than a size of letters, the fourth asks for a token in place of a cookie, the fifth adds
    # one to a count; files are refused there as everywhere else
    assert exempt == {"files:add", "worklist:file-add", "site:text-size", "messages:answered", "education:helpful"}


def _patterns(resolver, names=()):
    for one in resolver.url_patterns:
        if hasattr(one, "url_patterns"):
            yield from _patterns(one, (*names, *([one.namespace] if one.namespace else [])))
        else:
            yield ":".join((*names, one.name or "")), one
