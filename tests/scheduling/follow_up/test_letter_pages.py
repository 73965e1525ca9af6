"""The pages of letters: the draft from facts, two editors, print, sent, corrected, and a sign-in that ran out."""

from datetime import timedelta
from decimal import Decimal
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from clinic.platform.audit.models import AuditEntry
from clinic.platform.submits.once import new_key
from intake.before_visit.models import BeforeVisit
from scheduling.follow_up.letter_text import addressee_of, read_facts, report_text
from scheduling.models import Conference, ConferenceCase, Letter, Score
from tests.scheduling.follow_up.rows import a_call, a_letter, a_seen_patient, an_item
from tests.scheduling.scores.score_rows import SINS, recorded
from tests.scheduling.staff_rows import a_member, a_row, queries_of

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def nurse(client):
    user = a_member("nurse", "Nora Field")
    client.force_login(user)
    return user


@pytest.fixture
def wanted():
    return a_seen_patient()


def letters(wanted):
    return f"/staff/requests/{wanted.reference}/letters/"


def told(wanted, **answers):
    """What the patient tells before the visit."""
    BeforeVisit.objects.create(report=wanted.report, answers=answers)
    return wanted


def test_draft_tells_what_is_known_and_nothing_else(nurse, wanted):
    today = timezone.localdate()
    an_item(wanted, owner=nurse, text="MRI of the whole spine")
    an_item(wanted, state="dropped", text="Not this")
    a_call(wanted, due=3)
    Score.objects.create(
        patient=wanted.patient,
        kind="mirels",
        target="femur_left",
        total=9,
        band="high",
        assessed_on=today,
        assessed_by=nurse,
        recorded_at=timezone.now(),
    )
    meeting = Conference.objects.create(on=today, starts_at=timezone.now(), created_by=nurse)
    facts = {"state": "discussed", "outcome": "Radiation first.", "added_by": nurse, "added_at": timezone.now()}
    ConferenceCase.objects.create(conference=meeting, request=wanted, **facts)

    text = report_text(wanted, read_facts(wanted), to="Dr. Park", signed_by="Nora Field")

    assert text.startswith("Dear Dr. Park,")
    for words in ("Maria Alvarez, born March 27, 1951", wanted.reference, "Dr. Elena Marsh, Radiation oncology"):
        assert words in text
    for words in (
        "Mirels score, Left femur: 9 of 12, High (",
        "Radiation first.",
        "Imaging: MRI of the whole spine (Nora Field, by",
        "A nurse calls",
    ):
        assert words in text
    assert "Not this" not in text
    assert text.endswith("Nora Field\nJuniper Bone Metastasis Clinic")


def test_scores_in_a_letter_have_their_units_and_no_open_ends(nurse, wanted):
    si = {"calcium": Decimal("2.60"), "calcium_unit": "mmol/L", "albumin": Decimal(25), "albumin_unit": "g/L"}
    recorded(wanted, "calcium", si, user=nurse)
    recorded(wanted, "escc", {"grade": "1c"}, target="T8", user=nurse)
    recorded(wanted, "sins", SINS | {"pain": None}, target="T12", user=nurse)

    text = report_text(wanted, read_facts(wanted), to="", signed_by="Nora Field")

    assert "- Corrected calcium: 2.90 mmol/L (11.6 mg/dL), Mildly high (Monday, November 2, 2026)" in text
    assert "- ESCC grade (Bilsky), T8: Grade 1c, Intermediate (Monday" in text
    assert "SINS" not in text


def test_draft_before_any_visit_leaves_out_what_is_not_known(nurse):
    wanted = a_row()

    text = report_text(wanted, read_facts(wanted), to="", signed_by="Nora Field")

    assert text.startswith("Dear colleague,")
    for title in ("Seen by", "Scores", "Plan:", "conference", "A nurse calls"):
        assert title not in text


@pytest.mark.parametrize(
    ("answers", "name", "lines"),
    [
        ({"oncologist_name": "Dr. Park", "treating_site": "Lakeside"}, "Dr. Park", "Dr. Park\nLakeside"),
        ({"oncologist_name": "Dr. Park", "pcp_name": "Dr. Lee"}, "Dr. Park", "Dr. Park"),
        ({"pcp_name": "Dr. Lee", "pcp_phone": "+12025550142"}, "Dr. Lee", "Dr. Lee\nPhone 202-555-0142"),
        ({"treating_site": "Lakeside", "pcp_phone": "+12025550142"}, "", ""),
        ({}, "", ""),
    ],
)
def test_letter_goes_to_the_doctor_the_patient_named(wanted, answers, name, lines):
    assert addressee_of(told(wanted, **answers)) == (name, lines)


def test_letter_for_a_patient_who_told_nothing_has_no_addressee(wanted):
    assert addressee_of(wanted) == ("", "")


def test_report_is_saved_as_a_draft_of_its_visit(client, nurse, wanted):
    told(wanted, oncologist_name="Dr. Park")
    page = client.get(f"{letters(wanted)}add/")
    assert "Dr. Park" in page.content.decode()
    assert not Letter.objects.exists()  # a look keeps nothing
    form = page.context["form"]
    typed = {name: form[name].value() for name in ("key", "visit", "addressee", "body")}

    answer = client.post(f"{letters(wanted)}add/", typed)

    letter = Letter.objects.get()
    assert answer.headers["Location"] == f"{letters(wanted)}{letter.pk}/"
    assert (letter.kind, letter.state, letter.visit, letter.addressee) == ("report", "draft", wanted.visit, "Dr. Park")
    assert letter.template == "visit_report"


def test_report_without_an_addressee_is_shown_again_with_its_text(client, nurse, wanted):
    answer = client.post(f"{letters(wanted)}add/", {"key": new_key(), "addressee": "", "body": "My own words"})

    assert answer.status_code == 422
    assert "Enter to whom the letter goes" in answer.content.decode()
    assert "My own words</textarea>" in answer.content.decode()


def test_visit_of_somebody_else_is_no_choice(client, nurse, wanted):
    other = a_seen_patient().visit
    form = {"key": new_key(), "addressee": "A", "body": "B", "visit": str(other.pk)}

    assert client.post(f"{letters(wanted)}add/", form).status_code == 422
    assert not Letter.objects.exists()


def test_second_editor_is_told_and_keeps_what_was_typed(client, nurse, wanted):
    letter = a_letter(wanted, nurse)
    address = f"{letters(wanted)}{letter.pk}/"
    client.post(address, {"key": new_key(), "version": 1, "addressee": "Dr. Lee", "body": "First words"})

    late = client.post(address, {"key": new_key(), "version": 1, "addressee": "Dr. Kim", "body": "Second words"})

    page = late.content.decode()
    letter.refresh_from_db()
    assert (late.status_code, letter.body, letter.version) == (409, "First words", 2)
    assert "This letter changed while you had it open" in page
    assert "First words" in page
    assert "Second words</textarea>" in page
    again = {name: late.context["form"][name].value() for name in ("key", "version", "addressee", "body")}
    assert client.post(address, again).status_code == 302
    letter.refresh_from_db()
    assert (letter.addressee, letter.body) == ("Dr. Kim", "Second words")


def test_letter_is_marked_as_sent_and_then_stands(client, nurse, wanted):
    letter = a_letter(wanted, nurse, visit=wanted.visit)
    address = f"{letters(wanted)}{letter.pk}/"

    sent = client.post(f"{address}send/", {"key": new_key(), "version": 1, "how": "fax", "when": "now"})
    late = client.post(address, {"key": new_key(), "version": 1, "addressee": "X", "body": "Typed too late"})

    letter.refresh_from_db()
    assert (sent.status_code, letter.state, letter.how, letter.sent_by) == (302, "sent", "fax", nurse)
    assert late.status_code == 409
    assert "Typed too late</textarea>" in late.content.decode()
    assert letter.body == "Dear Dr. Park,"
    page = client.get(address).content.decode()
    assert "The letter as it was sent" in page
    assert "<textarea" not in page


def test_letter_sent_earlier_says_when(client, nurse, wanted):
    letter = a_letter(wanted, nurse, visit=wanted.visit)
    address = f"{letters(wanted)}{letter.pk}/send/"
    day = timezone.localdate() - timedelta(days=2)
    parts = {"sent_on_month": day.month, "sent_on_day": day.day, "sent_on_year": day.year}
    form = {"key": new_key(), "version": 1, "how": "mail", "when": "earlier", "sent_time": "2:32 pm"}

    missing = client.post(address, form | {"sent_time": "", "key": new_key()})
    too_early = client.post(address, form | parts | {"sent_on_year": day.year - 1, "key": new_key()})
    done = client.post(address, form | parts)

    letter.refresh_from_db()
    assert (missing.status_code, too_early.status_code, done.status_code) == (422, 422, 302)
    assert "Enter the day it was sent" in missing.content.decode()
    assert (timezone.localdate(letter.sent_at), timezone.localtime(letter.sent_at).minute) == (day, 32)


def test_draft_changed_while_somebody_marks_it_as_sent_is_shown_first(client, nurse, wanted):
    letter = a_letter(wanted, nurse, version=2, body="Another text now")

    late = client.post(
        f"{letters(wanted)}{letter.pk}/send/", {"key": new_key(), "version": 1, "how": "fax", "when": "now"}
    )

    assert late.status_code == 409
    assert "Another text now" in late.content.decode()
    assert Letter.objects.get().state == "draft"


def test_correction_opens_a_new_draft(client, nurse, wanted):
    letter = a_letter(wanted, nurse, state="sent", sent_at=timezone.now(), sent_by=nurse, how="fax")

    answer = client.post(f"{letters(wanted)}{letter.pk}/correct/", {"key": new_key()})

    new = Letter.objects.get(state="draft")
    assert answer.headers["Location"] == f"{letters(wanted)}{new.pk}/"
    assert "Write a correction" in client.get(f"{letters(wanted)}{letter.pk}/").content.decode()


def test_printed_letter_has_the_clinic_the_addressee_and_the_text(client, nurse, wanted):
    letter = a_letter(wanted, nurse)

    page = client.get(f"{letters(wanted)}{letter.pk}/print/").content.decode()

    for words in (
        "Juniper Bone Metastasis Clinic",
        "Dr. Ana Park",
        "Lakeside Cancer Center",
        "Dear Dr. Park,",
        "Draft",
    ):
        assert words in page
    assert AuditEntry.objects.filter(action="viewed", data={"purpose": "letter_print"}).count() == 1


def test_letter_typed_in_a_session_that_ran_out_comes_back(client, nurse, wanted, settings):
    address = f"{letters(wanted)}{a_letter(wanted, nurse).pk}/"
    client.get(address)
    session = client.session
    session["staff_seen"] -= settings.STAFF_IDLE_MINUTES * 60 + 1
    session.save()
    form = {"key": new_key(), "version": 1, "addressee": "Dr. Lee", "body": "An hour of words"}

    lost = client.post(address, urlencode(form), content_type=FORM)
    client.force_login(nurse)
    shown = client.post(address, urlencode({"show_kept": "1"}), content_type=FORM)

    assert (lost.status_code, shown.status_code) == (302, 422)
    assert "An hour of words</textarea>" in shown.content.decode()
    assert Letter.objects.get().body == "Dear Dr. Park,"


@pytest.mark.parametrize("count", [1, 30])
@pytest.mark.parametrize("page", ["add/", "{pk}/", "{pk}/send/", "{pk}/print/"])
def test_pages_of_letters_ask_a_fixed_number_of_questions(client, nurse, page, count):
    wanted = a_seen_patient()
    for _number in range(count):
        letter = a_letter(wanted, nurse, visit=wanted.visit)
        an_item(wanted, owner=nurse)
    client.get("/staff/plans/")  # starts the idle clock of the session

    assert queries_of(lambda: client.get(letters(wanted) + page.format(pk=letter.pk))) <= 7
