"""Finding a request by reference, phone, birth date or the first letters of a name.

Names and numbers are stored encrypted: equality goes through keyed blind indexes, so only whole phone numbers, whole
birth dates and trimmed prefixes of a name can be found. What was typed is never stored or logged, only the kind of
search and the number of hits.
"""

import re
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.actors import staff_actor
from clinic.platform.audit.record import record
from clinic.platform.crypto.index import prefix_search_indexes
from clinic.platform.forms.rules import phone_to_e164
from intake.access.codes import typed as read_code
from intake.patients.identity import birth_date_index, phone_index
from intake.patients.models import Patient
from intake.triage.actions import FIND_CODE_LENGTH
from intake.triage.models import Alert
from scheduling.requests.models import AppointmentRequest

MOST_HITS = 50
SHORTEST_NAME = 2
REFERENCE = re.compile(r"^[A-Z]{2,4}-?[0-9A-Z]{4}-?[0-9A-Z]{2}\Z")


_IN_NUMBERS = re.compile(r"(\d{1,2})\s*[/.\- ]\s*(\d{1,2})\s*[/.\- ]\s*(\d{4}|\d{2})\Z")
_WITHOUT_MARKS = re.compile(r"(\d{2})(\d{2})(\d{4})\Z")
_YEAR_FIRST = re.compile(r"(\d{4})[/.\- ](\d{1,2})[/.\- ](\d{1,2})\Z")
_MONTH_FIRST = re.compile(r"([a-z]{3,9})\.?\s+(\d{1,2}),?\s+(\d{4})\Z")
_DAY_FIRST = re.compile(r"(\d{1,2})\.?\s+([a-z]{3,9})\.?,?\s+(\d{4})\Z")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def read_date(typed: str, *, today: date | None = None) -> date | None:
    """A birth date as staff type it: 3/27/1951, 03-27-51, 03271951, 1951-03-27, March 27, 1951; None for anything else.

    Of a year with two digits the latest one counts that has begun by `today`.
    """
    year, month, day = _parts(typed.strip().lower())
    if not year or not month or not day:
        return None
    if year < 100:
        this_year = (today or timezone.localdate()).year
        year += this_year // 100 * 100
        year -= 100 if year > this_year else 0
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _parts(text: str) -> tuple[int, int, int]:
    """Year, month and day as numbers; zeros for what is no date."""
    if found := _IN_NUMBERS.match(text) or _WITHOUT_MARKS.match(text):
        month, day, year = map(int, found.groups())
        return year or 2000, month, day  # "00" is the year 2000
    if found := _YEAR_FIRST.match(text):
        year, month, day = map(int, found.groups())
        return year, month, day
    if found := _MONTH_FIRST.match(text):
        return int(found[3]), _month(found[1]), int(found[2])
    if found := _DAY_FIRST.match(text):
        return int(found[3]), _month(found[2]), int(found[1])
    return 0, 0, 0


def _month(word: str) -> int:
    """The number of a month by its name or its first three letters; 0 for no month."""
    number = _MONTHS.index(word[:3]) + 1 if word[:3] in _MONTHS else 0
    whole = date(2000, number, 1).strftime("%B").lower() if number else ""
    return number if whole.startswith(word) or word == "sept" else 0


def read_phone(typed: str) -> str | None:
    """A whole telephone number in E.164, a foreign one with its country code; None for anything else."""
    try:
        return phone_to_e164(typed)
    except ValidationError:
        return None


def kind_of(typed: str) -> str:
    """What the typed words look like: reference, phone, birth_date or name."""
    if any(letter.isdigit() for letter in typed) and REFERENCE.match(typed.upper().replace(" ", "-")):
        return "reference"
    if read_date(typed):
        return "birth_date"
    return "phone" if read_phone(typed) else "name"


def _of(people: QuerySet) -> Q:
    """Requests of these people; one whose record was merged is found under what either record says."""
    return Q(patient__in=people.values("pk")) | Q(patient__in=people.exclude(merged_into=None).values("merged_into"))


def find_requests(typed: str, *, user) -> tuple[list[AppointmentRequest], bool]:
    """The newest requests, open or closed, that fit what was typed, and whether there were more than are shown.

    Writes one audit row: the kind of search and the number of hits.
    """
    kind = kind_of(typed)
    rows = AppointmentRequest.objects.visible_to(user).select_related("patient", "triage", "taken_by")
    if kind == "reference":
        bare = typed.upper().replace(" ", "").replace("-", "")
        rows = rows.filter(reference=f"{bare[:-6]}-{bare[-6:-2]}-{bare[-2:]}")
    elif kind == "birth_date":
        rows = rows.filter(_of(Patient.objects.filter(birth_date_index=birth_date_index(read_date(typed)))))
    elif kind == "phone":
        rows = rows.filter(_of(Patient.objects.filter(phone_index=phone_index(read_phone(typed)))))
    else:
        for index in prefix_search_indexes(typed):  # each word begins one of the person's names
            rows = rows.filter(_of(Patient.objects.filter(name_prefixes__prefix_index=index)))
    found = list(rows.order_by("-submitted_at", "pk")[: MOST_HITS + 1])
    with transaction.atomic():
        record(
            "search",
            by=staff_actor(user),
            subject=("search", str(user.pk)),
            data={"kind": kind, "hits": len(found[:MOST_HITS]), "more": len(found) > MOST_HITS},
        )
    return found[:MOST_HITS], len(found) > MOST_HITS


def find_alerts(typed: str, *, user) -> list[Alert]:
    """Alerts whose code the person on the phone reads out, the newest first; also acknowledged ones."""
    code = read_code(typed, length=FIND_CODE_LENGTH)
    if code is None:
        return []
    return list(Alert.objects.visible_to(user).filter(find_code=code).order_by("-detected_at")[:5])


def read_search(typed: str) -> str:
    """What was typed, trimmed; raises ValidationError when it is too short or too long to look for."""
    words = " ".join((typed or "").replace("\x00", "").split())
    if not words:
        raise ValidationError(_("Enter a name, reference, phone number or birth date"))
    if len(words) > 100:
        raise ValidationError(_("What you look for must be 100 characters or fewer"))
    is_code = read_code(words, length=FIND_CODE_LENGTH) is not None
    if not is_code and kind_of(words) == "name" and sum(letter.isalpha() for letter in words) < SHORTEST_NAME:
        raise ValidationError(_("Enter at least 2 letters of the name, a whole phone number or a whole birth date"))
    return words
