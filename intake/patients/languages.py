"""The languages a person may choose: ISO 639 code, its own name for the person, its English name for the staff."""

from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from clinic.platform.languages import SPOKEN


class Language(NamedTuple):
    """`own_name` is how those who speak it write it; sign language and "another" have no other name than `words`."""

    code: str
    own_name: Any
    words: Any


LANGUAGES = (
    *(Language(*one) for one in SPOKEN),
    Language("ase", _("American Sign Language"), _("American Sign Language")),
    Language("other", _("Another language"), _("Another language")),
)
OWN_NAMES = tuple((one.code, one.own_name) for one in LANGUAGES)
_WORDS = {one.code: one.words for one in LANGUAGES}


def language_words(code: str) -> str:
    """The name of a language for the staff; a code that is not on the list as it is."""
    return str(_WORDS.get(code, code))
