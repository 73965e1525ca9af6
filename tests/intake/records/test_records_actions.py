"""Items from answers and reviews, and what staff make of them."""

from uuid import uuid4

import pytest
from django.utils import timezone

from clinic.platform.audit.actors import Actor
from clinic.platform.audit.models import AuditEntry
from clinic.platform.refusals import Refused
from intake.models import ReadinessItem
from intake.records.actions import add_item, change_item, items_from_answers, items_from_review, records_complete
from intake.records.words import summary_words, waiting_words
from tests.scheduling.staff_rows import a_row

pytestmark = pytest.mark.django_db
PERSON = Actor("patient", "request:1")
STAFF = Actor("staff", "1", "Robin Castle")


def a_scan(**changes):
    return {"id": uuid4().hex, "kind": "mri", "body_part": "lower back", "place": "North Hospital"} | changes


@pytest.fixture
def wanted():
    return a_row(status="ready", reviewed_at=timezone.now(), level="soon")


def change(item, state, **changes):
    values = {"source": item.source, "is_required": item.is_required, "version": item.version, "at": timezone.now()}
    return change_item(item, state=state, by=STAFF, **values | changes)


def status_of(wanted):
    wanted.refresh_from_db()
    return wanted.status, wanted.records_complete


def test_answer_makes_its_item_once_and_corrects_it(wanted):
    scan = a_scan(date="2026-05")
    [item] = items_from_answers(wanted.report, {"imaging": [scan]}, by=PERSON)
    items_from_answers(wanted.report, {"imaging": [scan]}, by=PERSON)
    items_from_answers(wanted.report, {"imaging": [scan | {"place": "South Hospital"}]}, by=PERSON)

    [item] = ReadinessItem.objects.all()
    assert (item.kind, item.source, item.state, item.version) == ("imaging", "South Hospital", "needed", 2)
    assert item.detail == "MRI, lower back, May 2026"


def test_request_waits_for_what_the_patient_says_lies_elsewhere(wanted):
    [item] = items_from_answers(wanted.report, {"imaging": [a_scan()]}, by=PERSON)
    assert status_of(wanted) == ("records_pending", False)

    change(item, "received")
    assert status_of(wanted) == ("ready", True)


@pytest.mark.parametrize("level", ["urgent", "emergency"])
def test_urgent_request_never_waits_for_records(level):
    wanted = a_row(status="ready", reviewed_at=timezone.now(), level=level)

    items_from_answers(wanted.report, {"imaging": [a_scan()]}, by=PERSON)

    assert status_of(wanted) == ("ready", False)


def test_row_taken_back_is_not_needed_until_somebody_asked_for_it(wanted):
    scan, other = a_scan(), a_scan()
    first, second = items_from_answers(wanted.report, {"imaging": [scan, other]}, by=PERSON)
    change(second, "requested")

    items_from_answers(wanted.report, {"imaging": []}, by=PERSON)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("not_needed", "requested")

    items_from_answers(wanted.report, {"imaging": [scan]}, by=PERSON)
    first.refresh_from_db()
    assert (first.state, first.is_required) == ("needed", True)


def test_what_staff_call_not_needed_stays_so_when_the_patient_saves_again(wanted):
    scan = a_scan()
    [item] = items_from_answers(wanted.report, {"imaging": [scan]}, by=PERSON)
    change(item, "not_needed")

    items_from_answers(wanted.report, {"imaging": [scan]}, by=PERSON)

    item.refresh_from_db()
    assert item.state == "not_needed"
    assert status_of(wanted) == ("ready", True)


def test_review_lists_what_its_specialties_look_at_and_holds_up_nothing(wanted):
    items_from_review(wanted.report, ["RAD_ONC", "PALLIATIVE"], by=STAFF)
    items_from_review(wanted.report, ["RAD_ONC"], by=STAFF)

    kinds = ReadinessItem.objects.order_by("pk").values_list("kind", "is_required")
    assert list(kinds) == [("imaging", False), ("notes", False), ("medicines", False)]
    assert status_of(wanted) == ("ready", True)


def test_scan_of_an_answer_takes_the_place_of_the_reviews(wanted):
    items_from_review(wanted.report, ["ORTHO_ONC"], by=STAFF)
    items_from_answers(wanted.report, {"imaging": [a_scan()]}, by=PERSON)

    assert list(ReadinessItem.objects.order_by("pk").values_list("state", flat=True)) == ["not_needed", "needed"]


def test_who_asked_and_who_received_is_kept_with_its_time(wanted):
    item = add_item(wanted.report, kind="labs", detail="", source="Family doctor", is_required=True, by=STAFF)
    change(item, "requested")
    item.refresh_from_db()
    asked_at = item.requested_at
    change(item, "received")
    item.refresh_from_db()
    assert (item.requested_by, item.requested_at, item.received_by) == ("Robin Castle", asked_at, "Robin Castle")

    change(item, "needed")
    item.refresh_from_db()
    assert (item.requested_at, item.requested_by, item.received_at, item.received_by) == (None, "", None, "")


def test_change_from_an_old_page_is_refused(wanted):
    item = add_item(wanted.report, kind="labs", detail="", source="", is_required=True, by=STAFF)
    change(item, "requested")

    with pytest.raises(Refused) as refused:
        change(item, "received", version=1)

    assert refused.value.code == "stale"


@pytest.mark.parametrize(("kind", "code"), [("x", "unknown_kind"), ("", "unknown_kind"), ("other", "detail_missing")])
def test_unknown_record_is_refused(wanted, kind, code):
    with pytest.raises(Refused) as refused:
        add_item(wanted.report, kind=kind, detail=" ", source="", is_required=True, by=STAFF)

    assert refused.value.code == code
    assert not ReadinessItem.objects.exists()


def test_every_change_is_audited_without_what_was_typed(wanted):
    [item] = items_from_answers(wanted.report, {"imaging": [a_scan()]}, by=PERSON)
    change(item, "requested", source="South Hospital")

    entries = AuditEntry.objects.filter(subject_id=str(item.pk), subject_kind="intake.readinessitem")
    assert [entry.action for entry in entries.order_by("sequence")] == ["record_needed", "record_changed"]
    assert "Hospital" not in str([entry.data for entry in entries])


def test_patient_reads_what_the_visit_waits_for(wanted):
    items_from_answers(wanted.report, {"imaging": [a_scan(), a_scan()], "biopsy": [a_scan(site="hip")]}, by=PERSON)
    items_from_review(wanted.report, ["MED_ONC"], by=STAFF)

    assert waiting_words(wanted.report_id) == [
        "your scans or X-rays from North Hospital",
        "the result of your biopsy from North Hospital",
    ]
    assert waiting_words(wanted.report_id, caregiver=True)[0] == "the patient's scans or X-rays from North Hospital"
    assert not records_complete(wanted.report_id)


def test_summary_counts_what_was_asked_for():
    assert summary_words(["received", "needed", "not_needed"]) == "1 of 2 records received"
    assert summary_words([]) == ""
