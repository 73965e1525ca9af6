"""Logs as one JSON object a line, without anything a person typed.

Query strings, form values, e-mail addresses and telephone numbers are taken out; tracebacks keep file, line and kind
of error but not its text, since that may repeat a value.
"""

import json
import logging
import re
import traceback
from datetime import UTC, datetime

QUERY = re.compile(r"\?[^\s\"']*")
EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
PHONE = re.compile(r"(?<![\w-])\+?\d?[\s.(-]*\d{3}[\s.)-]+\d{3}[\s.-]+\d{4}(?!\d)|\+\d{10,15}")
TOKEN = re.compile(r"(?<=/)[A-Za-z0-9_-]{20,}(?=/|\s|$)")
MARK = "[removed]"


def scrub(text: str) -> str:
    """The text without query strings, link tokens, e-mail addresses and telephone numbers."""
    for pattern in (QUERY, TOKEN, EMAIL, PHONE):
        text = pattern.sub(MARK, text)
    return text


class Scrub(logging.Filter):
    """Takes out of every record what could name a patient; never drops a record."""

    def filter(self, record: logging.LogRecord) -> bool:
        try:
            message = record.getMessage()
        except (TypeError, ValueError):  # arguments that do not fit: a log line must never break the request
            message = str(record.msg)
        record.msg, record.args = scrub(message), None
        request = getattr(record, "request", None)
        if request is not None:
            record.method = getattr(request, "method", "")
            record.path = scrub(getattr(request, "path", ""))
            record.user_id = str(getattr(getattr(request, "user", None), "pk", "") or "")
            del record.request  # its body and query must not be reachable for any handler
        return True


class JsonFormatter(logging.Formatter):
    """One line of JSON: time in UTC, level, logger, message, and where an error came from."""

    EXTRA = ("method", "path", "user_id", "status_code", "job_kind", "job_id")

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": scrub(record.getMessage()),
        }
        line.update({name: getattr(record, name) for name in self.EXTRA if hasattr(record, name)})
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__qualname__
            frames = traceback.extract_tb(record.exc_info[2])
            line["where"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-12:]]
        return json.dumps(line, ensure_ascii=False, default=str)
