"""Pages and files of the measures: roles, figures, empty states, queries, nothing of a patient."""

import csv
import io
from datetime import date, timedelta

import pytest
from django.urls import get_resolver, reverse

from clinic.accounts.roles import Role
from clinic.directory.models import Clinician, Specialty
from clinic.platform.audit.models import AuditEntry
from scheduling.availability.models import WeeklySession
from scheduling.measures.models import TnaSnapshot
from scheduling.templatetags.measures import hours
from scheduling.visits.models import Claim
from tests import factories
from tests.clinic.look.markup import Page, faults
from tests.scheduling.staff_rows import a_member, everybody, queries_of

pytestmark = pytest.mark.django_db

PAGES = ("access", "access-csv", "capacity", "capacity-csv")
OF_SERVICE = {"service", "service-page", "service-csv"}  # walked in test_service_pages.py
MAY_SEE = {"administrator", "coordinator", "nurse", "physician"}
MONDAY = date(2027, 1, 4)


@pytest.fixture
def coordinator(client, standing_clock):
    member = a_member("coordinator", "Robin Castle")
    client.force_login(member)
    return member


def page_of(client, name: str) -> str:
    """The words of a page, spaces made single."""
    answer = client.get(reverse(f"staff-measures:{name}"))
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def rows_of(client, name: str) -> list[dict]:
    """The lines of a file."""
    text = client.get(reverse(f"staff-measures:{name}-csv")).content.decode()
    assert text.startswith("\N{ZERO WIDTH NO-BREAK SPACE}")
    return list(csv.DictReader(io.StringIO(text[1:])))


def a_kept_figure(week_of=MONDAY, **changes) -> TnaSnapshot:
    facts = {
        "week_of": week_of, "measured_at": factories.local(week_of, 9), "kind": "specialty", "what": "RAD_ONC",
        "minutes": 45, "counted": 2, "total_days": 25, "beyond": 0,
    }  # fmt: skip
    return TnaSnapshot.objects.create(**facts | changes)


def test_table_names_every_address_of_the_measures():
    names = get_resolver().namespace_dict["staff-measures"][1].reverse_dict

    assert {name for name in names if isinstance(name, str)} == {*PAGES, *OF_SERVICE}


@pytest.mark.parametrize("name", PAGES)
def test_address_opens_for_its_roles_only(client, small_clinic, name):
    got = {}
    for role, user in everybody().items():
        client.force_login(user)
        got[role] = client.get(reverse(f"staff-measures:{name}")).status_code

    assert got == {role.value: 200 if role in MAY_SEE else 403 for role in Role}


@pytest.mark.parametrize("name", PAGES)
def test_address_sends_strangers_to_the_sign_in(client, db, name):
    answer = client.get(reverse(f"staff-measures:{name}"))

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("name", PAGES)
def test_address_takes_no_posts(client, coordinator, name):
    assert client.post(reverse(f"staff-measures:{name}")).status_code == 405


@pytest.mark.parametrize(("role", "shown"), [("administrator", True), ("clinician", False), ("auditor", False)])
def test_navigation_leads_only_those_who_may(client, db, role, shown):
    client.force_login(a_member(role))

    assert (reverse("staff-measures:access") in client.get("/staff/").content.decode()) is shown


def test_access_page_shows_days_range_clinicians_and_when(client, coordinator, small_clinic):
    for day in range(3):
        on = MONDAY + timedelta(days=day)
        Claim.objects.create(
            clinician=small_clinic.people["RAD_ONC"][0],
            starts_at=factories.local(on, 8),
            ends_at=factories.local(on, 17),
        )
    a_kept_figure()

    page = page_of(client, "access")

    assert "Measured Monday, January 4, 2027 at 9:00 a.m. EST." in page
    line = page[page.index("Rad_Onc") :]
    assert "<strong>1.5 </strong>" in line
    assert "0 to 3" in line
    assert "12.5" in line  # kept this morning
    assert "Wed, Jan 6" in page  # the third complete day
    assert faults(Page(client.get(reverse("staff-measures:access")).content.decode())) == []


def test_access_page_says_at_least_where_the_third_slot_lies_past_the_horizon(client, coordinator, small_clinic):
    WeeklySession.objects.filter(clinician__specialty__code="SPINE_SURG").update(reserve_minutes=240)

    page = page_of(client, "access")

    assert "at least 182" in page
    assert "None in 182 days" in page


def test_access_page_tells_when_the_first_figures_will_be_kept(client, coordinator, small_clinic):
    page = page_of(client, "access")

    assert "The first will be kept on Monday, January 11, 2027 at 9:00 a.m." in page
    assert "Last kept" not in page


def test_access_page_shows_eight_weeks_with_gaps(client, coordinator, small_clinic):
    for week in (0, 1, 3, 9):
        a_kept_figure(MONDAY - timedelta(days=7 * week), total_days=week)

    page = page_of(client, "access")

    history = page[page.index("history-caption") :]
    assert [day in history for day in ("Jan 4", "Dec 28", "Dec 14", "Nov 2")] == [True, True, True, False]
    assert "Not kept" in history  # the other specialties


def test_access_page_without_working_time_says_so(client, coordinator, db):
    page = page_of(client, "access")

    assert "There is nothing to measure" in page
    assert "<table" not in page


def test_capacity_page_names_the_bottleneck(client, coordinator, small_clinic, now):
    WeeklySession.objects.filter(clinician__specialty__code="SPINE_SURG").delete()
    factories.a_request(at=now, visit_due_on=MONDAY)

    page = page_of(client, "capacity")

    assert "The bottleneck is Spine_Surg: by the end of the week from January 4, open requests lack 40 minutes" in page
    assert "Closed" in page
    assert "Short 0.7 h" in page
    assert faults(Page(client.get(reverse("staff-measures:capacity")).content.decode())) == []


def test_capacity_page_names_the_fullest_when_time_is_enough(client, coordinator, small_clinic, now):
    factories.a_request(at=now, visit_due_on=MONDAY + timedelta(days=7), specialties=["PALLIATIVE"])

    # 45 of 4,800 minutes in the second week, for both; the nurse navigator comes first in the clinic's lists
    assert (
        "No specialty lacks time. The fullest is Nurse_Nav: 1% of the week from January 11 is taken or asked for."
        in page_of(client, "capacity")
    )


def test_capacity_page_without_working_time_says_so(client, coordinator, db):
    page = page_of(client, "capacity")

    assert "Nobody works in the next 8 weeks, and nobody waits for a visit." in page
    assert "<table" not in page


def test_pages_and_files_hold_nothing_of_a_patient(client, coordinator, small_clinic, now):
    request = factories.a_request(at=now, visit_type=None, answers={"primary_site": "lung"})
    factories.an_offer(factories.a_request(at=now), now=now)

    for name in PAGES:
        text = client.get(reverse(f"staff-measures:{name}")).content.decode()
        for secret in ("Maribelle", "Quackenbush", request.reference, "BMC-", "2025550147", "lung"):
            assert secret not in text


def test_access_file_has_now_and_the_weeks_kept(client, coordinator, small_clinic):
    a_kept_figure(MONDAY - timedelta(days=14), beyond=1)
    a_kept_figure(MONDAY - timedelta(days=400))

    answer = client.get(reverse("staff-measures:access-csv"))
    rows = rows_of(client, "access")

    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="third-next-available-2027-01-04.csv"'
    assert [row for row in rows if row["code"] == "RAD_ONC" and row["kind"] == "specialty"] == [
        {
            "measured_at": "2027-01-04T09:00-05:00", "week_of": "", "kind": "specialty", "visit_type": "",
            "code": "RAD_ONC", "name": "Rad_Onc", "minutes": "45", "clinicians": "2", "average_days": "0.00",
            "is_at_least": "no", "without_third_slot": "0",
        },
        {
            "measured_at": "2026-12-21T09:00-05:00", "week_of": "2026-12-21", "kind": "specialty", "visit_type": "",
            "code": "RAD_ONC", "name": "Rad_Onc", "minutes": "45", "clinicians": "2", "average_days": "12.50",
            "is_at_least": "yes", "without_third_slot": "1",
        },
    ]  # fmt: skip
    assert {row["kind"] for row in rows} == {"complete_day", "specialty", "visit_type"}


def test_capacity_file_has_a_line_for_each_specialty_and_week(client, coordinator, small_clinic, now):
    factories.a_request(at=now, visit_due_on=MONDAY + timedelta(days=8), specialties=["MED_ONC"])

    rows = rows_of(client, "capacity")

    assert len(rows) == 8 * 6
    (line,) = [row for row in rows if row["code"] == "MED_ONC" and row["week_from"] == "2027-01-11"]
    assert line == {
        "week_from": "2027-01-11", "week_to": "2027-01-17", "code": "MED_ONC", "specialty": "Med_Onc",
        "open_minutes": "4800", "taken_minutes": "0", "free_minutes": "4800", "wanted_minutes": "40",
        "short_minutes": "0", "load_percent": "1",
    }  # fmt: skip


def test_name_that_a_spreadsheet_would_run_is_made_harmless(client, coordinator, small_clinic):
    Specialty.objects.filter(code="MED_ONC").update(name="=1+1")

    assert {row["specialty"] for row in rows_of(client, "capacity") if row["code"] == "MED_ONC"} == {"'=1+1"}


@pytest.mark.parametrize("name", ["access", "capacity"])
def test_file_is_noted_in_the_audit(client, coordinator, small_clinic, name):
    client.get(reverse(f"staff-measures:{name}-csv"))

    entry = AuditEntry.objects.get(subject_kind="measure")
    assert (entry.subject_id, entry.actor_id, entry.data["purpose"]) == (name, str(coordinator.pk), "csv")


@pytest.mark.parametrize("name", ["access", "capacity"])
def test_page_makes_as_many_queries_for_many_rows_as_for_one(client, coordinator, small_clinic, now, name):
    address = reverse(f"staff-measures:{name}")
    factories.a_request(at=now, visit_type=None)
    a_kept_figure()
    client.get(address)
    few = queries_of(lambda: client.get(address))

    factories.a_clinic(people_each=8)
    for number in range(30):
        factories.a_request(at=now, visit_type=None)
        a_kept_figure(MONDAY - timedelta(days=7 * number), what="MED_ONC")
    for one in Clinician.objects.all():
        Claim.objects.create(clinician=one, starts_at=factories.local(MONDAY, 10), ends_at=factories.local(MONDAY, 11))

    assert queries_of(lambda: client.get(address)) == few <= 9


@pytest.mark.parametrize(
    ("minutes", "words"), [(0, "0"), (15, "0.3"), (20, "0.3"), (45, "0.8"), (90, "1.5"), (6120, "102")]
)
def test_minutes_are_told_in_hours(minutes, words):
    assert hours(minutes) == words
