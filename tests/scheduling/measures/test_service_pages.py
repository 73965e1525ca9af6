"""Pages and files of the measures of service: roles, months, figures, hidden cells, queries, nothing of a patient."""

import csv
import io
import re
from datetime import date, timedelta

import pytest
from django.urls import reverse

from clinic.accounts.roles import Role
from clinic.directory.models import Specialty
from clinic.platform.audit.models import AuditEntry
from intake.models import Coverage
from scheduling.measures.service.forms import RangeForm
from scheduling.measures.service.tables import share_top
from scheduling.measures.service.texts import EQUITY_COLUMNS, LEADS, MEASURES, PAGES
from scheduling.models import AppointmentRequest, RequestNote
from tests import factories
from tests.clinic.look.markup import Page, faults
from tests.scheduling.measures.service_rows import SENT, a_visit
from tests.scheduling.staff_rows import a_member, everybody, queries_of

pytestmark = pytest.mark.django_db

MAY_SEE = {"administrator", "coordinator", "nurse", "physician"}
ADDRESSES = [
    "/staff/measures/service/",
    *(f"/staff/measures/service/{page}/" for page in PAGES),
    *(f"/staff/measures/service/{measure}/csv/" for measure in [*MEASURES, "equity"]),
]
MONTHS = {"first": "2026-11", "last": "2026-12"}  # the clock stands at Monday, January 4, 2027, 9 a.m.


@pytest.fixture
def coordinator(client, standing_clock):
    member = a_member("coordinator", "Robin Castle")
    client.force_login(member)
    return member


def some_requests(count: int, **facts) -> list[AppointmentRequest]:
    """Requests of November that were taken after two hours."""
    made = [factories.a_request(at=SENT, **facts) for _number in range(count)]
    RequestNote.objects.bulk_create(
        RequestNote(request=one, kind="taken", by_label="Nurse", at=SENT + timedelta(hours=2)) for one in made
    )
    return made


def words_of(client, page: str, **query) -> str:
    """The words of a page, spaces made single."""
    answer = client.get(f"/staff/measures/service/{page}/", query or MONTHS)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def cells_of(words: str, measure: str, row: str) -> list[str]:
    """The figures of one row of the table of a measure by month."""
    table = words[words.index(f'id="{measure}-months"') :]
    line = table[table.index(f'<th scope="row">{row}</th>') :].split("</tr>")[0]
    return re.findall(r'<td class="num">(.*?)</td>', line)


def rows_of(client, measure: str, **query) -> list[dict]:
    """The lines of a file."""
    text = client.get(f"/staff/measures/service/{measure}/csv/", query or MONTHS).content.decode()
    return list(csv.DictReader(io.StringIO(text.lstrip("\N{ZERO WIDTH NO-BREAK SPACE}"))))


@pytest.mark.parametrize("address", ADDRESSES)
def test_address_opens_for_its_roles_only(client, db, address):
    got = {}
    for role, user in everybody().items():
        client.force_login(user)
        got[role] = client.get(address).status_code

    assert got == {role.value: 200 if role in MAY_SEE else 403 for role in Role}


@pytest.mark.parametrize("address", ADDRESSES[:3])
def test_address_sends_strangers_to_the_sign_in_and_takes_no_posts(client, db, address):
    assert client.get(address).headers["Location"].startswith(reverse("account_login"))
    client.force_login(a_member("nurse"))
    assert client.post(address).status_code == 405


@pytest.mark.parametrize("address", ["nothing/", "nothing/csv/", "waiting/csv/"])
def test_what_is_no_page_or_measure_is_not_found(client, coordinator, address):
    assert client.get(f"/staff/measures/service/{address}").status_code == 404


def test_every_page_has_its_words_and_every_measure_its_page():
    assert set(LEADS) == set(PAGES)
    assert {one.page for one in MEASURES.values()} | {"equity"} == set(PAGES)
    assert all(key in MEASURES[slug].lines for slug, key in EQUITY_COLUMNS.values())


@pytest.mark.parametrize("page", PAGES)
def test_page_is_sound_without_any_case(client, coordinator, page):
    answer = client.get(f"/staff/measures/service/{page}/")

    assert answer.status_code == 200
    assert faults(Page(answer.content.decode())) == []
    assert "There is no case in these months." in answer.content.decode()


# Months


def test_page_shows_half_a_year_when_no_months_are_chosen(client, coordinator):
    words = " ".join(client.get("/staff/measures/service/").content.decode().split())

    assert "<strong>August 2026 to January 2027</strong>" in words
    assert "Counted until Monday, January 4, 2027 at 9:00 a.m.: this month is not over." in words


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        ("2026-12", "2026-11", "The last month must not be before the first month"),
        ("2024-11", "2026-11", "Select 24 months or fewer: these are 25"),
        ("2027-02", "2027-03", "The first month is not one of the months shown"),
        ("2026-11", "2027-02", "The last month is not one of the months shown"),
        ("", "2026-11", "Select the first month"),
        ("2026-11", "", "Select the last month"),
        ("<b>", "2026-13", "The first month is not one of the months shown"),
    ],
)
def test_months_that_make_no_sense_are_told_and_nothing_is_counted(client, coordinator, first, last, told):
    for path in ("safety/", "under-triage/csv/", "equity/", "equity/csv/"):
        answer = client.get(f"/staff/measures/service/{path}", {"first": first, "last": last})

        assert answer.status_code == 422
        assert told in answer.content.decode()
        assert "<table" not in answer.content.decode()


def test_two_years_are_the_most(client, coordinator):
    assert len(RangeForm({"first": "2025-02", "last": "2027-01"}, today=date(2027, 1, 4)).period(None).months) == 24
    assert client.get("/staff/measures/service/", {"first": "2025-02", "last": "2027-01"}).status_code == 200


def test_chosen_months_stay_with_the_tabs_and_the_files(client, coordinator, small_clinic):
    some_requests(11)
    words = words_of(client, "waiting")

    assert "/staff/measures/service/visits/?first=2026-11&amp;last=2026-12" in words
    assert "/staff/measures/service/acknowledgement/csv/?first=2026-11&amp;last=2026-12" in words


# Figures


@pytest.mark.parametrize(("shares", "top"), [([None, 3, 8], 10), ([11, 23], 25), ([50], 50), ([4, 51], 100), ([], 10)])
def test_scale_of_small_shares_is_shorter(shares, top):
    assert share_top(shares) == top


def test_cell_of_ten_is_hidden_and_of_eleven_is_shown(client, coordinator, small_clinic):
    some_requests(10)
    words = words_of(client, "waiting")
    assert cells_of(words, "acknowledgement", "Nov 2026") == ["Hidden"] * 5
    assert cells_of(words, "acknowledgement", "Dec 2026") == ["0", "–", "–", "0", "–"]
    assert {row["median"] for row in rows_of(client, "acknowledgement")} == {"hidden", ""}

    some_requests(1)
    words = words_of(client, "waiting")
    assert cells_of(words, "acknowledgement", "Nov 2026") == ["11", "2", "2", "11", "100%"]
    assert cells_of(words, "acknowledgement", "Whole period") == ["11", "2", "2", "11", "100%"]
    assert faults(Page(client.get("/staff/measures/service/waiting/", MONTHS).content.decode())) == []


def test_chart_is_drawn_by_the_server_with_a_name_and_without_styles(client, coordinator, small_clinic):
    some_requests(11)
    words = words_of(client, "waiting")

    svg = words[words.index('<svg class="chart"') :].split("</svg>")[0]
    assert 'role="img"' in svg
    assert 'aria-label="Receipt to acknowledgement, All requests. Percent by month: Within 48 hours.' in svg
    assert "style" not in svg
    assert svg.count('<rect class="column"') == 1  # December has no case
    assert "100%</text>" in svg


def test_rates_are_shown_by_level_and_by_rule(client, coordinator, small_clinic):
    for one in some_requests(12, level="soon"):
        one.triage.rules = ["S01"]
        one.triage.save()
    some_requests(11, level="routine")

    words = words_of(client, "waiting")
    groups = words[words.index('id="seen-groups"') :].split("</table>")[0]
    assert re.findall(r'<th scope="row">(.*?)</th><td class="num">(.*?)</td>', groups) == [
        ("Soon", "12"), ("Routine", "11"),
    ]  # fmt: skip
    rules = words_of(client, "safety")
    assert '<th scope="row">S01</th><td class="num">12</td><td class="num">0%</td>' in rules


def test_equity_page_shows_groups_and_says_what_zip_areas_are_compared_with(
    client, coordinator, small_clinic, settings
):
    for number, one in enumerate(some_requests(24)):
        if number < 12:
            Coverage.objects.create(patient=one.patient, payer_type="medicare")
    words = words_of(client, "equity")

    row = words[words.index('<th scope="row">Medicare</th>') :].split("</tr>")[0]
    assert "100%" in row
    assert "median 2 hours" in row
    assert "of 12 cases" in row
    assert '<th scope="row">None, or not told</th>' in words
    assert "come (481)" in words
    settings.CLINIC_ADDRESS = "100 Example Avenue, Example City, MI 49503-1234"
    words = words_of(client, "equity")
    assert "compared with the ZIP code of the clinic" in words
    assert '<th scope="row">Same first digit only</th>' in words


def test_file_has_months_the_whole_period_and_groups(client, coordinator, small_clinic):
    some_requests(12)

    answer = client.get("/staff/measures/service/seen/csv/", MONTHS)
    rows = rows_of(client, "seen")

    assert answer.headers["Content-Disposition"] == 'attachment; filename="seen-2027-01-04.csv"'
    assert [row for row in rows if row["figure"] == "Within 7 days"] == [
        {
            "month": month, "measure": "Share seen in time", "figure": "Within 7 days", "group": group, "unit": "",
            "values": "", "median": "", "percentile_90": "", "share_percent": share, "counted": of,
        }
        for month, group, share, of in (
            ("2026-11", "", "0.0", "12"), ("2026-12", "", "", "0"), ("2026-11 to 2026-12", "", "0.0", "12"),
            ("2026-11 to 2026-12", "Routine", "0.0", "12"),
        )
    ]  # fmt: skip
    entry = AuditEntry.objects.filter(subject_kind="measure").latest("pk")
    assert (entry.subject_id, entry.actor_id, entry.data["purpose"]) == ("seen", str(coordinator.pk), "csv")


def test_equity_file_has_a_line_for_each_band_and_measure(client, coordinator, small_clinic):
    some_requests(11)

    rows = rows_of(client, "equity")

    assert [
        row for row in rows if row["attribute"] == "Language" and row["measure"] == "Acknowledged"
    ] == [
        {
            "attribute": "Language", "band": "English", "measure": "Acknowledged", "unit": "hours", "values": "11",
            "median": "2.00", "share_percent": "100.0", "counted": "11",
        }
    ]  # fmt: skip


def test_name_that_a_spreadsheet_would_run_is_made_harmless(client, coordinator, small_clinic):
    Specialty.objects.filter(code="MED_ONC").update(name="=1+1")

    assert "'=1+1" in {row["group"] for row in rows_of(client, "utilization")}


def test_pages_and_files_hold_nothing_of_a_patient(client, coordinator, small_clinic):
    (one,) = some_requests(1, answers={"primary_site": "lung"})

    for address in ADDRESSES:
        text = client.get(address, MONTHS).content.decode()
        for secret in ("Maribelle", "Quackenbush", one.reference, "BMC-", "2025550147", "48109", str(one.pk), "lung"):
            assert secret not in text, address


@pytest.mark.parametrize("page", PAGES)
def test_page_makes_as_many_queries_for_many_rows_as_for_one(client, coordinator, small_clinic, page):
    address = f"/staff/measures/service/{page}/"

    def a_case() -> None:
        a_visit(small_clinic, *some_requests(1))

    a_case()
    client.get(address, MONTHS)
    few = queries_of(lambda: client.get(address, MONTHS))
    for _number in range(29):
        a_case()

    assert queries_of(lambda: client.get(address, MONTHS)) == few <= 10
