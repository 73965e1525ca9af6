"""Rows become facts: who counts, which rows are meant, constant queries. Both databases."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from clinic.directory.models import Holiday
from clinic.platform.audit.actors import SYSTEM
from intake.models import Alert, BeforeVisit, ContactAttempt, Coverage, Draft, NurseQuestion, TriageReview
from intake.patients.models import Patient
from intake.triage.actions import raise_alert
from intake.triage.engine import Result
from scheduling.follow_up.models import FollowUpCall, HospitalEvent, Letter, PlanItem
from scheduling.measures.service import reads, visit_reads
from scheduling.models import Appointment, AppointmentRequest, Conference, ConferenceCase, RequestNote
from tests import factories
from tests.scheduling.measures.service_facts import at
from tests.scheduling.measures.service_rows import SENT, a_visit
from tests.scheduling.staff_rows import queries_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def november(standing_clock):
    return reads.whole_months(date(2026, 11, 1), date(2026, 11, 1))


@pytest.fixture
def nurse(db):
    return factories.a_nurse()


def test_requests_of_the_period_are_those_of_patients_who_count(small_clinic, november):
    kept = factories.a_request(at=SENT)
    tried, absorbed = factories.a_request(at=SENT), factories.a_request(at=SENT)
    Patient.objects.filter(pk=tried.patient_id).update(is_test=True)
    Patient.objects.filter(pk=absorbed.patient_id).update(merged_into=kept.patient)
    factories.a_request(at=at(10, 31, 23, 59))
    factories.a_request(at=at(12, 1, 0))
    last = factories.a_request(at=at(11, 30, 23, 59))

    assert {fact.key for fact in reads.request_facts(november)} == {kept.pk, last.pk}


def test_request_has_the_first_of_each_step_and_the_last_level(small_clinic, november, nurse):
    wanted = factories.a_request(
        at=SENT, level="soon", filled_by="staff_phone", contacted_at=SENT + timedelta(hours=5), reviewed_at=None
    )
    for hours in (4, 2):
        RequestNote.objects.create(request=wanted, kind="taken", by_label="Nurse", at=SENT + timedelta(hours=hours))
    RequestNote.objects.create(request=wanted, kind="record_needed", by_label="Patient", at=SENT)
    for hours, disposition in ((3, "urgent"), (6, "routine"), (7, "needs_information")):
        TriageReview.objects.create(
            triage=wanted.triage, disposition=disposition, computed_level="soon", reviewed_by=nurse,
            reviewed_at=SENT + timedelta(hours=hours),
        )  # fmt: skip
    a_visit(small_clinic, wanted, starts=at(11, 20, 9))
    first = a_visit(small_clinic, wanted)
    a_visit(small_clinic, wanted, starts=at(11, 12, 9), codes=("NURSE_NAV",))  # no physician
    a_visit(small_clinic, wanted, starts=at(11, 13, 9), state="no_show")

    (fact,) = reads.request_facts(november)

    assert fact.first_taken_at == SENT + timedelta(hours=2)
    assert fact.first_review_at == SENT + timedelta(hours=3)
    assert fact.acknowledged_at == SENT + timedelta(hours=2)
    assert (fact.computed, fact.reviewed, fact.is_self_referral) == ("soon", "routine", False)
    assert fact.consult_starts_at == first.starts_at + timedelta(minutes=30)
    assert fact.consult_ends_at == first.ends_at


def test_first_call_is_known_after_new_symptoms_made_the_clock_run_anew(small_clinic, november, nurse):
    wanted = factories.a_request(at=SENT, level="soon")
    for hours, reached in ((1, False), (2, True), (50, True)):
        ContactAttempt.objects.create(report=wanted.report, reached=reached, by=nurse, at=SENT + timedelta(hours=hours))
    RequestNote.objects.create(request=wanted, kind="new_symptoms", by_label="Patient", at=SENT + timedelta(hours=48))
    AppointmentRequest.objects.filter(pk=wanted.pk).update(
        contacted_at=SENT + timedelta(hours=50), withdrawn_at=SENT + timedelta(hours=49)
    )
    quiet = factories.a_request(at=SENT, contacted_at=SENT + timedelta(hours=3))

    facts = {fact.key: fact for fact in reads.request_facts(november)}

    fact = facts[wanted.pk]
    assert fact.contacted_at == SENT + timedelta(hours=2)
    assert (fact.raised_at, fact.contacted_since_raised_at) == (SENT + timedelta(hours=48), SENT + timedelta(hours=50))
    assert not fact.withdrew_before_contact
    assert facts[quiet.pk].contacted_at == SENT + timedelta(hours=3)
    assert (facts[quiet.pk].raised_at, facts[quiet.pk].contacted_since_raised_at) == (None, None)


def test_alert_tells_when_it_was_written_and_when_somebody_was_reached(small_clinic, november, nurse, time_machine):
    wanted = factories.a_request(at=SENT, level="emergency")
    draft = Draft.objects.create(expires_at=SENT)
    time_machine.move_to(SENT + timedelta(seconds=2), tick=False)
    result = Result(level="emergency", rules=("E04",), message="M-SPINE")
    alert = raise_alert(
        report=wanted.report, draft=draft, result=result, filled_by="patient", at=SENT, by=SYSTEM
    )  # fmt: skip
    never_sent = raise_alert(draft=draft, result=result, filled_by="patient", at=SENT, by=SYSTEM)
    for minutes, reached in ((-5, True), (3, False), (9, True), (12, True)):
        ContactAttempt.objects.create(
            report=wanted.report, reached=reached, by=nurse, at=SENT + timedelta(minutes=minutes)
        )
    ContactAttempt.objects.create(alert=alert, reached=True, by=nurse, at=SENT + timedelta(minutes=8))

    facts = reads.alert_facts(november)

    assert {fact.case for fact in facts} == {draft.pk}
    assert {fact.raised_at - fact.detected_at for fact in facts} == {timedelta(seconds=2)}
    assert {fact.reached_at for fact in facts} == {SENT + timedelta(minutes=8), None}
    assert {fact.who for fact in facts} == {wanted.patient_id, None}
    Patient.objects.update(is_test=True)
    assert len(reads.alert_facts(november)) == 1  # the alert of a form that nobody sent hangs on no patient
    assert Alert.objects.filter(pk=never_sent.pk, report=None).exists()


def test_hospital_days_are_those_of_the_three_causes(small_clinic, november, nurse):
    wanted = factories.a_request(at=SENT)
    for cause in HospitalEvent.Cause.values:
        HospitalEvent.objects.create(
            request=wanted, kind="ed_visit", cause=cause, on=SENT.date(), by=nurse, at=timezone.now()
        )

    assert reads.hospital_days(november) == {wanted.pk: [SENT.date()] * 3}


def test_house_knows_the_clinics_own_closed_days(november):
    Holiday.objects.create(on=date(2026, 11, 11), name="Training")

    house = reads.the_house(november, at(11, 30))

    assert house.business_day(date(2026, 11, 10), 1) == date(2026, 11, 12)


def test_people_have_what_the_equity_view_groups_by(small_clinic, november):
    wanted = factories.a_request(at=SENT)
    Patient.objects.filter(pk=wanted.patient_id).update(preferred_language="es")
    Coverage.objects.create(patient=wanted.patient, position=2, payer_type="medicaid")
    Coverage.objects.create(patient=wanted.patient, position=1, payer_type="medicare")
    BeforeVisit.objects.create(report=wanted.report, answers={"race_ethnicity": ["asian", "white"]})
    factories.a_request(at=at(10, 1))

    (person,) = reads.people(november).values()

    assert (person.language, person.zip_code, person.payer) == ("es", "48109", "medicare")
    assert (person.born_on, person.race) == (factories.BIRTH_DATE, ("asian", "white"))


def test_visit_knows_whether_it_is_the_first_and_what_happened_in_it(small_clinic, november, nurse):
    earlier, wanted = factories.a_request(at=SENT), factories.a_request(at=SENT)
    AppointmentRequest.objects.filter(pk=wanted.pk).update(patient=earlier.patient)
    wanted.refresh_from_db()
    Patient.objects.filter(pk=earlier.patient_id).update(interpreter_needed="spoken")
    a_visit(small_clinic, earlier, starts=at(10, 20, 9))
    visit = a_visit(small_clinic, wanted)
    second = a_visit(small_clinic, wanted, starts=at(11, 24, 9))
    Appointment.objects.filter(visit=visit, position=1).update(room=small_clinic.ct)
    for state, done in (("done", date(2026, 11, 17)), ("open", None), ("dropped", date(2026, 11, 24))):
        PlanItem.objects.create(
            request=wanted, kind="radiation", text="8 Gy", due_on=SENT.date(), state=state, done_on=done,
            created_by=nurse, created_at=SENT,
        )  # fmt: skip
    a_visit(small_clinic, wanted, starts=at(11, 25, 9), state="released")

    facts = {fact.key: fact for fact in visit_reads.visit_facts(november)}

    assert set(facts) == {visit.pk, second.pk}
    one, two = facts[visit.pk], facts[second.pk]
    assert (one.is_first_of_patient, one.is_first_of_request) == (False, True)
    assert (two.is_first_of_patient, two.is_first_of_request) == (False, False)
    assert (one.has_radiation_plan, one.radiation_on) == (True, {date(2026, 11, 17)})
    assert [(leg.specialty, leg.is_ct) for leg in sorted(one.legs, key=lambda leg: leg.starts_at)] == [
        ("NURSE_NAV", False), ("RAD_ONC", True),
    ]  # fmt: skip
    assert (one.needs_interpreter, one.has_interpreter) == (True, False)


def test_working_time_is_that_of_sessions_without_holidays(small_clinic, november, settings):
    settings.HOLIDAY_COUNTRY = ""  # the state's own election day lies in this week
    Holiday.objects.create(on=date(2026, 11, 10), name="Training")
    a_visit(small_clinic, factories.a_request(at=SENT))

    working, booked = visit_reads.time_facts(november, at(11, 10, 12))

    marsh = small_clinic.people["RAD_ONC"][0]
    mine = sorted((work.starts_at, work.ends_at) for work in working if work.clinician == marsh.pk)
    # November 2 to 6 and 9: mornings 8 to 12 and afternoons 1 to 5; the 10th is closed, later days have not begun
    assert len(mine) == 12
    assert mine[0] == (at(11, 2, 8), at(11, 2, 12))
    assert [(one.booked_at, one.is_kept) for one in booked] == [(SENT, True)] * 2


def test_report_is_the_first_letter_that_was_sent_about_the_first_visit(small_clinic, november, nurse):
    wanted = factories.a_request(at=SENT)
    visit = a_visit(small_clinic, wanted)
    a_visit(small_clinic, wanted, starts=at(11, 24, 9))  # a later visit needs none
    for hours, kind, state in ((30, "report", "sent"), (9, "report", "sent"), (1, "disposition", "sent")):
        Letter.objects.create(
            request=wanted, visit=visit, kind=kind, addressee="Dr.", body="Text", state=state, written_by=nurse,
            written_at=visit.ends_at, sent_at=visit.ends_at + timedelta(hours=hours), sent_by=nurse,
        )  # fmt: skip
    Letter.objects.create(
        request=wanted, visit=visit, kind="report", addressee="Dr.", body="Text", written_by=nurse, written_at=SENT
    )

    (fact,) = visit_reads.report_facts(november)

    assert (fact.ended_at, fact.sent_at) == (visit.ends_at, visit.ends_at + timedelta(hours=9))


def test_call_counts_from_the_day_of_the_visit_with_the_pain_before(small_clinic, november):
    wanted = factories.a_request(at=SENT, answers={"pain_present": "yes", "pain_worst": 8})
    visit = a_visit(small_clinic, wanted, starts=at(11, 20, 9))  # the 27th: planned for Monday, November 30
    FollowUpCall.objects.create(
        request=wanted, visit=visit, kind="day_7", due_on=date(2026, 11, 30), state="reached",
        reached_at=at(11, 30, 10), pain_worst=3,
    )  # fmt: skip
    FollowUpCall.objects.create(request=wanted, visit=visit, kind="week_4", due_on=date(2026, 12, 18), state="closed")

    day, week = sorted(visit_reads.call_facts(november), key=lambda call: call.due_on)

    assert (day.due_on, day.pain_before, day.pain_then) == (date(2026, 11, 27), 8, 3)
    assert (week.due_on, week.is_closed, week.pain_before) == (date(2026, 12, 18), True, None)


def test_cases_questions_and_forms_are_read_without_what_was_written(small_clinic, november, nurse):
    wanted = factories.a_request(at=SENT)
    meeting = Conference.objects.create(on=date(2026, 11, 12), starts_at=at(11, 12, 12), created_by=nurse)
    case = {"conference": meeting, "added_by": nurse, "added_at": SENT}
    ConferenceCase.objects.create(request=wanted, state="discussed", records_complete=True, **case)
    ConferenceCase.objects.create(request=factories.a_request(at=SENT), state="deferred", **case)
    for topic in ("symptoms", "cost"):
        NurseQuestion.objects.create(
            kind="question", topic=topic, urgency_rank=3, filled_by="patient", name="A", phone="+12025550142",
            asked_at=SENT, due_at=SENT, answered_at=SENT,
        )  # fmt: skip

    cases, questions = visit_reads.case_and_question_facts(november)

    assert [(one.on, one.is_complete) for one in cases] == [(date(2026, 11, 12), True)]
    assert sorted(one.is_about_symptoms for one in questions) == [False, True]


def test_forms_are_registrations_and_not_those_of_test_patients(small_clinic, november):
    tried = factories.a_request(at=SENT)
    Patient.objects.filter(pk=tried.patient_id).update(is_test=True)
    made = Draft.objects.bulk_create(
        Draft(expires_at=SENT, **facts)
        for facts in (
            {"steps_done": ["safety", "pain"]},
            {"state": "sent", "request_reference": factories.a_request(at=SENT).reference},
            {"state": "sent", "request_reference": tried.reference},
            {"purpose": "symptoms"},
        )
    )
    Draft.objects.filter(pk__in=[row.pk for row in made]).update(created_at=SENT)

    found = visit_reads.draft_facts(november)

    assert sorted((one.is_sent, one.last_page) for one in found) == [(False, "pain"), (True, "")]


def test_reads_make_as_many_queries_for_thirty_requests_as_for_one(small_clinic, november):
    def everything():
        reads.request_facts(november)
        reads.alert_facts(november)
        reads.people(november)
        visit_reads.visit_facts(november)
        visit_reads.report_facts(november)

    a_visit(small_clinic, factories.a_request(at=SENT))
    one = queries_of(everything)
    for _number in range(29):
        a_visit(small_clinic, factories.a_request(at=SENT))

    assert queries_of(everything) == one == 9
