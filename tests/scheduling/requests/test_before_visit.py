"""The task list before the visit: every page blank, wrong, right; rows; sections; what a change asks."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.platform.audit.models import AuditEntry
from intake.before_visit.actions import answers_of, save_row
from intake.before_visit.models import BeforeVisit
from intake.before_visit.rows import KIND_OF, MOST_ROWS, title_of
from intake.before_visit.steps import COUNTED, FLOW, SECTION_OF, kind_of
from tests.clinic.look.markup import Page, faults
from tests.factories import person_of
from tests.intake.before_visit.plain_forms import NEEDED
from tests.intake.before_visit.row_data import RIGHT_ROWS, ROWS, WRONG_ROWS, new_id
from tests.scheduling.patient_steps import a_wanted_request, queries_of
from tests.scheduling.requests.before_visit_pages import (
    add_row,
    address,
    answer_all,
    answer_right,
    enter,
    post_list,
    post_step,
    right_answers,
    row_address,
    step_address,
    version_of,
)

pytestmark = pytest.mark.django_db
LIMIT = 10
SLUGS = [step.slug for step in FLOW.steps]
PLAIN = [step.slug for step in FLOW.steps if kind_of(step) is None]
LISTS = list(KIND_OF)
every_list = pytest.mark.parametrize("slug", LISTS)


@pytest.fixture
def wanted(client, settings):
    """A request whose patient is in this browser; gender is asked, so that every page can be walked."""
    settings.ASK_GENDER = True
    found = a_wanted_request()
    enter(client, found)
    return found


def kept(wanted) -> dict:
    """The answers as they are stored."""
    return answers_of(wanted.report)


def insure(client, wanted):
    """Open the pages of the plan."""
    assert post_step(client, wanted, "status").status_code == 302


# Every page


@pytest.mark.parametrize("slug", SLUGS)
def test_page_is_sound_in_both_wordings(client, wanted, slug):
    insure(client, wanted)
    for caregiver in (False, True):
        enter(client, wanted, caregiver=caregiver)
        type(wanted.report).objects.update(filled_by="caregiver" if caregiver else "patient")
        BeforeVisit.objects.update(step_authors={"status": "caregiver"})
        page = client.get(step_address(wanted, slug))
        assert page.status_code == 200
        assert faults(Page(page.content.decode())) == []


@pytest.mark.parametrize("slug", PLAIN)
def test_blank_page_is_kept_or_says_what_is_needed(client, wanted, slug):
    insure(client, wanted)
    BeforeVisit.objects.update(answers={"insurance_status": "insured"}, steps_done=[])
    needed = NEEDED.get(FLOW.get(slug).form_class, set())
    page = post_step(client, wanted, slug, {})
    assert page.status_code == (422 if needed else 302)
    if needed:
        assert set(page.context["form"].errors) == needed
        assert slug not in BeforeVisit.objects.get().steps_done
    else:
        assert slug in BeforeVisit.objects.get().steps_done


@pytest.mark.parametrize("slug", PLAIN)
def test_wrong_page_keeps_what_was_typed_and_saves_nothing(client, wanted, slug):
    insure(client, wanted)
    typed = {**right_answers(slug), "is_staff": "1"}
    page = post_step(client, wanted, slug, typed)
    assert page.status_code == 422
    html = page.content.decode()
    assert "error-summary" in html
    assert faults(Page(html)) == []
    words = [value for value in typed.values() if isinstance(value, str) and len(value) > 9 and value.isascii()]
    assert [value for value in words if value not in html and "hidden" not in value] == []
    assert slug == "status" or slug not in BeforeVisit.objects.get().steps_done


@pytest.mark.parametrize("slug", PLAIN)
def test_right_page_is_kept_and_leads_on_in_its_section(client, wanted, slug):
    insure(client, wanted)
    answer = answer_right(client, wanted, slug)
    assert answer.status_code == 302, answer.context["form"].errors
    step = FLOW.get(slug)
    following = FLOW.next(step, {"insurance_status": "insured"})
    same = following is not None and following.section == step.section
    assert answer["Location"] == (
        step_address(wanted, following.slug) if same else address(wanted, "section-done", step.section)
    )
    again = client.get(step_address(wanted, slug))
    assert again.status_code == 200
    assert {key for key in step.keys if kept(wanted)[key] is not None}


@every_list
def test_list_asks_first_and_takes_none_and_not_known(client, wanted, slug):
    page = client.post(step_address(wanted, slug), {"version": "0"})
    assert page.status_code == 422
    assert page.context["form"].errors["choice"] == [KIND_OF[slug].missing]
    for answer in ("none", "unknown"):
        assert post_list(client, wanted, slug, answer).status_code == 302
        assert kept(wanted)[KIND_OF[slug].status_key] == answer
    chosen = client.get(step_address(wanted, slug)).context["form"]
    assert chosen.initial["choice"] == "unknown"


def test_nothing_is_chosen_before_the_person_does(client, wanted):
    for slug in LISTS:
        assert "checked" not in client.get(step_address(wanted, slug)).content.decode()


@every_list
def test_row_is_added_seen_changed_and_removed(client, wanted, slug):
    # given a list with "yes"
    kind = KIND_OF[slug]
    assert post_list(client, wanted, slug, "add")["Location"] == row_address(wanted, slug)
    assert faults(Page(client.get(row_address(wanted, slug)).content.decode())) == []

    # when a row is sent blank, wrong, right
    if slug != "biopsy":
        assert add_row(client, wanted, slug, {}).status_code == 422
    page = add_row(client, wanted, slug, WRONG_ROWS[slug][0])
    assert page.status_code == 422
    assert faults(Page(page.content.decode())) == []
    assert not kept(wanted)[kind.key]
    assert add_row(client, wanted, slug)["Location"] == step_address(wanted, slug)

    # then the list counts it, and asks whether there is another
    html = client.get(step_address(wanted, slug)).content.decode()
    assert kind.counted(1) in html
    assert faults(Page(html)) == []
    assert post_list(client, wanted, slug, "yes")["Location"] == row_address(wanted, slug)

    # when it is changed
    [row] = kept(wanted)[kind.key]
    change = row_address(wanted, slug, row["id"])
    assert client.get(change).status_code == 200
    name = next(name for name in RIGHT_ROWS[slug] if name in ("place", "reaction", "body_part", "how_often", "value"))
    new = "7.5" if name == "value" else "Changed words"
    sent = {**RIGHT_ROWS[slug], "version": "1", "asked": "", "row": row["id"], name: new}
    assert client.post(change, sent).status_code == 302
    assert kept(wanted)[kind.key][0][name] == new

    # when it is removed, after a page that asks
    remove = row_address(wanted, slug, row["id"], name="remove")
    page = client.get(remove)
    assert page.status_code == 200
    assert len(kept(wanted)[kind.key]) == 1
    answer = client.post(remove)
    assert answer["Location"] == step_address(wanted, slug)
    assert title_of(kind, row) not in answer.cookies.output()
    assert not kept(wanted)[kind.key]
    assert client.get(remove).status_code == 302
    assert client.post(remove).status_code == 302


def test_addresses_that_lead_nowhere(client, wanted):
    for path in (
        "about/nowhere/",
        "records/address/",
        "nowhere/completed/",
        "about/address/add/",
        "records/imaging/x/",
    ):
        assert client.get(f"/my/{wanted.reference}/before-visit/{path}").status_code == 404
    gone = client.get(row_address(wanted, "imaging", new_id()), follow=True)
    assert "no longer in your list" in gone.content.decode()
    assert client.get(step_address(wanted, "plan"))["Location"] == address(wanted, "list")


def test_full_list_takes_no_more_and_leads_on(client, wanted):
    for _row in range(MOST_ROWS):
        save_row(wanted.report, "allergies", new_id(), ROWS["allergies"], by=person_of(wanted))
    page = client.get(step_address(wanted, "allergies"))
    assert page.context["form"] is None
    assert step_address(wanted, "implants") in page.content.decode()
    assert client.get(row_address(wanted, "allergies"))["Location"] == step_address(wanted, "allergies")
    assert add_row(client, wanted, "allergies")["Location"] == step_address(wanted, "allergies")
    assert len(kept(wanted)["allergies"]) == MOST_ROWS


# Sections


def test_task_list_counts_sections_only_when_the_person_says_so(client, wanted):
    page = client.get(address(wanted, "list"))
    assert "0 of 5 sections done" in page.content.decode()
    assert {task["status"] for task in page.context["tasks"]} == {"Not yet started"}
    answer_all(client, wanted)
    page = client.get(address(wanted, "list"))
    assert {task["status"] for task in page.context["tasks"]} == {"In progress"}
    assert "0 of 5" in page.content.decode()
    assert page.context["optional"][0]["status"] == "Completed"
    for section in COUNTED:
        done = address(wanted, "section-done", section)
        assert client.post(done, {"done": "yes"})["Location"] == address(wanted, "list")
    html = client.get(address(wanted, "list")).content.decode()
    assert "5 of 5 sections done" in html
    assert faults(Page(html)) == []
    assert client.post(address(wanted, "section-done", "visit"), {"done": "no"}).status_code == 302
    assert "4 of 5 sections done" in client.get(address(wanted, "list")).content.decode()


def test_section_with_something_missing_says_what(client, wanted):
    done = address(wanted, "section-done", "records")
    assert client.post(done, {}).status_code == 422
    page = client.post(done, {"done": "yes"})
    assert page.status_code == 422
    html = page.content.decode()
    for slug in ("allergies", "implants"):
        assert step_address(wanted, slug, change="section") in html
    assert step_address(wanted, "imaging") in html
    assert faults(Page(html)) == []
    assert client.post(done, {"done": "no"}).status_code == 302


def test_required_answer_that_goes_missing_shows_a_problem_and_leads_there(client, wanted):
    post_step(client, wanted, "status", {"insurance_status": "self_pay"})
    client.post(address(wanted, "section-done", "insurance"), {"done": "yes"})
    insure(client, wanted)
    task = client.get(address(wanted, "list")).context["tasks"][3]
    assert (task["status"], task["url"]) == ("There is a problem", step_address(wanted, "plan"))


def test_section_is_entered_at_what_waits_first_and_then_at_its_answers(client, wanted):
    def entry():
        return client.get(address(wanted, "list")).context["tasks"][1]["url"]

    assert entry() == step_address(wanted, "diagnosis")
    post_step(client, wanted, "diagnosis")
    assert entry() == step_address(wanted, "stage")
    for slug in ("stage", "spread", "conditions"):
        post_step(client, wanted, slug)
    assert entry() == address(wanted, "section-done", "cancer")


def test_optional_pages_can_be_skipped(client, wanted):
    html = client.get(step_address(wanted, "race")).content.decode()
    assert f'href="{step_address(wanted, "gender")}"' in html
    assert f'href="{address(wanted, "list")}"' in html
    assert "Skip this page" in html
    assert "Skip this page" not in client.get(step_address(wanted, "stage")).content.decode()
    page = client.get(address(wanted, "section-done", "optional"))
    assert page.context["form"] is None
    answer = client.post(address(wanted, "section-done", "optional"), {"done": "yes"})
    assert answer["Location"] == address(wanted, "list")
    assert not BeforeVisit.objects.exists()


def test_gender_is_asked_only_where_the_clinic_chose_it(client, wanted, settings):
    settings.ASK_GENDER = False
    assert client.get(step_address(wanted, "gender"))["Location"] == address(wanted, "list")
    assert client.post(step_address(wanted, "gender"), {"version": "0"}).status_code == 302
    assert not BeforeVisit.objects.exists()


# Changes


@pytest.mark.parametrize(("change", "back"), [("all", "check"), ("section", "section-done")])
def test_change_leads_back_to_where_it_began(client, wanted, change, back):
    answer_all(client, wanted)
    expected = address(wanted, back, *(["cancer"] if back == "section-done" else []))
    answer = post_step(client, wanted, "stage", {"current_stage": "III"}, change=change)
    assert answer["Location"] == expected
    assert expected in client.get(step_address(wanted, "stage", change=change)).content.decode()
    assert post_list(client, wanted, "labs", "no", change=change)["Location"] == (
        address(wanted, "check") if change == "all" else address(wanted, "section-done", "records")
    )


def test_change_asks_only_what_it_newly_needs(client, wanted):
    post_step(client, wanted, "status", {"insurance_status": "self_pay"})
    answer = post_step(client, wanted, "status", {"insurance_status": "insured"}, change="all")
    assert answer["Location"] == step_address(wanted, "plan", change="all")
    answer = post_step(client, wanted, "plan", change="all")
    assert answer["Location"] == address(wanted, "check")
    answer = post_step(client, wanted, "status", {"insurance_status": "unsure"}, change="all")
    assert answer["Location"] == address(wanted, "check")


def test_change_of_a_row_comes_back_over_its_list(client, wanted):
    add_row(client, wanted, "allergies")
    [row] = kept(wanted)["allergies"]
    html = client.get(step_address(wanted, "allergies", change="all")).content.decode()
    assert row_address(wanted, "allergies", row["id"], change="all") in html
    answer = add_row(client, wanted, "allergies", change="all")
    assert answer["Location"] == step_address(wanted, "allergies", change="all")


def test_check_page_shows_every_answer_and_hides_a_change_that_is_none(client, wanted):
    answer_all(client, wanted)
    page = client.get(address(wanted, "check"))
    html = page.content.decode()
    assert faults(Page(html)) == []
    for words in (
        "12 Elm Street",
        "MRI, Lower back",
        "Eliquis",
        "Penicillin",
        "May 2023",
        "202-555-0143",
        "1EG4TE5MK73",
    ):
        assert words in html
    assert [str(group.title) for group in page.context["groups"]] == [
        str(section.title) for section in SECTION_OF.values()
    ]
    assert (
        client.get(f"{step_address(wanted, 'stage')}?change=https://example.org").context["back_url"].startswith("/my/")
    )


# Limits


def test_closed_request_takes_no_more_answers(client, wanted, now):
    type(wanted).objects.update(closed_at=now)
    for answer in (client.get(step_address(wanted, "stage")), post_step(client, wanted, "stage")):
        assert answer["Location"] == f"/my/{wanted.reference}/"
    assert not BeforeVisit.objects.exists()


def test_nobody_else_opens_these_pages(client, wanted):
    other = a_wanted_request()
    assert client.get(address(other, "list")).status_code == 404
    assert post_step(client, other, "stage").status_code == 404
    client.session.flush()
    client.cookies.clear()
    assert client.get(address(wanted, "list")).status_code == 403


def test_every_look_is_written_down(client, wanted):
    client.get(address(wanted, "check"))
    assert AuditEntry.objects.filter(action="viewed", subject_id=str(wanted.pk)).count() == 1


@pytest.mark.parametrize("rows", [1, MOST_ROWS])
def test_pages_ask_the_database_few_questions(client, wanted, rows):
    for slug in LISTS:
        for _row in range(rows):
            save_row(wanted.report, slug, new_id(), ROWS[slug], by=person_of(wanted))
    row = kept(wanted)["imaging"][0]["id"]
    for caregiver in (False, True):
        BeforeVisit.objects.update(step_authors=dict.fromkeys(LISTS, "caregiver"))
        enter(client, wanted, caregiver=caregiver)
        for page in (
            address(wanted, "list"),
            address(wanted, "check"),
            address(wanted, "section-done", "records"),
            step_address(wanted, "address"),
            step_address(wanted, "imaging"),
            *([row_address(wanted, "imaging")] if rows < MOST_ROWS else []),
            row_address(wanted, "imaging", row),
            row_address(wanted, "imaging", row, name="remove"),
        ):
            assert len(queries_of(client, page)) <= 8, page


def test_saving_a_page_asks_the_database_few_questions(client, wanted):
    post_step(client, wanted, "stage")
    sent = {"version": version_of(wanted, "stage"), "asked": "", "current_stage": "III"}
    with CaptureQueriesContext(connection) as captured:
        assert client.post(step_address(wanted, "stage"), sent).status_code == 302
    frame = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")
    asked = [query["sql"] for query in captured.captured_queries if not query["sql"].startswith(frame)]
    assert len(asked) <= LIMIT, asked
