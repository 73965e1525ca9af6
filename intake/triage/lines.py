"""One line of JSON in, one line of JSON out: the triage rules for other programs. Pure.

Strict on purpose: a number keeps the digits it was given with, NaN and Infinity are no JSON, and a key that is given
twice is refused, since nobody could say which of the two values the sender meant.
"""

import json
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from intake.triage.engine import assess
from intake.triage.vocabulary import validate

NOT_UTF8 = "the line is not UTF-8"
EMPTY = "the line is empty"
NOT_JSON = "the line is not JSON"
NOT_OBJECT = "the line is not a JSON object"
TWICE = "given more than once"

_LONGEST_INT = 40  # far past every range; longer ones are kept as Decimal, which has no limit of digits


class _Repeated(dict):
    """An object that named a key more than once."""

    keys_twice: tuple[str, ...] = ()


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    names = [name for name, _value in pairs]
    repeated = _Repeated(found)
    repeated.keys_twice = tuple(name for name in found if names.count(name) > 1)
    return repeated


def _whole(digits: str) -> int | Decimal:
    return int(digits) if len(digits) <= _LONGEST_INT else Decimal(digits)


def _fraction(digits: str) -> Decimal:
    try:
        return Decimal(digits)
    except InvalidOperation:  # an exponent past every limit: out of every range
        return Decimal("Infinity")


def _no_constant(_name: str) -> NoReturn:
    raise ValueError(NOT_JSON)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_whole, parse_float=_fraction, parse_constant=_no_constant
)
_ENCODER = json.JSONEncoder(separators=(", ", ": "))


def _errors(*problems: dict[str, str | None]) -> dict[str, Any]:
    return {"errors": list(problems)}


def _answers(line: bytes) -> tuple[Any, str | None]:
    """What the line holds, or the problem with the line as a whole."""
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        return None, NOT_UTF8
    if not text.strip():
        return None, EMPTY
    try:
        found = _DECODER.decode(text)
    except (ValueError, RecursionError):  # RecursionError: nested deeper than anything meant
        return None, NOT_JSON
    return found, None if isinstance(found, dict) else NOT_OBJECT


def assess_line(line: bytes) -> tuple[str, bool, tuple[str, ...]]:
    """The answer line without its end, whether it is free of errors, and the rules that failed in the program.

    Never raises, whatever the bytes are.
    """
    answers, problem = _answers(line)
    if problem is not None:
        return _ENCODER.encode(_errors({"key": None, "problem": problem})), False, ()
    problems: list[Any] = [{"key": key, "problem": TWICE} for key in getattr(answers, "keys_twice", ())]
    problems += validate(answers)
    if problems:
        return _ENCODER.encode(_errors(*problems)), False, ()
    result = assess(answers)
    shown = {
        "level": result.level,
        "rules": list(result.rules),
        "message": result.message,
        "rule_set": result.rule_set,
    }
    return _ENCODER.encode(shown), True, result.failed
