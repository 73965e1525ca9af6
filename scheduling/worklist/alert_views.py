"""An emergency that was shown to somebody: what they answered, who to call, and each step with its time."""

from datetime import timedelta

from django.contrib import messages
from django.db import transaction
from django.db.models import Q
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
from clinic.platform.db.together import read_together
from clinic.platform.told import told_above, told_in
from clinic.platform.words import duration
from intake.before_visit.models import BeforeVisit
from intake.patients.models import Proxy
from intake.registration.models import Draft
from intake.triage.actions import NO_NUMBER, REACHED, acknowledge_alert, step_further
from intake.triage.models import Alert, ContactAttempt
from intake.triage.vocabulary import known
from scheduling.requests.models import AppointmentRequest
from scheduling.worklist.actions import calls_about, log_alert_call, number_of
from scheduling.worklist.alert_words import Unreached, people_to_call, steps_of
from scheduling.worklist.answers import answers_of_draft
from scheduling.worklist.history import by_time
from scheduling.worklist.reasons import fired_rules
from scheduling.worklist.staff_forms import AlertContactForm, FurtherForm
from scheduling.worklist.told import Answer

CLOSED_SHOWN = timedelta(days=1)
MOST_ALERTS = 200


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
    request: HttpRequest,
    alert: Alert,
    *,
    form: AlertContactForm | None = None,
    further_form: FurtherForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The alert's page; a form given is one with errors to show again."""
    now = timezone.now()
    number = number_of(alert)
    report = alert.report_id
    of_request, calls, steps, told, proxies = read_together(
        AppointmentRequest.objects.visible_to(request.user)
        .filter(report_id=report)
        .select_related("patient", "report__before_visit"),
        ContactAttempt.objects.filter(calls_about(alert), at__gte=alert.detected_at).select_related("by"),
        alert.steps.all(),
        BeforeVisit.objects.filter(report_id=report),
        Proxy.objects.filter(patient_id=alert.report.patient_id if report else None),
    )
    wanted = of_request[0] if report and of_request else None
    calls.sort(key=by_time, reverse=True)
    given, answers = _answers_so_far(alert)
    rules = fired_rules(alert.rules, known(given))
    behind = {key for rule in rules for key in rule.keys}
    unreached = Unreached.of(calls, steps, outcome=alert.outcome, now=now)
    context = {
        "alert": alert,
        "crumbs": [
            (_("Worklist"), reverse("worklist:home")),
            (_("Emergencies"), reverse("worklist:alerts")),
            (_("Emergency %(code)s") % {"code": alert.find_code}, ""),
        ],
        "number": number,
        "wanted": wanted,
        "rules": rules,
        "answers": answers,
        "alarming": [answer for answer in answers if answer.key in behind],
        "calls": calls,
        "steps": steps_of(alert, sorted(steps, key=by_time)),
        "unreached": unreached,
        "people": people_to_call(told[0].answers if told else {}, sorted(proxies, key=lambda proxy: proxy.pk)),
        "no_number": alert.outcome == NO_NUMBER,
        "closed_for_good": alert.outcome == REACHED,
        "since": duration(now - alert.detected_at),
        "is_overdue": alert.closed_at is None and alert.contact_due_at < now and not any(one.reached for one in calls),
        "form": form or further_form,
        "call_form": form
        or AlertContactForm(has_number=bool(number), action=reverse("worklist:contact", args=[alert.pk])),
        "further_form": further_form or FurtherForm(auto_id="further_%s"),
        "can_acknowledge": request.user.has_perm(Permission.ACKNOWLEDGE_ALERT),
        "can_call": request.user.has_perm(Permission.LOG_CONTACT),
    }
    return render(request, "worklist/alert.html", context, status=status)


@requires(Permission.VIEW_PATIENT)
@require_safe
def alerts(request: HttpRequest) -> HttpResponse:
    """Every emergency that waits for somebody or for a call that reaches the person, and those closed in the last day.

    Lines hold no patient data but the code and times, as in the banner.
    """
    now = timezone.now()
    rows = Alert.objects.visible_to(request.user).select_related("acknowledged_by")
    waiting = Q(acknowledged_at=None) | Q(closed_at=None)
    found = rows.filter(waiting | Q(closed_at__gte=now - CLOSED_SHOWN)).order_by("-detected_at")[:MOST_ALERTS]
    groups: dict[str, list] = {"waiting": [], "calling": [], "closed": []}
    for alert in found:
        alert.since = duration(now - alert.detected_at)
        groups["waiting" if not alert.acknowledged_at else "closed" if alert.closed_at else "calling"].append(alert)
    crumbs = [(_("Worklist"), reverse("worklist:home")), (_("Emergencies"), "")]
    return render(request, "worklist/alerts.html", {"crumbs": crumbs, "now": now, "most": MOST_ALERTS, **groups})


def _answers_so_far(alert: Alert) -> tuple[dict, list[Answer]]:
    """As given and as asked: frozen once sent, before that those of the draft; nothing when the draft has gone.

    Of new symptoms those that raised the alert, not the ones the request was sent with.
    """
    draft = Draft.objects.filter(pk=alert.draft_id).select_related("report").first() if alert.draft_id else None
    if draft is not None and draft.state == Draft.State.OPEN:
        return draft.answers, answers_of_draft(draft)
    report = draft.report if draft is not None and draft.purpose == Draft.Purpose.SYMPTOMS else alert.report
    return (report.answers, [Answer.of(entry) for entry in report.snapshot]) if report is not None else ({}, [])


@requires(Permission.VIEW_PATIENT, Permission.ACKNOWLEDGE_ALERT)
@require_POST
def acknowledge(request: HttpRequest, alert_id) -> HttpResponse:
    """Take the alert on: it leaves the banner, and the time and the person are kept."""
    alert = find_alert(request, alert_id)
    with told_above(request):
        acknowledge_alert(alert, user=request.user, by=staff_actor(request.user), key=request.POST.get("key", ""))
        messages.success(request, _("You have this alert. Call the person now."))
    return redirect("worklist:alert", alert.pk)


@requires(Permission.VIEW_PATIENT, Permission.LOG_CONTACT)
@require_POST
def contact(request: HttpRequest, alert_id) -> HttpResponse:
    """Save a call about the alert, or that there is no number to call."""
    alert = find_alert(request, alert_id)
    form = AlertContactForm(request.POST, has_number=bool(number_of(alert)), action=request.path)
    if form.is_valid():
        with told_in(form):
            log_alert_call(
                alert,
                outcome=form.cleaned_data["reached"],
                note=form.cleaned_data["note"] or "",
                user=request.user,
                by=staff_actor(request.user),
                key=form.cleaned_data["key"],
            )
            messages.success(request, _("Saved."))
            return redirect("worklist:alert", alert.pk)
    return show_alert(request, alert, form=form, status=422)


@requires(Permission.VIEW_PATIENT, Permission.LOG_CONTACT)
@require_POST
def further(request: HttpRequest, alert_id) -> HttpResponse:
    """Write down that the emergency contact was called, or that a welfare check was asked for."""
    alert = find_alert(request, alert_id)
    form = FurtherForm(request.POST, action=request.path, auto_id="further_%s")
    if form.is_valid():
        with told_in(form):
            step_further(
                alert,
                request.POST.get("do", ""),
                note=form.cleaned_data["note"] or "",
                user=request.user,
                by=staff_actor(request.user),
                key=form.cleaned_data["key"],
            )
            messages.success(request, _("Saved with its time."))
            return redirect("worklist:alert", alert.pk)
        alert.refresh_from_db()
    return show_alert(request, alert, further_form=form, status=422)
