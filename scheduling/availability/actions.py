"""Writes of availability: sessions, exceptions, closures. What the person has seen of the effect must still be so."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from django.db import models
from django.utils.translation import gettext as _

from clinic.accounts.roles import Permission
from clinic.directory.models import Clinician
from clinic.platform.audit.actors import Actor
from clinic.platform.audit.record import Subject, record
from clinic.platform.db.sql import lock_keys
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import submit_once
from scheduling.availability import models as rows
from scheduling.availability.bits import datetime_of
from scheduling.availability.changes import (
    AddClosure,
    AddException,
    AddSession,
    Change,
    ChangeSession,
    EndSession,
    RemoveClosure,
    RemoveException,
    seen_print,
)
from scheduling.availability.read import meets_another
from scheduling.availability.sessions import WeeklySession
from scheduling.availability.what_if import orphans_of
from scheduling.requests.may import require_user


@submit_once("save_change", store=str, replay=int)
def save_change(change: Change, *, seen: str, user, by: Actor, key: str, now: datetime) -> int:
    """Save a change of availability; how many appointments lie outside working time because of it.

    These are not canceled: they stay as they are and are listed until somebody repairs them. `seen` is the print of
    the effect that the person was shown. Raises Refused: "not_allowed", "changed" (other appointments are touched
    now), "overlap", "same", "gone", "too_late", "not_one_thing".
    """
    require_user(user, Permission.MANAGE_AVAILABILITY)
    lock_keys(("availability",))  # two changes at once would each be shown without the other
    check_change(change)
    orphans = orphans_of(change, user=user, now=now)
    if seen_print(orphans) != seen:
        raise Refused(
            _("Other appointments are touched now. Look at the list again, then save."), code="changed"
        )  # fmt: skip
    action, subject, whose = _written(change)
    record(action, by=by, subject=subject, data={**whose, "appointments_outside": len(orphans)})
    return len(orphans)


def check_change(change: Change) -> None:
    """Raise Refused when the change cannot be made; asked before it is shown and again when it is saved."""
    match change:
        case AddSession(session):
            if meets_another(session):
                raise Refused(_("This clinician has another session at that time."), code="overlap")
        case EndSession(session, last_on):
            row = _there(rows.WeeklySession.objects.filter(pk=session.key))
            if row.valid_until is not None and last_on >= row.valid_until:
                raise Refused(_("The session ends before that date already."), code="too_late")
        case ChangeSession(session, after):
            _check_session(session, after)
        case RemoveException(exception):
            _there(rows.SessionException.objects.filter(pk=exception.key))
        case AddClosure(closure):
            if sum(one is not None for one in (closure.clinician_id, closure.room_id, closure.site_id)) > 1:
                raise Refused(_("Choose one of clinician, room and site."), code="not_one_thing")
        case RemoveClosure(closure):
            _there(rows.Closure.objects.filter(pk=closure.key))


def _check_session(session: WeeklySession, after: WeeklySession) -> None:
    row = _there(rows.WeeklySession.objects.filter(pk=session.key))
    if row.valid_until is not None and after.valid_from > row.valid_until:
        raise Refused(_("The session ends before that date already."), code="too_late")
    if replace(after, valid_from=session.valid_from, key=session.key) == session:
        raise Refused(_("Nothing is different. Change something first."), code="same")
    if meets_another(after, except_key=session.key):
        raise Refused(_("This clinician has another session at that time."), code="overlap")


def _there(found: models.QuerySet):
    row = found.first()
    if row is None:
        raise Refused(_("Somebody else has removed this already."), code="gone")
    return row


def _written(change: Change) -> tuple[str, Subject, dict]:
    """Write the change; the audit's word, the row it is about, and whose time it is."""
    match change:
        case AddSession(session):
            row = _new_session(session)
            return "session_added", row, {"clinician": session.clinician_id}
        case ChangeSession(session, after):
            _end(session, after.valid_from - timedelta(days=1))
            row = _new_session(after)
            facts = {"clinician": session.clinician_id, "session": session.key, "since": after.valid_from}
            return "session_changed", row, facts
        case EndSession(session, last_on):
            subject = ("scheduling.weeklysession", str(session.key))
            _end(session, last_on)
            return "session_ended", subject, {"clinician": session.clinician_id, "last_on": last_on}
        case AddException(exception, reason):
            row = rows.SessionException.objects.create(
                clinician_id=exception.clinician_id,
                on=exception.on,
                adds=exception.adds,
                starts=exception.starts,
                ends=exception.ends,
                reason=reason,
                site_id=exception.site_id,
            )
            return "exception_added", row, {"clinician": exception.clinician_id, "adds": exception.adds}
        case RemoveException(exception):
            rows.SessionException.objects.filter(pk=exception.key).delete()
            subject = ("scheduling.sessionexception", str(exception.key))
            return "exception_removed", subject, {"clinician": exception.clinician_id, "adds": exception.adds}
        case AddClosure(closure, reason):
            row = rows.Closure.objects.create(
                clinician_id=closure.clinician_id,
                room_id=closure.room_id,
                site_id=closure.site_id,
                starts_at=datetime_of(closure.starts_at),
                ends_at=datetime_of(closure.ends_at),
                reason=reason,
            )
            return "closure_added", row, _closed_thing(closure)
        case RemoveClosure(closure):
            rows.Closure.objects.filter(pk=closure.key).delete()
            return "closure_removed", ("scheduling.closure", str(closure.key)), _closed_thing(closure)
    raise TypeError(f"{type(change).__name__} is no change of availability")


def _end(session: WeeklySession, last_on: date) -> None:
    """The last date of a session; before its first one it goes."""
    row = rows.WeeklySession.objects.get(pk=session.key)
    if last_on < row.valid_from:
        row.delete()
    else:
        rows.WeeklySession.objects.filter(pk=row.pk).update(valid_until=last_on)


def _new_session(session: WeeklySession) -> rows.WeeklySession:
    """The site is only kept when it is not the clinician's own, so that a move of the clinician moves it too."""
    home = Clinician.objects.values_list("site_id", flat=True).get(pk=session.clinician_id)
    row = rows.WeeklySession.objects.create(
        clinician_id=session.clinician_id,
        weekday=session.weekday,
        starts=session.starts,
        ends=session.ends,
        valid_from=session.valid_from,
        valid_until=session.valid_until,
        every_n_weeks=session.every_n_weeks,
        reserve_minutes=session.reserve_minutes,
        site_id=None if session.site_id == home else session.site_id,
    )
    row.visit_types.set(session.visit_type_ids)
    return row


@submit_once("save_buffer", store=str, replay=int)
def save_buffer(clinician: Clinician, *, before: int, after: int, user, by: Actor, key: str) -> int:
    """Keep so many minutes free around each new appointment of a clinician; the key of the clinician.

    Appointments that stand stay as they are. Raises Refused(code="not_allowed").
    """
    require_user(user, Permission.MANAGE_AVAILABILITY)
    minutes = {"before_minutes": before, "after_minutes": after}
    rows.Buffer.objects.update_or_create(clinician=clinician, defaults=minutes)
    record("buffer_saved", by=by, subject=clinician, data=minutes)
    return clinician.pk


def _closed_thing(closure) -> dict:
    named = {"clinician": closure.clinician_id, "room": closure.room_id, "site": closure.site_id}
    return {name: key for name, key in named.items() if key is not None}
