"""The review: a nurse or physician decides how soon, which visit and which specialties."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clinic.accounts.actors import staff_actor
from clinic.accounts.decorators import requires
from clinic.accounts.roles import Permission
from clinic.platform.refusals import Refused
from intake.triage.disciplines import Suggestions
from intake.triage.models import Alert, TriageReview
from scheduling.follow_up.disposition_letters import address_of_letter, codes_for
from scheduling.follow_up.models import Letter
from scheduling.requests.actions import review_request
from scheduling.requests.models import AppointmentRequest
from scheduling.requests.suggestions import suggestions_for
from scheduling.worklist.dossier import Dossier
from scheduling.worklist.staff_forms import LEVELS_TO_SEE, ReviewForm
from scheduling.worklist.staff_views import crumbs_to, find_wanted, note_look
from scheduling.worklist.suggestion_words import beside_the_legs, leg_reasons


@requires(Permission.VIEW_PATIENT, Permission.REVIEW_TRIAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def triage(request: HttpRequest, reference: str) -> HttpResponse:
    """The review form; a request that a colleague holds can be read here and taken over, not decided."""
    wanted = find_wanted(request, reference)
    note_look(request, wanted, "triage")
    suggested = suggestions_for(wanted, is_loaded=True)
    form = _form(request, wanted, suggested)
    if request.method == "POST" and form.is_valid():
        if _held_by_other(wanted, request.user):
            form.add_error(None, _("%(name)s holds this request. Take it over to decide.") % {"name": wanted.taken_by})
        else:
            try:
                _save(request, wanted, form)
            except Refused as no:
                return _show_refused(request, wanted, suggested, form, no)
            return _go_on(request, wanted, form)
    return _show(request, wanted, suggested, form, status=422 if form.errors else 200)


def _held_by_other(wanted: AppointmentRequest, user) -> bool:
    return wanted.taken_by_id is not None and wanted.taken_by_id != user.pk


def _form(request: HttpRequest, wanted: AppointmentRequest, suggested: Suggestions) -> ReviewForm:
    """The form with the suggestion ticked, or with the last review's choice when there was one."""
    chosen = wanted.specialties or [leg.code for leg in suggested.legs]
    visit_type = wanted.visit_type.code if wanted.visit_type else "coordinated_new"
    return ReviewForm(
        request.POST or None,
        wanted=wanted,
        user=request.user,
        suggested_for=leg_reasons(suggested),
        initial={
            "version": wanted.version,
            "opened_at": timezone.now().isoformat(),
            "visit_type": visit_type,
            "specialties": chosen,
        },
    )


def _save(request: HttpRequest, wanted: AppointmentRequest, form: ReviewForm) -> None:
    cleaned = form.cleaned_data
    asked = (cleaned["question"] or "").strip()
    plans_visit = cleaned["disposition"] in LEVELS_TO_SEE
    review_request(
        wanted,
        disposition=cleaned["disposition"],
        reason=(cleaned["reason"] or "").strip() or asked,
        asked=asked,
        letter=cleaned["letter"] or "",
        visit_type=(cleaned["visit_type"] or "") if plans_visit else "",
        specialties=(cleaned["specialties"] or []) if plans_visit else [],
        user=request.user,
        by=staff_actor(request.user),
        key=cleaned["key"],
        version=cleaned["version"],
    )


def _go_on(request: HttpRequest, wanted: AppointmentRequest, form: ReviewForm) -> HttpResponse:
    """First to the call of an emergency, else to the letter that the review drafted, otherwise to the request."""
    if form.cleaned_data["disposition"] == TriageReview.Disposition.EMERGENCY:
        alert = Alert.objects.filter(report=wanted.report_id, closed_at=None).order_by("-detected_at").first()
        if alert is not None:
            words = _("Review saved. Call the person now.")
            if form.cleaned_data["letter"] in codes_for(form.cleaned_data["disposition"]):
                words = _("Review saved. Call the person now. The draft of the letter waits on the request.")
            messages.success(request, words)
            return redirect("worklist:alert", alert.pk)
    messages.success(request, _("Review saved."))
    if form.cleaned_data["letter"] in codes_for(form.cleaned_data["disposition"]):
        letter = wanted.letters.filter(kind=Letter.Kind.DISPOSITION).order_by("-written_at").first()
        if letter is not None:
            return redirect(address_of_letter(letter, wanted))
    return redirect("worklist:request", wanted.reference)


def _show_refused(
    request: HttpRequest, wanted: AppointmentRequest, suggested: Suggestions, form: ReviewForm, no: Refused
) -> HttpResponse:
    """Keep everything typed; when the request changed meanwhile, say what changed and let the person decide again."""
    opened_at: datetime = form.cleaned_data["opened_at"]
    wanted = find_wanted(request, wanted.reference)
    form.wanted = wanted
    form.add_error(None, str(no))
    form.renew_key()
    if wanted.version != form.cleaned_data["version"]:
        changed = Dossier(wanted, now=timezone.now()).since(opened_at)
        form.data = form.data.copy()
        form.data["version"], form.data["opened_at"] = wanted.version, timezone.now().isoformat()
        return _show(request, wanted, suggested, form, changed=changed, is_stale=True, status=409)
    return _show(request, wanted, suggested, form, status=422)


def _show(
    request: HttpRequest,
    wanted: AppointmentRequest,
    suggested: Suggestions,
    form: ReviewForm,
    *,
    changed: list | None = None,
    is_stale: bool = False,
    status: int = 200,
) -> HttpResponse:
    dossier = Dossier(wanted, now=timezone.now(), reader=request.user)
    context = {
        "wanted": wanted,
        "crumbs": crumbs_to(wanted, _("Review")),
        "dossier": dossier,
        "form": form,
        "changed": changed or [],
        "is_stale": is_stale,
        "holder": wanted.taken_by if _held_by_other(wanted, request.user) else None,
        "is_open": wanted.closed_at is None,
        "beside": beside_the_legs(suggested),
    }
    return render(request, "worklist/triage.html", context, status=status)
