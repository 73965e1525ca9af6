"""Staff: two records that may be one person side by side, merging them, and undoing that."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clinic.accounts.actors import staff_actor
from clinic.accounts.decorators import requires
from clinic.accounts.roles import Permission
from clinic.platform.audit.record import Entry, record_many
from clinic.platform.submits.once import new_key
from clinic.platform.told import told_above, told_in
from clinic.platform.words import day
from clinic.platform.words import phone as phone_words
from intake.patients.languages import language_words
from intake.patients.models import Patient, PatientMerge
from intake.tasks.actions import close_task
from intake.tasks.models import StaffTask
from scheduling.requests.merge import merge_records, undo_merge
from scheduling.worklist.plan_words import payer_words
from scheduling.worklist.proxy_words import relation_words
from scheduling.worklist.task_forms import MergeForm
from scheduling.worklist.task_views import born_words, crumbs_to_task, facts_of, find_task


@dataclass(frozen=True, slots=True)
class Side:
    """One of two records: what is known, fact by fact in the order of the page."""

    patient: Patient
    facts: list[str]


def both_sides(user, one_key, other_key) -> tuple[Side, Side, list[str]]:
    """Both records and the words for their facts, in a fixed number of queries. 404 when one may not be seen."""
    rows = Patient.objects.visible_to(user).filter(pk__in=[one_key, other_key])
    found = {row.pk: row for row in rows.prefetch_related("proxies", "requests", "coverages")}
    if len(found) != 2:
        raise Http404
    labels = [
        _("Name"), _("Born"), _("Phone"), _("Email"), _("ZIP code"), _("Language"), _("Caregivers"), _("Insurance"),
        _("Requests"), _("Registered"),
    ]  # fmt: skip
    sides = [Side(found[key], _facts(found[key])) for key in (one_key, other_key)]
    return sides[0], sides[1], labels


def _facts(patient: Patient) -> list[str]:
    requests = sorted(patient.requests.all(), key=lambda one: one.submitted_at)
    return [
        patient.full_name,
        born_words(patient),
        phone_words(patient.phone_primary),
        patient.email,
        patient.zip,
        str(language_words(patient.preferred_language)),
        "; ".join(f"{proxy.name}, {relation_words(proxy.relation)}" for proxy in patient.proxies.all()),
        "; ".join(payer_words(one) for one in patient.coverages.all()),
        "; ".join(f"{one.reference} ({one.get_status_display()})" for one in requests),
        day(patient.created_at),
    ]


def note_both(request: HttpRequest, one: Patient, other: Patient) -> None:
    """Write down the look at both records."""
    if request.method in ("GET", "HEAD"):
        by = staff_actor(request.user)
        with transaction.atomic():
            record_many([Entry("viewed", by, patient, {"purpose": "merge"}) for patient in (one, other)])


@requires(Permission.VIEW_PATIENT, Permission.MERGE_PATIENTS)
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: HttpRequest, task_id: int) -> HttpResponse:
    """A possible duplicate: both records side by side, and the decision."""
    task = find_task(request, task_id)
    if task.kind != StaffTask.Kind.MERGE:
        raise Http404
    one, other, labels = both_sides(request.user, task.patient_id, _other_of(task))
    note_both(request, one.patient, other.patient)
    choices = [
        (str(side.patient.pk), _("Yes. Keep record %(letter)s") % {"letter": letter})
        for letter, side in zip("AB", (one, other), strict=True)
    ]
    form = MergeForm(request.POST if request.method == "POST" else None, kept_choices=choices)
    if form.is_bound and form.is_valid():
        with told_in(form):
            return _decide(request, task, one.patient, other.patient, form)
        task.refresh_from_db()
    context = {
        "task": task,
        "why": facts_of(task),
        "rows": [(label, *pair) for label, *pair in zip(labels, one.facts, other.facts, strict=True)],
        "form": form,
        "crumbs": crumbs_to_task(task),
        "is_open": task.state == StaffTask.State.OPEN,
        "merge": _merge_of(one.patient, other.patient),
    }
    return render(request, "worklist/merge.html", context, status=422 if form.errors else 200)


def _other_of(task: StaffTask) -> UUID:
    """The key of the other record; a task always holds one."""
    return UUID(task.data["other"])


def _merge_of(one: Patient, other: Patient) -> PatientMerge | None:
    """The merge of these two that stands, if one does."""
    return PatientMerge.objects.filter(kept__in=[one, other], absorbed__in=[one, other], undone_at=None).first()


def _decide(request: HttpRequest, task: StaffTask, one: Patient, other: Patient, form: MergeForm) -> HttpResponse:
    decision, by, key = form.cleaned_data["decision"], staff_actor(request.user), form.cleaned_data["key"]
    if decision == "different":
        close_task(task, state=StaffTask.State.DISMISSED, note="", user=request.user, by=by, key=key)
        messages.success(request, _("The records stay apart. You will not be asked about these two again."))
        return redirect("worklist:tasks")
    kept, absorbed = (one, other) if decision == str(one.pk) else (other, one)
    made = merge_records(kept, absorbed, task=task, user=request.user, by=by, key=key)
    messages.success(request, _("The records are one now. You can undo this here."))
    return redirect("worklist:merged", made.pk)


@requires(Permission.VIEW_PATIENT, Permission.MERGE_PATIENTS)
@require_http_methods(["GET", "HEAD", "POST"])
def merged(request: HttpRequest, merge_id: int) -> HttpResponse:
    """A merge: both records as they are, who merged them, and the way back."""
    rows = PatientMerge.objects.select_related("kept", "absorbed")
    found = get_object_or_404(rows, pk=merge_id, kept__in=Patient.objects.visible_to(request.user))
    if request.method == "POST":
        with told_above(request):
            undo_merge(found, user=request.user, by=staff_actor(request.user), key=request.POST.get("key", ""))
            messages.success(request, _("These are two records again. The task about them is open again."))
        return redirect("worklist:merged", found.pk)
    kept, absorbed, labels = both_sides(request.user, found.kept_id, found.absorbed_id)
    note_both(request, kept.patient, absorbed.patient)
    context = {
        "merge": found,
        "rows": [(label, *pair) for label, *pair in zip(labels, kept.facts, absorbed.facts, strict=True)],
        "moved": sum(len(keys) for keys in found.moved.values()),
        "key": new_key(),
        "requests": [one.reference for one in kept.patient.requests.all()],
        "crumbs": [
            (_("Worklist"), reverse("worklist:home")),
            (_("Tasks"), reverse("worklist:tasks")),
            (_("Merged records"), ""),
        ],
    }
    return render(request, "worklist/merged.html", context)
