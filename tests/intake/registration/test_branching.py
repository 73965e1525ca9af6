"""Who is asked what; what a change takes with it; how a change comes back to check answers."""

import pytest
from django.urls import reverse

from intake.registration.models import Draft
from intake.registration.steps import FLOW, cleared
from tests.intake.factories import begin, page, send_page, walk_until

pytestmark = pytest.mark.django_db


def slugs(**answers) -> set[str]:
    return {step.slug for step in FLOW.applicable({"filled_by": "patient", **answers})}


@pytest.mark.parametrize(
    ("slug", "asked_with", "not_asked_with"),
    [
        ("bones-named", {"bone_mets_status": "suspected"}, {"bone_mets_status": "none_known"}),
        ("pain-where", {"pain_present": "yes"}, {"pain_present": "no"}),
        ("back", {"pain_present": "yes", "pain_sites": ["sacrum"]}, {"pain_present": "yes", "pain_sites": ["jaw"]}),
        ("limb", {"pain_present": "yes", "pain_sites": ["hip_left"]}, {"pain_present": "yes", "pain_sites": ["jaw"]}),
        ("limb", {"can_bear_weight": "no"}, {"can_bear_weight": "yes"}),
        ("pain-pill-safety", {"opioid_use": "daily"}, {"opioid_use": "none"}),
        ("bone-drug-effects", {"bone_agent": "denosumab"}, {"bone_agent": "none"}),
        ("caregiver", {"filled_by": "caregiver"}, {"filled_by": "patient"}),
    ],
)
def test_a_page_is_asked_only_when_it_applies(slug, asked_with, not_asked_with):
    assert slug in slugs(**asked_with)
    assert slug not in slugs(**not_asked_with)


def test_a_page_that_does_not_apply_leads_on(client):
    begin(client)
    walk_until(client, "pain-where", pain={"pain_present": "no"})
    assert client.get(page("pain-where")).status_code == 302


def test_the_treatment_question_stands_on_the_fever_page_and_is_not_asked_twice(client):
    begin(client)
    walk_until(client, "fever")
    typed = {"fever": "yes", "temp_f": "101", "systemic_therapy_6wk": "no"}
    send_page(client, "fever", typed)
    walk_until(client, "cancer-drugs")
    form = client.get(page("cancer-drugs")).context["form"]
    assert "systemic_therapy_6wk" not in form.fields
    send_page(client, "cancer-drugs", {"bone_agent": "none"})
    assert Draft.objects.get().answers["systemic_therapy_6wk"] == "no"


def test_a_change_comes_back_to_check_answers(client):
    begin(client)
    walk_until(client, "none")
    answer = send_page(client, "zip", {"zip": "48104"}, change=True)
    assert answer.url == reverse("registration:check")
    assert "48104" in client.get(answer.url).content.decode()


def test_a_change_asks_only_what_it_newly_needs(client):
    begin(client)
    walk_until(client, "none", cancer_drugs={"systemic_therapy_6wk": "no", "bone_agent": "none"})
    answer = send_page(client, "cancer-drugs", {"systemic_therapy_6wk": "no", "bone_agent": "other"}, change=True)
    assert answer.url == page("bone-drug-effects", change=True)
    assert send_page(client, "bone-drug-effects", change=True).url == reverse("registration:check")


def test_a_question_that_newly_stands_on_a_page_opens_that_page_again(client):
    begin(client)
    fever = {"fever": "chills_only", "systemic_therapy_6wk": "no"}
    walk_until(client, "none", fever=fever, cancer_drugs={"bone_agent": "denosumab"})
    draft = Draft.objects.get()
    draft.answers.pop("systemic_therapy_6wk")
    draft.save()
    answer = send_page(client, "fever", {"fever": "no"}, change=True)
    assert answer.url == page("cancer-drugs", change=True)


def test_what_no_longer_applies_is_sent_as_null_and_comes_back_with_the_answer(client):
    begin(client)
    walk_until(client, "none")
    send_page(client, "pain", {"pain_present": "no"}, change=True)
    kept = Draft.objects.get().answers
    assert set(kept["pain_sites"]) == {"pelvis_left", "spine_lumbar"}
    sent = cleared(kept)
    assert [sent[key] for key in ("pain_sites", "pain_worst", "pain_pattern", "spine_tender")] == [None] * 4
    assert "Where it hurts" not in client.get(reverse("registration:check")).content.decode()
    send_page(client, "pain", {"pain_present": "yes"}, change=True)
    assert cleared(Draft.objects.get().answers)["pain_sites"] == kept["pain_sites"]


def test_an_onset_goes_with_its_symptom(client):
    begin(client)
    send_page(client, "acute-general")
    send_page(
        client,
        "leg-weakness",
        {
            "leg_weakness": "mild",
            "leg_weakness_onset_days_when": "about",
            "leg_weakness_onset_days_count": "4",
            "leg_weakness_onset_days_unit": "months",
        },
    )
    assert Draft.objects.get().answers["leg_weakness_onset_days"] == 120
    send_page(client, "leg-weakness", {"leg_weakness": "none"})
    assert cleared(Draft.objects.get().answers)["leg_weakness_onset_days"] is None


def test_something_older_than_ten_years_is_kept_as_ten_years(client):
    begin(client)
    send_page(client, "acute-general")
    typed = {"leg_weakness": "mild", "leg_weakness_onset_days_when": "date"}
    date = {"month": "1", "day": "2", "year": "1990"}
    send_page(client, "leg-weakness", {**typed, **{f"leg_weakness_onset_days_date_{k}": v for k, v in date.items()}})
    assert Draft.objects.get().answers["leg_weakness_onset_days"] == 3650


def test_pain_numbers_that_contradict_are_pointed_out_once_and_then_kept(client):
    begin(client)
    walk_until(client, "pain-level")
    typed = {"pain_worst": "2", "pain_average": "6", "pain_now": "1"}
    first = send_page(client, "pain-level", typed)
    assert first.status_code == 422
    assert "lower than another pain number" in first.content.decode()
    assert send_page(client, "pain-level", typed, asked="1").status_code == 302
    assert Draft.objects.get().answers["pain_worst"] == 2


def test_an_email_wish_goes_back_to_its_page_when_the_address_goes(client):
    begin(client)
    walk_until(client, "none")
    answer = send_page(client, "email", {"email": ""}, change=True)
    assert answer.url == page("contact", change=True)
    wrong = send_page(client, "contact")
    assert "Give an email address first" in wrong.content.decode()


def test_a_text_wish_needs_the_agreement(client):
    begin(client)
    walk_until(client, "contact")
    assert send_page(client, "contact", {"contact_preference": ["text"]}).status_code == 422
    assert send_page(client, "contact", {"contact_preference": ["text"], "consent_sms": "on"}).status_code == 302
    answers = Draft.objects.get().answers
    assert (answers["consent_sms"], answers["consent_email"]) == (True, None)
    assert answers["consent_wording"]


def test_somebody_without_cancer_need_not_say_where_it_began(client):
    begin(client)
    walk_until(client, "cancer")
    assert send_page(client, "cancer", {"cancer_history": "not_sure"}).status_code == 422
    assert send_page(client, "cancer", {"cancer_history": "no"}, asked="1").status_code == 302
    walk_until(client, "none")
    assert client.get(reverse("registration:check")).status_code == 200


def test_another_language_needs_the_interpreter_question(client):
    begin(client)
    walk_until(client, "language")
    assert send_page(client, "language", {"preferred_language": "ar"}).status_code == 422
    assert send_page(client, "language", {"preferred_language": "en"}).status_code == 302


def test_changing_who_fills_in_keeps_the_answers_and_asks_for_the_caregiver(client):
    draft = begin(client)
    walk_until(client, "none")
    client.post(reverse("registration:who"), {"filled_by": "caregiver"})
    draft.refresh_from_db()
    assert draft.filled_by == "caregiver"
    assert FLOW.first_gap(draft.answers, draft.steps_done).slug == "caregiver"
    client.post(reverse("registration:who"), {"filled_by": "patient"})
    draft.refresh_from_db()
    assert cleared(draft.answers).get("caregiver_name") is None


def test_check_answers_shows_signs_first_and_open_answers_as_not_provided(client):
    begin(client)
    walk_until(client, "none", numbness={"numbness": ["not_sure"]}, email={"email": ""}, support={},
               contact={"contact_preference": ["phone"]})  # fmt: skip
    answer = client.get(reverse("registration:check"))
    groups = answer.context["groups"]
    assert str(groups[0].title) == "Signs you told us about"
    assert [str(row["key"]) for row in groups[0].rows] == ["Numbness"]
    html = answer.content.decode()
    assert "Not provided" in html
    assert '<span class="hidden-text"> ZIP' in html or "hidden-text" in html
    assert "Send my request" in html
    assert reverse("requests:send") in html
    assert "March 27, 1951" in html
    assert "202-555-0142" in html
