"""Every staff address as every role and as a stranger: one table says who gets what."""

import uuid

import pytest
from django.urls import get_resolver, reverse
from django.utils import timezone

from clinic.accounts.roles import Role
from intake.models import PatientMerge, Proxy, ReadinessItem, StaffTask
from scheduling.waitlist.models import WaitlistEntry
from tests.scheduling.staff_rows import (
    EMERGENCY,
    a_booked_visit,
    a_clinician_row,
    a_patient_row,
    a_row,
    a_visit_type,
    an_alert,
    everybody,
)

pytestmark = pytest.mark.django_db

CARE = {"coordinator", "nurse", "physician"}
OWN = {"clinician", "trials_coordinator"}  # they open records, but of those they have to do with: not of these rows
EVERY_ROLE = {role.value for role in Role}
TAKE = {"coordinator", "nurse", "physician"}
DESK = {"coordinator", "nurse"}
# url name -> (method, roles that get in, status they get)
TABLE = {
    "worklist:home": ("get", EVERY_ROLE, 200),
    "worklist:search": ("get", CARE | OWN, 200),
    "worklist:my-day": ("get", CARE | OWN, 200),
    "worklist:to-call": ("get", CARE, 200),
    "worklist:take-several": ("post", TAKE, 302),
    "worklist:filter-save": ("post", CARE, 302),
    "worklist:filter-delete": ("post", CARE, 404),  # one's own only; tests of filters delete one
    "worklist:news": ("get", CARE, 422),  # without its moment; tests of the quiet look send one
    "worklist:hand-over": ("get", TAKE, 200),
    "worklist:request": ("get", CARE, 200),
    "worklist:answers": ("get", CARE, 200),
    "worklist:timeline": ("get", CARE, 200),
    "worklist:changed": ("get", CARE, 200),
    "worklist:note": ("post", TAKE, 422),
    "worklist:take": ("post", TAKE, 302),
    "worklist:hand-back": ("post", TAKE, 302),
    "worklist:call": ("post", TAKE, 422),
    "worklist:triage": ("get", {"nurse", "physician"}, 200),
    "worklist:records": ("get", CARE, 200),
    "worklist:record-add": ("post", DESK, 422),
    "worklist:record": ("get", DESK, 200),
    "worklist:file-add": ("post", DESK, 422),
    "worklist:file-remove": ("get", DESK, 404),  # likewise
    "worklist:file": ("get", CARE, 404),  # who may look finds no file; tests of files send one
    "worklist:phone-entry": ("get", DESK, 200),
    "worklist:phone-leave": ("post", DESK, 302),
    "worklist:proxy": ("post", DESK, 302),
    "worklist:tasks": ("get", DESK | {"trials_coordinator"}, 200),
    "worklist:task": ("get", DESK, 200),
    "worklist:task-close": ("post", DESK, 422),
    "worklist:task-merge": ("get", DESK, 200),
    "worklist:merged": ("get", DESK, 200),
    "worklist:alerts": ("get", CARE | OWN, 200),
    "worklist:further": ("post", TAKE, 422),
    "worklist:alert": ("get", CARE, 200),
    "worklist:acknowledge": ("post", {"nurse", "physician"}, 302),
    "worklist:contact": ("post", TAKE, 422),
    "staff-offers:build": ("get", {"coordinator", "nurse"}, 200),
    "staff-offers:over": ("get", {"coordinator"}, 404),  # switched off unless the clinic says otherwise
    "staff-offers:release": ("post", {"coordinator", "nurse"}, 302),
    "staff-offers:send-again": ("get", DESK, 200),
    "staff-offers:answer": ("get", DESK, 302),
    "staff-offers:answer-none": ("post", DESK, 302),
    "staff-offers:answer-more": ("post", DESK, 302),
    "staff-waitlist:list": ("get", DESK, 200),
    "staff-waitlist:entry": ("get", DESK, 200),
    "staff-waitlist:offer": ("post", DESK, 302),
    "staff-waitlist:remove": ("post", DESK, 302),
    "staff-visits:visit": ("get", DESK, 200),
    "staff-visits:move-leg": ("get", DESK, 200),
    "staff-visits:swap": ("get", DESK, 200),
    "staff-visits:move-day": ("get", DESK, 200),
    "staff-visits:confirm": ("get", DESK, 404),  # an address that names no change; tests of changes name one
    "staff-visits:undo": ("post", DESK, 404),  # likewise
    "staff-visits:cancel": ("get", {"coordinator", "nurse"}, 200),
    "staff-visits:add-leg": ("get", DESK, 200),
    "staff-visits:visit-step": ("post", DESK, 302),
    "staff-visits:leg-step": ("post", DESK, 302),
    "staff-visits:walk-in": ("get", DESK, 200),
    "staff-visits:walk-in-leg": ("get", DESK, 200),
    "staff-visits:today": ("get", CARE | OWN, 302),
    "staff-visits:day": ("get", CARE | OWN, 200),
    "staff-visits:print-day": ("get", CARE | OWN, 200),
}


# addresses of one patient that ask for no more than the right to open records
OF_ONE_PATIENT = ("request", "answers", "timeline", "changed", "records", "file", "alert")
OF_SOMEBODY_ELSE = {f"worklist:{page}" for page in OF_ONE_PATIENT}
FIXED = {"filter-delete": [10**9], "day": ["2026-11-23"], "print-day": ["2026-11-23"]}
# the trials coordinator does tasks about trials: this one is about insurance
OF_ANOTHER_KIND = {"worklist:task", "worklist:task-close"}
OF_A_VISIT = ("visit", "move-leg", "swap", "move-day", "confirm", "undo", "cancel", "add-leg")
WITHOUT_ROW = {
    "worklist:alerts",
    "worklist:home",
    "worklist:phone-entry",
    "worklist:phone-leave",
    "worklist:search",
    "worklist:my-day",
    "worklist:take-several",
    "worklist:to-call",
    "worklist:filter-save",
    "worklist:news",
    "worklist:tasks",
    "staff-visits:today",
    "staff-waitlist:list",
}


def arguments(name, rows):
    """The arguments of one address; `rows` are those that exist."""
    page = name.partition(":")[2]
    if name in WITHOUT_ROW:
        return []
    if page in FIXED:
        return FIXED[page]
    if page in ("alert", "acknowledge", "contact", "further"):
        return [rows["alert"].pk]
    if page in ("move-leg", "swap"):
        return [rows["visit"].pk, rows["visit"].appointments.first().pk]
    if page in OF_A_VISIT:
        return [rows["visit"].pk]
    if page == "visit-step":
        return [rows["visit"].pk, "check-in"]
    if page == "leg-step":
        return [rows["visit"].appointments.first().pk, "start"]
    if page in ("file", "file-remove"):
        return [rows["wanted"].reference, uuid.uuid4()]
    if page in ("offer", "remove"):
        return [rows["waits"].pk]
    if page in ("record", "proxy"):
        return [rows["wanted"].reference, rows[page].pk]
    if page in ("task", "task-close", "task-merge", "merged"):
        return [rows[page.replace("-close", "")].pk]
    return [rows["wanted"].reference]


@pytest.fixture
def rows():
    a_visit_type()
    wanted = a_row(EMERGENCY)
    visit = a_booked_visit(a_row(), [a_clinician_row()])
    patient, other = wanted.patient, a_patient_row("Mary")
    more = {
        "proxy": Proxy.objects.create(patient=patient, name="Ana", relation="child", authority="patient_asked"),
        "task": StaffTask.objects.create(kind="insurance_help", patient=patient),
        "task-merge": StaffTask.objects.create(kind="merge", patient=patient, data={"other": str(other.pk)}),
        "merged": PatientMerge.objects.create(kept=patient, absorbed=other, merged_at=timezone.now()),
    }
    record = ReadinessItem.objects.create(report=wanted.report, kind="imaging")
    more["waits"] = WaitlistEntry.objects.create(request=wanted, joined_at=timezone.now())
    return {"wanted": wanted, "visit": visit, "alert": an_alert(wanted.report), "record": record} | more


def test_table_names_every_staff_address_of_scheduling():
    areas = ("worklist", "staff-offers", "staff-visits", "staff-waitlist")
    named = {
        f"{area}:{name}"
        for area in areas
        for name in get_resolver().namespace_dict[area][1].reverse_dict
        if isinstance(name, str)
    }

    assert named == set(TABLE)


@pytest.mark.parametrize("name", TABLE)
def test_staff_address_opens_for_its_roles_only(client, rows, name):
    method, allowed, status = TABLE[name]
    address = reverse(name, args=arguments(name, rows))
    got = {}

    for role, user in everybody().items():
        client.force_login(user)
        got[role] = getattr(client, method)(address).status_code

    refused = {role: 404 if role in OWN and name in OF_SOMEBODY_ELSE else 403 for role in EVERY_ROLE}
    refused |= {"trials_coordinator": 404} if name in OF_ANOTHER_KIND else {}
    assert got == refused | dict.fromkeys(allowed, status)


@pytest.mark.parametrize("name", TABLE)
def test_staff_address_sends_strangers_to_the_sign_in(client, rows, name):
    method = TABLE[name][0]
    address = reverse(name, args=arguments(name, rows))

    answer = getattr(client, method)(address)

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("name", sorted(TABLE.keys() - WITHOUT_ROW))
def test_staff_address_of_nothing_is_not_found(client, rows, name):
    method = TABLE[name][0]
    page = name.partition(":")[2]
    nothing = dict.fromkeys(("task", "task-close", "task-merge", "merged", "filter-delete"), 10**9)
    nothing |= {page: uuid.uuid4() for page in ("alert", "acknowledge", "contact", "further")}
    nothing |= dict.fromkeys((*OF_A_VISIT, "visit-step", "leg-step"), uuid.uuid4())
    nothing |= dict.fromkeys(("offer", "remove"), uuid.uuid4())
    there = arguments(name, rows)
    client.force_login(everybody()["nurse" if "nurse" in TABLE[name][1] else "coordinator"])

    assert (
        getattr(client, method)(reverse(name, args=[nothing.get(page, "BMC-0000-00"), *there[1:]])).status_code == 404
    )


@pytest.mark.parametrize("reference", ["%00", "BMC%00", "%0A", "x" * 500, "%F0%9F%98%80"])
def test_strange_reference_is_not_found(client, reference):
    client.force_login(everybody()["nurse"])

    assert client.get(f"/staff/requests/{reference}/").status_code == 404


@pytest.mark.parametrize("name", [name for name, (method, *_) in TABLE.items() if method == "post"])
def test_address_that_changes_something_refuses_a_look(client, rows, name):
    client.force_login(everybody()["nurse"])

    assert client.get(reverse(name, args=arguments(name, rows))).status_code == 405


@pytest.mark.parametrize("role", sorted(EVERY_ROLE - CARE - OWN))
def test_home_of_roles_without_patients_shows_no_patient(client, rows, role):
    client.force_login(everybody()[role])

    page = client.get("/staff/").content.decode()

    assert "Alvarez" not in page
    assert rows["wanted"].reference not in page
    assert rows["alert"].find_code not in page
