"""The one exception for "no, and here is why" that may be shown to a person."""

from collections.abc import Iterable


class Refused(Exception):  # noqa: N818  (said as it is)
    """An action may not happen now.

    `sentence` is fit to show a person (already translated), `code` a short stable word for programs and tests,
    `next_times` what they could choose instead (plain text, so that a stored refusal can be told again).
    """

    def __init__(self, sentence: str, *, code: str = "refused", next_times: Iterable = ()) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code
        self.next_times = tuple(next_times)

    def __str__(self) -> str:
        return str(self.sentence)
