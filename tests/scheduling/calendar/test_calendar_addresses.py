"""Every address of the calendar as every role and as a stranger: one table says who gets what."""

import pytest
from django.urls import get_resolver, reverse

from clinic.accounts.roles import Role
from tests.scheduling.staff_rows import a_booked_visit, a_clinician_row, a_row, everybody

pytestmark = pytest.mark.django_db

LOOK = {"coordinator", "nurse", "physician", "clinician", "trials_coordinator"}
DESK = {"coordinator", "nurse"}
EVERY_ROLE = {role.value for role in Role}
ON, AT = "2026-11-23", "2026-11-23T1100"
# url name -> (roles that get in, status they get)
TABLE = {
    "day": (LOOK, 200),
    "rooms": (LOOK, 200),
    "find-week": (LOOK, 302),
    "week": (LOOK, 200),
    "month": (LOOK, 200),
    "book": (DESK, 200),
    "book-for": (DESK, 200),
}


@pytest.fixture
def addresses():
    who, wanted = a_clinician_row(), a_row()
    a_booked_visit(a_row(), [who])
    arguments = {
        "day": [ON], "rooms": [ON], "find-week": [], "week": [who.pk, ON], "month": ["2026-11"], "book": [who.pk, AT],
        "book-for": [who.pk, AT, wanted.reference],
    }  # fmt: skip
    return {name: reverse(f"staff-calendar:{name}", args=args) for name, args in arguments.items()}


def test_table_names_every_address_of_the_calendar():
    names = get_resolver().namespace_dict["staff-calendar"][1].reverse_dict
    assert {name for name in names if isinstance(name, str)} == set(TABLE)


@pytest.mark.parametrize("name", TABLE)
def test_address_opens_for_its_roles_only(client, addresses, name):
    allowed, status = TABLE[name]
    got = {}
    for role, user in everybody().items():
        client.force_login(user)
        got[role] = client.get(addresses[name]).status_code
    assert got == dict.fromkeys(EVERY_ROLE, 403) | dict.fromkeys(allowed, status)


@pytest.mark.parametrize("name", TABLE)
def test_address_sends_strangers_to_the_sign_in_and_takes_no_writes(client, addresses, name):
    answer = client.get(addresses[name])
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(reverse("account_login"))
    client.force_login(everybody()["nurse"])
    assert client.post(addresses[name]).status_code == (409 if name == "book-for" else 405)


def test_request_that_is_not_there_is_not_found(client, addresses):
    client.force_login(everybody()["nurse"])
    where = addresses["book-for"].rsplit("/", 2)[0]
    assert client.get(f"{where}/BMC-0000-00/").status_code == 404
    assert client.get(f"{where}/%00/").status_code == 404
