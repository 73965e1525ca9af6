"""A net below the tables of the areas: no address of the staff opens to strangers, or to roles without patients.

The tables say, address by address, which role gets what. This walk needs no table: whatever is added below /staff/ is
refused until somebody writes it down here. And whoever sees their own patients only gets no row of another patient,
neither by a look nor by a post.
"""

import re
import uuid

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from clinic.accounts.roles import Role
from clinic.platform.audit.models import AuditEntry
from intake.models import Proxy, StaffTask
from scheduling.waitlist.models import WaitlistEntry
from tests.scheduling.follow_up.rows import a_call, a_letter, a_seen_patient, an_item
from tests.scheduling.scores.score_rows import recorded
from tests.scheduling.staff_rows import a_file, a_member, an_alert

pytestmark = pytest.mark.django_db

WITHOUT_PATIENTS = [Role.ADMINISTRATOR, Role.CONTENT_EDITOR, Role.AUDITOR]
FOR_EVERYBODY = {"worklist:home"}  # the home of each role
# sums without a patient, which the administrator sees too
OF_THE_ADMINISTRATOR = "staff-measures:"
PART = re.compile(r"<(?:\w+:)?(\w+)>")
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


def addresses_of(rows: dict) -> list[str]:
    """Every address below /staff/ that names one of these rows, by the names of its arguments."""
    found = []

    def walk(patterns, path=""):
        for one in patterns:
            here = path + str(one.pattern)
            if isinstance(one, URLResolver):
                walk(one.url_patterns, here)
            elif here.startswith("staff/") and rows.keys() & set(PART.findall(here)):
                found.append("/" + PART.sub(lambda part: str(rows.get(part[1], "start")), here))

    walk(get_resolver().url_patterns)
    return found


@pytest.fixture
def rows_of_a_patient(standing_clock, small_clinic) -> dict:
    """One row of each kind, all of one patient, by the name that addresses give it."""
    wanted = a_seen_patient()
    nurse, patient, visit = a_member("nurse"), wanted.patient, wanted.visits.get()
    return {
        "reference": wanted.reference,
        "patient_id": patient.pk,
        "visit_id": visit.pk,
        "leg_id": visit.appointments.first().pk,
        "alert_id": an_alert(wanted.report).pk,
        "upload_id": a_file(wanted.report).pk,
        "item_id": an_item(wanted).pk,
        "letter_id": a_letter(wanted, nurse).pk,
        "call_id": a_call(wanted).pk,
        "entry_id": WaitlistEntry.objects.create(request=wanted, joined_at=wanted.submitted_at).pk,
        "proxy_id": Proxy.objects.create(patient=patient, name="Ana", relation="child", authority="patient_asked").pk,
        "task_id": StaffTask.objects.create(kind="insurance_help", patient=patient).pk,
        "series": recorded(wanted, "ecog", {"ecog": "1"}, user=nurse).series,
    }


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.TRIALS_COORDINATOR])
def test_rows_of_other_patients_are_refused_at_every_address(client, rows_of_a_patient, role):
    client.force_login(a_member(role.value))
    written = AuditEntry.objects.count()
    walked = addresses_of(rows_of_a_patient)

    opened = {
        (ask, address): status
        for address in walked
        for ask in ("get", "post")
        if (status := getattr(client, ask)(address).status_code) not in (403, 404, 405)
    }
    assert len(walked) > 60
    assert opened == {}
    assert AuditEntry.objects.count() == written  # neither seen nor changed


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
