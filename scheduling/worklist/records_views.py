"""Staff: the records that the visit of a request needs, what became of each, and adding one."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.accounts.actors import staff_actor
from clinic.accounts.decorators import requires
from clinic.accounts.roles import Permission
from clinic.platform.refusals import Refused
from clinic.platform.told import told_in
from intake.records.file_forms import StaffFileForm
from intake.records.file_rows import rows_of
from intake.records.models import ReadinessItem
from intake.records.refusals import LARGEST_BYTES
from intake.records.rules import SETTLED, is_complete
from intake.records.uploads import uploads_of
from intake.records.words import KIND_WORDS, name_of, summary_words
from scheduling.requests.models import AppointmentRequest
from scheduling.requests.records import add_record, change_record
from scheduling.worklist.records_forms import AddRecordForm, RecordForm, StateForm
from scheduling.worklist.request_views import RECORDS, shell
from scheduling.worklist.staff_views import crumbs_to, find_wanted, note_look

State = ReadinessItem.State
TAGS = {State.NEEDED: "soon", State.REQUESTED: "waiting", State.RECEIVED: "done", State.NOT_NEEDED: "neutral"}
ORDER = {State.NEEDED: 0, State.REQUESTED: 1, State.RECEIVED: 2, State.NOT_NEEDED: 3}


def items_of(wanted: AppointmentRequest, user) -> list[ReadinessItem]:
    """The records of a request as the list shows them: what is still open first, and of that what is required."""
    items = list(ReadinessItem.objects.visible_to(user).filter(report_id=wanted.report_id).order_by("pk"))
    for item in items:
        item.kind_words = KIND_WORDS.get(item.kind, item.kind)
        item.name, item.tag = name_of(item), TAGS[item.state]
    return sorted(items, key=lambda item: (item.state in SETTLED, not item.is_required, ORDER[item.state]))


@requires(Permission.VIEW_PATIENT)
@require_safe
def records(request: HttpRequest, reference: str) -> HttpResponse:
    """The files, then the list with one button for the next step of each record. It prints as it stands."""
    wanted = find_wanted(request, reference)
    note_look(request, wanted, "records")
    return show_records(request, wanted)


def file_form(wanted: AppointmentRequest, *data: Any, items: list[ReadinessItem] | None = None) -> StaffFileForm:
    """The form that adds a file to this request, with the records that it could be."""
    if items is None:
        items = list(ReadinessItem.objects.filter(report_id=wanted.report_id).order_by("pk"))
    waiting = [(item.pk, name_of(item)) for item in items if item.state not in SETTLED]
    return StaffFileForm(*data, waiting=waiting, action=reverse("worklist:file-add", args=[wanted.reference]))


def show_records(
    request: HttpRequest,
    wanted: AppointmentRequest,
    *,
    add_form: AddRecordForm | None = None,
    add_file: StaffFileForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of records and files; a form with errors is shown again."""
    items = items_of(wanted, request.user)
    context = {
        **shell(request, wanted, RECORDS),
        "files": rows_of(uploads_of(wanted.report)),
        "items": items,
        "summary": summary_words(item.state for item in items),
        "is_complete": is_complete((item.is_required, item.state) for item in items),
        "can_change": request.user.has_perm(Permission.CHASE_RECORDS) and wanted.closed_at is None,
        "add_form": add_form or AddRecordForm(action=reverse("worklist:record-add", args=[wanted.reference])),
        "file_form": add_file or file_form(wanted, items=items),
        "largest_bytes": LARGEST_BYTES,
        "form": add_form or add_file,
    }
    return render(request, "worklist/records.html", context, status=status)


@requires(Permission.VIEW_PATIENT, Permission.CHASE_RECORDS)
@require_POST
def record_add(request: HttpRequest, reference: str) -> HttpResponse:
    """Put a record on the list by hand."""
    wanted = find_wanted(request, reference)
    form = AddRecordForm(request.POST, action=request.path)
    if form.is_valid():
        cleaned = form.cleaned_data
        with told_in(form, detail_missing="detail"):
            add_record(
                wanted,
                kind=cleaned["kind"],
                detail=cleaned["detail"] or "",
                source=cleaned["source"] or "",
                is_required=bool(cleaned["is_required"]),
                user=request.user,
                by=staff_actor(request.user),
                key=cleaned["key"],
            )
            messages.success(request, _("The record is on the list."))
            return redirect("worklist:records", wanted.reference)
    return show_records(request, wanted, add_form=form, status=422)


@requires(Permission.VIEW_PATIENT, Permission.CHASE_RECORDS)
@require_http_methods(["GET", "HEAD", "POST"])
def record(request: HttpRequest, reference: str, item_id: int) -> HttpResponse:
    """One record: what became of it. A button of the list posts a state only; all else then stays as it is."""
    wanted = find_wanted(request, reference)
    mine = ReadinessItem.objects.visible_to(request.user).filter(report_id=wanted.report_id)
    item = get_object_or_404(mine, pk=item_id)
    note_look(request, wanted, "record")
    is_button = request.method == "POST" and "source" not in request.POST
    form = StateForm(request.POST) if is_button else _form(request, item)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                _save(request, wanted, item, form)
            except Refused as no:
                form, status = _again(form, item, no), 409 if no.code == "stale" else 422
            else:
                messages.success(request, _("Saved."))
                return redirect("worklist:records", wanted.reference)
        elif is_button:
            return redirect("worklist:records", wanted.reference)
    context = {"wanted": wanted, "item": item, "name": name_of(item), "form": form, "is_stale": status == 409}
    context["crumbs"] = [
        *crumbs_to(wanted, _("Records and files"))[:-1],
        (_("Records and files"), reverse("worklist:records", args=[reference])),
        (name_of(item), ""),
    ]
    return render(request, "worklist/record.html", context, status=status)


def _form(request: HttpRequest, item: ReadinessItem) -> RecordForm:
    initial = {
        "version": item.version,
        "state": item.state,
        "source": item.source,
        "is_required": item.is_required,
    }
    return RecordForm(request.POST if request.method == "POST" else None, initial=initial)


def _save(request: HttpRequest, wanted: AppointmentRequest, item: ReadinessItem, form: StateForm | RecordForm) -> None:
    cleaned = form.cleaned_data
    change_record(
        wanted,
        item,
        state=cleaned["state"],
        source=(cleaned["source"] or "") if "source" in cleaned else item.source,
        is_required=bool(cleaned["is_required"]) if "is_required" in cleaned else item.is_required,
        version=cleaned["version"],
        user=request.user,
        by=staff_actor(request.user),
        key=cleaned["key"],
    )


def _again(form: StateForm | RecordForm, item: ReadinessItem, no: Refused) -> RecordForm:
    """The form again after a refusal: with what was typed, on the record as it is now."""
    typed = form.cleaned_data
    item.refresh_from_db()
    data = {
        "version": item.version,
        "state": typed["state"],
        "source": typed.get("source", item.source) or "",
        "key": typed["key"],
    }
    if typed.get("is_required", item.is_required):
        data["is_required"] = "on"
    form = RecordForm(data)
    form.is_valid()
    form.add_error(None, str(no))
    form.renew_key()
    return form
