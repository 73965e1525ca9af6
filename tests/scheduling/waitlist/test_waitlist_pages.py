"""The patient's pages: joining the list, and keeping the day or changing to an earlier one."""

import re
from datetime import date, timedelta

import pytest

from clinic.accounts.actors import staff_actor
from clinic.platform.submits.once import new_key
from intake.access.links import make_link
from scheduling.itineraries.legs import Wishes
from scheduling.itineraries.search import find_days
from scheduling.offers.accepting import accept_offer
from scheduling.offers.actions import make_offer
from scheduling.offers.models import Offer
from scheduling.visits.actions import cancel_visit, move_visit
from scheduling.visits.models import Claim
from scheduling.waitlist.actions import join_waitlist, match_waitlist
from scheduling.waitlist.models import WaitlistEntry
from tests import factories
from tests.clinic.look.markup import Page, faults
from tests.factories import BIRTH_DATE, a_coordinator, a_request, days_of, person_of
from tests.scheduling.patient_steps import key_on, post_birth_date, queries_of
from tests.support.reading import grade

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock")]


@pytest.fixture(autouse=True)
def clinic(db, settings):
    settings.WAITLIST_MODE = "offer"
    return factories.a_clinic(people_each=1, rooms=1)


@pytest.fixture
def visit(now):
    """Booked for Thursday, an hour ago."""
    wanted, by, now = a_request(), staff_actor(a_coordinator()), now - timedelta(hours=1)
    found = find_days(wanted, wishes=Wishes(frozenset({3}), required=True), now=now, limit=1).itineraries
    offer = make_offer(wanted, found, by=by, key=new_key(), now=now)
    return accept_offer(offer, days_of(offer)[0], by=person_of(wanted), key=new_key(), now=now)


@pytest.fixture
def patient(client, visit, now):
    """The patient's browser with the link of the confirmation opened."""
    token = make_link(purpose="visit", subject_id=visit.pk, birth_date=BIRTH_DATE, expires_at=now + timedelta(days=30))
    assert post_birth_date(client, f"/my/visit/{token}/", BIRTH_DATE).status_code == 302
    return client


@pytest.fixture
def earlier(visit, now):
    """The offer of an earlier day."""
    join_waitlist(visit.request, by=person_of(visit.request), key=new_key())
    assert match_waitlist(now) == 1
    return Offer.objects.get(state="open")


def at(visit, page: str) -> str:
    return f"/my/{visit.request.reference}/{page}"


def text_of(answer) -> str:
    return answer.content.decode()


# On the list


def test_patient_joins_from_the_visit_changes_and_leaves(patient, visit):
    assert at(visit, "earlier-day/") in text_of(patient.get(at(visit, "visit/")))
    page = patient.get(at(visit, "earlier-day/"))
    assert faults(Page(text_of(page))) == []
    answer = patient.post(
        at(visit, "earlier-day/"),
        {
            "key": key_on(page),
            "notice": "48",
            "weekdays": ["1", "2"],
            "latest_month": "1",
            "latest_day": "6",
            "latest_year": "2027",
        },
    )
    assert answer.status_code == 302
    entry = WaitlistEntry.objects.get()
    assert (entry.notice_hours, entry.weekdays, entry.latest_on) == (48, [1, 2], date(2027, 1, 6))
    page = patient.get(at(visit, "earlier-day/"))
    assert "You are on the list" in text_of(page)
    assert 'value="6"' in text_of(page)
    assert "You wait for an earlier day" in text_of(patient.get(at(visit, "")))
    answer = patient.post(at(visit, "earlier-day/leave/"), {"key": new_key()})
    assert answer.status_code == 302
    entry.refresh_from_db()
    assert entry.state == "left"


def test_leaving_from_a_spoiled_page_is_not_told_as_done(patient, visit):
    entry = join_waitlist(visit.request, by=person_of(visit.request), key=new_key())
    answer = patient.post(at(visit, "earlier-day/leave/"), {"key": ""}, follow=True)
    assert "This page is too old to be sent" in text_of(answer)
    assert "any more" not in text_of(answer)
    entry.refresh_from_db()
    assert entry.state == "waiting"


def test_wrong_answers_are_told_and_kept(patient, visit):
    page = patient.get(at(visit, "earlier-day/"))
    answer = patient.post(
        at(visit, "earlier-day/"),
        {
            "key": key_on(page),
            "earliest_month": "1",
            "earliest_day": "7",
            "earliest_year": "2027",
            "latest_month": "1",
            "latest_day": "6",
            "latest_year": "2027",
        },
    )
    assert answer.status_code == 422
    assert "Select how long before you need to know" in text_of(answer)
    assert "The last day must not be before the first" in text_of(answer)
    assert not WaitlistEntry.objects.exists()


def test_who_has_no_visit_to_come_cannot_join(patient, visit, now):
    cancel_visit(visit, by=person_of(visit.request), key=new_key(), reason="", now=now)
    assert patient.get(at(visit, "earlier-day/")).status_code == 302
    assert patient.post(at(visit, "earlier-day/"), {"key": new_key(), "notice": "2"}).status_code == 302
    assert not WaitlistEntry.objects.exists()


def test_strangers_find_nothing(client, visit):
    assert client.get(at(visit, "earlier-day/")).status_code == 403
    assert client.post(at(visit, "earlier-day/leave/"), {"key": new_key()}).status_code == 403


# Keep or change


def test_page_shows_both_days_and_status_stays_booked(patient, visit, earlier):
    page = patient.get(at(visit, "times/"))
    assert faults(Page(text_of(page))) == []
    for words in ("An earlier day is free", "Thursday, January 7", "Tuesday, January 5", "Keep the booked day"):
        assert words in text_of(page)
    status = text_of(patient.get(at(visit, "")))
    assert "Booked" in status
    assert "See the earlier day" in status
    assert "I need more time" not in text_of(page)


def test_change_books_the_earlier_day(patient, visit, earlier):
    page = patient.get(at(visit, "times/"))
    day = days_of(earlier)[0]
    answer = patient.post(at(visit, "times/"), {"visit": str(day.pk), "key": key_on(page)}, follow=True)
    assert "You have changed your day" in text_of(answer)
    assert "The visit on Thursday, January 7, 2027 is canceled." in text_of(answer)
    assert "Tuesday, January 5" in text_of(answer)
    file = patient.get(at(visit, "visit.ics")).content.decode()
    assert f"UID:{visit.pk}@visits" in file.replace("\r\n ", "")  # the entry of the other day moves
    assert "SEQUENCE:1" in file
    visit.refresh_from_db()
    day.refresh_from_db()
    assert (visit.state, day.state) == ("cancelled_by_patient", "booked")


def test_keep_leaves_the_visit_and_frees_the_earlier_day(patient, visit, earlier):
    answer = patient.post(at(visit, "times/none-work/"), {"key": new_key()}, follow=True)
    assert "The booked day stays" in text_of(answer)
    visit.refresh_from_db()
    earlier.refresh_from_db()
    assert (visit.state, earlier.state) == ("booked", "declined")
    assert not Claim.objects.exclude(expires_at=None).exists()


def test_earlier_day_that_is_gone_is_told_and_the_visit_is_kept(patient, visit, earlier, now):
    page = patient.get(at(visit, "times/"))
    Claim.objects.filter(visit__offer=earlier).update(expires_at=now)
    answer = patient.post(at(visit, "times/"), {"visit": str(days_of(earlier)[0].pk), "key": key_on(page)})
    assert answer.status_code == 409
    assert "The booked day stays" in text_of(answer)
    visit.refresh_from_db()
    assert visit.state == "booked"


def test_visit_that_has_begun_cannot_be_changed(patient, visit, earlier, now):
    page = patient.get(at(visit, "times/"))
    move_visit(visit, "checked_in", by=staff_actor(a_coordinator()), at=now)
    answer = patient.post(at(visit, "times/"), {"visit": str(days_of(earlier)[0].pk), "key": key_on(page)})
    assert answer.status_code == 409
    assert "The visit has begun" in text_of(answer)


def test_ended_offer_leads_to_the_visit(patient, visit, earlier, standing_clock):
    standing_clock.move_to(earlier.expires_at, tick=False)
    Offer.objects.filter(pk=earlier.pk).update(expires_at=earlier.made_at)
    standing_clock.move_to(earlier.made_at, tick=False)
    assert patient.get(at(visit, "times/")).headers["Location"] == at(visit, "visit/")
    assert "See the earlier day" not in text_of(patient.get(at(visit, "")))


def test_pages_ask_few_questions(patient, visit, earlier):
    for page in ("times/", "earlier-day/", ""):
        assert len(queries_of(patient, at(visit, page))) <= 10, page


def test_words_of_the_pages_are_easy(patient, visit, earlier):
    for page, begins, ends in (
        ("earlier-day/", "When others cancel", "or change."),
        ("times/", "We hold the earlier day", "the booked day stays."),
    ):
        shown = re.sub(r"<[^>]+>", "", text_of(patient.get(at(visit, page))))
        first = shown.index(begins)
        assert grade(shown[first : shown.index(ends, first) + len(ends)]) <= 6, page
