"""What the search proposes, the booking takes: random clinics in the database, several requests after one another.

Every part of availability is in play: sites, rhythms, kinds of visit, reserve, buffers, closures, exceptions, holidays,
notice, horizon, gaps, interpreters, remote legs, one clinician only, the days on which clocks change.
"""

import random
from collections import Counter
from datetime import date, datetime, time, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from clinic.directory.models import Holiday, Room, Site
from clinic.platform.submits.once import new_key
from scheduling.availability.models import Buffer, Closure, SessionException, WeeklySession
from scheduling.itineraries.models import VisitType, VisitTypeLeg
from scheduling.itineraries.search import find_days
from scheduling.itineraries.visit_kinds import ChosenLeg
from scheduling.offers.actions import make_offer
from scheduling.visits.models import Claim
from tests import factories
from tests.factories import a_request, an_interpreter, claims_held, claims_wanted, local, overlapping_claims

pytestmark = pytest.mark.django_db

NOWS = (
    datetime(2027, 1, 4, 9), datetime(2027, 3, 11, 15, 20), datetime(2026, 11, 27, 7, 1), datetime(2026, 10, 30, 11),
    datetime(2026, 12, 23, 16),
)  # fmt: skip
CODES = ("RAD_ONC", "SPINE_SURG", "ORTHO_ONC", "MED_ONC", "PALLIATIVE")


class RandomClinic:
    """A small clinic with rows of everything that opens and closes time."""

    def __init__(self, dice: random.Random, today: date):
        self.dice, self.today = dice, today
        self.clinic = factories.a_clinic(people_each=2, rooms=dice.choice([1, 2, 3]))
        self.annex = Site.objects.create(name="Annex", address="9 Side Street")
        if dice.random() < 0.5:
            Room.objects.create(site=self.annex, name="Annex 1", kind="stay")
        self.interpreters = [an_interpreter(self.clinic.site, "es") for _n in range(dice.choice([1, 2]))]
        self.people = [one for group in self.clinic.people.values() for one in group]
        self.set_weeks()
        self.set_kinds()
        for _n in range(dice.randint(3, 8)):
            self.close()

    def day(self) -> date:
        return self.today + timedelta(days=self.dice.randint(0, 24))

    def hours(self) -> tuple[time, time]:
        low, high = sorted(self.dice.sample(range(7 * 4, 19 * 4), 2))
        return time(low // 4, low % 4 * 15), time(high // 4, high % 4 * 15 + self.dice.choice([0, 0, 7]))

    def set_weeks(self) -> None:
        dice = self.dice
        for one in [*self.people, *self.interpreters]:
            for session in one.sessions.all():
                if dice.random() < 0.35:
                    session.delete()
                    continue
                session.reserve_minutes = dice.choice([0, 30, 90])
                session.every_n_weeks = dice.choice([1, 1, 1, 2, 3])
                session.site = dice.choice([None, None, None, self.annex])
                session.valid_until = dice.choice([None, None, self.day()])
                session.save()
                if dice.random() < 0.15:
                    session.visit_types.set(dice.sample(list(self.clinic.visit_types.values()), 2))
            if dice.random() < 0.3:
                WeeklySession.objects.create(
                    clinician=one, weekday=6, starts=time(0), ends=time(9), valid_from=self.today, reserve_minutes=0
                )
            if dice.random() < 0.4:
                Buffer.objects.create(
                    clinician=one, before_minutes=dice.choice([0, 5, 25]), after_minutes=dice.choice([0, 10, 45])
                )

    def set_kinds(self) -> None:
        dice = self.dice
        for kind in self.clinic.visit_types.values():
            kind.buffer_before_minutes, kind.buffer_after_minutes = dice.choice([0, 0, 20]), dice.choice([0, 0, 35])
            kind.notice_minutes, kind.horizon_days = dice.choice([None, 0, 47, 3000]), dice.choice([None, 9, 20])
            kind.gap_min_minutes, kind.gap_max_minutes = dice.choice([(None, None), (0, 12), (10, 45), (None, 3)])
            kind.total_max_minutes = dice.choice([None, None, 180, 500])
            kind.save()
        VisitTypeLeg.objects.filter(visit_type__code="follow_up").update(mode=dice.choice(["in_person", "video"]))

    def close(self) -> None:
        dice, on, (starts, ends) = self.dice, self.day(), self.hours()
        what = dice.choice(["closure", "closure", "exception", "holiday", "busy", "busy"])
        if what == "holiday":
            Holiday.objects.get_or_create(on=on, defaults={"name": "Founders"})
        elif what == "exception":
            SessionException.objects.create(
                clinician=dice.choice(self.people), on=on, adds=dice.random() < 0.5, starts=starts, ends=ends,
                site=dice.choice([None, self.annex]),
            )  # fmt: skip
        else:
            at = {"starts_at": local(on, starts.hour, starts.minute), "ends_at": local(on, ends.hour, ends.minute)}
            room = dice.choice(self.clinic.rooms)
            if what == "closure":
                whom = dice.choice([{}, {"room": room}, {"site": self.clinic.site}, {"clinician": self.people[3]}])
                Closure.objects.create(reason="Closed", **at, **whom)
            else:
                one = dice.choice([*self.people, *self.interpreters])
                mine = Claim(**dice.choice([{"room": room}, {"clinician": one}]), **at)
                same = {f"{key}_id": getattr(mine, f"{key}_id") for key in ("room", "clinician")}
                if not Claim.objects.filter(**same, starts_at__lt=mine.ends_at, ends_at__gt=mine.starts_at).exists():
                    mine.save()

    def request(self, now: datetime):
        dice = self.dice
        codes = tuple(dice.sample(CODES, dice.choice([1, 1, 2, 3])))
        kind = dice.choice(["coordinated_new", "coordinated_new", "single_new", "follow_up", "ct_simulation"])
        wanted = a_request(
            visit_type=kind, specialties=codes, level=dice.choice(["routine", "urgent"]), at=now,
            is_frail=dice.random() < 0.2,
        )  # fmt: skip
        if dice.random() < 0.4:
            wanted.patient.preferred_language, wanted.patient.interpreter_needed = "es", "spoken"
            wanted.patient.save()
        return wanted

    def chosen(self, wanted) -> list[ChosenLeg]:
        dice = self.dice
        legs = []
        for code in wanted.specialties:
            who = dice.choice(self.clinic.people[code]).pk if dice.random() < 0.2 else None
            legs.append(ChosenLeg(code, dice.choice([None, 20, 35]), who, dice.choice(["", "", "video", "phone"])))
        return legs


def play(seed: int) -> Counter:
    """A clinic, and four requests that are searched and held one after another; what came up."""
    dice = random.Random(seed)
    now = dice.choice(NOWS).replace(tzinfo=timezone.get_default_timezone()) + timedelta(minutes=dice.choice([0, 3]))
    clinic = RandomClinic(dice, now.date())
    coordinator, seen = factories.staff_actor(factories.a_coordinator()), Counter()
    for _n in range(4):
        wanted = clinic.request(now)
        days = find_days(wanted, legs=clinic.chosen(wanted), now=now).itineraries
        seen["asked"] += 1
        if not days:
            continue
        offer = make_offer(wanted, days, by=coordinator, key=new_key(), now=now)  # a refusal fails the test
        for visit in offer.alternatives.all():
            assert claims_held(visit) == claims_wanted(visit), seed
            keep_apart(visit, seed)
        seen["held"] += len(days)
        seen["interpreter"] += sum(one.interpreter_id is not None for one in days)
        seen["remote"] += sum(one.is_remote for one in days)
        seen["mixed"] += sum(not one.is_remote and any(leg.mode != "in_person" for leg in one.legs) for one in days)
        seen["clock change"] += sum(one.day in (date(2027, 3, 14), date(2026, 11, 1)) for one in days)
    assert overlapping_claims() == [], seed
    return seen


def keep_apart(visit, seed: int) -> None:
    """Between two visits of one clinician lies what buffers and kinds of visit ask for: read from the rows alone."""
    for own in visit.claims.exclude(clinician=None).select_related("clinician__buffer"):
        others = (
            Claim.objects.filter(clinician=own.clinician_id).exclude(visit=visit.pk).select_related("visit__visit_type")
        )
        for other in others:
            first, second = sorted((own, other), key=lambda claim: claim.starts_at)
            kinds = [claim.visit.visit_type if claim.visit else VisitType() for claim in (first, second)]
            buffer = getattr(own.clinician, "buffer", None) or Buffer()
            apart = max(
                buffer.before_minutes,
                buffer.after_minutes,
                kinds[0].buffer_after_minutes,
                kinds[1].buffer_before_minutes,
            )
            assert second.starts_at - first.ends_at >= timedelta(minutes=apart), seed


@pytest.mark.parametrize("block", range(4))
def test_every_day_found_is_held_without_a_refusal(block, time_machine):
    seen: Counter = Counter()
    for seed in range(block * 5, block * 5 + 5):
        with transaction.atomic():
            seen += play(seed)
            transaction.set_rollback(True)
    assert seen["held"] >= seen["asked"]  # the clinics are not so full that nothing is tried
    assert all(seen[what] for what in ("interpreter", "remote", "mixed")), seen
