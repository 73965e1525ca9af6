"""The job that sends a message."""

from clinic.messages.deliver import deliver, give_up
from clinic.platform.jobs.registry import job


def give_up_message(message: str) -> None:
    """After the last attempt."""
    give_up(message)


@job("deliver_message", outside=True, on_give_up=give_up_message)
def deliver_message(message: str) -> None:
    """`message` is the key of the outbox row."""
    deliver(message)
