"""Codes that a person can read out, copy and type: no look-alikes, and a last character that catches slips.

31 characters (no 0, O, 1, I, L). 31 is a prime, so the weighted sum finds every single wrong character and every swap
of two neighbors.
"""

import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
BASE = len(ALPHABET)
RESUME_LENGTH = 8
_VALUE = {character: value for value, character in enumerate(ALPHABET)}


def check_character(body: str) -> str:
    """The character that follows `body`: the sum of its values, weighted by place, modulo 31."""
    return ALPHABET[sum(place * _VALUE[character] for place, character in enumerate(body, start=2)) % BASE]


def new_code(length: int = RESUME_LENGTH) -> str:
    """A random code of `length` characters and its check character."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(length))
    return body + check_character(body)


def shown(code: str) -> str:
    """The code in groups of four, as people read it: `7K4Q-92MX-4`."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def typed(text: str, *, length: int = RESUME_LENGTH) -> str | None:
    """What somebody typed, without spaces, hyphens and small letters; None when it cannot be a code of ours."""
    code = "".join(character for character in text.upper() if character.isalnum())
    if len(code) != length + 1 or any(character not in _VALUE for character in code):
        return None
    return code if check_character(code[:-1]) == code[-1] else None
