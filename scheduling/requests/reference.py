"""The reference of a request: `BMC-7K4Q-29`. Easy to say and to type, and it opens nothing by itself.

Five random characters without look-alikes and one that catches slips (`intake.access.codes`): about 29 million
references, and none tells how many requests there were before.
"""

from intake.access.codes import new_code, typed

PREFIX = "BMC"
LENGTH = 5


def new_reference() -> str:
    """A random reference; the caller checks that it is not in use."""
    code = new_code(LENGTH)
    return f"{PREFIX}-{code[:4]}-{code[4:]}"


def read_reference(text: str) -> str | None:
    """What somebody typed as a reference in its one spelling; None when it cannot be one."""
    trimmed = "".join(character for character in text.upper() if character.isalnum())
    code = typed(trimmed.removeprefix(PREFIX), length=LENGTH)
    return f"{PREFIX}-{code[:4]}-{code[4:]}" if code else None
