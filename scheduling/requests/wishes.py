"""What a person tells before the visit about days, the way and walking, taken on by the request that is planned."""

from collections.abc import Mapping
from typing import Any

from django.db.models import F

from clinic.platform.audit.actors import Actor
from clinic.platform.audit.record import record
from intake.before_visit.actions import Follower
from intake.symptoms.models import SymptomReport
from intake.triage.disciplines import is_frail
from scheduling.requests.models import AppointmentRequest

PLANNED_WITH = (
    "weekdays", "times_of_day", "visit_mode", "escort", "transport_need", "mobility_aid", "earliest_date",
)  # fmt: skip
NO_WISH = frozenset({"any", "unknown", "prefer_not"})
HARD_TO_MOVE = frozenset({"wheelchair", "stretcher"})


def wishes_from(answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers that planning reads, without those that wish for nothing ("Any day", "I do not know")."""
    found: dict[str, Any] = {}
    for key in PLANNED_WITH:
        value = answers.get(key)
        if isinstance(value, list):
            value = [one for one in value if one not in NO_WISH]
        if value and (isinstance(value, list) or value not in NO_WISH):
            found[key] = value
    return found


def take_wishes(report: SymptomReport, answers: Mapping[str, Any], *, by: Actor) -> None:
    """Bring the request's wishes, and whether its day must be short, up to date. The caller holds the transaction.

    A day that must be short for another reason than walking (the illness, the caregiver's word) stays short.
    """
    wanted = AppointmentRequest.objects.select_for_update().filter(report_id=report.pk).first()
    if wanted is None or wanted.closed_at is not None:
        return
    others = {key: value for key, value in wanted.preferences.items() if key not in PLANNED_WITH}
    preferences = {**others, **wishes_from(answers)}
    was_for_walking = wanted.preferences.get("mobility_aid") in HARD_TO_MOVE
    frail = is_frail(report.answers, mobility_aid=preferences.get("mobility_aid"))
    frail = frail or (wanted.is_frail and not was_for_walking)
    if preferences == wanted.preferences and frail == wanted.is_frail:
        return
    AppointmentRequest.objects.filter(pk=wanted.pk).update(
        preferences=preferences, is_frail=frail, version=F("version") + 1
    )
    record("request_wishes_taken", by=by, subject=wanted, data={"keys": sorted(preferences), "is_frail": frail})


FOLLOWER = Follower(frozenset({"needs", "travel", "wishes"}), take_wishes)
