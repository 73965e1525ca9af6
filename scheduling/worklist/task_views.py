"""Staff: the list of tasks, one task, and closing it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from clinic.accounts.actors import staff_actor
from clinic.accounts.decorators import requires
from clinic.accounts.roles import Permission
from clinic.platform import words
from clinic.platform.audit.record import record_view
from clinic.platform.told import told_in
from intake.before_visit.record_choices import IMPLANTS
from intake.nurse_line.models import NurseQuestion
from intake.tasks.actions import AFTER_EMERGENCY, close_task
from intake.tasks.models import StaffTask
from scheduling.worklist.lists import ROWS_A_PAGE
from scheduling.worklist.proxy_words import AUTHORITY_WORDS, relation_words
from scheduling.worklist.reasons import fired_rules
from scheduling.worklist.task_forms import CloseTaskForm

Kind = StaffTask.Kind
MOST_REASONS = 2  # of new symptoms, in one cell of the list
WHAT_TO_DO = {
    Kind.MERGE: gettext_lazy("Look at both records and decide whether this is one person."),
    Kind.MRI_SAFETY: gettext_lazy("Find out whether an MRI is safe with this device before one is planned."),
    Kind.VERIFY_PROXY: gettext_lazy("Check who this person is. Tell them nothing about the patient before that."),
    Kind.NEW_SYMPTOMS: gettext_lazy("Read the new symptoms and call the patient."),
    Kind.INSURANCE_HELP: gettext_lazy("Call the patient about insurance and ways to pay."),
    Kind.WAITLIST: gettext_lazy("Time came free for this patient. Plan the day and offer it."),
    Kind.OTHER_DAY: gettext_lazy("Read what suits the patient on the request, then move the visit or call."),
    Kind.CALL: gettext_lazy("Call the patient: there is news that our message could not bring."),
    Kind.TRIAL_INTEREST: gettext_lazy("Find out whether a trial fits, and answer the person."),
    Kind.DENTAL: gettext_lazy("Ask for a dental check before bone medicine is given."),
    Kind.EMERGENCY_UNREACHED: gettext_lazy(
        "Call the emergency contact, then follow the clinic's policy for welfare checks."
    ),
}
WHAT_TO_SAY = {  # in place of what the kind asks for
    "other_days": gettext_lazy("Call the patient and find a day together."),
    AFTER_EMERGENCY: gettext_lazy("Call the patient the day after: were they seen, and what do they need from us?"),
}
INSURANCE_WORDS = {
    "self_pay": gettext_lazy("no insurance"),
    "applying": gettext_lazy("has asked for insurance"),
    "unsure": gettext_lazy("is not sure about insurance"),
}
WHY_CALL = {
    "other_days": gettext_lazy("none of the days offered suits, the patient asked to be called"),
    AFTER_EMERGENCY: gettext_lazy("sent to the emergency department: ask how it went, and what comes next"),
}
EMPTY = {
    "": gettext_lazy("No task is waiting."),
    Kind.MERGE: gettext_lazy("No possible duplicate is waiting."),
    Kind.MRI_SAFETY: gettext_lazy("No question about MRI safety is waiting."),
    Kind.VERIFY_PROXY: gettext_lazy("Nobody waits to be verified."),
    Kind.NEW_SYMPTOMS: gettext_lazy("No new symptoms are waiting."),
    Kind.INSURANCE_HELP: gettext_lazy("Nobody waits for help with insurance."),
    Kind.WAITLIST: gettext_lazy("No freed time waits to be offered."),
    Kind.OTHER_DAY: gettext_lazy("Nobody asks for another day."),
    Kind.CALL: gettext_lazy("Nobody waits for a call with news."),
    Kind.TRIAL_INTEREST: gettext_lazy("Nobody asks about a trial."),
    Kind.DENTAL: gettext_lazy("No dental check is waiting."),
    Kind.EMERGENCY_UNREACHED: gettext_lazy("Everybody with an emergency was reached."),
}


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One line of the list."""

    task: StaffTask
    patient_name: str
    reference: str
    facts: str
    is_overdue: bool

    @classmethod
    def of(cls, task: StaffTask, *, now: datetime, asker: str = "") -> "TaskRow":
        """The line of a task; its patient and its report's request should be loaded with it.

        `asker` is who asked, where the task is about nobody we know.
        """
        return cls(
            task=task,
            patient_name=task.patient.full_name if task.patient else asker or _("Nobody we know"),
            reference=reference_of(task),
            facts=facts_of(task),
            is_overdue=task.state == StaffTask.State.OPEN and task.due_at is not None and task.due_at < now,
        )


def reference_of(task: StaffTask) -> str:
    """The reference of the request that a task is about; empty without one."""
    report = task.report
    for one in (report, report.follows if report else None):
        wanted = getattr(one, "request", None) if one is not None else None
        if wanted is not None:
            return wanted.reference
    return ""


def facts_of(task: StaffTask) -> str:
    """The codes of a task in words."""
    data = task.data
    if task.kind == Kind.MRI_SAFETY:
        told = _words(IMPLANTS, data.get("implants") or [])
    elif task.kind == Kind.INSURANCE_HELP:
        told = _words(INSURANCE_WORDS, data.get("status") or [])
    elif task.kind == Kind.VERIFY_PROXY:
        told = _words(AUTHORITY_WORDS, [data.get("authority")])
    elif task.kind == Kind.MERGE:
        reasons = {"phone": _("same birth date and phone"), "name": _("same birth date, similar name")}
        told = [reasons[one] for one in data.get("because", []) if one in reasons]
    elif task.kind == Kind.CALL:
        told = [str(WHY_CALL[data["why"]])] if data.get("why") in WHY_CALL else []
    elif task.kind == Kind.WAITLIST:
        told = _freed_words(data)
    else:  # new symptoms
        told = [rule.reason for rule in fired_rules(data.get("rules") or [])[:MOST_REASONS]]
    if data.get("taken_back"):
        told = [_("the patient has changed the answer since: ask again")]
    return "; ".join(str(word) for word in told)


def _freed_words(data: dict) -> list[str]:
    """The day that came free, and the one specialty it is for if it is not for the whole day."""
    starts, ends = (data.get(name) for name in ("starts_at", "ends_at"))
    if not starts or not ends:
        return []
    start = datetime.fromisoformat(starts)
    when = f"{words.day(start)}, {words.clock_range(start, datetime.fromisoformat(ends))}"
    return [when, data["specialty_name"]] if data.get("specialty_name") else [when]


def _words(choices, codes: list) -> list[str]:
    labels = dict(choices)
    return [str(labels.get(code, code)) for code in codes if code]


def _with_what_a_row_needs(rows):
    return rows.select_related("patient", "report__request", "report__follows__request", "done_by")


def questions_of(found: Iterable[StaffTask]) -> dict[str, NurseQuestion]:
    """The questions that tasks about trials came with, by their keys: one query, none without such a task."""
    keys = [task.data["question"] for task in found if task.kind == Kind.TRIAL_INTEREST and "question" in task.data]
    return {str(row.pk): row for row in NurseQuestion.objects.filter(pk__in=keys)} if keys else {}


def handles_tasks(view):
    """A page for those who do tasks; who handles trials sees those about trials, which the query says."""

    @requires(Permission.VIEW_PATIENT)
    @wraps(view)
    def page(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not any(request.user.has_perm(one) for one in (Permission.HANDLE_TASKS, Permission.HANDLE_TRIALS)):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return page


@handles_tasks
@require_safe
def tasks(request: HttpRequest) -> HttpResponse:
    """Open tasks by kind, those due first on top."""
    now = timezone.now()
    rows = StaffTask.objects.visible_to(request.user).still_open()
    chosen = request.GET.get("kind", "")
    chosen = chosen if chosen in Kind.values else ""
    counts = rows.order_by().aggregate(**{kind.value: Count("pk", filter=Q(kind=kind)) for kind in Kind})
    total = counts[chosen] if chosen else sum(counts.values())
    paginator = Paginator(_with_what_a_row_needs(rows.filter(kind=chosen) if chosen else rows), ROWS_A_PAGE)
    paginator.count = total  # known from the tabs: not asked twice
    page = paginator.get_page(request.GET.get("page", 1))
    with transaction.atomic():  # names of patients: a look like any other
        user, shown = request.user, [task.pk for task in page.object_list]
        record_view(("staff_tasks", str(user.pk)), by=staff_actor(user), purpose="tasks", shown=shown)
    asked = questions_of(page.object_list)
    page.object_list = [TaskRow.of(task, now=now, asker=_asker(task, asked)) for task in page.object_list]
    tabs = [{"text": _("All tasks"), "url": "?kind=", "count": sum(counts.values()), "current": not chosen}]
    tabs += [
        {"text": kind.label, "url": f"?kind={kind.value}", "count": counts[kind.value], "current": kind == chosen}
        for kind in (Kind if request.user.has_perm(Permission.HANDLE_TASKS) else [Kind.TRIAL_INTEREST])
    ]
    context = {"page": page, "tabs": tabs, "now": now, "empty": EMPTY[chosen], "page_query": f"kind={chosen}"}
    context["caption"] = Kind(chosen).label if chosen else _("All tasks")
    return render(request, "worklist/tasks.html", context)


def _asker(task: StaffTask, asked: dict[str, NurseQuestion]) -> str:
    question = asked.get(task.data.get("question", ""))
    return question.name if question else ""


def find_task(request: HttpRequest, task_id: int) -> StaffTask:
    """The task if the person may see it; otherwise 404."""
    return get_object_or_404(_with_what_a_row_needs(StaffTask.objects.visible_to(request.user)), pk=task_id)


@handles_tasks
@require_safe
def task(request: HttpRequest, task_id: int) -> HttpResponse:
    """One task: what to do, about whom. A possible duplicate has a page of its own."""
    found = find_task(request, task_id)
    if found.kind == Kind.MERGE:
        return redirect("worklist:task-merge", found.pk)
    with transaction.atomic():
        record_view(found, by=staff_actor(request.user), purpose="task")
    return show_task(request, found, CloseTaskForm(action=reverse("worklist:task-close", args=[found.pk])))


def show_task(request: HttpRequest, found: StaffTask, form: CloseTaskForm) -> HttpResponse:
    """The page of a task with its form, which may have errors."""
    asked = questions_of([found])
    context = {
        "row": TaskRow.of(found, now=timezone.now(), asker=_asker(found, asked)),
        "question": asked.get(found.data.get("question", "")),
        "task": found,
        "patient": found.patient,
        "born": born_words(found.patient) if found.patient else "",
        "what": WHAT_TO_SAY.get(found.data.get("why", ""), WHAT_TO_DO[found.kind]),
        "crumbs": crumbs_to_task(found),
        "form": form,
        "proxy": _proxy_of(found),
    }
    return render(request, "worklist/task.html", context, status=422 if form.errors else 200)


def crumbs_to_task(found: StaffTask) -> list[tuple[str, str]]:
    """The way to a task."""
    return [
        (_("Worklist"), reverse("worklist:home")),
        (_("Tasks"), reverse("worklist:tasks")),
        (str(found.get_kind_display()), ""),
    ]


def born_words(patient) -> str:
    """The birth date as it is said."""
    try:
        return date_format(date.fromisoformat(patient.date_of_birth), "F j, Y")
    except ValueError:
        return patient.date_of_birth


def _proxy_of(found: StaffTask):
    """The person to verify, with the words that staff read."""
    if found.kind != Kind.VERIFY_PROXY or found.patient is None:
        return None
    proxy = found.patient.proxies.filter(pk=found.data.get("proxy")).first()
    if proxy is not None:
        proxy.relation_words = relation_words(proxy.relation)
    return proxy


@handles_tasks
@require_POST
def close(request: HttpRequest, task_id: int) -> HttpResponse:
    """Close a task; then the list."""
    found = find_task(request, task_id)
    form = CloseTaskForm(request.POST, action=request.path)
    if form.is_valid():
        with told_in(form):
            close_task(
                found,
                state=form.cleaned_data["state"],
                note=form.cleaned_data["note"] or "",
                user=request.user,
                by=staff_actor(request.user),
                key=form.cleaned_data["key"],
            )
            messages.success(request, _("The task is closed."))
            return redirect("worklist:tasks")
        found.refresh_from_db()
    return show_task(request, found, form)
