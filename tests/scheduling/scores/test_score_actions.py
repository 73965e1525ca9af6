"""Recording and changing scores, and what they do to the request."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone

from clinic.messages.models import Message
from clinic.platform.audit.models import AuditEntry
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import new_key
from intake.models import Alert
from intake.symptoms.models import SymptomReport
from scheduling.models import Score
from scheduling.scores.effect import newest_values
from tests.scheduling.scores.score_rows import CALCIUM, MIRELS, SINS, recorded, revised
from tests.scheduling.staff_rows import CANCER, ROUTINE, SAFE, a_member, a_reader_of, a_row

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 12, tzinfo=timezone.get_default_timezone())  # a Monday


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def nurse():
    return a_member("nurse")


def level_of(wanted):
    wanted.refresh_from_db()
    return wanted.level


def test_server_computes_points_total_and_band(nurse):
    score = recorded(a_row(), "mirels", MIRELS, target="femur_left", place=" lower third ", user=nurse)

    assert score.points == {"site": 2, "pain": 3, "lesion": 3, "size": 2}
    assert (score.total, score.band, score.place, score.version, score.is_current) == (
        10,
        "high",
        "lower third",
        1,
        True,
    )
    assert score.assessed_by == nurse


def test_location_of_sins_is_stored_from_the_level(nurse):
    score = recorded(a_row(), "sins", SINS, target="T12", user=nurse)

    assert (score.codes["location"], score.points["location"], score.total) == ("junctional", 3, 13)


def test_incomplete_score_is_kept_without_total_and_raises_nothing(nurse):
    wanted = a_row()
    score = recorded(wanted, "mirels", MIRELS | {"size": None}, target="femur_left", user=nurse)

    assert (score.total, score.band) == (None, "")
    assert level_of(wanted) == "routine"


@pytest.mark.parametrize(
    ("kind", "target", "values", "level"),
    [
        ("mirels", "femur_left", MIRELS, "urgent"),  # 10: U23
        ("mirels", "femur_left", MIRELS | {"pain": "mild"}, "soon"),  # 8: S14
        ("mirels", "femur_left", MIRELS | {"pain": "mild", "lesion": "blastic"}, "routine"),  # 6
        ("sins", "T12", SINS, "urgent"),  # 13: U23
        ("sins", "L3", SINS | {"posterolateral": "none", "collapse": "none_of_above"}, "soon"),  # 7: S14
        ("sins", "S3", SINS | {"pain": "painless", "posterolateral": "none"}, "routine"),  # 4
        ("escc", "T12", {"grade": "1b"}, "routine"),
        ("escc", "T12", {"grade": "1c"}, "urgent"),  # U23
        ("escc", "T12", {"grade": "2"}, "emergency"),  # E25
        ("escc", "T12", {"grade": "3"}, "emergency"),
        ("calcium", "", CALCIUM | {"calcium": Decimal("7.4")}, "urgent"),  # U25
        ("calcium", "", CALCIUM | {"calcium": Decimal("7.5")}, "soon"),  # S19
        ("calcium", "", CALCIUM, "routine"),
        ("calcium", "", CALCIUM | {"calcium": Decimal("10.5")}, "soon"),  # S07
        ("calcium", "", CALCIUM | {"calcium": Decimal("12.0")}, "urgent"),  # U10
        ("calcium", "", CALCIUM | {"calcium": Decimal("14.0")}, "emergency"),  # E19
        ("calcium", "", CALCIUM | {"calcium": Decimal(20), "albumin": Decimal("0.5")}, "emergency"),
        ("ecog", "", {"ecog": "4"}, "routine"),
    ],
)  # fmt: skip
def test_result_raises_the_request_as_the_rules_say(nurse, kind, target, values, level):
    wanted = a_row()
    recorded(wanted, kind, values, target=target, user=nurse)

    assert level_of(wanted) == level
    assert Alert.objects.count() == (level == "emergency")
    assert wanted.notes.filter(kind="score").count() == (level != "routine")


def test_mild_calcium_with_symptoms_is_urgent(nurse):
    told = {"pain_present": "no", "hyperca_symptoms": ["fatigue", "nausea"], "hyperca_onset_days": 200}
    wanted = a_row(SAFE | CANCER | told)
    before = level_of(wanted)
    recorded(wanted, "calcium", CALCIUM | {"calcium": Decimal("10.5")}, user=nurse)

    assert (before, level_of(wanted)) == ("routine", "urgent")


def test_symptoms_told_since_count_with_the_calcium(nurse):
    wanted = a_row()
    told, now = {"hyperca_symptoms": ["fatigue", "nausea"]}, timezone.now()
    SymptomReport.objects.create(
        patient=wanted.patient,
        filled_by="patient",
        answers=told,
        snapshot=[],
        sent_at=now,
        follows=wanted.report,
    )
    recorded(wanted, "calcium", CALCIUM | {"calcium": Decimal("10.5")}, user=nurse)

    assert level_of(wanted) == "urgent"


def test_emergency_raises_an_alert_with_its_clock_and_pages(nurse):
    wanted = a_row()
    recorded(wanted, "escc", {"grade": "3"}, target="T12", user=nurse)

    alert = Alert.objects.get()
    assert (alert.report_id, alert.rules, alert.message) == (wanted.report_id, ["E25"], "M-SPINE")
    assert alert.paged_at == timezone.now()
    assert level_of(wanted) == "emergency"
    assert wanted.contact_due_at == alert.contact_due_at == timezone.now() + timedelta(minutes=15)
    assert wanted.visit_due_on == timezone.localdate()


def test_emergency_of_a_closed_request_still_raises_an_alert(nurse):
    wanted = a_row(status="completed", closed_at=timezone.now())
    recorded(wanted, "calcium", CALCIUM | {"calcium": Decimal(15)}, user=nurse)

    assert (level_of(wanted), Alert.objects.get().rules) == ("routine", ["E19"])


def test_alert_that_nobody_has_taken_on_is_not_doubled(nurse):
    score = recorded(a_row(), "escc", {"grade": "2"}, target="T12", user=nurse)
    revised(score, {"grade": "3"}, user=nurse)
    assert Alert.objects.count() == 1

    Alert.objects.update(acknowledged_at=timezone.now(), acknowledged_by=nurse)
    revised(Score.objects.current().get(), {"grade": "2"}, user=nurse)
    assert Alert.objects.count() == 2


def test_score_never_lowers_the_request(nurse):
    wanted = a_row(level="emergency")
    due = wanted.contact_due_at
    recorded(wanted, "sins", SINS, target="T12", user=nurse)

    assert (level_of(wanted), wanted.contact_due_at) == ("emergency", due)


def test_level_stays_when_the_score_is_corrected_downward(nurse):
    wanted = a_row()
    score = recorded(wanted, "escc", {"grade": "3"}, target="T12", user=nurse)
    revised(score, {"grade": "1a"}, user=nurse)

    assert level_of(wanted) == "emergency"
    assert newest_values(wanted.patient_id) == {"escc_grade": "1a"}


def test_note_alone_does_not_raise_what_a_review_has_lowered(nurse):
    wanted = a_row()
    score = recorded(wanted, "sins", SINS, target="T12", user=nurse)
    type(wanted).objects.update(level="soon", urgency_rank=2)
    revised(score, SINS, user=nurse, note="Discussed with the surgeon.")
    assert level_of(wanted) == "soon"

    revised(Score.objects.current().get(), SINS, user=nurse, study_on=date(2026, 11, 20))
    assert level_of(wanted) == "urgent"


def test_score_that_asks_for_a_call_within_the_hour_pages_out_of_hours(nurse):
    told = {"pain_present": "yes", "pain_sites": ["spine_lumbar"], "pain_pattern": ["band_like"]}
    wanted = a_row(told, level="routine", urgency_rank=3)
    with time_machine.travel(NOON + timedelta(days=5), tick=False):  # a Saturday
        recorded(wanted, "sins", SINS, target="T12", user=nurse)

    assert level_of(wanted) == "urgent"
    page = Message.objects.get(channel="page")
    assert page.context["link"].endswith(f"/staff/requests/{wanted.reference}/")


def test_another_lesion_does_not_raise_again_what_was_reviewed(nurse):
    wanted = a_row()
    recorded(wanted, "mirels", MIRELS, target="femur_left", user=nurse)
    type(wanted).objects.update(level="routine", urgency_rank=3)
    recorded(wanted, "calcium", CALCIUM, user=nurse)

    assert level_of(wanted) == "routine"


def test_worst_lesion_of_all_is_what_the_rules_read(nurse):
    wanted = a_row()
    recorded(wanted, "mirels", MIRELS, target="femur_left", user=nurse)
    recorded(wanted, "mirels", MIRELS | {"pain": "mild"}, target="femur_right", user=nurse)

    assert newest_values(wanted.patient_id) == {"mirels_total": 10}


def test_every_change_is_a_new_version_and_the_old_ones_stay(nurse):
    score = recorded(a_row(), "ecog", {"ecog": "1"}, user=nurse)
    second = revised(score, {"ecog": "2"}, user=nurse)
    revised(second, {"ecog": "3"}, user=nurse)

    rows = list(Score.objects.order_by("version").values_list("version", "result", "is_current", "series"))
    assert rows == [(1, "1", False, score.series), (2, "2", False, score.series), (3, "3", True, score.series)]


def test_second_editor_is_told_who_and_nothing_is_overwritten(nurse):
    score = recorded(a_row(), "ecog", {"ecog": "1"}, user=nurse)
    revised(score, {"ecog": "2"}, user=a_member("physician", "Dr. Hall"))

    with pytest.raises(Refused, match=r"Dr\. Hall") as refused:
        revised(score, {"ecog": "4"}, user=nurse)
    assert refused.value.code == "stale"
    assert list(Score.objects.current().values_list("result", flat=True)) == ["2"]


@pytest.mark.parametrize(
    ("kind", "values", "target", "again"),
    [
        ("mirels", MIRELS, "femur_left", {"place": "Lower  THIRD"}),
        ("sins", SINS, "T12", {}),
        ("escc", {"grade": "0"}, "T12", {}),
        ("ecog", {"ecog": "1"}, "", {}),
        ("calcium", CALCIUM, "", {}),
    ],
)
def test_there_is_one_record_a_lesion_level_or_patient(nurse, kind, values, target, again):
    wanted, place = a_row(), {"place": "lower third"} if kind == "mirels" else {}
    recorded(wanted, kind, values, target=target, user=nurse, **place)

    with pytest.raises(Refused) as refused:
        recorded(wanted, kind, values, target=target, user=nurse, **again)
    assert refused.value.code == "exists"
    assert Score.objects.count() == 1


def test_another_lesion_of_the_same_bone_has_its_own_record(nurse):
    wanted = a_row()
    first = recorded(wanted, "mirels", MIRELS, target="femur_left", place="lower third", user=nurse)
    other = recorded(wanted, "mirels", MIRELS, target="femur_left", place="neck", user=nurse)

    assert first.series != other.series
    with pytest.raises(Refused, match="There is a Mirels score"):
        revised(other, MIRELS, user=nurse, place="Lower third")


def test_wrong_level_can_be_corrected(nurse):
    score = recorded(a_row(), "sins", SINS, target="T12", user=nurse)
    again = revised(score, SINS, target="T10", user=nurse)

    assert (again.target, again.codes["location"], again.total, again.series) == ("T10", "semirigid", 11, score.series)


@pytest.mark.parametrize(("target", "sentence"), [("pelvis_left", "long bone"), ("humerus_left", "fits this bone")])
def test_value_that_a_table_refuses_names_its_field(nurse, target, sentence):
    with pytest.raises(Refused, match=sentence) as refused:
        recorded(a_row(), "mirels", MIRELS, target=target, user=nurse)

    assert refused.value.item in ("target", "site")
    assert not Score.objects.exists()


def test_own_answer_is_kept_beside_the_clinicians(nurse):
    score = recorded(a_row(ROUTINE | {"ecog_self": 1}), "ecog", {"ecog": "3"}, user=nurse)

    assert score.codes == {"ecog": "3", "ecog_self": 1}


def test_pressing_twice_records_once(nurse):
    wanted, key = a_row(), new_key()
    first = recorded(wanted, "ecog", {"ecog": "1"}, user=nurse, key=key)

    assert recorded(wanted, "ecog", {"ecog": "1"}, user=nurse, key=key) == first
    assert Score.objects.count() == 1


@pytest.mark.parametrize("role", ["coordinator", "trials_coordinator", "administrator", "auditor"])
def test_who_may_not_record_scores_is_refused(role):
    with pytest.raises(Refused) as refused:
        recorded(a_row(), "ecog", {"ecog": "1"}, user=a_member(role))

    assert refused.value.code == "not_allowed"


def test_who_may_not_record_scores_changes_none(nurse):
    score = recorded(a_row(), "ecog", {"ecog": "1"}, user=nurse)
    with pytest.raises(Refused) as refused:
        revised(score, {"ecog": "2"}, user=a_member("coordinator"))

    assert refused.value.code == "not_allowed"
    assert Score.objects.get() == score


def test_clinician_records_a_score_of_an_own_patient():
    wanted = a_row()

    assert recorded(wanted, "ecog", {"ecog": "1"}, user=a_reader_of(wanted)).result == "1"


def test_audit_keeps_codes_and_no_words(nurse):
    score = recorded(
        a_row(), "mirels", MIRELS, target="femur_left", place="near the knee", note="Very sore", user=nurse
    )

    entry = AuditEntry.objects.get(action="score_recorded", subject_id=str(score.pk))
    assert entry.data == {"kind": "mirels", "target": "femur_left", "version": 1, "band": "high"}
