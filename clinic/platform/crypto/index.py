"""Blind indexes: keyed hashes that find equal values without keeping them in clear.

Prefix indexes let staff search by the first letters of a name. They are weaker: who holds the database and could guess
names learns which rows share their first letters. Hence few letters, and only for names.
"""

import hashlib
import hmac
import re
import unicodedata

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

INDEX_LENGTH = 32
SHORTEST_PREFIX = 2
LONGEST_PREFIX = 8


def blind_index(value: str, *, purpose: str) -> str:
    """32 hex digits that stand for `value` among the values of one `purpose`; the caller normalizes first."""
    if not settings.BLIND_INDEX_KEY:
        raise ImproperlyConfigured("BLIND_INDEX_KEY is empty")
    message = f"{purpose}\0{value}".encode()
    return hmac.new(settings.BLIND_INDEX_KEY.encode(), message, hashlib.sha256).hexdigest()[:INDEX_LENGTH]


def address_index(email: str) -> str:
    """The blind index of an e-mail address, capitals and stray spaces evened out; empty without an address."""
    address = email.strip().casefold()
    return blind_index(address, purpose="email") if address else ""


def number_index(phone: str) -> str:
    """The blind index of a telephone number in E.164; empty without one."""
    digits = re.sub(r"\D", "", phone)
    return blind_index(digits, purpose="phone") if digits else ""


def name_words(name: str) -> list[str]:
    """The words of a name without capitals, accents and punctuation: "O'Neil-José" -> ["oneil", "jose"]."""
    decomposed = unicodedata.normalize("NFKD", name).casefold().replace("-", " ")
    return [kept for word in decomposed.split() if (kept := "".join(c for c in word if c.isalnum()))]


def prefix_indexes(name: str) -> list[str]:
    """The blind indexes of the first 2 to 8 letters of each word of a name, sorted, each once.

    A word of one letter has that letter as its only prefix.
    """
    prefixes: set[str] = set()
    for word in name_words(name):
        lengths = range(SHORTEST_PREFIX, min(len(word), LONGEST_PREFIX) + 1) if len(word) > 1 else (1,)
        prefixes.update(word[:length] for length in lengths)
    return sorted(blind_index(prefix, purpose="name_prefix") for prefix in prefixes)


def prefix_search_indexes(term: str) -> list[str]:
    """What to look for when somebody types `term`: one index a word, all of which must be found."""
    return [blind_index(word[:LONGEST_PREFIX], purpose="name_prefix") for word in name_words(term)]
