"""An emergency interrupts at once, its alert is written with the answer, and the form can go on."""

import logging

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.messages.models import Message
from intake.registration import actions
from intake.registration.models import Draft
from intake.triage import actions as triage_actions
from intake.triage.engine import Result
from intake.triage.messages import CRISIS_LINE, TEXTS
from intake.triage.models import Alert
from tests.intake.factories import begin, page, send_page, walk_until

pytestmark = pytest.mark.django_db

AT_ONCE = [
    ("acute-general", {"acute_general": [sign]}, "M-911", "E01")
    for sign in (
        "chest_pain", "trouble_breathing", "fainted", "seizure", "stroke_signs", "heavy_bleeding", "hard_to_wake"
    )
] + [
    ("acute-general", {"acute_general": ["suicidal_thoughts"]}, "M-988", "E02"),
    ("leg-weakness", {"leg_weakness": "severe"}, "M-SPINE", "E06"),
    ("arm-weakness", {"arm_weakness": "severe"}, "M-SPINE", "E11"),
    ("walking-change", {"walking_change": "cannot"}, "M-SPINE", "E08"),
    ("numbness", {"numbness": ["saddle"]}, "M-SPINE", "E05"),
    ("bladder-change", {"bladder_change": "cannot_pass_urine"}, "M-SPINE", "E03"),
    ("bladder-change", {"bladder_change": "leaking_no_control"}, "M-SPINE", "E03"),
    ("bowel-change", {"bowel_change": "no_control"}, "M-SPINE", "E04"),
    ("limb-deformity", {"limb_deformity": "yes"}, "M-FRACTURE", "E20"),
    ("limb-deformity", {"limb_deformity": "no", "limb_cold_or_blue": "on"}, "M-FRACTURE", "E20"),
    ("very-drowsy", {"very_drowsy": "yes"}, "M-CALCIUM", "E17"),
    ("fever", {"fever": "yes", "temp_f": "101.5", "systemic_therapy_6wk": "yes"}, "M-FEVER", "E23"),
    ("fever", {"fever": "chills_only", "systemic_therapy_6wk": "not_sure"}, "M-FEVER", "E23"),
    ("hyperca-symptoms", {"hyperca_symptoms": ["confusion"]}, "M-CALCIUM", "E17"),
]  # fmt: skip


@pytest.mark.parametrize(("slug", "typed", "message", "rule"), AT_ONCE)
def test_an_emergency_answer_shows_its_message_word_for_word_at_once(client, slug, typed, message, rule):
    begin(client)
    walk_until(client, slug)
    answer = send_page(client, slug, typed)
    assert answer.url == reverse("registration:emergency")

    html = client.get(answer.url).content.decode()
    assert str(TEXTS[message]) in html.replace("&#x27;", "'")
    number = "988" if message == "M-988" else "911"
    assert f'<a class="call-button" href="tel:{number}">' in html
    assert "202-555-0110" in html
    alert = Alert.objects.get()
    assert alert.rules == [rule]
    assert alert.find_code in html
    assert (alert.contact_due_at - alert.detected_at).total_seconds() == 15 * 60
    pages = Message.objects.filter(channel="page")
    assert pages.count() == 1
    assert str(alert.pk) in pages.get().context["link"] or pages.get().context["link"].endswith("/staff/")
    assert str(Draft.objects.get().pk) not in str(pages.get().context)


@pytest.mark.parametrize(
    ("slug", "typed"),
    [
        ("leg-weakness", {"leg_weakness": "severe", "leg_weakness_onset_days_when": "about",
                          "leg_weakness_onset_days_count": "soon"}),
        ("bladder-change", {"bladder_change": "cannot_pass_urine", "bladder_onset_days_when": "date",
                            "bladder_onset_days_date_month": "13"}),
        ("fever", {"fever": "yes", "temp_f": "hot", "systemic_therapy_6wk": "yes"}),
    ],
)  # fmt: skip
def test_a_slip_in_a_date_or_temperature_never_holds_up_an_emergency(client, slug, typed):
    begin(client)
    walk_until(client, slug)
    assert send_page(client, slug, typed).url == reverse("registration:emergency")
    assert Alert.objects.count() == 1
    html = client.get(reverse("registration:emergency")).content.decode()
    assert f'href="{page(slug)}"' in html  # the slip is asked again afterwards
    assert send_page(client, slug, typed).status_code == 422
    assert Alert.objects.count() == 1


@pytest.mark.parametrize(
    "typed",
    [
        {"leg_weakness": "mild", "leg_weakness_onset_days_when": "date"},  # no spine pain told yet: no emergency
        {"leg_weakness": "no such thing", "leg_weakness_onset_days_when": "date"},
        {"leg_weakness_onset_days_when": "date"},
    ],
)
def test_a_slip_without_an_emergency_is_told_on_the_page(client, typed):
    begin(client)
    send_page(client, "acute-general")
    assert send_page(client, "leg-weakness", typed).status_code == 422
    assert "leg_weakness" not in Draft.objects.get().answers


def test_a_fever_without_cancer_treatment_does_not_interrupt(client):
    begin(client)
    walk_until(client, "fever")
    typed = {"fever": "yes", "temp_f": "101.5", "systemic_therapy_6wk": "no"}
    assert send_page(client, "fever", typed).url == page("hyperca-symptoms")
    assert not Alert.objects.exists()


def test_a_caregiver_is_told_to_call_for_the_person_they_help(client):
    begin(client, filled_by="caregiver")
    answer = send_page(client, "acute-general", {"acute_general": ["chest_pain"]})
    assert "Call 911 for the person you are helping" in client.get(answer.url).content.decode()


def test_the_crisis_line_stands_on_every_later_emergency_page(client):
    begin(client)
    send_page(client, "acute-general", {"acute_general": ["suicidal_thoughts", "chest_pain"]})
    html = client.get(reverse("registration:emergency")).content.decode()
    assert str(TEXTS["M-911"]) in html
    assert str(CRISIS_LINE) in html
    walk_until(client, "bladder-change")
    send_page(client, "bladder-change", {"bladder_change": "cannot_pass_urine"})
    assert str(CRISIS_LINE) in client.get(reverse("registration:emergency")).content.decode()


def test_the_same_emergency_is_shown_once_and_a_new_one_again(client):
    begin(client)
    send_page(client, "acute-general", {"acute_general": ["chest_pain"]})
    assert send_page(client, "leg-weakness").url == page("arm-weakness")
    assert send_page(client, "arm-weakness", {"arm_weakness": "severe"}).url == reverse("registration:emergency")
    first, second = Alert.objects.order_by("detected_at")
    assert first.find_code == second.find_code
    assert Draft.objects.get().emergency_rules == ["E01", "E11"]


def test_an_emergency_stays_when_the_answer_is_lowered(client):
    begin(client)
    send_page(client, "acute-general", {"acute_general": ["chest_pain"]})
    send_page(client, "acute-general", {"acute_general": ["none"]})
    draft = Draft.objects.get()
    assert draft.answers["acute_general"] == []
    assert draft.emergency_rules == ["E01"]
    assert Alert.objects.get().acknowledged_at is None


def test_a_number_for_the_nurse_is_put_on_the_alert_and_on_the_next_one(client):
    begin(client)
    send_page(client, "acute-general", {"acute_general": ["chest_pain"]})
    url = reverse("registration:emergency-answer")
    client.post(url, {"call_back_phone": "202 555 0142", "answer": "phone", "key": "a" * 32})
    assert Alert.objects.get().call_back_phone == "+12025550142"
    send_page(client, "leg-weakness", {"leg_weakness": "severe"})
    assert Alert.objects.order_by("-detected_at").first().call_back_phone == "+12025550142"


@pytest.mark.parametrize(("said", "pages"), [("going", 1), ("cannot", 2), ("mistake", 1)])
def test_what_the_person_says_is_kept_and_the_alert_stays_open(client, said, pages):
    begin(client)
    send_page(client, "acute-general", {"acute_general": ["chest_pain"]})
    url = reverse("registration:emergency-answer")
    for _twice in range(2):
        answer = client.post(url, {"call_back_phone": "", "answer": said, "key": "b" * 32})
        assert answer.url == (page("acute-general") if said == "mistake" else reverse("registration:emergency"))
    alert = Alert.objects.get()
    assert alert.person_said == said
    assert alert.acknowledged_at is None
    assert Message.objects.filter(channel="page").count() == pages


def test_a_wrong_number_is_told_and_does_not_hold_up_the_answer(client):
    begin(client)
    send_page(client, "acute-general", {"acute_general": ["chest_pain"]})
    answer = client.post(
        reverse("registration:emergency-answer"), {"call_back_phone": "12", "answer": "cannot", "key": "c" * 32}
    )
    assert answer.status_code == 422
    assert Alert.objects.get().person_said == "cannot"


@pytest.mark.parametrize("typed", [{}, {"answer": "nonsense"}, {"answer": "going", "key": ""}, {"surprise": "1"}])
def test_a_crafted_answer_to_the_emergency_page_is_no_error(client, typed):
    begin(client)
    send_page(client, "acute-general", {"acute_general": ["chest_pain"]})
    assert client.post(reverse("registration:emergency-answer"), typed).status_code in (302, 422)
    assert Alert.objects.get().person_said == ""


def test_the_form_goes_on_after_an_emergency(client):
    begin(client)
    send_page(client, "acute-general", {"acute_general": ["chest_pain"]})
    html = client.get(reverse("registration:emergency")).content.decode()
    assert f'href="{page("leg-weakness")}"' in html


def test_the_emergency_page_without_an_alert_leads_back_to_the_form(client):
    begin(client)
    assert client.get(reverse("registration:emergency")).url == page("acute-general")


def test_a_broken_engine_asks_to_call_the_nurse_and_logs_no_answer(client, monkeypatch, caplog):
    begin(client)

    def broken(answers):
        raise RuntimeError(str(answers))

    monkeypatch.setattr(triage_actions, "assess", broken)
    with caplog.at_level(logging.ERROR):
        answer = send_page(client, "acute-general", {"acute_general": ["none"]})
    assert answer.url == reverse("registration:unchecked")
    html = client.get(answer.url).content.decode()
    assert "202-555-0110" in html
    assert "acute_general" not in caplog.text
    assert "RuntimeError" in caplog.text
    assert Draft.objects.get().failed_rules == ["engine"]
    assert send_page(client, "leg-weakness").url == page("arm-weakness")  # told once, not on every page


def test_a_failed_emergency_rule_is_logged_by_its_id_only(client, monkeypatch, caplog):
    begin(client)
    monkeypatch.setattr(triage_actions, "assess", lambda answers: Result("urgent", (), "M-URGENT", failed=("E03",)))
    answer = send_page(client, "acute-general", {"acute_general": ["none"]})
    assert answer.url == reverse("registration:unchecked")
    assert "E03" in caplog.text


def test_an_alert_is_not_left_without_its_answer(client, monkeypatch):
    begin(client)

    def fails(*args, **kwargs):
        raise RuntimeError("no audit")

    monkeypatch.setattr(actions.Chains, "append", fails)
    client.raise_request_exception = False
    send_page(client, "acute-general", {"acute_general": ["chest_pain"]})
    assert not Alert.objects.exists()
    assert Draft.objects.get().steps_done == []
    assert timezone.now() < Draft.objects.get().expires_at
