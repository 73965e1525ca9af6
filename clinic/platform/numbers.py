"""Numbers that stand in an address or in a hidden field: anybody can write anything there."""


def whole_number(text: str, *, digits: int = 9) -> int | None:
    """The number from 0 on that `text` is, in at most so many plain digits; None for anything else.

    Longer ones would be no key of ours, and a database may refuse to be asked for them.
    """
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits else None
