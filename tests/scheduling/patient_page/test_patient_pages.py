"""The page of a patient: what stands there, for whom, and two people who change one record."""

from datetime import date, datetime, timedelta
from urllib.parse import urlencode

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from clinic.accounts.actors import staff_actor
from clinic.platform.audit.models import AuditEntry
from clinic.platform.submits.once import new_key
from intake.access.links import make_link, open_link
from intake.models import Patient, PatientMerge, Proxy
from intake.triage.models import ContactAttempt
from scheduling.follow_up.models import Letter
from scheduling.models import RequestNote
from scheduling.patient_page.actions import edit_patient
from scheduling.patient_page.timeline import KINDS
from tests.clinic.look.markup import Page, faults
from tests.scheduling.scores.score_rows import MIRELS, recorded
from tests.scheduling.staff_rows import (
    a_booked_visit,
    a_clinician_row,
    a_file,
    a_member,
    a_patient_row,
    a_reader_of,
    a_row,
    a_visit_type,
    an_alert,
    queries_of,
)

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 12, tzinfo=timezone.get_default_timezone())
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def nurse(client):
    user = a_member("nurse", "Nora Bell")
    client.force_login(user)
    return user


def page_of(patient):
    return reverse("staff-patients:patient", args=[patient.pk])


def form_of(patient):
    return reverse("staff-patients:edit", args=[patient.pk])


def typed(form, **changed) -> dict:
    """What the browser sends for the form as it was opened, with some changes."""
    values = {**form.initial, **changed}
    born = values.pop("date_of_birth")
    data = {name: value for name, value in values.items() if value not in (None, "", [], False) and name in form.fields}
    if born:
        data |= {"date_of_birth_month": born.month, "date_of_birth_day": born.day, "date_of_birth_year": born.year}
    return {name: "on" if value is True else value for name, value in data.items()}


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


def test_record_is_changed_and_the_request_shows_it(client, nurse):
    wanted = a_row()
    form = client.get(form_of(wanted.patient)).context["form"]
    answer = client.post(form_of(wanted.patient), typed(form, legal_last_name="Okafor", contact_times=["morning"]))

    assert answer.headers["Location"] == page_of(wanted.patient)
    page = client.get(page_of(wanted.patient)).content.decode()
    assert "Maria Okafor" in page
    assert "Morning, before 11" in page


def test_second_of_two_editors_loses_nothing_and_overwrites_nothing(client, nurse):
    patient = a_patient_row()
    form = client.get(form_of(patient)).context["form"]
    robin = a_member("coordinator", "Robin Castle")
    values = {"zip": "10001", "phone_type": "home", "contact_times": ["midday"], "date_of_birth": "1951-03-28"}
    values |= {"legal_first_name": "Marie", "phone_primary": "+17345550199"}
    edit_patient(patient, values, version=1, user=robin, by=staff_actor(robin), key=new_key())

    answer = client.post(form_of(patient), typed(form, legal_last_name="Okafor", legal_first_name="Mary"))

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Robin Castle changed this record on Monday, November 23, 2026" in page
    assert answer.context["differs"] == [
        ("First or given name", "Marie", "Mary"),
        ("Last or family name", "Alvarez", "Okafor"),
    ]
    assert ("ZIP code", "10001") in answer.context["taken_over"]
    assert "Your colleague changed these, and you did not" in page
    row = Patient.objects.get()
    assert (row.legal_last_name, row.zip) == ("Alvarez", "10001")

    again = answer.context["form"]  # saved once more as it stands: both changes hold
    assert client.post(form_of(patient), again.data).status_code == 302
    row.refresh_from_db()
    assert (row.legal_last_name, row.legal_first_name, row.version) == ("Okafor", "Mary", 3)
    assert {name: getattr(row, name) for name in values if name != "legal_first_name"} == {
        name: value for name, value in values.items() if name != "legal_first_name"
    }


def test_agreement_that_a_colleague_took_back_stays_taken_back(client, nurse):
    patient = a_patient_row()
    robin = a_member("coordinator", "Robin Castle")
    agreed = {"email": "maria@example.org", "consent_email": True, "contact_preference": ["phone", "email"]}
    edit_patient(patient, agreed, version=1, user=robin, by=staff_actor(robin), key=new_key())
    form = client.get(form_of(patient)).context["form"]
    back = {"consent_email": False, "contact_preference": ["phone"]}
    edit_patient(patient, back, version=2, user=robin, by=staff_actor(robin), key=new_key())

    answer = client.post(form_of(patient), typed(form, zip="10001"))
    assert client.post(form_of(patient), answer.context["form"].data).status_code == 302

    row = Patient.objects.get()
    assert (row.zip, row.consent_email_at, row.contact_preference) == ("10001", None, ["phone"])


@pytest.mark.parametrize("seen", ["", "nonsense", "abc:def:ghi"])
def test_page_that_forgot_what_it_showed_still_says_all_that_differs(client, nurse, seen):
    patient = a_patient_row()
    form = client.get(form_of(patient)).context["form"]
    robin = a_member("coordinator", "Robin Castle")
    edit_patient(patient, {"zip": "10001"}, version=1, user=robin, by=staff_actor(robin), key=new_key())

    answer = client.post(form_of(patient), typed(form) | {"seen": seen})

    assert answer.status_code == 409
    assert answer.context["differs"] == [("ZIP code", "10001", "48109")]
    assert Patient.objects.get().zip == "10001"


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"legal_first_name": "", "legal_last_name": ""}, "Enter at least one name"),
        ({"date_of_birth": None}, "Enter the date of birth"),
        ({"date_of_birth": date(2027, 1, 1)}, "must be in the past"),
        ({"phone_primary": "555"}, "phone number"),
        ({"zip": "1"}, "ZIP"),
        ({"preferred_language": "es"}, "Select if the patient wants an interpreter"),
        ({"preferred_language": "xx"}, "Select one of the answers shown"),
        ({"contact_preference": []}, "Select how the patient wants to be reached"),
        ({"contact_preference": ["email"]}, "Enter an email address"),
        ({"contact_preference": ["email"], "email": "maria@example.org"}, "Ask for the agreement to emails"),
        ({"contact_times": ["any", "morning"]}, "not both"),
        ({"consent_email": True}, "Enter an email address, or take away the agreement"),
    ],
)
def test_wrong_input_is_told_and_nothing_is_saved(client, nurse, changed, sentence):
    patient = a_patient_row()
    form = client.get(form_of(patient)).context["form"]
    answer = client.post(form_of(patient), typed(form, **changed))

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert Patient.objects.get().version == 1


def test_what_was_typed_survives_a_lost_sign_in(client, nurse, settings):
    patient = a_patient_row()
    data = typed(client.get(form_of(patient)).context["form"], legal_last_name="Okafor")
    with time_machine.travel(NOON + timedelta(minutes=settings.STAFF_IDLE_MINUTES + 1), tick=False):
        assert client.post(form_of(patient), urlencode(data, doseq=True), content_type=FORM).status_code == 302
        client.force_login(nurse)
        answer = client.post(form_of(patient), urlencode({"show_kept": "1"}), content_type=FORM)

    assert "Okafor" in answer.content.decode()
    assert Patient.objects.get().legal_last_name == "Alvarez"


def test_links_sent_before_open_with_the_corrected_birth_date(client, nurse):
    wanted = a_row()
    a_visit_type()
    visit = a_booked_visit(wanted, [a_clinician_row()])
    right, ends = date(1951, 3, 28), timezone.now() + timedelta(days=9)
    token = make_link(purpose="visit", subject_id=visit.pk, birth_date=date(1951, 3, 27), expires_at=ends)
    by = staff_actor(nurse)
    edit_patient(wanted.patient, {"date_of_birth": right.isoformat()}, version=1, user=nurse, by=by, key=new_key())

    assert open_link(token, right, purpose="visit", network="n").subject_id == str(visit.pk)


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
