"""Staff: sending an added file."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from clinic.accounts.actors import staff_actor
from clinic.accounts.decorators import requires
from clinic.accounts.roles import Permission
from intake.records.models import Upload
from intake.records.sending import attachment
from scheduling.worklist.staff_views import find_wanted, note_look


@requires(Permission.VIEW_PATIENT)
@require_safe
def download(request: HttpRequest, reference: str, upload_id: UUID) -> HttpResponse:
    """`/staff/requests/<ref>/files/<uuid>/`: the file as an attachment; the look is noted for request and file."""
    wanted = find_wanted(request, reference)
    rows = Upload.objects.visible_to(request.user).filter(report=wanted.report_id, state=Upload.State.KEPT)
    upload = get_object_or_404(rows, pk=upload_id)
    note_look(request, wanted, "file")
    return attachment(upload, by=staff_actor(request.user))
