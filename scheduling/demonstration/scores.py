"""Scores of a dozen patients for the demonstration, straight into the tables. All of it is invented."""

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

from clinic.accounts.models import User
from scheduling.requests.models import AppointmentRequest
from scheduling.scores.models import Score
from scheduling.scores.scoring import ECOG, compute

PATIENTS = 12
CT, MRI = "CT of the whole spine", "MRI of the whole spine"
FEMUR = {"site": "lower_limb", "pain": "functional", "lesion": "lytic", "size": "1_3_to_2_3"}
SPINE = {"pain": "mechanical", "lesion": "lytic", "alignment": "normal", "collapse": "lt_50"}
BLOOD = {"calcium_unit": "mg/dL", "albumin_unit": "g/dL", "lab_low": Decimal("8.6"), "lab_high": Decimal("10.2")}
ARM = {**FEMUR, "site": "upper_limb", "pain": "mild", "size": "lt_1_3"}
STABLE = {**SPINE, "pain": "painless", "collapse": "none_of_above", "posterolateral": "none"}
# (kind, bone or level, which lesion, versions: the values one after the other, what it rests on); none of these would
# lift the level of the request it is given to
Row = tuple[str, str, str, tuple[dict[str, Any], ...], str]
OF_URGENT: tuple[tuple[Row, ...], ...] = (
    (
        ("sins", "T12", "", ({**SPINE, "posterolateral": None}, {**SPINE, "posterolateral": "bilateral"}), CT),
        ("escc", "T12", "", ({"grade": "1c"},), MRI),
        ("ecog", "", "", ({"ecog": "2"},), ""),
    ),
    (
        ("mirels", "femur_left", "lower third", (FEMUR,), "CT of the left leg"),
        ("calcium", "", "", ({**BLOOD, "calcium": Decimal("11.2"), "albumin": Decimal("3.0")},), "Example Laboratory"),
    ),
)
OF_OTHERS: tuple[tuple[Row, ...], ...] = (
    (
        (
            "mirels",
            "humerus_right",
            "shaft",
            (ARM,),
            "X-ray",
        ),
        ("ecog", "", "", ({"ecog": "1"},), ""),
    ),
    (
        ("sins", "L3", "", (STABLE,), CT),
        ("escc", "L3", "", ({"grade": "0"},), MRI),
    ),
    (("calcium", "", "", ({**BLOOD, "calcium": Decimal("9.6"), "albumin": Decimal("3.4")},), "Example Laboratory"),),
    (
        ("ecog", "", "", ({"ecog": "2"}, {"ecog": "1"}), ""),
        ("mirels", "hip_left", "neck", ({"site": "lower_limb"},), "X-ray"),
    ),
)


def add_scores(now: dt.datetime) -> int:
    """Scores of the newest open requests; how many rows."""
    assessor = User.objects.get(email="physician@example.org")
    open_requests = AppointmentRequest.objects.still_open().select_related("report").order_by("-submitted_at", "pk")
    urgent = list(open_requests.filter(urgency_rank__lte=1)[: PATIENTS // 3])
    others = list(open_requests.filter(urgency_rank__gt=1)[: PATIENTS - len(urgent)])
    rows: list[Score] = []
    for requests, tables in ((urgent, OF_URGENT), (others, OF_OTHERS)):
        for number, wanted in enumerate(requests):
            rows += _of(wanted, tables[number % len(tables)], assessor, now)
    return len(Score.objects.bulk_create(rows))


def _of(wanted: AppointmentRequest, table: tuple[Row, ...], assessor: User, now: dt.datetime) -> list[Score]:
    made = []
    for kind, target, place, versions, study in table:
        series = uuid.uuid4()
        for version, values in enumerate(versions, start=1):
            told = {"ecog_self": wanted.report.answers.get("ecog_self")} if kind == ECOG else {}
            scored = compute(kind, target, {**values, **told})
            at = now - dt.timedelta(minutes=20 + 15 * (len(versions) - version))
            made.append(
                Score(
                    series=series,
                    version=version,
                    is_current=version == len(versions),
                    patient_id=wanted.patient_id,
                    request=wanted,
                    kind=kind,
                    target=target,
                    place=place,
                    codes=dict(scored.codes),
                    points=dict(scored.points),
                    total=scored.total,
                    result=scored.result,
                    band=scored.band,
                    assessed_on=at.date(),
                    study=study,
                    study_on=(at - dt.timedelta(days=2)).date() if study else None,
                    assessed_by=assessor,
                    recorded_at=at,
                )
            )
    return made
