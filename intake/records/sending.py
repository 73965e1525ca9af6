"""Sending a kept file: always as an attachment under a name that says nothing, never opened inside the browser."""

from django.db import transaction
from django.http import FileResponse, Http404

from clinic.platform.audit.actors import Actor
from intake.records.models import Upload
from intake.records.uploads import open_upload


def attachment(upload: Upload, *, by: Actor) -> FileResponse:
    """The file in pieces, audited. Raises Http404 when it is gone from the disk.

    `sandbox` and `nosniff`: even a browser that would show it could run nothing of it.
    """
    try:
        with transaction.atomic():
            file, name = open_upload(upload, by=by)
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(file, as_attachment=True, filename=name, content_type=upload.content_type)
    response["Content-Length"] = str(upload.size_bytes)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
