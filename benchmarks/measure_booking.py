"""Booking a visit of four legs, audit and history included, against the bare SQL of the same rows.

"The booking" is `accept_offer`, one transaction: the visit and its legs move held -> booked, the patient's time is
claimed, the offer is closed, the request's status is computed anew, the confirmation is queued, history, audit and the
idempotency key are written. The second row adds `make_offer` before it, which holds the day and sends the link: two
actions, so two transactions of the floor. Each offer holds one day of four legs.

The floor writes the same rows into the same tables under the same indexes and guards (replay.py reads them off a
run of the product), commits are durable on both sides (synchronous FULL; fsync on). Product and floor take turns.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from django.db import connection
from django.utils import timezone

from benchmarks.clinic import Team, coordinator, find_by_hand, free_days, make_request, make_team
from benchmarks.measuring import by_turns
from benchmarks.replay import Names, Recording, bare_connection, rows_of_all_tables, run_in_one_transaction
from benchmarks.rows import Row, row
from clinic.platform.audit.actors import Actor
from clinic.platform.submits.once import new_key
from intake.access.models import AccessLink
from scheduling.availability.bits import datetime_of
from scheduling.itineraries.legs import Itinerary
from scheduling.offers.accepting import accept_offer
from scheduling.offers.actions import make_offer
from scheduling.offers.models import Offer
from scheduling.requests.models import AppointmentRequest
from scheduling.visits.models import Visit

SPECIALTIES = ("NURSE_NAV", "RAD_ONC", "MED_ONC", "NURSE_NAV")
PLAN = ((0, 30), (45, 45), (105, 40), (165, 15))  # start and length in minutes; a rest of 20 before the last
DAYS_EACH = 20
ROUNDS, WARM_UP = 40, 5
LIMIT_RATIO = {"postgresql": 6, "sqlite": 12}


def measure() -> list[Row]:
    """The booking, and holding and booking, each against its floor."""
    limit, bare = LIMIT_RATIO[connection.vendor], bare_connection()
    accept = _accepting(bare)
    both = _holding_and_accepting(bare)
    return [
        row("booking: a held visit of 4 legs is booked", accept[0], "ms", floor=accept[1], limit=limit),
        row("booking: a visit of 4 legs is held, then booked", both[0], "ms", floor=both[1], limit=limit),
    ]


@dataclass
class Case:
    """A request with a free day that was found for it, and the offer once it is made."""

    wanted: AppointmentRequest
    team: Team
    found: Itinerary
    staff: Actor
    offer: Offer | None = None
    visit: Visit | None = None

    @property
    def actor(self) -> Actor:
        """The patient, as the page's session names them."""
        return Actor("patient", f"request:{self.wanted.pk}")

    def hold(self) -> None:
        """The coordinator's click."""
        now = timezone.now()
        self.offer = make_offer(self.wanted, [self.found], by=self.staff, key=new_key(), now=now)

    def accept(self) -> None:
        """The patient's click. What the page has read before it is not part of it."""
        now = timezone.now()
        self.visit = accept_offer(self.offer, self.visit, by=self.actor, key=new_key(), now=now)

    def look(self) -> "Case":
        """Read offer and visit as the page would."""
        self.offer = Offer.objects.get(request=self.wanted)
        self.visit = Visit.objects.get(offer=self.offer)
        return self

    @property
    def rows(self) -> list:
        """The rows that existed before, in an order that two cases share."""
        known = [self.wanted, self.wanted.patient, self.wanted.report, self.wanted.triage]
        known += [*self.team.clinicians, self.team.room]
        if self.visit is None:
            return known
        legs, claims = self.visit.appointments.order_by("position"), self.visit.claims.order_by("starts_at", "pk")
        links = AccessLink.objects.filter(subject_id=str(self.offer.pk)).order_by("pk")
        return [*known, self.offer, self.visit, *legs, *claims, *links]


def _cases(count: int) -> Iterator[Case]:
    """Cases on free days, `DAYS_EACH` of them with each team."""
    team, days = make_team(SPECIALTIES), free_days(DAYS_EACH)
    staff = coordinator()
    for number in range(count):
        if number and number % DAYS_EACH == 0:
            team = make_team(SPECIALTIES)
        wanted = make_request("coordinated_new", ["RAD_ONC", "MED_ONC"])
        found = find_by_hand(team, SPECIALTIES, PLAN, days[number % DAYS_EACH])
        yield Case(AppointmentRequest.objects.get(pk=wanted.pk), team, found, staff)


def _accepting(bare) -> tuple[float, float]:
    cases = list(_cases(2 * ROUNDS + 2))
    for case in cases:
        case.hold()
        case.look()
    first, check, *others = cases
    before, recorded = rows_of_all_tables(bare), first.rows
    first.accept()
    after = rows_of_all_tables(bare)
    recording = Recording.between(before, after)
    run_in_one_transaction(bare, recording.statements(Names.of(recorded, check.rows)))
    _same_work(recording, Recording.between(after, rows_of_all_tables(bare)))
    floors = [recording.statements(Names.of(recorded, case.rows)) for case in others[ROUNDS:]]
    return by_turns(
        [case.accept for case in others[:ROUNDS]],
        [partial(run_in_one_transaction, bare, statements) for statements in floors],
        warm_up=WARM_UP,
    )


def _holding_and_accepting(bare) -> tuple[float, float]:
    first, *others = _cases(2 * ROUNDS + 1)
    before, recorded = rows_of_all_tables(bare), first.rows
    first.hold()
    between = rows_of_all_tables(bare)
    first.look()
    first.accept()
    holding, accepting = (
        Recording.between(before, between),
        Recording.between(between, rows_of_all_tables(bare)),
    )

    def floor_of(case: Case) -> Callable[[], None]:
        names = Names.of(recorded, case.rows)
        for one, its in zip(first.found.legs, case.found.legs, strict=True):
            names.add_moment(datetime_of(one.start), datetime_of(its.start))
            names.add_moment(datetime_of(one.end), datetime_of(its.end))
        transactions = [holding.statements(names), accepting.statements(names)]
        return lambda: [run_in_one_transaction(bare, statements) for statements in transactions]

    return by_turns(
        [partial(_hold_and_accept, case) for case in others[:ROUNDS]],
        [floor_of(case) for case in others[ROUNDS:]],
        warm_up=WARM_UP,
    )


def _hold_and_accept(case: Case) -> None:
    case.hold()
    case.look()
    case.accept()


def _same_work(product: Recording, floor: Recording) -> None:
    """The floor writes exactly as many rows of each table as the product did."""
    if product.shape != floor.shape:
        raise RuntimeError(f"the floor did other work than the product: {product.shape} and {floor.shape}")
