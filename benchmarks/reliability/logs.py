"""The append-only log of a process: a line when an attempt begins, a line when it was answered."""

import json
import os
import time
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from benchmarks.reliability.words import FAILED, MADE, REFUSED, UNKNOWN, Attempt, Day, Recorded


class Log:
    """One file, written a whole line at a time straight to the system: a killed process loses no line."""

    def __init__(self, path: Path, process: int) -> None:
        self.process, self.number = process, 0
        self.descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def begin(self, attempt: Attempt, key: str) -> int:
        """The invocation; its number in this log."""
        self.number += 1
        given = {name: _plain(value) for name, value in attempt.given.items()}
        self._write(
            begin=self.number, key=key, what=attempt.what, by=attempt.by, now=attempt.now.isoformat(), given=given
        )
        return self.number

    def end(self, number: int, outcome: str, *, said: str = "", result: dict[str, Any] | None = None) -> None:
        """The response."""
        self._write(end=number, outcome=outcome, said=said, result=result or {})

    def close(self) -> None:
        """No more lines."""
        os.close(self.descriptor)

    def _write(self, **line: Any) -> None:
        text = json.dumps({"t": time.monotonic_ns(), "p": self.process, **line})
        os.write(self.descriptor, text.encode() + b"\n")


def read_logs(paths: Iterable[Path]) -> list[Recorded]:
    """Everything that was attempted, with what was answered. Raises ValueError for a response without invocation."""
    found: list[Recorded] = []
    for path in paths:
        begun: dict[int, Recorded] = {}
        for text in path.read_text(encoding="utf-8").splitlines():
            line = json.loads(text)
            if "begin" in line:
                begun[line["begin"]] = _recorded(line)
                continue
            one = begun[line["end"]]
            if one.outcome != UNKNOWN or line["outcome"] not in (MADE, REFUSED, FAILED):
                raise ValueError(f"{path.name}: a response that fits no invocation")
            one.ended, one.outcome = line["t"], line["outcome"]
            one.said, one.result = line["said"], line["result"]
        found += begun.values()
    return found


def _recorded(line: dict[str, Any]) -> Recorded:
    given = dict(line["given"])
    for name in ("days", "day"):
        if name in given:
            days = given[name] if name == "days" else [given[name]]
            read = [Day.from_json(day) for day in days]
            given[name] = read if name == "days" else read[0]
    if "starts_at" in given:
        given["starts_at"] = datetime.fromisoformat(given["starts_at"])
    attempt = Attempt(line["what"], line["by"], datetime.fromisoformat(line["now"]), given)
    return Recorded(attempt, line["key"], line["p"], line["t"])


def _plain(value: Any) -> Any:
    if isinstance(value, Day):
        return value.as_json()
    if isinstance(value, datetime):
        return value.isoformat()
    return [_plain(part) for part in value] if isinstance(value, list) else value
