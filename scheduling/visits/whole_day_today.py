"""The whole day of a request, today: the finder without notice. Reads only."""

from dataclasses import replace
from datetime import datetime, timedelta

from django.utils import timezone

from clinic.directory.models import Clinician, Room
from scheduling.availability import read
from scheduling.availability.bits import UNIT_SECONDS, datetime_of
from scheduling.itineraries.interpreters import language_needed
from scheduling.itineraries.legs import Itinerary
from scheduling.itineraries.look import Look
from scheduling.itineraries.resources import Resources, resources
from scheduling.itineraries.visit_kinds import all_legs, kind_of_visit
from scheduling.requests.models import AppointmentRequest
from scheduling.visits.drawing import specialties_of
from scheduling.visits.models import Appointment
from scheduling.visits.walk_in import NewLeg

UNIT = timedelta(seconds=UNIT_SECONDS)


def whole_day_today(wanted: AppointmentRequest, *, now: datetime) -> tuple[Itinerary, Resources] | None:
    """The best complete visit that can still begin today, with the legs of the review, and the names of all in it.

    Every rule of a booking is kept but the notice. None when there is none. Four queries.
    """
    if wanted.visit_type_id is None:
        return None
    kind = replace(kind_of_visit(wanted.visit_type_id), notice_minutes=0, horizon_days=0)
    asked = all_legs(kind, [(code, None) for code in wanted.specialties])
    if not asked:
        return None
    things = resources({leg.code for leg in asked})
    language = language_needed(wanted.patient)
    speakers = things.speakers(language, None, {})
    today = timezone.localdate(now)
    calendar = read.calendar([*things.all_people, *speakers], today, today)
    roster = calendar.people_by_site()
    look = Look(wanted, kind, asked, things, roster, now, language=language if speakers else "")
    found = look.find(calendar, look.busy(calendar), 1)
    return (found[0], things) if found else None


def legs_of_day(one: Itinerary) -> list[NewLeg]:
    """The legs of a found day as the action takes them: one query."""
    specialty_of = specialties_of([one])
    return [
        NewLeg(
            specialty_of[leg.clinician_id],
            leg.clinician_id,
            datetime_of(leg.start),
            int((leg.end - leg.start) * UNIT / timedelta(minutes=1)),
            leg.room_id,
            leg.mode,
        )
        for leg in one.legs
    ]


def site_of_day(one: Itinerary) -> int:
    """The site of its room; of a day by video or phone, that of its first clinician: one query."""
    if one.room_id is not None:
        return Room.objects.values_list("site_id", flat=True).get(pk=one.room_id)
    return Clinician.objects.values_list("site_id", flat=True).get(pk=one.legs[0].clinician_id)


def day_in_words(one: Itinerary, things: Resources) -> dict:
    """What a page shows of the day: from and until, room, interpreter, its legs in order."""
    specialty_of = {key: things.titles[code] for code, people in things.homes.items() for key in people}
    return {
        "starts_at": datetime_of(one.start),
        "ends_at": datetime_of(one.end),
        "room": things.names.get(("room", one.room_id or 0), ""),
        "interpreter": things.names.get(("clinician", one.interpreter_id or 0), ""),
        "legs": [
            {
                "starts_at": datetime_of(leg.start),
                "ends_at": datetime_of(leg.end),
                "specialty": specialty_of[leg.clinician_id],
                "clinician": things.names["clinician", leg.clinician_id],
                "room": things.names.get(("room", leg.room_id or 0), ""),
                "mode": Appointment.Mode(leg.mode).label if leg.mode != Appointment.Mode.IN_PERSON else "",
            }
            for leg in one.legs
        ],
    }
