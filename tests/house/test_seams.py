"""Whatever the data plane waits for has a seam at which faults are injected."""

import inspect

from curtilage.gateway import ports
from tests.fakes.seams import SEAMS

ELSEWHERE = {  # ports of pages and jobs in the control process, not of calls
    "ExchangeReader",
    "ExchangeWriter",
    "LedgerSource",
    "OldReplies",
    "RecordFinder",
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
