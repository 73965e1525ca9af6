"""How tests add files through the door of the browser."""

from django.core.files.uploadedfile import SimpleUploadedFile

from clinic.platform.submits.once import new_key
from tests.intake.records.some_files import a_pdf


def page_of(wanted) -> str:
    """The address of the list."""
    return f"/my/{wanted.reference}/files/"


def add(browser, wanted, data: bytes | None = None, *, name="labs.pdf", kind="labs", key=None, headers=None, **more):
    """Send one file."""
    data = a_pdf() if data is None else data
    post = {"kind": kind, "file": SimpleUploadedFile(name, data), "key": key or new_key(), **more}
    return browser.post(f"{page_of(wanted)}add/", post, headers=headers)
