"""A nurse, a conference at noon, and a case with everything that its page shows."""

import pytest

from intake.models import BeforeVisit, ReadinessItem
from scheduling.scores.models import Score
from tests.factories import a_nurse
from tests.scheduling.conference_rows import TOLD, a_case, a_conference
from tests.scheduling.staff_rows import a_file, a_row


@pytest.fixture
def nurse(client):
    user = a_nurse()
    client.force_login(user)
    return user


@pytest.fixture
def meeting():
    return a_conference()


@pytest.fixture
def case(meeting, nurse):
    """With everything that the summary shows."""
    wanted = a_row(TOLD, status="ready", reviewed_at=meeting.starts_at, specialties=["RAD_ONC"])
    ReadinessItem.objects.create(report=wanted.report, kind="imaging", detail="MRI of the spine", state="requested")
    a_file(wanted.report, original_name="mri.pdf", kind="imaging_report")
    scan = {"id": "1", "kind": "pet", "body_part": "whole body", "date": "2026-09", "place": "Lakeside"}
    BeforeVisit.objects.create(report=wanted.report, answers={"imaging": [scan]})
    Score.objects.create(
        patient=wanted.patient, request=wanted, kind="sins", target="T12", total=11, band="potentially_unstable",
        assessed_on=meeting.on, assessed_by=nurse, recorded_at=meeting.starts_at,
    )  # fmt: skip
    return a_case(meeting, wanted)
