"""`/my/<ref>/files/`: the files a patient added, adding one (one a post), sending one back, removing one."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from clinic.platform.told import told_in
from intake.records.file_forms import AddFileForm, RemoveFileForm
from intake.records.file_rows import rows_of
from intake.records.kinds import KINDS
from intake.records.models import Upload
from intake.records.quarantine import QuarantineHandler
from intake.records.refusals import LARGEST_BYTES, MOST_FILES, SENTENCES
from intake.records.sending import attachment
from intake.records.uploads import add_upload, remove_upload, uploads_shown_to
from scheduling.requests.models import AppointmentRequest
from scheduling.requests.own import tells_back
from scheduling.requests.patient_pages import patient_page, show


def takes_a_file(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let the body of this page's post carry one file, straight into quarantine.

    The body is read for the CSRF token, so the handler must be set before that check: the check is put off
    (`csrf_exempt` on the outermost function) and made here, after the session was found to own the page.
    """
    checked = csrf_protect(view)

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        handler = QuarantineHandler(request)
        request.upload_handlers = [handler]
        request.received = handler
        try:
            return checked(request, *args, **kwargs)
        finally:
            handler.drop()

    return page


@require_safe
@patient_page
def list_files(request: HttpRequest, wanted: AppointmentRequest) -> HttpResponse:
    """The list, and the form for one more. `?kind=` comes from a page that asks for that file."""
    kind = request.GET.get("kind", "")
    return _show_list(request, wanted, AddFileForm(initial={"kind": kind if kind in KINDS else None}))


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@patient_page
@takes_a_file
def add(request: HttpRequest, wanted: AppointmentRequest) -> HttpResponse:
    """Receive one file. The page's script asks for JSON and gets a sentence; without it the list is shown again."""
    if request.method != "POST":
        return redirect("files:list", wanted.reference)
    if wanted.closed_at is not None:
        return _show_list(request, wanted, AddFileForm(), status=409)
    form = AddFileForm(request.POST, request.FILES)
    if request.received.extra_files:
        form.add_error("file", SENTENCES["two_files"])
    if form.is_valid() and _added(request, wanted, form):
        if wants_json(request):
            return JsonResponse({"text": _("Added")})
        messages.success(request, _("The file was added."))
        return redirect(reverse("files:list", args=[wanted.reference]))
    if wants_json(request):
        told = [str(text) for texts in form.errors.values() for text in texts]
        return JsonResponse({"text": " ".join(told)}, status=422)
    return _show_list(request, wanted, form, status=422)


def _added(request: HttpRequest, wanted: AppointmentRequest, form: AddFileForm) -> bool:
    answer = form.cleaned_data
    with told_in(form, "file"):
        add_upload(wanted.report, answer["kind"], answer["file"], by=request.actor, key=answer["key"])
        return True
    return False


@require_safe
@patient_page
def download(request: HttpRequest, wanted: AppointmentRequest, upload_id: UUID) -> HttpResponse:
    """Send a file back to the patient. To a caregiver only once staff have verified that they may have it."""
    if not tells_back(wanted):
        raise Http404
    return attachment(get_object_or_404(_kept(request, wanted), pk=upload_id), by=request.actor)


@require_http_methods(["GET", "HEAD", "POST"])
@patient_page
def remove(request: HttpRequest, wanted: AppointmentRequest, upload_id: UUID) -> HttpResponse:
    """ "Remove this file?", asked once. One that is gone already only leads back to the list."""
    upload = _own(request, wanted).filter(pk=upload_id).first()
    if upload is None:
        return _gone(request, wanted, upload_id)
    form = RemoveFileForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            remove_upload(upload, by=request.actor, key=form.cleaned_data["key"])
            messages.success(request, _("The file was removed."))
            return redirect("files:list", wanted.reference)
    back_url = reverse("files:list", args=[wanted.reference])
    row = rows_of([upload])[0]
    return show(request, "files/remove.html", wanted, row=row, form=form, back_url=back_url, status=status)


def _gone(request: HttpRequest, wanted: AppointmentRequest, upload_id: UUID) -> HttpResponse:
    if not _seen(request, wanted, Upload.objects.filter(report=wanted.report_id)).filter(pk=upload_id).exists():
        raise Http404
    return redirect("files:list", wanted.reference)


def _own(request: HttpRequest, wanted: AppointmentRequest) -> QuerySet[Upload]:
    """Kept files that may be removed here: what staff added stays."""
    return _kept(request, wanted).exclude(by_kind="staff")


def _kept(request: HttpRequest, wanted: AppointmentRequest) -> QuerySet[Upload]:
    rows = Upload.objects.filter(report=wanted.report_id, state=Upload.State.KEPT)
    return _seen(request, wanted, rows)


def _seen(request: HttpRequest, wanted: AppointmentRequest, rows: QuerySet[Upload]) -> QuerySet[Upload]:
    return rows if tells_back(wanted) else rows.filter(by_kind=request.actor.kind)


def _show_list(
    request: HttpRequest, wanted: AppointmentRequest, form: AddFileForm, *, status: int = 200
) -> HttpResponse:
    form.action = reverse("files:add", args=[wanted.reference])
    sees_all = tells_back(wanted)
    rows = rows_of(uploads_shown_to(wanted.report, request.actor, sees_all=sees_all))
    kept = [row for row in rows if row.is_kept]
    return show(
        request,
        "files/list.html",
        wanted,
        status=status,
        form=form,
        files=kept,
        refused=[row for row in reversed(rows) if not row.is_kept],
        has_unscanned=any(row.scan_tag == "waiting" for row in kept),
        sees_all=sees_all,
        for_caregiver=wanted.filled_by == "caregiver",
        most=MOST_FILES,
        is_open=wanted.closed_at is None,
        is_full=sum(not row.is_from_staff for row in kept) >= MOST_FILES,
        largest_bytes=LARGEST_BYTES,
    )


def wants_json(request: HttpRequest) -> bool:
    """Whether the page's script asks, which shows the sentence itself."""
    return request.headers.get("Accept", "") == "application/json"
