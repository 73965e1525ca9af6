"""An emergency that was shown to somebody: what they answered, who to call, and each step with its time."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from clinic.accounts.actors import staff_actor
from clinic.accounts.decorators import requires
from clinic.accounts.roles import Permission
from clinic.platform.audit.record import record_view
from clinic.platform.refusals import Refused
from clinic.platform.words import duration
from intake.registration.models import Draft
from intake.triage.actions import acknowledge_alert
from intake.triage.models import Alert
from scheduling.requests.models import AppointmentRequest
from scheduling.worklist.actions import log_alert_call, number_of
from scheduling.worklist.answers import answers_of_draft
from scheduling.worklist.history import events_of_alert
from scheduling.worklist.reasons import fired_rules
from scheduling.worklist.staff_forms import AlertContactForm
from scheduling.worklist.told import Answer


def find_alert(request: HttpRequest, alert_id) -> Alert:
    """The alert if the person may see it; otherwise 404."""
    rows = Alert.objects.visible_to(request.user).select_related("report__patient", "acknowledged_by")
    return get_object_or_404(rows, pk=alert_id)


@requires(Permission.VIEW_PATIENT)
@require_safe
def alert_page(request: HttpRequest, alert_id) -> HttpResponse:
    """The alert: times, code, number, rules, answers so far, calls."""
    alert = find_alert(request, alert_id)
    with transaction.atomic():
        record_view(alert, by=staff_actor(request.user), purpose="alert_page")
    return show_alert(request, alert)


def show_alert(
    request: HttpRequest, alert: Alert, *, form: AlertContactForm | None = None, status: int = 200
) -> HttpResponse:
    """The alert's page; `form` is one with errors to show again."""
    now = timezone.now()
    number = number_of(alert)
    wanted = AppointmentRequest.objects.visible_to(request.user).filter(report_id=alert.report_id).first()
    call_form = form or AlertContactForm(has_number=bool(number), action=reverse("worklist:contact", args=[alert.pk]))
    context = {
        "alert": alert,
        "crumbs": [
            (_("Worklist"), reverse("worklist:home")),
            (_("Emergency %(code)s") % {"code": alert.find_code}, ""),
        ],
        "number": number,
        "wanted": wanted if alert.report_id else None,
        "rules": fired_rules(alert.rules),
        "answers": _answers_so_far(alert),
        "calls": alert.contacts.select_related("by").order_by("-at", "-pk"),
        "events": events_of_alert(alert),
        "since": duration(now - alert.detected_at),
        "is_overdue": alert.closed_at is None and alert.contact_due_at < now,
        "form": form,
        "call_form": call_form,
        "can_acknowledge": request.user.has_perm(Permission.ACKNOWLEDGE_ALERT),
        "can_call": request.user.has_perm(Permission.LOG_CONTACT),
    }
    return render(request, "worklist/alert.html", context, status=status)


def _answers_so_far(alert: Alert) -> list[Answer]:
    """The frozen answers once sent, before that those of the draft; nothing when the draft has gone.

    Of new symptoms those that raised the alert, not the ones the request was sent with.
    """
    draft = Draft.objects.filter(pk=alert.draft_id).select_related("report").first() if alert.draft_id else None
    if draft is not None and draft.state == Draft.State.OPEN:
        return answers_of_draft(draft)
    report = draft.report if draft is not None and draft.purpose == Draft.Purpose.SYMPTOMS else alert.report
    return [Answer.of(entry) for entry in report.snapshot] if report is not None else []


@requires(Permission.VIEW_PATIENT, Permission.ACKNOWLEDGE_ALERT)
@require_POST
def acknowledge(request: HttpRequest, alert_id) -> HttpResponse:
    """Take the alert on: it leaves the banner, and the time and the person are kept."""
    alert = find_alert(request, alert_id)
    try:
        acknowledge_alert(alert, user=request.user, by=staff_actor(request.user), key=request.POST.get("key", ""))
        messages.success(request, _("You have this alert. Call the person now."))
    except Refused as no:
        messages.warning(request, str(no))
    return redirect("worklist:alert", alert.pk)


@requires(Permission.VIEW_PATIENT, Permission.LOG_CONTACT)
@require_POST
def contact(request: HttpRequest, alert_id) -> HttpResponse:
    """Save a call about the alert, or that there is no number to call."""
    alert = find_alert(request, alert_id)
    form = AlertContactForm(request.POST, has_number=bool(number_of(alert)), action=request.path)
    if form.is_valid():
        try:
            log_alert_call(
                alert,
                outcome=form.cleaned_data["reached"],
                note=form.cleaned_data["note"] or "",
                user=request.user,
                by=staff_actor(request.user),
                key=form.cleaned_data["key"],
            )
        except Refused as no:
            form.add_error(None, str(no))
            form.renew_key()
        else:
            messages.success(request, _("Saved."))
            return redirect("worklist:alert", alert.pk)
    return show_alert(request, alert, form=form, status=422)
