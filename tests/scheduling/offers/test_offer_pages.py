"""The pages on which a patient opens the link and chooses a day."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from clinic.platform.audit.models import AuditEntry
from clinic.platform.words import moment_zone
from intake.access.models import AccessLink
from scheduling.offers.models import Offer
from scheduling.visits.models import Appointment, Claim, Visit
from tests.scheduling.patient_steps import (
    BIRTH_DATE,
    NOW,
    STRICT_CSP,
    an_offer,
    csp_of,
    key_on,
    link_to,
    open_with,
    post_birth_date,
    queries_of,
)
from tests.scheduling.staff_rows import a_member

pytestmark = pytest.mark.django_db
AWKWARD = ["x" * 1000, "🦴 " * 300, "שלום مرحبا", "<script>alert(1)</script>"]


@pytest.fixture(autouse=True)
def friday_morning(time_machine):
    """The clock stands on Friday, November 20, 2026, at 10 a.m."""
    time_machine.move_to(NOW, tick=False)
    return time_machine


@pytest.fixture
def offer():
    return an_offer()


@pytest.fixture
def patient(client, offer):
    """The browser of the patient with the link opened."""
    open_with(client, offer)
    return client


def times(offer) -> str:
    return f"/my/{offer.request.reference}/times/"


def first_day(offer) -> Visit:
    return offer.alternatives.order_by("starts_at").first()


def book(browser, offer, day=None, key=None):
    key = key or key_on(browser.get(times(offer)))
    return browser.post(times(offer), {"visit": str((day or first_day(offer)).pk), "key": key})


# The link


def test_link_followed_changes_nothing_and_shows_nothing_of_the_patient(client, offer):
    token = link_to(offer)
    before = AccessLink.objects.get().used_at, AuditEntry.objects.count()
    page = client.get(f"/my/offer/{token}/")
    assert page.status_code == 200
    assert (AccessLink.objects.get().used_at, AuditEntry.objects.count()) == before
    assert offer.request.reference not in page.content.decode()
    assert "sessionid" not in client.cookies


def test_link_with_birth_date_leads_to_the_days_without_the_token(client, offer):
    answer = post_birth_date(client, f"/my/offer/{link_to(offer)}/", BIRTH_DATE)
    assert answer.status_code == 302
    assert answer["Location"] == times(offer)


def test_link_with_wrong_birth_date_opens_nothing_and_keeps_what_was_typed(client, offer):
    answer = post_birth_date(client, f"/my/offer/{link_to(offer)}/", BIRTH_DATE.replace(year=1950))
    assert answer.status_code == 422
    assert 'value="1950"' in answer.content.decode()
    assert client.get(times(offer)).status_code == 403


def test_link_with_an_impossible_date_says_so(client, offer):
    answer = client.post(
        f"/my/offer/{link_to(offer)}/", {"birth_date_month": "2", "birth_date_day": "30", "birth_date_year": "1950"}
    )
    assert answer.status_code == 422
    assert "real date" in answer.content.decode()


def test_link_with_nul_bytes_is_refused_clearly(client, offer):
    answer = client.post(
        f"/my/offer/{link_to(offer)}/",
        {"birth_date_month": "3\x00", "birth_date_day": "27", "birth_date_year": "1951"},
    )
    assert answer.status_code == 422


@pytest.mark.parametrize("token", ["unknown", "x" * 200, "שלום", "a%00b"])
def test_unknown_link_says_what_an_expired_one_says(client, token):
    page = client.get(f"/my/offer/{token}/")
    assert page.status_code == 410
    assert "This link has expired" in page.content.decode()


def test_expired_link_tells_the_nurse_line(client, offer):
    page = client.get(f"/my/offer/{link_to(offer, ends=timezone.now() - timedelta(minutes=1))}/")
    assert page.status_code == 410
    assert settings.NURSE_LINE_PHONE in page.content.decode()


def test_link_of_a_visit_does_not_open_an_offer(client, offer):
    token = link_to(offer, purpose="visit")
    assert client.get(f"/my/offer/{token}/").status_code == 410


def test_too_many_tries_get_the_same_sentence_as_a_wrong_date(client, offer):
    address = f"/my/offer/{link_to(offer)}/"
    wrong = [post_birth_date(client, address, BIRTH_DATE.replace(year=1940 + n)) for n in range(5)]
    locked = post_birth_date(client, address, BIRTH_DATE)
    assert [answer.status_code for answer in (*wrong, locked)] == [422] * 6
    assert "wait 15 minutes" in locked.content.decode()
    assert "wait 15 minutes" in wrong[0].content.decode()


# Choosing


def test_days_are_shown_with_date_hours_and_everyone_to_be_seen(patient, offer):
    page = patient.get(times(offer)).content.decode()
    assert page.count('type="radio"') == 3
    assert "Tuesday, December 1, 2026, 9:00 a.m. to 1:15 p.m." in page
    for leg in Appointment.objects.filter(visit=first_day(offer)):
        assert leg.clinician.name in page
        assert leg.specialty.name in page
    assert re.search(r"Held for you until <strong>.+ E[SD]T</strong>", page)


def test_nothing_is_chosen_beforehand(patient, offer):
    assert " checked" not in patient.get(times(offer)).content.decode()


def test_looking_at_the_days_changes_no_offer_and_is_written_down(patient, offer):
    before = list(Visit.objects.values("pk", "state")), list(Claim.objects.values())
    seen = AuditEntry.objects.filter(subject_id=str(offer.request.pk)).count()
    patient.get(times(offer))
    assert (list(Visit.objects.values("pk", "state")), list(Claim.objects.values())) == before
    assert AuditEntry.objects.filter(subject_id=str(offer.request.pk)).count() == seen + 1


def test_booking_a_day_books_every_leg_and_leads_to_the_confirmation(patient, offer):
    answer = book(patient, offer)
    assert answer["Location"] == f"/my/{offer.request.reference}/visit/"
    day = first_day(offer)
    assert day.state == Visit.State.BOOKED
    assert set(day.appointments.values_list("state", flat=True)) == {"booked"}
    assert not Claim.objects.exclude(visit=day).filter(visit__isnull=False).exists()


def test_booking_without_a_choice_says_what_to_select(patient, offer):
    answer = patient.post(times(offer), {"key": key_on(patient.get(times(offer)))})
    assert answer.status_code == 422
    assert "Select the day you want" in answer.content.decode()


def test_booking_twice_with_one_page_books_once(patient, offer):
    key = key_on(patient.get(times(offer)))
    first, second = book(patient, offer, key=key), book(patient, offer, key=key)
    assert first["Location"] == second["Location"]
    assert Visit.objects.filter(state="booked").count() == 1


def test_back_after_booking_and_another_day_changes_nothing(patient, offer):
    key = key_on(patient.get(times(offer)))
    book(patient, offer, key=key)
    other = offer.alternatives.order_by("starts_at").last()
    answer = book(patient, offer, day=other, key=key)
    assert answer.status_code == 409
    assert "You have already booked a day" in answer.content.decode()
    assert Visit.objects.get(state="booked") == first_day(offer)


def test_back_after_booking_shows_the_visit(patient, offer):
    book(patient, offer)
    assert patient.get(times(offer))["Location"] == f"/my/{offer.request.reference}/visit/"


def test_day_of_somebody_else_cannot_be_booked(patient, offer):
    theirs = first_day(an_offer())
    answer = book(patient, offer, day=theirs)
    assert answer.status_code == 422
    theirs.refresh_from_db()
    assert theirs.state == Visit.State.HELD


@pytest.mark.parametrize("choice", ["", "x", "\x00", "9" * 400, "🦴"])
def test_crafted_choice_is_refused_clearly(patient, offer, choice):
    answer = patient.post(times(offer), {"visit": choice, "key": key_on(patient.get(times(offer)))})
    assert answer.status_code == 422


@pytest.mark.parametrize("key", ["", "x", "\x00", "0" * 33])
def test_crafted_key_is_refused_clearly(patient, offer, key):
    answer = patient.post(times(offer), {"visit": str(first_day(offer).pk), "key": key})
    assert answer.status_code == 422
    assert not Visit.objects.filter(state="booked").exists()


def test_taken_day_is_told_with_the_days_that_are_left(patient, offer):
    day = first_day(offer)
    key = key_on(patient.get(times(offer)))
    # as after a release of this one day by the staff
    Visit.objects.filter(pk=day.pk).update(state=Visit.State.RELEASED)
    Claim.objects.filter(visit=day).delete()
    answer = book(patient, offer, day=day, key=key)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert page.count('type="radio"') == 2
    assert str(day.pk) not in page


def test_missing_choice_shows_only_the_days_that_are_left(patient, offer):
    Visit.objects.filter(pk=first_day(offer).pk).update(state=Visit.State.RELEASED)
    answer = patient.post(times(offer), {"key": "c" * 32})
    assert answer.status_code == 422
    assert answer.content.decode().count('type="radio"') == 2


def test_day_that_begins_within_two_hours_is_not_offered_any_more(client, friday_morning):
    offer = an_offer()
    friday_morning.move_to(first_day(offer).starts_at - timedelta(minutes=119), tick=False)
    Offer.objects.filter(pk=offer.pk).update(expires_at=timezone.now() + timedelta(hours=1))
    offer.refresh_from_db()
    open_with(client, offer)
    page = client.get(times(offer))
    assert page.content.decode().count('type="radio"') == 2
    answer = client.post(times(offer), {"visit": str(first_day(offer).pk), "key": key_on(page)})
    assert answer.status_code == 409
    assert not Visit.objects.filter(state="booked").exists()


def test_lapsed_offer_tells_the_phone(patient, offer):
    key = key_on(patient.get(times(offer)))
    Offer.objects.filter(pk=offer.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    Claim.objects.filter(visit__offer=offer).update(expires_at=timezone.now() - timedelta(seconds=1))
    page = patient.get(times(offer))
    assert page.status_code == 200
    assert "The time to choose has ended" in page.content.decode()
    answer = book(patient, offer, key=key)
    assert answer.status_code == 409
    assert settings.NURSE_LINE_PHONE in answer.content.decode()
    assert not Visit.objects.filter(state="booked").exists()


def test_more_time_is_given_once(patient, offer):
    def ask():
        return patient.post(times(offer) + "more-time/", {"key": more_time_key(patient.get(times(offer)))})

    ends = offer.expires_at
    assert ask()["Location"] == times(offer)
    offer.refresh_from_db()
    assert offer.expires_at > ends
    page = patient.get(times(offer)).content.decode()
    assert "You have already asked for more time" in page
    again = patient.post(times(offer) + "more-time/", {"key": "f" * 32})
    assert again.status_code == 409
    ends = offer.expires_at
    offer.refresh_from_db()
    assert offer.expires_at == ends


def more_time_key(page) -> str:
    return re.search(r'value="([0-9a-f]{32})" id="more-time-key"', page.content.decode()).group(1)


def test_more_time_by_following_a_link_is_not_possible(patient, offer):
    assert patient.get(times(offer) + "more-time/").status_code == 405


# None of them work


def decline(browser, offer, **answers):
    address = times(offer) + "none-work/"
    return browser.post(address, {"key": key_on(browser.get(address)), **answers})


@pytest.mark.parametrize("reason", ["", *AWKWARD])
def test_days_can_be_declined_with_any_words_or_none(patient, offer, reason):
    answer = decline(patient, offer, reason=reason)
    assert answer["Location"] == times(offer)
    offer.refresh_from_db()
    assert (offer.state, offer.decline_reason) == ("declined", reason.strip())
    assert "we will look for other days" in patient.get(times(offer)).content.decode()


def test_declining_and_asking_for_a_call_tells_the_number(patient, offer):
    decline(patient, offer, wants_call="on")
    offer.refresh_from_db()
    assert offer.wants_call
    assert "Our team will call you at 202-555-0142" in " ".join(patient.get(times(offer)).content.decode().split())


@pytest.mark.parametrize("reason", ["y" * 1001, "Mondays\x00"])
def test_reason_that_cannot_be_kept_is_shown_again(patient, offer, reason):
    answer = decline(patient, offer, reason=reason)
    assert answer.status_code == 422
    assert reason.replace("\x00", "")[:50] in answer.content.decode().replace("\x00", "").replace("\ufffd", "")
    offer.refresh_from_db()
    assert offer.state == "open"


def test_looking_at_the_decline_page_declines_nothing(patient, offer):
    patient.get(times(offer) + "none-work/")
    offer.refresh_from_db()
    assert offer.state == "open"


def test_declining_after_booking_changes_nothing(patient, offer):
    key = key_on(patient.get(times(offer) + "none-work/"))
    book(patient, offer)
    answer = patient.post(times(offer) + "none-work/", {"key": key, "reason": ""})
    assert answer.status_code in (302, 422)
    assert first_day(offer).state == Visit.State.BOOKED


# Whose it is, and what the browser may keep


@pytest.mark.parametrize("page", ["times/", "times/none-work/", "visit/", "cancel/", "visit.ics", "visit/print/", ""])
def test_other_peoples_references_do_not_exist(patient, page):
    other = an_offer()
    assert patient.get(f"/my/{other.request.reference}/{page}").status_code == 404


@pytest.mark.parametrize("page", ["times/", "times/none-work/", "visit/", "cancel/", "visit.ics", "visit/print/", ""])
def test_without_a_session_nothing_is_shown(client, offer, page):
    answer = client.get(f"/my/{offer.request.reference}/{page}")
    assert answer.status_code == 403
    assert "closed to keep it private" in answer.content.decode()


def test_session_ends_after_twenty_idle_minutes(client, offer, friday_morning):
    open_with(client, offer)
    friday_morning.shift(timedelta(minutes=21))
    assert client.get(times(offer)).status_code == 403


@pytest.mark.parametrize("page", ["times/", "times/none-work/", ""])
def test_pages_forbid_caching_and_inline_code(patient, offer, page):
    answer = patient.get(f"/my/{offer.request.reference}/{page}")
    assert answer["Cache-Control"] == "no-store"
    assert csp_of(answer) == STRICT_CSP
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    html = answer.content.decode()
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=", html)


@pytest.mark.parametrize("days", [1, 30])
def test_days_need_no_more_queries_for_more_days(client, days):
    offer = an_offer(days=days)
    open_with(client, offer)
    assert len(queries_of(client, times(offer))) <= 8


def test_day_whose_own_hold_ends_sooner_says_until_when(patient, offer):
    assert "We hold this day only until" not in patient.get(times(offer)).content.decode()
    first = first_day(offer)
    Offer.objects.filter(pk=offer.pk).update(expires_at=first.starts_at)

    page = patient.get(times(offer)).content.decode()

    assert page.count("We hold this day only until") == 1
    assert moment_zone(first.starts_at - timedelta(hours=2)) in page


def test_staff_read_until_when_a_day_is_held(client, offer):
    Offer.objects.filter(pk=offer.pk).update(expires_at=first_day(offer).starts_at)
    client.force_login(a_member("coordinator"))
    for page in ("days/", "days/answer/"):
        text = client.get(f"/staff/requests/{offer.request.reference}/{page}").content.decode()
        assert text.count("two hours before it begins") == 1
