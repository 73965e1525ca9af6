"""About the person, optional: apart from the rest, each with the reason why we ask, all of it may be skipped."""

from django.utils.translation import gettext_lazy as _

from clinic.platform.forms import CheckboxesField, RadioField, Reveal, TextField, rules
from intake.before_visit import choices
from intake.flow.forms import StepForm


class RaceForm(StepForm):
    """One combined question (domain 2.5); "Prefer not to answer" stands alone."""

    race_ethnicity = CheckboxesField(
        label=_("What is your race and/or ethnicity? Select all that apply"),
        help_text=_("We ask so that we can see if we care for all people equally well. It never changes your care"),
        choices=choices.RACE_ETHNICITY,
        exclusive=("prefer_not",),
        required=False,
    )
    race_ethnicity_own = TextField(
        label=_("In your own words"),
        what=rules.ANSWER,
        help_text=_("For example, a nation, a tribe or a country"),
        max_length=200,
        autocomplete="off",
        required=False,
    )
    for_caregiver = {
        "race_ethnicity": {
            "label": _("What is the patient's race and/or ethnicity? Select all that apply"),
            "help_text": _(
                "We ask so that we can see if we care for all people equally well. It never changes the patient's care"
            ),
        },
        "race_ethnicity_own": {"label": _("In the patient's own words")},
    }

    def clean(self):
        cleaned = super().clean()
        if "prefer_not" in (cleaned.get("race_ethnicity") or []):
            cleaned["race_ethnicity_own"] = None
        return cleaned


class GenderForm(StepForm):
    """Only where the clinic chose to ask (setting ASK_GENDER)."""

    gender_identity = CheckboxesField(
        label=_("What is your gender?"),
        help_text=_("We ask so that we speak of you as you want. It never changes your care"),
        choices=choices.GENDER_IDENTITIES,
        exclusive=("prefer_not",),
        required=False,
    )
    gender_identity_own = TextField(
        label=_("If another word, which one?"), what=rules.ANSWER, autocomplete="off", max_length=100, required=False
    )
    pronouns = RadioField(label=_("Which words should we use for you?"), choices=choices.PRONOUNS, required=False)
    pronouns_own = TextField(
        label=_("If other words, which ones?"), what=rules.ANSWER, autocomplete="off", max_length=100, required=False
    )
    reveals = {
        "gender_identity_own": Reveal("gender_identity", ("own_words",)),
        "pronouns_own": Reveal("pronouns", ("own_words",)),
    }
    for_caregiver = {
        "gender_identity": {
            "label": _("What is the patient's gender?"),
            "help_text": _("We ask so that we speak of the patient as they want. It never changes their care"),
        },
        "pronouns": {"label": _("Which words should we use for the patient?")},
    }


class LifeForm(StepForm):
    marital_status = RadioField(
        label=_("Are you married or living with a partner?"),
        help_text=_("It helps us to see who is there for you at home"),
        choices=choices.MARITAL_STATUSES,
        required=False,
    )
    occupation = TextField(
        label=_("What work do you do, or did you do?"),
        what=rules.ANSWER,
        help_text=_("It helps us to plan for heavy lifting or long standing"),
        autocomplete="organization-title",
        required=False,
    )
    veteran = RadioField(
        label=_("Did you serve in the U.S. military?"),
        help_text=_("Veterans can get more help, such as rides and drugs through the VA"),
        choices=choices.YES_NO_PREFER_NOT,
        required=False,
    )
    for_caregiver = {
        "marital_status": {
            "label": _("Is the patient married or living with a partner?"),
            "help_text": _("It helps us to see who is there for the patient at home"),
        },
        "occupation": {"label": _("What work does or did the patient do?")},
        "veteran": {"label": _("Did the patient serve in the U.S. military?")},
    }


class SexForm(StepForm):
    heading_field = "sex_assigned_at_birth"
    sex_assigned_at_birth = RadioField(
        label=_("What sex was written down when you were born?"),
        help_text=_("We use it only where care needs it, such as to read a blood test"),
        choices=choices.SEXES,
        required=False,
    )
    for_caregiver = {"sex_assigned_at_birth": {"label": _("What sex was written down when the patient was born?")}}
