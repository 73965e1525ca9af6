"""One page about each patient on the list of a conference. Reads only: one query for all of them, beside the cases'."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clinic.platform.db.together import read_together
from intake.before_visit.actions import cleared
from intake.before_visit.summary import told_on
from intake.records import file_rows
from intake.records.models import ReadinessItem, Upload
from intake.records.words import name_of, summary_words
from intake.symptoms.models import SymptomReport
from intake.symptoms.questions import find_question
from intake.triage.disciplines import suggest
from scheduling.conference.models import ConferenceCase, Recommendation
from scheduling.requests.models import AppointmentRequest
from scheduling.requests.suggestions import judged_by
from scheduling.scores.models import Score
from scheduling.scores.reading import series_of
from scheduling.scores.scoring import SOURCES
from scheduling.scores.words import CAUTIONS, KIND_WORDS
from scheduling.visits.models import Visit
from scheduling.visits.states import BOOKED, CHECKED_IN, IN_VISIT
from scheduling.worklist.dossier import PAIN_KEYS, Dossier, Told

CANCER_KEYS = (
    "cancer_history", "primary_site", "bone_mets_status", "bone_mets_sites", "systemic_therapy_6wk", "bone_agent",
)  # fmt: skip
FUNCTION_KEYS = (
    "ecog_self", "walking_change", "leg_weakness", "arm_weakness", "numbness", "can_bear_weight", "told_fracture_risk",
    "falls_30d", "function_drop_2wk", "weight_loss_unplanned",
)  # fmt: skip
TOLD_BEFORE = (
    "diagnosis", "stage", "spread", "conditions", "treatments", "medicines", "allergies", "implants",
)  # fmt: skip
PICTURES_BEFORE = ("imaging", "biopsy", "labs")  # where pictures, samples and values can be had
UNREMARKABLE = frozenset({"none", "no", "0"})


@dataclass(frozen=True, slots=True)
class Fact:
    """A short name and what was told."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class SpecialtyWords:
    """What a specialty recommends now, and what it wrote before, the newest first."""

    latest: Recommendation
    earlier: list[Recommendation]


class Summary:
    """A case with everything that its page shows. Make it with `summaries_of`."""

    def __init__(self, case: ConferenceCase, found: dict[str, list], *, now: datetime):
        self.case, self.wanted = case, case.request
        self.patient, report = self.wanted.patient, self.wanted.report
        self.dossier = Dossier(self.wanted, now=now)  # only what it knows without asking
        needed = [one for one in found["records"] if one.report_id == report.pk]
        self.records = sorted(
            (one for one in needed if one.state != ReadinessItem.State.NOT_NEEDED),
            key=lambda one: (not one.is_required, one.pk),
        )
        files = [one for one in found["files"] if one.report_id == report.pk]
        self.files = file_rows.rows_of(sorted(files, key=lambda one: (one.added_at, one.pk)))
        mine = [one for one in found["scores"] if one.patient_id == self.patient.pk]
        self.scores = [one.now for one in series_of(mine)]
        later = [one for one in found["later"] if one.follows_id == report.pk]
        before = getattr(report, "before_visit", None)
        self.suggested = suggest(judged_by(self.wanted, later, mine, before))
        self.told_later = [Told.of(one) for one in sorted(later, key=lambda one: one.sent_at, reverse=True)]
        said = [one for one in found["recommendations"] if one.case_id == case.pk]
        self.recommendations = by_specialty(said)
        self.newest_recommendation = max((one.pk for one in said), default=0)
        visits = [one for one in found["visits"] if one.request_id == self.wanted.pk]
        self.visit = min(visits, key=lambda one: one.starts_at, default=None)

    @property
    def cancer(self) -> list[Fact]:
        """The cancer as it was told at first contact."""
        return self._facts(CANCER_KEYS)

    @property
    def pain(self) -> list[Fact]:
        """The pain."""
        return self._facts(PAIN_KEYS)

    @property
    def function(self) -> list[Fact]:
        """How the person gets about; what is as it should be is left out."""
        return self._facts(FUNCTION_KEYS, leave_out=UNREMARKABLE)

    def _facts(self, keys: Iterable[str], *, leave_out: frozenset[str] = frozenset()) -> list[Fact]:
        facts = []
        for key in keys:
            answer = self.dossier.answer_of.get(key)
            value = self.wanted.report.answers.get(key)
            if answer is None or not answer.is_given or value in ([], "") or str(value) in leave_out:
                continue
            question = find_question(key)
            facts.append(Fact(str(question.short) if question else answer.wording, answer.label))
        return facts

    @property
    def told_before(self) -> list[Fact]:
        """Disease, treatments, medicines, allergies and implants, as told before the visit."""
        return self._told_on(TOLD_BEFORE)

    @property
    def told_pictures(self) -> list[Fact]:
        """Images, biopsies and blood tests, as told before the visit: what, when, where."""
        return self._told_on(PICTURES_BEFORE)

    def _told_on(self, pages: Collection[str]) -> list[Fact]:
        """What was told on these pages; what was left open is left out."""
        told = getattr(self.wanted.report, "before_visit", None)
        return [Fact(*one) for one in told_on(pages, cleared(told.answers))] if told is not None else []

    @property
    def records_summary(self) -> str:
        """ "3 of 5 records received"."""
        return summary_words(one.state for one in self.records)

    @property
    def waits_for_records(self) -> bool:
        """Whether any record was required at all."""
        return any(one.is_required for one in self.records)

    @property
    def record_lines(self) -> list[tuple[str, ReadinessItem]]:
        """Every record that is needed: its name and its row."""
        return [(name_of(one), one) for one in self.records]

    @property
    def cautions(self) -> list[tuple[str, tuple, tuple[str, ...]]]:
        """What to think of with the scores that are there, once a kind: its name, the cautions, the sources."""
        kinds = dict.fromkeys(shown.score.kind for shown in self.scores)
        return [(str(KIND_WORDS[kind]), CAUTIONS[kind], SOURCES[kind]) for kind in kinds]


def by_specialty(rows: Iterable[Recommendation]) -> list[SpecialtyWords]:
    """The recommendations by specialty, in the order of the specialties."""
    groups: dict[int, list[Recommendation]] = {}
    for row in sorted(rows, key=lambda one: one.pk, reverse=True):
        groups.setdefault(row.specialty_id, []).append(row)
    ordered = sorted(groups.values(), key=lambda rows: (rows[0].specialty.position, rows[0].specialty.code))
    return [SpecialtyWords(rows[0], rows[1:]) for rows in ordered]


def with_persons(rows):
    """Cases with all that a summary starts from, in the same query."""
    return rows.select_related(
        "conference", "concluded_by", "request__patient", "request__triage", "request__visit_type",
        "request__report__before_visit",
    )  # fmt: skip


def rows_about(cases: Sequence[ConferenceCase]) -> dict[str, Any]:
    """The querysets that the summaries of these cases need, by name: for `read_together`."""
    reports = [case.request.report_id for case in cases]
    kept = (Upload.State.KEPT, Upload.State.CHECKING)
    return {
        "records": ReadinessItem.objects.filter(report_id__in=reports),
        "files": Upload.objects.filter(report_id__in=reports, state__in=kept),
        "later": SymptomReport.objects.filter(follows_id__in=reports).select_related("triage"),
        "scores": Score.objects.current().filter(patient_id__in=[case.request.patient_id for case in cases]),
        "visits": Visit.objects.filter(
            request_id__in=[case.request_id for case in cases], state__in=[BOOKED, CHECKED_IN, IN_VISIT]
        ),
        "recommendations": Recommendation.objects.filter(case__in=cases).select_related("specialty", "by"),
    }


def summaries_of(
    cases: Sequence[ConferenceCase], *, now: datetime, more: dict[str, Any] | None = None
) -> tuple[list[Summary], dict[str, list]]:
    """A summary for each case read by `with_persons`; and the rows of the querysets in `more`. One query."""
    parts = {**rows_about(cases), **(more or {})}
    found = dict(zip(parts, read_together(*parts.values()), strict=True))
    return [Summary(case, found, now=now) for case in cases], found


def differs_from_visit(case: ConferenceCase, wanted: AppointmentRequest) -> bool:
    """Whether the conference wants other specialties than the request's plan has."""
    return bool(case.specialties) and sorted(case.specialties) != sorted(wanted.specialties)
