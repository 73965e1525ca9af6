"""Checking in by code: what the patient shows, and what the desk sees for every state of the visit."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import get_resolver, reverse

from clinic.accounts.models import User
from clinic.accounts.roles import Role
from clinic.platform.audit.models import AuditEntry
from clinic.platform.submits.once import new_key
from scheduling.visits.check_in_codes import code_of
from scheduling.visits.day_actions import check_in
from scheduling.visits.models import Visit
from tests.clinic.look.markup import Page, faults
from tests.factories import a_coordinator, a_request
from tests.scheduling.day_rows import a_visit_today
from tests.scheduling.own_steps import in_session_of
from tests.scheduling.staff_rows import queries_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock")]
A_DAY = timedelta(days=1)


@pytest.fixture
def desk(client):
    user = a_coordinator()
    client.force_login(user)
    return user


@pytest.fixture
def visit(small_clinic, now):
    return a_visit_today(a_request(), small_clinic, [("SPINE_SURG", now), ("RAD_ONC", now + timedelta(minutes=50))])


def page_of(visit):
    return reverse("staff-check-in:visit", args=[visit.pk])


def text_of(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def press(client, visit, **changes):
    data = {"key": new_key(), "version": visit.calendar_sequence} | changes
    return client.post(page_of(visit), data, follow=True)


# What the patient has


def test_patient_has_the_code_on_the_page_of_the_visit_and_on_paper(client, visit):
    in_session_of(client, visit.request)

    for name in ("visits:confirmation", "visits:print"):
        page = client.get(reverse(name, args=[visit.request.reference]))
        assert "Show this at the desk" in text_of(page)
        assert code_of(visit.pk) in text_of(page)
        assert 'class="qr"' in page.content.decode()
        assert faults(Page(page.content.decode())) == []


@pytest.mark.parametrize("changes", [{"state": "checked_in"}, {"room": None}], ids=["here already", "at home"])
def test_no_code_where_none_is_needed(client, visit, changes):
    Visit.objects.update(**changes)
    in_session_of(client, visit.request)

    assert "at the desk" not in text_of(client.get(reverse("visits:confirmation", args=[visit.request.reference])))


# What the desk sees


def test_desk_sees_who_it_is_and_checks_in_with_one_press(client, desk, visit, now):
    said = text_of(client.get(page_of(visit)))
    assert visit.patient.full_name in said
    assert "Monday, January 4, 2027" in said
    assert AuditEntry.objects.filter(action="viewed", subject_id=str(visit.pk)).exists()

    said = text_of(press(client, visit))

    visit.refresh_from_db()
    assert visit.state == "checked_in"
    assert "The patient is checked in." in said
    assert "Already here since 9:00 a.m." in said
    assert "Undo the check-in" in said


def test_desk_sees_that_an_interpreter_is_booked(client, desk, visit, small_clinic):
    assert "Interpreter" not in text_of(client.get(page_of(visit)))
    Visit.objects.update(interpreter=small_clinic.people["MED_ONC"][0])
    assert f"Interpreter {small_clinic.people['MED_ONC'][0].name}" in text_of(client.get(page_of(visit)))


def test_same_press_twice_checks_in_once(client, desk, visit):
    key = new_key()
    press(client, visit, key=key)
    press(client, visit, key=key)
    assert AuditEntry.objects.filter(action="visit_checked_in").count() == 1


def test_old_page_is_told(client, desk, visit):
    assert "Somebody else has changed this visit just now" in text_of(press(client, visit, version=7))
    assert "Somebody else has changed this visit just now" in text_of(press(client, visit, version="x"))
    visit.refresh_from_db()
    assert visit.state == "booked"


@pytest.mark.parametrize(("days", "words"), [
    (1, "Not today: the visit is on Tuesday, January 5, 2027"),
    (-3, "Not today: the visit was on Friday, January 1, 2027"),
])  # fmt: skip
def test_another_day_is_said_and_nothing_can_be_pressed(client, desk, visit, days, words):
    Visit.objects.update(starts_at=visit.starts_at + days * A_DAY, ends_at=visit.ends_at + days * A_DAY)
    page = client.get(page_of(visit))
    assert words in text_of(page)
    assert f'action="{page_of(visit)}"' not in page.content.decode()
    assert "Check the patient in" not in text_of(page) or days > 0
    press(client, visit)
    visit.refresh_from_db()
    assert (visit.state == "checked_in") is (days < 0)  # the day list allows it afterwards, so the action does


@pytest.mark.parametrize(("state", "words"), [
    ("cancelled_by_patient", "Canceled by the patient"),
    ("cancelled_by_clinic", "Canceled by the clinic"),
    ("no_show", "Marked as: did not come"),
    ("completed", "This visit is completed"),
    ("expired", "This visit was never booked"),
])  # fmt: skip
def test_visit_that_does_not_take_place_says_so_and_names_the_other_one(
    client, desk, visit, small_clinic, now, state, words
):
    Visit.objects.update(state=state)
    other = a_visit_today(visit.request, small_clinic, [("MED_ONC", now + A_DAY)], room=1)

    page = client.get(page_of(visit))

    assert words in text_of(page)
    assert page_of(other) in page.content.decode()
    assert "Ask for the name" not in text_of(page)


# Finding the visit


def test_scanner_types_the_address_and_the_visit_opens(client, desk, visit):
    for typed in (f"http://localhost:8000{page_of(visit)}", code_of(visit.pk), visit.request.reference):
        answer = client.post(reverse("staff-check-in:find"), {"key": new_key(), "code": typed})
        assert answer.headers["Location"] == page_of(visit)


def test_reference_leads_to_the_visit_of_today(client, desk, visit, small_clinic, now):
    a_visit_today(visit.request, small_clinic, [("MED_ONC", now + A_DAY)], room=1)
    a_visit_today(visit.request, small_clinic, [("MED_ONC", now)], room=1, state="cancelled_by_patient", claims=False)

    answer = client.post(reverse("staff-check-in:find"), {"key": new_key(), "code": visit.request.reference})

    assert answer.headers["Location"] == page_of(visit)


@pytest.mark.parametrize(
    "typed", ["", "2222-2222-2", "nothing like it", "a\x00b", "0f5b6a0e-3c2d-4d0b-9a7e-1f2e3d4c5b6a"]
)
def test_what_leads_nowhere_is_told(client, desk, typed):
    answer = client.post(reverse("staff-check-in:find"), {"key": new_key(), "code": typed})

    assert answer.status_code == 422
    assert faults(Page(answer.content.decode())) == []


# Who may


TABLE = {"staff-check-in:find": [], "staff-check-in:visit": ["visit"]}


def test_table_names_every_address_of_the_check_in():
    names = get_resolver().namespace_dict["staff-check-in"][1].reverse_dict
    assert {f"staff-check-in:{name}" for name in names if isinstance(name, str)} == set(TABLE)


@pytest.mark.parametrize("name", TABLE)
def test_check_in_opens_for_the_desk_only(client, visit, name):
    address = reverse(name, args=[visit.pk for _ in TABLE[name]])
    got = {}
    for role in Role:
        client.force_login(User.objects.create_user(f"{role}@example.org", role, roles=[role]))
        got[role.value] = client.get(address).status_code

    assert got == {role.value: 200 if role in (Role.COORDINATOR, Role.NURSE) else 403 for role in Role}


def test_stranger_signs_in_and_comes_back(client, visit):
    answer = client.get(page_of(visit))
    assert answer.headers["Location"] == f"{reverse('account_login')}?next={page_of(visit)}"
    user = User.objects.create_user("desk@example.org", "Desk", roles=["coordinator"], password="juniper-desk-2027")

    signed_in = client.post(answer.headers["Location"], {"login": user.email, "password": "juniper-desk-2027"})

    assert signed_in.headers["Location"] == page_of(visit)


def test_unknown_visit_is_not_found(client, desk):
    assert client.get(reverse("staff-check-in:visit", args=[uuid4()])).status_code == 404


def test_page_asks_the_same_few_times_whatever_the_visit_has(client, desk, visit, small_clinic, now):
    client.get(page_of(visit))  # the session notes when it was seen
    few = queries_of(lambda: client.get(page_of(visit)))
    many = [(code, now + timedelta(minutes=40 * place)) for place, code in enumerate(("MED_ONC", "PALLIATIVE") * 3)]
    longer = a_visit_today(a_request(), small_clinic, many, room=1)
    assert queries_of(lambda: client.get(page_of(longer))) == few <= 8


def test_undo_takes_the_check_in_back(client, desk, visit):
    check_in(visit, by=_actor(desk), key=new_key(), now=visit.starts_at)
    address = reverse("staff-visits:visit-step", args=[visit.pk, "undo-check-in"])
    client.post(address, {"key": new_key()})
    visit.refresh_from_db()
    assert visit.state == "booked"


def _actor(user):
    from clinic.accounts.actors import staff_actor

    return staff_actor(user)
