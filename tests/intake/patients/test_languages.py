"""One list of languages for the form and for the staff."""

from intake.patients.languages import LANGUAGES, OWN_NAMES, language_words
from intake.registration.forms import LanguageForm


def test_form_offers_every_language_and_staff_read_each_as_a_word():
    offered = LanguageForm(None, answers={}, caregiver=False).fields["preferred_language"].choices
    assert [code for code, _name in offered] == [one.code for one in LANGUAGES] == [code for code, _name in OWN_NAMES]
    assert all(language_words(code) not in ("", code) for code, _name in offered)


def test_unknown_code_is_shown_as_it_is():
    assert language_words("xx") == "xx"
    assert language_words("bn") == "Bengali"


def test_every_page_names_each_language_as_its_speakers_write_it(client):
    foot = client.get("/contact/").content.decode().split("<footer")[1]
    for code, name in OWN_NAMES:
        if code not in ("en", "ase", "other"):
            assert f'<bdi lang="{code}">{name}</bdi>' in foot
