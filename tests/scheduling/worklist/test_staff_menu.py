"""The menu of the staff pages: what each role sees in it, and which page it says one is on."""

import pytest

from scheduling.worklist.menu import MENU, menu_of
from tests.clinic.look.markup import Page, faults
from tests.scheduling.staff_rows import a_member, everybody

pytestmark = pytest.mark.django_db


def names(user, path="/staff/"):
    return {link.name for group in menu_of(user, path) for link in group.links}


def current(user, path):
    return {(link.name, link.current) for group in menu_of(user, path) for link in group.links if link.current}


def test_each_role_sees_links_that_open_for_it(client):
    for role, user in everybody().items():
        client.force_login(user)
        for group in menu_of(user, "/staff/"):
            for link in group.links:
                status = client.get(link.url, follow=True).status_code
                assert status == 200, (role, link.name, status)


@pytest.mark.parametrize(
    ("role", "seen", "unseen"),
    [
        ("nurse", {"worklist:home", "worklist:my-day", "worklist:tasks"}, {"admin:index"}),
        ("coordinator", {"staff-availability:home", "staff-waitlist:list"}, {"worklist:my-day"}),
        ("clinician", {"worklist:home", "staff-visits:today"}, {"worklist:tasks", "staff-measures:access"}),
        ("trials_coordinator", {"worklist:tasks", "staff-questions:list"}, {"staff-waitlist:list"}),
        ("administrator", {"admin:index", "staff-measures:access"}, {"staff-visits:today", "worklist:tasks"}),
        ("content_editor", {"admin:clinic_article_changelist"}, {"admin:index", "staff-visits:today"}),
        ("auditor", {"admin:clinic_auditentry_changelist"}, {"admin:index", "staff-visits:today"}),
    ],
)
def test_menu_of_a_role(role, seen, unseen):
    shown = names(a_member(role))

    assert seen <= shown
    assert not unseen & shown


@pytest.mark.parametrize(
    ("path", "marked"),
    [
        ("/staff/", {("worklist:home", "page")}),
        ("/staff/requests/BMC-0001-29/days/", {("worklist:home", "true")}),
        ("/staff/my-day/", {("worklist:my-day", "page")}),
        ("/staff/availability/", {("staff-availability:home", "page")}),
        ("/staff/questions/x/", {("staff-questions:list", "true")}),
        ("/staff/schedule/day/2026-11-23/", {("staff-visits:today", "true")}),
        ("/staff/schedule/month/2026-11/", {("staff-calendar:find-week", "true")}),
        ("/staff/plans/", {("staff-follow-up:plans", "page")}),
        ("/staff/second-factor/", set()),
    ],
)
def test_menu_marks_the_one_link_the_page_belongs_to(path, marked):
    everything = a_member("nurse")
    type(everything).objects.filter(pk=everything.pk).update(roles=["nurse", "coordinator"])
    everything.refresh_from_db()

    assert current(everything, path) == marked


def test_free_time_is_not_marked_as_working_time():
    user = a_member("coordinator")

    assert current(user, "/staff/availability/free/") == {("staff-availability:free", "page")}


def test_group_of_one_link_is_that_link(client):
    client.force_login(a_member("administrator"))

    page = client.get("/staff/").content.decode()

    assert ">Set-up</a></li>" in page
    assert "<summary>" not in page


def test_group_of_several_links_opens_without_a_script(client):
    client.force_login(a_member("nurse"))

    page = client.get("/staff/").content.decode()

    assert '<details class="nav-group" name="staff-nav"><summary>Schedule' in page
    assert faults(Page(page)) == []


def test_page_in_a_group_marks_the_group_in_words(client):
    client.force_login(a_member("nurse"))

    page = client.get("/staff/waitlist/").content.decode()

    assert 'is-current" name="staff-nav"><summary>Schedule<span class="hidden-text"> (you are here)' in page


def test_every_link_of_the_menu_has_a_page():
    missing = {link.name for group in MENU for link in group.links} - names_of_everybody()

    assert missing == set()


def names_of_everybody():
    return set().union(*(names(user) for user in everybody().values()))
