"""Working time on the staff's pages: what is listed, and who may."""

from datetime import date, time, timedelta

import pytest
from django.urls import get_resolver, reverse

from clinic.accounts.roles import Role
from clinic.directory.models import Holiday, Site
from scheduling.availability.models import Closure, SessionException
from tests.clinic.look.markup import Page, faults
from tests.scheduling.availability.time_pages import (
    MONDAY,
    PAGES,
    TUESDAY,
    a_held_visit,
    address,
    away,
    closed_day,
    text_of,
)
from tests.scheduling.staff_rows import everybody, queries_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock", "small_clinic")]


# Who gets in


def test_every_address_is_in_the_table():
    names = get_resolver().namespace_dict["staff-availability"][1].reverse_dict
    assert {name for name in names if isinstance(name, str)} == set(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_pages_open_for_coordinators_and_free_time_for_nurses(client, rows, name):
    got = {}
    for role, user in everybody().items():
        client.force_login(user)
        got[role] = client.get(address(name, rows)).status_code
    allowed = {Role.COORDINATOR, Role.NURSE} if name.startswith("free") else {Role.COORDINATOR}
    assert got == {role.value: 200 if role in allowed else 403 for role in Role}


@pytest.mark.parametrize("name", PAGES)
def test_pages_send_strangers_to_the_sign_in(client, rows, name):
    answer = client.get(address(name, rows))
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("name", [name for name, keys in PAGES.items() if keys])
def test_pages_of_nothing_are_not_found(client, coordinator, name):
    assert client.get(reverse(f"staff-availability:{name}", args=[10**9])).status_code == 404


@pytest.mark.parametrize("name", sorted(PAGES.keys() - {"free-json"}))
def test_pages_are_well_made(client, coordinator, rows, name):
    assert faults(Page(client.get(address(name, rows)).content.decode())) == []


# What is listed


def test_home_lists_people_sessions_dates_and_closures(client, coordinator, rows):
    shown = text_of(client.get(address("home")))
    assert rows["clinician"].name in shown
    assert "Monday, Tuesday, Wednesday, Thursday, Friday, 8:00 a.m. to noon, every week" in shown
    assert "Mon, Jan 11, 2027, 6:00 p.m. to 7:00 p.m.: works more" in shown
    assert "Repair" in shown
    assert "outside working time" not in shown


def test_clinician_page_tells_site_kinds_buffer_and_dates(client, coordinator, rows, small_clinic):
    there = Site.objects.create(name="Annex")
    session = rows["session"]
    session.site, session.valid_until = there, date(2027, 3, 30)
    session.save()
    session.visit_types.set([small_clinic.visit_types["follow_up"]])
    over = rows["clinician"].sessions.exclude(pk=session.pk).first()
    over.valid_until = MONDAY - timedelta(days=1)
    over.save()
    shown = text_of(client.get(address("clinician", rows)))
    assert "Annex" in shown
    assert "to Tue, Mar 30, 2027" in shown
    assert "follow_up" in shown
    assert "Evening" in shown
    assert client.get(reverse("staff-availability:end-session", args=[over.pk])).status_code == 404


@pytest.mark.parametrize(("page", "status"), [("2", 302), ("x", 200), ("0", 200), ("99999999", 200)])
def test_strange_page_numbers_are_no_fault(client, coordinator, page, status):
    assert client.get(address("outside") + f"?page={page}").status_code == status


def test_queries_do_not_grow_with_rows(client, coordinator, small_clinic, now, rows):
    def counts():
        one = rows["clinician"]
        took = reverse("staff-availability:add-session", args=[one.pk])
        return [
            queries_of(lambda: client.get(address("home"))),
            queries_of(lambda: client.get(address("clinician", rows))),
            queries_of(lambda: client.get(address("outside"))),
            queries_of(lambda: client.get(took)),
            queries_of(lambda: client.post(address("add-closure"), closed_day())),
            queries_of(lambda: client.post(address("add-exception", rows), away())),
        ]

    small_clinic.people["MED_ONC"][1].sessions.all().delete()
    a_held_visit(now)
    Holiday.objects.create(on=TUESDAY + timedelta(days=1), name="Retreat")
    a_held_visit(now, on=TUESDAY + timedelta(days=2))
    Holiday.objects.create(on=TUESDAY + timedelta(days=2), name="Retreat")
    client.get(address("home"))  # the session's first page
    few = counts()
    for number in range(28):
        SessionException.objects.create(
            clinician=rows["clinician"], on=MONDAY + timedelta(days=30 + number), starts=time(8), ends=time(9)
        )
        begins = now + timedelta(days=40 + number)
        Closure.objects.create(
            room=small_clinic.ct, starts_at=begins, ends_at=begins + timedelta(days=1), reason="Repair"
        )
    for _n in range(7):
        a_held_visit(now)
        a_held_visit(now, on=TUESDAY + timedelta(days=3))
    Holiday.objects.create(on=TUESDAY + timedelta(days=3), name="Retreat")
    assert counts() == few
    assert max(few) <= 10, few
