"""Every address of the conference as every role and as a stranger: one table says who gets what."""

import uuid

import pytest
from django.urls import get_resolver, reverse

from clinic.accounts.roles import Role
from tests.factories import a_request
from tests.scheduling.conference_rows import a_case, a_conference
from tests.scheduling.staff_rows import everybody

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock", "small_clinic")]
SEE = {"coordinator", "nurse", "physician", "clinician"}
RUN = {"coordinator", "nurse", "physician"}
ON = "2027-01-04"
# url name -> (method, roles that get in, status they get)
TABLE = {
    "next": ("get", SEE, 302),
    "dates": ("get", SEE, 200),
    "new": ("get", RUN, 200),
    "conference": ("get", SEE, 200),
    "print": ("get", SEE, 200),
    "attendance": ("post", RUN, 422),
    "close": ("post", RUN, 302),
    "open-again": ("post", RUN, 302),
    "case": ("get", SEE, 200),
    "print-case": ("get", SEE, 200),
    "question": ("post", RUN, 422),
    "recommend": ("post", SEE, 422),
    "outcome": ("post", RUN, 422),
    "move": ("post", RUN, 302),
    "off": ("post", RUN, 302),
    "another-day": ("get", RUN, 200),
    "add": ("get", RUN, 200),
}
OF_A_DAY = ("conference", "print", "attendance", "close", "open-again")


@pytest.fixture
def case():
    return a_case(a_conference())


def arguments(name, case):
    """The arguments of one address."""
    if name in ("next", "dates", "new"):
        return []
    if name in OF_A_DAY:
        return [ON]
    if name == "add":
        return [a_request().reference]
    return [case.pk, "up"] if name == "move" else [case.pk]


def test_table_names_every_address_of_the_conference():
    names = get_resolver().namespace_dict["staff-conference"][1].reverse_dict
    assert {name for name in names if isinstance(name, str)} == set(TABLE)


@pytest.mark.parametrize("name", TABLE)
def test_address_opens_for_its_roles_only(client, case, name):
    method, allowed, status = TABLE[name]
    address, got = reverse(f"staff-conference:{name}", args=arguments(name, case)), {}

    for role, user in everybody().items():
        client.force_login(user)
        got[role] = getattr(client, method)(address).status_code

    refused = dict.fromkeys((role.value for role in Role), 403)
    assert got == refused | dict.fromkeys(allowed, status)


@pytest.mark.parametrize("name", TABLE)
def test_address_sends_strangers_to_the_sign_in(client, case, name):
    answer = getattr(client, TABLE[name][0])(reverse(f"staff-conference:{name}", args=arguments(name, case)))

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("name", sorted(set(TABLE) - {"next", "dates", "new"}))
def test_address_of_nothing_is_not_found(client, case, name):
    nothing = {"add": "BMC-0000-00", **dict.fromkeys(OF_A_DAY, "2027-01-05")}.get(name, uuid.uuid4())
    client.force_login(everybody()["nurse"])
    address = reverse(f"staff-conference:{name}", args=[nothing, *arguments(name, case)[1:]])

    assert getattr(client, TABLE[name][0])(address).status_code == 404


@pytest.mark.parametrize("name", [name for name, (method, *_) in TABLE.items() if method == "post"])
def test_address_that_changes_something_refuses_a_look(client, case, name):
    client.force_login(everybody()["nurse"])

    assert client.get(reverse(f"staff-conference:{name}", args=arguments(name, case))).status_code == 405
