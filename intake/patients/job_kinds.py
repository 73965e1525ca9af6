"""What follows when the owner of a telephone answers STOP."""

from clinic.messages.texts.stop import when_stopped
from intake.patients.actions import end_text_consent


@when_stopped
def no_more_texts(index: str) -> None:
    """The consent of every patient with this number ends; from now on they get e-mail or a call."""
    end_text_consent(index)
