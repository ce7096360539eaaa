"""Structured logs without content: one JSON object a line, fields by name only.

A message is a fixed sentence of ours; what varies stands in `extra` under a
name on the list below. An exception is logged as its type and where it came
from: its text may quote a value, so it is never written.
"""

import json
import logging
import sys
from collections.abc import Mapping
from traceback import extract_tb
from types import TracebackType
from typing import Any

from curtilage.core.clock import SystemClock, encode_instant

FIELDS = ("event", "request_id", "code", "worker", "port", "role", "count", "reason")
OURS = "curtilage"


class SilentFormatter(logging.Formatter):
    """Writes what is known to be harmless and drops the rest."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": encode_instant(SystemClock().now()),
            "level": record.levelname.lower(),
            "from": record.name,
            "message": _message(record),
        }
        line |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if record.exc_info and record.exc_info[0] is not None:
            line |= _place(record.exc_info[0], record.exc_info[2])
        return json.dumps(line)


def _message(record: logging.LogRecord) -> str:
    """Our own sentences, with numbers at most; a library's may have anything put into it."""
    if record.name.split(".")[0] != OURS:
        return "a library logged something"
    arguments = record.args
    if isinstance(arguments, tuple) and all(isinstance(each, int) for each in arguments):
        return record.getMessage()
    return str(record.msg)  # a mapping too: logging takes a lone one as the arguments by name


def _place(kind: type[BaseException], trace: TracebackType | None) -> Mapping[str, Any]:
    frames = extract_tb(trace)
    where = [
        f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames[-6:]
    ]
    return {"exception": kind.__name__, "where": where}


def set_up_logs(level: int = logging.INFO) -> None:
    """Send every log of this process through the silent formatter to stderr."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(SilentFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger(OURS).setLevel(level)
    logging.raiseExceptions = False  # a failing handler would print the record's arguments
    sys.excepthook = _hook


def _hook(kind: type[BaseException], problem: BaseException, trace: TracebackType | None) -> None:
    logging.getLogger(OURS).critical(
        "stopped by a bug", extra={"event": "bug"}, exc_info=(kind, problem, trace)
    )
