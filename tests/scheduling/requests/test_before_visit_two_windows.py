"""Two windows on the pages before the visit: the later one is told, and nothing that was typed is lost."""

import pytest

from clinic.platform.refusals import Refused
from intake.before_visit import pages, row_pages
from intake.before_visit.actions import answers_of
from intake.before_visit.rows import KIND_OF
from tests.clinic.look.markup import Page, faults
from tests.intake.before_visit.row_data import RIGHT_ROWS, new_id
from tests.scheduling.patient_steps import a_wanted_request
from tests.scheduling.requests.before_visit_pages import (
    add_row,
    address,
    enter,
    post_step,
    row_address,
    step_address,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def wanted(client):
    """A request whose patient is in this browser."""
    found = a_wanted_request()
    enter(client, found)
    return found


def kept(wanted) -> dict:
    """The answers as they are stored."""
    return answers_of(wanted.report)


def test_other_window_is_told_with_nothing_lost_and_can_keep_its_answer(client, wanted):
    post_step(client, wanted, "stage", {"stage_at_diagnosis": "I"})
    page = post_step(client, wanted, "stage", {"stage_at_diagnosis": "III"}, version="0")
    assert page.status_code == 422
    assert "another window" in page.content.decode()
    assert page.context["form"].data["stage_at_diagnosis"] == "III"
    sent = {name: page.context["form"].data.get(name) for name in ("stage_at_diagnosis", "version", "asked")}
    assert client.post(step_address(wanted, "stage"), sent).status_code == 302
    assert kept(wanted)["stage_at_diagnosis"] == "III"


def test_other_window_with_a_row_is_told(client, wanted):
    add_row(client, wanted, "medicines")
    [row] = kept(wanted)["medications"]
    page_address = row_address(wanted, "medicines", row["id"])
    sent = {**RIGHT_ROWS["medicines"], "asked": "", "row": row["id"], "version": "1"}
    assert client.post(page_address, {**sent, "dose": "10 mg"}).status_code == 302
    page = client.post(page_address, {**sent, "dose": "20 mg"})
    assert page.status_code == 422
    assert "another window" in page.content.decode()
    again = {**sent, "dose": "20 mg", "version": page.context["form"].data["version"]}
    assert client.post(page_address, again).status_code == 302
    assert kept(wanted)["medications"][0]["dose"] == "20 mg"


def test_none_is_told_when_another_window_has_added_a_row(client, wanted):
    add_row(client, wanted, "allergies")
    page = client.post(step_address(wanted, "allergies"), {"choice": "none", "version": "0"})
    assert page.status_code == 422
    html = page.content.decode()
    assert "another window" in html
    assert "You have added 1 allergy" in html
    assert len(kept(wanted)["allergies"]) == 1


def test_same_new_row_sent_twice_is_one_row(client, wanted):
    sent = {**RIGHT_ROWS["medicines"], "version": "0", "asked": "", "row": new_id()}
    for _twice in range(2):
        assert client.post(row_address(wanted, "medicines"), sent).status_code == 302
    assert len(kept(wanted)["medications"]) == 1


@pytest.mark.parametrize("row", ["", "x", "../../", "0" * 33])
def test_new_row_with_a_foreign_key_is_refused(client, wanted, row):
    page = client.post(row_address(wanted, "medicines"), {**RIGHT_ROWS["medicines"], "version": "0", "row": row})
    assert page.status_code == 422
    assert not kept(wanted)["medications"]


@pytest.mark.parametrize("action", ["save_section_step", "save_row", "remove_row", "mark_section"])
def test_refusal_in_a_busy_moment_is_shown_with_nothing_lost(client, wanted, monkeypatch, action):
    add_row(client, wanted, "medicines")
    [row] = kept(wanted)["medications"]

    def refuse(*args, **kwargs):
        raise Refused("Try again in a moment.", code="busy")

    for module in (pages, row_pages):
        monkeypatch.setattr(module, action, refuse, raising=False)
    page = {
        "save_section_step": lambda: post_step(client, wanted, "stage"),
        "save_row": lambda: add_row(client, wanted, "medicines"),
        "remove_row": lambda: client.post(row_address(wanted, "medicines", row["id"], name="remove")),
        "mark_section": lambda: client.post(address(wanted, "section-done", "cancer"), {"done": "yes"}),
    }[action]()
    assert page.status_code == 422
    assert "Try again in a moment." in page.content.decode()
    assert kept(wanted)["medications"] == [row]


@pytest.mark.parametrize("slug", ["medicines", "imaging"])
def test_row_removed_in_another_window_can_be_put_back_with_what_was_typed(client, wanted, slug):
    add_row(client, wanted, slug)
    [row] = kept(wanted)[KIND_OF[slug].key]
    typed = {**RIGHT_ROWS[slug], "asked": "", "row": row["id"], "version": "1"}
    removed = client.post(row_address(wanted, slug, row["id"], name="remove"))
    assert removed.status_code == 302
    page = client.post(row_address(wanted, slug, row["id"]), typed)
    html = page.content.decode()
    assert page.status_code == 409
    assert "What you typed is still here: save it to put it back." in html
    assert faults(Page(html)) == []
    sent = dict(page.context["form"].data.lists())
    assert {name: sent[name] for name in typed if name not in ("row", "version", "asked")} == {
        name: value if isinstance(value, list) else [value] for name, value in RIGHT_ROWS[slug].items()
    }
    assert not kept(wanted)[KIND_OF[slug].key]
    assert f'action="{row_address(wanted, slug)}"' in html
    for _twice in range(2):  # a double click puts it back once
        assert client.post(row_address(wanted, slug), sent).status_code == 302
    [again] = kept(wanted)[KIND_OF[slug].key]
    assert {**again, "id": ""} == {**row, "id": ""}


def test_row_removed_at_the_moment_of_saving_is_not_lost_either(client, wanted, monkeypatch):
    def gone(*args, **kwargs):
        raise Refused("Gone.", code="gone")

    add_row(client, wanted, "medicines")
    [row] = kept(wanted)["medications"]
    monkeypatch.setattr(row_pages, "save_row", gone)
    sent = {**RIGHT_ROWS["medicines"], "asked": "", "row": row["id"], "version": "1", "dose": "30 mg"}
    page = client.post(row_address(wanted, "medicines", row["id"]), sent)
    assert page.status_code == 409
    assert page.context["form"].data["dose"] == "30 mg"


def test_removing_what_another_window_removed_says_so(client, wanted):
    add_row(client, wanted, "medicines")
    [row] = kept(wanted)["medications"]
    for _twice in range(2):
        page = client.post(row_address(wanted, "medicines", row["id"], name="remove"), follow=True)
    assert "This is no longer in your list." in page.content.decode()
