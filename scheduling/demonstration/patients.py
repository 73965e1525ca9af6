"""Sixty invented patients walked through the product's own actions into every state of the corridor."""

import datetime as dt
import random
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from django.conf import settings
from django.utils import timezone

from clinic.accounts.models import User
from clinic.accounts.roles import Role
from clinic.platform.audit.actors import Actor
from clinic.site.notices import versions
from intake.registration.forms import CONSENT_WORDING
from intake.registration.models import Draft
from intake.registration.steps import FLOW
from intake.triage.models import Alert
from scheduling.demonstration.cases import (
    ALL_CLEAR,
    CAREGIVERS,
    CASES,
    FIRST_NAMES,
    LAST_NAMES,
    PLAN,
    REGISTERED_TWICE,
)
from scheduling.itineraries.search import find_days, not_before
from scheduling.offers import actions as offers
from scheduling.offers.accepting import accept_offer
from scheduling.requests import actions as requests
from scheduling.requests.models import AppointmentRequest
from scheduling.visits import actions as visits
from scheduling.visits.models import Appointment, Visit

SOMEBODY = Actor("patient", "draft:demonstration")
DAYS_LEFT_TO_COME = 10  # who asked longer ago has been seen


@contextmanager
def at_moment(moment: dt.datetime) -> Iterator[None]:
    """The clock of the actions stands at `moment`: histories of the demonstration lie in the past."""
    with mock.patch.object(timezone, "now", return_value=moment):
        yield


class Corridor:
    """Walks one patient after another. `today` anchors all moments; the dice are repeatable."""

    def __init__(self, now: dt.datetime) -> None:
        self.now = now
        self.dice = random.Random(11)  # noqa: S311  (repeatable, not secret)
        self.nurse = User.objects.get(email="nurse@example.org")
        self.coordinator = User.objects.get(email="coordinator@example.org")
        assert Role.NURSE in self.nurse.roles

    def walk(self) -> int:
        """All patients of PLAN; how many there are."""
        number = 0
        for state, count, cases in PLAN:
            for which in range(count):
                getattr(self, f"to_{state}")(number, CASES[cases[which]])
                number += 1
        return number

    # Each state stands on the one before

    def to_submitted(self, number: int, case: dict[str, Any], *, hours_ago: float | None = None) -> AppointmentRequest:
        """A request sent some hours ago, with the alert of an emergency left open."""
        ago = self.dice.uniform(0.3, 30) if hours_ago is None else hours_ago
        with at_moment(self.now - dt.timedelta(hours=ago)):
            return self._send(number, case)

    def to_in_review(self, number: int, case: dict[str, Any], *, hours_ago: float | None = None) -> AppointmentRequest:
        """Taken by the nurse."""
        ago = self.dice.uniform(2, 40) if hours_ago is None else hours_ago
        wanted = self.to_submitted(number, case, hours_ago=ago)
        with at_moment(self.now - dt.timedelta(hours=ago * 0.97)):
            requests.take_request(wanted, user=self.nurse, by=self._staff(self.nurse), key=uuid.uuid4().hex)
        return self._fresh(wanted)

    def to_needs_info(self, number: int, case: dict[str, Any]) -> AppointmentRequest:
        """Something is missing."""
        return self._reviewed(number, case, disposition="needs_information", hours_ago=self.dice.uniform(20, 70))

    def to_ready(self, number: int, case: dict[str, Any], *, hours_ago: float | None = None) -> AppointmentRequest:
        """Reviewed, to be scheduled."""
        ago = self.dice.uniform(3, 40) if hours_ago is None else hours_ago
        return self._reviewed(number, case, disposition=None, hours_ago=ago)

    def to_offered(self, number: int, case: dict[str, Any], *, hours_ago: float | None = None) -> AppointmentRequest:
        """Up to three days held and offered."""
        ago = self.dice.uniform(4, 30) if hours_ago is None else hours_ago
        wanted = self.to_ready(number, case, hours_ago=ago)
        made_at = self.now - dt.timedelta(hours=min(ago * 0.5, 1.5) if hours_ago is None else ago * 0.9)
        with at_moment(made_at):
            found = find_days(wanted, earliest_on=self._not_before(wanted, ago), now=made_at)
            if found.itineraries:
                offers.make_offer(
                    wanted, found.itineraries, by=self._staff(self.coordinator), key=uuid.uuid4().hex, now=made_at
                )
        return self._fresh(wanted)

    def to_scheduled(self, number: int, case: dict[str, Any], *, hours_ago: float | None = None) -> AppointmentRequest:
        """The patient accepted the first day."""
        ago = self.dice.uniform(5, 60) if hours_ago is None else hours_ago
        wanted = self.to_offered(number, case, hours_ago=ago)
        accepted_at = self.now - dt.timedelta(hours=ago * 0.9) + dt.timedelta(minutes=10)
        offer = wanted.offers.filter(state="open").first()
        if offer is not None:
            with at_moment(accepted_at):
                in_time = offer.alternatives.filter(starts_at__gt=accepted_at + dt.timedelta(hours=2))
                first = in_time.order_by("starts_at").first()
                accept_offer(offer, first, by=self._person(wanted), key=uuid.uuid4().hex, now=accepted_at)
        return self._fresh(wanted)

    def to_completed(self, number: int, case: dict[str, Any]) -> AppointmentRequest:
        """A visit of the past weeks, gone through."""
        return self._past_visit(number, case, ("checked_in", "in_visit", "completed"))

    def to_no_show(self, number: int, case: dict[str, Any]) -> AppointmentRequest:
        """The patient did not come: back to planning."""
        return self._past_visit(number, case, ("no_show",))

    def to_cancelled(self, number: int, case: dict[str, Any]) -> AppointmentRequest:
        """Booked, then canceled by the patient: back to planning."""
        wanted = self.to_scheduled(number, case, hours_ago=30)
        visit = wanted.visits.filter(state="booked").first()
        if visit is not None:
            visits.cancel_visit(visit, by=self._person(wanted), key=uuid.uuid4().hex, reason="other", now=self.now)
        return self._fresh(wanted)

    def to_offer_declined(self, number: int, case: dict[str, Any]) -> AppointmentRequest:
        """None of the days worked."""
        wanted = self.to_offered(number, case)
        offer = wanted.offers.filter(state="open").first()
        if offer is not None:
            offers.decline_offer(
                offer,
                reason="I cannot come on these days.",
                wants_call=True,
                by=self._person(wanted),
                key=uuid.uuid4().hex,
            )
        return self._fresh(wanted)

    def to_redirected_to_ed(self, number: int, case: dict[str, Any]) -> AppointmentRequest:
        """Sent to the emergency department; the alert was acknowledged."""
        return self._reviewed(number, case, disposition="emergency", hours_ago=50)

    def to_declined(self, number: int, case: dict[str, Any]) -> AppointmentRequest:
        """Not for this clinic."""
        return self._reviewed(number, case, disposition="not_for_this_clinic", hours_ago=60)

    def to_withdrawn(self, number: int, case: dict[str, Any]) -> AppointmentRequest:
        """The patient no longer wants a visit."""
        wanted = self.to_submitted(number, case, hours_ago=80)
        requests.withdraw_request(wanted, by=self._person(wanted), key=uuid.uuid4().hex, reason="other")
        return self._fresh(wanted)

    # Helpers

    def _not_before(self, wanted: AppointmentRequest, hours_ago: float) -> dt.date | None:
        """Who asked in the last days comes after today: nobody is left booked on a day that has passed."""
        if hours_ago > DAYS_LEFT_TO_COME * 24:
            return not_before(wanted)
        tomorrow = timezone.localdate(self.now) + dt.timedelta(days=1)
        return max(not_before(wanted) or tomorrow, tomorrow)

    @staticmethod
    def _staff(user: User) -> Actor:
        return Actor("staff", str(user.pk), user.name)

    @staticmethod
    def _person(wanted: AppointmentRequest) -> Actor:
        return Actor("patient", f"request:{wanted.pk}")

    @staticmethod
    def _fresh(wanted: AppointmentRequest) -> AppointmentRequest:
        return AppointmentRequest.objects.get(pk=wanted.pk)

    def _send(self, number: int, case: dict[str, Any]) -> AppointmentRequest:
        answers = answers_of(number, case, self.dice)
        draft = Draft.objects.create(
            answers=answers,
            filled_by=answers["filled_by"],
            steps_done=[step.slug for step in FLOW.steps],
            expires_at=timezone.now() + dt.timedelta(days=settings.DRAFT_DAYS),
        )
        return requests.send_request(draft, by=SOMEBODY, key=uuid.uuid4().hex)

    def _reviewed(
        self, number: int, case: dict[str, Any], *, disposition: str | None, hours_ago: float
    ) -> AppointmentRequest:
        wanted = self.to_in_review(number, case, hours_ago=hours_ago)
        by = self._staff(self.nurse)
        with at_moment(self.now - dt.timedelta(hours=hours_ago * 0.94)):
            for alert in Alert.objects.filter(report=wanted.report, acknowledged_at=None):
                from intake.triage.actions import acknowledge_alert

                acknowledge_alert(alert, user=self.nurse, by=by, key=uuid.uuid4().hex)
            chosen = disposition or ("urgent" if wanted.level == "emergency" else wanted.level)
            requests.review_request(
                wanted,
                disposition=chosen,
                reason="" if chosen == wanted.triage.level else "Decided after the call.",
                visit_type="" if disposition else "coordinated_new",
                specialties=[] if disposition else self._specialties(number),
                user=self.nurse,
                by=by,
                key=uuid.uuid4().hex,
                version=wanted.version,
            )
        return self._fresh(wanted)

    @staticmethod
    def _specialties(number: int) -> list[str]:
        sets = (
            ["RAD_ONC", "ORTHO_ONC"],
            ["SPINE_SURG", "RAD_ONC", "PALLIATIVE"],
            ["RAD_ONC", "MED_ONC"],
            ["RAD_ONC", "PALLIATIVE", "SOCIAL_WORK"],
        )
        return sets[number % len(sets)]

    def _past_visit(self, number: int, case: dict[str, Any], moves: tuple[str, ...]) -> AppointmentRequest:
        wanted = self.to_scheduled(number, case, hours_ago=24 * self.dice.randint(20, 40))
        visit = Visit.objects.filter(request=wanted, state="booked").first()
        if visit is None:
            return wanted
        for state in moves:
            moment = visit.starts_at if state == "checked_in" else visit.ends_at
            if state == "completed":  # the day board moves legs one by one; here they all have been with the clinician
                visit.appointments.update(state=Appointment.State.WITH_CLINICIAN)
            with at_moment(moment):
                visits.move_visit(Visit.objects.get(pk=visit.pk), state, by=self._staff(self.coordinator))
        return self._fresh(wanted)


def answers_of(number: int, case: dict[str, Any], dice: random.Random) -> dict[str, Any]:
    """A complete registration: every question was shown; what the case does not say was left open."""
    asked = {key: None for step in FLOW.steps for key in step.keys}
    who = REGISTERED_TWICE.get(number, number)
    first = FIRST_NAMES[who % len(FIRST_NAMES)]
    last = LAST_NAMES[(who * 7) % len(LAST_NAMES)]
    if who != number:
        last = f"{last}-{LAST_NAMES[number % len(LAST_NAMES)]}"  # a name since marriage
    return {
        **asked,
        **ALL_CLEAR,
        **case,
        "filled_by": "patient",
        "legal_first_name": first,
        "legal_last_name": last,
        "date_of_birth": dt.date(1938 + (who * 7) % 45, 1 + who % 12, 1 + (who * 5) % 28).isoformat(),
        "phone_primary": f"+1202555{140 + number % 60:04d}",
        "phone_type": "mobile",
        "ok_voicemail": "yes",
        "email": f"patient{number}@example.org",
        "zip": f"48{dice.randint(101, 199)}",
        "preferred_language": "en" if number % 9 else "es",
        "interpreter_needed": None if number % 9 else "spoken",
        "reason_for_contact": ["told_bone_metastasis"] if number % 2 else ["new_bone_pain"],
        "contact_preference": ["phone", "email"],
        "consent_sms": False,
        "consent_email": True,
        "contact_times": ["morning"] if number % 3 else ["any"],
        "npp_ack": "acknowledged",
        "npp_version": versions()[-1],
        "consent_wording": CONSENT_WORDING,
        **_caregiver(number),
    }


def _caregiver(number: int) -> dict[str, Any]:
    """Who fills in for this patient, if somebody does."""
    if number not in CAREGIVERS:
        return {}
    name, relation, authority = CAREGIVERS[number]
    return {
        "filled_by": "caregiver",
        "caregiver_name": name,
        "relation": relation,
        "caregiver_phone": f"+1202555{120 + number:04d}",
        "proxy_authority": authority,
    }
