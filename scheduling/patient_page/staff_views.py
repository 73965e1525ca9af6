"""Staff: the page of one patient, changing their record, and who speaks for them."""

import uuid

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.accounts.actors import staff_actor
from clinic.accounts.decorators import requires
from clinic.accounts.roles import Permission
from clinic.platform.audit.record import record_view
from clinic.platform.refusals import Refused
from clinic.platform.told import told_above
from intake.patients.editing import values_of
from intake.patients.models import Patient, Proxy
from intake.patients.proxies import unverify_proxy, verify_proxy
from scheduling.patient_page.actions import edit_patient
from scheduling.patient_page.forms import PatientForm, initial_of
from scheduling.patient_page.reading import PatientFile
from scheduling.patient_page.timeline import KINDS, filters_of, page_of, timeline_of
from scheduling.patient_page.words import (
    born_words,
    consents_of,
    differences,
    named,
    value_words,
)

REACHED = ("phone_primary", "phone_type", "ok_voicemail", "email", "contact_preference", "contact_times")


def find_patient(request: HttpRequest, patient_id: uuid.UUID, purpose: str) -> Patient:
    """The patient if this person may open the record, else 404; the look is written down."""
    rows = Patient.objects.visible_to(request.user).select_related("merged_into")
    found = get_object_or_404(rows, pk=patient_id)
    if request.method in ("GET", "HEAD"):
        with transaction.atomic():
            record_view(found, by=staff_actor(request.user), purpose=purpose)
    return found


@requires(Permission.VIEW_PATIENT)
@require_safe
def patient(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """Facts, contacts, visits, scores, documents, agreements, and what happened; `?kind=` shows one kind of it."""
    row = find_patient(request, patient_id, "patient_page")
    patient_file = PatientFile(row, now=timezone.now())
    entries = timeline_of(patient_file)
    kind = request.GET.get("kind", "")
    kind = kind if kind in KINDS else ""
    values, user = values_of(row), request.user
    context = {
        "patient": row,
        "file": patient_file,
        "born": born_words(row.date_of_birth),
        "language": value_words("preferred_language", row.preferred_language),
        "interpreter": value_words("interpreter_needed", row.interpreter_needed),
        "reach": {name: value_words(name, values[name]) for name in REACHED},
        "consents": consents_of(row),
        "filters": filters_of(entries, kind),
        "page": page_of(entries, kind, request.GET.get("page", 1)),
        "query": f"kind={kind}" if kind else "",
        "heading": KINDS.get(kind) or _("Everything"),
        "can_edit": user.has_perm(Permission.EDIT_PATIENT) and row.merged_into_id is None,
        "can_verify": user.has_perm(Permission.HANDLE_TASKS),
        "can_merge": user.has_perm(Permission.MERGE_PATIENTS),
        "crumbs": [(_("Worklist"), reverse("worklist:home")), (_("Patient"), "")],
    }
    return render(request, "patient_page/patient.html", context)


@requires(Permission.VIEW_PATIENT, Permission.EDIT_PATIENT)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """The form of the record. Whoever comes second is told who changed what. What they typed stays in the form;
    what they left alone takes the colleague's word."""
    row = find_patient(request, patient_id, "edit_patient")
    form = PatientForm(request.POST or None, initial=initial_of(values_of(row), row.version))
    differs: list[tuple[str, str, str]] = []
    taken_over: list[tuple[str, str]] = []
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            edit_patient(
                row,
                form.values(values_of(row)),
                version=form.cleaned_data["version"],
                user=request.user,
                by=staff_actor(request.user),
                key=form.cleaned_data["key"],
            )
        except Refused as no:
            form.add_error({"stopped": "consent_sms", "no_address": "email"}.get(no.code), str(no))
            form.renew_key()
            if no.code == "stale":
                row.refresh_from_db()
                now = values_of(row)
                mine = form.values(now)
                theirs = form.changed_by_others(now, mine)
                form.take_over(theirs, row.version, now)
                status, differs = 409, differences(now, {**mine, **theirs})
                taken_over = named(theirs)
        else:
            messages.success(request, _("Saved."))
            return redirect("staff-patients:patient", row.pk)
    context = {
        "patient": row,
        "form": form,
        "differs": differs,
        "taken_over": taken_over,
        "is_stale": status == 409,
        "crumbs": [
            (_("Worklist"), reverse("worklist:home")),
            (_("Patient"), reverse("staff-patients:patient", args=[row.pk])),
            (_("Change the record"), ""),
        ],
    }
    return render(request, "patient_page/edit.html", context, status=status)


@requires(Permission.VIEW_PATIENT, Permission.HANDLE_TASKS)
@require_POST
def proxy(request: HttpRequest, patient_id: uuid.UUID, proxy_id: int) -> HttpResponse:
    """Mark a caregiver's authority as verified, or take the mark back (`then` is "undo"); then the patient's page."""
    row = find_patient(request, patient_id, "caregiver")
    found = get_object_or_404(Proxy, pk=proxy_id, patient=row)
    is_undo = request.POST.get("then") == "undo"
    action = unverify_proxy if is_undo else verify_proxy
    with told_above(request):
        action(found, user=request.user, by=staff_actor(request.user), key=request.POST.get("key", ""))
        said = _("Not verified any more. Tell them nothing about the patient.") if is_undo else _("Authority verified.")
        messages.success(request, said)
    return redirect("staff-patients:patient", row.pk)
