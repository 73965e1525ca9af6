"""Staff: where clinicians have free time, as a page and as JSON for whatever draws a calendar."""

from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clinic.accounts.decorators import requires
from clinic.accounts.roles import Permission
from clinic.platform.words import clock_range, day
from scheduling.availability.free import (
    MOST_DAYS_AHEAD,
    Gap,
    Person,
    Question,
    QuestionError,
    free_gaps,
    question_of,
    starts_in,
)

allowed = requires(Permission.MAKE_OFFER)
SPANS = (1, 7, 30)


@allowed
@require_safe
def free_json(request: HttpRequest) -> JsonResponse:
    """Gaps and, if `minutes` are asked for, the starts in them. 5 queries with session and user.

    {"from", "days", "clinicians": [{"id", "name", "specialty", "free": [{"starts", "ends", "bookable": [...]}]}]},
    moments in the clinic's zone; 400 with {"error": name of the parameter} for a question that means nothing.
    """
    now = timezone.now()
    try:
        asked = question_of(request.GET, timezone.localdate(now))
    except QuestionError as bad:
        return JsonResponse({"error": str(bad)}, status=400)
    with_starts = "minutes" in request.GET
    answer = {
        "from": asked.on.isoformat(),
        "days": asked.days,
        "clinicians": [
            {
                "id": one.pk,
                "name": one.name,
                "specialty": one.code,
                "free": [_gap_values(gap, asked.minutes if with_starts else None) for gap in gaps],
            }
            for one, gaps in free_gaps(asked, now=now)
        ],
    }
    return JsonResponse(answer)


def _gap_values(gap: Gap, minutes: int | None) -> dict:
    values = {"starts": gap[0].isoformat(), "ends": gap[1].isoformat()}
    if minutes is not None:
        values["bookable"] = [at.isoformat() for at in starts_in(gap, minutes)]
    return values


@allowed
@require_safe
def free(request: HttpRequest) -> HttpResponse:
    """The same for people: one table for each day, with links to other days, spans and specialties."""
    now = timezone.now()
    today = timezone.localdate(now)
    try:
        asked = question_of(request.GET, today)
    except QuestionError:
        raise Http404 from None
    everybody = free_gaps(replace(asked, specialty=""), now=now)
    names = {one.code: one.specialty for one, _gaps in everybody}
    shown = [pair for pair in everybody if asked.specialty in ("", pair[0].code)]
    earlier, later = asked.on - timedelta(days=asked.days), asked.last_on + timedelta(days=1)
    context = {
        "days": _by_day(shown),
        "asked": asked,
        "when": _("%(first)s to %(last)s") % {"first": day(asked.on), "last": day(asked.last_on)}
        if asked.days > 1
        else day(asked.on),
        "earlier": _address(asked, on=max(today, earlier)) if asked.on > today else "",
        "later": _address(asked, on=later) if (later - today).days <= MOST_DAYS_AHEAD else "",
        "spans": [
            {"text": _span_words(days), "url": _address(asked, days=days), "current": days == asked.days}
            for days in SPANS
        ],
        "specialties": [
            {"text": name, "url": _address(asked, specialty=code), "current": code == asked.specialty}
            for code, name in [("", _("All")), *names.items()]
        ]
        if len(names) > 1
        else [],
        "urgent_url": _address(asked, urgent="" if asked.urgent else "yes"),
        "crumbs": [(_("Worklist"), reverse("worklist:home")), (_("Free time"), "")],
    }
    return render(request, "availability/free.html", context)


def _span_words(days: int) -> str:
    return {1: _("One day"), 7: _("7 days"), 30: _("30 days")}[days]


def _by_day(shown: list[tuple[Person, list[Gap]]]) -> list[tuple[date, list[tuple[Person, list[str]]]]]:
    """Days on which somebody is free, each with the clinicians and the words of their gaps."""
    found: dict[date, dict[Person, list[str]]] = {}
    for one, gaps in shown:
        for start, end in gaps:
            found.setdefault(start.date(), {}).setdefault(one, []).append(clock_range(start, end))
    return [(on, list(people.items())) for on, people in sorted(found.items())]


def _address(asked: Question, **changes) -> str:
    now = {
        "on": asked.on,
        "days": asked.days,
        "clinician": asked.clinician_ids,
        "specialty": asked.specialty,
        "minutes": asked.minutes,
        "urgent": "yes" if asked.urgent else "",
    }
    given = {name: value for name, value in (now | changes).items() if value not in ("", ())}
    return f"{reverse('staff-availability:free')}?{urlencode(given, doseq=True)}"
