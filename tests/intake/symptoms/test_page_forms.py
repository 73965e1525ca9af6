"""The catalogue as forms: every question becomes a field of its kind, and its answer fits the vocabulary."""

import pytest
from django.http import QueryDict

from intake.registration.steps import FLOW, build_form
from intake.symptoms.body_map import SITE_LABELS
from intake.symptoms.questions import PAGES
from intake.symptoms.widgets import SPOTS
from intake.triage.vocabulary import validate

PAGES_BY_SLUG = {page.slug: page for page in PAGES}
# So that every page and every question is asked
ALL_ASKED = {
    "bone_mets_status": "confirmed", "pain_present": "yes", "pain_sites": ["spine_lumbar", "hip_left"],
    "opioid_use": "daily", "bone_agent": "denosumab",
}  # fmt: skip


def form_for(slug, typed=None, *, filled_by="patient", answers=None):
    data = None
    if typed is not None:
        data = QueryDict(mutable=True)
        data.update({"version": "0", "asked": "1"})
        for name, value in typed.items():
            data.setlist(name, value if isinstance(value, list) else [value])
    given = {"filled_by": filled_by, **ALL_ASKED, **(answers or {})}
    return build_form(FLOW.get(slug), data, answers=given, version=0)


@pytest.mark.parametrize("filled_by", ["patient", "caregiver"])
@pytest.mark.parametrize("slug", sorted(PAGES_BY_SLUG))
def test_every_question_of_a_page_is_a_field_in_the_wording_of_the_person(slug, filled_by):
    form = form_for(slug, filled_by=filled_by, answers={"fever": "no"})
    for question in PAGES_BY_SLUG[slug].questions:
        for one in question.walk():
            assert form.fields[one.key].label == one.text.shown(filled_by)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.slug)
def test_every_option_of_a_question_gives_an_answer_the_rules_know(page):
    for question in page.questions:
        for option in question.options:
            form = form_for(page.slug, {question.key: [option.value]}, answers={"fever": "no"})
            form.is_valid()
            assert question.key not in form.errors, (question.key, option.value)
            value = form._stored(form.asked_now[question.key])
            assert validate({question.key: value}) == []
            assert question.posted(value) == [option.value] or option.value == "unknown"


def test_an_answer_is_shown_again_as_it_was_chosen():
    for slug, key, value, shown in (
        ("numbness", "numbness", [], ["none"]),
        ("fluids", "cannot_keep_fluids", "no", "no"),
        ("daily-life", "ecog_self", 3, "3"),
        ("limb-deformity", "limb_cold_or_blue", "yes", True),
    ):
        assert form_for(slug, answers={key: value})[key].value() == shown


def test_not_sure_may_stand_beside_a_sign_and_none_may_not():
    both = form_for("numbness", {"numbness": ["legs", "not_sure"], "numbness_onset_days_when": "today"})
    assert both.is_valid(), both.errors
    assert both.answers()["numbness"] == ["legs", "not_sure"]
    assert not form_for("numbness", {"numbness": ["legs", "none"]}).is_valid()


def test_a_follow_up_that_is_not_called_for_is_not_an_answer():
    form = form_for("fever", {"fever": "no", "temp_f": "103", "systemic_therapy_6wk": "yes"})
    assert form.is_valid()
    assert form.answers() == {"fever": "no"}


@pytest.mark.parametrize(("typed", "stored"), [("101.5", 101.5), ("90", 90.0), ("110.0", 110.0)])
def test_a_temperature_within_the_limits_is_a_number(typed, stored):
    form = form_for("fever", {"fever": "yes", "temp_f": typed, "systemic_therapy_6wk": "no"})
    assert form.is_valid(), form.errors
    assert form.answers()["temp_f"] == stored


@pytest.mark.parametrize("typed", ["89.9", "110.1", "hot", "NaN", "101,55"])
def test_a_temperature_outside_is_told(typed):
    assert "temp_f" in form_for("fever", {"fever": "yes", "temp_f": typed, "systemic_therapy_6wk": "no"}).errors


def test_the_picture_has_a_spot_for_every_place_but_another_place():
    assert set(SPOTS) == set(SITE_LABELS) - {"other"}


def test_a_spot_of_the_picture_is_a_label_of_its_box_and_hidden_from_readers():
    html = str(form_for("pain-where")["pain_sites"])
    assert 'class="body-map" aria-hidden="true"' in html
    assert html.count("<foreignObject") == len(SPOTS)
    for part in html.split("<label for=")[1 : len(SPOTS) + 1]:
        assert f"id={part.split('>')[0]}" in html
