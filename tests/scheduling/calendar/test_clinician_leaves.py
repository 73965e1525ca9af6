"""A clinician with appointments ahead is switched off in the admin: warned of, and nothing is lost."""

import html
import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.directory.models import Holiday
from tests import factories
from tests.factories import a_request
from tests.scheduling.day_rows import a_visit_with

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock")]


@pytest.fixture
def somebody(small_clinic, now):
    """Has one appointment behind and one ahead."""
    one = small_clinic.people["MED_ONC"][0]
    for days in (-7, 7):
        a_visit_with(a_request(), [(one, now + timedelta(days=days))], small_clinic.rooms[0])
    return one


@pytest.fixture
def administrator(client):
    user = factories.an_administrator()
    user.is_staff = True
    user.save()
    client.force_login(user)
    return user


def save(client, one, **changes):
    where = reverse("admin:clinic_clinician_change", args=[one.pk])
    fields = {"name": one.name, "specialty": one.specialty_id, "site": one.site_id, "languages": "[]", "user": ""}
    return client.post(where, fields | changes, follow=True)


def text_of(page) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode())))


def test_admin_warns_before_somebody_with_visits_leaves(client, administrator, somebody):
    said = text_of(save(client, somebody))
    assert "1 appointment lies ahead with this clinician." in said
    assert "Quackenbush" not in said
    somebody.refresh_from_db()
    assert somebody.is_active


def test_admin_switches_off_knowingly_and_says_what_to_do(client, administrator, somebody):
    said = text_of(save(client, somebody, leaves_visits="on"))
    assert "1 appointment must be moved to somebody else." in said
    somebody.refresh_from_db()
    assert not somebody.is_active
    assert somebody.appointments.filter(state="booked").count() == 2


def test_admin_asks_nothing_where_nothing_lies_ahead(client, administrator, somebody, small_clinic):
    other = small_clinic.people["MED_ONC"][1]
    said = text_of(save(client, other))
    assert "appointment" not in said.lower()
    other.refresh_from_db()
    assert not other.is_active
    save(client, somebody, is_active="on", name="Dr. Renamed")
    somebody.refresh_from_db()
    assert somebody.name == "Dr. Renamed"


def test_admin_does_not_ask_of_somebody_new(client, administrator, somebody):
    changed = reverse("admin:clinic_clinician_change", args=[somebody.pk])
    assert "leaves_visits" in client.get(changed).content.decode()
    assert "leaves_visits" not in client.get(reverse("admin:clinic_clinician_add")).content.decode()


def test_visits_to_move_are_listed_with_a_way_for_each(client, somebody):
    type(somebody).objects.filter(pk=somebody.pk).update(is_active=False)
    client.force_login(factories.a_coordinator())
    page = client.get(reverse("staff-availability:outside"))
    said = text_of(page)
    assert f"{somebody.name}" in said
    assert "no longer sees patients" in said
    assert "at the same time" in said
    assert "/confirm/?do=swap" in page.content.decode()


# A holiday, a room, a site


@pytest.fixture
def ahead(small_clinic, now):
    """A visit in a week, in the first room."""
    one = small_clinic.people["MED_ONC"][0]
    return a_visit_with(a_request(), [(one, now + timedelta(days=7))], small_clinic.rooms[0])


def _saved(client, what, fields, pk=None):
    name = f"admin:clinic_{what}_{'change' if pk else 'add'}"
    return text_of(client.post(reverse(name, args=[pk] if pk else []), fields, follow=True))


def test_holiday_on_a_day_with_visits_is_asked_about(client, administrator, ahead):
    fields = {"on": timezone.localdate(ahead.starts_at).isoformat(), "name": "Founders' day"}
    assert "1 appointment would lie outside working time" in _saved(client, "holiday", fields)
    assert not Holiday.objects.exists()
    _saved(client, "holiday", fields | {"leaves_visits": "on"})
    assert Holiday.objects.exists()
    ahead.refresh_from_db()
    assert ahead.state == "booked"


def test_holiday_on_a_day_without_visits_is_saved_at_once(client, administrator, ahead):
    on = timezone.localdate(ahead.starts_at) + timedelta(days=1)
    _saved(client, "holiday", {"on": on.isoformat(), "name": "Founders' day"})
    assert Holiday.objects.exists()


def test_room_with_a_visit_ahead_is_switched_off_knowingly(client, administrator, ahead):
    room = ahead.room
    fields = {"site": room.site_id, "name": room.name, "kind": room.kind}  # "in use" is not ticked
    assert "1 appointment would lie outside working time" in _saved(client, "room", fields, room.pk)
    room.refresh_from_db()
    assert room.is_active
    _saved(client, "room", fields | {"leaves_visits": "on"}, room.pk)
    room.refresh_from_db()
    assert not room.is_active


def test_site_with_a_visit_ahead_is_switched_off_knowingly(client, administrator, ahead):
    rooms = {"rooms-TOTAL_FORMS": 0, "rooms-INITIAL_FORMS": 0}
    site = ahead.site
    assert "1 appointment would lie outside working time" in _saved(
        client, "site", {"name": site.name, **rooms}, site.pk
    )  # fmt: skip
    site.refresh_from_db()
    assert site.is_active
