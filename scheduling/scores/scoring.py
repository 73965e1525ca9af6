"""One way to every score: which table counts, and which key of the triage rules a result feeds. Pure."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Protocol

from scheduling.scores import calcium, ecog, escc, mirels, sins
from scheduling.scores.items import Scored

MIRELS, SINS, ESCC, ECOG, CALCIUM = "mirels", "sins", "escc", "ecog", "calcium"
OF_LESION, OF_LEVEL = (MIRELS,), (SINS, ESCC)  # the others are of the whole patient
SOURCES: Mapping[str, tuple[str, ...]] = {
    MIRELS: mirels.SOURCES,
    SINS: sins.SOURCES,
    ESCC: escc.SOURCES,
    ECOG: ecog.SOURCES,
    CALCIUM: calcium.SOURCES,
}
RULE_KEYS: Mapping[str, str] = {
    MIRELS: "mirels_total",
    SINS: "sins_total",
    ESCC: "escc_grade",
    CALCIUM: "calcium_corrected_mgdl",
}
_GRADES = tuple(escc.GRADES)


class Result(Protocol):
    """What is read of a stored score."""

    kind: str
    total: Decimal | None
    result: str


def compute(kind: str, target: str, values: Mapping[str, Any]) -> Scored:
    """The points, total, result and band of one score. Raises ItemError for values that its table does not allow."""
    if kind == MIRELS:
        return mirels.score(target, values)
    if kind == SINS:
        return sins.score(target, values)
    if kind == ESCC:
        return escc.grade(target, values.get("grade"))
    if kind == ECOG:
        return ecog.status(values.get("ecog"), told=values.get("ecog_self"))
    if kind == CALCIUM:
        return calcium.score(values)
    raise ValueError(f"no score {kind!r}")


def rule_value(score: Result) -> Any:
    """What the triage rules read of this score: an int, a Decimal or a grade; None if it is incomplete or not read."""
    if score.kind == ESCC:
        return score.result or None
    if score.kind not in RULE_KEYS or score.total is None:
        return None
    return calcium.for_rules(score.total) if score.kind == CALCIUM else int(score.total)


def rule_values(scores: Iterable[Result]) -> dict[str, Any]:
    """The clinician-only keys of the newest versions of a patient's scores: of several lesions or levels the worst.

    Only newest versions may be given, so that a corrected score counts as it was corrected.
    """
    found: dict[str, Any] = {}
    for score in scores:
        value = rule_value(score)
        if value is None:
            continue
        key = RULE_KEYS[score.kind]
        found[key] = value if key not in found else max(found[key], value, key=_severity)
    return found


def _severity(value: Any) -> Any:
    return _GRADES.index(value) if isinstance(value, str) else value
