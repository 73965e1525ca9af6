"""The page of a case: what stands on it, who writes where, and that nothing typed is lost."""

import re
import time

import pytest
from django.urls import reverse

from clinic.platform.audit.models import AuditEntry
from clinic.platform.kept.safe import MARK
from intake.models import ReadinessItem
from scheduling.conference.models import Conference, ConferenceCase, Recommendation
from tests.clinic.look.markup import Page, faults
from tests.factories import a_clinician_user, a_request
from tests.scheduling.conference_rows import A_DAY, TOLD, a_case
from tests.scheduling.conference_steps import address, hidden, page_of, text_of, write
from tests.scheduling.day_rows import a_visit_today
from tests.scheduling.staff_rows import a_row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock", "small_clinic")]
FORM = "application/x-www-form-urlencoded"


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


def test_outcome_form_says_whom_the_scores_and_answers_suggest(client, case):
    form = client.get(page_of(case)).context["outcome_form"]
    hints = form.fields["specialties"].widget.hints
    assert hints["SPINE_SURG"].startswith("D04: ")
    assert "Spine may be unstable" in text_of(client.get(page_of(case)))


def test_outcome_without_required_records_does_not_say_that_they_were_here(client, case):
    ReadinessItem.objects.update(is_required=False)
    said = text_of(write(client, case, "outcome", outcome="Radiation."))
    assert "No record was required." in said
    assert "were here one business day before" not in said


def test_request_that_was_withdrawn_says_so_on_the_list_the_page_and_paper(client, meeting, nurse):
    wanted = a_row(TOLD, status="withdrawn", closed_at=meeting.starts_at)
    case = a_case(meeting, wanted)
    on = meeting.on.isoformat()
    for place in (address("conference", on), page_of(case), address("print", on)):
        assert "Withdrawn" in text_of(client.get(place))


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


def test_one_summary_is_printed(client, nurse, case):
    page = client.get(address("print-case", case.pk))
    assert text_of(page).count("Confidential") == 1
    assert faults(Page(page.content.decode())) == []
