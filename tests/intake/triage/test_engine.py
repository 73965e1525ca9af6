"""Level, order of messages, the crisis line, explanations, and a rule that fails in the program."""

import dataclasses

import pytest

from intake.triage import engine
from intake.triage.engine import assess, because, emergencies, highest
from intake.triage.rules import PRECEDENCE
from tests.support.answers import answers

MESSAGE_SIGNS = {
    "M-911": {"acute_general": ["chest_pain"]},
    "M-OPIOID": {"opioid_side_effects": ["slow_breathing"]},
    "M-SPINE": {"bladder_change": "cannot_pass_urine"},
    "M-FRACTURE": {"limb_deformity": "yes"},
    "M-CALCIUM": {"very_drowsy": "yes"},
    "M-FEVER": {"fever": "yes", "systemic_therapy_6wk": "yes"},
    "M-988": {"acute_general": ["suicidal_thoughts"]},
}


def test_nothing_fired_is_r00_and_routine():
    result = assess(answers())
    assert (result.level, result.rules, result.message) == ("routine", ("R00",), "M-ROUTINE")


def test_empty_answer_set_is_soon_because_of_silence():
    result = assess({})
    assert (result.level, result.rules, result.message) == ("soon", ("S15", "S16"), "M-SOON")


@pytest.mark.parametrize("place", range(len(PRECEDENCE)))
def test_the_first_message_in_precedence_wins(place):
    signs = {}
    for code in PRECEDENCE[place:]:
        for name, value in MESSAGE_SIGNS[code].items():
            signs[name] = [*signs.get(name, []), *value] if isinstance(value, list) else value
    assert assess(answers(**signs)).message == PRECEDENCE[place]


def test_crisis_line_is_told_whatever_message_wins():
    both = assess(answers(acute_general=["chest_pain", "suicidal_thoughts"]))
    assert (both.message, both.crisis_line) == ("M-911", True)
    assert assess(answers(acute_general=["suicidal_thoughts"])).crisis_line
    assert not assess(answers(acute_general=["chest_pain"])).crisis_line


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"ref_findings": ["pathologic_fracture"]}, "M-FRACTURE"),
        ({"ref_findings": ["pathologic_fracture", "cauda_equina_imaging"]}, "M-SPINE"),
        ({"ref_findings": ["pathologic_fracture"], "escc_grade": "3"}, "M-SPINE"),
        ({"ref_findings": ["pathologic_fracture"], "escc_grade": "1c"}, "M-FRACTURE"),
        ({"escc_grade": "2"}, "M-SPINE"),
    ],
)
def test_clinician_emergency_shows_spine_before_fracture(given, message):
    assert assess(answers(**given)).message == message


def test_radicular_pain_asks_for_a_call_within_an_hour():
    back = {"pain_sites": ["spine_lumbar"], "pain_pattern": ["band_like"]}
    assert assess(answers(**back)).one_hour
    assert not assess(answers(**back, pain_trend="worse_fast")).one_hour
    assert not assess(answers(ref_findings=["radicular_pain_reported"])).one_hour


def test_only_the_solitary_lesion_shortens_the_time_to_the_visit():
    assert assess(answers(ref_findings=["solitary_lesion_unknown_primary"])).visit_within_days == 3
    assert assess(answers(mirels_total=8)).visit_within_days is None


def test_several_concerns_are_counted_in_every_result():
    result = assess(answers(acute_general=["chest_pain"], weight_loss_unplanned="a_lot", mirels_total=8, pain_worst=7))
    assert result.level == "emergency"
    assert "U24" in result.rules


def test_emergencies_ignore_everything_below():
    assert emergencies(answers(fever="not_sure")) is None
    assert emergencies({}) is None
    found = emergencies({"fever": "yes"})
    assert (found.rules, found.message) == (("E23",), "M-FEVER")


def test_because_names_only_the_answers_that_made_the_rule_fire():
    reasons = because(answers(pain_now=9, pain_worst=3, fever="not_sure", leg_weakness=None))
    assert reasons["U15"] == ("pain_now",)
    assert reasons["U22"] == ("fever",)
    assert reasons["S15"] == ("leg_weakness",)
    together = because(answers(weight_loss_unplanned="a_lot", mirels_total=8, calcium_corrected_mgdl=8))
    assert {"weight_loss_unplanned", "mirels_total", "calcium_corrected_mgdl"} == set(together["U24"])


def test_highest_of_levels():
    assert highest(["soon", "emergency", "urgent"]) == "emergency"
    assert highest([]) == "routine"
    with pytest.raises(KeyError):
        highest(["unknown"])


@pytest.fixture
def broken_rule(monkeypatch):
    """Makes S10 raise, as a fault in the program would."""

    def fail(_facts):
        raise ZeroDivisionError

    table = tuple((rule[0], rule[1], rule[2], fail if rule[0] == "S10" else rule[3]) for rule in engine._BEFORE)
    monkeypatch.setattr(engine, "_BEFORE", table)


@pytest.mark.usefixtures("broken_rule")
def test_a_rule_that_fails_goes_to_a_nurse_as_urgent_and_is_not_final():
    result = assess(answers())
    assert (result.level, result.rules, result.message) == ("urgent", (), "M-URGENT")
    assert (result.failed, result.is_final) == (("S10",), False)
    worse = assess(answers(acute_general=["chest_pain"]))
    assert (worse.level, worse.rules, worse.is_final) == ("emergency", ("E01",), False)


def test_a_result_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        assess({}).level = "routine"
