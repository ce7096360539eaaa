"""What a supervised process does: reads its orders, runs its role, stops cleanly.

It is called with its name, and loads what that role needs before it reads: so
all processes of a service load at the same time, though they start in turn.

Orders come as one line of JSON on stdin and hold no secret. The end of stdin
means that the supervisor is gone, however it went: then the child stops too.
It answers with `ready`, or with one line of JSON that says why it cannot start:
the supervisor tells people, or the log where the service runs already. What stops
it later it logs by itself, because nobody reads on.
"""

import asyncio
import contextlib
import gc
import json
import logging
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvloop

from curtilage.app.errors import BrokenLink
from curtilage.app.gateway_role import Orders, run_gateway
from curtilage.app.logs import set_up_logs
from curtilage.app.settings import Settings, read_settings
from curtilage.core.errors import CurtilageError
from curtilage.core.settings import environment

BUG = 70
ORPHANED = 40.0  # seconds to end in, once the supervisor is gone
COLLECT = (10_000, 20, 20)  # a request makes few cycles: look for them less often
Run = Callable[..., Awaitable[None]]
NO_ORDERS = "The orders of this process did not come; who started it is gone."
log = logging.getLogger(__name__)


def main() -> int:
    let_threads_give_way()
    name = sys.argv[1]
    run = _load(name)
    try:
        told = _read_orders()
    except BrokenLink as error:
        sys.stderr.write(f"error: {error.detail}\nhint: {error.advice}\n")
        return error.exit_code
    set_up_logs()
    return _obey(name, run, told)


def _obey(name: str, run: Run, told: Mapping[str, Any]) -> int:
    parent = Parent()
    try:
        config = Path(told["config"]) if told["config"] else None
        orders = Orders(name, config, Path(told["sockets"]))
        folder = config.parent if config else None  # what is in force is a copy of its file
        settings = read_settings(orders.in_force, environment(), told["flags"], folder=folder)
        uvloop.run(_run(run, settings, orders, parent))
    except CurtilageError as error:
        if parent.was_answered:
            extra = {"event": "process.stopped", "role": told["role"], "code": error.code}
            log.error("process stopped", extra=extra)
        else:
            parent.say_why(error)
        return error.exit_code
    except Exception:  # the last door of this process: the log says where, never with what
        log.critical("stopped by a bug", extra={"event": "bug"}, exc_info=True)
        return BUG
    return 0


def let_threads_give_way() -> None:
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


def _read_orders() -> Mapping[str, Any]:
    """Raises BrokenLink where stdin ended before they were whole."""
    try:
        orders: Mapping[str, Any] = json.loads(sys.stdin.readline())
    except ValueError:
        hint = "`curtilage serve` starts it; it is nothing to start by hand."
        raise BrokenLink(NO_ORDERS, hint=hint) from None
    return orders


@dataclass
class Parent:
    """Who gave the orders, and reads one line of what this process says."""

    was_answered: bool = False

    def say_ready(self) -> None:
        """Tell it, after setting apart what was made for good.

        The collector would walk it again and again otherwise: a third of a worker's time."""
        gc.collect()
        gc.freeze()
        gc.set_threshold(*COLLECT)
        gc.enable()  # see `__main__`
        self._answer("ready")

    def say_why(self, error: CurtilageError) -> None:
        why = {"error": error.detail, "hint": error.advice, "exit_code": error.exit_code}
        self._answer(json.dumps(why))

    def _answer(self, line: str) -> None:
        self.was_answered = True
        with contextlib.suppress(OSError):  # it is gone
            sys.stdout.write(line + "\n")
            sys.stdout.flush()


async def _run(run: Run, settings: Settings, orders: Orders, parent: Parent) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stopping.set)
    loop.add_signal_handler(
        signal.SIGINT, lambda: None
    )  # the terminal tells the whole group; the parent decides
    loop.add_reader(sys.stdin.fileno(), _watch_parent, stopping)
    await run(settings, orders, stopping, parent.say_ready)


def _watch_parent(stopping: asyncio.Event) -> None:
    """Stop where the supervisor is gone, and end in any case: nobody is left who would end us."""
    if not os.read(sys.stdin.fileno(), 1024):
        asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
        stopping.set()
        last = threading.Timer(ORPHANED, os._exit, (BUG,))
        last.daemon = True
        last.start()
