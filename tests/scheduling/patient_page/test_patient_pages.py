"""The page of a patient: what stands there, for whom, and two people who change one record."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.accounts.actors import staff_actor
from clinic.platform.audit.models import AuditEntry
from clinic.platform.submits.once import new_key
from intake.before_visit.models import BeforeVisit
from intake.models import Patient, PatientMerge, Proxy
from intake.triage.models import ContactAttempt
from scheduling.follow_up.actions import add_hospital_event
from scheduling.follow_up.calls import log_follow_up
from scheduling.follow_up.models import Letter
from scheduling.models import RequestNote
from scheduling.patient_page.actions import edit_patient
from scheduling.patient_page.reading import PatientFile
from scheduling.patient_page.timeline import KINDS, timeline_of
from tests.clinic.look.markup import Page, faults
from tests.scheduling.follow_up.rows import a_call, a_seen_patient
from tests.scheduling.patient_page_steps import form_of, page_of
from tests.scheduling.scores.score_rows import MIRELS, recorded
from tests.scheduling.staff_rows import (
    a_booked_visit,
    a_clinician_row,
    a_file,
    a_patient_row,
    a_reader_of,
    a_row,
    a_visit_type,
    an_alert,
    queries_of,
)

pytestmark = pytest.mark.django_db


def a_letter(wanted, user, *, sent=True):
    more = {"state": "sent", "sent_at": timezone.now(), "sent_by": user} if sent else {}
    return Letter.objects.create(
        request=wanted,
        kind="report",
        addressee="Dr. Reed",
        body="Dear",
        written_by=user,
        written_at=timezone.now(),
        **more,
    )


def test_page_shows_the_whole_person(client, nurse):
    wanted = a_row()
    patient = wanted.patient
    a_visit_type()
    a_booked_visit(wanted, [a_clinician_row()])
    a_file(wanted.report)
    a_letter(wanted, nurse)
    recorded(wanted, "mirels", MIRELS, target="femur_left", user=nurse)
    Proxy.objects.create(patient=patient, name="Ana Alvarez", relation="child", authority="patient_asked")

    page = client.get(page_of(patient)).content.decode()

    for words in (
        "Maria Alvarez", "75 years old", "March 27, 1951", "734-555-0123", "English", wanted.reference, "Ana Alvarez",
        "Authority not verified", "Biopsy.pdf", "Report to the referrer", "10 of 12", "Visits to come",
        "Notice of privacy practices", "Not agreed", "Request sent",
    ):  # fmt: skip
        assert words in page
    assert faults(Page(page)) == []


def test_contacts_permission_and_facts_told_before_the_visit_stand_on_the_page(client, nurse):
    wanted = a_row()
    told = {
        "emergency_contact": "yes", "emergency_contact_name": "Luis Alvarez", "emergency_contact_relation": "spouse",
        "emergency_contact_phone": "+17345550142", "caregiver_permission": "no", "mobility_aid": "walker",
        "address_line1": "12 Elm Street", "city": "Ann Arbor", "state": "MI",
    }  # fmt: skip
    BeforeVisit.objects.create(report=wanted.report, answers=told)

    page = client.get(page_of(wanted.patient))

    said = dict(page.context["file"].contacts)
    assert said["May talk with family or friends"] == "No"
    for words in ("Luis Alvarez", "734-555-0142", "12 Elm Street", "Ann Arbor"):
        assert words in page.content.decode()
    assert faults(Page(page.content.decode())) == []


def test_call_and_stay_in_a_hospital_stand_once_in_the_timeline(client, nurse):
    wanted = a_seen_patient()
    call = a_call(wanted)
    who = {"user": nurse, "by": staff_actor(nurse), "now": timezone.now()}
    said = {"pain_worst": 3, "ecog_self": 1, "problems": "Constipation"}
    log_follow_up(call, reached=True, **said, note="Sleeps well", **who, key=new_key())
    facts = {"kind": "ed_visit", "cause": "fracture", "on": timezone.localdate() - timedelta(days=2), "note": ""}
    add_hospital_event(wanted, **facts, **who, key=new_key())

    entries = timeline_of(PatientFile(wanted.patient, now=timezone.now()))

    [of_call] = [one for one in entries if "call" in one.title.lower()]
    assert of_call.text == "worst pain 3 of 10, daily life 1 of 4\nConstipation\nSleeps well"
    [of_stay] = [one for one in entries if "mergency" in one.title]
    assert of_stay.text == "Saturday, November 21, 2026"


def test_visit_to_come_is_not_among_what_happened(client, nurse):
    wanted = a_row()
    a_visit_type()
    a_booked_visit(wanted, [a_clinician_row()], starts_at=timezone.now() + timedelta(days=9))

    file = PatientFile(wanted.patient, now=timezone.now())

    assert len(file.coming) == 1
    assert [one.title for one in timeline_of(file) if one.title.startswith("Visit:")] == []


def test_page_without_anything_says_so(client, nurse):
    page = client.get(page_of(a_patient_row())).content.decode()

    for words in ("Nobody else speaks for this patient.", "No file and no letter.", "Nothing recorded.", "Registered"):
        assert words in page


def test_merged_record_says_so_and_leads_to_the_kept_one(client, nurse):
    kept, merged = a_patient_row(), a_patient_row("Marie")
    Patient.objects.filter(pk=merged.pk).update(merged_into=kept)
    PatientMerge.objects.create(kept=kept, absorbed=merged, merged_at=timezone.now(), merged_by="Robin")

    page = client.get(page_of(merged)).content.decode()
    assert "This record was merged" in page
    assert page_of(kept) in page
    assert form_of(merged) not in page
    assert "See both records" in client.get(page_of(kept)).content.decode()


def test_clinician_opens_own_patients_only(client):
    wanted = a_row()
    client.force_login(a_reader_of(wanted))

    assert client.get(page_of(wanted.patient)).status_code == 200
    assert client.get(page_of(a_patient_row("Mary"))).status_code == 404


def test_look_is_written_down_on_the_patient(client, nurse):
    patient = a_patient_row()
    client.get(page_of(patient))

    looks = AuditEntry.objects.filter(action="viewed", subject_kind="intake.patient", subject_id=str(patient.pk))
    assert [look.data for look in looks] == [{"purpose": "patient_page"}]


def fill(wanted, nurse, number):
    """One row of each kind for a patient."""
    patient, now = wanted.patient, timezone.now()
    more = a_row(patient=patient) if number else wanted
    if number == 0:
        a_visit_type()
    a_booked_visit(more, [a_clinician_row()])
    a_file(more.report)
    a_letter(more, nurse)
    an_alert(more.report)
    RequestNote.objects.create(request=more, kind="plan_added", text="CT", by_label="Nora", at=now)
    ContactAttempt.objects.create(report=more.report, reached=True, by=nurse, at=now)
    recorded(more, "mirels", MIRELS, target="femur_left", place=f"lesion {number}", user=nurse)
    Proxy.objects.create(patient=patient, name="Ana", relation="child", authority="patient_asked")
    fresh = Patient.objects.get(pk=patient.pk)
    values = {"zip": f"{10000 + number}"}
    edit_patient(fresh, values, version=fresh.version, user=nurse, by=staff_actor(nurse), key=new_key())


def test_page_takes_the_same_queries_for_one_and_for_thirty_of_each(client, nurse):
    wanted = a_row()
    fill(wanted, nurse, 0)
    client.get(page_of(wanted.patient))
    one = queries_of(lambda: client.get(page_of(wanted.patient)))
    for number in range(1, 30):
        fill(wanted, nurse, number)

    assert queries_of(lambda: client.get(page_of(wanted.patient))) == one <= 10


def test_timeline_is_newest_first_and_filters_by_kind(client, nurse):
    wanted = a_row()
    fill(wanted, nurse, 0)
    everything = client.get(page_of(wanted.patient)).context
    moments = [entry.at for entry in everything["page"]]

    assert moments == sorted(moments, reverse=True)
    assert {entry.kind for entry in everything["page"]} >= {
        "requests",
        "calls",
        "visits",
        "scores",
        "letters",
        "plan",
        "files",
    }
    for kind in ("scores", "letters", "plan", "record"):
        shown = client.get(page_of(wanted.patient), {"kind": kind}).context["page"].object_list
        assert {entry.kind for entry in shown} == {kind}
    changed = next(entry for entry in everything["page"] if entry.title == "Record changed")
    assert (changed.by, changed.text) == ("Nora Bell", "ZIP code")


@pytest.mark.parametrize("address", ["?kind=nonsense", "?page=999", "?page=x", "?kind=%00"])
def test_strange_filter_shows_the_page_all_the_same(client, nurse, address):
    assert client.get(page_of(a_patient_row()) + address).status_code == 200


def test_long_timeline_has_pages_that_keep_the_filter(client, nurse):
    wanted = a_row()
    now = timezone.now()
    RequestNote.objects.bulk_create(
        RequestNote(request=wanted, kind="taken", by_label="Nora", at=now - timedelta(hours=n)) for n in range(60)
    )
    page = client.get(page_of(wanted.patient), {"kind": "requests"}).content.decode()

    assert "?kind=requests&amp;page=2" in page


def test_every_filter_is_offered_by_its_words(client, nurse):
    wanted = a_row()
    fill(wanted, nurse, 0)
    page = client.get(page_of(wanted.patient)).content.decode()

    assert all(f"?kind={kind}#timeline" in page for kind in KINDS)


def test_caregiver_is_verified_on_the_patients_page(client, nurse):
    patient = a_patient_row()
    proxy = Proxy.objects.create(patient=patient, name="Ana", relation="child", authority="patient_asked")
    address = reverse("staff-patients:proxy", args=[patient.pk, proxy.pk])

    assert client.post(address, {"key": new_key(), "then": ""}).headers["Location"] == page_of(patient)
    proxy.refresh_from_db()
    assert proxy.verified_by == "Nora Bell"
    client.post(address, {"key": new_key(), "then": "undo"})
    proxy.refresh_from_db()
    assert proxy.verified_at is None


def test_scores_move_with_a_merge_and_back(nurse):
    from scheduling.requests.merge import merge_records, undo_merge

    wanted, kept = a_row(), a_patient_row("Mary")
    absorbed = wanted.patient
    score = recorded(wanted, "ecog", {"ecog": "1"}, user=nurse)
    merge = merge_records(kept, absorbed, user=nurse, by=staff_actor(nurse), key=new_key())
    score.refresh_from_db()
    assert score.patient_id == kept.pk

    undo_merge(merge, user=nurse, by=staff_actor(nurse), key=new_key())
    score.refresh_from_db()
    assert score.patient_id == absorbed.pk
