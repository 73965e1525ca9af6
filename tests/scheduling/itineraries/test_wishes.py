"""Legs by video or phone, interpreters, one clinician only, gaps of the kind of visit, the patient's days: search and
last word before holding."""

from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from clinic.directory.models import Room, Site
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import new_key
from scheduling.availability.bits import datetime_of
from scheduling.availability.models import Buffer
from scheduling.itineraries.interpreters import language_needed, languages_spoken
from scheduling.itineraries.models import VisitType
from scheduling.itineraries.search import check_all_bookable, check_bookable, find_days
from scheduling.itineraries.visit_kinds import ChosenLeg
from scheduling.offers.actions import make_offer
from scheduling.visits.models import Claim
from tests import factories
from tests.factories import a_request, an_interpreter, claims_held, claims_wanted, local
from tests.scheduling.staff_rows import queries_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock")]
MONDAY = date(2027, 1, 4)


def follow_up(**more):
    return a_request(visit_type="follow_up", specialties=("MED_ONC",), **more)


def by(mode, code="MED_ONC"):
    return [ChosenLeg(code, 30, mode=mode)]


def first(found):
    assert found.itineraries, found.why_not
    return found.itineraries[0]


def is_refused(wanted, one, now):
    with pytest.raises(Refused) as refused:
        check_bookable(wanted, one, now)
    return refused.value.code


def offer(wanted, days, now):
    return make_offer(wanted, days, by=factories.staff_actor(factories.a_coordinator()), key=new_key(), now=now)


def speaks(wanted, language, needed="spoken"):
    wanted.patient.preferred_language, wanted.patient.interpreter_needed = language, needed
    wanted.patient.save()
    return wanted


# By video or phone


def test_visit_by_video_has_no_room_and_can_be_held(small_clinic, now):
    Room.objects.update(is_active=False)
    wanted = follow_up()
    assert find_days(wanted, now=now).itineraries == []

    days = find_days(wanted, legs=by("video"), now=now).itineraries
    made = offer(wanted, days, now)

    assert [one.room_id for one in days] == [None] * 3
    for visit in made.alternatives.all():
        assert (visit.room_id, visit.site_id) == (None, small_clinic.site.pk)
        assert [leg.mode for leg in visit.appointments.all()] == ["video"]
        assert claims_held(visit) == claims_wanted(visit)


def test_two_days_by_phone_at_the_same_time_share_nothing(small_clinic, now):
    one = first(find_days(follow_up(), legs=by("phone"), now=now))
    other_person = next(who.pk for who in small_clinic.people["MED_ONC"] if who.pk != one.legs[0].clinician_id)
    other = replace(one, legs=(replace(one.legs[0], clinician_id=other_person),))

    offer(follow_up(), [one, other], now)


def test_clinician_of_a_remote_leg_may_be_at_another_site(small_clinic, now):
    there = Site.objects.create(name="Annex", address="9 Side Street")
    for somebody in small_clinic.people["RAD_ONC"]:
        somebody.sessions.update(site=there)
    wanted = a_request(specialties=("MED_ONC", "RAD_ONC"))
    assert find_days(wanted, now=now).why_not.code == "no_time"

    legs = [ChosenLeg("MED_ONC", 40), ChosenLeg("RAD_ONC", 45, mode="video")]
    one = first(find_days(wanted, legs=legs, now=now))

    assert {leg.key: leg.mode for leg in one.legs} == {
        "NURSE_NAV": "in_person", "MED_ONC": "in_person", "RAD_ONC": "video", "NURSE_NAV.wrap_up": "in_person",
    }  # fmt: skip
    assert one.room_id is not None
    check_bookable(wanted, one, now)
    in_person = tuple(replace(leg, mode="in_person") for leg in one.legs)
    assert is_refused(wanted, replace(one, legs=in_person), now) == "not_bookable"


@pytest.mark.parametrize("what", ["room", "mode", "half", "own_room"])
def test_crafted_remote_days_are_refused(small_clinic, now, what):
    wanted = follow_up()
    one = first(find_days(wanted, legs=by("video"), now=now))
    leg = one.legs[0]
    crafted = {
        "room": replace(one, room_id=small_clinic.rooms[0].pk),
        "mode": replace(one, legs=(replace(leg, mode="telepathy"),)),
        "half": replace(one, legs=(replace(leg, mode="in_person"),)),
        "own_room": replace(one, legs=(replace(leg, room_id=small_clinic.ct.pk),)),
    }[what]
    assert is_refused(wanted, crafted, now) == "not_bookable"


def test_mode_of_the_kind_of_visit_is_the_usual_one_and_staff_may_choose_another(small_clinic, now):
    kind = VisitType.objects.get(code="follow_up")
    kind.legs.update(mode="phone")
    wanted = follow_up()
    assert first(find_days(wanted, now=now)).legs[0].mode == "phone"
    assert first(find_days(wanted, legs=by("in_person"), now=now)).legs[0].mode == "in_person"


def test_scan_with_a_room_of_its_own_is_always_in_person(small_clinic, now):
    wanted = a_request(visit_type="ct_simulation", specialties=())
    one = first(find_days(wanted, legs=by("video", "RAD_ONC"), now=now))
    assert (one.legs[0].mode, one.legs[0].room_id) == ("in_person", small_clinic.ct.pk)
    remote = replace(one, room_id=None, legs=(replace(one.legs[0], mode="video", room_id=None),))
    assert is_refused(wanted, remote, now) == "not_bookable"


# The interpreter


@pytest.mark.parametrize(
    ("language", "needed", "wanted"),
    [
        ("es", "spoken", "es"),
        ("es", "no", ""),
        ("es", "", ""),
        ("en", "asl", "ase"),
        ("es", "asl", "ase"),
        ("en", "spoken", "other"),
        ("other", "spoken", "other"),
        ("en", "other", ""),
    ],
)
def test_language_needed(language, needed, wanted):
    assert language_needed(SimpleNamespace(preferred_language=language, interpreter_needed=needed)) == wanted


def test_languages_spoken_knows_two_codes_of_sign_language():
    assert languages_spoken(["asl", "es"]) == {"ase", "es"}
    assert languages_spoken("es") == {"es"}


def test_interpreter_is_there_throughout_and_claimed(small_clinic, now):
    an_interpreter(small_clinic.site, "vi")
    helper = an_interpreter(small_clinic.site, "es", "fr", weekdays=[2])
    wanted = speaks(a_request(), "es")

    one = first(find_days(wanted, now=now, limit=1))
    visit = offer(wanted, [one], now).alternatives.get()

    assert (one.interpreter_id, one.day.weekday()) == (helper.pk, 2)
    assert visit.interpreter == helper
    claim = visit.claims.get(clinician=helper)
    assert (claim.starts_at, claim.ends_at) == (visit.starts_at, visit.ends_at)


def test_two_visits_never_share_an_interpreter(small_clinic, now):
    helper = an_interpreter(small_clinic.site, "es", weekdays=[2])
    for room in range(3, 6):
        Room.objects.create(site=small_clinic.site, name=f"Room {room}", kind="stay")
    held = []
    for _n in range(3):
        wanted = speaks(follow_up(), "es")
        one = first(find_days(wanted, now=now, limit=1))
        held.append(offer(wanted, [one], now).alternatives.get())
    assert {visit.interpreter_id for visit in held} == {helper.pk}
    assert factories.overlapping_claims() == []
    again = speaks(follow_up(), "es")
    taken = first(find_days(again, now=now, limit=1))
    shift = (held[0].starts_at - datetime_of(taken.start)) // timedelta(minutes=5)
    colleague = next(
        one.pk
        for one in small_clinic.people["MED_ONC"]
        if not Claim.objects.filter(clinician=one, starts_at=held[0].starts_at).exists()
    )
    room = Room.objects.filter(kind="stay").exclude(pk=held[0].room_id).latest("pk")
    moved = replace(
        taken,
        room_id=room.pk,
        legs=tuple(
            replace(leg, start=leg.start + shift, end=leg.end + shift, clinician_id=colleague) for leg in taken.legs
        ),
    )
    with pytest.raises(Refused) as refused:
        offer(again, [moved], now)
    assert refused.value.code == "taken"


def test_interpreter_of_another_language_or_without_need_is_refused(small_clinic, now):
    an_interpreter(small_clinic.site, "es")
    other = an_interpreter(small_clinic.site, "vi")
    wanted = speaks(follow_up(), "es")
    one = first(find_days(wanted, now=now))

    assert is_refused(wanted, replace(one, interpreter_id=other.pk), now) == "not_bookable"
    assert is_refused(wanted, replace(one, interpreter_id=one.legs[0].clinician_id), now) == "not_bookable"
    check_bookable(wanted, replace(one, interpreter_id=None), now)  # staff may book one elsewhere
    assert is_refused(speaks(wanted, "es", "no"), one, now) == "not_bookable"


def test_interpreter_of_a_day_by_video_may_be_at_another_site(small_clinic, now):
    there = Site.objects.create(name="Annex", address="9 Side Street")
    helper = an_interpreter(there, "es")
    wanted = speaks(follow_up(), "es")

    assert find_days(wanted, now=now).why_not.code == "no_interpreter"
    one = first(find_days(wanted, legs=by("video"), now=now))
    assert one.interpreter_id == helper.pk
    check_bookable(wanted, one, now)


def test_clinic_without_that_language_is_searched_without_unless_asked(small_clinic, now):
    wanted = speaks(follow_up(), "vi")
    assert first(find_days(wanted, now=now)).interpreter_id is None
    assert find_days(wanted, interpreter=True, now=now).why_not.code == "no_interpreter"
    an_interpreter(small_clinic.site, "vi")
    assert first(find_days(wanted, now=now)).interpreter_id is not None
    assert first(find_days(wanted, interpreter=False, now=now)).interpreter_id is None


def test_buffer_of_an_interpreter_is_kept(small_clinic, now):
    helper = an_interpreter(small_clinic.site, "es")
    Buffer.objects.create(clinician=helper, before_minutes=60, after_minutes=60)
    Claim.objects.create(clinician=helper, starts_at=local(MONDAY, 12), ends_at=local(MONDAY, 13))
    wanted = speaks(follow_up(), "es")

    one = first(find_days(wanted, now=now))

    assert datetime_of(one.start) == local(MONDAY, 14)
    sooner = tuple(replace(leg, start=leg.start - 6, end=leg.end - 6) for leg in one.legs)
    assert is_refused(wanted, replace(one, legs=sooner), now) == "taken"


# One clinician only, gaps, days and times


def test_only_the_clinician_asked_for_is_proposed(small_clinic, now):
    later = small_clinic.people["MED_ONC"][1]
    later.sessions.exclude(weekday=3).delete()
    navigator = small_clinic.people["NURSE_NAV"][1]
    wanted = a_request(specialties=("MED_ONC",))
    legs = [ChosenLeg("MED_ONC", 40, later.pk), ChosenLeg("NURSE_NAV", None, navigator.pk)]

    one = first(find_days(wanted, legs=legs, now=now))

    assert [leg.clinician_id for leg in one.legs] == [navigator.pk, later.pk, navigator.pk]
    assert one.day.weekday() == 3
    outsider = small_clinic.people["RAD_ONC"][0].pk
    assert find_days(wanted, legs=[ChosenLeg("MED_ONC", 40, outsider)], now=now).itineraries == []


def test_gaps_and_total_of_the_kind_of_visit_are_kept(small_clinic, now):
    kind = VisitType.objects.get(code="coordinated_new")
    wanted = a_request(specialties=("MED_ONC",))
    usual = first(find_days(wanted, now=now))
    kind.gap_min_minutes, kind.gap_max_minutes = 32, 46
    kind.save()

    spread = first(find_days(wanted, now=now))

    gaps = [b.start - a.end for a, b in zip(spread.legs, spread.legs[1:], strict=False)]
    assert all(7 <= gap <= 9 for gap in gaps)
    check_bookable(wanted, spread, now)
    assert is_refused(wanted, usual, now) == "not_bookable"
    kind.total_max_minutes = 100
    kind.save()
    assert find_days(wanted, now=now).why_not.code == "too_long"
    assert is_refused(wanted, spread, now) == "not_bookable"


def test_kind_of_visit_makes_no_frail_day_longer(small_clinic, now):
    kind = VisitType.objects.get(code="coordinated_new")
    kind.total_max_minutes, kind.gap_min_minutes, kind.gap_max_minutes = 720, 30, 60
    kind.save()
    wanted = a_request(specialties=("MED_ONC", "PALLIATIVE"), is_frail=True)
    assert find_days(wanted, now=now).why_not.code == "too_long"  # 130 minutes of legs and three gaps of 30 pass 210
    wanted.is_frail = False
    assert find_days(wanted, now=now).itineraries


def test_days_times_and_first_day_that_the_patient_told_are_used(small_clinic, now):
    told = {"weekdays": ["1"], "times_of_day": ["afternoon"], "earliest_date": "2027-01-19"}
    wanted = follow_up(preferences=told)

    days = find_days(wanted, now=now).itineraries

    assert [one.day for one in days] == [date(2027, 1, 19), date(2027, 1, 20), date(2027, 1, 21)]
    assert [one.wishes_missed for one in days] == [(), ("weekday",), ("weekday",)]
    assert datetime_of(days[0].start) == local(date(2027, 1, 19), 14)
    sooner = find_days(wanted, earliest_on=MONDAY, now=now).itineraries
    assert sooner[0].day == MONDAY


def test_first_day_after_the_target_date_is_told(small_clinic, now):
    wanted = follow_up(visit_due_on=MONDAY + timedelta(days=3))
    why = find_days(wanted, earliest_on=MONDAY + timedelta(days=7), now=now).why_not
    assert (why.code, why.next_day) == ("not_before", MONDAY + timedelta(days=7))


# Moving a visit


def test_own_time_of_a_visit_that_moves_is_not_taken(small_clinic, now):
    helper = an_interpreter(small_clinic.site, "es")
    Buffer.objects.create(clinician=helper, before_minutes=10, after_minutes=10)
    wanted = speaks(follow_up(), "es")
    one = first(find_days(wanted, now=now))
    visit = offer(wanted, [one], now).alternatives.get()
    Claim.objects.create(patient=wanted.patient, visit=visit, starts_at=visit.starts_at, ends_at=visit.ends_at)

    assert is_refused(wanted, one, now) == "patient_busy"
    assert check_all_bookable(wanted, [one], now, except_visits=[visit.pk]) == small_clinic.site.pk
    assert first(find_days(wanted, except_visits=[visit.pk], now=now)).start == one.start


def test_queries_stay_few_with_every_wish(small_clinic, now):
    for _n in range(6):
        an_interpreter(small_clinic.site, "es")
    wanted = speaks(a_request(specialties=("MED_ONC", "PALLIATIVE")), "es")
    legs = [ChosenLeg("MED_ONC", 40, small_clinic.people["MED_ONC"][0].pk), ChosenLeg("PALLIATIVE", 45, None, "video")]
    assert queries_of(lambda: find_days(wanted, legs=legs, now=now)) <= 5
