"""New symptoms after sending: asked like the urgent check, assessed at each save, never lost, only ever raising."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from clinic.accounts.actors import staff_actor
from clinic.directory.models import Specialty
from clinic.messages.models import Message
from clinic.platform.audit.models import AuditEntry
from clinic.platform.refusals import Refused
from intake.registration.models import Draft
from intake.registration.new_symptoms import open_symptoms
from intake.registration.new_symptoms_steps import NEW_SYMPTOMS
from intake.symptoms.models import SymptomReport
from intake.tasks.models import StaffTask
from intake.triage.actions import counting_level
from intake.triage.models import Alert, Triage, TriageReview
from scheduling.requests.actions import review_request
from scheduling.requests.models import AppointmentRequest
from tests import factories
from tests.intake.factories import QUIET
from tests.scheduling.own_steps import in_session_of
from tests.scheduling.patient_steps import CALM, NOW, a_wanted_request, key_on, queries_of
from tests.scheduling.scores.score_rows import CALCIUM, recorded
from tests.scheduling.staff_rows import a_member

pytestmark = pytest.mark.django_db
QUIET_NOW = {**QUIET, "what-changed": {"what_changed": "My knee gives way"}, "pain": {"pain_present": "no"}}


@pytest.fixture(autouse=True)
def friday_morning(time_machine):
    """The clock stands on Friday, November 20, 2026, at 10 a.m."""
    time_machine.move_to(NOW, tick=False)
    return time_machine


@pytest.fixture
def wanted(client):
    """A routine request that a nurse has reached, open in this browser; the cancer is in the lumbar spine."""
    wanted = a_wanted_request(contacted_at=NOW, submitted_at=NOW - timedelta(days=3))
    known = {**CALM, "bone_mets_sites": ["spine_lumbar"], "falls_30d": 5, "opioid_use": "none"}
    SymptomReport.objects.filter(pk=wanted.report_id).update(answers=known)
    in_session_of(client, wanted)
    wanted.refresh_from_db()
    return wanted


def address(wanted, path="") -> str:
    return f"/my/{wanted.reference}/symptoms/{path}"


def answer(browser, wanted, slug: str, given: dict | None = None, **more):
    """Post one page as the browser does."""
    draft = open_symptoms(wanted.report)
    version = {"version": str(draft.step_versions.get(slug, 0)), "asked": "1"}
    return browser.post(address(wanted, f"{slug}/"), {**version, **(given or QUIET_NOW[slug]), **more})


def walk(browser, wanted, **answers) -> list[str]:
    """From the start to check answers, quiet but for `answers`; the pages that were asked."""
    given = {slug.replace("_", "-"): value for slug, value in answers.items()}
    browser.post(address(wanted))
    asked = []
    for _turn in range(40):
        draft = open_symptoms(wanted.report)
        gap = NEW_SYMPTOMS.first_gap(draft.answers, draft.steps_done)
        if gap is None:
            return asked
        asked.append(gap.slug)
        page = answer(browser, wanted, gap.slug, given.get(gap.slug))
        assert page.status_code == 302, (gap.slug, page.context["form"].errors)
    raise AssertionError(f"never done: {asked}")


def send(browser, wanted):
    """Send from check answers."""
    return browser.post(address(wanted, "send/"), {"key": key_on(browser.get(address(wanted, "check/")))})


def test_the_start_says_it_is_not_for_emergencies_and_when_a_nurse_reads(client, wanted):
    html = client.get(address(wanted)).content.decode()
    assert "not for emergencies" in html
    assert "202-555-0110" in html
    assert "The nurse line is open now." in html
    assert not Draft.objects.filter(purpose="symptoms").exists()  # looking begins nothing


def test_safety_questions_come_first_then_pain_then_what_changed(client, wanted):
    asked = walk(client, wanted)
    assert len(asked[:12]) == 12
    assert asked[0] == "acute-general"
    assert asked[11] == "hyperca-symptoms"
    assert asked[12:] == ["pain", "injury", "fluids", "what-changed"]


def test_the_finished_form_is_a_report_that_follows_with_triage_and_task(client, wanted):
    walk(client, wanted)
    assert send(client, wanted)["Location"] == address(wanted, "sent/")
    report = SymptomReport.objects.get(follows=wanted.report)
    assert report.patient == wanted.patient
    assert Triage.objects.get(report=report).level == "routine"
    assert report.snapshot[-1]["value"] == "My knee gives way"
    assert {"acute_general", "pain_present"} <= {entry["key"] for entry in report.snapshot}
    not_asked = {"cancer_history", "systemic_therapy_6wk", "pain_sites"}  # the drugs only with a fever
    assert not not_asked & {entry["key"] for entry in report.snapshot}
    assert report.answers["cancer_history"] == "yes_current"  # but it counts
    assert report.answers.get("falls_30d") is None  # what was momentary does not
    task = StaffTask.objects.get(kind="new_symptoms")
    assert (task.patient, task.report, task.data["level"]) == (wanted.patient, wanted.report, "routine")
    assert task.due_at > NOW
    assert "knee" not in str(task.data)
    draft = Draft.objects.get(purpose="symptoms")
    assert (draft.state, draft.answers) == ("sent", {})


def test_an_emergency_shows_its_page_at_once_with_alert_and_level_in_one_step(client, wanted):
    client.post(address(wanted))
    page = answer(client, wanted, "acute-general", {"acute_general": ["chest_pain"]})
    assert page["Location"] == address(wanted, "emergency/")
    alert = Alert.objects.get()
    assert alert.report == wanted.report
    assert alert.paged_at is not None
    wanted.refresh_from_db()
    assert (wanted.level, wanted.urgency_rank, wanted.contacted_at) == ("emergency", 0, None)
    assert wanted.contact_due_at == NOW + timedelta(minutes=15)
    html = client.get(page["Location"]).content.decode()
    assert "Call 911 now" in html
    assert wanted.reference in html
    assert alert.find_code in html


def test_a_known_place_in_the_spine_makes_new_weakness_an_emergency(client, wanted):
    walk_to = ["acute-general"]
    client.post(address(wanted))
    for slug in walk_to:
        answer(client, wanted, slug)
    page = answer(client, wanted, "leg-weakness", {"leg_weakness": "mild", "leg_weakness_onset_days_when": "today"})
    assert page["Location"] == address(wanted, "emergency/")
    assert "E07" in Alert.objects.get().rules


def test_when_the_alert_cannot_be_written_the_answer_is_not_kept_either(client, wanted, monkeypatch):
    client.post(address(wanted))
    monkeypatch.setattr("scheduling.requests.new_symptoms.raise_level", lambda *a, **k: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        answer(client, wanted, "acute-general", {"acute_general": ["chest_pain"]})
    assert not Alert.objects.exists()
    assert open_symptoms(wanted.report).steps_done == []


def test_buttons_of_the_emergency_page_work_and_the_form_goes_on(client, wanted):
    client.post(address(wanted))
    here = answer(client, wanted, "acute-general", {"acute_general": ["chest_pain"]})["Location"]
    key = key_on(client.get(here))
    page = client.post(here, {"key": key, "answer": "cannot", "call_back_phone": "202-555-0143"})
    assert page["Location"] == here
    alert = Alert.objects.get()
    assert (alert.person_said, alert.call_back_phone) == ("cannot", "+12025550143")
    assert "We have paged our nurse again" in client.get(here).content.decode()
    assert client.post(here, {"key": "x", "answer": "", "call_back_phone": "12"}).status_code == 422
    mistake = client.post(here, {"key": key_on(client.get(here)), "answer": "mistake"})
    assert mistake["Location"] == address(wanted, "acute-general/")
    assert Alert.objects.count() == 1


def test_an_emergency_that_was_taken_back_still_counts_when_sent(client, wanted):
    client.post(address(wanted))
    answer(client, wanted, "acute-general", {"acute_general": ["chest_pain"]})
    answer(client, wanted, "acute-general")
    walk(client, wanted)
    send(client, wanted)
    assert StaffTask.objects.get().data["level"] == "emergency"
    assert "Call 911 now" in client.get(address(wanted, "sent/")).content.decode()
    wanted.refresh_from_db()
    assert wanted.level == "emergency"


def test_a_higher_level_raises_the_request_and_counts_from_now(client, wanted):
    walk(client, wanted, bladder_change={"bladder_change": "not_sure"})
    send(client, wanted)
    wanted.refresh_from_db()
    assert (wanted.level, wanted.urgency_rank, wanted.contacted_at) == ("urgent", 1, None)
    assert wanted.contact_due_at == NOW + timedelta(hours=4)
    assert StaffTask.objects.get().due_at == wanted.contact_due_at
    assert wanted.visit_due_on == (NOW + timedelta(days=3)).date()
    assert wanted.notes.get(kind="new_symptoms")
    assert AuditEntry.objects.filter(action="request_level_raised", subject_id=str(wanted.pk)).count() == 1
    assert "A nurse will call you" in client.get(address(wanted, "sent/")).content.decode()


@pytest.mark.parametrize(("calcium", "level"), [("10.4", "soon"), ("10.5", "urgent")])
def test_symptoms_count_together_with_the_calcium_that_is_known(client, wanted, calcium, level):
    recorded(wanted, "calcium", CALCIUM | {"calcium": Decimal(calcium)}, user=a_member("nurse"))
    AppointmentRequest.objects.filter(pk=wanted.pk).update(level="routine", urgency_rank=3)
    walk(client, wanted, hyperca_symptoms={"hyperca_symptoms": ["excess_thirst", "fatigue"]})
    send(client, wanted)
    wanted.refresh_from_db()
    assert wanted.level == level
    assert ("U10" in StaffTask.objects.get().data["rules"]) is (level == "urgent")


def test_score_that_was_known_does_not_raise_the_request_again(client, wanted):
    recorded(wanted, "escc", {"grade": "1c"}, target="T8", user=a_member("nurse"))
    AppointmentRequest.objects.filter(pk=wanted.pk).update(level="routine", urgency_rank=3)  # a review decided so
    walk(client, wanted)
    send(client, wanted)
    wanted.refresh_from_db()
    assert wanted.level == "routine"


def test_a_lower_level_never_lowers_the_request(client, wanted):
    AppointmentRequest.objects.filter(pk=wanted.pk).update(level="urgent", urgency_rank=1)
    walk(client, wanted)
    send(client, wanted)
    wanted.refresh_from_db()
    assert (wanted.level, wanted.contacted_at) == ("urgent", NOW)
    assert StaffTask.objects.get().data["level"] == "routine"


def test_radicular_pain_out_of_hours_pages_on_call(client, wanted, friday_morning):
    friday_morning.shift(timedelta(hours=11))
    in_session_of(client, wanted)
    walk(
        client,
        wanted,
        pain={"pain_present": "yes"},
        pain_where={"pain_sites": ["spine_lumbar"]},
        pain_pattern={"pain_pattern": ["shoots_one_side"]},
    )
    send(client, wanted)
    page = Message.objects.get(template="page_on_call")
    assert wanted.reference in page.context["link"]
    assert StaffTask.objects.get().due_at == timezone.now() + timedelta(hours=1)


def test_sending_twice_sends_once(client, wanted):
    walk(client, wanted)
    key = key_on(client.get(address(wanted, "check/")))
    for one in (key, key, "b" * 32, ""):
        assert client.post(address(wanted, "send/"), {"key": one})["Location"] == address(wanted, "sent/")
    assert SymptomReport.objects.filter(follows=wanted.report).count() == 1
    assert StaffTask.objects.count() == 1


def test_sending_with_a_page_missing_leads_to_it(client, wanted):
    client.post(address(wanted))
    answer(client, wanted, "acute-general")
    page = client.post(address(wanted, "send/"), {"key": "a" * 32})
    assert page["Location"] == address(wanted, "leg-weakness/")
    assert not SymptomReport.objects.filter(follows=wanted.report).exists()


def test_nobody_skips_ahead(client, wanted):
    client.post(address(wanted))
    assert client.get(address(wanted, "fever/"))["Location"] == address(wanted, "acute-general/")
    assert client.get(address(wanted, "check/"))["Location"] == address(wanted, "acute-general/")
    assert client.get(address(wanted, "not-a-page/")).status_code == 404


def test_a_second_window_is_told(client, wanted):
    client.post(address(wanted))
    answer(client, wanted, "acute-general")
    old = client.post(address(wanted, "acute-general/"), {"version": "0", "asked": "1", "acute_general": "not_sure"})
    assert old.status_code == 422
    assert "another window" in old.content.decode()
    assert open_symptoms(wanted.report).answers["acute_general"] == []


def test_beginning_twice_is_one_form(client, wanted):
    client.post(address(wanted))
    client.post(address(wanted))
    assert Draft.objects.filter(purpose="symptoms").count() == 1


def test_a_form_left_for_a_day_is_gone(client, wanted, friday_morning):
    client.post(address(wanted))
    friday_morning.shift(timedelta(days=1, seconds=1))
    in_session_of(client, wanted)
    assert client.get(address(wanted, "acute-general/"))["Location"] == address(wanted)


@pytest.mark.parametrize("status", ["withdrawn", "declined", "completed", "redirected_to_ed"])
def test_a_closed_request_says_so(client, wanted, status):
    AppointmentRequest.objects.filter(pk=wanted.pk).update(status=status)
    page = client.post(address(wanted))
    assert page.status_code == 422
    assert "closed" in page.content.decode()
    assert not Draft.objects.filter(purpose="symptoms").exists()


def test_another_persons_form_is_not_reached(client, wanted):
    other = a_wanted_request()
    for path in ("", "acute-general/", "check/", "sent/", "emergency/"):
        assert client.get(address(other, path)).status_code == 404
        client.post(address(other, path))
    assert not Draft.objects.exists()


def test_the_level_that_counts_knows_new_symptoms_after_a_review(client, wanted):
    nurse = factories.a_nurse()
    by = staff_actor(nurse)
    Specialty.objects.create(code="RAD_ONC", name="Radiation oncology", default_minutes=30, is_leg=True)
    plan = {"visit_type": "coordinated_new", "specialties": ["RAD_ONC"]}
    said = {"disposition": "routine", "reason": "", "user": nurse, "by": by}
    review_request(wanted, **said, **plan, key="k1", version=wanted.version)
    triage = Triage.objects.get(pk=wanted.triage_id)
    assert counting_level(triage) == "routine"
    later = NOW + timedelta(minutes=5)
    report = SymptomReport.objects.create(
        patient=wanted.patient, filled_by="patient", answers={}, snapshot=[], sent_at=later, follows=wanted.report
    )
    Triage.objects.create(report=report, level="urgent", rules=[], message="M-URGENT", rule_set="BM-TRIAGE/1")
    assert counting_level(triage) == "urgent"
    wanted.refresh_from_db()
    with pytest.raises(Refused, match="reason"):
        review_request(wanted, **said, **plan, key="k2", version=wanted.version)
    review_request(wanted, **{**said, "reason": "Told on the phone"}, **plan, key="k3", version=wanted.version)
    newest = TriageReview.objects.order_by("pk").last()
    TriageReview.objects.filter(pk=newest.pk).update(reviewed_at=later + timedelta(minutes=5))
    assert counting_level(triage) == "routine"  # what was told before the last review is known to it


@pytest.mark.parametrize("earlier", [0, 29])
def test_pages_stay_within_their_queries(client, wanted, earlier):
    for _number in range(earlier):
        walk(client, wanted)
        send(client, wanted)
    client.post(address(wanted))
    for path in ("", "acute-general/"):
        assert len(queries_of(client, address(wanted, path))) <= 10
    walk(client, wanted)
    assert len(queries_of(client, address(wanted, "check/"))) <= 10
    send(client, wanted)
    assert len(queries_of(client, address(wanted, "sent/"))) <= 10


# What staff see


def test_staff_see_what_was_told_later_with_level_and_rules(client, wanted):
    walk(client, wanted, bladder_change={"bladder_change": "not_sure"})
    send(client, wanted)
    client.force_login(factories.a_nurse())
    html = client.get(f"/staff/requests/{wanted.reference}/").content.decode()
    assert "New symptoms told later" in html
    assert "My knee gives way" in html
    assert "U22" in html


@pytest.mark.parametrize("is_sent", [False, True])
def test_the_alert_shows_the_answers_that_raised_it(client, wanted, is_sent):
    client.post(address(wanted))
    answer(client, wanted, "acute-general", {"acute_general": ["chest_pain"]})
    if is_sent:
        walk(client, wanted)
        send(client, wanted)
    client.force_login(factories.a_nurse())
    html = client.get(f"/staff/alerts/{Alert.objects.get().pk}/").content.decode()
    assert "Chest pain" in html or "chest pain" in html
    assert wanted.reference in html
    assert ("My knee gives way" in html) is is_sent


def test_a_fever_asks_about_cancer_drugs_and_is_an_emergency_without_an_answer(client, wanted):
    client.post(address(wanted))
    for slug in ("acute-general", "leg-weakness", "arm-weakness", "walking-change", "numbness", "bladder-change",
                 "bowel-change", "can-bear-weight", "limb-deformity", "very-drowsy"):  # fmt: skip
        answer(client, wanted, slug)
    assert answer(client, wanted, "fever", {"fever": "yes"})["Location"] == address(wanted, "emergency/")
    assert "E23" in Alert.objects.get().rules


def test_the_emergency_page_names_the_number_that_staff_see(client, wanted):
    client.post(address(wanted))
    here = answer(client, wanted, "acute-general", {"acute_general": ["chest_pain"]})["Location"]
    client.post(here, {"key": key_on(client.get(here)), "answer": "cannot", "call_back_phone": ""})
    html = client.get(here).content.decode()
    assert "The nurse will try 202-555-0142" in html
    assert "We do not have your number" not in html


def test_the_request_page_repeats_an_emergency_until_somebody_was_reached(client, wanted):
    status = f"/my/{wanted.reference}/"
    assert "Call 911 now" not in client.get(status).content.decode()
    client.post(address(wanted))
    answer(client, wanted, "acute-general", {"acute_general": ["chest_pain"]})
    assert "Call 911 now" in client.get(status).content.decode()
    AppointmentRequest.objects.filter(pk=wanted.pk).update(contacted_at=NOW)
    assert "Call 911 now" not in client.get(status).content.decode()
