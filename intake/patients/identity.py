"""Keyed blind indexes of what names a person: equal values meet, nothing can be read back.

Spelling is evened out first, so that "O’Neil" finds "O'NEIL" and (734) 555-0123 finds +17345550123.
"""

import re
import unicodedata
from datetime import date

from clinic.platform.crypto.index import address_index, blind_index, number_index, prefix_indexes

NAME_NOISE = re.compile(r"[^\w]+|_", re.UNICODE)


def folded_name(name: str) -> str:
    """A name without case, accents, spaces and punctuation: for comparing only."""
    letters = unicodedata.normalize("NFKD", name).casefold()
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return NAME_NOISE.sub("", bare)


def birth_date_index(born_on: date) -> str:
    """The blind index of a date of birth."""
    return blind_index(born_on.isoformat(), purpose="birth_date")


def phone_index(phone: str) -> str:
    """The blind index of a telephone number in E.164."""
    return number_index(phone)


def email_index(email: str) -> str:
    """The blind index of an e-mail address; empty without one."""
    return address_index(email)


def name_index(first: str, last: str) -> str:
    """The blind index of the whole name."""
    return blind_index(folded_name(f"{first}{last}"), purpose="name")


def name_prefixes(first: str, last: str) -> list[str]:
    """Blind indexes of the beginnings of each word of the name, each once."""
    return prefix_indexes(f"{first} {last}")
