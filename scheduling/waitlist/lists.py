"""What the staff's waitlist shows: who waits, why, since when, what they want, what was offered last. Reads only."""

from dataclasses import dataclass
from datetime import date, datetime

from django.core.paginator import Page, Paginator
from django.db.models import Prefetch, Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clinic.platform import words
from intake.tasks.models import StaffTask
from scheduling.visits.models import Visit
from scheduling.waitlist.forms import WEEKDAYS, notice_words
from scheduling.waitlist.models import WaitlistEntry, WaitlistMatch
from scheduling.waitlist.settling import outcome_of

ROWS_A_PAGE = 30


def still_waiting(user) -> QuerySet:
    """Entries this person may see whose wait has not ended by the facts, whatever was written down so far."""
    waits = Q(visit=None, request__status__in=["ready", "offered"]) | Q(visit__state=Visit.State.BOOKED)
    rows = WaitlistEntry.objects.visible_to(user).filter(waits, state__in=WaitlistEntry.LIVE, request__closed_at=None)
    return rows.order_by("request__urgency_rank", "joined_at", "pk")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list."""

    entry: WaitlistEntry
    waits_for: str
    wishes: list[str]
    waited: str
    last: WaitlistMatch | None
    last_time: str
    last_outcome: str
    can_offer: bool


def page_of(user, *, number: str | int, now: datetime) -> Page:
    """One page of the list as `Row`s, in turn; a fixed number of queries."""
    rows = still_waiting(user).select_related("request__patient", "visit", "specialty")
    days = Prefetch("offer__alternatives", queryset=Visit.objects.order_by("starts_at"))
    matches = WaitlistMatch.objects.select_related("offer").prefetch_related(days).order_by("-made_at", "-pk")
    paginator = Paginator(rows.prefetch_related(Prefetch("matches", queryset=matches)), ROWS_A_PAGE)
    page = paginator.get_page(number)
    entries = list(page.object_list)
    tasks = task_rows(match for entry in entries for match in list(entry.matches.all())[:1])
    page.object_list = [_row(entry, tasks, now=now) for entry in entries]
    return page


def task_rows(matches) -> dict[int, StaffTask]:
    """The tasks of matches without an offer, by the key of the match: one query, none when there are no such."""
    keys = {f"match:{match.pk}": match.pk for match in matches if match.offer_id is None}
    if not keys:
        return {}
    rows = StaffTask.objects.filter(kind=StaffTask.Kind.WAITLIST, dedupe__in=keys)
    return {keys[task.dedupe]: task for task in rows}


def _row(entry: WaitlistEntry, tasks: dict[int, StaffTask], *, now: datetime) -> Row:
    last = next(iter(entry.matches.all()), None)
    outcome, when = "", ""
    if last is not None:
        task = tasks.get(last.pk)
        code = outcome_of(last, task.state if task else None)
        outcome = str(WaitlistMatch.Outcome(code).label)
        day = next(iter(last.offer.alternatives.all()), None) if last.offer else None
        if day is not None:
            when = words.short_moment(day.starts_at)
        elif task is not None:
            when = words.short_moment(datetime.fromisoformat(task.data["starts_at"]))
    return Row(
        entry=entry,
        waits_for=_waits_for(entry),
        wishes=wishes_words(entry),
        waited=words.duration(now - entry.joined_at),
        last=last,
        last_time=when,
        last_outcome=outcome,
        can_offer=last is None or last.offer_id is None or outcome_of(last) != WaitlistMatch.Outcome.OPEN,
    )


def _waits_for(entry: WaitlistEntry) -> str:
    if entry.visit is None:
        return _("A first day, due by %(day)s") % {"day": words.short_day(entry.request.visit_due_on)}
    day = words.short_day(entry.visit.starts_at)
    if entry.specialty is not None:
        return _("%(specialty)s earlier than on %(day)s") % {"specialty": entry.specialty, "day": day}
    return _("A day before %(day)s") % {"day": day}


def wishes_words(entry: WaitlistEntry) -> list[str]:
    """What the person can use, in short lines."""
    told = [_("Needs %(time)s notice") % {"time": notice_words(entry.notice_hours)}]
    if entry.weekdays:
        names = dict(WEEKDAYS)
        told.append(", ".join(str(names.get(str(day), day)) for day in entry.weekdays))
    if entry.earliest_on:
        told.append(_("Not before %(day)s") % {"day": _short(entry.earliest_on)})
    if entry.latest_on:
        told.append(_("Not after %(day)s") % {"day": _short(entry.latest_on)})
    return told


def _short(on: date) -> str:
    return date_format(on, "M j")
