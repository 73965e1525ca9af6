"""Two wordings side by side: which lines went, came or changed. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

Piece = tuple[bool, str]  # changed?, words


@dataclass(frozen=True, slots=True)
class Row:
    """One line of each; `kind` is same, changed, gone or new."""

    kind: str
    left: tuple[Piece, ...]
    right: tuple[Piece, ...]


def compare(before: str, after: str) -> list[Row]:
    """Line by line; changed lines word by word."""
    old, new = before.splitlines(), after.splitlines()
    rows: list[Row] = []
    for tag, a1, a2, b1, b2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            rows += [Row("same", ((False, line),), ((False, line),)) for line in old[a1:a2]]
        else:
            rows += _changed(old[a1:a2], new[b1:b2])
    return rows


def _changed(old: list[str], new: list[str]) -> Iterator[Row]:
    for number in range(max(len(old), len(new))):
        if number >= len(new):
            yield Row("gone", ((True, old[number]),), ())
        elif number >= len(old):
            yield Row("new", (), ((True, new[number]),))
        else:
            yield Row("changed", *_words(old[number], new[number]))


def _words(before: str, after: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    old, new = before.split(" "), after.split(" ")
    left: list[Piece] = []
    right: list[Piece] = []
    for tag, a1, a2, b1, b2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if a2 > a1:
            left.append((tag != "equal", " ".join(old[a1:a2])))
        if b2 > b1:
            right.append((tag != "equal", " ".join(new[b1:b2])))
    return tuple(left), tuple(right)
