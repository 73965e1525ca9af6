"""Every page of the form as a person meets it: blank, wrong and right, for a patient and for a caregiver."""

import pytest
from django.urls import reverse

from intake.registration.models import Draft
from intake.registration.steps import FLOW
from intake.symptoms.questions import SAFETY_SECTION
from tests.intake.factories import QUIET, begin, page, send_page, walk_until

pytestmark = pytest.mark.django_db

MAY_BE_BLANK = {"email", "what-matters"}
ASKED_ONCE = {step.slug for step in FLOW.steps if step.questions} - {"cancer", "cancer-in-bone", "what-matters"}
NOT_WRONG = {"email": {"email": "a@b"}, "name": {"legal_first_name": "J0hn", "legal_last_name": "9"}}


def wrong_for(slug: str) -> dict:
    """Something no page takes: a value that is no option, text where a number belongs."""
    if slug in NOT_WRONG:
        return NOT_WRONG[slug]
    if slug == "what-matters":
        return {"what_matters": "x" * 1001}
    return {
        key: ["no such thing"] if isinstance(value, list) else "no such thing" for key, value in QUIET[slug].items()
    }


@pytest.mark.parametrize("filled_by", ["patient", "caregiver"])
def test_every_page_takes_right_answers_and_keeps_wrong_ones_out(client, filled_by):
    begin(client, filled_by=filled_by)
    seen = []
    for _turn in range(80):
        draft = Draft.objects.get(pk=client.session["draft_id"])
        gap = FLOW.first_gap(draft.answers, draft.steps_done)
        if gap is None:
            break
        seen.append(gap.slug)
        shown = client.get(page(gap.slug))
        assert shown.status_code == 200
        assert shown.content.decode().count("<h1") == 1

        if gap.slug not in MAY_BE_BLANK:
            blank = send_page(client, gap.slug, {})
            assert blank.status_code == 422, gap.slug
            assert "There is a problem" in blank.content.decode()
        wrong = send_page(client, gap.slug, wrong_for(gap.slug))
        assert wrong.status_code == 422, gap.slug
        assert all(link["text"] for link in wrong.context["form"].error_links())

        right = send_page(client, gap.slug)
        assert right.status_code == 302, (gap.slug, right.context["form"].errors)
    asked = {step.slug for step in FLOW.steps} - ({"caregiver"} if filled_by == "patient" else set())
    assert set(seen) == asked
    assert client.get(reverse("registration:check")).status_code == 200


@pytest.mark.parametrize("slug", sorted(ASKED_ONCE))
def test_an_open_question_is_pointed_out_once_and_then_kept_open(client, slug):
    begin(client)
    walk_until(client, slug)
    first = send_page(client, slug, {})
    assert first.status_code == 422
    assert "Answer if you can" in first.content.decode()
    assert 'name="asked" value="1"' in first.content.decode()
    draft = Draft.objects.get(pk=client.session["draft_id"])
    assert slug not in draft.steps_done

    second = send_page(client, slug, {}, asked="1")
    assert second.status_code == 302
    draft.refresh_from_db()
    assert slug in draft.steps_done
    assert all(draft.answers[key] in (None, "no") for key in FLOW.get(slug).keys if key in draft.answers)


@pytest.mark.parametrize(
    ("slug", "sentence"),
    [
        ("birth-date", "Enter your date of birth"),
        ("name", "Enter your first or given name"),
        ("phone", "Enter a phone number with area code, like 202-555-0142"),
        ("cancer-in-bone", "Select if a doctor said the cancer is in the bones"),
    ],
)
def test_a_required_page_left_blank_says_what_to_enter(client, slug, sentence):
    begin(client)
    walk_until(client, slug)
    for asked in ("", "1"):
        assert sentence in send_page(client, slug, {}, asked=asked).content.decode()


def test_the_first_question_of_the_form_is_the_urgent_check(client):
    answer = client.post(reverse("registration:who"), {"filled_by": "patient"})
    assert answer.url == page("acute-general")
    assert [step.section for step in FLOW.steps[:12]] == [SAFETY_SECTION] * 12


def test_who_left_blank_says_to_select(client):
    answer = client.post(reverse("registration:who"), {})
    assert answer.status_code == 422
    assert "Select who this registration is for" in answer.content.decode()
    assert not Draft.objects.exists()


def test_somebody_who_works_in_a_clinic_gets_the_phone_number(client):
    answer = client.post(reverse("registration:who"), {"filled_by": "clinic"}, follow=True)
    assert "202-555-0100" in answer.content.decode()
    assert not Draft.objects.exists()


def test_a_caregiver_reads_about_the_patient_everywhere(client):
    begin(client, filled_by="caregiver")
    walk_until(client, "none")
    for step in FLOW.steps:
        if not step.applies({"filled_by": "caregiver", "pain_present": "yes"}) and step.slug not in QUIET:
            continue
        html = client.get(page(step.slug)).content.decode()
        main = html[html.index("<main") : html.index("</main>")]
        for word in (" your pain", " your legs", " your name?", "your date of birth", "your bones", "your ZIP"):
            assert word not in main, (step.slug, word)


def test_a_caregivers_browser_does_not_offer_its_own_details_as_the_patients(client):
    begin(client, filled_by="caregiver")
    walk_until(client, "none")
    for slug in ("name", "birth-date", "phone", "email", "zip"):
        html = client.get(page(slug)).content.decode()
        main = html[html.index("<main") : html.index("</main>")]
        assert 'autocomplete="off"' in main
        for token in ("given-name", "family-name", "bday", '"tel"', '"email" autocomplete', "postal-code"):
            assert f'autocomplete="{token.strip(chr(34))}' not in main
    assert 'autocomplete="name"' in client.get(page("caregiver")).content.decode()


def test_nobody_skips_the_urgent_check(client):
    begin(client)
    assert client.get(page("name")).url == page("acute-general")
    assert client.get(reverse("registration:check")).url == page("acute-general") + "?change=1"


def test_back_leads_to_the_page_before_and_keeps_the_answer(client):
    begin(client)
    send_page(client, "acute-general")
    html = client.get(page("leg-weakness")).content.decode()
    assert f'href="{page("acute-general")}"' in html
    first = client.get(page("acute-general"))
    assert first.context["form"]["acute_general"].value() == ["none"]


def test_progress_is_told_in_words(client):
    begin(client)
    walk_until(client, "cancer")
    assert "Step 2 of 6: Your cancer" in client.get(page("cancer")).content.decode()


def test_an_unknown_page_is_not_found(client):
    begin(client)
    assert client.get("/register/safety/no-such-page/").status_code == 404
    assert client.get("/register/contact/acute-general/").status_code == 404


def test_the_second_browser_tab_is_told_and_keeps_what_was_typed(client):
    begin(client)
    send_page(client, "acute-general")
    send_page(client, "leg-weakness", {"leg_weakness": "none"})
    late = client.post(page("leg-weakness"), {"version": "0", "asked": "", "leg_weakness": "not_sure"})
    assert late.status_code == 422
    html = late.content.decode()
    assert "You changed this answer in another window" in html
    assert late.context["form"]["leg_weakness"].value() == "not_sure"
    assert Draft.objects.get().answers["leg_weakness"] == "none"

    again = client.post(page("leg-weakness"), {"version": "1", "asked": "1", "leg_weakness": "not_sure"})
    assert again.status_code == 302
    assert Draft.objects.get().answers["leg_weakness"] == "not_sure"


def test_a_page_sent_twice_is_saved_once(client):
    begin(client)
    data = {"version": "0", "asked": "", "acute_general": ["none"]}
    assert client.post(page("acute-general"), data).status_code == 302
    again = client.post(page("acute-general"), data)
    assert again.status_code == 302
    assert again.url == page("leg-weakness")
    assert Draft.objects.get().step_versions == {"acute-general": 1}


def test_a_field_the_page_does_not_ask_is_refused(client):
    begin(client)
    answer = send_page(client, "acute-general", {"acute_general": ["none"], "leg_weakness": "severe"})
    assert answer.status_code == 422
    assert "leg_weakness" not in Draft.objects.get().answers


@pytest.mark.parametrize("version", ["", "x", "-1", "99999999999999999999", "\x00"])
def test_a_spoiled_version_is_refused_with_a_page(client, version):
    begin(client)
    answer = client.post(page("acute-general"), {"version": version, "acute_general": ["none"]})
    assert answer.status_code == 422


NASTY = [
    "😀",
    "\x00",
    "مرحبا بالعالم",
    "\u202eabc",
    "x" * 1000,
    "<script>alert(1)</script>",
    "'; DROP TABLE--",
    "\ud7ff",
    " ",
]


@pytest.mark.parametrize("text", NASTY)
def test_strange_text_never_breaks_a_page(client, text):
    begin(client)
    walk_until(client, "none")
    for step in FLOW.steps:
        typed = {}
        for key, value in QUIET[step.slug].items():
            typed[key] = [text] if isinstance(value, list) else text
        answer = send_page(client, step.slug, typed) if step.slug != "caregiver" else None
        assert answer is None or answer.status_code in (302, 422), step.slug
        assert answer is None or b"<script>alert" not in answer.content


def test_a_name_in_any_script_is_kept_as_typed(client):
    begin(client)
    walk_until(client, "name")
    assert send_page(client, "name", {"legal_first_name": "阿明", "legal_last_name": "Nguyễn"}).status_code == 302
    assert Draft.objects.get().answers["legal_last_name"] == "Nguyễn"
