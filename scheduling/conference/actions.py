"""Writes of the case conference: its dates, its list, who was there, what was recommended.

What a conference decided about a patient is in `outcomes.py`. Locks come in the one order: the request, then the
conference, then its cases.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.roles import Permission
from clinic.directory.models import Clinician, Specialty
from clinic.platform.audit.actors import Actor
from clinic.platform.audit.record import record
from clinic.platform.db.sql import lock_keys
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import submit_once
from clinic.platform.words import day as day_words
from scheduling.conference.days import OF_THE_LIST, closed_reason
from scheduling.conference.models import Attendance, Conference, ConferenceCase, Recommendation
from scheduling.conference.rules import moved
from scheduling.requests.may import locked_request, not_allowed, require_user
from scheduling.requests.models import AppointmentRequest, RequestNote
from scheduling.requests.refresh import CLOSED

State = ConferenceCase.State


def _stored(row) -> str:
    return str(row.pk)


def _conference_again(stored: str) -> Conference:
    return Conference.objects.get(pk=stored)


def _case_again(stored: str) -> ConferenceCase:
    return ConferenceCase.objects.select_related("conference", "request__patient").get(pk=stored)


def stale() -> Refused:
    """Somebody wrote in between."""
    return Refused(_("Somebody changed this while you had it open. Look again."), code="stale")


def locked_conference(conference: Conference) -> Conference:
    """The row as it is now, held to the end of the transaction. Raises Refused(code="closed") once it is closed."""
    row = Conference.objects.select_for_update().get(pk=conference.pk)
    if row.closed_at is not None:
        raise Refused(_("This conference is closed."), code="closed")
    return row


def locked_case(case: ConferenceCase, *, version: int | None = None, states: Iterable[str] = OF_THE_LIST):
    """The case as it is now, its conference open and locked. Raises Refused: "closed", "stale", "not_listed"."""
    conference = locked_conference(case.conference)
    row = ConferenceCase.objects.select_for_update().get(pk=case.pk)
    if version is not None and row.version != version:
        raise stale()
    if row.state not in states:
        raise Refused(_("This patient is not on the list any more."), code="not_listed")
    row.conference, row.request = conference, case.request
    return row


@submit_once("create_conference", store=_stored, replay=_conference_again)
def create_conference(
    *, on: date, starts_at: datetime, place: str, on_closed_day: bool, user, by: Actor, key: str
) -> Conference:
    """Plan a conference; one a day. Raises Refused: "not_allowed", "past", "there", "closed_day"."""
    require_user(user, Permission.RUN_CONFERENCE)
    if on < timezone.localdate():
        raise Refused(_("Choose today or a later day."), code="past")
    if not on_closed_day and (reason := closed_reason(on)):
        words = {"reason": reason}
        raise Refused(_("The clinic is closed on that day (%(reason)s).") % words, code="closed_day")
    lock_keys(("conference_day", on.isoformat()))
    if Conference.objects.filter(on=on).exists():
        raise Refused(_("There is a conference on that day already."), code="there")
    made = Conference.objects.create(on=on, starts_at=starts_at, place=place.strip(), created_by=user)
    record("conference_planned", by=by, subject=made, data={"on": on, "on_closed_day": on_closed_day})
    return made


def note(wanted: AppointmentRequest, kind: str, text: str, by: Actor, at: datetime) -> None:
    """A line in the history of the request."""
    RequestNote.objects.create(request=wanted, kind=kind, text=text, by_label=by.label or by.kind, at=at)


@submit_once("add_case", store=_stored, replay=_case_again)
def add_case(
    conference: Conference, wanted: AppointmentRequest, *, question: str, user, by: Actor, key: str
) -> ConferenceCase:
    """Put a request on the list, last, with the question to ask; one taken off or put off before comes back.

    Raises Refused: "not_allowed", "question_missing", "request_closed", "closed", "past", "there" (on the list of this
    or another coming conference).
    """
    require_user(user, Permission.RUN_CONFERENCE)
    if not question.strip():
        raise Refused(_("Enter the question for the conference."), code="question_missing")
    row = locked_request(wanted)
    if row.status in CLOSED:
        raise Refused(_("This request is closed."), code="request_closed")
    case = _listed(row, locked_conference(conference), question=question.strip(), user=user, by=by)
    record("conference_case_added", by=by, subject=case, data={"conference": case.conference_id})
    return case


def _listed(row: AppointmentRequest, conference: Conference, *, question: str, user, by: Actor) -> ConferenceCase:
    """The request as the last case of a locked conference."""
    now = timezone.now()
    if conference.on < timezone.localdate(now):
        raise Refused(_("This conference is over. Choose a coming one."), code="past")
    waiting = ConferenceCase.objects.filter(request=row, state=State.LISTED, conference__closed_at=None)
    waiting = waiting.filter(conference__on__gte=timezone.localdate(now)).select_related("conference").first()
    there = ConferenceCase.objects.filter(request=row, conference=conference).first()
    if waiting is not None or (there is not None and there.state in OF_THE_LIST):
        words = {"day": day_words((waiting or there).conference.on)}
        raise Refused(_("This patient is on the list of %(day)s already.") % words, code="there")
    last = ConferenceCase.objects.filter(conference=conference).aggregate(last=Max("position"))["last"] or 0
    case = there or ConferenceCase(conference=conference, request=row)
    case.state, case.position, case.question = State.LISTED, last + 1, question
    case.added_by, case.added_at = user, now
    case.version = case.version + 1 if there else 1
    case.save()
    note(row, "conference_listed", _("Case conference on %(day)s.") % {"day": day_words(conference.on)}, by, now)
    return case


@submit_once("change_question", store=_stored, replay=_case_again)
def change_question(case: ConferenceCase, *, question: str, version: int, user, by: Actor, key: str) -> ConferenceCase:
    """Ask something else. Raises Refused: "not_allowed", "question_missing", "closed", "stale", "not_listed"."""
    require_user(user, Permission.RUN_CONFERENCE)
    if not question.strip():
        raise Refused(_("Enter the question for the conference."), code="question_missing")
    row = locked_case(case, version=version)
    row.question, row.version = question.strip(), row.version + 1
    row.save(update_fields=["question", "version"])
    record("conference_question_changed", by=by, subject=row)
    return row


@submit_once("move_case", store=_stored, replay=_case_again)
def move_case(case: ConferenceCase, *, up: bool, position: int, user, by: Actor, key: str) -> ConferenceCase:
    """One place up or down. `position` is where the page showed it.

    Raises Refused: "not_allowed", "closed", "not_listed", "stale" (the order was changed meanwhile).
    """
    require_user(user, Permission.RUN_CONFERENCE)
    row = locked_case(case)
    if row.position != position:
        raise Refused(_("Somebody changed the order meanwhile. Look again."), code="stale")
    cases = ConferenceCase.objects.filter(conference=row.conference, state__in=OF_THE_LIST)
    order = {one.pk: one for one in cases.order_by("position", "added_at")}
    for place, key_of_case in enumerate(moved(list(order), row.pk, up=up), start=1):
        order[key_of_case].position = place
    ConferenceCase.objects.bulk_update(order.values(), ["position"])
    record("conference_case_moved", by=by, subject=row, data={"up": up})
    return order[row.pk]


@submit_once("take_off", store=_stored, replay=_case_again)
def take_off(case: ConferenceCase, *, version: int, user, by: Actor, key: str) -> ConferenceCase:
    """Take a case off the list; it can be put on again.

    Raises Refused: "not_allowed", "closed", "stale", "not_listed".
    """
    require_user(user, Permission.RUN_CONFERENCE)
    wanted = locked_request(case.request)
    now, row = timezone.now(), locked_case(case, version=version, states=[State.LISTED])
    row.state, row.version = State.REMOVED, row.version + 1
    row.save(update_fields=["state", "version"])
    words = {"day": day_words(row.conference.on)}
    note(wanted, "conference_removed", _("Taken off the list of the conference on %(day)s.") % words, by, now)
    record("conference_case_removed", by=by, subject=row)
    return row


@submit_once("put_off", store=_stored, replay=_case_again)
def put_off(case: ConferenceCase, to: Conference, *, version: int, user, by: Actor, key: str) -> ConferenceCase:
    """Discuss it on another day: the case there, with the same question. What was recommended here stays here.

    Raises Refused: "not_allowed", "closed", "stale", "not_listed", "past", "there", "request_closed".
    """
    require_user(user, Permission.RUN_CONFERENCE)
    wanted = locked_request(case.request)
    if wanted.status in CLOSED:
        raise Refused(_("This request is closed. Take it off the list."), code="request_closed")
    list(Conference.objects.select_for_update().filter(pk__in=[case.conference_id, to.pk]).order_by("pk"))
    row = locked_case(case, version=version, states=[State.LISTED])
    row.state, row.version = State.DEFERRED, row.version + 1
    row.save(update_fields=["state", "version"])
    new = _listed(wanted, locked_conference(to), question=row.question, user=user, by=by)
    record("conference_case_put_off", by=by, subject=row, data={"to": new.pk})
    return new


@submit_once("save_attendance", store=_stored, replay=_conference_again)
def save_attendance(
    conference: Conference, *, present: list[int], seen: datetime | None, user, by: Actor, key: str
) -> Conference:
    """Who was there, of everybody who is active. `seen` is when the page's list was last written.

    Raises Refused: "not_allowed", "closed", "too_early", "stale", "unknown".
    """
    require_user(user, Permission.RUN_CONFERENCE)
    now, row = timezone.now(), locked_conference(conference)
    if row.on > timezone.localdate(now):
        raise Refused(_("Write down who was there on the day of the conference."), code="too_early")
    known = {one.clinician_id: one for one in Attendance.objects.filter(conference=row)}
    written = max((one.at for one in known.values()), default=None)
    if written != seen:
        raise stale()
    people = set(Clinician.objects.filter(is_active=True).values_list("pk", flat=True)) | set(known)
    if not people >= set(present):
        raise Refused(_("Select people from the list."), code="unknown")
    rows = [Attendance(conference=row, clinician_id=one, is_present=one in present, at=now) for one in sorted(people)]
    fields = {"update_fields": ["is_present", "at"], "unique_fields": ["conference", "clinician"]}
    Attendance.objects.bulk_create(rows, update_conflicts=True, **fields)
    record("conference_attendance", by=by, subject=row, data={"present": len(present)})
    return row


def specialty_of(user) -> Specialty | None:
    """The specialty of this person's own work; None when the account belongs to no clinician. One query."""
    person = Clinician.objects.filter(user_id=user.pk).select_related("specialty").first()
    return person.specialty if person else None


@submit_once("recommend", store=_stored, replay=lambda stored: Recommendation.objects.get(pk=stored))
def recommend(
    case: ConferenceCase, *, specialty: str, text: str, seen: int, user, by: Actor, key: str
) -> Recommendation:
    """What a specialty recommends: clinicians for their own one, who runs the conference for any; a new row each time.

    `seen` is the newest recommendation that the page showed (0: none). Raises Refused: "not_allowed", "text_missing",
    "unknown_specialty", "closed", "not_listed", "stale" (somebody wrote for this specialty meanwhile).
    """
    may_any = user.has_perm(Permission.RUN_CONFERENCE)
    if not may_any:
        require_user(user, Permission.RECOMMEND)
        own = specialty_of(user)
        if own is None or own.code != specialty:
            raise not_allowed()
    if not text.strip():
        raise Refused(_("Enter the recommendation."), code="text_missing")
    chosen = Specialty.objects.filter(code=specialty).first()
    if chosen is None:
        raise Refused(_("Select a specialty from the list."), code="unknown_specialty")
    row = locked_case(case)
    if Recommendation.objects.filter(case=row, specialty=chosen, pk__gt=seen).exists():
        raise stale()
    made = Recommendation.objects.create(case=row, specialty=chosen, text=text.strip(), by=user, at=timezone.now())
    record("conference_recommended", by=by, subject=row, data={"specialty": chosen.code, "recommendation": made.pk})
    return made


@submit_once("close_conference", store=_stored, replay=_conference_again)
def close_conference(conference: Conference, *, user, by: Actor, key: str) -> Conference:
    """The conference is over and its outcomes stand.

    Raises Refused: "not_allowed", "closed", "too_early", "open_cases" (some have neither an outcome nor another date).
    """
    require_user(user, Permission.RUN_CONFERENCE)
    now, row = timezone.now(), locked_conference(conference)
    if row.on > timezone.localdate(now):
        raise Refused(_("Close the conference on its day or later."), code="too_early")
    if ConferenceCase.objects.filter(conference=row, state=State.LISTED).exists():
        raise Refused(
            _("Some patients have no outcome yet. Write it, put them off to another date or take them off the list."),
            code="open_cases",
        )
    row.closed_at = now
    row.save(update_fields=["closed_at"])
    record("conference_closed", by=by, subject=row)
    return row


def can_open_again(conference: Conference, *, now: datetime) -> bool:
    """Whether closing can still be taken back."""
    return conference.closed_at is not None and now - conference.closed_at < timedelta(minutes=settings.UNDO_MINUTES)


@submit_once("open_again", store=_stored, replay=_conference_again)
def open_again(conference: Conference, *, user, by: Actor, key: str) -> Conference:
    """Closing was a wrong press. Raises Refused: "not_allowed", "not_closed", "too_late" (10 minutes are over)."""
    require_user(user, Permission.RUN_CONFERENCE)
    row = Conference.objects.select_for_update().get(pk=conference.pk)
    if row.closed_at is None:
        raise Refused(_("This conference is open."), code="not_closed")
    if not can_open_again(row, now=timezone.now()):
        raise Refused(_("It is too late to undo this here."), code="too_late")
    row.closed_at = None
    row.save(update_fields=["closed_at"])
    record("conference_opened_again", by=by, subject=row)
    return row
