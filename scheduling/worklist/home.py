"""The worklist as a page: its lists with their counts, the filter, the rows, what was saved."""

from datetime import datetime

from django.contrib.auth import get_user_model
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone

from clinic.accounts.actors import staff_actor
from clinic.accounts.roles import Permission
from clinic.platform.audit.record import record_view
from clinic.platform.db.together import read_together
from scheduling.worklist.filters import Filter, FilterForm, filter_words, leg_specialties, those_who_take
from scheduling.worklist.list_forms import SaveFilterForm
from scheduling.worklist.lists import page_of
from scheduling.worklist.models import SavedFilter
from scheduling.worklist.staff_forms import SearchForm
from scheduling.worklist.tabs import TO_CALL, queues_of, tab_counts, tabs_of


def choices_of(user) -> tuple[list, list, list[SavedFilter]]:
    """Who may hold requests, the specialties, and this person's saved filters: one query."""
    people = get_user_model().objects.filter(is_active=True).only("name", "email", "roles", "is_active")
    found = read_together(people, leg_specialties(), SavedFilter.objects.filter(user=user))
    specialties = sorted(found[1], key=lambda one: (one.position, one.name))
    return those_who_take(found[0]), specialties, sorted(found[2], key=lambda one: one.name.casefold())


def show_worklist(
    request: HttpRequest, asked: QueryDict, *, save_form: SaveFilterForm | None = None, status: int = 200
) -> HttpResponse:
    """The page of what an address asks for. One that is not understood gets a sentence and no rows, with status 422.

    `save_form` is the form that names a filter, with errors to show again.
    """
    user, now = request.user, timezone.now()
    people, specialties, saved = choices_of(user)
    form = FilterForm(asked, people=people, specialties=specialties)
    counts = tab_counts(user, now=now)
    queues, beside = queues_of(user, now=now)
    counts[TO_CALL] += beside
    is_understood = form.is_valid()
    chosen = form.chosen if is_understood else Filter()
    context = {
        "chosen": chosen,
        "tabs": tabs_of(user, counts, chosen=chosen, current=chosen.tab.slug if is_understood else ""),
        "queues": queues,
        "overdue": counts["overdue"],
        "now": now,
        "since": int(now.timestamp() * 1_000_000),
        "filter_form": form,
        "search_form": SearchForm(),
        "saved": saved,
        "can_take": user.has_perm(Permission.TAKE_REQUEST),
    }
    if is_understood:
        told = filter_words(chosen, people=people, specialties=specialties)
        context |= _rows(request, chosen, counts, asked.get("page", "1"), now) | {"told": told}
        if told:
            context["save_form"] = save_form or SaveFilterForm(initial={"query": chosen.query})
        context["form"] = save_form
    else:
        context["form"] = form
        status = 422
    return render(request, "worklist/home.html", context, status=status)


def _rows(request: HttpRequest, chosen: Filter, counts: dict[str, int], number: str, now: datetime) -> dict:
    total = counts[chosen.tab.slug] if chosen.is_empty else None
    page = page_of(chosen, request.user, number=number, now=now, total=total)
    shown, user = [row.wanted.reference for row in page.object_list], request.user
    with transaction.atomic():  # names of patients: a look like any other
        record_view(("worklist", str(user.pk)), by=staff_actor(user), purpose="worklist", shown=shown)
    return {"page": page, "page_query": chosen.query, "total": page.paginator.count, "of": counts[chosen.tab.slug]}
