"""Flesch-Kincaid grade of a short English text, with a syllable counter good enough for plain words."""

import re

_WORD = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)?")
_SENTENCE_END = re.compile(r"[.!?:]+(?:\s|”|$)")


def syllables(word: str) -> int:
    """Groups of vowels, less a silent last e, but at least one."""
    plain = re.sub(r"[^a-z]", "", word.lower())
    groups = len(re.findall(r"[aeiouy]+", plain))
    if plain.endswith("e") and not plain.endswith(("le", "ee", "ie", "ye")) and groups > 1:
        groups -= 1
    if re.search(r"[^aeiouytd]ed$", plain) and groups > 1:
        groups -= 1
    return max(groups, 1)


def grade(text: str) -> float:
    """School grade by 0.39 words a sentence + 11.8 syllables a word - 15.59; numbers count as no words."""
    words = _WORD.findall(text)
    if not words:
        return 0.0
    sentences = max(1, len([part for part in _SENTENCE_END.split(text) if _WORD.search(part)]))
    return 0.39 * len(words) / sentences + 11.8 * sum(map(syllables, words)) / len(words) - 15.59
