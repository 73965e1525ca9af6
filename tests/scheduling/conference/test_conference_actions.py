"""Writes of the conference: who may, what is refused, what is kept, and what an outcome changes."""

from datetime import date, timedelta

import pytest

from clinic.accounts.actors import staff_actor
from clinic.accounts.roles import Role
from clinic.directory.models import Holiday
from clinic.platform.audit.models import AuditEntry
from clinic.platform.refusals import Refused
from intake.models import ReadinessItem
from scheduling.conference.actions import (
    add_case,
    change_question,
    close_conference,
    create_conference,
    move_case,
    open_again,
    put_off,
    recommend,
    save_attendance,
    take_off,
)
from scheduling.conference.models import Attendance, Conference, ConferenceCase, Recommendation
from scheduling.conference.outcomes import conclude
from scheduling.requests.models import AppointmentRequest
from scheduling.visits.models import Visit
from tests.factories import a_clinician_user, a_coordinator, a_nurse, a_physician, a_request, an_offer, local
from tests.scheduling.conference_rows import A_DAY, a_case, a_conference
from tests.scheduling.day_rows import a_visit_today

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock", "small_clinic")]
TODAY = date(2027, 1, 4)


@pytest.fixture
def who(fresh_key):
    """Keywords of an action for one member of staff, with a new key each time."""

    def keywords(user=None):
        user = user or a_nurse()
        return {"user": user, "by": staff_actor(user), "key": fresh_key()}

    return keywords


def code_of(call, *args, **kwargs):
    with pytest.raises(Refused) as refused:
        call(*args, **kwargs)
    return refused.value.code


def planned(on, **how):
    return create_conference(on=on, starts_at=local(on, 12), place=" Room 4 ", on_closed_day=False, **how)


# Dates


def test_conference_is_planned_once_a_day(who):
    made = planned(TODAY, **who())

    assert (made.on, made.place) == (TODAY, "Room 4")
    assert AuditEntry.objects.filter(action="conference_planned").exists()
    assert code_of(planned, TODAY, **who()) == "there"
    assert code_of(planned, TODAY - A_DAY, **who()) == "past"
    assert code_of(planned, TODAY + A_DAY, **who(a_clinician_user())) == "not_allowed"


@pytest.mark.parametrize("on", [date(2027, 1, 9), date(2027, 1, 18), date(2027, 1, 6)])  # weekend, public holiday, own
def test_closed_day_must_be_meant(who, on):
    Holiday.objects.create(on=date(2027, 1, 6), name="Team day")

    assert code_of(planned, on, **who()) == "closed_day"
    create_conference(on=on, starts_at=local(on, 12), place="", on_closed_day=True, **who())
    assert Conference.objects.get().on == on


# The list


def test_case_comes_last_and_the_request_tells_it(who):
    meeting, wanted = a_conference(), a_request()
    a_case(meeting, position=3)

    case = add_case(meeting, wanted, question=" What first? ", **who())

    assert (case.position, case.question, case.state) == (4, "What first?", "listed")
    assert wanted.notes.get().text == "Case conference on Monday, January 4, 2027."


def test_same_press_adds_once(who):
    meeting, wanted, how = a_conference(), a_request(), who()

    first = add_case(meeting, wanted, question="What first?", **how)

    assert add_case(meeting, wanted, question="What first?", **how) == first
    assert ConferenceCase.objects.count() == 1


def test_what_cannot_be_put_on_a_list_is_refused(who):
    meeting, later, wanted = a_conference(), a_conference(TODAY + A_DAY), a_request()
    assert code_of(add_case, meeting, wanted, question=" ", **who()) == "question_missing"
    assert code_of(add_case, meeting, wanted, question="?", **who(a_clinician_user())) == "not_allowed"
    a_case(later, wanted)
    assert code_of(add_case, meeting, wanted, question="?", **who()) == "there"
    assert code_of(add_case, a_conference(TODAY - A_DAY), a_request(), question="?", **who()) == "past"
    over = a_request(status="withdrawn", withdrawn_at=meeting.starts_at)
    assert code_of(add_case, meeting, over, question="?", **who()) == "request_closed"
    closed = a_conference(TODAY + 2 * A_DAY, closed_at=meeting.starts_at)
    assert code_of(add_case, closed, a_request(), question="?", **who()) == "closed"


def test_case_taken_off_comes_back_when_it_is_put_on_again(who):
    meeting, wanted = a_conference(), a_request()
    case = add_case(meeting, wanted, question="What first?", **who())

    take_off(case, version=1, **who())
    assert ConferenceCase.objects.get().state == "removed"
    again = add_case(meeting, wanted, question="And now?", **who())

    assert (again.pk, again.state, again.question) == (case.pk, "listed", "And now?")


def test_order_is_changed_by_one_place_and_an_old_page_is_told(who):
    meeting = a_conference()
    first, second, third = (a_case(meeting, position=place) for place in (1, 2, 3))

    move_case(third, up=True, position=3, **who())

    assert list(meeting.cases.values_list("pk", flat=True)) == [first.pk, third.pk, second.pk]
    assert code_of(move_case, third, up=True, position=3, **who()) == "stale"


def test_put_off_takes_the_question_along(who):
    meeting, later = a_conference(), a_conference(TODAY + 7 * A_DAY)
    case = a_case(meeting, question="Brace?")

    new = put_off(case, later, version=1, **who())

    case.refresh_from_db()
    assert (case.state, new.state, new.question, new.conference) == ("deferred", "listed", "Brace?", later)


def test_second_editor_of_a_question_is_told(who):
    case = a_case(a_conference())
    change_question(case, question="First?", version=1, **who())

    assert code_of(change_question, case, question="Second?", version=1, **who()) == "stale"
    case.refresh_from_db()
    assert case.question == "First?"


# Who was there


def test_attendance_keeps_who_was_there_and_who_was_not(who, small_clinic, standing_clock, now):
    meeting, (one, other) = a_conference(), small_clinic.people["RAD_ONC"]

    save_attendance(meeting, present=[one.pk], seen=None, **who())

    assert Attendance.objects.get(clinician=one).is_present
    assert not Attendance.objects.get(clinician=other).is_present
    assert code_of(save_attendance, meeting, present=[], seen=None, **who()) == "stale"
    standing_clock.move_to(now + timedelta(minutes=1), tick=False)
    save_attendance(meeting, present=[other.pk], seen=now, **who())
    assert [row.clinician for row in Attendance.objects.filter(is_present=True)] == [other]


def test_attendance_waits_for_its_day(who):
    later = a_conference(TODAY + A_DAY)

    assert code_of(save_attendance, later, present=[], seen=None, **who()) == "too_early"
    assert code_of(save_attendance, a_conference(), present=[10**6], seen=None, **who()) == "unknown"


# Recommendations


@pytest.fixture
def surgeon(small_clinic):
    person = small_clinic.people["SPINE_SURG"][0]
    person.user = a_clinician_user()
    person.save()
    return person.user


def test_clinician_recommends_for_the_own_specialty_only(who, surgeon):
    case = a_case(a_conference())

    recommend(case, specialty="SPINE_SURG", text="Stabilize first.", seen=0, **who(surgeon))

    assert Recommendation.objects.get().text == "Stabilize first."
    assert code_of(recommend, case, specialty="RAD_ONC", text="No.", seen=0, **who(surgeon)) == "not_allowed"
    assert code_of(recommend, case, specialty="RAD_ONC", text="No.", seen=0, **who(a_clinician_user())) == "not_allowed"


def test_who_runs_the_conference_writes_down_for_any_specialty(who):
    case = a_case(a_conference())

    for user in (a_nurse(), a_coordinator(), a_physician()):
        seen = max(Recommendation.objects.values_list("pk", flat=True), default=0)
        recommend(case, specialty="RAD_ONC", text="One fraction.", seen=seen, **who(user))

    assert Recommendation.objects.count() == 3  # history: a new row each time


def test_two_write_for_one_specialty_at_once_and_the_second_is_told(who):
    case = a_case(a_conference())
    recommend(case, specialty="RAD_ONC", text="One fraction.", seen=0, **who())

    assert code_of(recommend, case, specialty="RAD_ONC", text="Five.", seen=0, **who()) == "stale"
    recommend(case, specialty="MED_ONC", text="Continue.", seen=0, **who())


# Outcomes


def concluded(case, who, **changes):
    case.refresh_from_db()
    case.request.refresh_from_db()
    asked = {
        "outcome": "Radiation first.",
        "specialties": ["RAD_ONC", "PALLIATIVE"],
        "visit_type": "",
        "version": case.version,
        "request_version": case.request.version,
    }
    user = changes.pop("user", None)
    return conclude(case, **asked | changes, **who(user))


def test_outcome_feeds_the_plan_of_the_visit(who):
    wanted = a_request(specialties=("SPINE_SURG",))
    case = a_case(a_conference(), wanted)

    done = concluded(case, who)

    wanted.refresh_from_db()
    assert (done.state, done.plan, done.specialties) == ("discussed", "planned", ["RAD_ONC", "PALLIATIVE"])
    assert (wanted.specialties, wanted.status) == (["RAD_ONC", "PALLIATIVE"], "ready")
    assert "Radiation first." in wanted.notes.get().text
    assert wanted.report.readiness.filter(kind="medicines", is_required=False).exists()


def test_outcome_ends_an_offer_that_no_longer_fits(who, now):
    wanted = a_request()
    offer = an_offer(wanted, now=now)
    case = a_case(a_conference(), wanted)

    concluded(case, who)

    offer.refresh_from_db()
    wanted.refresh_from_db()
    assert (offer.state, wanted.status) == ("released", "ready")


def test_outcome_with_the_same_plan_leaves_an_offer_alone(who, now):
    wanted = a_request()
    offer = an_offer(wanted, now=now)

    done = concluded(a_case(a_conference(), wanted), who, specialties=["RAD_ONC", "SPINE_SURG"])

    offer.refresh_from_db()
    assert (offer.state, done.plan) == ("open", "same")


def test_booked_visit_stays_and_the_person_is_told(who, small_clinic, now):
    wanted = a_request()
    visit = a_visit_today(wanted, small_clinic, [("SPINE_SURG", now)])

    done = concluded(a_case(a_conference(), wanted), who)

    wanted.refresh_from_db()
    assert (done.plan, done.specialties) == ("booked", ["RAD_ONC", "PALLIATIVE"])
    assert wanted.specialties == ["SPINE_SURG", "RAD_ONC"]
    assert Visit.objects.get().state == visit.state == "booked"


def test_closed_request_keeps_its_plan(who, now):
    wanted = a_request(status="withdrawn", withdrawn_at=now, closed_at=now)

    assert concluded(a_case(a_conference(), wanted), who).plan == "over"
    wanted.refresh_from_db()
    assert (wanted.status, wanted.specialties) == ("withdrawn", ["SPINE_SURG", "RAD_ONC"])


def test_outcome_without_specialties_leaves_the_plan(who):
    case = a_case(a_conference())

    assert concluded(case, who, specialties=[]).plan == "no_visit"
    case.request.refresh_from_db()
    assert case.request.specialties == ["SPINE_SURG", "RAD_ONC"]


def test_question_that_is_open_to_the_patient_stays_open(who, now):
    wanted = a_request(status="needs_info", needs_info_since=now)

    concluded(a_case(a_conference(), wanted), who)

    wanted.refresh_from_db()
    assert (wanted.status, wanted.needs_info_since) == ("needs_info", now)


def test_second_editor_of_an_outcome_is_told(who):
    case = a_case(a_conference())
    concluded(case, who)

    assert code_of(concluded, case, who, version=1) == "stale"
    assert code_of(concluded, case, who, request_version=0) == "stale"
    case.refresh_from_db()
    assert case.version == 2


@pytest.mark.parametrize(("changes", "code"), [
    ({"outcome": "  "}, "outcome_missing"),
    ({"specialties": ["NOBODY"]}, "unknown_specialty"),
    ({"visit_type": "nonsense"}, "visit_type_missing"),
])  # fmt: skip
def test_outcome_that_says_too_little_is_refused(who, changes, code):
    case = a_case(a_conference())

    assert code_of(concluded, case, who, **changes) == code
    case.refresh_from_db()
    assert case.state == "listed"


def test_outcome_is_for_those_who_run_it_and_for_its_day(who, surgeon):
    assert code_of(concluded, a_case(a_conference()), who, user=surgeon) == "not_allowed"
    assert code_of(concluded, a_case(a_conference(TODAY + A_DAY)), who) == "too_early"


@pytest.mark.parametrize(("received", "complete"), [
    (local(date(2026, 12, 31), 12), False),  # two public holidays and a weekend: Wednesday is the business day before
    (local(date(2026, 12, 30), 12), True),
])  # fmt: skip
def test_records_complete_is_found_when_the_case_is_discussed(who, received, complete):
    case = a_case(a_conference())
    ReadinessItem.objects.create(report=case.request.report, kind="imaging", state="received", received_at=received)

    assert concluded(case, who).records_complete is complete
    ReadinessItem.objects.update(received_at=None)
    assert concluded(case, who, outcome="Surgery first.").records_complete is complete  # as it was when first discussed


# The end


def test_conference_closes_when_every_case_has_an_end(who):
    case = a_case(a_conference())
    assert code_of(close_conference, case.conference, **who()) == "open_cases"
    concluded(case, who)

    close_conference(case.conference, **who())

    assert code_of(concluded, case, who) == "closed"
    assert code_of(recommend, case, specialty="RAD_ONC", text="Late.", seen=0, **who()) == "closed"


def test_conference_is_not_closed_before_its_day(who):
    assert code_of(close_conference, a_conference(TODAY + A_DAY), **who()) == "too_early"


def test_closing_can_be_undone_for_ten_minutes(who, standing_clock, now):
    meeting = a_conference()
    close_conference(meeting, **who())
    open_again(meeting, **who())
    assert Conference.objects.get().closed_at is None
    close_conference(meeting, **who())
    standing_clock.move_to(now + timedelta(minutes=10), tick=False)
    assert code_of(open_again, meeting, **who()) == "too_late"


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.NURSE, Role.COORDINATOR, Role.PHYSICIAN}))
def test_only_those_who_run_it_change_the_list(who, role, django_user_model):
    user = django_user_model.objects.create(email=f"{role}@example.org", name="X", roles=[role])
    case = a_case(a_conference())

    assert code_of(take_off, case, version=1, **who(user)) == "not_allowed"
    assert code_of(move_case, case, up=True, position=1, **who(user)) == "not_allowed"
    assert code_of(close_conference, case.conference, **who(user)) == "not_allowed"
    assert AppointmentRequest.objects.get(pk=case.request_id).specialties == ["SPINE_SURG", "RAD_ONC"]
