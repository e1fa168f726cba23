"""Structured logs: one JSON object a line, with the request's id and no personal data.

``event`` takes a name from the code and values that are codes, numbers or ids. Exceptions are
written by type and place, never by message, since a message may quote what a person typed.
"""

import logging
import sys
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

import orjson

request_id: ContextVar[str] = ContextVar("request_id", default="-")

_yimen = logging.getLogger("yimen")


class JsonLines(logging.Formatter):
    """Formats a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """One line; the exception as a list of places."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage() if record.name == "yimen" else record.name,
            "request": request_id.get(),
        }
        line.update(getattr(record, "fields", {}))
        if record.name != "yimen":
            line["message"] = record.msg  # the template alone: its arguments may be personal
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            frames = traceback.extract_tb(record.exc_info[2])[-6:]
            line["places"] = [f"{f.filename}:{f.lineno}:{f.name}" for f in frames]
        return orjson.dumps(line, default=str).decode()


def start(level: str) -> None:
    """Send every logger's records to standard error as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    _yimen.setLevel(level.upper())


def event(name: str, **fields: object) -> None:
    """Something happened that an operator may want to know."""
    if _yimen.isEnabledFor(logging.INFO):
        _yimen.info(name, extra={"fields": fields})


def warning(name: str, **fields: object) -> None:
    """Something went wrong that mends itself or waits for an operator."""
    _yimen.warning(name, extra={"fields": fields})


def failure(name: str, error: BaseException, **fields: object) -> None:
    """An unforeseen exception, by type and place."""
    _yimen.error(name, exc_info=error, extra={"fields": fields})
