"""Who is told when a message could not be delivered. Messages know addresses only; other floors know the persons."""

from collections.abc import Callable

from clinic.messages.models import Message

_listeners: dict[str, Callable[[Message], None]] = {}


def when_unreached(listener: Callable[[Message], None]) -> Callable[[Message], None]:
    """Registers `listener(message)`; it runs in the transaction that marks the message as not sent."""
    _listeners[f"{listener.__module__}.{listener.__qualname__}"] = listener
    return listener


def tell_unreached(message: Message) -> None:
    """Tells every listener."""
    for listener in _listeners.values():
        listener(message)
