"""What an entry must look like: plain functions from typed text to a stored value.

Each takes whatever a person typed or pasted, forgives spaces, hyphens and brackets, and either returns the value to
store or raises ValidationError with a sentence that says what to do. Nothing here knows forms or requests.
Source of the accept and reject rules: domain specification 2.3 and 2.4.
"""

import calendar
import re
import unicodedata
from datetime import date, timedelta
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

DAYS_IN_MONTH, DAYS_IN_WEEK = 30, 7  # a month counts 30 days (domain 3.1)
OLDEST_BIRTH, OLDEST_AGE = date(1900, 1, 1), 120
MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
JOINERS = "\u200c\u200d"  # zero-width joiners are part of the spelling of Persian and Indic names
_HYPHENS = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212\ufe63\uff0d"), "-")
_NANP = re.compile(r"(?:\+?1[\s.\-]?)?\(?([2-9]\d{2})\)?[\s.\-]?([2-9]\d{2})[\s.\-]?(\d{4})", re.ASCII)
_INTERNATIONAL = re.compile(r"\+[1-9]\d{7,14}", re.ASCII)
_ZIP = re.compile(r"\d{5}(-\d{4})?", re.ASCII)
_LETTER, _LETTER_OR_DIGIT = "[AC-HJKMNP-RT-Y]", "[AC-HJKMNP-RT-Y0-9]"
_MBI = re.compile(rf"[1-9]{_LETTER}{_LETTER_OR_DIGIT}\d{_LETTER}{_LETTER_OR_DIGIT}\d{_LETTER}{{2}}\d{{2}}", re.ASCII)
_MEMBER_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9 \-]{2,29}")
_SSN = re.compile(r"(?<!\d)\d{3}[-\s]\d{2}[-\s]\d{4}(?!\d)", re.ASCII)
_NAMED_SSN = re.compile(r"(?:\bssn\b|social security)\D{0,20}\d{9}(?!\d)", re.ASCII | re.IGNORECASE)
# Licenses of most states cannot be told from other numbers; these can: named as one, or a letter and 11 to 14 digits
_NAMED_LICENSE = re.compile(
    r"(?:\bdriver\W{0,2}s?\W{0,2}(?:license|licence|permit)|(?<![/\w])dl\W{0,2}(?=#|no\b|number|:))"
    r"(?:number|no|is|id|\W){0,8}[a-z]{0,3}[ \-]?\d(?:[ \-]?\d){4,}",
    re.ASCII | re.IGNORECASE,
)
_LICENSE = re.compile(
    r"(?<![A-Za-z0-9])[A-Za-z](?:\d(?:[ \-]?\d){10,13}|[ \-]\d(?:[ \-]?\d){11,13})(?![0-9A-Za-z])", re.ASCII
)
# Grouped as cards print them (4-4-4-4, 4-6-5, 4-6-4), or 13 to 19 digits in a row; first digits of the card networks
_CARD = re.compile(r"(?<!\d)(?:\d{4}([ .\-])\d{4}\1\d{4}\1\d{4}|\d{4}([ .\-])\d{6}\2\d{4,5}|\d{13,19})(?!\d)", re.ASCII)
_CARD_STARTS = re.compile(r"2[2-7]|[3-6]", re.ASCII)
_EMAIL_LOCAL = re.compile(r"[^\s@<>(),:;\\\"\[\]]+")
_EMAIL_DOMAIN = re.compile(r"[^\W_](?:[\w\-]*[^\W_])?(?:\.[^\W_](?:[\w\-]*[^\W_])?)+")

ANSWER, NAME, DATE, MEMBER_ID = _("Your answer"), _("Name"), _("Date"), _("Member ID")
UNREADABLE = _("This answer holds a character we cannot read. Delete it and type the answer again")


class ApproximateDate(NamedTuple):
    """A date as well as the person knows it; what is unknown stays None, no day is ever made up."""

    year: int
    month: int | None = None
    day: int | None = None

    @property
    def precision(self) -> str:
        if self.month is None:
            return "year"
        return "month" if self.day is None else "day"

    @property
    def first_day(self) -> date:
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def last_day(self) -> date:
        """The last day it can mean: of two dates one is surely later only beyond this."""
        month = self.month or 12
        return date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    def __str__(self) -> str:
        return "-".join(f"{part:02d}" for part in self if part is not None)


def fault(message, *, code="format", parts=(), **params) -> ValidationError:
    """A ValidationError; `parts` names the wrong controls of a date ("month", "day", "year")."""
    return ValidationError(message, code=code, params={"parts": tuple(parts), **params})


def ascii_digits(text: str) -> str:
    """Digits of any script as 0 to 9, all hyphens as "-", full-width forms as plain ones."""
    text = unicodedata.normalize("NFKC", text).translate(_HYPHENS)
    return "".join(str(unicodedata.decimal(c)) if unicodedata.category(c) == "Nd" else c for c in text)


def readable(text: str) -> str:
    """The text in NFC without control characters other than tab and line ends; NUL and broken halves are refused."""
    if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise fault(UNREADABLE, code="unreadable")
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) != "Cc")


def clean_line(text: str) -> str:
    """One line: readable, trimmed, runs of space collapsed."""
    return " ".join(readable(text).split())


def clean_text(text: str, limit: int, *, what=ANSWER) -> str:
    """Free text of several lines; too long is an error, never cut. `limit` counts code points after NFC."""
    text = readable(text).strip()
    check_length(text, limit, what=what)
    return text


def check_length(text: str, limit: int, *, what) -> None:
    if len(text) > limit:
        raise fault(
            _("%(what)s must be %(limit)s characters or fewer. It now has %(count)s"),
            code="max_length", what=what, limit=limit, count=len(text),
        )  # fmt: skip


def looks_like_ssn(text: str) -> bool:
    """True when the text holds something written like a Social Security number, which we never ask for."""
    text = ascii_digits(text)
    return bool(_SSN.search(text) or _NAMED_SSN.search(text))


def looks_like_card(text: str) -> bool:
    """True when the text holds the number of a payment card: as cards write it, with a right Luhn check digit."""
    for found in _CARD.finditer(ascii_digits(text)):
        digits = re.sub(r"\D", "", found.group())
        if _CARD_STARTS.match(digits) and not luhn(digits):
            return True
    return False


def looks_like_license(text: str) -> bool:
    """True when the text holds a driver license number: named as one, or shaped as only a license is."""
    text = ascii_digits(text)
    return bool(_NAMED_LICENSE.search(text) or _LICENSE.search(text))


def refuse_unasked_numbers(text: str) -> None:
    """Refuses free text with a number that we never ask for and must not keep (domain 2.2)."""
    if looks_like_ssn(text):
        raise fault(_("Take out the number that looks like a Social Security number. We never ask for it"), code="ssn")
    if looks_like_card(text):
        raise fault(_("Take out the number that looks like a payment card. We never ask for it"), code="card")
    if looks_like_license(text):
        raise fault(_("Take out the number that looks like a driver license. We never ask for it"), code="license")


def luhn(digits: str) -> int:
    """The Luhn sum of a row of digits, check digit included, modulo 10: 0 when it is right."""
    return sum(sum(divmod(int(d) * (1 + i % 2), 10)) for i, d in enumerate(reversed(digits))) % 10


def clean_name(text: str, limit: int = 100, *, what=NAME) -> str:
    """A name in any script: letters, marks, spaces, apostrophes, hyphens, periods; at least one letter; case kept."""
    text = clean_line(text).replace("\u2018", "’").translate(_HYPHENS)
    text = clean_line("".join(c for c in text if c in JOINERS or unicodedata.category(c) != "Cf"))
    if not text:
        return ""
    check_length(text, limit, what=what)
    allowed = all(unicodedata.category(c)[0] in "LM" or c in " '’-." or c in JOINERS for c in text)
    if not allowed or not any(unicodedata.category(c)[0] == "L" for c in text):
        raise fault(_("%(what)s must use only letters, spaces, hyphens, apostrophes and periods"), what=what)
    return text


def nanp_to_e164(text: str) -> str:
    """A telephone number of the United States or Canada as +1 and ten digits."""
    match = _NANP.fullmatch(_phone_text(text))
    if match:
        area, exchange, line = match.groups()
        if not area.endswith("11") and area[1] != "9" and not exchange.endswith("11"):
            return f"+1{area}{exchange}{line}"
    raise fault(_("Enter a phone number with area code, like 202-555-0142"))


def phone_to_e164(text: str) -> str:
    """As `nanp_to_e164`, or an international number that begins with + and the country code."""
    compact = re.sub(r"[\s.\-()/]", "", _phone_text(text))
    if compact.startswith("+") and not compact.startswith("+1") and _INTERNATIONAL.fullmatch(compact):
        return compact
    try:
        return nanp_to_e164(text)
    except ValidationError:
        raise fault(
            _("Enter a phone number with area code, like 202-555-0142, or with + and the country code")
        ) from None


def _phone_text(text: str) -> str:
    text = "".join(c for c in ascii_digits(clean_line(text)) if unicodedata.category(c) != "Cf")
    return re.sub(r"([(+])\s+", r"\1", re.sub(r"\s+(?=[).\-])|(?<=[.\-])\s+", "", text)).strip()


def clean_zip(text: str) -> str:
    """A ZIP code of 5 or 9 digits, written 48109 or 48109-5911."""
    text = re.sub(r"\s", "", ascii_digits(clean_line(text)))
    if re.fullmatch(r"\d{9}", text, re.ASCII):
        text = f"{text[:5]}-{text[5:]}"
    if not _ZIP.fullmatch(text) or text.startswith("00000"):
        raise fault(_("Enter a ZIP code with 5 numbers, like 48109"))
    return text


def clean_email(text: str) -> str:
    """An e-mail address: one @, a dot in the domain, at most 254 characters; only the domain is lower-cased."""
    text = clean_line(text)
    local, at, domain = text.rpartition("@")
    domain = domain.lower()
    if not at or not _EMAIL_LOCAL.fullmatch(local) or not _EMAIL_DOMAIN.fullmatch(domain):
        raise fault(_("Enter an email address with an @ and a dot, like name@example.com"))
    cleaned = f"{local}@{domain}"
    check_length(cleaned, 254, what=_("Email address"))
    return cleaned


def clean_npi(text: str) -> str:
    """A National Provider Identifier: ten digits, first 1 or 2, Luhn over 80840 + NPI."""
    text = re.sub(r"[\s\-]", "", ascii_digits(clean_line(text)))
    if not re.fullmatch(r"[12]\d{9}", text, re.ASCII):
        raise fault(_("NPI must have 10 numbers and begin with 1 or 2"))
    if luhn("80840" + text):
        raise fault(_("Check the NPI. One of its numbers does not fit the others"))
    return text


def clean_mbi(text: str) -> str:
    """A Medicare number (MBI): 11 characters, the letters S L O I B Z never used; stored without hyphens."""
    text = re.sub(r"[\s\-]", "", ascii_digits(clean_line(text))).upper()
    if not _MBI.fullmatch(text):
        raise fault(_("Enter the Medicare number as it is on the card, like 1EG4-TE5-MK73"))
    return text


def clean_member_id(text: str, *, what=MEMBER_ID) -> str:
    """A member number of another payer; something written like a Social Security number is refused."""
    text = ascii_digits(clean_line(text))
    if looks_like_ssn(text):
        raise fault(_("This looks like a Social Security number. Enter the member ID from the insurance card"))
    if not _MEMBER_ID.fullmatch(text):
        raise fault(_("%(what)s must have 3 to 30 letters, numbers, spaces or hyphens"), what=what)
    return text


def clean_member_number(text: str, payer_type: str | None) -> str:
    """The number on the card of this payer: Medicare has a pattern of its own, all others share one."""
    return clean_mbi(text) if payer_type == "medicare" else clean_member_id(text)


def may_be_ssn(text: str) -> bool:
    """Nine digits in a row: a member ID of some payers, and also how a Social Security number is often typed."""
    return bool(re.fullmatch(r"\d{9}", text, re.ASCII))


def whole_number(text: str, low: int, high: int, *, what) -> int:
    """A whole number from `low` to `high`."""
    text = re.sub(r"[\s,]", "", ascii_digits(clean_line(text)))
    if not re.fullmatch(r"[+-]?\d{1,9}", text, re.ASCII):
        raise fault(_("%(what)s must be a whole number, like 3"), what=what)
    return _between(int(text), low, high, what=what)


def _between(number, low, high, *, what):
    if not low <= number <= high:
        raise fault(_("%(what)s must be between %(low)s and %(high)s"), code="range", what=what, low=low, high=high)
    return number


# Dates

PART_NAMES = {"month": _("month"), "day": _("day"), "year": _("year")}


def parse_month(text: str) -> int:
    """1 to 12 from 3, 03, mar, Mar. or March; 0 when it is none of them."""
    text = text.strip().rstrip(".").lower()
    if re.fullmatch(r"\d{1,2}", text, re.ASCII):
        return int(text) if 1 <= int(text) <= 12 else 0
    if len(text) >= 3:
        for number, name in enumerate(MONTHS, start=1):
            if name.startswith(text) or (text == "sept" and number == 9):
                return number
    return 0


def _typed(parts: dict) -> dict:
    return {name: ascii_digits(clean_line(str(value or ""))) for name, value in parts.items()}


def _year_and_month(typed: dict, *, what) -> tuple[int, int]:
    """Year and month (0 when left empty) of typed parts; the checks shared by full and approximate dates."""
    if not re.fullmatch(r"\d{4}", typed["year"], re.ASCII) or typed["year"] == "0000":
        raise fault(_("Year must include 4 numbers"), code="year", parts=["year"])
    month = parse_month(typed["month"]) if typed["month"] else 0
    if typed["month"] and not month:
        raise fault(_("%(what)s must be a real date. Check the month"), parts=["month"], what=what)
    return int(typed["year"]), month


def _real_date(year: int, month: int, day_text: str, *, what) -> date:
    try:
        return date(year, month, int(day_text) if re.fullmatch(r"\d{1,2}", day_text, re.ASCII) else 0)
    except ValueError:
        raise fault(_("%(what)s must be a real date"), parts=["day"], what=what) from None


def parse_split_date(month: str, day: str, year: str, *, what=DATE) -> date | None:
    """The date in three typed parts; None when all are empty. First what is missing, then what cannot be."""
    typed = _typed({"month": month, "day": day, "year": year})
    missing = [name for name, text in typed.items() if not text]
    if len(missing) == 3:
        return None
    if missing:
        names = str(_(" and a ")).join(str(PART_NAMES[name]) for name in missing)
        raise fault(_("%(what)s must include a %(names)s"), code="incomplete", parts=missing, what=what, names=names)
    year_number, month_number = _year_and_month(typed, what=what)
    return _real_date(year_number, month_number, typed["day"], what=what)


def parse_approximate_date(month: str, day: str, year: str, *, what=DATE) -> ApproximateDate | None:
    """As much of a date as the person knows: a year, a month and year, or all; None when empty."""
    typed = _typed({"month": month, "day": day, "year": year})
    if not any(typed.values()):
        return None
    missing = [] if typed["year"] else ["year"]
    if typed["day"] and not typed["month"]:
        missing.append("month")
    if missing:
        names = str(_(" and a ")).join(str(PART_NAMES[name]) for name in missing)
        raise fault(_("%(what)s must include a %(names)s"), code="incomplete", parts=missing, what=what, names=names)
    year_number, month_number = _year_and_month(typed, what=what)
    if typed["day"]:
        found = _real_date(year_number, month_number, typed["day"], what=what)
        return ApproximateDate(found.year, found.month, found.day)
    return ApproximateDate(year_number, month_number or None)


def check_past(value: date, *, what, today: date | None = None) -> None:
    """Today is allowed; tomorrow is not (the clinic's calendar)."""
    if value > (today or timezone.localdate()):
        raise fault(_("%(what)s must be in the past"), code="future", parts=["month", "day", "year"], what=what)


def check_not_before_birth(value: ApproximateDate, born_on: date, *, what) -> None:
    """Refuses what surely lies before the birth; the year or the month of birth itself passes."""
    if value.last_day < born_on:
        parts = [name for name in PART_NAMES if getattr(value, name) is not None]
        raise fault(_("%(what)s must be after the date of birth"), code="before_birth", parts=parts, what=what)


def check_birth(value: date, *, what, today: date | None = None) -> None:
    """A date of birth: not in the future, not before 1900, age at most 120."""
    today = today or timezone.localdate()
    check_past(value, what=what, today=today)
    age = today.year - value.year - ((today.month, today.day) < (value.month, value.day))
    if value < OLDEST_BIRTH or age > OLDEST_AGE:
        raise fault(_("Check the year. %(what)s is too long ago"), code="age", parts=["year"], what=what)


def days_since(value: date, *, today: date | None = None) -> int:
    return ((today or timezone.localdate()) - value) // timedelta(days=1)
