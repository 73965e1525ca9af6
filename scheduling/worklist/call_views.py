"""Staff: everybody who waits for a call, as a list beside those of the requests."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from clinic.accounts.actors import staff_actor
from clinic.accounts.decorators import requires
from clinic.accounts.roles import Permission
from clinic.platform.audit.record import record_view
from scheduling.worklist.call_list import page_of_calls
from scheduling.worklist.tabs import TO_CALL, queues_of, tab_counts, tabs_of


@requires(Permission.VIEW_WORKLIST, Permission.LOG_CONTACT)
@require_safe
def to_call(request: HttpRequest) -> HttpResponse:
    """`/staff/to-call/`: urgency first, then what is due first; each line leads to where the call is written down."""
    user, now = request.user, timezone.now()
    counts = tab_counts(user, now=now)
    queues, beside = queues_of(user, now=now)
    first = counts[TO_CALL]
    page = page_of_calls(user, number=request.GET.get("page", "1"), now=now, beside=beside, first=first)
    with transaction.atomic():  # names and numbers of patients: a look like any other
        shown = [str(call.key) for call in page.object_list]
        record_view(("worklist", str(user.pk)), by=staff_actor(user), purpose="to_call", shown=shown)
    context = {
        "page": page,
        "now": now,
        "total": first + beside,
        "tabs": tabs_of(user, counts | {TO_CALL: first + beside}, current=TO_CALL),
        "queues": queues,
        "since": int(now.timestamp() * 1_000_000),
    }
    return render(request, "worklist/to_call.html", context)
