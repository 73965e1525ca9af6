"""The worklist: tabs, order, clock, search, take."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from clinic.platform.audit.models import AuditEntry
from clinic.platform.submits.once import new_key
from scheduling.models import AppointmentRequest
from scheduling.worklist.lists import Clock
from scheduling.worklist.tabs import TABS, tab_counts
from tests.scheduling.staff_rows import CANCER, EMERGENCY, SAFE, a_member, a_patient_row, a_row, an_alert, queries_of

pytestmark = pytest.mark.django_db
Status = AppointmentRequest.Status


@pytest.fixture
def nurse(client):
    nurse = a_member("nurse", "Dana Whitfield")
    client.force_login(nurse)
    return nurse


def names_in_order(page, *names):
    return sorted(names, key=page.index)


def test_worklist_sorts_by_urgency_then_waiting_time(client, nurse):
    a_row(patient=a_patient_row("Late", "Routine"), waited=timedelta(minutes=5))
    a_row(patient=a_patient_row("Early", "Routine"), waited=timedelta(hours=5))
    a_row(EMERGENCY, patient=a_patient_row("Some", "Emergency"), waited=timedelta(minutes=1))

    page = client.get("/staff/").content.decode()

    order = names_in_order(page, "Late Routine", "Early Routine", "Some Emergency")
    assert order == ["Some Emergency", "Early Routine", "Late Routine"]


def test_worklist_row_shows_word_waiting_time_target_age_and_reason(client, nurse):
    a_row(EMERGENCY, waited=timedelta(hours=2, minutes=10), contact_due_at=timezone.now() - timedelta(hours=1))

    page = client.get("/staff/").content.decode()

    for text in (
        "Emergency",
        "2\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}10\N{NO-BREAK SPACE}min",
        "Call overdue",
        "Maria Alvarez",
        "years old",
        "New bowel incontinence",
        "Take",
    ):
        assert text in page


def test_worklist_counts_each_tab(client, nurse):
    now = timezone.now()
    a_row()
    a_row(status=Status.IN_REVIEW, taken_by=nurse, taken_at=now)
    a_row(status=Status.NEEDS_INFO, filled_by="referring_clinician")
    a_row(status=Status.WITHDRAWN, filled_by="referring_clinician", closed_at=now)
    a_row(status=Status.RECORDS_PENDING)
    a_row(status=Status.READY)
    a_row(status=Status.OFFERED)
    a_row(status=Status.SCHEDULED, visit_due_on=timezone.localdate() - timedelta(days=1))
    a_row(status=Status.READY, visit_due_on=timezone.localdate() - timedelta(days=1))
    a_row(contact_due_at=now - timedelta(minutes=1))
    a_row(contact_due_at=now - timedelta(minutes=1), contacted_at=now)
    a_row(status=Status.WITHDRAWN, closed_at=now)

    assert tab_counts(nurse, now=now) == {
        "new": 3, "mine": 1, "waiting": 2, "to-schedule": 2, "offered": 1, "scheduled": 1, "overdue": 2, "referrals": 1,
        "all": 10, "to-call": 9,
    }  # fmt: skip


def test_tab_counts_are_zero_for_who_may_not_see_patients():
    a_row()

    assert set(tab_counts(a_member("administrator"), now=timezone.now()).values()) == {0}


def test_what_is_past_its_target_is_told_on_every_other_list(client, nurse):
    assert "Past the target" not in client.get("/staff/").content.decode()
    a_row(contact_due_at=timezone.now() - timedelta(minutes=1), status=Status.READY)

    assert 'Past the target: <span class="num" data-count="overdue">1</span>' in client.get("/staff/").content.decode()
    assert "Past the target" not in client.get("/staff/?tab=overdue").content.decode()


@pytest.mark.parametrize("tab", TABS, ids=lambda tab: tab.slug)
def test_empty_tab_says_so_and_when_it_looked(client, nurse, tab):
    page = client.get("/staff/", {"tab": tab.slug}).content.decode()

    assert str(tab.empty) in page
    assert "Last checked" in page


@pytest.mark.parametrize("query", [{"page": "0"}, {"page": "x"}, {"page": "9999"}, {"page": "\x00"}])
def test_worklist_with_a_strange_page_shows_the_nearest_page(client, nurse, query):
    a_row()

    assert "Maria Alvarez" in client.get("/staff/", query).content.decode()


def test_worklist_shows_thirty_rows_a_page(client, nurse):
    patient = a_patient_row()
    for _number in range(31):
        a_row(patient=patient)

    first, second = (client.get("/staff/", {"page": page}).content.decode() for page in (1, 2))

    assert [page.count("<strong>Maria Alvarez") for page in (first, second)] == [30, 1]


@pytest.mark.parametrize("rows", [1, 30])
def test_worklist_asks_the_same_few_questions_whatever_its_length(client, nurse, rows):
    for _number in range(rows):
        a_row()
        an_alert(a_row(EMERGENCY).report)

    client.get("/staff/")  # the first look also starts the idle clock of the session

    # session, user, who may hold requests and saved filters, counts, other lists, rows, the look (two), alerts
    assert queries_of(lambda: client.get("/staff/")) <= 9


def test_look_at_the_worklist_is_written_down_with_the_rows_that_were_seen(client, nurse):
    shown = [a_row(EMERGENCY), a_row()]
    a_row(status=Status.WITHDRAWN, closed_at=timezone.now())

    client.get("/staff/?tab=all")

    entry = AuditEntry.objects.get(action="viewed")
    assert entry.data == {"purpose": "worklist", "shown": [wanted.reference for wanted in shown]}
    assert (entry.actor_id, entry.subject_id) == (str(nurse.pk), str(nurse.pk))


@pytest.mark.parametrize(
    "typed",
    [
        "ALV", "alvarez", "mar alv", "alvarez, maria", "ÁLVAREZ",
        "(734) 555-0123", "734-555-0123", "734.555.0123", "7345550123", "+1 734 555 0123", "1-734-555-0123",
        "3/27/1951", "03-27-1951", "3.27.1951", "1951-03-27", "03271951", "3/27/51", "March 27, 1951", "mar 27 1951",
        "27 March 1951", "reference", "REFERENCE-lower",
    ],
)  # fmt: skip
def test_search_finds_by_name_phone_birth_date_and_reference(client, nurse, typed):
    wanted = a_row(patient=a_patient_row(born=date(1951, 3, 27)))
    a_row(patient=a_patient_row("Robert", "Chen", born=date(1960, 1, 2), phone="+17345550124"))
    typed = wanted.reference if typed == "reference" else typed
    typed = wanted.reference.lower().replace("-", "") if typed == "REFERENCE-lower" else typed

    page = client.post("/staff/search/", {"words": typed}).content.decode()

    assert "Maria Alvarez" in page
    assert "Robert Chen" not in page


def test_search_finds_every_request_of_one_patient_also_closed_ones(client, nurse):
    patient = a_patient_row()
    found = [a_row(patient=patient), a_row(patient=patient, status=Status.WITHDRAWN, closed_at=timezone.now())]

    page = client.post("/staff/search/", {"words": "Alvarez"}).content.decode()

    assert "2 requests found" in page
    assert all(wanted.reference in page for wanted in found)


def test_search_words_stand_in_no_address(client, nurse):
    wanted = a_row()

    answer = client.get("/staff/search/", {"words": "Alvarez"})

    assert wanted.reference not in answer.content.decode()


def test_search_is_logged_with_hits_and_without_the_words(client, nurse):
    a_row()

    client.post("/staff/search/", {"words": "Alvarez"})

    entry = AuditEntry.objects.get(action="search")
    assert entry.data == {"kind": "name", "hits": 1, "more": False}
    assert entry.actor_id == str(nurse.pk)


def test_search_without_words_says_what_to_enter(client, nurse):
    answer = client.post("/staff/search/", {"words": " "})

    assert answer.status_code == 422
    assert "Enter a name, reference, phone number or birth date" in answer.content.decode()


@pytest.mark.parametrize("spoken", [str, str.lower, lambda code: f"{code[:3]} {code[3:]}"])
def test_search_finds_an_alert_by_the_code_the_person_reads_out(client, nurse, spoken):
    alert = an_alert()

    page = client.post("/staff/search/", {"words": spoken(alert.find_code)}).content.decode()

    assert f"/staff/alerts/{alert.pk}/" in page.partition("Emergencies with this code")[2]


def test_search_without_hits_says_so(client, nurse):
    assert "Nothing found" in client.post("/staff/search/", {"words": "Nobody"}).content.decode()


@pytest.mark.parametrize("rows", [1, 30])
def test_search_asks_the_same_few_questions_whatever_it_finds(client, nurse, rows):
    for _number in range(rows):
        a_row()

    assert queries_of(lambda: client.post("/staff/search/", {"words": "Alvarez"})) <= 8


def test_take_makes_the_request_mine_once_however_often_it_is_posted(client, nurse):
    wanted, key = a_row(), new_key()

    for _time in range(2):
        client.post(f"/staff/requests/{wanted.reference}/take/", {"key": key})

    wanted.refresh_from_db()
    assert wanted.taken_by == nurse
    assert wanted.status == Status.IN_REVIEW
    assert AuditEntry.objects.filter(subject_id=str(wanted.pk)).exclude(action="view").count() == 1


def test_hand_back_leaves_the_request_with_nobody(client, nurse):
    wanted = a_row()
    client.post(f"/staff/requests/{wanted.reference}/take/", {"key": new_key()})

    client.post(f"/staff/requests/{wanted.reference}/hand-back/", {"key": new_key()})

    wanted.refresh_from_db()
    assert wanted.taken_by is None


def test_take_without_a_key_changes_nothing_and_says_so(client, nurse):
    wanted = a_row()

    page = client.post(f"/staff/requests/{wanted.reference}/take/", follow=True).content.decode()

    wanted.refresh_from_db()
    assert wanted.taken_by is None
    assert "too old to be sent" in page


def test_banner_with_open_alerts_stands_on_every_staff_page(client, nurse):
    wanted = a_row({**SAFE, **CANCER})
    alert = an_alert()

    for address in (
        "/staff/",
        f"/staff/requests/{wanted.reference}/",
        "/staff/schedule/day/2026-11-23/",
        "/staff/search/",
    ):
        assert f"Emergency {alert.find_code}" in client.get(address).content.decode()


def test_banner_drops_an_acknowledged_alert(client, nurse):
    alert = an_alert()
    client.post(f"/staff/alerts/{alert.pk}/acknowledge/", {"key": new_key()})

    assert f"Emergency {alert.find_code}" not in client.get("/staff/").content.decode()


@pytest.mark.parametrize(("days", "late"), [(0, False), (-1, True)])
def test_visit_is_overdue_from_the_day_after_its_last_one(days, late):
    now, nurse = timezone.now(), a_member("nurse")
    on = timezone.localdate(now) + timedelta(days=days)
    wanted = a_row(status="ready", contacted_at=now, visit_due_on=on)

    assert Clock.of(wanted, now=now).is_visit_overdue is late
    assert tab_counts(nurse, now=now)["overdue"] == late
