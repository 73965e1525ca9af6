"""What an open worklist asks once a minute by itself: counts, and how many requests came since it was made.

Asking does not count as work: the session ends as if nobody had asked (clinic/sign_in/middleware.py). The answer holds
numbers and no patient.
"""

from datetime import UTC, datetime

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clinic.accounts.decorators import requires
from clinic.accounts.roles import Permission
from clinic.platform.numbers import whole_number
from clinic.platform.words import clock
from scheduling.worklist.tabs import TO_CALL, new_words, queues_of, tab_counts

LONGEST = 20  # digits of a moment


@requires(Permission.VIEW_WORKLIST)
@require_safe
def news(request: HttpRequest) -> JsonResponse:
    """Counts of all lists, new requests since `?since=` (microseconds since the epoch), and words for both."""
    now = timezone.now()
    since = _moment(request.GET.get("since", ""))
    if since is None:
        return JsonResponse({"error": _("Load the page again.")}, status=422)
    counts = tab_counts(request.user, now=now, since=since)
    new = counts.pop("since")
    queues, beside = queues_of(request.user, now=now)
    counts[TO_CALL] += beside
    counts |= {queue["slug"]: queue["count"] for queue in queues}
    answer = {
        "new": new,
        "words": new_words(new),
        "counts": counts,
        "checked": _("Last checked %(time)s") % {"time": clock(now)},
    }
    return JsonResponse(answer)


def _moment(text: str) -> datetime | None:
    micros = whole_number(text, digits=LONGEST)
    if micros is None:
        return None
    try:
        return datetime.fromtimestamp(micros / 1_000_000, tz=UTC)
    except (OverflowError, ValueError, OSError):
        return None
