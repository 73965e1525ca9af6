"""Optional questions: apart, with their reason, and "prefer not" clears what was said beside it."""

from django.conf import settings

from intake.before_visit import choices
from intake.before_visit.optional_forms import GenderForm, LifeForm, RaceForm, SexForm
from tests.intake.before_visit.plain_forms import FORMS, answers_of, fields_of, fill


def test_seven_categories_and_prefer_not_are_offered():
    codes = [code for code, _words in choices.RACE_ETHNICITY]
    assert len(codes) == 8
    assert codes[-1] == "prefer_not"


def test_prefer_not_to_answer_stands_alone_and_drops_own_words():
    assert list(fill(RaceForm, {"race_ethnicity": ["prefer_not", "asian"]}).errors) == ["race_ethnicity"]
    answers = answers_of(RaceForm, {"race_ethnicity": "prefer_not", "race_ethnicity_own": "Hmong"})
    assert answers == {"race_ethnicity": ["prefer_not"], "race_ethnicity_own": None}


def test_own_words_alone_are_an_answer():
    assert answers_of(RaceForm, {"race_ethnicity_own": "Ojibwe"})["race_ethnicity_own"] == "Ojibwe"


def test_all_may_be_skipped():
    for form_class in (RaceForm, GenderForm, LifeForm, SexForm):
        assert not any(answers_of(form_class, {}).values())


def test_each_question_says_why_it_is_asked():
    for form_class in (RaceForm, GenderForm, LifeForm, SexForm):
        for caregiver in (False, True):
            fields = fields_of(form_class(None, answers={}, caregiver=caregiver))
            bare = {name for name, field in fields.items() if not field.help_text and hasattr(field, "choices")}
            assert bare <= {"pronouns"}


def test_gender_is_asked_only_where_the_clinic_chose_to():
    assert settings.ASK_GENDER is False
    assert not any("gender" in name for form in FORMS if form is not GenderForm for name in form.base_fields)
