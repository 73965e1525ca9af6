"""Jobs about files."""

from django.utils import timezone

from clinic.platform.jobs.registry import job
from intake.records.models import Upload
from intake.records.uploads import delete_bytes, plan_tidying, scan_again, tidy


@job("delete_upload", outside=True)
def delete_upload(upload_id: str) -> None:
    """Delete the bytes of a removed file."""
    delete_bytes(upload_id)


@job("scan_upload", outside=True)
def scan_upload(upload_id: str) -> None:
    """Ask the virus scanner again; while it is away the job fails and comes back."""
    scan_again(upload_id)


@job("tidy_uploads", outside=True)
def tidy_uploads() -> None:
    """Delete what was left over, and come back tomorrow while there are files."""
    tidy(timezone.now())
    if Upload.objects.exclude(stored_name="").exists():
        plan_tidying(timezone.now())
