"""An alert in words: its steps with the time since it was shown, the calls in vain, whom to call next. Reads only."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from clinic.platform.words import duration
from intake.before_visit.choices import PERSON_RELATIONS
from intake.patients.models import Proxy
from intake.triage.actions import NO_NUMBER
from intake.triage.models import Alert, AlertStep, ContactAttempt
from intake.triage.tries import TRIES, is_unreached, within_the_hour
from scheduling.worklist.history import Event, events_of_alert, step_words

Kind = AlertStep.Kind


@dataclass(frozen=True, slots=True)
class ShownStep:
    """One step: what happened, when, how long after the emergency was shown, by whom, what they wrote."""

    at: datetime
    title: str
    since: str
    by: str = ""
    text: str = ""


def steps_of(alert: Alert, steps: Iterable[AlertStep]) -> list[ShownStep]:
    """The steps of an alert, oldest first; those of an alert written before steps were kept come from its own times."""
    told = [Event(step.at, step_words(step), step.by_label, step.note) for step in steps]
    told = told or sorted(events_of_alert(alert), key=lambda event: event.at)
    return [ShownStep(one.at, one.title, _since(one.at - alert.detected_at), one.by, one.text) for one in told]


def _since(length: timedelta) -> str:
    """How long after the emergency was shown."""
    if length < timedelta(minutes=1):
        return _("at once")
    return _("after %(time)s") % {"time": duration(length)}


@dataclass(frozen=True, slots=True)
class SomebodyToCall:
    """Somebody beside the patient whom staff may call; `caution` says what they must not be told."""

    name: str
    who: str
    phone: str
    caution: str = ""


@dataclass(frozen=True, slots=True)
class Unreached:
    """How far staff got in reaching the person: tries within the last hour, whether that is enough, what comes next."""

    tries: int
    most: int
    is_unreached: bool
    has_called_contact: bool
    has_asked_check: bool

    @classmethod
    def of(
        cls, calls: Iterable[ContactAttempt], steps: Iterable[AlertStep], *, outcome: str, now: datetime
    ) -> "Unreached":
        """From the calls and the steps; an alert without a number cannot be reached from the start."""
        tries = [(call.at, call.reached) for call in calls]
        done = {step.kind for step in steps}
        return cls(
            tries=within_the_hour(tries, now),
            most=TRIES,
            is_unreached=is_unreached(tries) or outcome == NO_NUMBER,
            has_called_contact=Kind.EMERGENCY_CONTACT in done,
            has_asked_check=Kind.WELFARE_CHECK in done,
        )


def emergency_contact(answers: Mapping[str, Any]) -> SomebodyToCall | None:
    """The emergency contact told before the visit, None when there is none."""
    if answers.get("emergency_contact") != "yes" or not answers.get("emergency_contact_phone"):
        return None
    relation = answers.get("emergency_contact_relation")
    return SomebodyToCall(
        str(answers.get("emergency_contact_name") or ""),
        str(dict(PERSON_RELATIONS).get(relation, "")),
        str(answers["emergency_contact_phone"]),
    )


def people_to_call(answers: Mapping[str, Any], proxies: Iterable[Proxy]) -> list[SomebodyToCall]:
    """The emergency contact first, then those who speak for the patient and left a number."""
    contact = emergency_contact(answers)
    found = [contact] if contact else []
    for proxy in proxies:
        caution = "" if proxy.verified_at else _("Authority not verified: tell them nothing about the patient yet")
        if proxy.phone:
            found.append(SomebodyToCall(proxy.name, _("caregiver"), proxy.phone, caution))
    return found
