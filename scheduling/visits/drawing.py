"""The rows of a day: its visit, its legs, and the claims on time that they need. Nothing is saved here.

What a visit claims is written down in one place, `draw_claims`: every clinician and own room for its leg, the stay room
and the interpreter from the first start to the last end, and the patient once the visit is booked.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache

from django.db import connection

from clinic.directory.models import Clinician
from clinic.platform.db.compiled import Compiled, StandIns
from scheduling.availability.bits import datetime_of
from scheduling.itineraries.legs import Itinerary
from scheduling.offers.holds import hold_ends
from scheduling.offers.models import Offer
from scheduling.requests.models import AppointmentRequest
from scheduling.visits.models import Appointment, Claim, Visit


def draw_visits(
    wanted: AppointmentRequest, itineraries: Sequence[Itinerary], *, site_id: int, offer: Offer | None = None
) -> tuple[list[Visit], list[Appointment], list[Claim]]:
    """The unsaved rows of several days: visits, legs in order, claims; one query for the specialties.

    With an `offer` the days are held until it expires, each at latest until 2 hours before its start; without one the
    claims do not lapse.
    """
    specialty_of = specialties_of(itineraries)
    visits, legs, claims = [], [], []
    for one in itineraries:
        visit, own_legs = draw_visit(wanted, one, site_id=site_id, offer=offer, specialty_of=specialty_of)
        until = min(offer.expires_at, hold_ends(visit.starts_at)) if offer is not None else None
        visits.append(visit)
        legs += own_legs
        claims += draw_claims(visit, own_legs, expires_at=until)
    return visits, legs, claims


def specialties_of(itineraries: Iterable[Itinerary]) -> dict[int, int]:
    """The specialty of each clinician of these days: one query."""
    people = sorted({leg.clinician_id for one in itineraries for leg in one.legs})
    return dict(_specialties(connection.vendor, len(people)).rows(people)) if people else {}


@lru_cache(maxsize=32)
def _specialties(vendor: str, count: int) -> Compiled:
    stand_ins = StandIns()
    found = Clinician.objects.filter(pk__in=stand_ins.numbers(count)).order_by().values_list("pk", "specialty_id")
    return Compiled(found, stand_ins)


def draw_visit(
    wanted: AppointmentRequest,
    one: Itinerary,
    *,
    site_id: int,
    specialty_of: Mapping[int, int],
    offer: Offer | None = None,
) -> tuple[Visit, list[Appointment]]:
    """The unsaved visit of one day, in state `held`, with its legs in order. A day by video or phone has no room."""
    visit = Visit(
        request=wanted,
        offer=offer,
        patient=wanted.patient,
        visit_type=wanted.visit_type,
        site_id=site_id,
        room_id=one.room_id,
        interpreter_id=one.interpreter_id,
        starts_at=datetime_of(one.start),
        ends_at=datetime_of(one.end),
    )
    return visit, draw_legs(visit, one, specialty_of=specialty_of)


def draw_legs(visit: Visit, one: Itinerary, *, specialty_of: Mapping[int, int]) -> list[Appointment]:
    """The unsaved legs of a day in order, in the state of the visit."""
    return [
        Appointment(
            visit=visit,
            position=position,
            specialty_id=specialty_of[leg.clinician_id],
            clinician_id=leg.clinician_id,
            room_id=leg.room_id,
            mode=leg.mode,
            state=visit.state,
            starts_at=datetime_of(leg.start),
            ends_at=datetime_of(leg.end),
        )
        for position, leg in enumerate(one.legs, start=1)
    ]


def draw_claims(
    visit: Visit, legs: Iterable[Appointment], *, expires_at: datetime | None = None, with_patient: bool = False
) -> list[Claim]:
    """The unsaved claims of a visit with these legs, as its rows say now; `with_patient` for a booked one.

    An interpreter is claimed as a clinician is, from the first start to the last end.
    """
    stay = {"visit": visit, "starts_at": visit.starts_at, "ends_at": visit.ends_at, "expires_at": expires_at}
    claims = []
    if visit.room_id is not None:
        claims.append(Claim(room_id=visit.room_id, **stay))
    if visit.interpreter_id is not None:
        claims.append(Claim(clinician_id=visit.interpreter_id, **stay))
    if with_patient:
        claims.append(Claim(patient_id=visit.patient_id, **stay))
    for leg in legs:
        at = stay | {"starts_at": leg.starts_at, "ends_at": leg.ends_at}
        claims.append(Claim(clinician_id=leg.clinician_id, is_overbooked=leg.is_overbooked, **at))
        if leg.room_id is not None:
            claims.append(Claim(room_id=leg.room_id, **at))
    return claims
