"""One more appointment today and overbooking: what is possible, refused, and kept."""

from datetime import timedelta

import pytest
from django.conf import settings

from clinic.accounts.actors import staff_actor
from clinic.messages.models import Message
from clinic.platform.audit.models import AuditEntry
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import new_key
from scheduling.availability.models import Closure
from scheduling.requests.models import RequestNote
from scheduling.visits import day_actions
from scheduling.visits.actions import cancel_visit
from scheduling.visits.changes import undo_change
from scheduling.visits.models import Claim, Visit, VisitChange
from scheduling.visits.walk_in import NewLeg, add_walk_in_leg
from tests.factories import (
    a_coordinator,
    a_nurse,
    a_patient,
    a_physician,
    a_request,
    claims_held,
    claims_wanted,
    overlapping_claims,
)
from tests.scheduling.day_rows import a_visit_today
from tests.scheduling.own_steps import in_session_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock")]
MINUTE = timedelta(minutes=1)


@pytest.fixture
def desk(db):
    return staff_actor(a_coordinator())


@pytest.fixture
def overbooking(settings):
    settings.OVERBOOKING_ALLOWED = True


@pytest.fixture
def visit(small_clinic, now):
    """Orthopedic surgery from 9:30 to 10:10."""
    return a_visit_today(a_request(), small_clinic, [("ORTHO_ONC", now + 30 * MINUTE)])


@pytest.fixture
def other(small_clinic, now):
    """Another patient in the other room, with the first medical oncologist from 10:15 to 10:55."""
    patient = a_patient()
    return a_visit_today(a_request(patient=patient), small_clinic, [("MED_ONC", now + 75 * MINUTE)], room=1)


@pytest.fixture
def add(visit, small_clinic, desk, now):
    def call(code="MED_ONC", at=75, minutes=30, *, who=0, by=desk, moment=now, **more):
        return add_walk_in_leg(
            visit,
            specialty_id=small_clinic.specialties[code].pk,
            clinician_id=small_clinic.people[code][who].pk,
            starts_at=now + at * MINUTE,
            minutes=minutes,
            by=by,
            key=new_key(),
            now=moment,
            **more,
        )

    return call


def code_of(call, *args, **kwargs):
    with pytest.raises(Refused) as told:
        call(*args, **kwargs)
    return told.value.code


def test_added_leg_makes_the_stay_longer_at_its_end(add, visit, now):
    leg = add()
    visit.refresh_from_db()
    change = VisitChange.objects.get()
    assert (visit.starts_at, visit.ends_at) == (now + 30 * MINUTE, now + 105 * MINUTE)
    assert (visit.calendar_sequence, change.kind, change.reason) == (1, "add_leg", "")
    assert [row.pk for row in visit.appointments.order_by("position")][-1] == leg.pk
    assert claims_held(visit) == claims_wanted(visit)
    assert not leg.is_overbooked
    assert Message.objects.filter(template="visit_changed").exists()


def test_leg_added_before_the_others_comes_first(add, visit, now):
    add(at=5, minutes=20)
    visit.refresh_from_db()
    assert visit.starts_at == now + 5 * MINUTE
    assert [leg.specialty.code for leg in visit.appointments.order_by("position")] == ["MED_ONC", "ORTHO_ONC"]
    assert claims_held(visit) == claims_wanted(visit)


@pytest.mark.parametrize("state", ["checked_in", "in_visit"])
def test_leg_can_be_added_while_the_patient_is_here_and_writes_no_message(add, visit, state):
    Visit.objects.filter(pk=visit.pk).update(state=state)
    assert add().state == "booked"
    assert not Message.objects.exists()


@pytest.mark.parametrize("state", ["held", "completed", "no_show", "cancelled_by_clinic"])
def test_leg_is_not_added_to_a_visit_that_is_over_or_only_held(add, visit, state):
    Visit.objects.filter(pk=visit.pk).update(state=state)
    assert code_of(add) == "stale"


def test_leg_added_twice_by_one_click_is_added_once(visit, small_clinic, desk, now):
    key = new_key()
    asked = {
        "specialty_id": small_clinic.specialties["MED_ONC"].pk,
        "clinician_id": small_clinic.people["MED_ONC"][0].pk,
        "starts_at": now + 75 * MINUTE,
        "minutes": 30,
    }
    one, again = (add_walk_in_leg(visit, **asked, by=desk, key=key, now=now) for _time in range(2))
    assert one.pk == again.pk
    assert visit.appointments.count() == 2


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"at": 77}, "times"),
        ({"minutes": 7}, "times"),
        ({"minutes": 0}, "times"),
        ({"minutes": 245}, "times"),
        ({"at": -30}, "past"),
        ({"at": 24 * 60}, "not_today"),
        ({"at": 170, "minutes": 30}, "not_working"),  # into the lunch break
        ({"at": 9 * 60}, "not_working"),
        ({"at": 40}, "own_time"),
        ({"version": 5}, "stale"),
    ],
)
def test_impossible_leg_is_refused(add, visit, asked, code):
    assert code_of(add, **asked) == code
    assert visit.appointments.count() == 1


def test_leg_is_not_added_on_another_day_than_the_visits(add, visit, now):
    Visit.objects.filter(pk=visit.pk).update(
        starts_at=visit.starts_at + timedelta(days=1), ends_at=visit.ends_at + timedelta(days=1)
    )
    assert code_of(add) == "not_today"


def test_leg_with_a_clinician_of_another_specialty_or_out_of_use_is_refused(visit, small_clinic, desk, now):
    asked = {"starts_at": now + 75 * MINUTE, "minutes": 30, "by": desk, "now": now}
    surgeon = small_clinic.people["SPINE_SURG"][0]
    keys = {"specialty_id": small_clinic.specialties["MED_ONC"].pk, "clinician_id": surgeon.pk}
    assert code_of(add_walk_in_leg, visit, **keys, **asked, key=new_key()) == "not_bookable"
    surgeon.is_active = False
    surgeon.save()
    keys["specialty_id"] = surgeon.specialty_id
    assert code_of(add_walk_in_leg, visit, **keys, **asked, key=new_key()) == "not_bookable"


def test_closed_clinician_is_refused(add, small_clinic, now):
    Closure.objects.create(
        clinician=small_clinic.people["MED_ONC"][0], starts_at=now, ends_at=now + timedelta(hours=2), reason="Away"
    )
    assert code_of(add) == "not_working"


def test_room_that_the_next_patient_has_is_not_stayed_in(add, small_clinic, now):
    a_visit_today(a_request(), small_clinic, [("RAD_ONC", now + 90 * MINUTE)])
    assert code_of(add) == "room_taken"


def test_patient_with_another_visit_is_not_kept_longer(add, visit, small_clinic, now):
    wanted = a_request(patient=visit.patient)
    a_visit_today(wanted, small_clinic, [("RAD_ONC", now + 90 * MINUTE)], room=1)
    assert code_of(add) == "patient_busy"


def test_bent_rules_are_told_and_can_be_gone_over(add, visit):
    assert code_of(add, at=70) == "rules"  # no pause at all
    assert code_of(add, at=105) == "rules"  # 35 minutes of pause
    add(at=105, despite_rules=True)
    assert VisitChange.objects.get().reason == "despite_rules"
    assert AuditEntry.objects.get(action="appointment_added").data["rules"] == ["gap_long"]
    visit.refresh_from_db()
    assert claims_held(visit) == claims_wanted(visit)


def test_who_does_not_run_the_day_adds_nothing(add):
    assert code_of(add, by=staff_actor(a_physician())) == "not_allowed"


# overbooking


@pytest.mark.usefixtures("other")
def test_taken_time_is_refused_without_a_reason(add):
    assert code_of(add) == "taken"


@pytest.mark.usefixtures("other")
def test_overbooking_is_off_by_default(add):
    assert settings.OVERBOOKING_ALLOWED is False
    assert code_of(add, overbook_reason="Pain is worse") == "overbooking_off"


@pytest.mark.usefixtures("other", "overbooking")
def test_overbooking_needs_the_right(add):
    assert code_of(add, by=staff_actor(a_nurse()), overbook_reason="Pain is worse") == "not_allowed"
    assert code_of(add, overbook_reason="  ") == "taken"


@pytest.mark.usefixtures("overbooking")
def test_overbooked_leg_is_marked_and_its_reason_is_kept(add, visit, other):
    leg = add(overbook_reason="Pain is worse today")
    leg.refresh_from_db()
    visit.refresh_from_db()
    assert (leg.is_overbooked, leg.overbooking_reason) == (True, "Pain is worse today")
    assert Claim.objects.get(is_overbooked=True).visit_id == visit.pk
    assert Claim.objects.get(is_shared=True).visit_id == other.pk
    assert AuditEntry.objects.get(action="appointment_added").data["overbooked"] == [str(leg.pk)]
    assert "Pain is worse today" in RequestNote.objects.get(request=visit.request).text
    assert claims_held(visit) == claims_wanted(visit)
    assert claims_held(other) == claims_wanted(other)


@pytest.mark.usefixtures("overbooking", "other")
def test_patient_is_never_told_of_overbooking(add, visit, client):
    add(overbook_reason="Pain is worse today")
    in_session_of(client, visit.request)
    for page in ("visit/", "visit/print/", "visit.ics", ""):
        shown = client.get(f"/my/{visit.request.reference}/{page}")
        assert shown.status_code == 200
        assert "verbook" not in shown.content.decode()
        assert "Pain is worse" not in shown.content.decode()


@pytest.mark.usefixtures("overbooking")
def test_reason_without_need_marks_nothing(add):
    leg = add(overbook_reason="To be sure")
    assert not leg.is_overbooked
    assert leg.overbooking_reason is None


@pytest.mark.usefixtures("overbooking", "other")
def test_time_is_overbooked_once(add):
    add(overbook_reason="Pain is worse")
    assert code_of(add, at=85, overbook_reason="Again") == "own_time"
    assert overlapping_claims() == []


@pytest.mark.usefixtures("overbooking", "other")
def test_second_overbooking_by_another_visit_is_refused(add, small_clinic, desk, now):
    add(overbook_reason="Pain is worse")
    third = a_visit_today(a_request(), small_clinic, [("PALLIATIVE", now + 200 * MINUTE)])
    asked = NewLeg(small_clinic.specialties["MED_ONC"].pk, small_clinic.people["MED_ONC"][0].pk, now + 75 * MINUTE, 30)
    assert third.pk
    assert (
        code_of(
            add_walk_in_leg, third, specialty_id=asked.specialty_id, clinician_id=asked.clinician_id,
            starts_at=asked.starts_at, minutes=30, overbook_reason="Me too", despite_rules=True, by=desk,
            key=new_key(), now=now,
        )
        == "overbooked"
    )  # fmt: skip


@pytest.mark.usefixtures("overbooking")
@pytest.mark.parametrize("more", [{"expires_at": True}, {"visit": None}], ids=["held", "busy elsewhere"])
def test_held_or_busy_time_is_never_overbooked(add, other, more, now):
    if "expires_at" in more:
        more = {"expires_at": now + timedelta(hours=1)}
    Claim.objects.filter(visit=other).update(**more)
    assert code_of(add, overbook_reason="Pain is worse") == "held"


@pytest.mark.usefixtures("overbooking")
def test_overbooked_leg_is_normal_when_the_appointment_below_is_canceled(add, other, desk, now):
    leg = add(overbook_reason="Pain is worse")
    cancel_visit(other, by=desk, key=new_key(), reason="other", now=now)
    leg.refresh_from_db()
    assert not leg.is_overbooked
    assert not Claim.objects.filter(is_overbooked=True).exists()
    assert AuditEntry.objects.filter(action="overbooking_ended").count() == 1


@pytest.mark.usefixtures("overbooking")
def test_time_below_is_whole_again_when_the_overbooked_visit_does_not_come(add, visit, other, desk, now):
    add(overbook_reason="Pain is worse")
    day_actions.mark_no_show(visit, by=desk, key=new_key(), now=visit.starts_at)
    assert not Claim.objects.filter(is_shared=True).exists()
    assert claims_held(other) == claims_wanted(other)


def test_added_leg_can_be_undone(add, visit, desk, now):
    leg = add(at=5, minutes=20)
    undo_change(VisitChange.objects.get(), by=desk, key=new_key(), now=now + 5 * MINUTE)
    leg.refresh_from_db()
    visit.refresh_from_db()
    assert (leg.state, visit.starts_at) == ("cancelled_by_clinic", now + 30 * MINUTE)
    assert not Claim.objects.filter(clinician=leg.clinician).exists()


def test_no_show_can_be_undone(visit, desk, now):
    day_actions.mark_no_show(visit, by=desk, key=new_key(), now=visit.starts_at)
    undo_change(VisitChange.objects.get(), by=desk, key=new_key(), now=visit.starts_at + 9 * MINUTE)
    visit.refresh_from_db()
    visit.request.refresh_from_db()
    assert (visit.state, visit.request.status) == ("booked", "scheduled")
    assert claims_held(visit) == claims_wanted(visit)


@pytest.mark.usefixtures("overbooking")
def test_no_show_of_an_overbooked_visit_is_undone_with_its_mark(add, visit, other, desk):
    leg = add(overbook_reason="Pain is worse")
    visit.refresh_from_db()
    day_actions.mark_no_show(visit, by=desk, key=new_key(), now=visit.starts_at)
    change = VisitChange.objects.get(kind="no_show")
    undo_change(change, by=desk, key=new_key(), now=visit.starts_at + MINUTE)
    leg.refresh_from_db()
    assert (leg.state, leg.is_overbooked) == ("booked", True)
    assert Claim.objects.get(is_overbooked=True).visit_id == visit.pk
    assert claims_held(other) == claims_wanted(other)
