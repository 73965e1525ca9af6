"""The patient's pages about files: adding and seeing."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from clinic.platform.submits.once import new_key
from intake.records.models import Upload
from tests.clinic.look.markup import Page, faults
from tests.intake.records.some_files import a_locked_pdf, a_pdf, a_picture
from tests.scheduling.own_steps import in_session_of
from tests.scheduling.patient_steps import a_wanted_request, csp_of, key_on, queries_of
from tests.scheduling.requests.file_pages import add, page_of
from tests.support.reading import grade

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}


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


def add_raw(browser, wanted, name: str):
    """As a browser that checks no name sends it."""
    post = b"".join([
        b'--b\r\nContent-Disposition: form-data; name="kind"\r\n\r\nlabs\r\n',
        b'--b\r\nContent-Disposition: form-data; name="key"\r\n\r\n' + new_key().encode() + b"\r\n",
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="' + name.encode() + b'"\r\n\r\n',
        a_pdf(), b"\r\n--b--\r\n",
    ])  # fmt: skip
    return browser.post(f"{page_of(wanted)}add/", post, content_type="multipart/form-data; boundary=b")


# Adding


def test_page_without_files_asks_for_one(client, wanted):
    page = client.get(page_of(wanted))
    html = page.content.decode()
    assert "Add your records" in html
    assert 'enctype="multipart/form-data"' in html
    assert faults(Page(html)) == []
    assert "img-src" in csp_of(page)


def test_added_file_is_on_the_list_with_its_own_name(client, wanted):
    answer = add(client, wanted, name="Blood 🩸 (März).pdf")
    assert answer.status_code == 302
    html = client.get(answer["Location"]).content.decode()
    assert "Blood 🩸 (März).pdf" in html
    assert "Blood test results" in html
    assert "1 file added" in html
    assert "The file was added." in html
    assert faults(Page(html)) == []


def test_no_patient_data_reaches_address_cookie_or_message(client, wanted):
    answer = add(client, wanted, name="Quandtner.pdf")
    assert "Quandtner" not in answer["Location"]
    assert all("Quandtner" not in cookie.OutputString() for cookie in answer.cookies.values())


def test_kind_in_the_address_chooses_it_and_nonsense_does_not(client, wanted):
    assert '<option value="insurance_front" selected>' in client.get(
        page_of(wanted) + "?kind=insurance_front"
    ).content.decode().replace("\n", "")
    assert 'selected="' not in client.get(page_of(wanted) + "?kind=<script>").content.decode()


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "The selected file is empty"),
        (b"MZ" + bytes(500), "The selected file must be a PDF, JPG, PNG, HEIC or TIFF"),
        (a_locked_pdf(), "The selected file is password protected"),
        (a_picture()[:-300], "The selected file could not be uploaded. Try again"),
        (a_picture("PNG", mode="1", size=(20_000, 20_000)), "The selected picture must have 50 megapixels or less"),
    ],
    ids=["empty", "program", "locked", "cut off", "huge"],
)
def test_file_that_is_not_kept_is_told_in_the_form_and_keeps_the_others(client, wanted, data, told):
    add(client, wanted, name="kept.pdf")
    page = add(client, wanted, data, name="scan.pdf")
    html = page.content.decode()
    assert page.status_code == 422
    assert f'<a href="#id_file">{told}</a>' in html
    assert "kept.pdf" in html
    assert "<title>Error: " in html
    assert faults(Page(html)) == []


def test_form_after_a_refusal_has_a_new_key(client, wanted):
    key = new_key()
    page = add(client, wanted, b"no file we know", key=key)
    assert key_on(page) != key
    assert add(client, wanted, key=key_on(page)).status_code == 302


def test_post_without_a_file_says_what_to_do(client, wanted):
    page = client.post(f"{page_of(wanted)}add/", {"kind": "labs", "key": new_key()})
    assert page.status_code == 422
    assert '<a href="#id_file">Select a file</a>' in page.content.decode()


def test_post_without_a_kind_says_what_to_do_and_keeps_nothing(client, wanted, file_folder):
    page = add(client, wanted, kind="")
    assert page.status_code == 422
    assert '<a href="#id_kind">Select what the file is</a>' in page.content.decode()
    assert Upload.objects.count() == 0
    assert list((file_folder / "quarantine").iterdir()) == []


@pytest.mark.parametrize("extra", ["file", "other"])
def test_two_files_in_one_post_are_refused_without_java_script(client, wanted, file_folder, extra):
    files = [SimpleUploadedFile("a.pdf", a_pdf()), SimpleUploadedFile("b.pdf", a_pdf())]
    post = {"kind": "labs", "key": new_key(), "file": files if extra == "file" else files[0]}
    if extra == "other":
        post["other"] = files[1]
    page = client.post(f"{page_of(wanted)}add/", post)
    assert page.status_code == 422
    assert "Add one file at a time" in page.content.decode()
    assert Upload.objects.count() == 0
    assert list((file_folder / "quarantine").iterdir()) == []


def test_same_post_again_adds_the_file_once(client, wanted):
    key, data = new_key(), a_pdf()
    for _twice in range(2):
        assert add(client, wanted, data, key=key).status_code == 302
    assert Upload.objects.count() == 1


def test_twenty_first_file_is_refused_and_the_form_gives_way_to_a_sentence(client, wanted):
    Upload.objects.bulk_create(
        Upload(report=wanted.report, kind="other", original_name="x", state="kept", by_kind="patient", by_id="1",
               added_at=timezone.now()) for _one in range(20)
    )  # fmt: skip
    page = add(client, wanted)
    html = page.content.decode()
    assert page.status_code == 422
    assert "You can add up to 20 files" in html
    assert "You added 20 files" in html
    assert 'type="file"' not in html


@pytest.mark.parametrize(
    "name",
    ["a" * 900 + ".pdf", "\u202egpj.exe", "<img src=x onerror=alert(1)>.pdf", "صورة العظام.pdf", "..", "nul\x00l"],
)
def test_strange_names_do_no_harm(client, wanted, name):
    answer = add_raw(client, wanted, name)
    html = client.get(page_of(wanted)).content.decode()
    assert answer.status_code == (422 if name == ".." else 302)
    assert "onerror" not in html or "&lt;img" in html
    assert "\u202e" not in html
    assert "\x00" not in html
    assert all(len(upload.original_name) <= 150 for upload in Upload.objects.all())


def test_name_longer_than_any_real_one_is_refused_on_a_clear_page(client, wanted):
    page = add_raw(client, wanted, "a" * 1000 + ".pdf")
    assert page.status_code == 400
    assert "<h1>" in page.content.decode()


def test_page_that_needs_its_token_refuses_a_post_without_one(wanted, file_folder):
    browser = Client(enforce_csrf_checks=True)
    in_session_of(browser, wanted)
    assert add(browser, wanted).status_code == 403
    assert Upload.objects.count() == 0
    assert not list(file_folder.glob("*/*"))


def test_page_that_needs_its_token_takes_a_post_with_it(wanted):
    browser = Client(enforce_csrf_checks=True)
    in_session_of(browser, wanted)
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', browser.get(page_of(wanted)).content.decode())
    assert add(browser, wanted, csrfmiddlewaretoken=token.group(1)).status_code == 302


class BrokenLine:
    """A connection that breaks off in the middle of a file."""

    def __init__(self, head: bytes) -> None:
        self.pieces = [head, b"x" * 100_000]

    def read(self, size: int = -1) -> bytes:
        if not self.pieces:
            raise OSError("connection reset")
        piece, self.pieces[0] = self.pieces[0][:size], self.pieces[0][size:]
        if not self.pieces[0]:
            self.pieces.pop(0)
        return piece

    readline = read


def test_connection_that_breaks_off_leaves_nothing_behind(wanted, file_folder):
    browser = Client(enforce_csrf_checks=True)
    in_session_of(browser, wanted)
    browser.get(page_of(wanted))
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
    answer = browser.generic(
        "POST", f"{page_of(wanted)}add/", b"x" * 5_000_000, "multipart/form-data; boundary=b",
        **{"wsgi.input": BrokenLine(head)},
    )  # fmt: skip
    assert answer.status_code == 403
    assert list((file_folder / "quarantine").iterdir()) == []
    assert Upload.objects.count() == 0


def test_stranger_cannot_even_send_bytes(client, file_folder):
    wanted = a_wanted_request()
    assert add(client, wanted).status_code == 403
    other = a_wanted_request()
    in_session_of(client, other)
    assert add(client, wanted).status_code == 404
    assert not file_folder.exists()


def test_request_that_is_closed_takes_no_file(client, wanted):
    type(wanted).objects.filter(pk=wanted.pk).update(closed_at=timezone.now())
    assert add(client, wanted).status_code == 409
    assert "no file can be added here" in client.get(page_of(wanted)).content.decode()
    assert Upload.objects.count() == 0


def test_script_of_the_page_is_answered_with_a_sentence(client, wanted):
    answer = add(client, wanted, headers=JSON)
    assert (answer.status_code, answer.json()) == (200, {"text": "Added"})
    answer = add(client, wanted, a_locked_pdf(), headers=JSON)
    assert (answer.status_code, answer.json()) == (422, {"text": "The selected file is password protected"})


# Speed


def test_list_takes_the_same_few_queries_with_one_file_and_with_twenty(client, wanted):
    def some(number):
        Upload.objects.bulk_create(
            Upload(report=wanted.report, kind="other", original_name="x", state="kept", by_kind="patient", by_id="1",
                   added_at=timezone.now()) for _one in range(number)
        )  # fmt: skip

    some(1)
    one = len(queries_of(client, page_of(wanted)))
    some(19)
    assert len(queries_of(client, page_of(wanted))) == one <= 8


# Words


def test_words_on_the_page_are_plain(client, wanted):
    add(client, wanted)
    add(client, wanted, a_locked_pdf())
    for path in (page_of(wanted), f"{page_of(wanted)}{Upload.objects.get(state='kept').pk}/remove/"):
        html = client.get(path).content.decode()
        main = re.search(r"<main.*?</main>", html, re.DOTALL).group()
        texts = [
            " ".join(re.sub(r"<[^>]+>", " ", one).split()) for one in re.findall(r"<(?:p|li)\b.*?</(?:p|li)>", main)
        ]
        words = ". ".join(text.rstrip(".") for text in texts)
        assert grade(words) <= 6, words
        assert not re.search(r"\b(please|sorry|valid|invalid|oops|error occurred)\b", words, re.IGNORECASE)
