"""Filters as addresses: understood whole or refused, saved under a name."""

from datetime import timedelta
from itertools import count

import pytest
from django.utils import timezone

from clinic.directory.models import Specialty
from clinic.platform.audit.models import AuditEntry
from clinic.platform.submits.once import new_key
from scheduling.models import AppointmentRequest, SavedFilter
from scheduling.worklist.filter_actions import MOST
from tests.scheduling.staff_rows import a_member, a_patient_row, a_row, a_visit_type, queries_of

pytestmark = pytest.mark.django_db
Status = AppointmentRequest.Status


@pytest.fixture
def nurse(client):
    nurse = a_member("nurse", "Dana Whitfield")
    client.force_login(nurse)
    return nurse


def shown(client, query: str) -> set[str]:
    """The references on the page of an address."""
    answer = client.get(f"/staff/?{query}")
    assert answer.status_code == 200, answer.content.decode()
    page = answer.content.decode()
    return {wanted.reference for wanted in AppointmentRequest.objects.all() if wanted.reference in page}


@pytest.fixture
def rows(nurse):
    a_visit_type()
    spanish = a_patient_row("Rosa", "Vega")
    type(spanish).objects.filter(pk=spanish.pk).update(preferred_language="es", interpreter_needed="spoken")
    now, other = timezone.now(), a_member("coordinator", "Robin Castle")
    made = {
        "plain": a_row(),
        "urgent": a_row(level="urgent"),
        "mine": a_row(taken_by=nurse, taken_at=now, status=Status.IN_REVIEW),
        "theirs": a_row(taken_by=other, taken_at=now, status=Status.READY, specialties=["RAD_ONC"]),
        "spanish": a_row(patient=spanish),
        "late": a_row(contact_due_at=now - timedelta(hours=1)),
    }
    return made | {"other": other}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("tab=all&level=urgent", {"urgent"}),
        ("tab=all&owner=me", {"mine"}),
        ("tab=all&owner=nobody&level=urgent", {"urgent"}),
        ("tab=all&status=ready", {"theirs"}),
        ("tab=all&language=es", {"spanish"}),
        ("tab=all&only=interpreter", {"spanish"}),
        ("tab=all&only=overdue", {"late"}),
        ("tab=all&only=overdue&only=interpreter", set()),
        ("tab=all&specialty=RAD_ONC", {"theirs"}),
        ("tab=new&status=ready", set()),
        ("tab=all", {"plain", "urgent", "mine", "theirs", "spanish", "late"}),
    ],
)
def test_filter_keeps_what_it_asks_for(client, rows, query, names):
    assert shown(client, query) == {rows[name].reference for name in names}


def test_filter_by_a_colleague_keeps_what_they_hold(client, rows):
    assert shown(client, f"tab=all&owner={rows['other'].pk}") == {rows["theirs"].reference}


def test_specialty_filter_takes_the_whole_code_only(client, nurse):
    for code in ("RAD", "RADXONC"):
        Specialty.objects.create(code=code, name=code, default_minutes=30)
    a_visit_type()
    a_row(specialties=["RADXONC"])

    assert shown(client, "tab=all&specialty=RAD") == set()
    assert shown(client, "tab=all&specialty=RAD_ONC") == set()


def test_filter_says_how_many_it_keeps_and_stays_on_other_lists(client, rows):
    page = client.get("/staff/?tab=all&level=urgent").content.decode()

    assert "1 of 6 requests." in page
    assert 'href="?tab=mine&amp;level=urgent"' in page


def test_filter_that_fits_nothing_leads_to_the_whole_list(client, rows):
    page = client.get("/staff/?tab=all&level=emergency").content.decode()

    assert "No request on this list fits the filter." in page
    assert "Show all 6 requests of this list" in page


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("colour=red", "The worklist cannot be filtered by: colour."),
        ("Maria%20Alvarez=1", "The worklist cannot be filtered by what the address asks for."),
        ("level=worst", "The address asks for something that this list does not know."),
        ("owner=999999", "The address asks for something that this list does not know."),
        ("only=mine", "The address asks for something that this list does not know."),
        ("level=soon&level=urgent", "The address asks for one thing twice."),
        ("tab=none-such", "There is no such list."),
        ("tab=%00", "There is no such list."),
        ("status=completed", "The address asks for something that this list does not know."),
    ],
)
def test_filter_that_is_not_understood_is_refused_and_shows_no_row(client, rows, query, sentence):
    answer = client.get(f"/staff/?{query}")
    page = answer.content.decode()

    assert answer.status_code == 422
    assert sentence in page
    assert rows["plain"].reference not in page
    assert "Alvarez" not in page.partition("<main")[2]


def test_unfilled_parts_of_the_form_leave_the_address(client, nurse):
    answer = client.get("/staff/?tab=all&level=urgent&status=&owner=&language=")

    assert answer.status_code == 302
    assert answer.headers["Location"] == "/staff/?tab=all&level=urgent"


@pytest.mark.parametrize("rows", [1, 30])
def test_filtered_list_asks_the_same_few_questions(client, nurse, rows):
    for _number in range(rows):
        a_row(level="urgent")
        SavedFilter.objects.create(user=nurse, name=f"Filter {rows} {_number}", query="tab=all&level=soon")
    address = "/staff/?tab=all&level=urgent&language=en&only=overdue"
    client.get(address)

    assert queries_of(lambda: client.get(address)) <= 10


# Saved filters


def save(client, query="tab=all&level=urgent", name="Urgent ones", **more):
    return client.post("/staff/filters/save/", {"query": query, "name": name, "key": new_key()} | more)


def test_saved_filter_is_listed_as_an_address_and_audited(client, nurse):
    answer = save(client)
    page = client.get(answer.headers["Location"]).content.decode()

    saved = SavedFilter.objects.get()
    assert (saved.user, saved.name, saved.query) == (nurse, "Urgent ones", "tab=all&level=urgent")
    assert 'href="/staff/?tab=all&amp;level=urgent"' in page
    assert AuditEntry.objects.filter(action="filter_saved", subject_id=str(saved.pk)).exists()


def test_saved_filter_holds_known_keys_in_one_order_only(client, nurse):
    save(client, query="only=overdue&level=urgent&page=3&tab=all")

    assert SavedFilter.objects.get().query == "tab=all&level=urgent&only=overdue"


@pytest.mark.parametrize("query", ["", "tab=all", "name=Alvarez", "level=worst", "level=urgent&x=" + "y" * 400])
def test_filter_that_asks_for_nothing_known_is_not_saved(client, nurse, query):
    answer = save(client, query=query)

    assert answer.status_code == 302
    assert not SavedFilter.objects.exists()


def test_same_name_twice_is_refused_and_what_was_typed_stays(client, nurse):
    save(client)
    answer = save(client, query="tab=all&level=soon", name="urgent ONES")
    page = answer.content.decode()

    assert answer.status_code == 422
    assert "You have a filter of this name. Choose another name." in page
    assert 'value="urgent ONES"' in page
    assert SavedFilter.objects.get().query == "tab=all&level=urgent"


def test_filter_without_a_name_is_refused(client, nurse):
    answer = save(client, name=" ")

    assert answer.status_code == 422
    assert "Enter a name for this filter" in answer.content.decode()


def test_more_filters_than_fit_a_list_are_refused(client, nurse):
    numbers = count()
    SavedFilter.objects.bulk_create(
        SavedFilter(user=nurse, name=f"Filter {next(numbers)}", query="tab=all&level=soon") for _turn in range(MOST)
    )

    assert "Delete one first" in save(client).content.decode()


def test_saved_twice_by_the_same_press_is_saved_once(client, nurse):
    key = new_key()

    answers = [save(client, key=key) for _turn in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert SavedFilter.objects.count() == 1


def test_filter_of_somebody_else_is_neither_shown_nor_deleted(client, nurse):
    theirs = SavedFilter.objects.create(user=a_member("nurse"), name="Not for Dana", query="tab=all&level=soon")

    assert "Not for Dana" not in client.get("/staff/").content.decode()
    assert client.post(f"/staff/filters/{theirs.pk}/delete/", {"key": new_key()}).status_code == 404
    assert SavedFilter.objects.filter(pk=theirs.pk).exists()


def test_own_filter_is_deleted_and_audited(client, nurse):
    saved = SavedFilter.objects.create(user=nurse, name="Old", query="tab=all&level=soon")

    client.post(f"/staff/filters/{saved.pk}/delete/", {"key": new_key()})

    assert not SavedFilter.objects.exists()
    assert AuditEntry.objects.filter(action="filter_deleted").exists()
