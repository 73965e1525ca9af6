"""Writes of scores: a new one, or a new version of one. Points and totals come from the tables, never from a person."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.roles import Permission
from clinic.platform.audit.actors import Actor
from clinic.platform.audit.record import record
from clinic.platform.db.sql import lock_keys
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import submit_once
from scheduling.requests.may import locked_request, require_user
from scheduling.requests.models import AppointmentRequest
from scheduling.scores.effect import act_on, answers_of
from scheduling.scores.items import ItemError
from scheduling.scores.models import Score
from scheduling.scores.scoring import ECOG, MIRELS, compute
from scheduling.scores.words import KIND_WORDS, error_words, target_words


@dataclass(frozen=True, slots=True)
class Assessment:
    """What a clinician gives: codes or values by item, when, and what it rests on."""

    values: Mapping[str, Any]
    assessed_on: date
    study: str = ""
    study_on: date | None = None
    note: str = ""
    place: str = field(default="")  # which lesion of a bone, in words; of the others always empty


class BadScore(Refused):
    """A value that the table refuses; `item` is the field it stands in."""

    def __init__(self, error: ItemError) -> None:
        super().__init__(error_words(error.code), code="bad_value")
        self.item = error.item


def _stored(score: Score) -> str:
    return str(score.pk)


def _replayed(stored: str) -> Score:
    return Score.objects.get(pk=stored)


@submit_once("record_score", store=_stored, replay=_replayed)
def record_score(
    wanted: AppointmentRequest, given: Assessment, *, kind: str, target: str = "", user, by: Actor, key: str
) -> Score:
    """The first version of a score: of a lesion (Mirels), a level (SINS, ESCC) or the patient (ECOG, calcium).

    It may be incomplete: then it has no total. The triage rules read the result (`effect.act_on`). Raises Refused:
    "not_allowed", "bad_value" (a BadScore with `.item`), "exists" (this lesion, level or patient has one: revise it).
    """
    require_user(user, Permission.RECORD_SCORES)
    wanted, at = _locked(wanted), timezone.now()
    _refuse_second(wanted, kind, target, given.place)
    score = _write(wanted, given, kind, target, series=uuid.uuid4(), version=1, user=user, at=at)
    record("score_recorded", by=by, subject=score, data=_facts(score))
    act_on(score, None, wanted, by=by, at=at)
    return score


@submit_once("revise_score", store=_stored, replay=_replayed)
def revise_score(
    base: Score,
    wanted: AppointmentRequest,
    given: Assessment,
    *,
    target: str = "",
    version: int,
    user,
    by: Actor,
    key: str,
) -> Score:
    """A new version of a score: a correction (also of the bone or level) or a new assessment. The earlier ones stay.

    `version` is the one that the person had before them. Raises Refused: "not_allowed", "bad_value", "exists", "stale"
    (a colleague saved a newer version meanwhile: nothing is overwritten).
    """
    require_user(user, Permission.RECORD_SCORES)
    wanted, at = _locked(wanted), timezone.now()
    rows = Score.objects.select_for_update(of=("self",)).select_related("assessed_by")
    current = rows.get(series=base.series, is_current=True)
    if current.version != version:
        words = _("%(name)s saved a newer version of this score while you had it open.")
        raise Refused(words % {"name": current.assessed_by}, code="stale")
    _refuse_second(wanted, current.kind, target, given.place, but=current)
    Score.objects.filter(pk=current.pk).update(is_current=False)
    again = {"series": current.series, "version": current.version + 1}
    score = _write(wanted, given, current.kind, target, **again, user=user, at=at)
    record("score_revised", by=by, subject=score, data=_facts(score))
    act_on(score, current, wanted, by=by, at=at)
    return score


def _locked(wanted: AppointmentRequest) -> AppointmentRequest:
    """The request as it is now; scores of one patient are written one after the other, over all requests."""
    row = locked_request(wanted)
    lock_keys(("scores", str(row.patient_id)))
    return row


def _refuse_second(wanted: AppointmentRequest, kind: str, target: str, place: str, *, but: Score | None = None) -> None:
    """One record a lesion, level or patient."""
    known = Score.objects.filter(patient_id=wanted.patient_id, kind=kind, target=target).current()
    if but is not None:
        known = known.exclude(pk=but.pk)
    if any(_same_place(row.place, place) for row in known):
        raise Refused(_exists_words(kind, target, place), code="exists")


def _write(
    wanted: AppointmentRequest,
    given: Assessment,
    kind: str,
    target: str,
    *,
    series: uuid.UUID,
    version: int,
    user,
    at: datetime,
) -> Score:
    values = dict(given.values)
    if kind == ECOG:
        values["ecog_self"] = answers_of(wanted).get("ecog_self")
    try:
        scored = compute(kind, target, values)
    except ItemError as error:
        raise BadScore(error) from error
    return Score.objects.create(
        series=series,
        version=version,
        patient_id=wanted.patient_id,
        request=wanted,
        kind=kind,
        target=target,
        place=given.place.strip() if kind == MIRELS else "",
        codes=dict(scored.codes),
        points=dict(scored.points),
        total=scored.total,
        result=scored.result,
        band=scored.band,
        assessed_on=given.assessed_on,
        study=given.study.strip(),
        study_on=given.study_on,
        note=given.note.strip(),
        assessed_by=user,
        recorded_at=at,
    )


def _facts(score: Score) -> dict[str, Any]:
    """What the audit keeps: codes and numbers, no words."""
    return {"kind": score.kind, "target": score.target, "version": score.version, "band": score.band}


def _same_place(one: str, other: str) -> bool:
    return " ".join(one.casefold().split()) == " ".join(other.casefold().split())


def _exists_words(kind: str, target: str, place: str) -> str:
    words = {"score": KIND_WORDS[kind], "of": target_words(kind, target, place)}
    if kind == MIRELS:
        return _("There is a %(score)s of %(of)s. Change that one, or say which other lesion you mean.") % words
    if target:
        return _("There is a %(score)s of %(of)s. Change that one.") % words
    return _("There is a result already (%(score)s). Add a new version to it.") % words
