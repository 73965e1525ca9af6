"""Staff: adding a file (a fax, the report of a disk), sending one, removing one that staff added."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.accounts.actors import staff_actor
from clinic.accounts.decorators import requires
from clinic.accounts.roles import Permission
from clinic.platform.told import told_in
from intake.records.file_forms import RemoveFileForm, StaffFileForm
from intake.records.file_rows import rows_of
from intake.records.models import Upload
from intake.records.refusals import SENTENCES
from intake.records.sending import attachment
from intake.records.uploads import add_upload, remove_upload
from scheduling.requests.file_views import takes_a_file, wants_json
from scheduling.requests.models import AppointmentRequest
from scheduling.worklist.records_views import file_form, show_records
from scheduling.worklist.staff_views import crumbs_to, find_wanted, note_look


@requires(Permission.VIEW_PATIENT)
@require_safe
def download(request: HttpRequest, reference: str, upload_id: UUID) -> HttpResponse:
    """`/staff/requests/<ref>/files/<uuid>/`: the file as an attachment; the look is noted for request and file."""
    wanted = find_wanted(request, reference)
    rows = Upload.objects.visible_to(request.user).filter(report=wanted.report_id, state=Upload.State.KEPT)
    upload = get_object_or_404(rows, pk=upload_id)
    note_look(request, wanted, "file")
    return attachment(upload, by=staff_actor(request.user))


@csrf_exempt  # checked by takes_a_file, once the file has a place to go to
@requires(Permission.VIEW_PATIENT, Permission.CHASE_RECORDS)
@require_POST
@takes_a_file
def add(request: HttpRequest, reference: str) -> HttpResponse:
    """Receive one file for a request, as the patient's own page does; a record that waits for it is received."""
    wanted = find_wanted(request, reference)
    if wanted.closed_at is not None:
        return show_records(request, wanted, status=409)
    form = file_form(wanted, request.POST, request.FILES)
    if request.received.extra_files:
        form.add_error("file", SENTENCES["two_files"])
    if form.is_valid() and _added(request, wanted, form):
        if wants_json(request):
            return JsonResponse({"text": _("Added")})
        messages.success(request, _("The file was added."))
        return redirect("worklist:records", wanted.reference)
    if wants_json(request):
        told = [str(text) for texts in form.errors.values() for text in texts]
        return JsonResponse({"text": " ".join(told)}, status=422)
    return show_records(request, wanted, add_file=form, status=422)


def _added(request: HttpRequest, wanted: AppointmentRequest, form: StaffFileForm) -> bool:
    answer = form.cleaned_data
    item_id = int(answer["record"]) if answer.get("record") else None
    by = staff_actor(request.user)
    with told_in(form, "file"):
        add_upload(wanted.report, answer["kind"], answer["file"], by=by, key=answer["key"], item_id=item_id)
        return True
    return False


@requires(Permission.VIEW_PATIENT, Permission.CHASE_RECORDS)
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, reference: str, upload_id: UUID) -> HttpResponse:
    """Ask once, then remove a file that staff added, such as a fax about somebody else. Patients remove their own."""
    wanted = find_wanted(request, reference)
    rows = Upload.objects.visible_to(request.user).filter(report=wanted.report_id, by_kind="staff")
    upload = get_object_or_404(rows, pk=upload_id)
    if upload.state != Upload.State.KEPT:
        return redirect("worklist:records", wanted.reference)
    note_look(request, wanted, "file")
    form = RemoveFileForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            remove_upload(upload, by=staff_actor(request.user), key=form.cleaned_data["key"])
            messages.success(request, _("The file was removed."))
            return redirect("worklist:records", wanted.reference)
    back_url = reverse("worklist:records", args=[wanted.reference])
    crumbs = [*crumbs_to(wanted, "")[:-1], (_("Records and files"), back_url), (_("Remove a file"), "")]
    context = {"wanted": wanted, "row": rows_of([upload])[0], "form": form, "back_url": back_url, "crumbs": crumbs}
    return render(request, "worklist/remove_file.html", context, status=status)
