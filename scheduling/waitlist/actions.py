"""Writes of the waitlist: joining, leaving, and putting freed time before the next in turn.

Time is claimed by `hold_days` of the offers only, so nothing here can overbook. Locks come in the order of every other
action: advisory locks, offer, visits, appointments, claims, request; the entry comes last.
"""

from collections.abc import Callable, Collection
from datetime import date, datetime, timedelta
from operator import itemgetter

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.roles import Permission
from clinic.directory.models import Specialty
from clinic.platform.audit.actors import SYSTEM, Actor
from clinic.platform.audit.record import record
from clinic.platform.db.sql import lock_keys
from clinic.platform.jobs.queue import enqueue
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import submit_once
from intake.patients.reach import addresses_of
from intake.tasks.actions import end_task, open_task
from intake.tasks.models import StaffTask
from scheduling.offers.actions import hold_days
from scheduling.offers.models import Offer
from scheduling.requests.may import PERSONS, locked_request, not_allowed, require_own_or_staff, require_staff
from scheduling.requests.models import AppointmentRequest
from scheduling.visits.freed import MATCH_JOB, time_freed
from scheduling.visits.models import Visit
from scheduling.waitlist.looking import Match, can_still_be_undone, match_for, matches_of, wish_of
from scheduling.waitlist.models import WaitlistEntry, WaitlistMatch
from scheduling.waitlist.rules import Turn, held_until, hours_of, may_be_told, turn_of
from scheduling.waitlist.settling import LIVE, drop_proposals, settle_entries

MOST_A_RUN = 20  # entries looked at by one job; the next job goes on where it stopped
LONGEST_NOTICE_HOURS = 336
State, Outcome = WaitlistEntry.State, WaitlistMatch.Outcome
Status = AppointmentRequest.Status


def _stored(entry: WaitlistEntry) -> str:
    return str(entry.pk)


def _replayed(stored: str) -> WaitlistEntry:
    return WaitlistEntry.objects.get(pk=stored)


@submit_once("join_waitlist", store=_stored, replay=_replayed)
def join_waitlist(
    wanted: AppointmentRequest,
    *,
    specialty: Specialty | None = None,
    earliest_on: date | None = None,
    latest_on: date | None = None,
    weekdays: Collection[int] = (),
    notice_hours: int = 24,
    by: Actor,
    key: str,
) -> WaitlistEntry:
    """Put a request on the list, or change what it waits for; its place in the list stays.

    With a booked visit it waits for an earlier day, or only for an earlier time of one `specialty` of that visit (staff
    only); without one (staff only) for a first day. Raises Refused: "not_allowed", "not_waiting" (nothing to wait for),
    "no_leg" (the visit has no such specialty), "dates", "notice".
    """
    require_own_or_staff(wanted.pk, by, Permission.MANAGE_WAITLIST)
    if earliest_on and latest_on and latest_on < earliest_on:
        raise Refused(_("The last day must not be before the first."), code="dates")
    if not 0 <= notice_hours <= LONGEST_NOTICE_HOURS or not set(weekdays) <= set(range(7)):
        raise Refused(_("Choose how long before you need to know."), code="notice")
    lock_keys(("request", str(wanted.pk)))
    row = locked_request(wanted)
    settle_entries(WaitlistEntry.objects.filter(request=row.pk), now=timezone.now())
    visit = row.visits.filter(state=Visit.State.BOOKED).order_by("-booked_at").first()
    _require_waiting(row, visit, specialty, by)
    wishes = {
        "specialty": specialty,
        "earliest_on": earliest_on,
        "latest_on": latest_on,
        "weekdays": sorted(set(weekdays)),
        "notice_hours": notice_hours,
    }
    now = timezone.now()
    entry = WaitlistEntry.objects.select_for_update().filter(request=row.pk, state__in=LIVE).first()
    is_new = entry is None
    if entry is None:
        entry = WaitlistEntry(request=row, joined_at=now)
    for name, value in {**wishes, "visit": visit}.items():
        setattr(entry, name, value)
    entry.save()
    record("waitlist_joined" if is_new else "waitlist_changed", by=by, subject=entry, data={"request": row.pk})
    time_freed(at=now, cause="waitlist_joined")
    return entry


def _require_waiting(row: AppointmentRequest, visit: Visit | None, specialty: Specialty | None, by: Actor) -> None:
    if by.kind in PERSONS and (visit is None or specialty is not None):
        raise not_allowed()
    if visit is None and (row.status != Status.READY or specialty is not None):
        raise Refused(_("This request has nothing to wait for: it is not ready, or has an offer."), code="not_waiting")
    if specialty is not None and not visit.appointments.filter(specialty=specialty).exists():
        raise Refused(_("The visit has no appointment of this specialty."), code="no_leg")


@submit_once("leave_waitlist", store=_stored, replay=_replayed)
def leave_waitlist(entry: WaitlistEntry, *, by: Actor, key: str) -> WaitlistEntry:
    """Take a request off the list; an offer that is open stays open. Raises Refused: "not_allowed", "ended"."""
    require_own_or_staff(entry.request_id, by, Permission.MANAGE_WAITLIST)
    lock_keys(("request", str(entry.request_id)))
    row = WaitlistEntry.objects.select_for_update().get(pk=entry.pk)
    if row.state not in LIVE:
        raise Refused(_("This request is not on the list any more."), code="ended")
    row.state, row.ended_at = State.LEFT, timezone.now()
    row.save(update_fields=["state", "ended_at"])
    drop_proposals(row, now=row.ended_at)
    record("waitlist_left", by=by, subject=row, data={"request": row.request_id})
    return row


@submit_once("offer_from_waitlist", store=_stored, replay=_replayed)
def offer_now(entry: WaitlistEntry, *, by: Actor, key: str, now: datetime) -> WaitlistEntry:
    """Staff: hold the first time that helps this person now, whatever the hour and whoever is first in turn.

    Somebody who waits for one leg gets a task instead, as always. Raises Refused: "not_allowed", "ended", "no_day"
    (nothing helps), and what making an offer refuses.
    """
    require_staff(by, Permission.MAKE_OFFER)
    row = waiting_rows(WaitlistEntry.objects.filter(pk=entry.pk, state__in=LIVE)).first()
    if row is None:
        raise Refused(_("This request is not on the list any more."), code="ended")
    if row.request.offers.filter(state=Offer.State.OPEN, expires_at__gt=now).exists():
        raise Refused(_("This request has an offer that waits for an answer."), code="not_ready")
    found = match_for(row, now=now, as_proposed=True)
    if found is None:
        raise Refused(_("No time that helps is free right now."), code="no_day")
    put_match(row, found, by=by, now=now, as_task=found.day is None)
    return row


def waiting_rows(entries=None):
    """Entries with what matching reads, in turn."""
    rows = WaitlistEntry.objects.all() if entries is None else entries
    return rows.select_related("request__patient", "request__visit_type", "visit", "specialty").order_by(
        "request__urgency_rank", "joined_at", "pk"
    )


def match_waitlist(now: datetime, *, after: Turn | None = None, stops: Callable[[], bool] = lambda: False) -> int:
    """Put free time before those who wait, in turn: by urgency, then by waiting time. How many got something.

    Looks at no more than MOST_A_RUN entries, beginning behind the turn `after`; a job goes on with the others. Every
    match is a transaction of its own: what is refused leaves nothing behind and is looked for again at the next run.
    `stops` is asked before anything is given away: when it says that time became free meanwhile, the run ends, so that
    nobody far down the list gets what somebody further up has not been asked about.
    """
    if settings.WAITLIST_MODE == "off":
        return 0
    settle_entries(WaitlistEntry.objects.all(), now=now)
    rows = waiting_rows(WaitlistEntry.objects.filter(state=State.WAITING, request__closed_at=None))
    turns = [(_turn(entry), entry) for entry in rows]
    left = [(turn, entry) for turn, entry in sorted(turns, key=itemgetter(0)) if after is None or turn > after]
    made, kept_back = 0, can_still_be_undone(now)
    for _at, entry in left[:MOST_A_RUN]:
        if not _may_get_something(entry, now):
            continue
        as_task = _is_for_staff(entry)
        not_with = [*kept_back, *(_proposed() if as_task else ())]
        found = match_for(entry, now=now, not_with=not_with)
        if found is None:
            continue
        if stops():
            return made
        made += put_match(entry, found, by=SYSTEM, now=now, as_task=as_task)
    if len(left) > MOST_A_RUN:
        rank, joined_at, key = left[MOST_A_RUN - 1][0]
        enqueue(MATCH_JOB, {"after": [rank, joined_at.isoformat(), key]}, run_after=now)
    return made


def _turn(entry: WaitlistEntry) -> Turn:
    return turn_of(entry.request.urgency_rank, entry.joined_at, entry.pk)


def _may_get_something(entry: WaitlistEntry, now: datetime) -> bool:
    """Whether this is the hour and the state for it; a task may be opened at any hour."""
    status = Status.SCHEDULED if entry.visit_id else Status.READY
    if entry.request.status != status:
        return False
    if _is_for_staff(entry):
        return True
    hours = hours_of(settings.WAITLIST_OFFER_HOURS)
    return may_be_told(entry.request.urgency_rank, timezone.localtime(now), hours)


def _is_for_staff(entry: WaitlistEntry) -> bool:
    """Whether a task tells staff: as the clinic has set, for one leg, and for people whom no message reaches."""
    one_leg = entry.specialty_id is not None
    return settings.WAITLIST_MODE == "task" or one_leg or not addresses_of(entry.request.patient)


def _proposed() -> list[list[tuple[int, int, int]]]:
    """The time that open tasks propose to somebody: it is not proposed twice, though nothing holds it."""
    rows = StaffTask.objects.filter(kind=StaffTask.Kind.WAITLIST, state=StaffTask.State.OPEN)
    return [[tuple(use) for use in data.get("uses", ())] for data in rows.values_list("data", flat=True)]


def put_match(entry: WaitlistEntry, found: Match, *, by: Actor, now: datetime, as_task: bool) -> bool:
    """Hold the day for this person, or open a task about it; False, and nothing is left, when that is refused."""
    try:
        with transaction.atomic():
            offer = None if as_task else _held(entry, found, by=by, now=now)
            if as_task:
                lock_keys(("request", str(entry.request_id)))
            _keep_match(entry, found, offer, by=by, now=now)
    except Refused:
        if by != SYSTEM:
            raise
        return False
    return True


def _held(entry: WaitlistEntry, found: Match, *, by: Actor, now: datetime) -> Offer:
    longest = timedelta(hours=min(settings.WAITLIST_HOLD_HOURS, settings.HOLD_HOURS[entry.request.level]))
    return hold_days(
        entry.request,
        [found.day],
        by=by,
        now=now,
        origin=Offer.Origin.WAITLIST,
        replaces=entry.visit,
        until=held_until(wish_of(entry), found.starts_at, now, longest=longest),
    )


def _keep_match(entry: WaitlistEntry, found: Match, offer: Offer | None, *, by: Actor, now: datetime) -> None:
    """The match, the state of the entry, the task if there is no offer; refused when the entry is not waiting now."""
    row = WaitlistEntry.objects.select_for_update().get(pk=entry.pk)
    patient = entry.request.patient
    open_before = row.matches.filter(outcome=Outcome.OPEN)
    if by == SYSTEM and (row.state != State.WAITING or open_before.exists()):
        raise Refused(_("This request has an offer that waits for an answer."), code="not_ready")
    proposed = open_before.filter(offer=None, time_key=found.time_key)
    match = proposed.first() if offer is not None else None  # the time of a task, which is offered now
    known = matches_of(patient.pk).filter(time_key=found.time_key)
    if row.state not in LIVE or (match is None and known.exists()):
        raise Refused(_("This time was offered to the patient before."), code="offered_before")
    _end_proposals(open_before, by=by, now=now, except_for=match)
    if match is None:
        match = WaitlistMatch(entry=row, patient=patient, time_key=found.time_key, made_at=now)
    match.offer = offer
    match.save()
    row.state = State.OFFERED
    row.save(update_fields=["state"])
    if offer is None:
        _open_task(entry, match, found, by=by, now=now)
    record("waitlist_matched", by=by, subject=row, data={"request": row.request_id, "as_task": offer is None})


def _end_proposals(open_before: QuerySet, *, by: Actor, now: datetime, except_for: WaitlistMatch | None) -> None:
    """What was proposed to staff so far is settled by this offer: its tasks are done."""
    names = [f"match:{key}" for key in open_before.values_list("pk", flat=True)]
    for task in StaffTask.objects.filter(kind=StaffTask.Kind.WAITLIST, dedupe__in=names, state=StaffTask.State.OPEN):
        user = get_user_model().objects.filter(pk=by.id).first() if by.id.isdigit() else None
        end_task(task, state=StaffTask.State.DONE, note="", user=user, by=by)
    open_before.exclude(pk=except_for.pk if except_for else None).update(outcome=Outcome.GONE, ended_at=now)


def _open_task(entry: WaitlistEntry, match: WaitlistMatch, found: Match, *, by: Actor, now: datetime) -> None:
    latest = held_until(wish_of(entry), found.starts_at, now, longest=timedelta(hours=settings.WAITLIST_HOLD_HOURS))
    open_task(
        StaffTask.Kind.WAITLIST,
        patient=entry.request.patient,
        report=entry.request.report,
        data={
            "match": match.pk,
            "visit": str(entry.visit_id or ""),
            "uses": [list(use) for use in found.uses],
            "starts_at": found.starts_at.isoformat(),
            "ends_at": found.ends_at.isoformat(),
            "specialty": entry.specialty.code if entry.specialty else "",
            "specialty_name": entry.specialty.name if entry.specialty else "",
        },
        dedupe=f"match:{match.pk}",
        due_at=latest,
        by=by,
    )
