"""Every address of the scores as every role and as a stranger."""

import uuid

import pytest
from django.urls import get_resolver, reverse

from clinic.accounts.roles import Role
from tests.scheduling.scores.score_rows import recorded
from tests.scheduling.staff_rows import a_member, a_reader_of, a_row, everybody

pytestmark = pytest.mark.django_db
EVERY_ROLE = {role.value for role in Role}
READ, WRITE = {"coordinator", "nurse", "physician"}, {"nurse", "physician"}
TABLE = {"staff-scores:list": READ, "staff-scores:add": WRITE, "staff-scores:revise": WRITE}
# who gets in as far as their own patients: this one is not theirs
NOT_THEIRS = {
    "staff-scores:list": {"clinician", "trials_coordinator"},
    "staff-scores:add": {"clinician"},
    "staff-scores:revise": {"clinician"},
}


@pytest.fixture
def score():
    return recorded(a_row(), "ecog", {"ecog": "1"}, user=a_member("nurse"))


def address_of(name, score, *, reference="", series=None):
    reference = reference or score.request.reference
    more = {"add": ["escc"], "revise": [series or score.series]}.get(name.partition(":")[2], [])
    return reverse(name, args=[reference, *more])


def test_table_names_every_address():
    names = get_resolver().namespace_dict["staff-scores"][1].reverse_dict

    assert {f"staff-scores:{name}" for name in names if isinstance(name, str)} == set(TABLE)


@pytest.mark.parametrize("name", TABLE)
def test_address_opens_for_its_roles_only(client, score, name):
    got = {}
    for role, user in everybody().items():
        client.force_login(user)
        got[role] = client.get(address_of(name, score)).status_code

    expected = {role: 404 if role in NOT_THEIRS[name] else 403 for role in EVERY_ROLE}
    assert got == expected | dict.fromkeys(TABLE[name], 200)


@pytest.mark.parametrize("name", TABLE)
def test_clinician_opens_it_for_an_own_patient(client, score, name):
    client.force_login(a_reader_of(score.request))

    assert client.get(address_of(name, score)).status_code == 200


@pytest.mark.parametrize("name", TABLE)
def test_stranger_is_sent_to_the_sign_in(client, score, name):
    answer = client.get(address_of(name, score))

    assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, reverse("account_login"))


def test_address_of_nothing_is_not_found(client, score):
    client.force_login(a_member("nurse"))
    addresses = [address_of(name, score, reference="BMC-0000-00") for name in TABLE]
    addresses += [address_of("staff-scores:revise", score, series=uuid.uuid4())]
    addresses += [reverse("staff-scores:add", args=[score.request.reference, "apgar"])]

    assert [client.get(address).status_code for address in addresses] == [404] * 5
