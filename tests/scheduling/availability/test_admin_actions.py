"""Reference data of scheduling in the admin, and what only auditors may read there."""

from datetime import date, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from scheduling.availability.admin import ClosureForm, SessionExceptionForm, WeeklySessionForm
from scheduling.availability.models import Closure, SessionException, WeeklySession
from tests import factories
from tests.factories import a_request, an_offer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock")]


def session_form(clinician, **changes):
    fields = {
        "clinician": clinician.pk, "weekday": 0, "starts": "08:00", "ends": "10:00", "valid_from": "2027-02-01",
        "valid_until": "", "every_n_weeks": 1, "reserve_minutes": 30,
    }  # fmt: skip
    return WeeklySessionForm(fields | changes)


@pytest.fixture
def somebody(small_clinic):
    """Works Mondays 9 to 12, every second week from Monday, February 1, 2027."""
    one = small_clinic.people["RAD_ONC"][0]
    one.sessions.all().delete()
    WeeklySession.objects.create(
        clinician=one, weekday=0, starts=time(9), ends=time(12), valid_from=date(2027, 2, 1), every_n_weeks=2
    )
    return one


@pytest.mark.parametrize(
    ("changes", "fits"),
    [
        ({}, False),
        ({"ends": "09:00"}, True),
        ({"starts": "11:55", "ends": "13:00"}, False),
        ({"weekday": 1}, True),
        ({"valid_from": "2026-01-05", "valid_until": "2027-01-31"}, True),
        ({"every_n_weeks": 2, "valid_from": "2027-02-08"}, True),
        ({"every_n_weeks": 2, "valid_from": "2027-02-15"}, False),
        ({"every_n_weeks": 3, "valid_from": "2027-02-08"}, False),
        ({"every_n_weeks": 4, "valid_from": "2027-02-08"}, True),
        ({"starts": "08:00", "ends": "07:00"}, False),
    ],
)
def test_sessions_of_one_clinician_may_not_overlap(somebody, changes, fits):
    assert session_form(somebody, **changes).is_valid() == fits


def test_session_of_a_colleague_is_nobodys_business(somebody, small_clinic):
    other = small_clinic.people["RAD_ONC"][1]
    other.sessions.all().delete()
    assert session_form(other).is_valid()


def test_saving_a_session_again_does_not_overlap_with_itself(somebody):
    kept = somebody.sessions.get()
    fields = {
        "clinician": somebody.pk, "weekday": 0, "starts": "09:00", "ends": "12:30", "valid_from": "2027-02-01",
        "valid_until": "", "every_n_weeks": 2, "reserve_minutes": 0,
    }  # fmt: skip
    assert WeeklySessionForm(fields, instance=kept).is_valid()


def test_closure_is_of_one_thing_and_ends_after_it_starts(small_clinic):
    when = {"starts_at": "2027-01-05 08:00", "ends_at": "2027-01-05 12:00", "reason": "Away"}
    one, room = small_clinic.people["RAD_ONC"][0].pk, small_clinic.rooms[0].pk
    assert ClosureForm(when).is_valid()
    assert ClosureForm(when | {"clinician": one}).is_valid()
    assert not ClosureForm(when | {"clinician": one, "room": room}).is_valid()
    assert not ClosureForm(when | {"ends_at": "2027-01-05 08:00"}).is_valid()


def test_change_that_leaves_appointments_outside_is_refused_in_the_admin(client, small_clinic, now):
    leg = an_offer(a_request(visit_type="follow_up", specialties=("MED_ONC",)), now=now).alternatives.last()
    leg = leg.appointments.get()
    on, one = timezone.localdate(leg.starts_at), leg.clinician
    session = one.sessions.get(weekday=on.weekday(), starts__lte=timezone.localtime(leg.starts_at).time(),
                               ends__gte=timezone.localtime(leg.ends_at).time())  # fmt: skip
    kept = {
        "clinician": one.pk, "weekday": session.weekday, "starts": session.starts, "ends": session.ends,
        "valid_from": session.valid_from, "valid_until": "", "every_n_weeks": 1, "reserve_minutes": 0,
    }  # fmt: skip
    times = {"starts_at": f"{on} 00:00", "ends_at": f"{on} 23:00", "reason": "Away"}
    away = {"clinician": one.pk, "on": on, "starts": "08:00", "ends": "17:00"}
    other = small_clinic.visit_types["single_new"].pk
    for form in (
        WeeklySessionForm(kept | {"valid_until": on - timedelta(days=1)}, instance=session),
        WeeklySessionForm(kept | {"visit_types": [other]}, instance=session),
        ClosureForm(times | {"clinician": one.pk}),
        ClosureForm(times | {"room": leg.visit.room_id}),
        SessionExceptionForm(away),
    ):
        assert ["1 appointment would" in line for line in form.non_field_errors()] == [True]
    session.refresh_from_db()
    assert (session.valid_until, list(session.visit_types.all())) == (None, [])
    assert (Closure.objects.count(), SessionException.objects.count()) == (0, 0)
    assert WeeklySessionForm(kept | {"valid_until": on}, instance=session).is_valid()
    assert SessionExceptionForm(away | {"on": on + timedelta(days=60)}).is_valid()


def test_admin_saves_a_quiet_change_and_deletes_nothing(client, small_clinic):
    client.force_login(factories.an_administrator(), backend="clinic.accounts.backend.RolesBackend")
    one = small_clinic.people["MED_ONC"][0]
    fields = session_form(one).data | {"weekday": 5, "visit_types": [small_clinic.visit_types["follow_up"].pk]}
    assert client.post(reverse("admin:scheduling_weeklysession_add"), fields).status_code == 302
    made = WeeklySession.objects.get(weekday=5)
    assert [kind.code for kind in made.visit_types.all()] == ["follow_up"]
    where = reverse("admin:scheduling_weeklysession_delete", args=[made.pk])
    assert client.post(where, {"post": "yes"}).status_code == 403
    assert client.post(reverse("admin:scheduling_closure_add"), {
        "room": small_clinic.ct.pk, "starts_at_0": "2027-03-01", "starts_at_1": "08:00", "ends_at_0": "2027-03-01",
        "ends_at_1": "12:00", "reason": "Repair",
    }).status_code == 302  # fmt: skip
    assert Closure.objects.get().room == small_clinic.ct


STATES = ("appointmentrequest", "offer", "visit", "claim", "statechange")
REFERENCE = ("weeklysession", "sessionexception", "closure", "buffer", "visittype")


def pages(client, names):
    return {name: client.get(reverse(f"admin:scheduling_{name}_changelist")).status_code for name in names}


def test_administrator_keeps_reference_data_and_sees_no_case(client, small_clinic):
    client.force_login(factories.an_administrator(), backend="clinic.accounts.backend.RolesBackend")
    assert set(pages(client, REFERENCE).values()) == {200}
    assert set(pages(client, STATES).values()) == {403}


def test_auditor_reads_states_without_names_and_changes_nothing(client, small_clinic, now):
    offer = an_offer(a_request(), now=now)
    client.force_login(factories.an_auditor(), backend="clinic.accounts.backend.RolesBackend")
    assert set(pages(client, STATES).values()) == {200}
    assert set(pages(client, REFERENCE).values()) == {403}
    things = {"appointmentrequest": offer.request, "offer": offer, "visit": offer.alternatives.first()}
    for name, thing in things.items():
        address = reverse(f"admin:scheduling_{name}_change", args=[thing.pk])
        page = client.get(address)
        assert page.status_code == 200
        assert "Quackenbush" not in page.content.decode()
        assert "1951" not in page.content.decode()
        assert client.post(address, {}).status_code == 403


@pytest.mark.parametrize("role", ["a_nurse", "a_coordinator", "a_clinician_user"])
def test_others_do_not_enter_the_admin(client, small_clinic, role):
    client.force_login(getattr(factories, role)(), backend="clinic.accounts.backend.RolesBackend")
    assert 200 not in pages(client, (*STATES, *REFERENCE)).values()
