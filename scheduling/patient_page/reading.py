"""Everything of one patient, over all requests: two queries beside the patient's own row. Reads only."""

from datetime import datetime
from functools import cached_property
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import CharField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Cast
from django.utils import timezone

from clinic.platform.audit.models import AuditEntry
from clinic.platform.db.together import read_together
from intake.before_visit.actions import cleared
from intake.before_visit.models import BeforeVisit
from intake.before_visit.summary import told_on
from intake.patients.editing import CHANGED
from intake.patients.models import Patient, PatientMerge
from intake.records.file_rows import FileRow, rows_of
from intake.records.models import Upload
from intake.symptoms.models import SymptomReport
from intake.triage.models import AlertStep, ContactAttempt, TriageReview
from scheduling.follow_up.models import FollowUpAttempt, HospitalEvent, Letter
from scheduling.requests.models import AppointmentRequest, RequestNote
from scheduling.scores.models import Score
from scheduling.scores.reading import Series, series_of
from scheduling.visits.models import Appointment, Visit
from scheduling.worklist.lists import age_on
from scheduling.worklist.proxy_words import in_words

NOT_HELD = (Visit.State.HELD, Visit.State.EXPIRED, Visit.State.RELEASED)  # days that were only offered
CONTACTS = ("emergency-contact", "caregiver-permission")  # pages before the visit
FACTS = ("other-names", "address", "needs", "doctors", "living")
GOES_ON = (Visit.State.BOOKED, Visit.State.CHECKED_IN, Visit.State.IN_VISIT)


class PatientFile:
    """A patient with requests, visits, scores, documents and history."""

    def __init__(self, patient: Patient, *, now: datetime) -> None:
        self.patient, self.now = patient, now
        self.age = age_on(patient.date_of_birth, timezone.localdate(now))

    @cached_property
    def _found(self) -> dict[str, list]:
        """The rows of everything that hangs on the patient: one query."""
        key = self.patient.pk
        parts: dict[str, QuerySet] = {
            "proxies": self.patient.proxies.all(),
            "merges": PatientMerge.objects.filter(kept_id=key, undone_at=None),
            "requests": AppointmentRequest.objects.filter(patient_id=key).select_related("visit_type"),
            "told": BeforeVisit.objects.filter(report__patient_id=key).select_related("report"),
            "later": SymptomReport.objects.filter(patient_id=key)
            .exclude(follows=None)
            .select_related("triage")
            .defer("answers", "snapshot"),
            "visits": Visit.objects.filter(patient_id=key)
            .exclude(state__in=NOT_HELD)
            .select_related("visit_type", "site", "request"),
            "legs": Appointment.objects.filter(visit__patient_id=key)
            .exclude(visit__state__in=NOT_HELD)
            .select_related("specialty", "clinician"),
            "scores": Score.objects.filter(patient_id=key).select_related("assessed_by"),
            "files": Upload.objects.filter(report__patient_id=key, state=Upload.State.KEPT),
            "letters": Letter.objects.filter(request__patient_id=key).select_related("sent_by").defer("body"),
        }
        return dict(zip(parts, read_together(*parts.values()), strict=True))

    @cached_property
    def history(self) -> dict[str, list]:
        """The rows that only the timeline shows: one query more."""
        key = self.patient.pk
        users = get_user_model().objects.annotate(key=Cast("pk", CharField())).filter(key=OuterRef("actor_id"))
        changes = AuditEntry.objects.filter(
            subject_kind=self.patient._meta.label_lower, subject_id=str(key), action=CHANGED
        )
        parts: dict[str, QuerySet] = {
            "notes": RequestNote.objects.filter(request__patient_id=key),
            "reviews": TriageReview.objects.filter(triage__report__patient_id=key).select_related("reviewed_by"),
            "steps": AlertStep.objects.filter(alert__report__patient_id=key).select_related("alert"),
            "calls": ContactAttempt.objects.filter(report__patient_id=key).select_related("by"),
            "after_calls": FollowUpAttempt.objects.filter(call__request__patient_id=key).select_related("by", "call"),
            "hospital": HospitalEvent.objects.filter(request__patient_id=key).select_related("by"),
            "changes": changes.annotate(by_name=Subquery(users.values("name")[:1])),
        }
        return dict(zip(parts, read_together(*parts.values()), strict=True))

    def rows(self, part: str) -> list:
        """The rows of one part as they came."""
        return self._found[part]

    @cached_property
    def proxies(self) -> list:
        """Who speaks for the patient, in words."""
        return in_words(self._found["proxies"])

    @cached_property
    def _told(self) -> dict[str, Any]:
        """What was told before the newest visit for which anything was."""
        newest = max(self._found["told"], key=lambda told: told.report.sent_at, default=None)
        return cleared(newest.answers) if newest else {}

    @cached_property
    def contacts(self) -> list[tuple[str, str]]:
        """Whom to call for the patient, and with whom the clinic may talk, as told before the visit."""
        return told_on(CONTACTS, self._told)

    @cached_property
    def more_facts(self) -> list[tuple[str, str]]:
        """Other names, address, needs, doctors and life at home, as told before the visit."""
        return told_on(FACTS, self._told)

    @cached_property
    def merges(self) -> list[PatientMerge]:
        """Records that are part of this one."""
        return sorted(self._found["merges"], key=lambda merge: merge.merged_at)

    @cached_property
    def requests(self) -> list[AppointmentRequest]:
        """Every request, the newest first."""
        return sorted(self._found["requests"], key=lambda wanted: wanted.submitted_at, reverse=True)

    @cached_property
    def reference_of_report(self) -> dict[Any, str]:
        """The reference of the request of each report, also of new symptoms told later."""
        found = {wanted.report_id: wanted.reference for wanted in self.requests}
        return found | {later.pk: found.get(later.follows_id, "") for later in self._found["later"]}

    @cached_property
    def reference_of_request(self) -> dict[Any, str]:
        """The reference of each request by its key."""
        return {wanted.pk: wanted.reference for wanted in self.requests}

    @cached_property
    def visits(self) -> list[Visit]:
        """Visits that are or were booked, the latest first, each with who they see."""
        found = sorted(self._found["visits"], key=lambda visit: visit.starts_at, reverse=True)
        legs = sorted(self._found["legs"], key=lambda leg: leg.position)
        for visit in found:
            visit.legs = [leg for leg in legs if leg.visit_id == visit.pk]
        return found

    @property
    def coming(self) -> list[Visit]:
        """Visits still to take place, the next first."""
        return [visit for visit in reversed(self.visits) if visit.state in GOES_ON and visit.ends_at >= self.now]

    @property
    def past(self) -> list[Visit]:
        """All others, the last first."""
        coming = {visit.pk for visit in self.coming}
        return [visit for visit in self.visits if visit.pk not in coming]

    @cached_property
    def scores(self) -> list[Series]:
        """The newest version of each score."""
        return series_of(self._found["scores"])

    @cached_property
    def files(self) -> list[tuple[FileRow, str]]:
        """Files of all requests, the newest first, each with the reference it lies under."""
        kept = sorted(self._found["files"], key=lambda file: (file.added_at, file.pk), reverse=True)
        return [
            (row, self.reference_of_report.get(file.report_id, ""))
            for row, file in zip(rows_of(kept), kept, strict=True)
        ]

    @cached_property
    def letters(self) -> list[Letter]:
        """Letters of all requests, the newest first."""
        found = sorted(self._found["letters"], key=lambda letter: letter.written_at, reverse=True)
        for letter in found:
            letter.reference = self.reference_of_request.get(letter.request_id, "")
        return found
