"""Log lines as JSON objects with a fixed set of keys: what is not on the list cannot be written."""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from functools import lru_cache
from typing import IO

KEYS = frozenset(
    {
        "address", "batch", "bytes_in", "check", "code", "count", "error", "event", "level", "logger", "method",
        "milliseconds", "port", "principal", "request_id", "route", "site", "status", "time",
        "where", "worker", "workers",
    }
)  # fmt: skip
_HARMLESS = re.compile(r"[\w.:/{}*@+, -]{0,200}", re.ASCII)
_FILLED_IN = re.compile(r"%[-\d.]*[a-z]")
_ENCODER = json.JSONEncoder(separators=(",", ":"))
_SERVER = "uvicorn.error"
_LOGGER = logging.getLogger("eligibility.service")

Value = str | int | float | bool | None


def log(event: str, level: int = logging.INFO, **fields: Value) -> None:
    """Write one line. A patient's value is no field's value: pass names, codes and counts."""
    if level >= _LOGGER.level:
        _handle(event, level, fields)


def _handle(event: str, level: int, fields: dict[str, Value]) -> None:
    # Made by hand: finding out which function called takes as long as all the rest of a line.
    record = logging.LogRecord(_LOGGER.name, level, "", 0, event, None, None)
    record.fields = fields
    _LOGGER.handle(record)


def log_fault(event: str, error: BaseException, **fields: Value) -> None:
    """Write that something failed: what kind of error and where in the code, never its message."""
    log(event, logging.ERROR, error=type(error).__name__, where=_where(error), **fields)


def _where(error: BaseException) -> str:
    """The innermost place in the code; messages and variables of an error may hold values."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "/site-packages/" not in frame.filename] or frames
    if not ours:
        return ""
    path = ours[-1].filename.replace("\\", "/").split("/")
    return f"{'/'.join(path[-2:])}:{ours[-1].lineno}"


class JsonFormatter(logging.Formatter):
    """One JSON object per line, whoever wrote it."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record."""
        line: dict[str, Value] = {
            "time": _time(record.created),
            "level": record.levelname.lower(),
            "event": record.msg if record.name == _LOGGER.name else _foreign(record),
        }
        if record.name != _LOGGER.name:
            line["logger"] = record.name
        fields: dict[str, Value] = getattr(record, "fields", {})
        line |= {key: _checked(value) for key, value in fields.items() if key in KEYS}
        if record.exc_info and record.exc_info[1] is not None:
            line |= {
                "error": type(record.exc_info[1]).__name__,
                "where": _where(record.exc_info[1]),
            }
        return _ENCODER.encode(line)


def _time(seconds: float) -> str:
    whole, part = divmod(seconds, 1)
    return f"{_second(int(whole))}.{int(part * 1000):03d}Z"


@lru_cache(maxsize=2)
def _second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _foreign(record: logging.LogRecord) -> str:
    """What another library says: only the web server's fixed texts, never what is filled into them."""
    if record.name == _SERVER and isinstance(record.msg, str):
        return _FILLED_IN.sub("*", record.msg.strip().split("\n")[0])
    return "message_of_a_library"


def _checked(value: Value) -> Value:
    if isinstance(value, str) and not _HARMLESS.fullmatch(value):
        return "?"
    return value


def set_up_logs(level: str, stream: IO[str] | None = None) -> None:
    """Send every logger of this process through the one formatter."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    _LOGGER.setLevel(level.upper())
    for name in list(logging.Logger.manager.loggerDict):
        logging.getLogger(name).handlers.clear()
    server = logging.getLogger(_SERVER)
    server.setLevel(level.upper())
    # The server's access log writes paths and queries; ours writes routes.
    logging.getLogger("uvicorn.access").disabled = True
    for name in ("uvicorn", _SERVER):
        logging.getLogger(name).propagate = True
