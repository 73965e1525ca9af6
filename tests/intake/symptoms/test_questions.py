"""The catalogue: every key asked once, the words right for both readers, branching, reading and writing of answers."""

import dataclasses

import pytest

from intake.symptoms import checks
from intake.symptoms.body_map import REGIONS, SITE_LABELS
from intake.symptoms.checks import NOT_ASKED, catalogue_problems
from intake.symptoms.questions import (
    INTAKE,
    PAGES,
    SAFETY,
    SAFETY_PAGES,
    asked,
    cleared,
    find_question,
    label_for,
    snapshot,
    wording_for,
)
from intake.triage.vocabulary import SITES, VOCABULARY, validate
from tests.support.answers import answers
from tests.support.reading import grade

ALL = [one for page in PAGES for question in page.questions for one in question.walk()]
SAFETY_ORDER = (
    "acute_general",
    "leg_weakness",
    "arm_weakness",
    "walking_change",
    "numbness",
    "bladder_change",
    "bowel_change",
    "can_bear_weight",
    "limb_deformity",
    "very_drowsy",
    "fever",
    "hyperca_symptoms",
)
EVERYTHING = {
    "leg_weakness": "mild",
    "arm_weakness": "mild",
    "walking_change": "cannot",
    "numbness": ["legs"],
    "bladder_change": "hard_to_start",
    "bowel_change": "no_control",
    "fever": "yes",
    "hyperca_symptoms": ["nausea"],
    "bone_mets_status": "suspected",
    "bone_agent": "denosumab",
    "pain_present": "yes",
    "pain_sites": ["spine_lumbar"],
    "injury_recent": "fall",
    "opioid_use": "daily",
}


def keys_asked(given):
    return [question.key for question in asked(given)]


def test_catalogue_and_vocabulary_fit():
    assert catalogue_problems() == []


def test_check_names_a_key_that_nobody_asks_for(monkeypatch):
    monkeypatch.setattr(checks, "PAGES", [page for page in PAGES if page.slug != "weight"])
    assert catalogue_problems() == ["no question asks for weight_loss_unplanned"]
    assert [error.id for error in checks.check_symptom_catalogue(None)] == ["intake.E101"]


def test_check_names_an_option_that_the_rules_do_not_know(monkeypatch):
    page = next(page for page in INTAKE if page.slug == "weight")
    question = page.questions[0]
    odd = dataclasses.replace(question, options=(dataclasses.replace(question.options[0], value="maybe"),))
    monkeypatch.setattr(checks, "PAGES", [dataclasses.replace(p, questions=(odd,)) if p is page else p for p in PAGES])
    assert "weight_loss_unplanned offers a value the rules do not know" in catalogue_problems()


def test_safety_questions_come_first_in_their_order_one_a_page():
    assert tuple(question.key for question in SAFETY) == SAFETY_ORDER
    assert all(question.safety for question in SAFETY)
    assert PAGES[:12] == SAFETY_PAGES
    assert all(len(page.questions) == 1 for page in SAFETY_PAGES)


def test_pages_have_names_of_their_own():
    slugs = [page.slug for page in PAGES]
    assert len(set(slugs)) == len(slugs)
    titles = [str(page.title) for page in PAGES if len(page.questions) > 1]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("fever", ["yes", "chills_only", "no", "not_sure", None])
def test_everybody_is_asked_every_question_once(fever):
    found = keys_asked({**EVERYTHING, "fever": fever})
    assert len(found) == len(set(found))
    patient_keys = {key.name for key in VOCABULARY.values() if not key.clinician_only} - NOT_ASKED
    assert set(found) == patient_keys - ({"temp_f"} if fever != "yes" else set())


def test_treatment_is_asked_on_the_fever_page_only_when_there_is_fever():
    fever_page = next(page for page in SAFETY_PAGES if page.slug == "fever")
    drugs_page = next(page for page in INTAKE if page.slug == "cancer-drugs")
    for answer, on_fever_page in (("yes", True), ("chills_only", True), ("no", False), ("not_sure", False)):
        given = {"fever": answer}
        here = [one.key for question in fever_page.questions for one in question.asked(given)]
        there = [question.key for question in drugs_page.asked(given)]
        assert ("systemic_therapy_6wk" in here) is on_fever_page
        assert ("systemic_therapy_6wk" in there) is not on_fever_page


@pytest.mark.parametrize(
    ("given", "slug", "shown"),
    [
        ({"pain_present": "no"}, "pain-where", False),
        ({}, "pain-level", False),
        ({"pain_present": "yes"}, "pain-level", True),
        ({"pain_present": "yes", "pain_sites": ["sacrum"]}, "back", True),
        ({"pain_present": "yes", "pain_sites": ["ribs_left"]}, "back", False),
        ({"pain_present": "no", "pain_sites": ["sacrum"]}, "back", False),
        ({"pain_present": "yes", "pain_sites": ["pelvis_left"]}, "limb", True),
        ({"pain_present": "yes", "pain_sites": ["spine_lumbar"], "can_bear_weight": "yes"}, "limb", False),
        ({"can_bear_weight": "no"}, "limb", True),
        ({"limb_deformity": "not_sure"}, "limb", True),
        ({"limb_cold_or_blue": "yes"}, "limb", True),
        ({"can_bear_weight": "not_applicable", "leg_weakness": "none"}, "limb", False),
        ({"opioid_use": "none"}, "pain-pill-safety", False),
        ({"opioid_use": "as_needed"}, "pain-pill-safety", True),
        ({"bone_agent": "none"}, "bone-drug-effects", False),
        ({"bone_agent": "not_sure"}, "bone-drug-effects", True),
        ({"bone_mets_status": "none_known"}, "bones-named", False),
        ({"bone_mets_status": "suspected"}, "bones-named", True),
        ({}, "cancer", True),
        ({}, "injury", True),
    ],
)
def test_branching_asks_only_what_fits(given, slug, shown):
    assert next(page for page in PAGES if page.slug == slug).applies(given) is shown


def test_no_answer_hides_a_safety_question():
    for given in ({}, EVERYTHING, {"cancer_history": "no", "pain_present": "no"}):
        assert set(SAFETY_ORDER) <= set(keys_asked(given))


def test_hidden_answers_are_cleared_and_others_are_kept():
    given = {
        "legal_last_name": "Example",
        "pain_present": "no",
        "pain_sites": ["sacrum"],
        "cannot_sit_or_stand": "yes",
        "leg_weakness": "none",
        "leg_weakness_onset_days": 3,
        "fever": "no",
        "systemic_therapy_6wk": "yes",
        "temp_f": 101,
    }
    kept = {name: value for name, value in cleared(given).items() if value is not None}
    assert kept == {
        "legal_last_name": "Example",
        "pain_present": "no",
        "leg_weakness": "none",
        "fever": "no",
        "systemic_therapy_6wk": "yes",
    }


@pytest.mark.parametrize("wording", ["patient", "caregiver"])
def test_every_question_and_option_reads_easily(wording):
    hard = {
        question.key: round(grade(question.text.shown(wording)), 1)
        for question in ALL
        if grade(question.text.shown(wording)) > 8 and question.key != "opioid_use"
    }
    assert hard == {}
    whole = " ".join(question.text.shown(wording) + "." for question in ALL)
    assert grade(whole) < 6


def test_caregiver_wording_never_speaks_as_or_to_the_patient():
    of_the_caregiver = ("I am not sure", "I do not know", "You can tap the picture or use the list")
    for question in ALL:
        spoken = [question.text.caregiver, question.help.caregiver, *(o.label.caregiver for o in question.options)]
        text = " ".join(map(str, spoken))
        for phrase in of_the_caregiver:
            text = text.replace(phrase, "")
        words = {word.strip(".,?()").lower() for word in text.split()}
        assert not words & {"you", "your", "i", "my", "me", "myself"}, question.key


def test_patient_wording_never_speaks_of_the_patient():
    for question in ALL:
        spoken = [question.text.patient, question.help.patient, *(option.label.patient for option in question.options)]
        assert not any("patient" in str(text) or "their" in str(text).split() for text in spoken), question.key


@pytest.mark.parametrize("question", [q for q in ALL if q.options], ids=lambda q: q.key)
def test_every_option_is_read_to_a_valid_answer_and_back(question):
    for option in question.options:
        answer = question.read([option.value])
        assert validate({question.key: answer}) == []
        if answer is not None:
            assert question.posted(answer) == [option.value]
            assert label_for(question, answer) == str(option.label.patient)


def test_none_gives_way_to_what_was_ticked_beside_it():
    question = find_question("acute_general")
    assert question.read(["none"]) == []
    assert question.read(["none", "chest_pain"]) == ["chest_pain"]
    assert question.read(["not_sure", "chest_pain"]) == ["chest_pain", "not_sure"]
    assert question.read(["none", "none"]) == []
    assert question.read([]) is None
    with pytest.raises(ValueError, match="not an option"):
        question.read(["chest_pain", "<script>"])


def test_not_knowing_the_bones_is_no_answer():
    assert find_question("bone_mets_sites").read(["unknown"]) is None
    assert find_question("bone_mets_sites").read(["unknown", "skull"]) == ["skull"]


def test_keeping_fluids_down_is_asked_the_other_way_round():
    question = find_question("cannot_keep_fluids")
    assert label_for(question, "no") == "Yes"
    assert label_for(question, "yes") == "No"


def test_ecog_answers_are_numbers():
    assert find_question("ecog_self").read(["3"]) == 3


def test_ticks_decide_when_the_onset_is_asked():
    assert "numbness_onset_days" not in keys_asked({"numbness": []})
    assert "numbness_onset_days" not in keys_asked({"numbness": ["not_sure"]})
    assert "numbness_onset_days" in keys_asked({"numbness": ["not_sure", "legs"]})
    assert "limb_cold_or_blue" in keys_asked({})


def test_snapshot_keeps_the_words_that_were_shown():
    rows = {row["key"]: row for row in snapshot(answers(leg_weakness="severe", leg_weakness_onset_days=1), "caregiver")}
    assert rows["leg_weakness"] == {
        "key": "leg_weakness",
        "question": "Are the patient's legs weak in a new way?",
        "value": "severe",
        "label": "Yes, a lot. Their legs give way or will not move",
    }
    assert rows["leg_weakness_onset_days"]["label"] == "1 day ago"
    assert rows["acute_general"]["label"] == "None of these"
    assert rows["what_matters"]["label"] == "Not answered"
    assert "pain_sites" not in rows


@pytest.mark.parametrize(
    ("key", "value", "label"),
    [
        ("pain_onset_days", 0, "Today"),
        ("pain_onset_days", 30, "30 days ago"),
        ("pain_worst", 7, "7 of 10"),
        ("temp_f", 101.2, "101.2 °F"),
        ("limb_cold_or_blue", "no", "No"),
        ("pain_sites", ["femur_left", "skull"], "Head; Left thigh (upper leg bone)"),
        ("opioid_days_left", 5, "5 days"),
        ("opioid_days_left", 1, "1 day"),
        ("bm_days_since", 0, "0 days"),
        ("injury_days", 1, "1 day"),
        ("falls_30d", 1, "1 time"),
        ("falls_30d", 2, "2 times"),
        ("what_matters", "My garden", "My garden"),
    ],
)
def test_labels_read_as_words(key, value, label):
    assert label_for(find_question(key), value) == label


def test_only_caregivers_get_the_caregiver_wording():
    assert [wording_for(who) for who in ("patient", "caregiver", "staff_phone", None)] == [
        "patient",
        "caregiver",
        "patient",
        "patient",
    ]


def test_body_map_has_every_site_once():
    shown = [value for region in REGIONS for value, _label in region.sites]
    assert sorted(shown) == sorted(SITES)
    assert len({str(label) for label in SITE_LABELS.values()}) == len(SITES)
