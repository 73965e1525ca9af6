"""The pages of scores: what they show, refuse and keep."""

from datetime import datetime, timedelta
from urllib.parse import urlencode

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from clinic.platform.audit.models import AuditEntry
from intake.models import Alert
from scheduling.models import AppointmentRequest, Score
from scheduling.scores.forms import FORMS, OPEN
from tests.clinic.look.markup import Page, faults
from tests.scheduling.scores.score_rows import CALCIUM, MIRELS, SINS, posted, recorded, revised
from tests.scheduling.staff_rows import ROUTINE, a_member, a_patient_row, a_row, queries_of

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"
NOON = datetime(2026, 11, 23, 12, tzinfo=timezone.get_default_timezone())


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def nurse(client):
    user = a_member("nurse", "Nora Bell")
    client.force_login(user)
    return user


def list_of(wanted):
    return reverse("staff-scores:list", args=[wanted.reference])


def send(client, wanted, kind, **typed):
    """Type into the form of a new score and save it."""
    address = reverse("staff-scores:add", args=[wanted.reference, kind])
    return client.post(address, posted(client.get(address).context["form"], **typed))


def test_list_shows_result_band_cautions_source_and_who(client, nurse):
    wanted = a_row()
    recorded(wanted, "mirels", MIRELS, target="femur_left", place="lower third", user=nurse)
    recorded(wanted, "sins", SINS | {"pain": None}, target="T12", user=nurse)

    page = client.get(list_of(wanted)).content.decode()

    for words in (
        "Left femur, lower third", "10 of 12", "Risk of fracture 33 % and up", "35 % specific",
        "Mirels 1989, Clin Orthop", "Incomplete", "Still open:", "Nora Bell", "An aid to judgment, not a decision",
        "U23", "3 points",
    ):  # fmt: skip
        assert words in page
    assert faults(Page(page)) == []


def test_empty_list_says_so_and_offers_each_score(client, nurse):
    wanted = a_row(ROUTINE | {"ecog_self": 2})
    page = client.get(list_of(wanted)).content.decode()

    assert page.count("Nothing recorded.") == 5
    assert "own answer: 2" in page
    assert all(reverse("staff-scores:add", args=[wanted.reference, kind]) in page for kind in FORMS)


def test_specialty_that_a_score_asks_for_and_nobody_planned_is_named(client, nurse, small_clinic):
    wanted = a_row(status="ready", specialties=["RAD_ONC"])
    recorded(wanted, "sins", SINS, target="T12", user=nurse)
    assert "Spine may be unstable" in client.get(list_of(wanted)).content.decode()

    AppointmentRequest.objects.update(specialties=["RAD_ONC", "SPINE_SURG"])
    assert "not in the plan of the visit" not in client.get(list_of(wanted)).content.decode()


def test_first_page_of_a_request_shows_scores_with_the_rules_on_them(client, nurse):
    wanted = a_row()
    address = reverse("worklist:request", args=[wanted.reference])
    client.get(address)
    without = queries_of(lambda: client.get(address))
    recorded(wanted, "escc", {"grade": "1c"}, target="T8", user=nurse)

    page = client.get(address).content.decode()

    assert "ESCC grade (Bilsky), T8: Grade 1c, Intermediate" in page
    assert "U23" in page
    assert queries_of(lambda: client.get(address)) == without <= 10


def test_closed_request_is_suggested_nobody(client, nurse, small_clinic):
    wanted = a_row(status="completed", specialties=["RAD_ONC"])
    recorded(wanted, "sins", SINS, target="T12", user=nurse)
    assert "not in the plan of the visit" not in client.get(list_of(wanted)).content.decode()


def test_earlier_versions_stay_on_the_page(client, nurse):
    wanted = a_row()
    score = recorded(wanted, "ecog", {"ecog": "1"}, user=nurse, note="Walks alone")
    revised(score, {"ecog": "3"}, user=nurse)

    page = client.get(list_of(wanted)).content.decode()

    assert "1 earlier version" in page
    assert "Walks alone" in page


def test_ionized_calcium_stands_first_beside_the_laboratorys_range(client, nurse):
    wanted = a_row()
    data = {"ionized": "1.31", "ionized_unit": "mmol/L", "calcium": "10.2", "calcium_unit": "mg/dL", "albumin": "3.6"}
    data |= {"albumin_unit": "g/dL", "lab_low": "8.6", "lab_high": "10.2", "study_on": ("11", "2", "2026")}
    assert send(client, wanted, "calcium", **data).status_code == 302

    page = client.get(list_of(wanted)).content.decode()
    assert page.index("1.31 mmol/L") < page.index("10.2 mg/dL")
    assert "8.6 to 10.2 mg/dL" in page
    assert "10.5 mg/dL" in page
    assert "not reliable" in page


def test_ionized_calcium_alone_is_complete_and_left_to_the_reader(client, nurse):
    wanted = a_row()
    data = {"ionized": "1.75", "ionized_unit": "mmol/L", "study_on": ("11", "2", "2026")}
    answer = send(client, wanted, "calcium", **data)

    page = client.get(answer.headers["Location"]).content.decode()
    assert "Saved: Corrected calcium: ionized 1.75 mmol/L" in page
    assert "No rule reads ionized calcium" in page
    assert "Incomplete" not in page
    assert "Still open" not in page


@pytest.mark.parametrize("kind", FORMS)
def test_form_asks_for_the_score_first_and_then_for_what_it_rests_on(client, nurse, kind):
    form = client.get(reverse("staff-scores:add", args=[a_row().reference, kind])).context["form"]
    shown = [field.name for field in form.visible_fields()]
    assert shown[0] in ("target", "ecog", "calcium")
    assert shown[-2:] == ["assessed_on", "note"]


def test_two_steps_between_patient_and_clinician_are_flagged(client, nurse):
    wanted = a_row(ROUTINE | {"ecog_self": 1})
    recorded(wanted, "ecog", {"ecog": "3"}, user=nurse)

    assert "The two differ by 2 or more" in client.get(list_of(wanted)).content.decode()


def test_death_says_what_is_to_be_ended(client, nurse):
    wanted = a_row(ROUTINE | {"ecog_self": 1})
    recorded(wanted, "ecog", {"ecog": "5"}, user=nurse)

    page = client.get(list_of(wanted)).content.decode()
    assert "Cancel visits to come" in page
    assert "Ask the patient again" not in page


@pytest.mark.parametrize(
    ("kind", "typed", "rule"),
    [
        ("escc", {"target": "T12", "grade": "2", "study_on": ("11", "2", "2026")}, "spinal cord is compressed"),
        ("calcium", {"calcium": "14.0", "calcium_unit": "mg/dL", "albumin": "4.0", "albumin_unit": "g/dL",
                     "study_on": ("11", "2", "2026")}, "severe hypercalcemia"),
    ],
)  # fmt: skip
def test_emergency_tells_who_typed_it_what_to_do(client, nurse, kind, typed, rule):
    wanted = a_row()
    answer = send(client, wanted, kind, **typed)
    page = client.get(answer.headers["Location"]).content.decode()

    assert f"Emergency: {rule}" in page or f"Emergency: the {rule}" in page
    assert "Call the patient now" in page
    assert reverse("worklist:alert", args=[Alert.objects.get().pk]) in page
    Alert.objects.update(acknowledged_at=timezone.now(), acknowledged_by=nurse)
    assert "Call the patient now" not in client.get(list_of(wanted)).content.decode()


@pytest.mark.parametrize(
    ("kind", "typed", "sentence"),
    [
        ("mirels", {"target": "pelvis_left"}, "Select one of the answers shown"),
        ("mirels", {"target": ""}, "Select the bone"),
        ("mirels", {"target": "humerus_left", "site": "peritrochanteric"}, "Select a site that fits this bone"),
        ("sins", {"target": "C8"}, "Select one of the answers shown"),
        ("escc", {"target": "T12", "grade": "2"}, "Enter the date of the MRI"),
        ("ecog", {}, "Select the status"),
        ("ecog", {"ecog": "1", "assessed_on": ("11", "24", "2026")}, "must be in the past"),
        ("ecog", {"ecog": "1", "total": "0"}, "We could not read this page"),
        ("calcium", {"calcium": "9"}, "Select the unit"),
        ("calcium", {"calcium": "9", "calcium_unit": "mg/dL", "albumin": "40", "albumin_unit": "g/dL"}, "mean g/L?"),
        ("calcium", {"albumin": "40", "albumin_unit": "g/L"}, "Enter the total calcium or the ionized calcium"),
    ],
)  # fmt: skip
def test_wrong_input_is_told_and_nothing_is_saved(client, nurse, kind, typed, sentence):
    if kind == "calcium":
        typed = typed | {"study_on": ("11", "2", "2026")}
    answer = send(client, a_row(), kind, **typed)

    assert answer.status_code == 422
    assert sentence in answer.content.decode().replace("&#x27;", "'")
    assert not Score.objects.exists()


def test_items_not_known_are_kept_open_and_filled_in_later(client, nurse):
    wanted = a_row()
    send(client, wanted, "mirels", target="femur_left", site="lower_limb", pain=OPEN)
    score = Score.objects.get()
    assert (score.codes, score.total) == ({"site": "lower_limb"}, None)

    address = reverse("staff-scores:revise", args=[wanted.reference, score.series])
    form = client.get(address).context["form"]
    assert (form.initial["site"], form.initial["pain"]) == ("lower_limb", OPEN)
    client.post(address, posted(form, target="femur_left", **MIRELS))
    assert Score.objects.current().get().total == 10


def test_stale_form_keeps_what_was_typed_and_shows_the_newest_version(client, nurse):
    wanted = a_row()
    score = recorded(wanted, "ecog", {"ecog": "1"}, user=nurse)
    address = reverse("staff-scores:revise", args=[wanted.reference, score.series])
    form = client.get(address).context["form"]
    revised(score, {"ecog": "4"}, user=a_member("physician", "Dr. Hall"))

    answer = client.post(address, posted(form, ecog="2", note="Seen today"))

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Dr. Hall saved a newer version" in page
    assert "4: disabled" in page
    assert "Seen today" in page
    again = client.post(address, posted(answer.context["form"], ecog="2", note="Seen today", version="2",
                                        key=answer.context["form"].data["key"]))  # fmt: skip
    assert again.status_code == 302
    assert list(Score.objects.order_by("version").values_list("result", flat=True)) == ["1", "4", "2"]


def test_scores_of_another_request_of_the_patient_are_here(client, nurse):
    first = a_row()
    recorded(first, "ecog", {"ecog": "2"}, user=nurse)

    page = client.get(list_of(a_row(patient=first.patient))).content.decode()
    assert "ECOG performance status" in page
    assert "2: walks" in page


def test_score_of_somebody_else_is_not_found_here(client, nurse):
    score = recorded(a_row(), "ecog", {"ecog": "2"}, user=nurse)
    other = a_row(patient=a_patient_row("Mary"))

    assert client.get(reverse("staff-scores:revise", args=[other.reference, score.series])).status_code == 404


def test_coordinator_reads_and_finds_no_way_to_record(client, nurse):
    wanted = a_row()
    score = recorded(wanted, "ecog", {"ecog": "2"}, user=nurse)
    client.force_login(a_member("coordinator"))

    page = client.get(list_of(wanted)).content.decode()
    assert "2: walks" in page
    assert reverse("staff-scores:revise", args=[wanted.reference, score.series]) not in page
    assert "/scores/add/" not in page


def test_look_is_written_down(client, nurse):
    wanted = a_row()
    client.get(list_of(wanted))

    assert AuditEntry.objects.filter(action="viewed", subject_id=str(wanted.pk), data__purpose="scores").count() == 1


def test_what_was_typed_survives_a_lost_sign_in(client, nurse, settings):
    wanted = a_row()
    address = reverse("staff-scores:add", args=[wanted.reference, "ecog"])
    data = posted(client.get(address).context["form"], ecog="2", note="Walks with a cane")
    with time_machine.travel(NOON + timedelta(minutes=settings.STAFF_IDLE_MINUTES + 1), tick=False):
        assert client.post(address, urlencode(data), content_type=FORM).status_code == 302
        assert not Score.objects.exists()
        client.force_login(nurse)
        answer = client.post(address, urlencode({"show_kept": "1"}), content_type=FORM)

    assert "Walks with a cane" in answer.content.decode()
    assert not Score.objects.exists()


@pytest.mark.parametrize("kind", FORMS)
def test_form_is_sound(client, nurse, kind):
    page = client.get(reverse("staff-scores:add", args=[a_row().reference, kind])).content.decode()

    assert faults(Page(page)) == []
    assert "An aid to judgment, not a decision" in page


def test_list_takes_the_same_queries_for_one_score_and_for_thirty(client, nurse):
    wanted = a_row()
    recorded(wanted, "calcium", CALCIUM, user=nurse)
    address = list_of(wanted)
    client.get(address)
    one = queries_of(lambda: client.get(address))
    for number in range(30):
        recorded(wanted, "mirels", MIRELS, target="femur_left", place=f"lesion {number}", user=nurse)

    assert queries_of(lambda: client.get(address)) == one <= 10


def test_form_of_a_change_takes_few_queries(client, nurse):
    score = recorded(a_row(), "ecog", {"ecog": "2"}, user=nurse)
    address = reverse("staff-scores:revise", args=[score.request.reference, score.series])

    assert queries_of(lambda: client.get(address)) <= 10
