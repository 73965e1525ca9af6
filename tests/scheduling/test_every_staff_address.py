"""A net below the tables of the areas: no address of the staff opens to strangers, or to roles without patients.

The tables say, address by address, which role gets what. This walk needs no table: whatever is added below /staff/ is
refused until somebody writes it down here.
"""

import uuid

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from clinic.accounts.roles import Role
from tests.scheduling.staff_rows import a_member

pytestmark = pytest.mark.django_db

WITHOUT_PATIENTS = [Role.ADMINISTRATOR, Role.CONTENT_EDITOR, Role.AUDITOR]
FOR_EVERYBODY = {"worklist:home"}  # the home of each role
# sums without a patient, which the administrator sees too
OF_THE_ADMINISTRATOR = "staff-measures:"
VALUES = {"int": 1, "uuid": uuid.UUID(int=0), "str": "BMC-0000-00", "slug": "2026-11-23"}


def staff_addresses(patterns, area="", path="", kinds=()) -> list[tuple[str, list]]:
    """Names with arguments of all addresses below /staff/ that belong to an area; signing in belongs to none."""
    found = []
    for one in patterns:
        here, asked = path + str(one.pattern), [*kinds, *map(_kind, one.pattern.converters.values())]
        if isinstance(one, URLResolver):
            found += staff_addresses(one.url_patterns, one.namespace or area, here, asked)
        elif isinstance(one, URLPattern) and here.startswith("staff/") and one.name and area:
            found.append((f"{area}:{one.name}", [VALUES[kind] for kind in asked]))
    return found


def _kind(converter) -> str:
    name = type(converter).__name__.removesuffix("Converter").lower()
    return "str" if name == "string" else name


ADDRESSES = dict(staff_addresses(get_resolver().url_patterns))


def answers(client, name) -> set[int]:
    """The statuses of a look and of an empty post."""
    address = reverse(name, args=ADDRESSES[name])
    return {client.get(address).status_code, client.post(address).status_code}


def test_the_walk_finds_the_areas():
    areas = {name.partition(":")[0] for name in ADDRESSES}

    assert {"worklist", "staff-visits", "staff-calendar", "staff-conference", "staff-scores"} <= areas
    assert {"staff-patients", "staff-follow-up", "staff-measures", "staff-check-in", "staff-questions"} <= areas
    assert len(ADDRESSES) > 100


@pytest.mark.parametrize("role", WITHOUT_PATIENTS)
def test_roles_without_patients_are_refused_everywhere_else(client, role):
    client.force_login(a_member(role.value))
    opened = {name: answers(client, name) - {403, 405} for name in ADDRESSES.keys() - FOR_EVERYBODY}

    seen = {name for name, statuses in opened.items() if statuses}
    if role == Role.ADMINISTRATOR:
        seen = {name for name in seen if not name.startswith(OF_THE_ADMINISTRATOR)}
    assert seen == set()


def test_strangers_are_sent_to_the_sign_in_everywhere(client):
    sign_in = reverse("account_login")
    for name, arguments in ADDRESSES.items():
        answer = client.get(reverse(name, args=arguments))
        assert answer.status_code in (302, 401), name
        assert answer.status_code == 401 or answer.headers["Location"].startswith(sign_in), name
