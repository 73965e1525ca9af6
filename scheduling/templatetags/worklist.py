"""Template tags of the staff pages."""

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.accounts.roles import Permission
from clinic.platform.submits.once import new_key
from clinic.platform.words import duration
from intake.triage.models import Alert, Level
from intake.triage.sources import titles_of
from scheduling.worklist.menu import Group, menu_of
from scheduling.worklist.person_line import person_line

register = template.Library()
MOST_SHOWN = 5


@register.simple_tag(takes_context=True)
def open_alerts(context) -> list[dict]:
    """The alerts nobody has acknowledged, oldest first, as lines of the banner on every staff page: one query.

    Nothing for people who may not see patients. A line holds no patient data but the code and the time.
    """
    request = context.get("request")
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or not user.has_perm(Permission.VIEW_PATIENT):
        return []
    waiting = Alert.objects.visible_to(user).filter(acknowledged_at=None).order_by("detected_at")
    alerts = list(waiting.only("pk", "find_code", "detected_at", "person_said")[: MOST_SHOWN + 1])
    now = timezone.now()
    lines = [_line(alert, now) for alert in alerts[:MOST_SHOWN]]
    if len(alerts) > MOST_SHOWN:
        lines.append({"url": reverse("worklist:alerts"), "text": _("More alerts are waiting")})
    return lines


def _line(alert: Alert, now) -> dict:
    text = _("Emergency %(code)s, shown %(time)s ago, nobody has acknowledged it") % {
        "code": alert.find_code,
        "time": duration(now - alert.detected_at),
    }
    if alert.person_said == "cannot":
        text = _("%(text)s. The person says: I cannot do this now") % {"text": text}
    return {"url": reverse("worklist:alert", args=[alert.pk]), "text": text}


@register.simple_tag(takes_context=True)
def staff_menu(context) -> list[Group]:
    """The groups of the menu that this person sees, the page they are on marked; no query."""
    request = context.get("request")
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    return menu_of(user, request.path)


@register.filter
def level_words(level: str) -> str:
    """The word of a level, for its tag."""
    return {
        Level.EMERGENCY: _("Emergency"),
        Level.URGENT: _("Urgent"),
        Level.SOON: _("Soon"),
        Level.ROUTINE: _("Routine"),
    }.get(level, level)


@register.filter
def years_old(age: int | None) -> str:
    """ "67 years old"; nothing when the age is not known."""
    return "" if age is None else ngettext("%(age)s year old", "%(age)s years old", age) % {"age": age}


@register.simple_tag
def who_it_is(wanted) -> str:
    """The line under a patient's name: age, birth date, language, voicemail."""
    return person_line(wanted)


@register.simple_tag
def source_titles(fired) -> list[tuple[str, str]]:
    """What the short keys in the sources of these rules stand for."""
    return titles_of(one.rule.source for one in fired)


@register.simple_tag
def fresh_key() -> str:
    """A submit key for one button: two buttons of a page must never share one."""
    return new_key()


@register.simple_tag
def files_words(files) -> str:
    """ "3 files, 2 not scanned for viruses"; those that were not added do not count."""
    kept = [file for file in files if file.is_kept]
    words = ngettext("%(n)s file", "%(n)s files", len(kept)) % {"n": len(kept)}
    if waiting := sum(file.scan_tag == "waiting" for file in kept):
        words = _("%(files)s, %(n)s not scanned for viruses") % {"files": words, "n": waiting}
    return words
