"""Pages of the conference: what stands on them, what is told, and that nothing typed is lost."""

import re
import time
from datetime import date, timedelta

import pytest
from django.urls import reverse

from clinic.platform.audit.models import AuditEntry
from clinic.platform.kept.safe import MARK
from clinic.platform.submits.once import new_key
from intake.models import BeforeVisit, ReadinessItem
from scheduling.conference.models import Attendance, Conference, ConferenceCase, Recommendation
from scheduling.scores.models import Score
from tests.clinic.look.markup import Page, faults
from tests.factories import a_clinician_user, a_coordinator, a_nurse, a_physician, a_request
from tests.scheduling.conference_rows import A_DAY, a_case, a_conference
from tests.scheduling.day_rows import a_visit_today
from tests.scheduling.staff_rows import CANCER, SAFE, a_file, a_row, queries_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock", "small_clinic")]
TODAY = date(2027, 1, 4)
FORM = "application/x-www-form-urlencoded"
TOLD = {**SAFE, **CANCER, "pain_present": "yes", "pain_sites": ["lower_back"], "pain_worst": 7,
        "what_matters": "To garden again.", "walking_change": "worse"}  # fmt: skip


@pytest.fixture
def nurse(client):
    user = a_nurse()
    client.force_login(user)
    return user


@pytest.fixture
def meeting():
    return a_conference()


def address(name, *args):
    return reverse(f"staff-conference:{name}", args=args)


def text_of(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def page_of(case):
    return address("case", case.pk)


def hidden(client, case, form_id):
    """The hidden values of one form of the page of a case, as a person would send them back."""
    html = client.get(page_of(case)).content.decode()
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"[^>]*id="([\w-]+)"', html)
    return {name: value for name, value, id_ in fields if id_.startswith(f"{form_id}-")}


def write(client, case, name, **fields):
    return client.post(address(name, case.pk), {**hidden(client, case, name), **fields}, follow=True)


# Dates


def test_next_leads_to_today_then_to_the_next_then_to_the_dates(client, nurse):
    assert client.get(address("next")).headers["Location"] == address("dates")
    a_conference(TODAY - A_DAY)
    later = a_conference(TODAY + 7 * A_DAY)
    assert client.get(address("next")).headers["Location"] == address("conference", later.on.isoformat())
    a_conference()
    assert client.get(address("next")).headers["Location"] == address("conference", "2027-01-04")


def test_dates_show_what_comes_and_what_is_over(client, nurse):
    for days in (-7, 0, 7):
        meeting = a_conference(TODAY + days * A_DAY)
        a_case(meeting, state="discussed")
        a_case(meeting, state="removed")

    page = client.get(address("dates"))

    assert [one.on.day for one in page.context["coming"]] == [4, 11]
    assert [(one.on_list, one.discussed) for one in page.context["page"].object_list] == [(1, 1)]
    assert faults(Page(page.content.decode())) == []


def planned(client, on, **more):
    data = {"key": new_key(), "on_month": on.month, "on_day": on.day, "on_year": on.year, "at": "noon", **more}
    return client.post(address("new"), data)


def test_conference_is_planned(client, nurse):
    answer = planned(client, TODAY, at="12:30 pm", place="Room 9")

    made = Conference.objects.get()
    assert answer.headers["Location"] == address("conference", "2027-01-04")
    assert (made.place, made.starts_at.hour, made.starts_at.minute) == ("Room 9", 17, 30)


def test_second_conference_of_a_day_is_refused_beside_the_date(client, nurse, meeting):
    answer = planned(client, TODAY, at="9:00")

    assert answer.status_code == 422
    assert "There is a conference on that day already." in text_of(answer)


def test_closed_day_is_named_and_may_be_meant(client, nurse):
    saturday = TODAY + 5 * A_DAY
    answer = planned(client, saturday, at="9:00")
    assert answer.status_code == 422
    assert "The clinic is closed on Saturday, January 9, 2027" in text_of(answer)
    assert faults(Page(answer.content.decode())) == []

    assert planned(client, saturday, at="9:00", anyway="on").status_code == 302


@pytest.mark.parametrize("on", ["2027-01-05", "2027-1-4", "nonsense", "2027-02-30"])
def test_date_without_a_conference_is_not_found(client, nurse, meeting, on):
    assert client.get(f"/staff/conference/{on}/").status_code == 404


# The list


def test_list_shows_the_cases_in_order(client, nurse, meeting):
    second = a_case(meeting, position=2, question="Brace or surgery?")
    first = a_case(meeting, position=1)
    a_case(meeting, position=3, state="deferred")
    Recommendation.objects.create(
        case=second, specialty=_specialty("RAD_ONC"), text="x", by=nurse, at=meeting.starts_at
    )

    page = client.get(address("conference", "2027-01-04"))

    assert [case.pk for case in page.context["cases"]] == [first.pk, second.pk]
    said = text_of(page)
    assert "2 patients on the list" in said
    assert "Brace or surgery?" in said
    assert "1 put off or taken off" in said
    assert faults(Page(page.content.decode())) == []
    assert AuditEntry.objects.filter(action="viewed", data={"purpose": "conference_list"}).exists()


def _specialty(code):
    from clinic.directory.models import Specialty

    return Specialty.objects.get(code=code)


def test_buttons_move_take_off_and_come_back_to_the_list(client, nurse, meeting):
    first, second = a_case(meeting, position=1), a_case(meeting, position=2)

    answer = client.post(address("move", second.pk, "up"), {"key": new_key(), "version": 2})
    assert answer.headers["Location"] == f"{address('conference', '2027-01-04')}#case-{second.pk}"
    assert list(meeting.cases.values_list("pk", flat=True)) == [second.pk, first.pk]

    client.post(address("off", first.pk), {"key": new_key(), "version": 1})
    first.refresh_from_db()
    assert first.state == "removed"


def test_old_page_moves_nothing_and_says_so(client, nurse, meeting):
    case = a_case(meeting, position=2)
    said = text_of(client.post(address("move", case.pk, "up"), {"key": new_key(), "version": 1}, follow=True))
    assert "Somebody changed the order meanwhile" in said


def test_attendance_is_saved_and_a_second_writer_keeps_the_ticks(client, nurse, meeting, small_clinic):
    one, other = small_clinic.people["RAD_ONC"]
    where = address("attendance", "2027-01-04")
    client.post(where, {"key": new_key(), "opened_at": "", "present": [one.pk]})
    assert Attendance.objects.get(is_present=True).clinician == one

    answer = client.post(where, {"key": new_key(), "opened_at": "", "present": [other.pk]})

    assert answer.status_code == 422
    assert "Somebody changed this while you had it open" in text_of(answer)
    assert re.search(rf'value="{other.pk}"[^>]*checked', answer.content.decode())
    assert Attendance.objects.get(is_present=True).clinician == one


def test_conference_is_closed_and_opened_again(client, nurse, meeting):
    case = a_case(meeting)
    where = address("close", "2027-01-04")
    assert "no outcome yet" in text_of(client.post(where, {"key": new_key()}, follow=True))
    ConferenceCase.objects.filter(pk=case.pk).update(state="discussed")
    assert "The conference is closed." in text_of(client.post(where, {"key": new_key()}, follow=True))
    assert "recommend-head" in client.get(page_of(case)).content.decode()
    assert "Save the" not in text_of(client.get(page_of(case)))
    said = text_of(client.post(address("open-again", "2027-01-04"), {"key": new_key()}, follow=True))
    assert "the conference is open again" in said


# Adding and putting off


def test_request_is_put_on_a_list_with_its_question(client, nurse, meeting):
    wanted = a_request()
    where = address("add", wanted.reference)
    assert faults(Page(client.get(where).content.decode())) == []
    assert client.post(where, {"key": new_key(), "conference": meeting.pk, "question": ""}).status_code == 422

    answer = client.post(where, {"key": new_key(), "conference": meeting.pk, "question": "Brace?"})

    assert answer.headers["Location"] == page_of(ConferenceCase.objects.get())
    again = client.post(where, {"key": new_key(), "conference": meeting.pk, "question": "Brace again?"})
    assert again.status_code == 422
    assert "is on the list of Monday, January 4, 2027 already" in text_of(again)
    assert "Brace again?" in again.content.decode()


def test_without_a_coming_conference_the_page_leads_to_a_new_one(client, nurse):
    assert "No conference is planned." in text_of(client.get(address("add", a_request().reference)))


def test_case_is_put_off_to_another_day(client, nurse, meeting):
    case, later = a_case(meeting), a_conference(TODAY + A_DAY)
    page = client.get(address("another-day", case.pk))
    assert faults(Page(page.content.decode())) == []

    client.post(address("another-day", case.pk), {"key": new_key(), "version": 1, "conference": later.pk})

    assert [one.state for one in ConferenceCase.objects.order_by("conference__on")] == ["deferred", "listed"]


def test_stale_page_puts_nothing_off_and_can_be_sent_again(client, nurse, meeting):
    case, later = a_case(meeting, version=3), a_conference(TODAY + A_DAY)

    answer = client.post(address("another-day", case.pk), {"key": new_key(), "version": 1, "conference": later.pk})

    assert answer.status_code == 422
    assert 'name="version" value="3"' in answer.content.decode()


# The page of a case


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
        assessed_on=TODAY, assessed_by=nurse, recorded_at=meeting.starts_at,
    )  # fmt: skip
    return a_case(meeting, wanted)


def test_summary_shows_what_matters_on_one_page(client, case):
    page = client.get(page_of(case))

    said = text_of(page)
    for words in (
        "Surgery or radiation first?", "75 years old", "Breast", "7 of 10", "To garden again.", "MRI of the spine",
        "mri.pdf", "SINS, T12: 11 of 18", "Potentially unstable", "An aid to judgment, not a decision.",
        "Exactly 50 % of collapse", "Safety rules that fired", "Ask for a surgical consultation before radiation",
        "Fisher 2010", "PET scan", "Lakeside",
    ):  # fmt: skip
        assert words in said, words
    assert faults(Page(page.content.decode())) == []
    assert AuditEntry.objects.filter(action="viewed", data={"purpose": "conference_case"}).exists()


def test_recommendation_is_written_and_the_one_before_is_kept(client, case):
    write(client, case, "recommend", specialty="RAD_ONC", text="One dose.")
    said = text_of(write(client, case, "recommend", specialty="RAD_ONC", text="Five doses."))

    assert "Five doses." in said
    assert "1 earlier one of" in said
    assert Recommendation.objects.count() == 2


def test_clinician_writes_for_the_own_specialty(client, case, small_clinic):
    person = small_clinic.people["SPINE_SURG"][0]
    person.user = a_clinician_user()
    person.save()
    client.force_login(person.user)
    page = client.get(page_of(case)).content.decode()
    assert "Save the recommendation" in page
    assert "Save the outcome" not in page

    write(client, case, "recommend", specialty="SPINE_SURG", text="Stable.")

    assert Recommendation.objects.get().by == person.user
    assert write(client, case, "recommend", specialty="RAD_ONC", text="No.").status_code == 422


def test_clinician_without_a_specialty_is_told_why(client, case):
    client.force_login(a_clinician_user())
    assert "your account must belong to a clinician" in text_of(client.get(page_of(case)))


def test_outcome_is_saved_and_the_plan_follows(client, case):
    said = text_of(write(client, case, "outcome", outcome="Radiation.", specialties=["RAD_ONC", "MED_ONC"]))

    assert "The visit is planned with these specialties now." in said
    assert "Radiation." in said
    case.request.refresh_from_db()
    assert case.request.specialties == ["RAD_ONC", "MED_ONC"]


def test_outcome_beside_a_booked_visit_leads_to_its_change(client, nurse, meeting, small_clinic, now):
    wanted = a_request()
    visit = a_visit_today(wanted, small_clinic, [("SPINE_SURG", now + A_DAY)])
    case = a_case(meeting, wanted)

    page = write(client, case, "outcome", outcome="Radiation.", specialties=["RAD_ONC"])

    assert "A visit is booked already and stays as it is" in text_of(page)
    assert reverse("staff-visits:visit", args=[visit.pk]) in page.content.decode()


@pytest.mark.parametrize(("name", "typed"), [
    ("question", {"question": "My words"}),
    ("outcome", {"outcome": "My words"}),
    ("recommend", {"specialty": "RAD_ONC", "text": "My words"}),
])  # fmt: skip
def test_second_editor_is_told_and_nothing_typed_is_lost(client, case, name, typed):
    mine = hidden(client, case, name)
    others = {"question": {"question": "Theirs"}, "outcome": {"outcome": "Theirs"}}.get(
        name, {"specialty": "RAD_ONC", "text": "Theirs"}
    )
    write(client, case, name, **others)

    answer = client.post(address(name, case.pk), {**mine, **typed})

    assert answer.status_code == 409
    html = answer.content.decode()
    assert "Nothing you typed is lost" in html
    assert "My words" in html
    assert "Theirs" in html
    again = dict(re.findall(rf'name="(\w+)" value="([^"]*)"[^>]*id="{name}-', html))
    assert client.post(address(name, case.pk), {**again, **typed}).status_code == 302


def test_conference_closed_meanwhile_is_told_and_what_was_typed_can_be_read(client, case, meeting, now):
    mine = hidden(client, case, "outcome")
    Conference.objects.filter(pk=meeting.pk).update(closed_at=now)

    answer = client.post(address("outcome", case.pk), {**mine, "outcome": "Radiation after the brace"})

    assert answer.status_code == 422
    assert "This conference is closed." in text_of(answer)
    assert "Radiation after the brace" in answer.content.decode()


def test_empty_forms_are_told_at_their_place(client, case):
    for name, words in (
        ("question", "Enter the question"),
        ("recommend", "Enter the recommendation"),
        ("outcome", "Enter the outcome"),
    ):
        answer = client.post(address(name, case.pk), hidden(client, case, name))
        assert answer.status_code == 422
        assert words in text_of(answer)
        assert faults(Page(answer.content.decode())) == []


def test_what_was_typed_when_the_session_ended_comes_back(client, case, nurse):
    typed = {**hidden(client, case, "outcome"), "outcome": "Radiation after the brace"}
    session = client.session
    session["staff_seen"] = int(time.time()) - 3600
    session.save()
    where = address("outcome", case.pk)
    body = "&".join(f"{name}={value}" for name, value in typed.items())
    answer = client.post(where, body, content_type=FORM)
    assert answer.status_code == 302
    assert not ConferenceCase.objects.filter(state="discussed").exists()
    client.force_login(nurse)

    shown = client.post(where, f"{MARK}=1", content_type=FORM)

    assert shown.status_code == 422
    assert "Radiation after the brace" in shown.content.decode()


# Paper


def test_list_and_every_summary_are_printed_and_each_look_is_audited(client, nurse, case, meeting):
    other = a_case(meeting, position=2, question="Brace?")

    page = client.get(address("print", "2027-01-04"))

    said = text_of(page)
    assert said.count("Confidential. Shred after use. Printed by") == 3
    assert "Brace?" in said
    assert "To garden again." in said
    looks = AuditEntry.objects.filter(action="viewed", data={"purpose": "print_conference"})
    assert {entry.subject_id for entry in looks} == {str(case.request_id), str(other.request_id), str(meeting.pk)}
    assert faults(Page(page.content.decode())) == []


def test_one_summary_is_printed(client, nurse, case):
    page = client.get(address("print-case", case.pk))
    assert text_of(page).count("Confidential") == 1
    assert faults(Page(page.content.decode())) == []


# Queries and sight


def test_pages_ask_the_same_few_times_with_1_and_30_patients(client, nurse, case, meeting):
    pages = [address("conference", "2027-01-04"), address("print", "2027-01-04"), page_of(case), address("dates")]
    [client.get(page) for page in pages]
    few = [queries_of(lambda page=page: client.get(page)) for page in pages]
    for position in range(2, 31):
        more = a_case(meeting, a_row(TOLD), position=position)
        a_file(more.request.report)
        Recommendation.objects.create(
            case=more, specialty=_specialty("RAD_ONC"), text="x", by=nurse, at=meeting.starts_at
        )
    for days in range(1, 15):
        a_conference(TODAY + days * A_DAY)
    assert [queries_of(lambda page=page: client.get(page)) for page in pages] == few
    assert max(few) <= 10


def test_clinician_sees_the_patients_of_the_list_and_none_taken_off(client, meeting):
    client.force_login(a_clinician_user())
    shown, gone = a_case(meeting, position=1), a_case(meeting, position=2, state="removed")

    assert client.get(page_of(shown)).status_code == 200
    assert client.get(page_of(gone)).status_code == 404
    assert [one.pk for one in client.get(address("conference", "2027-01-04")).context["cases"]] == [shown.pk]


@pytest.mark.parametrize("who", [a_nurse, a_coordinator, a_physician])
def test_list_of_an_old_conference_can_be_read(client, who):
    case = a_case(a_conference(TODAY - timedelta(days=60)), state="discussed", outcome="Done.")
    client.force_login(who())
    assert client.get(page_of(case)).status_code == 200
