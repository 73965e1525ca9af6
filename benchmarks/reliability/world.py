"""The clinic of the run in the database, its state as plain values, and days as the actions take them."""

import itertools
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone

from benchmarks.reliability.changes import Model
from benchmarks.reliability.rules import Clinic
from benchmarks.reliability.standing import RequestNow, VisitNow
from benchmarks.reliability.words import Claim, Day, Move
from clinic.accounts.actors import staff_actor
from clinic.directory.models import Clinician, Room
from clinic.messages.models import Message
from clinic.platform.audit.models import AuditEntry
from clinic.platform.jobs.models import Job
from intake.access.models import AccessLink
from scheduling.availability.bits import unit_of
from scheduling.itineraries.legs import Itinerary, PlacedLeg
from scheduling.itineraries.models import VisitType
from scheduling.itineraries.visit_kinds import kind_of_visit
from scheduling.offers.models import Offer
from scheduling.requests.models import AppointmentRequest
from scheduling.requests.refresh import computed_status, with_facts
from scheduling.visits.models import Claim as ClaimRow
from scheduling.visits.models import StateChange, Visit
from tests import factories

OPENS = datetime(2027, 1, 4, 14, 0, tzinfo=UTC)  # Monday, 9 a.m. in Detroit; no holiday for two weeks
KINDS = ("coordinated_new", "follow_up", "follow_up", "ct_simulation", "coordinated_new")
CHOSEN = {
    "coordinated_new": ("RAD_ONC", "MED_ONC"),
    "follow_up": ("MED_ONC",),
    "ct_simulation": ("RAD_ONC",),
}
LEVELS = ("routine", "urgent", "soon")


def make_world(*, requests: int, people_each: int = 4, rooms: int = 6) -> None:
    """Fill an empty, migrated database: a small clinic and reviewed requests, two to a patient."""
    factories.a_clinic(people_each=people_each, rooms=rooms)
    factories.a_coordinator()
    patient = None
    for number in range(requests):
        if number % 2 == 0:
            patient = factories.a_patient(email=f"patient{number}@example.org")
        kind = KINDS[number % len(KINDS)]
        factories.a_request(
            level=LEVELS[number % len(LEVELS)], patient=patient, specialties=CHOSEN[kind], visit_type=kind, at=OPENS
        )


def staff():
    """The coordinator of the run as an actor."""
    return staff_actor(get_user_model().objects.filter(email__startswith="coordinator").order_by("pk").last())


def clinic_of_world() -> Clinic:
    """Who there is."""
    return Clinic(
        clinicians={one.pk: one.specialty.code for one in Clinician.objects.select_related("specialty")},
        rooms=dict(Room.objects.values_list("pk", "kind")),
        zone=timezone.get_default_timezone(),
        scan=kind_of_visit(VisitType.objects.get(code="ct_simulation").pk).legs[0].key,
    )


def request_keys() -> list[str]:
    """All requests in one order."""
    return [str(key) for key in AppointmentRequest.objects.order_by("reference").values_list("pk", flat=True)]


def model_of_world(hold_hours: dict[str, int], undo_minutes: int) -> Model:
    """The sequential model of a world in which nothing has happened yet."""
    requests = {
        str(one.pk): RequestNow(str(one.patient_id), one.visit_type.code, timedelta(hours=hold_hours[one.level]))
        for one in AppointmentRequest.objects.select_related("visit_type")
    }
    return Model(clinic_of_world(), requests, undo_time=timedelta(minutes=undo_minutes))


def itinerary_of(day: Day) -> Itinerary:
    """A day as the actions take it."""
    legs = tuple(PlacedLeg(leg.key, leg.clinician, leg.room, unit_of(leg.start), unit_of(leg.end)) for leg in day.legs)
    waiting = sum(later.start - earlier.end for earlier, later in itertools.pairwise(legs))
    return Itinerary(timezone.localdate(day.start), day.room, legs, waiting)


# The state of the database as plain values


def claims_by_visit() -> dict[str, set[tuple]]:
    """What every visit has claimed: (resource, start, end, end of the hold)."""
    found: dict[str, set[tuple]] = defaultdict(set)
    for claim in ClaimRow.objects.all():
        kind = next(name for name in ("clinician", "room", "patient") if getattr(claim, f"{name}_id") is not None)
        key = getattr(claim, f"{kind}_id")
        resource = (kind, str(key) if kind == "patient" else key)
        found[str(claim.visit_id)].add((resource, claim.starts_at, claim.ends_at, claim.expires_at))
    return dict(found)


def state_of_database() -> dict[str, Any]:
    """Visits, legs, offers, requests and claims as plain values, to be compared with `state_of_model`."""
    visits = Visit.objects.prefetch_related("appointments")
    return {
        "visits": {
            str(visit.pk): (str(visit.request_id), visit.state, visit.room_id, visit.starts_at, visit.ends_at)
            for visit in visits
        },
        "legs": {
            str(leg.pk): (str(visit.pk), leg.state, leg.clinician_id, leg.room_id, leg.starts_at, leg.ends_at)
            for visit in visits
            for leg in visit.appointments.all()
        },
        "sequences": {str(visit.pk): visit.calendar_sequence for visit in visits},
        "offers": {str(one.pk): (str(one.request_id), one.state, one.expires_at) for one in Offer.objects.all()},
        "requests": {str(one.pk): one.status for one in AppointmentRequest.objects.all()},
        "claims": claims_by_visit(),
    }


def state_of_model(model: Model) -> dict[str, Any]:
    """The same of the model."""

    def claims(visit: VisitNow) -> set[tuple]:
        until = model.hold_ends(visit) if visit.state == "held" else None
        return {(*claim, until) for claim in visit.claims()}

    return {
        "visits": {
            key: (visit.request, visit.state, visit.room, visit.start, visit.end) for key, visit in model.visits.items()
        },
        "legs": {
            name: (key, leg.state, leg.clinician, leg.room, leg.start, leg.end)
            for key, visit in model.visits.items()
            for name, leg in visit.legs.items()
        },
        "sequences": {key: visit.sequence for key, visit in model.visits.items()},
        "offers": {key: (one.request, one.state, one.expires) for key, one in model.offers.items()},
        "requests": {key: model.status(key) for key in model.requests},
        "claims": {key: found for key, visit in model.visits.items() if (found := claims(visit))},
    }


def differences(database: dict[str, Any], model: dict[str, Any]) -> list[str]:
    """Where the two do not say the same."""
    found = []
    for part, its in model.items():
        theirs = database[part]
        found += [
            f"{part} {key}: the database has {theirs.get(key)}, the model {its.get(key)}"
            for key in sorted(its.keys() | theirs.keys())
            if its.get(key) != theirs.get(key)
        ]
    return found


def overlaps(claims: Iterable[Claim]) -> list[tuple[Claim, Claim]]:
    """Neighboring claims of one resource that overlap."""
    ordered = sorted(claims, key=lambda claim: (claim[0][0], str(claim[0][1]), claim[1]))
    return [(a, b) for a, b in itertools.pairwise(ordered) if a[0] == b[0] and b[1] < a[2]]


def wrong_statuses() -> list[str]:
    """Requests whose cached status is not the computed one."""
    return [
        f"request {one.pk}: status {one.status}, computed {computed_status(one)}"
        for one in with_facts(AppointmentRequest.objects.all())
        if one.status != computed_status(one)
    ]


def moves_since(last: int) -> tuple[int, list[tuple[datetime, Move]]]:
    """The history rows after a key: the new last key, and each with its moment."""
    rows = list(StateChange.objects.filter(pk__gt=last).order_by("pk"))
    moves = [(one.at, (one.thing, str(one.thing_id), one.from_state, one.to_state)) for one in rows]
    return (rows[-1].pk if rows else last), moves


def counts() -> dict[str, int]:
    """How many rows there are of what a refusal must not write."""
    return {model.__name__: model.objects.count() for model in (AuditEntry, StateChange, Message, Job, AccessLink)}


def wanted_claims(visit: Visit) -> set[Claim]:
    """The time that a visit which takes time must have, read off its own rows."""
    wanted: set[Claim] = {(("room", visit.room_id), visit.starts_at, visit.ends_at)}
    for leg in visit.appointments.all():
        if leg.state.startswith("cancelled"):
            continue
        wanted.add((("clinician", leg.clinician_id), leg.starts_at, leg.ends_at))
        if leg.room_id is not None:
            wanted.add((("room", leg.room_id), leg.starts_at, leg.ends_at))
    if visit.state != "held":
        wanted.add((("patient", str(visit.patient_id)), visit.starts_at, visit.ends_at))
    return wanted
