"""Whatever the data plane waits for has a seam at which faults are injected."""

import inspect
import re

from curtilage.gateway import ports
from tests.fakes.seams import SEAMS
from tests.house.tree import REPOSITORY

ELSEWHERE = {  # ports of pages and jobs in the control process, not of calls
    "ExchangeReader",
    "ExchangeWriter",
    "LedgerSource",
    "OldRows",
    "RecordFinder",
    "TokenCallers",
}
AT_STOP = {"Upstream.close"}  # when a worker stops: no call waits for it
CALLER = {"ASGI receive", "ASGI send"}


def waited_for() -> set[str]:
    """Methods of ports that are awaited: coroutines, and those that give a future."""
    return {
        f"{port}.{name}"
        for port, kind in vars(ports).items()
        if inspect.isclass(kind) and kind.__module__ == ports.__name__ and port not in ELSEWHERE
        for name, method in vars(kind).items()
        if inspect.iscoroutinefunction(method)
        or "Future" in str(getattr(method, "__annotations__", {}).get("return", ""))
    }


def test_every_port_that_a_call_waits_for_is_a_seam() -> None:
    found = waited_for()
    assert found - AT_STOP == set(SEAMS) - CALLER, "cross it in tests/fakes/seams.py"
    assert found >= AT_STOP


def test_the_page_about_failures_names_every_seam() -> None:
    page = (REPOSITORY / "docs" / "explanation" / "when-things-fail.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `([^`]+)` \| [^|]+ \| ([^|]+) \|$", page, re.MULTILINE))
    assert rows == {port: ", ".join(seams) for port, seams in SEAMS.items()}
