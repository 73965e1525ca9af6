"""Canceling as the patient meets it: a day changed meanwhile, one that has begun, taking the cancellation back."""

from datetime import timedelta

import pytest

from clinic.accounts.actors import staff_actor
from clinic.messages.models import Message
from scheduling.offers.models import Offer
from scheduling.requests.models import AppointmentRequest
from scheduling.visits.actions import cancel_visit
from scheduling.visits.changes import undo_change
from scheduling.visits.models import Claim, Visit, VisitChange
from scheduling.waitlist.actions import join_waitlist
from scheduling.waitlist.looking import can_still_be_undone
from scheduling.waitlist.models import WaitlistEntry
from scheduling.waitlist.settling import settle_entries
from tests.clinic.look.markup import Page, faults
from tests.factories import a_coordinator, claims_held, person_of
from tests.scheduling.patient_steps import key_on, queries_of
from tests.scheduling.visits.booked import a_booked_visit, as_it_is, refusal
from tests.scheduling.visits.test_patient_changes import come_in, dropped, my, text_of
from tests.support.reading import grade

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock", "small_clinic")]


@pytest.fixture
def visit(now, fresh_key):
    return a_booked_visit(now, fresh_key)


def sent_from(page, visit, version=None):
    seen = visit.calendar_sequence if version is None else version
    return {"key": key_on(page), "visit": str(visit.pk), "version": str(seen), "reason": ""}


def canceled(client, visit):
    """The patient cancels on the page; the cancellation."""
    come_in(client, visit)
    page = client.get(my(visit, "cancel/"))
    assert client.post(my(visit, "cancel/"), sent_from(page, visit)).status_code == 302
    return VisitChange.objects.get(visit=visit, kind="cancel")


def undo(client, visit, change, key="b" * 32):
    return client.post(my(visit, "cancel/undo/"), {"key": key, "change": str(change.pk)}, follow=True)


# A day that is not what the page showed


def test_day_changed_since_the_page_was_opened_is_shown_before_it_can_be_canceled(client, visit, now, fresh_key):
    come_in(client, visit)
    opened = client.get(my(visit, "cancel/"))
    dropped(visit, now, fresh_key)
    answer = client.post(my(visit, "cancel/"), sent_from(opened, visit))
    assert answer.status_code == 422
    assert "This visit was changed a moment ago." in text_of(answer)
    assert Visit.objects.get(pk=visit.pk).state == "booked"
    again = client.post(my(visit, "cancel/"), sent_from(answer, visit, version=1))
    assert again.status_code == 302
    assert b'name="version" value="1"' in answer.content
    assert Visit.objects.get(pk=visit.pk).state == "cancelled_by_patient"


def test_staff_do_not_cancel_a_day_that_they_have_not_seen(client, visit, now, fresh_key):
    client.force_login(a_coordinator())
    address = f"/staff/visits/{visit.pk}/cancel/"
    opened = client.get(address)
    dropped(visit, now, fresh_key)
    data = {"key": key_on(opened), "version": "0", "reason": "other"}
    answer = client.post(address, data)
    assert answer.status_code == 422
    assert "This visit was changed a moment ago." in text_of(answer)
    assert Visit.objects.get(pk=visit.pk).state == "booked"
    assert client.post(address, data | {"key": key_on(answer), "version": "1"}).status_code == 302


def test_visit_that_has_begun_is_canceled_by_telephone(client, visit, standing_clock):
    standing_clock.move_to(visit.starts_at - timedelta(minutes=5), tick=False)
    come_in(client, visit)
    opened = client.get(my(visit, "cancel/"))
    standing_clock.move_to(visit.starts_at, tick=False)
    answer = client.post(my(visit, "cancel/"), sent_from(opened, visit))
    assert answer.status_code == 422
    assert "Your visit has begun. To cancel it now, call 202-555-0110." in text_of(answer)
    assert Visit.objects.get(pk=visit.pk).state == "booked"
    assert client.get(my(visit, "cancel/"))["Location"] == my(visit)
    assert "Cancel this visit" not in text_of(client.get(my(visit)))


def test_staff_may_cancel_a_visit_that_has_begun(visit, fresh_key):
    by = staff_actor(a_coordinator())
    ended = cancel_visit(visit, by=by, key=fresh_key(), reason="other", now=visit.starts_at)
    assert (ended.state, ended.is_late_cancellation) == ("cancelled_by_clinic", True)


@pytest.mark.parametrize(
    ("reason", "state"),
    [
        ("patient_asked", "cancelled_by_patient"),
        ("patient_in_hospital", "cancelled_by_patient"),
        ("clinician_away", "cancelled_by_clinic"),
        ("room_or_equipment", "cancelled_by_clinic"),
        ("records_missing", "cancelled_by_clinic"),
        ("other", "cancelled_by_clinic"),
    ],
)
def test_staff_who_write_down_what_the_patient_said_do_not_cancel_for_the_clinic(
    client, visit, fresh_key, now, reason, state
):
    ended = cancel_visit(visit, by=staff_actor(a_coordinator()), key=fresh_key(), reason=reason, now=now)
    assert ended.state == state
    come_in(client, visit)
    shown = text_of(client.get(my(visit)))
    assert ("We had to cancel your visit" in shown) is (state == "cancelled_by_clinic")
    assert "Did you not mean to cancel?" not in shown  # staff undo what staff did


# Taken back


def test_cancellation_is_taken_back_with_one_press(client, visit):
    before = claims_held(visit)
    change = canceled(client, visit)
    page = client.get(my(visit))
    assert "Did you not mean to cancel?" in text_of(page)
    assert faults(Page(page.content.decode())) == []
    assert not Claim.objects.filter(visit=visit).exists()
    answers = [undo(client, visit, change) for _press in range(2)]
    for answer in answers:
        assert "Your visit is booked" in text_of(answer)
    assert "Your visit is booked again: the same day, the same times." in text_of(answers[0])
    assert "took our last change back" not in text_of(answers[1])
    assert Visit.objects.get(pk=visit.pk).state == "booked"
    assert claims_held(visit) == before
    assert AppointmentRequest.objects.get(pk=visit.request_id).status == "scheduled"


def test_word_of_the_cancellation_that_still_waits_is_never_sent(client, visit):
    change = canceled(client, visit)
    assert Message.objects.filter(template="visit_cancelled").exists()
    undo(client, visit, change)
    assert not Message.objects.filter(template="visit_cancelled").exists()


def test_cancellation_is_not_taken_back_after_ten_minutes(client, visit, standing_clock, now):
    change = canceled(client, visit)
    standing_clock.move_to(now + timedelta(minutes=10), tick=False)
    assert "Did you not mean to cancel?" not in text_of(client.get(my(visit)))
    assert "It is too late to undo this change." in text_of(undo(client, visit, change))
    assert Visit.objects.get(pk=visit.pk).state == "cancelled_by_patient"


def test_patient_takes_back_nothing_that_staff_did(client, visit, now, fresh_key):
    by = person_of(visit.request)
    move = dropped(visit, now, fresh_key)
    assert refusal(lambda: undo_change(move, by=by, key=fresh_key(), now=now)) == "not_allowed"
    cancel_visit(visit, by=staff_actor(a_coordinator()), key=fresh_key(), reason="other", now=now)
    change = VisitChange.objects.get(visit=visit, kind="cancel")
    before = as_it_is(visit)
    assert refusal(lambda: undo_change(change, by=by, key=fresh_key(), now=now)) == "not_allowed"
    come_in(client, visit)
    assert "Did you not mean to cancel?" not in text_of(client.get(my(visit)))
    undo(client, visit, change)
    assert as_it_is(visit) == before


def test_patient_takes_back_nothing_of_somebody_else(client, visit, now, fresh_key):
    other = a_booked_visit(now, fresh_key)
    cancel_visit(other, by=person_of(other.request), key=fresh_key(), reason="", now=now)
    change = VisitChange.objects.get(visit=other, kind="cancel")
    come_in(client, visit)
    for answer in (undo(client, visit, change), undo(client, visit, change, key="x")):
        assert "This page was too old." in text_of(answer)
    by = person_of(visit.request)
    assert refusal(lambda: undo_change(change, by=by, key=fresh_key(), now=now)) == "not_allowed"
    assert client.get(my(visit, "cancel/undo/")).status_code == 405
    assert Visit.objects.get(pk=other.pk).state == "cancelled_by_patient"


def test_time_that_a_patient_gave_back_waits_until_it_cannot_be_taken_back(client, visit, now):
    canceled(client, visit)
    kept = {clinician for uses in can_still_be_undone(now) for clinician, _start, _end in uses}
    assert kept == set(visit.appointments.values_list("clinician", flat=True))
    assert can_still_be_undone(now + timedelta(minutes=10)) == []


def test_place_on_the_waitlist_is_still_there_after_taking_the_cancellation_back(client, visit, now, fresh_key):
    by = person_of(visit.request)
    entry = join_waitlist(visit.request, by=by, key=fresh_key())
    change = canceled(client, visit)
    settle_entries(WaitlistEntry.objects.all(), now=now)
    undo(client, visit, change)
    entry.refresh_from_db()
    assert entry.state == "waiting"


def test_place_on_the_waitlist_ends_once_the_cancellation_stands(client, visit, now, fresh_key):
    entry = join_waitlist(visit.request, by=person_of(visit.request), key=fresh_key())
    canceled(client, visit)
    settle_entries(WaitlistEntry.objects.all(), now=now + timedelta(minutes=10))
    entry.refresh_from_db()
    assert entry.state == "ended"


def test_cancellation_is_taken_back_while_an_earlier_day_is_on_offer(client, visit, now):
    Offer.objects.create(
        request=visit.request, made_at=now, expires_at=now + timedelta(hours=2), replaces=visit, origin="waitlist"
    )
    undo(client, visit, canceled(client, visit))
    assert Visit.objects.get(pk=visit.pk).state == "booked"


# A visit whose time is over and of which nobody has written what became


def test_visit_whose_time_is_over_is_not_shown_as_one_to_come(client, visit, standing_clock):
    standing_clock.move_to(visit.ends_at - timedelta(minutes=5), tick=False)
    come_in(client, visit)
    assert "Your visit is booked" in text_of(client.get(my(visit)))
    standing_clock.move_to(visit.ends_at, tick=False)
    page = client.get(my(visit))
    shown = text_of(page)
    assert "Your visit time is over" in shown
    assert "Could you not come? Call 202-555-0110 and we will find another day." in shown
    assert "Your visit is booked" not in shown
    assert "Show this at the desk" not in shown
    assert faults(Page(page.content.decode())) == []
    assert client.get(my(visit, "other-day/"))["Location"] == my(visit)
    assert client.get(my(visit, "earlier-day/"))["Location"] == my(visit, "")
    for address in (my(visit, ""), "/my/"):
        status = text_of(client.get(address))
        assert "The time of the visit is over. If you could not come, call us" in status
        assert "Tell me if an earlier day opens" not in status
        assert "See your visit" not in status


def test_words_are_plain_and_queries_few(client, visit):
    come_in(client, visit)
    asked = text_of(client.get(my(visit, "cancel/")))
    assert grade(asked[asked.index("This cancels all") : asked.index("Do you feel too ill")]) <= 6
    canceled(client, visit)
    shown = text_of(client.get(my(visit)))
    assert grade(shown[shown.index("Did you not mean") : shown.index("Keep my visit after all")]) <= 6
    assert len(queries_of(client, my(visit))) <= 8
