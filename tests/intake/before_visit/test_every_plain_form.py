"""What holds for each plain page before the visit: blank, wrong, right, in both wordings."""

import json
import re

import pytest

from clinic.platform.forms import CheckboxesField, LongTextField, RadioField, TextField
from tests.intake.before_visit.plain_forms import FORMS, NEEDED, RIGHT, WRONG, codes_of, fields_of, fill
from tests.support.reading import grade

WAYS_OUT = {"unknown", "prefer_not", "not_sure", "unsure", "nobody"}
BANNED = re.compile(r"\b(please|sorry|valid|invalid|forgot|oops)\b", re.IGNORECASE)
# Options that are names set by others: no plainer words for them
SET_BY_OTHERS = {"state", "race_ethnicity", "payer_type", "second_payer_type"}
everyone = pytest.mark.parametrize("form_class", FORMS, ids=lambda form_class: form_class.__name__)
both = pytest.mark.parametrize("caregiver", [False, True], ids=["patient", "caregiver"])


@everyone
def test_blank_page_is_kept_or_says_what_is_needed(form_class):
    form = fill(form_class, {})
    assert set(form.errors) == NEEDED.get(form_class, set())
    assert not any("This field" in text for texts in form.errors.values() for text in texts)


@pytest.mark.parametrize("form_class", WRONG, ids=lambda form_class: form_class.__name__)
@both
def test_wrong_answers_are_named_and_kept_on_the_page(form_class, caregiver):
    typed, named = WRONG[form_class]
    form = fill(form_class, {**RIGHT[form_class], **typed}, caregiver=caregiver)
    assert set(form.errors) == named
    html = form.as_p()
    assert all(f'value="{one}"' in html for one in typed.values() if isinstance(one, str) and "<" not in one)


@everyone
@both
def test_right_answers_are_taken_and_can_be_kept_as_json(form_class, caregiver):
    form = fill(form_class, RIGHT[form_class], caregiver=caregiver)
    assert form.is_valid(), dict(form.errors)
    answers = form.answers()
    assert set(answers) == set(fields_of(form))
    assert json.loads(json.dumps(answers)) == answers


@everyone
def test_answers_are_shown_again_and_give_the_same_answers(form_class):
    first = fill(form_class, RIGHT[form_class])
    assert first.is_valid()
    shown = form_class(None, answers=first.answers(), caregiver=False)
    html = "".join(str(shown[name]) for name in fields_of(shown))
    for name, answer in first.answers().items():
        for one in answer if isinstance(answer, list) else [answer]:
            if isinstance(fields_of(shown)[name], RadioField | CheckboxesField) and one is not None:
                assert re.search(rf'value="{one}"[^>]*(checked|selected)', html), (name, one)


@everyone
def test_answer_that_was_not_offered_is_refused(form_class):
    typed = RIGHT[form_class]
    for name, field in fields_of(form_class(None, answers={}, caregiver=False)).items():
        if codes_of(field):
            wrong = ["x"] if isinstance(field, CheckboxesField) else "x"
            assert name in fill(form_class, {**typed, name: wrong}).errors, name


@everyone
def test_foreign_name_is_refused(form_class):
    assert fill(form_class, {**RIGHT[form_class], "is_staff": "1"}).non_field_errors()


@everyone
def test_exclusive_answer_stands_alone(form_class):
    for name, field in fields_of(form_class(None, answers={}, caregiver=False)).items():
        for alone in getattr(field, "exclusive", ()):
            other = next(code for code in codes_of(field) if code != alone)
            assert name in fill(form_class, {**RIGHT[form_class], name: [alone, other]}).errors


@everyone
@both
def test_each_choice_offers_a_way_out(form_class, caregiver):
    """Every item has "I don't know" or "Prefer not to say", or it may stay empty as free text does (domain 2.1)."""
    form = form_class(None, answers={}, caregiver=caregiver)
    for name, field in fields_of(form).items():
        reveal = form.reveal_of(name)
        if codes_of(field) and name != "state":
            assert WAYS_OUT & {*codes_of(field)}, name
        elif not codes_of(field) and not (reveal and reveal.missing):
            assert not field.required, name


@everyone
def test_free_text_refuses_numbers_we_never_ask_for(form_class):
    form = form_class(None, answers={}, caregiver=False)
    for name in (name for name, field in fields_of(form).items() if type(field) in (TextField, LongTextField)):
        reveal = form.reveal_of(name)
        shown = {reveal.parent: reveal.values[0]} if reveal else {}
        for number in ("123-45-6789", "4111 1111 1111 1111", "S 123 456 789 012"):
            errors = fill(form_class, {**RIGHT[form_class], **shown, name: number}).errors
            assert "never ask" in errors[name][0], (name, number)


@everyone
def test_caregiver_is_spoken_to_as_one_and_not_offered_own_details(form_class):
    own = form_class(None, answers={}, caregiver=False)
    other = form_class(None, answers={}, caregiver=True)
    for name, field in fields_of(other).items():
        text = f"{field.label} {field.help_text}"
        assert not re.search(r"\b(your|yours|do you (have|need|want)|I do not have)\b", text, re.IGNORECASE), text
        widgets = [field.widget, *getattr(field.widget, "widgets", [])]
        assert all(widget.attrs.get("autocomplete", "off") == "off" for widget in widgets), name
    assert set(fields_of(own)) == set(fields_of(other))


@everyone
@both
def test_words_are_plain(form_class, caregiver):
    form = form_class(None, answers={}, caregiver=caregiver)
    for name, field in fields_of(form).items():
        question = f"{field.label}. {field.help_text}."
        options = ". ".join(str(words) for _code, words in getattr(field, "choices", ()))
        missing = str(field.error_messages["required"]) if field.required else ""
        assert not BANNED.search(f"{question} {options} {missing}"), question
        assert len(question.split()) < 6 or grade(question) <= 8, (round(grade(question), 1), question)
        assert grade(missing) <= 8, missing
        assert name in SET_BY_OTHERS or grade(options) <= 8, (round(grade(options), 1), options)


@everyone
def test_revealed_question_drops_its_answer_when_hidden(form_class):
    form = form_class(None, answers={}, caregiver=False)
    for name, reveal in form.reveals.items():
        parent = form.fields[reveal.parent]
        hidden = next(code for code in codes_of(parent) if code not in reveal.values)
        typed = {**RIGHT[form_class], reveal.parent: [hidden] if isinstance(parent, CheckboxesField) else hidden}
        again = fill(form_class, typed, asked="1")
        assert again.is_valid(), dict(again.errors)
        assert again.answers()[name] is None


@everyone
def test_revealed_question_says_without_script_when_it_is_meant(form_class):
    form = form_class(None, answers={}, caregiver=False)
    assert all(str(form.fields[name].label).startswith("If ") for name in form.reveals)
