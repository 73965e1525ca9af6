"""Staff change a visit on its pages: what is offered leads to what is confirmed, and what is confirmed is done."""

import html
import re
from datetime import date, timedelta

import pytest
from django.urls import reverse

from clinic.platform.submits.once import new_key
from scheduling.availability.models import Closure
from scheduling.visits.changes import move_leg
from scheduling.visits.models import Claim, Visit
from tests import factories
from tests.clinic.look.markup import Page, faults
from tests.factories import claims_held, claims_wanted
from tests.scheduling.staff_rows import queries_of
from tests.scheduling.visits.booked import QUARTER, a_booked_visit, legs_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock", "small_clinic")]


@pytest.fixture
def visit(now, fresh_key):
    return a_booked_visit(now, fresh_key)


@pytest.fixture
def nurse(client):
    somebody = factories.a_nurse()
    client.force_login(somebody)
    return somebody


def address(name, visit, leg=None):
    return reverse(f"staff-visits:{name}", args=[visit.pk, leg.pk] if leg else [visit.pk])


def links_to_confirm(response) -> list[str]:
    return [html.unescape(one) for one in re.findall(r'href="([^"]+/confirm/\?[^"]+)"', response.content.decode())]


def text_of(response) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())))


def hidden(response, name) -> str:
    return re.search(rf'name="{name}" value="([^"]+)"', response.content.decode())[1]


def confirm(client, where, **changes):
    """Press the button of the confirmation."""
    page = client.get(where)
    assert page.status_code == 200, text_of(page)
    sent = {"key": hidden(page, "key"), "version": hidden(page, "version"), "reason": "patient_asked"}
    return client.post(where, sent | changes)


def choose(client, visit, what) -> str:
    """The first link of the page for this kind of change."""
    legs = legs_of(visit)
    pages = {
        "move": address("move-leg", visit, legs[0]),
        "swap": address("swap", visit, legs[2]),
        "day": address("move-day", visit),
        "drop": address("visit", visit),
    }
    return next(one for one in links_to_confirm(client.get(pages[what])) if f"do={what}" in one)


@pytest.mark.parametrize("what", ["move", "swap", "day"])
def test_choice_leads_to_a_confirmation_whose_button_makes_the_change(client, nurse, visit, what):
    where = choose(client, visit, what)
    shown = text_of(client.get(where))
    assert "The patient gets a message." in shown
    assert "You can undo the change for 10 minutes." in shown
    answer = confirm(client, where)
    assert (answer.status_code, answer.headers["Location"]) == (302, address("visit", visit))
    change = visit.changes.get()
    assert (change.reason, change.by_id) == ("patient_asked", str(nurse.pk))
    after = Visit.objects.get(pk=visit.pk)
    assert claims_held(after) == claims_wanted(after)
    page = text_of(client.get(address("visit", visit)))
    assert "You can undo this until 9:10 a.m." in page
    assert "The patient asked for it" in page


def test_leg_is_taken_out_with_the_words_of_what_moves_with_it(client, nurse, visit):
    links = [one for one in links_to_confirm(client.get(address("visit", visit))) if "do=drop" in one]
    spine = next(one for one in links if str(legs_of(visit)[1].pk) in one)
    shown = text_of(client.get(spine))
    assert "Taken out: Spine_Surg" in shown
    assert "Rad_Onc: 9:" in shown
    assert confirm(client, spine).status_code == 302
    assert "Taken out" in text_of(client.get(address("visit", visit)))


def test_leg_that_must_stay_has_no_link_and_says_so(client, nurse, visit):
    links = [one for one in links_to_confirm(client.get(address("visit", visit))) if "do=drop" in one]
    legs = legs_of(visit)
    assert [any(str(leg.pk) in link for link in links) for leg in legs] == [False, True, True, False]
    page = client.get(f"{address('confirm', visit)}?do=drop&leg={legs[0].pk}")
    assert page.status_code == 409
    assert "Every visit of this kind has this appointment." in text_of(page)


def test_undo_button_puts_the_visit_back(client, nurse, visit):
    before = claims_held(visit)
    confirm(client, choose(client, visit, "move"))
    page = client.get(address("visit", visit))
    sent = {"key": hidden(page, "key"), "change": hidden(page, "change")}
    assert client.post(address("undo", visit), sent).status_code == 302
    assert claims_held(visit) == before
    shown = text_of(client.get(address("visit", visit)))
    assert "Undone" in shown
    assert "You can undo this" not in shown


def test_undo_button_goes_away_with_its_time(client, nurse, visit, standing_clock, now):
    confirm(client, choose(client, visit, "move"))
    page = client.get(address("visit", visit))
    sent = {"key": hidden(page, "key"), "change": hidden(page, "change")}
    standing_clock.move_to(now + timedelta(minutes=10), tick=False)
    assert "You can undo this" not in text_of(client.get(address("visit", visit)))
    late = client.post(address("undo", visit), sent)
    assert late.status_code == 409
    assert "It is too late to undo this change." in text_of(late)


def test_second_tab_is_refused_and_shown_what_the_first_one_changed(client, nurse, visit):
    where = choose(client, visit, "swap")
    page = client.get(where)
    confirm(client, choose(client, visit, "move"))
    late = client.post(where, {"key": new_key(), "version": hidden(page, "version"), "reason": "other"})
    shown = text_of(late)
    assert late.status_code == 409
    assert "Somebody else has changed this visit just now." in shown
    assert "Nurse_Nav: 8:00 to 8:30 a.m., not 8:15 to 8:45 a.m." in shown
    assert visit.changes.count() == 1


def test_button_pressed_twice_changes_once(client, nurse, visit):
    where = choose(client, visit, "move")
    page = client.get(where)
    sent = {"key": hidden(page, "key"), "version": hidden(page, "version"), "reason": "other"}
    client.post(where, sent)
    client.post(where, sent)
    assert visit.changes.count() == 1


def test_confirmation_without_a_reason_is_shown_again(client, nurse, visit):
    answer = confirm(client, choose(client, visit, "move"), reason="")
    assert answer.status_code == 422
    assert "Select a reason" in text_of(answer)
    assert not visit.changes.exists()


def test_time_taken_meanwhile_is_told_on_the_visit(client, nurse, visit):
    where = choose(client, visit, "move")
    page, first = client.get(where), legs_of(visit)[0]
    sent = {"key": hidden(page, "key"), "version": hidden(page, "version"), "reason": "patient_asked"}
    Claim.objects.create(clinician=first.clinician, starts_at=first.starts_at - QUARTER, ends_at=first.starts_at)
    for answer in (client.post(where, sent), client.get(where)):
        assert answer.status_code == 409
        assert "That time is taken, or too close to another appointment." in text_of(answer)


def test_who_cannot_be_written_to_is_to_be_called(client, nurse, visit):
    visit.patient.consent_email_at = None
    visit.patient.save()
    where = choose(client, visit, "swap")
    assert "The patient has not agreed to messages: call them." in text_of(client.get(where))
    confirm(client, where)
    assert "The visit is changed. The patient has not agreed to messages: call them." in text_of(
        client.get(address("visit", visit))
    )


def test_confirmation_of_what_is_so_already_says_so(client, nurse, visit):
    leg = legs_of(visit)[2]
    page = client.get(f"{address('confirm', visit)}?do=swap&leg={leg.pk}&to={leg.clinician_id}")
    assert page.status_code == 409
    assert "Nothing would change." in text_of(page)


@pytest.mark.parametrize(
    "query", ["", "do=move", "do=move&leg=1", "do=move&leg={leg}&to=x&at=1", "do=move&leg={leg}&to=1&at=99", "do=eat"]
)
def test_address_of_no_change_is_not_found(client, nurse, visit, query):
    query = query.format(leg=legs_of(visit)[0].pk)
    assert client.get(f"{address('confirm', visit)}?{query}").status_code == 404


def test_forged_day_is_refused(client, nurse, visit):
    page = client.get(f"{address('confirm', visit)}?do=day&day=eyJhIjoxfQ:1abc:xyz")
    assert page.status_code == 409
    assert "Look for days again." in text_of(page)


def test_move_page_says_why_somebody_has_no_time(client, nurse, visit, small_clinic):
    leg = legs_of(visit)[2]
    others = [one for one in small_clinic.people["RAD_ONC"] if one.pk != leg.clinician_id]
    day = leg.starts_at.replace(hour=5)
    Closure.objects.create(clinician=others[0], starts_at=day, ends_at=day + timedelta(days=1), reason="Away")
    shown = text_of(client.get(address("move-leg", visit, leg)))
    assert "Does not work on this day." in shown
    assert "Away" not in shown
    swap = text_of(client.get(address("swap", visit, leg)))
    assert "does not work then" in swap


def test_move_page_offers_times_for_which_others_move_too(client, nurse, visit):
    before = legs_of(visit)
    leg = before[2]
    links = [one for one in links_to_confirm(client.get(address("move-leg", visit, leg))) if "do=day" in one]
    assert len(links) > 5
    assert confirm(client, links[-1]).status_code == 302
    after = Visit.objects.get(pk=visit.pk)
    people = {one.pk: one.clinician_id for one in before}
    moved = {one.pk: one for one in legs_of(after)}
    assert moved[leg.pk].starts_at > leg.starts_at
    assert {key: one.clinician_id for key, one in moved.items()} == people
    assert claims_held(after) == claims_wanted(after)


def test_days_follow_the_wishes(client, nurse, visit):
    page = client.get(address("move-day", visit), {"weekdays": ["3"], "parts": ["afternoon"], "only": "on"})
    shown = text_of(page)
    assert page.status_code == 200
    assert "Thursday, January 7" in shown
    assert "Wednesday, January 6" not in shown
    wrong = client.get(address("move-day", visit), {"first_month": "13", "first_day": "1", "first_year": "2027"})
    assert wrong.status_code == 422


def test_visit_that_is_over_offers_nothing(client, nurse, visit):
    Visit.objects.filter(pk=visit.pk).update(state="completed")
    assert links_to_confirm(client.get(address("visit", visit))) == []
    for page in (address("move-leg", visit, legs_of(visit)[0]), address("move-day", visit)):
        shown = client.get(page)
        assert shown.status_code == 200
        assert links_to_confirm(shown) == []


@pytest.mark.parametrize("name", ["visit", "move-leg", "swap", "move-day", "confirm"])
def test_pages_are_well_made_and_ask_at_most_ten_questions(client, nurse, visit, name, now, fresh_key):
    leg = legs_of(visit)[0] if name in ("move-leg", "swap") else None
    where = choose(client, visit, "move") if name == "confirm" else address(name, visit, leg)
    assert faults(Page(client.get(where).content.decode())) == []
    by = factories.staff_actor(nurse)

    def change(number):
        first = legs_of(visit)[0]
        step = QUARTER if number % 2 else -QUARTER
        move_leg(first, starts_at=first.starts_at + step, by=by, key=fresh_key(), now=now)

    if name == "visit":
        change(0)
    few = queries_of(lambda: client.get(where))
    for number in range(1, 30 if name == "visit" else 4):  # rows: changes of the visit, or other visits
        if name == "visit":
            change(number)
        else:
            a_booked_visit(now, fresh_key, on=date(2027, 1, 5 + number))
    assert queries_of(lambda: client.get(where)) == few <= 10


# The way there, and what the patient sees


def test_request_page_leads_to_the_visit_and_tells_of_its_changes(client, nurse, visit):
    page = client.get(f"/staff/requests/{visit.request.reference}/?tab=visits").content.decode()
    assert address("visit", visit) in client.get(f"/staff/requests/{visit.request.reference}/").content.decode() + page


def test_canceling_leads_to_the_undo_button(client, nurse, visit, standing_clock):
    standing_clock.move_to(visit.starts_at - timedelta(hours=2), tick=False)
    client.force_login(nurse)
    assert "The visit is less than 24 hours away." in text_of(client.get(address("cancel", visit)))
    answer = client.post(
        address("cancel", visit), {"key": new_key(), "version": 0, "reason": "patient_asked"}, follow=True
    )
    shown = text_of(answer)
    assert "You can undo this until" in shown
    assert "Late cancellation" in shown


@pytest.mark.parametrize(("before", "is_soon"), [(timedelta(hours=23), True), (timedelta(hours=25), False)])
def test_patient_whose_visit_is_soon_is_to_be_called_too(client, nurse, visit, standing_clock, before, is_soon):
    standing_clock.move_to(visit.starts_at - before, tick=False)
    client.force_login(nurse)
    said = text_of(client.get(choose(client, visit, "swap")))
    assert ("The visit is less than 24 hours away: call them, too." in said) is is_soon
    assert ("Call them, too: they may be on their way." in text_of(client.get(address("cancel", visit)))) is is_soon


def test_pages_to_move_say_at_which_site_everything_stays(client, nurse, visit):
    assert f"all days are at {visit.site.name}" in text_of(client.get(address("move-day", visit)))
    assert f"Everything stays at {visit.site.name}." in text_of(
        client.get(address("move-leg", visit, legs_of(visit)[1]))
    )
