"""Every address of plans, letters and follow-up calls as every role, as a stranger, and of nothing."""

import uuid

import pytest
from django.urls import get_resolver, reverse

from clinic.accounts.roles import Role
from tests.scheduling.follow_up.rows import a_call, a_letter, a_seen_patient, an_item
from tests.scheduling.staff_rows import a_member, a_reader_of, everybody

pytestmark = pytest.mark.django_db

CARE = {"coordinator", "nurse", "physician"}
OWN = {"clinician", "trials_coordinator"}  # they open records of their own patients only: not of these rows
EVERY_ROLE = {role.value for role in Role}
# url name -> (method, roles that get in, status they get)
TABLE = {
    "plan": ("get", CARE, 200),
    "plan-print": ("get", CARE, 200),
    "item-add": ("get", CARE, 200),
    "item": ("get", CARE, 200),
    "item-close": ("get", CARE, 200),
    "item-reopen": ("post", CARE, 302),
    "event-add": ("get", CARE, 200),
    "letter-add": ("get", CARE, 200),
    "letter": ("get", CARE, 200),
    "letter-send": ("get", CARE, 200),
    "letter-correct": ("post", CARE, 302),
    "letter-discard": ("post", CARE, 302),
    "letter-take-up": ("post", CARE, 302),
    "letter-print": ("get", CARE, 200),
    "plans": ("get", CARE | OWN, 200),
    "calls": ("get", CARE | OWN, 200),
    "call": ("get", CARE, 200),
    "call-close": ("post", CARE, 422),
    "call-task": ("post", CARE, 302),
}
TO_READ = ("plan", "plan-print", "letter", "letter-print", "call")  # of one patient, for all who may open the record
LISTS = ("plans", "calls")


def address(page, rows):
    if page in LISTS:
        return reverse(f"staff-follow-up:{page}")
    if page.startswith("call"):
        return reverse(f"staff-follow-up:{page}", args=[rows["call"]])
    row = [rows[kind] for kind in ("item", "letter") if page.startswith(kind) and not page.endswith("-add")]
    return reverse(f"staff-follow-up:{page}", args=[rows["reference"], *row])


@pytest.fixture
def wanted():
    return a_seen_patient()


@pytest.fixture
def rows(wanted):
    author = a_member("nurse")
    return {
        "reference": wanted.reference,
        "item": an_item(wanted).pk,
        "letter": a_letter(wanted, author).pk,
        "call": a_call(wanted).pk,
    }


def test_table_names_every_address_of_the_area():
    named = {name for name in get_resolver().namespace_dict["staff-follow-up"][1].reverse_dict if isinstance(name, str)}

    assert named == set(TABLE)


@pytest.mark.parametrize("page", TABLE)
def test_address_opens_for_its_roles_only(client, rows, page):
    method, allowed, status = TABLE[page]
    got = {}

    for role, user in everybody().items():
        client.force_login(user)
        got[role] = getattr(client, method)(address(page, rows)).status_code

    refused = {role: 404 if role in OWN and page in TO_READ else 403 for role in EVERY_ROLE}
    assert got == refused | dict.fromkeys(allowed, status)


@pytest.mark.parametrize("page", TABLE)
def test_address_sends_strangers_to_the_sign_in(client, rows, page):
    answer = getattr(client, TABLE[page][0])(address(page, rows))

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("page", sorted(TABLE.keys() - set(LISTS)))
def test_address_of_nothing_is_not_found(client, rows, page):
    nothing = {"reference": "BMC-0000-00", "item": uuid.uuid4(), "letter": uuid.uuid4(), "call": uuid.uuid4()}
    client.force_login(everybody()["nurse"])

    assert getattr(client, TABLE[page][0])(address(page, nothing)).status_code == 404


@pytest.mark.parametrize("page", ["item", "item-close", "item-reopen", "letter", "letter-send", "letter-print"])
def test_row_of_another_request_is_not_found(client, rows, page):
    client.force_login(everybody()["nurse"])
    mixed = rows | {"reference": a_seen_patient().reference}

    assert getattr(client, TABLE[page][0])(address(page, mixed)).status_code == 404


@pytest.mark.parametrize("page", [page for page, (method, *_) in TABLE.items() if method == "post"])
def test_address_that_changes_something_refuses_a_look(client, rows, page):
    client.force_login(everybody()["nurse"])

    assert client.get(address(page, rows)).status_code == 405


@pytest.mark.parametrize("page", TABLE)
def test_clinician_reads_what_follows_the_visit_of_an_own_patient(client, rows, wanted, page):
    client.force_login(a_reader_of(wanted))

    got = getattr(client, TABLE[page][0])(address(page, rows))

    assert got.status_code == (200 if page in (*TO_READ, *LISTS) else 403)
    assert b"Log the call" not in got.content
    assert b"Mark as sent" not in got.content
    assert b"Add to the plan" not in got.content


@pytest.mark.parametrize("page", ["letter", "call"])
def test_clinician_who_posts_changes_nothing(client, rows, wanted, page):
    client.force_login(a_reader_of(wanted))

    assert client.post(address(page, rows), {"body": "Other", "reached": "yes"}).status_code == 403
    assert wanted.letters.get().body == "Dear Dr. Park,"
    assert wanted.follow_up_calls.get().state == "due"


def test_lists_show_a_clinician_no_patients_of_others(client, rows, wanted):
    client.force_login(a_member("clinician"))

    for page in ("/staff/calls/", "/staff/plans/?owner=all"):
        assert wanted.reference not in client.get(page).content.decode()
