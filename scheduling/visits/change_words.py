"""A change of a visit in plain lines, for staff and patients alike, and a broken rule as a sentence for staff."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import CharField, Value
from django.utils.translation import gettext as _

from clinic.directory.models import Clinician, Room, Specialty
from clinic.platform.words import clock_range, short_day
from scheduling.visits.models import VisitChange
from scheduling.visits.states import APPOINTMENT_CLAIMS_TIME, NO_SHOW, VISIT_CLAIMS_TIME

Names = Mapping[tuple[str, int], str]
TABLES = (("clinician", Clinician), ("room", Room), ("specialty", Specialty))


def names_in(snapshots: Iterable[Mapping[str, Any]]) -> Names:
    """The names of all clinicians, rooms and specialties of these snapshots: one query."""
    keys: dict[str, set] = {kind: set() for kind, _table in TABLES}
    for one in snapshots:
        keys["room"].add(one["visit"]["room"])
        keys["clinician"].add(one["visit"]["interpreter"])
        for leg in one["legs"]:
            for kind, wanted in keys.items():
                wanted.add(leg[kind])
    rows = [
        table.objects.filter(pk__in=keys[kind] - {None})
        .order_by()
        .annotate(what=Value(kind, CharField()))
        .values_list("what", "pk", "name")
        for kind, table in TABLES
    ]
    return {(kind, pk): name for kind, pk, name in rows[0].union(*rows[1:], all=True)}


def changed_lines(change: VisitChange, names: Names | None = None) -> list[str]:
    """What a kept change did, a line each."""
    names = names_in([change.before, change.after]) if names is None else names
    return differences(change.before, change.after, names)


def differences(before: Mapping[str, Any], after: Mapping[str, Any], names: Names) -> list[str]:
    """What is another than before, a line each: the whole visit first, then its appointments in order."""
    was, now = before["visit"], after["visit"]
    lines = []
    if was["state"] != now["state"] and now["state"] not in VISIT_CLAIMS_TIME:
        return [_("The patient did not come") if now["state"] == NO_SHOW else _("The visit is canceled")]
    is_other_day = _day(was["starts_at"]) != _day(now["starts_at"])
    if is_other_day:
        words = {"new": _span(now), "old": _span(was)}
        lines.append(_("The whole visit: %(new)s, not %(old)s") % words)
    if was["room"] != now["room"]:
        words = {"new": _name(names, "room", now["room"]), "old": _name(names, "room", was["room"])}
        lines.append(_("Room: %(new)s, not %(old)s") % words)
    if was["interpreter"] != now["interpreter"]:
        new, old = (_name(names, "clinician", one["interpreter"]) for one in (now, was))
        words = {"new": new, "old": old}
        lines.append(_("Interpreter: %(new)s, not %(old)s") % words)
    old = {leg["id"]: leg for leg in before["legs"]}
    for leg in after["legs"]:
        lines += _of_leg(old.get(leg["id"]), leg, names, tells_time=not is_other_day)
    return lines


def _of_leg(was: Mapping | None, now: Mapping, names: Names, *, tells_time: bool) -> list[str]:
    words = {"specialty": _name(names, "specialty", now["specialty"]), "time": _hours(now)}
    words["clinician"] = _name(names, "clinician", now["clinician"])
    is_live = now["state"] in APPOINTMENT_CLAIMS_TIME
    if was is None:
        return [_("New: %(specialty)s with %(clinician)s, %(time)s") % words] if is_live else []
    if not is_live:
        words |= {"time": _hours(was)}
        left_out = _("Taken out: %(specialty)s with %(clinician)s, %(time)s") % words
        return [left_out] if was["state"] in APPOINTMENT_CLAIMS_TIME else []
    words |= {"old_time": _hours(was), "old_clinician": _name(names, "clinician", was["clinician"])}
    is_later = tells_time and (was["starts_at"], was["ends_at"]) != (now["starts_at"], now["ends_at"])
    if is_later and was["clinician"] != now["clinician"]:
        both = _("%(specialty)s: %(time)s with %(clinician)s, not %(old_time)s with %(old_clinician)s")
        return [both % words]
    if is_later:
        return [_("%(specialty)s: %(time)s, not %(old_time)s") % words]
    if was["clinician"] != now["clinician"]:
        return [_("%(specialty)s: %(clinician)s, not %(old_clinician)s") % words]
    return []


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _day(text: str) -> str:
    return short_day(_moment(text))


def _hours(leg: Mapping) -> str:
    return clock_range(_moment(leg["starts_at"]), _moment(leg["ends_at"]))


def _span(visit: Mapping) -> str:
    return _("%(day)s, %(hours)s") % {"day": _day(visit["starts_at"]), "hours": _hours(visit)}


def _name(names: Names, kind: str, key: int | None) -> str:
    return names.get((kind, key or 0), _("none"))


def broken_words(rules: Iterable[str]) -> str:
    """The first of the broken rules of `check_itinerary` as a sentence for staff."""
    rule = next(iter(rules), "")
    for words, sentence in _sentences():
        if words in rule:
            return sentence
    return _("This would break a rule of the day. Choose another time.")


def _sentences() -> list[tuple[str, str]]:
    return [
        ("a gap is too", _("A pause of the day would be too short or too long.")),
        ("the visit is too long", _("The visit would be too long.")),
        ("has no rest", _("A visit this long needs a longer pause.")),
        ("does not come before", _("The appointments would come in the wrong order.")),
        ("the clinician of", _("The clinician does not work then, or the time is kept for urgent patients.")),
        ("a clinician who may not", _("This clinician is not of that specialty, or not at that site.")),
        ("the room of", _("The room it needs is not open then.")),
        ("lacks its own room", _("The room it needs is not open then.")),
        ("the stay room", _("The patient’s room is not open for the whole visit.")),
        ("the interpreter", _("The interpreter does not work for the whole visit.")),
        ("someone who must stay", _("The patient has another visit at that time.")),
        ("does not start on the grid", _("Appointments start on the quarter hour.")),
        ("within its day", _("The visit must stay within one day.")),
        ("the notice is too short", _("That time is over, or too soon to be booked.")),
    ]
