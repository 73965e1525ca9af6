"""Why a day has its rank, and why there is none, in words for staff; days as signed values of a tick box."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.core import signing
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.directory.models import Clinician, Room
from clinic.platform.words import minutes_words, short_day
from scheduling.availability.bits import datetime_of
from scheduling.itineraries.legs import Itinerary, PlacedLeg, WhyNot
from scheduling.itineraries.visit_kinds import ChosenLeg
from scheduling.requests.models import AppointmentRequest
from scheduling.visits.itinerary import mode_words

SALT = "scheduling.offers.day.2"
SIGNED_DAYS_LIVE = 12 * 60 * 60  # seconds: a page left open overnight is searched again


@dataclass(frozen=True, slots=True)
class ShownLeg:
    """One leg of a found day."""

    starts_at: object
    ends_at: object
    specialty: str
    clinician: str
    place: str


@dataclass(frozen=True, slots=True)
class ShownDay:
    """A found day as the page lists it; `value` is what its tick box posts."""

    value: str
    day: date
    starts_at: object
    ends_at: object
    room: str
    legs: list[ShownLeg]
    reason: str
    interpreter: str = ""


def shown_days(
    wanted: AppointmentRequest,
    itineraries: Sequence[Itinerary],
    legs: Sequence[tuple],
    *,
    clinicians: Mapping[int, Clinician],
    rooms: Mapping[int, Room],
) -> list[ShownDay]:
    """The days with names instead of numbers."""
    return [_shown(wanted, one, legs, clinicians, rooms) for one in itineraries]


def _shown(wanted, one: Itinerary, legs, clinicians, rooms) -> ShownDay:
    return ShownDay(
        value=sign_day(wanted, one, legs),
        day=one.day,
        starts_at=datetime_of(one.start),
        ends_at=datetime_of(one.end),
        room=str(rooms.get(one.room_id, "")) if one.room_id else _("Not at the clinic"),
        interpreter=str(clinicians.get(one.interpreter_id, "")),
        legs=[
            ShownLeg(
                datetime_of(leg.start),
                datetime_of(leg.end),
                str(clinicians[leg.clinician_id].specialty),
                str(clinicians[leg.clinician_id]),
                mode_words(leg.mode) or str(rooms.get(leg.room_id, "")),
            )
            for leg in one.legs
        ],
        reason=reason_words(one),
    )


def reason_words(one: Itinerary) -> str:
    """Why this day has its place in the list."""
    words = {
        "within_deadline": _("within the target date"),
        "after_deadline": _("after the target date"),
        "earliest_day": _("the earliest complete day"),
        "next_complete_day": _("the next complete day"),
        "all_wishes_met": _("all wishes met"),
        "some_wishes_met": _("some wishes met"),
        "wishes_not_met": _("wishes not met"),
        "no_waiting": _("no waiting"),
        "least_waiting": _("%(time)s between appointments") % {"time": minutes_words(one.waiting_units * 5)},
    }
    text = "; ".join(words[code] for code in one.reason if code in words)
    return text[:1].upper() + text[1:]


def why_not_words(why: WhyNot, names: dict[str, str]) -> list[str]:
    """What stands in the way, what to change, and the next complete day. `names`: code -> specialty."""
    leg = _leg_name(why.leg_key or "", names)
    # a specialty may be there twice: before and after the others
    others = list(dict.fromkeys(name for key in why.leg_keys if (name := _leg_name(key, names)) != leg))
    texts = {
        "no_legs": _("No specialty is chosen."),
        "no_days": _("The target date has passed: no day before it is left."),
        "notice": _("The days are too near: a visit needs 2 hours of notice."),
        "too_many_physicians": _(
            "A frail patient sees at most 3 physicians a day. Take one away, for a video visit later."
        ),
        "too_long": _("These appointments are too long for one day. Take a specialty away or shorten one."),
        "no_time": _("%(leg)s has no free time.") % {"leg": leg},
        "no_fit": _("%(leg)s has free times, but never on a day with the others.") % {"leg": leg},
        "no_room": _("Everyone is free, but no patient room is free for the whole stay."),
        "patient_busy": _("Everyone is free, but the patient has another visit then."),
        "no_interpreter": _(
            "Everyone is free, but no interpreter for the whole visit. Untick the interpreter to plan without one, "
            "and book one from outside."
        ),
        "not_before": _("The patient cannot come before the target date. Change “Not before” to search sooner."),
        "wishes": _("Days exist, but none meets the wishes. Untick “Only show days that meet these wishes”."),
    }
    lines = [texts.get(why.code, _("No complete day was found."))]
    if others and why.code == "no_time":
        lines.append(_("The same holds for: %(legs)s.") % {"legs": ", ".join(others)})
    elif others and why.code == "no_fit":
        lines.append(_("Without one of these there would be a day: %(legs)s.") % {"legs": ", ".join([leg, *others])})
    if why.days_searched:
        lines.append(
            ngettext("%(days)s day was searched.", "%(days)s days were searched.", why.days_searched)
            % {"days": why.days_searched}
        )
    if why.next_day:
        lines.append(_("The next complete day is %(day)s.") % {"day": short_day(why.next_day)})
    return lines


def day_why_words(why: WhyNot | None, names: dict[str, str]) -> str:
    """What stands in the way of one day, short; empty for a day that can be complete."""
    if why is None:
        return ""
    legs = list(dict.fromkeys(_leg_name(key, names) for key in (why.leg_key, *why.leg_keys) if key))
    words = {"legs": ", ".join(legs)}
    if why.code == "no_fit":
        without = _("It would work without one of these: %(legs)s.") % words if why.leg_keys else ""
        return " ".join(filter(None, [_("All have free time, but not one after the other."), without]))
    return {
        "closed": _("Closed, or nobody works."),
        "no_days": _("Too near, or over."),
        "no_time": _("No free time: %(legs)s.") % words,
        "no_room": _("No patient room is free for the whole stay."),
        "no_interpreter": _("No interpreter is free for the whole visit."),
        "patient_busy": _("The patient has another visit."),
        "wishes": _("A complete day, but not at the times wished."),
    }.get(why.code, _("No complete day."))


def _leg_name(key: str, names: dict[str, str]) -> str:
    """The specialty of a leg: its key is the code, with a suffix where the visit has it twice."""
    code = key.partition(".")[0]
    return names.get(key) or names.get(code, code)


def sign_day(wanted: AppointmentRequest, one: Itinerary, legs: Sequence[tuple]) -> str:
    """A found day as one signed value: no patient data, useless for another request or other specialties."""
    placed = [[leg.key, leg.clinician_id, leg.room_id, leg.start, leg.end, leg.mode] for leg in one.legs]
    stay = [one.room_id, one.interpreter_id]
    body = [one.day.isoformat(), stay, placed, one.waiting_units, list(one.reason), _asked(legs)]
    return signing.dumps(body, salt=f"{SALT}.{wanted.pk}", compress=True)


def read_day(wanted: AppointmentRequest, value: str, legs: Sequence[tuple] | None) -> Itinerary | None:
    """The day of a posted value; None when it is not ours, too old, or was found for other specialties than `legs`."""
    try:
        body = signing.loads(value, salt=f"{SALT}.{wanted.pk}", max_age=SIGNED_DAYS_LIVE)
    except signing.BadSignature:
        return None
    day, (room_id, interpreter_id), placed, waiting, reason, found_for = body
    if legs is not None and found_for != _asked(legs):
        return None
    return Itinerary(
        day=date.fromisoformat(day),
        room_id=room_id,
        legs=tuple(PlacedLeg(*leg) for leg in placed),
        waiting_units=waiting,
        wishes_met=(),
        wishes_missed=(),
        reason=tuple(reason),
        interpreter_id=interpreter_id,
    )


def _asked(legs: Sequence[tuple]) -> list[list]:
    """The legs that were asked for, one way to write them."""
    return sorted(list(ChosenLeg(*leg)) for leg in legs)
