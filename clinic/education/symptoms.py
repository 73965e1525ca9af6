"""Symptom keys of articles in plain words, and what to search for to read on. The keys are those of the questions."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

# key -> (words on the page, what to search for); keys of one sign share their words
SYMPTOMS = {
    "pain_present": (_("Pain in a bone"), "bone pain"),
    "pain_sites": (_("Pain in the back, hip, leg or arm"), "back pain"),
    "pain_pattern": (_("Pain that is worse at night or when you move"), "pain at night"),
    "pain_trend": (_("Pain that gets worse"), "worse pain"),
    "pain_worst": (_("Strong pain"), "strong pain"),
    "pain_average": (_("Strong pain"), "strong pain"),
    "pain_relief": (_("Pain that medicine does not ease"), "pain medicine"),
    "told_fracture_risk": (_("A bone that may break"), "fracture"),
    "can_bear_weight": (_("You cannot put weight on a leg"), "weight on a leg"),
    "limb_deformity": (_("An arm or leg that looks bent"), "broken bone"),
    "leg_weakness": (_("Weak legs"), "weak legs"),
    "arm_weakness": (_("Weak arms"), "weak arms"),
    "numbness": (_("Numbness or tingling"), "numb"),
    "bladder_change": (_("Trouble with your bladder"), "bladder"),
    "bowel_change": (_("Trouble with your bowels"), "bowels"),
    "walking_change": (_("Trouble walking"), "trouble walking"),
    "hyperca_symptoms": (_("Thirst, sick stomach, hard stools, confusion"), "high calcium"),
    "very_drowsy": (_("Much sleepier than normal"), "sleepy"),
    "fever": (_("Fever"), "fever"),
    "mood_help_wanted": (_("Low mood"), "mood"),
}


@dataclass(frozen=True, slots=True)
class RelatedSymptom:
    """A sign that an article is about."""

    text: str
    query: str


def related_symptoms(keys: list[str]) -> list[RelatedSymptom]:
    """The signs behind these keys, each once, in order; keys that are no sign of illness are left out."""
    found = {str(SYMPTOMS[key][0]): SYMPTOMS[key][1] for key in keys if key in SYMPTOMS}
    return [RelatedSymptom(text, query) for text, query in found.items()]
