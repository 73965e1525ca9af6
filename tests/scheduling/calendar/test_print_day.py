"""The day on paper: everybody or one clinician, who printed it, and what is kept of it."""

import html
import re

import pytest

from clinic.directory.models import Clinician
from clinic.platform.audit.models import AuditEntry
from tests import factories
from tests.clinic.look.markup import Page, faults
from tests.factories import a_request
from tests.scheduling.day_rows import a_visit_with

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock")]
PRINT = "/staff/schedule/day/2027-01-04/print/"


@pytest.fixture
def desk(client, small_clinic, now):
    user = factories.a_coordinator()
    client.force_login(user)
    for code, room in (("MED_ONC", 0), ("RAD_ONC", 1)):
        a_visit_with(a_request(), [(small_clinic.people[code][0], now)], small_clinic.rooms[room])
    return user


def table_of(page) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode().partition("<table")[2])))


def test_paper_has_everybody_or_one_clinician(client, desk, small_clinic):
    one, other = small_clinic.people["MED_ONC"][0], small_clinic.people["RAD_ONC"][0]
    everybody = client.get(PRINT)
    assert one.name in table_of(everybody)
    assert other.name in table_of(everybody)
    alone = client.get(f"{PRINT}?clinician={one.pk}")
    assert one.name in table_of(alone)
    assert other.name not in table_of(alone)
    assert f"{one.name}</h1>" in alone.content.decode()
    assert "1 appointment" in table_of(alone)
    assert faults(Page(alone.content.decode())) == []


def test_paper_says_who_printed_it_and_that_it_must_be_shredded(client, desk):
    said = table_of(client.get(PRINT))
    assert said.count("Confidential. Shred after use. Printed by") == 1
    assert f"Printed by {desk.name}, Monday, January 4, 2027 at 9:00 a.m." in said
    assert "a.m.." not in said
    empty = client.get("/staff/schedule/day/2027-01-09/print/").content.decode()
    assert empty.count("Confidential. Shred after use.") == 1


def test_printing_is_on_record(client, desk):
    client.get(PRINT)
    entry = AuditEntry.objects.get(subject_kind="clinic_day", subject_id="2027-01-04", data__purpose="print_day")
    assert (entry.actor_id, entry.action) == (str(desk.pk), "viewed")


@pytest.mark.parametrize("asked", ["x", "-1", "99999999999", "%00"])
def test_clinician_that_means_nothing_is_not_found(client, desk, asked):
    assert client.get(f"{PRINT}?clinician={asked}").status_code == 404


def test_paper_marks_who_no_longer_sees_patients(client, desk, small_clinic):
    gone = small_clinic.people["MED_ONC"][0]
    Clinician.objects.filter(pk=gone.pk).update(is_active=False)
    assert f"{gone.name} Med_Onc No longer sees patients" in table_of(client.get(PRINT))
    board = client.get("/staff/schedule/day/2027-01-04/")
    assert "No longer sees patients" in table_of(board)
    assert "/staff/schedule/clinicians/2027-01-04/" in board.content.decode()


def test_hold_that_has_lapsed_is_not_on_paper(client, desk, small_clinic, now, standing_clock):
    offer = factories.an_offer(a_request(), now=now, days=1)
    day = factories.days_of(offer)[0]
    paper = f"/staff/schedule/day/{day.starts_at.date().isoformat()}/print/"
    before = table_of(client.get(paper))
    assert "Held" in before
    standing_clock.move_to(offer.expires_at, tick=False)
    client.force_login(desk)
    assert "Held" not in table_of(client.get(paper))
