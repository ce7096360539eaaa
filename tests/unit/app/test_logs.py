"""Logs say what happened and where; nothing that a person wrote is ever in them."""

import json
import logging
import subprocess
import sys
from typing import Any

import pytest

from curtilage.app.logs import SilentFormatter

ADA = "ada@orchard.example"


def line(name: str, message: str, *args: Any, **more: Any) -> dict[str, Any]:
    record = logging.LogRecord(name, logging.ERROR, "x.py", 1, message, args, more.get("exc"))
    record.__dict__.update(more.get("extra", {}))
    found: dict[str, Any] = json.loads(SilentFormatter().format(record))
    return found


def test_our_sentence_and_the_fields_of_the_list_are_written() -> None:
    written = line("curtilage.app.control", "job failed", extra={"event": "bug", "role": "watch"})
    assert (written["level"], written["from"]) == ("error", "curtilage.app.control")
    assert (written["message"], written["event"], written["role"]) == ("job failed", "bug", "watch")
    assert written["time"].endswith("Z")


def test_a_field_that_is_not_on_the_list_is_dropped() -> None:
    assert ADA not in json.dumps(line("curtilage.gateway", "sent", extra={"prompt": ADA}))


@pytest.mark.parametrize("argument", [ADA, [ADA], {"to": ADA}])
def test_only_numbers_are_put_into_a_sentence(argument: Any) -> None:
    assert line("curtilage.ledger", "%d records", 3)["message"] == "3 records"
    assert ADA not in json.dumps(line("curtilage.ledger", "sent %s", argument))


def test_a_library_may_have_put_anything_into_its_message() -> None:
    assert ADA not in json.dumps(line("asyncio", f"cannot send to {ADA}"))


def test_an_exception_is_its_type_and_place_and_not_its_text() -> None:
    try:
        raise ValueError(f"cannot read {ADA}")
    except ValueError:
        written = line("curtilage.gateway", "stopped", exc=sys.exc_info())
    assert written["exception"] == "ValueError"
    assert written["where"][-1].startswith("test_logs.py:")
    assert ADA not in json.dumps(written)


BREAKS = f"""
import logging
from curtilage.app.logs import set_up_logs
set_up_logs()
logging.getLogger("curtilage").info("started")
logging.getLogger("curtilage").info("%d", "{ADA}")
raise RuntimeError("{ADA}")
"""


def test_what_stops_a_process_is_logged_the_same_way() -> None:
    done = subprocess.run(
        [sys.executable, "-c", BREAKS], capture_output=True, text=True, check=False
    )
    lines = [json.loads(text) for text in done.stderr.splitlines()]
    assert lines[0]["message"] == "started"
    assert (lines[-1]["event"], lines[-1]["exception"]) == ("bug", "RuntimeError")
    assert ADA not in done.stderr
    assert done.returncode == 1
