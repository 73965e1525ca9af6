"""How moments and telephone numbers read, in the clinic's time zone: "Monday, November 23, 2026 at 9:00 a.m."."""

from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

_TWO_DIGITS = """
20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86
90 91 92 93 94 95 98
"""
TWO_DIGIT_CODES = frozenset(_TWO_DIGITS.split())


def phone(number: str) -> str:
    """A North American number as 202-555-0142, a foreign one as +44 207 946 0018; any other as it was given."""
    text = str(number).strip()
    digits = "".join(c for c in text if c.isdecimal())
    if text.startswith("+") and digits[:1] not in ("", "1"):
        return _foreign(digits)
    national = digits[1:] if len(digits) == 11 and digits[0] == "1" else digits
    return f"{national[:3]}-{national[3:6]}-{national[6:]}" if len(national) == 10 else str(number)


def _foreign(digits: str) -> str:
    """By threes after the country code, so that it can be read out. Each country groups its own way: this is nobody's.

    A code has one digit (7), two or three; those of two are listed in ITU-T E.164, annex D.
    """
    length = 1 if digits[0] == "7" else 2 if digits[:2] in TWO_DIGIT_CODES else 3
    code, rest = digits[:length], digits[length:]
    groups = [rest[start : start + 3] for start in range(0, len(rest), 3)]
    if len(groups) > 1 and len(groups[-1]) == 1:
        groups[-2:] = ["".join(groups[-2:])]
    return " ".join([f"+{code}", *groups])


def dial(number: str) -> str:
    """What a tel: link dials: +12025550142, or short numbers (911, 988) unchanged."""
    text = str(number)
    digits = "".join(c for c in text if c.isdecimal())
    if text.startswith("+"):
        return "+" + digits
    return f"+1{digits}" if len(digits) == 10 else (f"+{digits}" if len(digits) == 11 else digits)


def local(moment: datetime) -> datetime:
    return timezone.localtime(moment) if timezone.is_aware(moment) else moment


def day(value: date | datetime) -> str:
    """Monday, November 23, 2026"""
    value = local(value).date() if isinstance(value, datetime) else value
    return date_format(value, "l, F j, Y")


def short_day(value: date | datetime) -> str:
    """Mon, Nov 23: for dense tables"""
    value = local(value).date() if isinstance(value, datetime) else value
    return date_format(value, "D, M j")


def clock(value: datetime | time) -> str:
    """9:00 a.m., noon, midnight"""
    value = local(value).time() if isinstance(value, datetime) else value
    if value.minute == 0 and value.hour in (0, 12):
        return _("noon") if value.hour else _("midnight")
    return f"{value.hour % 12 or 12}:{value.minute:02d} {_('a.m.') if value.hour < 12 else _('p.m.')}"


def moment(value: datetime) -> str:
    """Monday, November 23, 2026 at 9:00 a.m."""
    return _("%(day)s at %(time)s") % {"day": day(value), "time": clock(value)}


def short_moment(value: datetime) -> str:
    """Mon, Nov 23, 9:00 a.m.: for dense tables"""
    return f"{short_day(value)}, {clock(value)}"


def moment_zone(value: datetime) -> str:
    """As `moment`, with the zone's letters: "... at 9:00 a.m. EST"."""
    return f"{moment(value)} {local(value):%Z}"


def clock_range(start: datetime, end: datetime) -> str:
    """9:00 to 10:30 a.m., or 11:30 a.m. to 1:00 p.m."""
    first, last = clock(start), clock(end)
    half = first.rpartition(" ")[2]
    if "." in half and last.endswith(half):
        first = first.removesuffix(f" {half}")
    return _("%(first)s to %(last)s") % {"first": first, "last": last}


def minutes_words(minutes: int) -> str:
    """40 minutes, 1 hour, 2 hours 10 minutes"""
    hours, rest = divmod(int(minutes), 60)
    parts = []
    if hours:
        parts.append(ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours})
    if rest or not hours:
        parts.append(ngettext("%(n)s minute", "%(n)s minutes", rest) % {"n": rest})
    return " ".join(parts)


def duration(length: timedelta) -> str:
    """2 h 10 min, 3 days 4 h: for worklists; the sign is dropped, the caller says "waiting" or "overdue"."""
    minutes = abs(length) // timedelta(minutes=1)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        words = ngettext("%(n)s day", "%(n)s days", days) % {"n": days}
        return f"{words} {hours} h" if hours else words
    if hours:
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    return f"{rest} min"


def clinic_facts() -> dict[str, str]:
    """What every page may say about the clinic, from the settings alone."""
    return {
        "name": settings.CLINIC_NAME,
        "short_name": settings.CLINIC_SHORT_NAME,
        "organization": settings.CLINIC_ORGANIZATION,
        "phone": settings.CLINIC_PHONE,
        "address": settings.CLINIC_ADDRESS,
        "tty": settings.CLINIC_TTY,
        "nurse_line": settings.NURSE_LINE_PHONE,
        "nurse_hours": hours_words(settings.NURSE_LINE_HOURS),
        "after_hours_phone": settings.AFTER_HOURS_PHONE,
        "on_call_physician": settings.ON_CALL_PHYSICIAN_PHONE,
        "emergency_number": settings.EMERGENCY_NUMBER,
        "crisis_number": settings.CRISIS_NUMBER,
        "support_us_url": settings.SUPPORT_US_URL,
        "parking": settings.CLINIC_PARKING,
        "public_url": settings.PUBLIC_URL,
    }


WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def hours_words(hours: str) -> str:
    """ "Mon-Fri 08:00-17:00" as "Monday to Friday, 8:00 a.m. to 5:00 p.m."; any other text as it is."""
    try:
        days, _space, times = hours.partition(" ")
        ends = [time.fromisoformat(part) for part in times.split("-")]
        names = [WEEKDAYS.index(part) for part in days.split("-")]
        start, end = ends
    except ValueError:
        return hours
    monday = date(2026, 11, 23)
    shown = [date_format(monday + timedelta(days=position), "l") for position in names]
    spoken = _("%(first)s to %(last)s") % {"first": shown[0], "last": shown[-1]} if len(shown) > 1 else shown[0]
    return _("%(days)s, %(start)s to %(end)s") % {"days": spoken, "start": clock(start), "end": clock(end)}
