"""STOP: whoever answers a text so gets no more texts. The provider passes the answers on to our address."""

from collections.abc import Callable

from django.db import transaction

from clinic.messages.models import StoppedNumber
from clinic.platform.audit.actors import SYSTEM
from clinic.platform.audit.record import record
from clinic.platform.crypto.index import number_index

# the words of the phone companies (CTIA), and those by which a person takes it back
STOP = frozenset({"stop", "stopall", "stop all", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "opt out"})
START = frozenset({"start", "unstop"})
_listeners: dict[str, Callable[[str], None]] = {}


def when_stopped(listener: Callable[[str], None]) -> Callable[[str], None]:
    """Registers `listener(index)`, called with the number's blind index in the transaction that stops texts."""
    _listeners[f"{listener.__module__}.{listener.__qualname__}"] = listener
    return listener


def is_stopped(number: str) -> bool:
    """Whether the owner of this number wants no texts."""
    return StoppedNumber.objects.filter(pk=number_index(number)).exists()


@transaction.atomic
def take_answer(number: str, text: str) -> str:
    """What somebody answered to a text: "stopped", "started", or "" for anything else, which is neither read nor kept.

    START lets texts through again that are asked for there and then; a consent that STOP has ended stays ended.
    """
    index, word = number_index(number), " ".join(text.split()).strip(".!\"'").casefold()
    if not index or word not in STOP | START:
        return ""
    if word in START:
        StoppedNumber.objects.filter(pk=index).delete()
        record("texts_started", by=SYSTEM, subject=("clinic.number", index))
        return "started"
    _row, is_new = StoppedNumber.objects.get_or_create(pk=index)
    if is_new:
        record("texts_stopped", by=SYSTEM, subject=("clinic.number", index))
        for listener in _listeners.values():
            listener(index)
    return "stopped"
