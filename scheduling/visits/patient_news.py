"""What the patient reads about the last change of a visit. Reads only; no query for a visit that was never changed."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from clinic.messages.models import Message
from clinic.platform import words
from scheduling.requests.may import PERSONS
from scheduling.visits.change_words import changed_lines
from scheduling.visits.models import Visit, VisitChange

CALLED_OFF = (VisitChange.Kind.CANCEL, VisitChange.Kind.NO_SHOW)


@dataclass(frozen=True, slots=True)
class News:
    """A notice: its heading, and what is another than before."""

    heading: str
    lines: list[str]


def news_of(visit: Visit) -> News | None:
    """What was changed last; that it was taken back only if they had been told of it, or took it back themselves."""
    if not visit.calendar_sequence:
        return None
    last = visit.changes.order_by("-at", "-pk").first()
    if last is None:
        return _of_replaced(visit)
    if last.undone_at is None:
        return None if last.kind in CALLED_OFF else News(_("We changed your day"), changed_lines(last))
    if last.by_kind in PERSONS and last.undone_by_id == f"request:{visit.request_id}":
        return None  # they have just read so
    if Message.objects.filter(pk__in=last.after.get("told", []), state=Message.State.SENT).exists():
        heading = _("Your visit is booked again") if last.kind in CALLED_OFF else _("We took our last change back")
        return News(heading, [_("This is your day as it is now.")])
    return None


def _of_replaced(visit: Visit) -> News | None:
    """That this day took the place of another one."""
    old = visit.offer.replaces if visit.offer_id else None
    if old is None:
        return None
    day = words.day(old.starts_at)
    return News(_("You have changed your day"), [_("The visit on %(day)s is canceled.") % {"day": day}])
