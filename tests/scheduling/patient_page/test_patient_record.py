"""Changing the record of a patient: two people who do, wrong input, what follows."""

from datetime import date, timedelta
from urllib.parse import urlencode

import pytest
import time_machine
from django.utils import timezone

from clinic.accounts.actors import staff_actor
from clinic.platform.submits.once import new_key
from intake.access.links import make_link, open_link
from intake.models import Patient
from scheduling.patient_page.actions import edit_patient
from tests.scheduling.patient_page_steps import NOON, form_of, page_of, typed
from tests.scheduling.staff_rows import a_booked_visit, a_clinician_row, a_member, a_patient_row, a_row, a_visit_type

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"


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
