"""Sending, taking, reviewing and withdrawing a request."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command

from clinic.accounts.actors import staff_actor
from clinic.accounts.roles import Permission
from clinic.messages.models import Message
from clinic.platform.audit.actors import Actor
from clinic.platform.audit.models import AuditEntry
from clinic.platform.refusals import Refused
from intake.patients.models import Patient
from intake.registration import actions as registration
from intake.triage.models import Alert, TriageReview
from scheduling.offers.accepting import accept_offer
from scheduling.offers.models import Offer
from scheduling.requests.actions import hand_back, review_request, send_request, take_request, withdraw_request
from scheduling.requests.may import require_staff
from scheduling.requests.models import AppointmentRequest
from scheduling.requests.reference import new_reference, read_reference
from scheduling.visits.models import Claim, StateChange, Visit
from tests import factories
from tests.factories import a_nurse, a_request, an_offer, days_of, person_of
from tests.intake.factories import begin, walk_until

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock")]
URGENT_PAIN = {"pain_pattern": {"pain_pattern": ["night_or_lying"]}}
CORD = {"bowel_change": {"bowel_change": "no_control"}, "walking_change": {"walking_change": "cannot"}}


def send(draft, key):
    return send_request(draft, by=registration.person(draft.pk, draft.filled_by), key=key)


@pytest.fixture
def draft(client):
    begin(client)
    return walk_until(client, "none")


# Sending


def test_sending_makes_the_request_once_however_often_it_is_pressed(draft, fresh_key, now):
    key = fresh_key()
    wanted = send(draft, key)
    again, from_other_tab = send(draft, key), send(draft, fresh_key())
    draft.refresh_from_db()
    assert wanted.pk == again.pk == from_other_tab.pk
    assert (AppointmentRequest.objects.count(), Patient.objects.count()) == (1, 1)
    assert (draft.state, draft.request_reference, draft.answers) == ("sent", wanted.reference, {})
    assert (wanted.status, wanted.level, wanted.urgency_rank) == ("submitted", "soon", 2)
    assert wanted.submitted_at == now
    assert wanted.reason_for_contact == ["new_bone_pain", "second_opinion"]
    assert Message.objects.filter(template="request_received").count() == 1
    assert AuditEntry.objects.filter(action="request_sent", subject_id=str(wanted.pk)).count() == 1
    assert StateChange.objects.get(thing="request").to_state == "submitted"


def test_deadlines_count_business_days_and_calendar_days(draft, fresh_key):
    wanted = send(draft, fresh_key())  # soon, sent on Monday, January 4, 9 a.m.
    assert wanted.contact_due_at == datetime(2027, 1, 6, 22, 0, tzinfo=UTC)  # Wednesday, close of the nurse line
    assert wanted.visit_due_on == date(2027, 1, 11)


def test_incomplete_draft_is_refused_and_leaves_nothing(client, fresh_key):
    begin(client)
    draft = walk_until(client, "phone")
    with pytest.raises(Refused) as refused:
        send(draft, fresh_key())
    assert refused.value.code == "incomplete"
    assert not Patient.objects.exists()


def test_no_message_without_consent(client, fresh_key):
    begin(client)
    draft = walk_until(client, "none", contact={"contact_preference": ["phone"], "contact_times": ["morning"]})
    send(draft, fresh_key())
    assert not Message.objects.filter(template="request_received").exists()


def test_emergency_shown_while_filling_in_counts_although_it_was_changed(draft, fresh_key, now):
    draft.emergency_rules = ["E11"]
    draft.save()
    wanted = send(draft, fresh_key())
    assert (wanted.level, wanted.urgency_rank, wanted.triage.level) == ("emergency", 0, "soon")
    assert wanted.contact_due_at == now + timedelta(minutes=15)


def test_emergency_counts_from_its_detection(client, fresh_key, now, time_machine):
    begin(client)
    time_machine.move_to(now - timedelta(minutes=10), tick=False)
    draft = walk_until(client, "none", walking_change={"walking_change": "cannot", "asked": "1"})
    alert = Alert.objects.order_by("detected_at").first()
    time_machine.move_to(now, tick=False)
    wanted = send(draft, fresh_key())
    assert wanted.level == "emergency"
    assert wanted.contact_due_at == alert.detected_at + timedelta(minutes=15)


def test_reference_has_no_look_alikes_and_finds_slips():
    for _n in range(50):
        reference = new_reference()
        assert len(reference) == 11
        assert not set("0O1IL") & set(reference[4:])
        assert read_reference(reference.lower().replace("-", " ")) == reference
        wrong = "2" if reference[4] != "2" else "3"
        assert read_reference(reference[:4] + wrong + reference[5:]) is None


# Taking


def take(wanted, user, key):
    return take_request(wanted, user=user, by=staff_actor(user), key=key)


def test_taking_moves_a_new_request_into_review_and_handing_back_out(small_clinic, fresh_key):
    nurse, wanted = a_nurse(), a_request(visit_type=None)
    taken = take(wanted, nurse, fresh_key())
    assert (taken.status, taken.taken_by, taken.version) == ("in_review", nurse, 3)
    back = hand_back(taken, user=nurse, by=staff_actor(nurse), key=fresh_key())
    assert (back.status, back.taken_by) == ("submitted", None)
    assert [note.kind for note in back.notes.all()] == ["taken", "handed_back"]


def test_colleague_takes_over_and_the_first_can_no_longer_hand_back(small_clinic, fresh_key):
    one, other, wanted = a_nurse(), a_nurse(), a_request(visit_type=None)
    take(wanted, one, fresh_key())
    assert take(wanted, other, fresh_key()).taken_by == other
    with pytest.raises(Refused) as refused:
        hand_back(wanted, user=one, by=staff_actor(one), key=fresh_key())
    assert refused.value.code == "not_yours"


@pytest.mark.parametrize("role", ["an_administrator", "an_auditor", "a_clinician_user"])
def test_others_take_nothing(small_clinic, fresh_key, role):
    with pytest.raises(Refused) as refused:
        take(a_request(visit_type=None), getattr(factories, role)(), fresh_key())
    assert refused.value.code == "not_allowed"


# Reviewing


def review(wanted, user, key, **changes):
    asked = {
        "disposition": wanted.level,
        "reason": "",
        "visit_type": "coordinated_new",
        "specialties": ["RAD_ONC", "SPINE_SURG"],
        "version": wanted.version,
    }
    return review_request(wanted, **asked | changes, user=user, by=staff_actor(user), key=key)


def code_of(call, *args, **more):
    with pytest.raises(Refused) as refused:
        call(*args, **more)
    return refused.value.code


def test_review_confirms_level_and_makes_the_request_ready(small_clinic, fresh_key, now):
    wanted = review(a_request(visit_type=None), a_nurse(), fresh_key())
    assert (wanted.status, wanted.level, wanted.reviewed_at) == ("ready", "routine", now)
    assert wanted.specialties == ["RAD_ONC", "SPINE_SURG"]
    assert TriageReview.objects.get().disposition == "routine"


def test_changed_level_needs_a_reason_and_recounts_from_sending(small_clinic, fresh_key, now):
    wanted = a_request(visit_type=None, at=now - timedelta(hours=1))
    assert code_of(review, wanted, a_nurse(), fresh_key(), disposition="urgent") == "reason_missing"
    wanted = review(wanted, a_nurse(), fresh_key(), disposition="urgent", reason="Looks unwell")
    assert (wanted.level, wanted.urgency_rank, wanted.triage.level) == ("urgent", 1, "routine")
    assert wanted.contact_due_at == now + timedelta(hours=3)  # 4 open hours from 8 a.m.
    assert wanted.visit_due_on == date(2027, 1, 7)


def test_lowering_an_emergency_is_refused_without_permission_or_reason(small_clinic, fresh_key):
    wanted = a_request(level="emergency", visit_type=None)
    assert (
        code_of(review, wanted, factories.a_coordinator(), fresh_key(), disposition="soon", reason="x") == "not_allowed"
    )
    assert code_of(review, wanted, a_nurse(), fresh_key(), disposition="soon", reason="  ") == "reason_missing"
    lowered = review(wanted, factories.a_physician(), fresh_key(), disposition="soon", reason="Spoke with the patient")
    assert (lowered.level, lowered.status) == ("soon", "ready")


def test_stale_version_is_refused(small_clinic, fresh_key):
    wanted = a_request(visit_type=None)
    take(wanted, a_nurse(), fresh_key())
    assert code_of(review, wanted, a_nurse(), fresh_key()) == "stale"


@pytest.mark.parametrize(
    ("disposition", "status"),
    [("emergency", "redirected_to_ed"), ("not_for_this_clinic", "declined"), ("needs_information", "needs_info")],
)
def test_other_decisions_set_their_status(small_clinic, fresh_key, disposition, status):
    wanted = a_request(visit_type=None)
    done = review(
        wanted, a_nurse(), fresh_key(), disposition=disposition, reason="Because", visit_type="", specialties=[]
    )
    assert done.status == status
    assert (done.closed_at is not None) == (status != "needs_info")
    if done.closed_at:
        assert code_of(review, done, a_nurse(), fresh_key()) == "closed"


def test_answered_information_makes_it_ready(small_clinic, fresh_key):
    wanted = review(
        a_request(visit_type=None), a_nurse(), fresh_key(), disposition="needs_information", reason="Phone?"
    )
    assert review(wanted, a_nurse(), fresh_key()).status == "ready"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"visit_type": "party"}, "visit_type_missing"),
        ({"specialties": []}, "specialties_missing"),
        ({"specialties": ["PODIATRY"]}, "unknown_specialty"),
        ({"disposition": "whenever", "reason": "x"}, "unknown_disposition"),
    ],
)
def test_review_with_a_wrong_choice_is_refused(small_clinic, fresh_key, changes, code):
    wanted = a_request(visit_type=None)
    assert code_of(review, wanted, a_nurse(), fresh_key(), **changes) == code
    assert not TriageReview.objects.exists()


def test_same_review_sent_twice_is_one_review(small_clinic, fresh_key):
    wanted, nurse, key = a_request(visit_type=None), a_nurse(), fresh_key()
    one, other = review(wanted, nurse, key), review(wanted, nurse, key)
    assert (one.pk, TriageReview.objects.count()) == (other.pk, 1)


def test_new_plan_takes_back_an_open_offer_and_the_same_plan_keeps_it(small_clinic, fresh_key, now):
    wanted = a_request()
    offer = an_offer(wanted, now=now)
    wanted.refresh_from_db()
    same = review(wanted, a_nurse(), fresh_key())
    assert same.status == "offered"
    changed = review(same, a_nurse(), fresh_key(), specialties=["RAD_ONC"])
    offer.refresh_from_db()
    assert (changed.status, offer.state, Claim.objects.count()) == ("ready", "released", 0)


def test_booked_visit_stands_in_the_way_of_a_new_plan_but_not_of_an_emergency(small_clinic, fresh_key, now):
    wanted = a_request()
    offer = an_offer(wanted, now=now)
    visit = accept_offer(offer, days_of(offer)[0], by=person_of(wanted), key=fresh_key(), now=now)
    wanted.refresh_from_db()
    assert code_of(review, wanted, a_nurse(), fresh_key(), specialties=["RAD_ONC"]) == "scheduled"
    done = review(wanted, a_nurse(), fresh_key(), disposition="emergency", reason="Weak legs", specialties=[])
    visit.refresh_from_db()
    assert (done.status, visit.state, Claim.objects.count()) == ("redirected_to_ed", "cancelled_by_clinic", 0)


# Withdrawing


def test_withdrawing_frees_offer_and_closes(small_clinic, fresh_key, now):
    wanted = a_request()
    an_offer(wanted, now=now)
    gone = withdraw_request(wanted, by=person_of(wanted), key=fresh_key(), reason="Went elsewhere")
    assert (gone.status, gone.closed_at, Claim.objects.count()) == ("withdrawn", now, 0)
    assert Offer.objects.get().state == "released"
    assert set(Visit.objects.values_list("state", flat=True)) == {"released"}


@pytest.mark.parametrize("state", ["checked_in", "in_visit"])
def test_request_is_not_withdrawn_while_the_patient_is_seen(small_clinic, fresh_key, now, state):
    wanted = a_request()
    offer = an_offer(wanted, now=now)
    visit = accept_offer(offer, days_of(offer)[0], by=person_of(wanted), key=fresh_key(), now=now)
    Visit.objects.filter(pk=visit.pk).update(state=state)
    assert code_of(withdraw_request, wanted, by=person_of(wanted), key=fresh_key(), reason="") == "under_way"


def test_nobody_withdraws_the_request_of_another(small_clinic, fresh_key):
    stranger = Actor("patient", "request:00000000-0000-0000-0000-000000000000")
    assert code_of(withdraw_request, a_request(), by=stranger, key=fresh_key(), reason="") == "not_allowed"


def test_only_staff_act_with_the_rights_of_an_account():
    nurse = a_nurse()
    require_staff(staff_actor(nurse), Permission.TAKE_REQUEST)
    for kind in ("patient", "caregiver", "referrer"):
        with pytest.raises(Refused):
            require_staff(Actor(kind, str(nurse.pk)), Permission.TAKE_REQUEST)


# The cache


def test_command_proves_the_cached_status_and_repairs_it(small_clinic, now, capsys):
    wanted = a_request()
    an_offer(wanted, now=now)
    call_command("check_request_status")
    AppointmentRequest.objects.update(status="submitted")
    with pytest.raises(CommandError):
        call_command("check_request_status")
    assert "stored submitted, computed offered" in capsys.readouterr().out
    call_command("check_request_status", "--repair")
    wanted.refresh_from_db()
    assert wanted.status == "offered"
