"""Scores as the pages show them: the newest version of each with its items, and what came before. Reads only."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from scheduling.scores import ecog, scoring, words
from scheduling.scores.ecog import differs
from scheduling.scores.models import Score
from scheduling.scores.sins import SURGEON_FROM


@dataclass(frozen=True, slots=True)
class Line:
    """One item: its name, the words of its code, and its points (None where there are none)."""

    name: str
    value: str
    points: int | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """One version of a score in words."""

    score: Score
    name: str
    of: str
    result: str
    band: str
    tag: str
    meaning: str
    lines: list[Line]
    missing: list[str]
    flag: str

    @classmethod
    def of_score(cls, score: Score) -> "Shown":
        """From a row; its codes may be of an earlier table."""
        band, tag, meaning = words.BANDS[score.kind].get(score.band, ("", "neutral", ""))
        missing = [str(words.ITEM_WORDS[item]) for item in _open_items(score)]
        return cls(
            score=score,
            name=str(words.KIND_WORDS[score.kind]),
            of=words.target_words(score.kind, score.target, score.place),
            result=result_words(score),
            band=str(band) if not missing else str(_("Incomplete")),
            tag=tag if not missing else "waiting",
            meaning=str(meaning),
            lines=_lines(score),
            missing=missing,
            flag=_flag(score),
        )

    @property
    def line(self) -> str:
        """ "Mirels score, left femur: 9 of 12, High": one line for lists, letters and the conference."""
        head = ", ".join(part for part in (self.name, self.of) if part)
        tail = ", ".join(part for part in (self.result, self.band) if part)
        return _("%(score)s: %(result)s") % {"score": head, "result": tail} if tail else head


@dataclass(frozen=True, slots=True)
class Series:
    """A score over time: the newest version, and the earlier ones, the last first."""

    now: Shown
    before: list[Shown]

    @property
    def kind(self) -> str:
        """Which score it is."""
        return self.now.score.kind


def series_of(scores: Iterable[Score]) -> list[Series]:
    """All versions by series, in the order of the kinds, then of bones and levels."""
    by_series: dict[Any, list[Score]] = {}
    for score in sorted(scores, key=lambda score: score.version, reverse=True):
        by_series.setdefault(score.series, []).append(score)
    found = [Series(Shown.of_score(rows[0]), [Shown.of_score(row) for row in rows[1:]]) for rows in by_series.values()]
    kinds = list(words.KIND_WORDS)
    return sorted(found, key=lambda one: (kinds.index(one.kind), one.now.score.target, one.now.score.recorded_at))


def result_words(score: Score) -> str:
    """The result as staff say it: "9 of 12", "Grade 1c", "2.94 mmol/L (11.8 mg/dL)"; nothing while it is incomplete."""
    if score.kind in (scoring.ESCC, scoring.ECOG):
        return _("Grade %(grade)s") % {"grade": score.result} if score.result else ""
    if score.kind == scoring.CALCIUM:
        return _calcium_words(score)
    if score.total is None:
        return ""
    return _("%(total)s of %(most)s") % {"total": int(score.total), "most": words.LARGEST[score.kind]}


def _calcium_words(score: Score) -> str:
    """Ionized calcium first, as it was measured; then the corrected one, in SI units with mg/dL beside it."""
    found, ionized = [], score.codes.get("ionized")
    if ionized:
        words = {"value": ionized, "unit": score.codes.get("ionized_unit", "")}
        found.append(_("ionized %(value)s %(unit)s") % words)
    if score.total is not None:
        total = _("%(value)s mg/dL") % {"value": score.total.quantize(Decimal("0.1"))}
        total = _("%(si)s mmol/L (%(mg)s)") % {"si": score.result, "mg": total} if score.result else total
        found.append(_("corrected %(value)s") % {"value": total} if ionized else total)
    return ", ".join(found)


def _is_ionized_only(score: Score) -> bool:
    """Whether there is nothing to correct: ionized calcium was measured, and no total calcium."""
    return score.kind == scoring.CALCIUM and "ionized" in score.codes and "calcium" not in score.codes


def _open_items(score: Score) -> list[str]:
    """The items without an answer; none when there is a total, a grade or what needs no correction."""
    if score.total is not None or score.result or _is_ionized_only(score):
        return []
    return [item for item in words.ITEMS_ASKED[score.kind] if not score.codes.get(item)]


def _lines(score: Score) -> list[Line]:
    if score.kind == scoring.CALCIUM:
        return _calcium_lines(score.codes)
    if score.kind == scoring.ECOG:
        told = score.codes.get("ecog_self")
        said = words.code_words(score.kind, "ecog", str(told)) if told is not None else _("Not answered")
        chosen = score.codes.get("ecog")
        seen = words.code_words(score.kind, "ecog", chosen) if chosen else ""
        return [Line(_("Clinician"), seen), Line(_("Patient's own answer"), said)]
    return [
        Line(str(words.ITEM_WORDS.get(item, item)), words.code_words(score.kind, item, code), score.points.get(item))
        for item, code in score.codes.items()
    ]


def _calcium_lines(codes: Mapping[str, Any]) -> list[Line]:
    """Ionized calcium first, then what was corrected, then the laboratory's own range."""
    lines = [
        Line(str(words.ITEM_WORDS[item]), f"{codes[item]} {codes.get(f'{item}_unit', '')}".strip())
        for item in ("ionized", "calcium", "albumin")
        if item in codes
    ]
    return [*lines, *_laboratory_lines(codes)]


def _laboratory_lines(codes: Mapping[str, Any]) -> list[Line]:
    low, high, unit = codes.get("lab_low"), codes.get("lab_high"), codes.get("calcium_unit", "")
    if low and high:
        span = _("%(low)s to %(high)s") % {"low": low, "high": high}
        return [Line(_("Laboratory's own range"), f"{span} {unit}".strip())]
    ends = (("lab_low", low), ("lab_high", high))
    return [Line(str(words.ITEM_WORDS[item]), f"{value} {unit}".strip()) for item, value in ends if value]


def _flag(score: Score) -> str:
    """What somebody has to look at beside the band."""
    if score.kind == scoring.ECOG and score.result == ecog.DEAD:
        return _("Cancel visits to come, close the follow-up calls, and withdraw open requests.")
    if score.kind == scoring.ECOG and differs(score.codes.get("ecog"), score.codes.get("ecog_self")):
        return _("The two differ by 2 or more. Ask the patient again.")
    if score.kind == scoring.SINS and score.total is not None and score.total >= SURGEON_FROM:
        return _("Ask for a surgical consultation before radiation is planned.")
    if _is_ionized_only(score):
        return _("No rule reads ionized calcium. Compare it with the laboratory's range, and act on it yourself.")
    return ""
