"""What a patient sees of a visit: the day in words, its appointments in order. Reads only."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from clinic.platform import words
from scheduling.itineraries.legs import REMOTE
from scheduling.offers.holds import hold_ends
from scheduling.offers.models import Offer
from scheduling.requests.models import AppointmentRequest
from scheduling.visits.models import Appointment, Visit
from scheduling.visits.states import VISIT_CLAIMS_TIME

STILL_TO_COME = (Visit.State.BOOKED, Visit.State.CHECKED_IN, Visit.State.IN_VISIT)


def is_over(visit: Visit, now: datetime) -> bool:
    """Whether its time is over and nobody has written down yet whether the patient came."""
    return visit.state == Visit.State.BOOKED and visit.ends_at <= now


def with_legs(visits: QuerySet) -> QuerySet:
    """The visits with everything an itinerary shows: two queries, whatever their number.

    A leg that was taken out of a visit that takes place is not shown.
    """
    taken_out = {"state": Appointment.State.CANCELLED_BY_CLINIC, "visit__state__in": VISIT_CLAIMS_TIME}
    legs = Appointment.objects.exclude(**taken_out).select_related("specialty", "clinician", "room")
    legs = legs.order_by("position")
    return visits.select_related("site", "room", "visit_type").prefetch_related(Prefetch("appointments", queryset=legs))


def held_days(offer: Offer) -> list[Visit]:
    """The days of the offer that can still be booked, earliest first, with the end of their hold where it is sooner."""
    days = list(with_legs(offer.alternatives.filter(state=Visit.State.HELD)).order_by("starts_at"))
    for day in days:
        own_end = hold_ends(day.starts_at)
        day.only_until = own_end if own_end < offer.expires_at else None
    return days


def booked_visit(wanted: AppointmentRequest) -> Visit | None:
    """The visit that is still to come or under way."""
    return with_legs(wanted.visits.filter(state__in=STILL_TO_COME)).order_by("-booked_at").first()


def last_visit(wanted: AppointmentRequest) -> Visit | None:
    """The visit booked last, in whatever state it is now; never one that was only held."""
    return with_legs(wanted.visits.filter(booked_at__isnull=False)).order_by("-booked_at").first()


def day_and_hours(visit: Visit) -> str:
    """ "Tuesday, December 1, 2026, 9:00 a.m. to 1:15 p.m." """
    return _("%(day)s, %(hours)s") % {
        "day": words.day(visit.starts_at),
        "hours": words.clock_range(visit.starts_at, visit.ends_at),
    }


@dataclass(frozen=True, slots=True)
class LegInWords:
    """One line of an itinerary. `joining` says how a leg by video or phone begins, for a booked visit from home."""

    hours: str
    length: str
    specialty: str
    clinician: str
    place: str
    is_remote: bool = False
    joining: str = ""
    join_link: str = ""


def mode_words(mode: str) -> str:
    """ "By video", "By phone"; empty for a leg in person."""
    return {Appointment.Mode.VIDEO: _("By video"), Appointment.Mode.PHONE: _("By phone")}.get(mode, "")


def where_words(visit: Visit) -> str:
    """The address, or "At home, by video" for a visit without a room."""
    if not visit.is_at_home:
        return visit.site.address or settings.CLINIC_ADDRESS
    modes = {leg.mode for leg in visit.appointments.all()}
    if modes == {Appointment.Mode.VIDEO}:
        return _("At home, by video")
    return _("At home, by phone") if modes == {Appointment.Mode.PHONE} else _("At home, by video and phone")


def _place(leg: Appointment, visit: Visit) -> str:
    """Where a leg is: by video or phone from the patient's room, if there is one, or from home."""
    room = leg.room or visit.room
    where = f"{room.name}, {visit.site.name}" if room else "" if visit.is_at_home else visit.site.name
    return ", ".join(word for word in (mode_words(leg.mode), where) if word)


def _joining(leg: Appointment, visit: Visit) -> tuple[str, str]:
    """How the patient joins from home, and the link of a leg by video; nothing before the visit is booked.

    Only pages behind the birth date show this: a link in a message could be opened by anybody who reads it.
    """
    if not visit.is_at_home or visit.state not in STILL_TO_COME:
        return "", ""
    if leg.mode == Appointment.Mode.PHONE:
        return _("We call you at the number you gave us."), ""
    note, link = leg.clinician.video_note, leg.clinician.video_link
    return note if link or note else _("Before the day, we tell you how to join."), link


def legs_in_words(visit: Visit) -> list[LegInWords]:
    """The appointments of a day in order; the place is the patient's room unless the leg has its own, such as CT.

    One by video or phone says so first.
    """
    joining = {leg.pk: _joining(leg, visit) for leg in visit.appointments.all()}
    return [
        LegInWords(
            hours=words.clock_range(leg.starts_at, leg.ends_at),
            length=words.minutes_words((leg.ends_at - leg.starts_at) // timedelta(minutes=1)),
            specialty=leg.specialty.name,
            clinician=leg.clinician.name,
            place=_place(leg, visit),
            is_remote=leg.mode in REMOTE,
            joining=joining[leg.pk][0],
            join_link=joining[leg.pk][1],
        )
        for leg in visit.appointments.all()
    ]
