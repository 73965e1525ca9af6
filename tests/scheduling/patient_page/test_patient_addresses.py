"""Every address of the patient page as every role and as a stranger."""

import uuid

import pytest
from django.urls import get_resolver, reverse

from clinic.accounts.roles import Role
from intake.models import Proxy
from tests.scheduling.staff_rows import a_member, a_row, everybody

pytestmark = pytest.mark.django_db
EVERY_ROLE = {role.value for role in Role}
CARE, DESK = {"coordinator", "nurse", "physician"}, {"coordinator", "nurse"}
# url name -> (method, roles that get in, status they get)
TABLE = {
    "staff-patients:patient": ("get", CARE, 200),
    "staff-patients:edit": ("get", DESK, 200),
    "staff-patients:proxy": ("post", DESK, 302),
}
NOT_THEIRS = {"staff-patients:patient": {"clinician", "trials_coordinator"}}


@pytest.fixture
def proxy():
    return Proxy.objects.create(patient=a_row().patient, name="Ana", relation="child", authority="patient_asked")


def address_of(name, proxy, patient_id=None):
    more = [proxy.pk] if name.endswith("proxy") else []
    return reverse(name, args=[patient_id or proxy.patient_id, *more])


def test_table_names_every_address():
    names = get_resolver().namespace_dict["staff-patients"][1].reverse_dict

    assert {f"staff-patients:{name}" for name in names if isinstance(name, str)} == set(TABLE)


@pytest.mark.parametrize("name", TABLE)
def test_address_opens_for_its_roles_only(client, proxy, name):
    method, allowed, status = TABLE[name]
    got = {}
    for role, user in everybody().items():
        client.force_login(user)
        got[role] = getattr(client, method)(address_of(name, proxy)).status_code

    refused = {role: 404 if role in NOT_THEIRS.get(name, ()) else 403 for role in EVERY_ROLE}
    assert got == refused | dict.fromkeys(allowed, status)


@pytest.mark.parametrize("name", TABLE)
def test_stranger_is_sent_to_the_sign_in(client, proxy, name):
    answer = getattr(client, TABLE[name][0])(address_of(name, proxy))

    assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, reverse("account_login"))


@pytest.mark.parametrize("name", TABLE)
def test_address_of_nobody_is_not_found(client, proxy, name):
    client.force_login(a_member("nurse"))

    assert getattr(client, TABLE[name][0])(address_of(name, proxy, uuid.uuid4())).status_code == 404


def test_caregiver_of_somebody_else_is_not_found(client, proxy):
    client.force_login(a_member("nurse"))
    address = reverse("staff-patients:proxy", args=[a_row().patient.pk, proxy.pk])

    assert client.post(address).status_code == 404


def test_address_that_changes_something_refuses_a_look(client, proxy):
    client.force_login(a_member("nurse"))

    assert client.get(address_of("staff-patients:proxy", proxy)).status_code == 405
