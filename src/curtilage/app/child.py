"""The entry of a supervised process: reads its orders, runs its role, stops cleanly.

It is called with its name, and loads what that role needs before it reads: so
all processes of a service load at the same time, though they start in turn.

Orders come as one line of JSON on stdin and hold no secret. The end of stdin
means that the supervisor is gone, however it went: then the child stops too.
It answers with `ready`, or with one line of JSON that says why it cannot start.
"""

import asyncio
import contextlib
import gc
import json
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import uvloop

from curtilage.app.gateway_role import Orders, run_gateway
from curtilage.app.logs import set_up_logs
from curtilage.app.settings import Settings, read_settings
from curtilage.core.errors import CurtilageError
from curtilage.core.settings import environment

BUG = 70
COLLECT = (10_000, 20, 20)  # a request makes few cycles: look for them less often
Run = Callable[..., Awaitable[None]]
log = logging.getLogger("curtilage.app.child")  # its own name is `__main__`


def main() -> int:
    _give_way()
    name = sys.argv[1]
    run = _load(name)
    told = json.loads(sys.stdin.readline())
    set_up_logs()
    try:
        config = Path(told["config"]) if told["config"] else None
        orders = Orders(name, config, Path(told["sockets"]))
        settings = read_settings(orders.in_force, environment(), told["flags"])
        uvloop.run(_run(run, settings, orders))
    except CurtilageError as error:
        extra = {"event": "process.stopped", "role": told["role"], "code": error.code}
        log.error("process stopped", extra=extra)
        _say({"error": error.detail, "hint": error.advice, "exit_code": error.exit_code})
        return error.exit_code
    except Exception:  # the last door of this process: the log says where, never with what
        log.critical("stopped by a bug", extra={"event": "bug"}, exc_info=True)
        return BUG
    return 0


def _give_way() -> None:
    """Let a thread that wakes up wait for the one at work, instead of taking its processor.

    The server's, the ledger's and the loop's threads wake each other several times a
    call; where they share a core, that cost a sixth of its time. sched(7), SCHED_BATCH:
    no lower priority, and on an idle core no later.
    """
    if hasattr(os, "sched_setscheduler"):
        with contextlib.suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))


def _load(name: str) -> Run:
    if name != "control":
        return run_gateway
    from curtilage.app.roles import run_control  # noqa: PLC0415  # a worker has no need of it

    return run_control


async def _run(run: Run, settings: Settings, orders: Orders) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stopping.set)
    loop.add_signal_handler(
        signal.SIGINT, lambda: None
    )  # the terminal tells the whole group; the parent decides
    loop.add_reader(sys.stdin.fileno(), _watch_parent, stopping)
    await run(settings, orders, stopping, _say_ready)


def _watch_parent(stopping: asyncio.Event) -> None:
    if not os.read(sys.stdin.fileno(), 1024):
        asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
        stopping.set()


def _say_ready() -> None:
    """Tell the supervisor, after setting apart what was made for good.

    The collector would walk it again and again otherwise: a third of a worker's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT)
    sys.stdout.write("ready\n")
    sys.stdout.flush()


def _say(why: Mapping[str, Any]) -> None:
    with contextlib.suppress(OSError):  # nobody listens any more
        sys.stdout.write(json.dumps(why) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
