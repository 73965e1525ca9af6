"""The code that a patient shows at the desk: it names a visit, nothing of the patient.

The drawn code holds the address of the visit's check-in page; the typed one is the first 39 bits of the visit's random
key and a check character. Both open nothing for anybody but signed-in staff.
"""

import re
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from clinic.platform.qr import qr_svg
from intake.access.codes import ALPHABET, BASE, check_character, shown, typed
from scheduling.requests.reference import read_reference
from scheduling.visits.models import Visit

BITS = 39
LENGTH = 8  # 31 ** 8 is more than 2 ** 39
_REST = 128 - BITS
_ADDRESS = re.compile(r"[0-9a-fA-F]{8}(?:-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}")


def code_of(visit_id: UUID) -> str:
    """The typed code of a visit, in groups: `2K7Q-92MX-4`."""
    number, body = visit_id.int >> _REST, ""
    for _ in range(LENGTH):
        number, digit = divmod(number, BASE)
        body = ALPHABET[digit] + body
    return shown(body + check_character(body))


def address_of(visit_id: UUID) -> str:
    """The absolute address that the drawn code holds."""
    return settings.PUBLIC_URL + reverse("staff-check-in:visit", args=[visit_id])


def drawn(visit_id: UUID) -> str:
    """The code for a camera or a scanner, as SVG."""
    return qr_svg(address_of(visit_id))


def _first_key(text: str) -> UUID | None:
    """The smallest visit key that a typed code can stand for; None when it is no code of ours."""
    code = typed(text, length=LENGTH)
    if code is None:
        return None
    number = 0
    for character in code[:-1]:
        number = number * BASE + ALPHABET.index(character)
    return UUID(int=number << _REST) if number < 1 << BITS else None


def visits_of(text: str, visits: QuerySet[Visit]) -> QuerySet[Visit]:
    """Those of `visits` that a scanned address, a typed code or the reference of a request stands for."""
    if found := _ADDRESS.search(text):
        return visits.filter(pk=UUID(found[0]))
    first = _first_key(text)
    if first is not None:
        return visits.filter(pk__range=(first, UUID(int=first.int | ((1 << _REST) - 1))))
    if not text.isprintable():
        return visits.none()  # PostgreSQL cannot be asked for a NUL byte
    return visits.filter(request__reference=read_reference(text) or text.strip().upper(), booked_at__isnull=False)
