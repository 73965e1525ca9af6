"""Pages of the conference: what stands on them, what is told, and that nothing typed is lost."""

import re
from datetime import date, timedelta

import pytest

from clinic.platform.audit.models import AuditEntry
from clinic.platform.submits.once import new_key
from scheduling.conference.models import Attendance, Conference, ConferenceCase, Recommendation
from tests.clinic.look.markup import Page, faults
from tests.factories import a_clinician_user, a_coordinator, a_nurse, a_physician, a_request
from tests.scheduling.conference_rows import A_DAY, TOLD, a_case, a_conference
from tests.scheduling.conference_steps import address, page_of, text_of
from tests.scheduling.staff_rows import a_file, a_row, queries_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock", "small_clinic")]
TODAY = date(2027, 1, 4)
FORM = "application/x-www-form-urlencoded"


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
