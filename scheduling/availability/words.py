"""Sentences of the pages of availability."""

from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.platform.words import clock, clock_range, minutes_words, short_day, short_moment
from scheduling.availability.bits import datetime_of
from scheduling.availability.changes import (
    NO_INTERPRETER,
    NOT_AT_WORK,
    ROOM_CLOSED,
    AddClosure,
    AddException,
    AddSession,
    Change,
    ChangeSession,
    EndSession,
    RemoveClosure,
    RemoveException,
)
from scheduling.availability.models import Weekday
from scheduling.availability.what_if import OutsideVisit
from scheduling.itineraries.legs import Limits, rules_for
from scheduling.itineraries.models import VisitType
from scheduling.itineraries.repairs import OTHER_PERSON, OTHER_ROOM, SAME_PERSON_SAME_DAY, WHOLE_SAME_PERSON, Repair
from scheduling.visits.change_options import confirm_address, sign_day


def long_date(on: date) -> str:
    """Mon, Nov 23, 2026: a date that may be far ahead."""
    return f"{short_day(on)}, {on.year}"


def hours_words(starts: time, ends: time) -> str:
    """8:00 a.m. to noon"""
    return _("%(start)s to %(end)s") % {"start": clock(starts), "end": clock(ends)}


def rhythm_words(every_n_weeks: int) -> str:
    """Every week, every 2 weeks"""
    return ngettext("every week", "every %(n)s weeks", every_n_weeks) % {"n": every_n_weeks}


def session_words(session) -> str:
    """Monday, 8:00 a.m. to noon, every 2 weeks"""
    weekday = Weekday(session.weekday).label
    return f"{weekday}, {hours_words(session.starts, session.ends)}, {rhythm_words(session.every_n_weeks)}"


def exception_words(exception) -> str:
    """Mon, Nov 23, 2026, 8:00 a.m. to noon: away"""
    what = _("works more") if exception.adds else _("away")
    return f"{long_date(exception.on)}, {hours_words(exception.starts, exception.ends)}: {what}"


def weeks_words(sessions) -> list[str]:
    """Sessions of the same hours in one line each: Monday, Wednesday, 8:00 a.m. to noon, every week."""
    groups: dict[tuple, list[str]] = {}
    for one in sessions:
        weekdays = groups.setdefault((one.starts, one.ends, one.every_n_weeks, one.site), [])
        if (name := str(Weekday(one.weekday).label)) not in weekdays:
            weekdays.append(name)
    lines = []
    for (starts, ends, every, site), weekdays in groups.items():
        parts = [*weekdays, hours_words(starts, ends), rhythm_words(every), *([str(site)] if site else [])]
        lines.append(", ".join(parts))
    return lines


def closure_words(starts_at: datetime, ends_at: datetime) -> str:
    """Mon, Nov 23, all day; or Mon, Nov 23, 8:00 a.m. to Tue, Nov 24, noon"""
    start, end = timezone.localtime(starts_at), timezone.localtime(ends_at)
    if start.time() == end.time() == time():
        last = end.date() - timedelta(days=1)
        if start.date() == last:
            return _("%(day)s, all day") % {"day": short_day(last)}
        return _("%(first)s to %(last)s, all day") % {"first": short_day(start.date()), "last": short_day(last)}
    if start.date() == end.date():
        return f"{short_day(start.date())}, {hours_words(start.time(), end.time())}"
    return _("%(start)s to %(end)s") % {"start": short_moment(start), "end": short_moment(end)}


def change_words(change: Change) -> str:
    """What a change does, in one line."""
    match change:
        case AddSession(session):
            return _("New session: %(session)s, from %(day)s") % {
                "session": session_words(session),
                "day": long_date(session.valid_from),
            } + (_(" to %(day)s") % {"day": long_date(session.valid_until)} if session.valid_until else "")
        case ChangeSession(session, after):
            return _("%(before)s becomes: %(after)s, from %(day)s") % {
                "before": session_words(session),
                "after": session_words(after),
                "day": long_date(after.valid_from),
            } + (_(" to %(day)s") % {"day": long_date(after.valid_until)} if after.valid_until else "")
        case EndSession(session, last_on) if last_on < session.valid_from:
            return _("This session never takes place: %(session)s") % {"session": session_words(session)}
        case EndSession(session, last_on):
            words = {"session": session_words(session), "day": long_date(last_on)}
            return _("Last date %(day)s: %(session)s") % words
        case AddException(exception):
            return exception_words(exception)
        case RemoveException(exception):
            return _("Not any more: %(what)s") % {"what": exception_words(exception)}
        case AddClosure(closure, reason):
            when = closure_words(datetime_of(closure.starts_at), datetime_of(closure.ends_at))
            return _("Closed %(when)s: %(reason)s") % {"when": when, "reason": reason}
        case RemoveClosure(closure):
            when = closure_words(datetime_of(closure.starts_at), datetime_of(closure.ends_at))
            return _("Open again %(when)s") % {"when": when}


def outside_rows(found: list[OutsideVisit]) -> list[dict]:
    """What a list shows of visits outside working time."""
    return [
        {
            "reference": one.visit.reference,
            "starts_at": datetime_of(one.visit.start),
            "kind": one.visit.kind_name,
            "state": _("Held for an offer") if one.visit.state == "held" else _("Booked"),
            "legs": _leg_rows(one),
            "repairs": [(repair_words(repair, one), _repair_address(repair, one)) for repair in one.repairs],
        }
        for one in found
    ]


def _leg_rows(one: OutsideVisit) -> list[dict]:
    """The appointments outside; one line for all of them when the whole visit is."""
    legs, codes = one.visit.legs, set(one.codes.values())

    def has_left(leg) -> bool:
        return ("clinician", leg.clinician_id) not in one.names  # the names are of those who see patients

    if len(legs) > 1 and len(one.codes) == len(legs) and len(codes) == 1:
        when = _clock_range(one.visit.start, one.visit.end)
        text = _("All %(n)s appointments of the visit") % {"n": len(legs)}
        return [{"text": text, "when": when, "why": _whys(codes.pop(), has_left=all(map(has_left, legs)))}]
    return [
        {
            "text": f"{leg.specialty_name}, {leg.clinician_name}",
            "when": _clock_range(leg.start, leg.end),
            "why": _whys(one.codes[leg.key], has_left=has_left(leg)),
        }
        for leg in legs
        if leg.key in one.codes
    ]


def _whys(codes: tuple[str, ...], *, has_left: bool) -> str:
    return ", ".join(_why(code, has_left=has_left) for code in codes)


def _why(code: str, *, has_left: bool) -> str:
    words = {
        NOT_AT_WORK: _("no longer sees patients") if has_left else _("not at work then"),
        ROOM_CLOSED: _("the room is closed then"),
        NO_INTERPRETER: _("the interpreter is not at work then"),
    }
    return words[code]


def _clock_range(start: int, end: int) -> str:
    return clock_range(datetime_of(start), datetime_of(end))


def _repair_address(repair: Repair, of: OutsideVisit) -> str:
    """Where the proposal is confirmed and done; empty for a visit that is only held for an offer."""
    visit = of.visit
    if visit.state != "booked":
        return ""
    if repair.itinerary is not None:
        return confirm_address(visit.key, do="day", day=sign_day(visit.key, repair.itinerary))
    leg, to = of.leg_of[repair.leg_key or ""], repair.clinician_id
    if repair.code == OTHER_PERSON:
        return confirm_address(visit.key, do="swap", leg=leg, to=to)
    return confirm_address(visit.key, do="move", leg=leg, at=repair.start, to=to)


def repair_words(repair: Repair, of: OutsideVisit) -> str:
    """A proposal as a line."""
    at = datetime_of(repair.start)
    name = of.names.get(("clinician", repair.clinician_id or 0), "")
    if repair.code == SAME_PERSON_SAME_DAY:
        return _("%(name)s on the same day at %(time)s") % {"name": name, "time": clock(at)}
    if repair.code == OTHER_PERSON:
        return _("%(name)s at the same time, %(time)s") % {"name": name, "time": clock(at)}
    if repair.code == OTHER_ROOM:
        room = of.names.get(("room", repair.room_id or 0), "")
        return _("%(room)s at the same time") % {"room": room}
    if repair.code == WHOLE_SAME_PERSON:
        return _("The whole visit on %(when)s, with %(name)s") % {"when": short_moment(at), "name": name}
    return _("The whole visit on %(when)s") % {"when": short_moment(at)}


def kind_words(kind: VisitType) -> str:
    """What planning keeps for a kind of visit: notice, horizon, pauses, whole stay, time around appointments."""
    rules = rules_for(False, Limits(kind.gap_min_minutes, kind.gap_max_minutes, kind.total_max_minutes))
    notice = settings.BOOKING_NOTICE_MINUTES if kind.notice_minutes is None else kind.notice_minutes
    horizon = settings.BOOKING_HORIZON_DAYS if kind.horizon_days is None else kind.horizon_days
    said = [
        _("notice %(time)s") % {"time": minutes_words(notice)},
        _("up to %(days)s days ahead") % {"days": horizon},
        _("pauses of %(low)s to %(high)s minutes") % {"low": rules.gap_min * 5, "high": rules.gap_max * 5},
        _("at most %(time)s in all") % {"time": minutes_words(rules.total_max * 5)},
    ]
    for minutes, words in (
        (kind.buffer_before_minutes, _("%(time)s kept free before")),
        (kind.buffer_after_minutes, _("%(time)s kept free after")),
    ):
        if minutes:
            said.append(words % {"time": minutes_words(minutes)})
    return ", ".join(said)
