"""Starts one control process and the gateway workers, and watches them.

A child that dies is started again, slower each time; one that never comes up
stops the service. Told to stop, workers finish their streams first and the
control process goes last, because it writes the last anchor.
"""

import asyncio
import contextlib
import json
import logging
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from curtilage.app.configuration import keep_text
from curtilage.app.errors import ChildFailed
from curtilage.app.serving import claim_port
from curtilage.app.settings import Settings
from curtilage.app.tls import check_tls
from curtilage.core.settings import read_text

READY = b"ready\n"
BUG = 70
PROGRAM = (sys.executable, "-m", "curtilage.app")
START_SECONDS = 60.0
BACKOFF = (0.2, 0.5, 1.0, 2.0, 5.0)
STEADY = 30.0  # seconds of being ready after which a crash counts as the first again
log = logging.getLogger(__name__)


@dataclass
class Child:
    """One process: what it was told, and how often it failed of late."""

    name: str
    orders: Mapping[str, Any]
    program: Sequence[str] = PROGRAM
    process: asyncio.subprocess.Process | None = None
    patience: float = START_SECONDS
    failures: int = 0
    ready_at: float | None = None  # None until it said so: hanging at the start is no steady life

    async def launch(self) -> None:
        """Let it load its code; it begins when `start` gives it its orders."""
        self.process = await asyncio.create_subprocess_exec(
            *self.program, self.name,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, start_new_session=True,
        )  # fmt: skip

    async def start(self) -> None:
        """Start it and wait until it says that it is ready. Raises ChildFailed."""
        self.ready_at = None
        if self.process is None or self.process.returncode is not None:
            await self.launch()
        assert self.process and self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps(self.orders).encode() + b"\n")
        # stdin stays open: when this process dies, the child reads the end of it and stops.
        try:
            line = await asyncio.wait_for(self.process.stdout.readline(), self.patience)
        except TimeoutError:
            self.process.kill()
            raise ChildFailed(f"The {self.name} process did not become ready in time.") from None
        if line != READY:
            raise _read_failure(self.name, line, await self.process.wait())
        self.ready_at = asyncio.get_running_loop().time()

    def was_ready_for(self) -> float:
        """Seconds since it said that it is ready; 0 where it never did."""
        now = asyncio.get_running_loop().time()
        return 0.0 if self.ready_at is None else now - self.ready_at

    def tell(self, number: signal.Signals) -> None:
        if self.process is not None and self.process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(number)

    async def stop(self, patience: float) -> None:
        self.tell(signal.SIGTERM)
        if self.process is not None:
            try:
                await asyncio.wait_for(self.process.wait(), patience)
            except TimeoutError:
                self.process.kill()
                await self.process.wait()


def _read_failure(name: str, line: bytes, code: int) -> ChildFailed:
    """Why a child did not start: what it said, or how it went where it said nothing."""
    if line:
        said = json.loads(line)
        return ChildFailed(said["error"], hint=said["hint"], exit_code=said["exit_code"])
    detail = f"The {name} process stopped while starting (code {code})."
    return ChildFailed(detail, exit_code=BUG) if code == BUG else ChildFailed(detail)


@dataclass
class Supervisor:
    """All processes of one service."""

    settings: Settings
    config: Path | None
    flags: Mapping[str, Any]
    backoff: Sequence[float] = BACKOFF
    steady: float = STEADY
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _sockets: Path | None = None

    async def run(self, announce: Any = lambda: None) -> None:
        """Serve until told to stop. `announce` is called once everything is up."""
        server = self.settings.server
        with claim_port(server.host, server.port):
            await self._run(announce)

    async def _run(self, announce: Any) -> None:
        server = self.settings.server
        check_tls(server.tls_cert, server.tls_key)
        self._sockets = Path(tempfile.mkdtemp(prefix="curtilage-"))
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stopping.set)
        control = Child("control", self._orders("control", 0))
        workers = [
            Child(f"gateway-{index}", self._orders("gateway", index))
            for index in range(server.workers)
        ]
        try:
            if self.config:  # the processes read what is in force, whenever they start
                keep_text(self._sockets / self.config.name, read_text(self.config))
            for child in (control, *workers):
                await child.launch()  # side by side: loading takes longer than starting
            await control.start()
            await asyncio.gather(*(worker.start() for worker in workers))
            announce()
            await self._watch([control, *workers])
        finally:
            drain = self.settings.gateway.drain_timeout + 5
            await asyncio.gather(*(worker.stop(drain) for worker in workers))
            await control.stop(30)
            shutil.rmtree(self._sockets, ignore_errors=True)

    def stop(self) -> None:
        self._stopping.set()

    def _orders(self, role: str, index: int) -> dict[str, Any]:
        return {
            "role": role,
            "index": index,
            "config": str(self.config.absolute()) if self.config else None,
            "flags": {
                name: str(value) if isinstance(value, Path) else value
                for name, value in self.flags.items()
            },
            "sockets": str(self._sockets),
            "parent": os.getpid(),
        }

    async def _watch(self, children: list[Child]) -> None:
        stopping = asyncio.create_task(self._stopping.wait())
        tending = [asyncio.create_task(self._tend(child)) for child in children]
        try:
            done, _ = await asyncio.wait([stopping, *tending], return_when=asyncio.FIRST_COMPLETED)
            for task in done - {stopping}:
                await task
        finally:
            for task in (stopping, *tending):
                task.cancel()

    async def _tend(self, child: Child) -> None:
        """Start `child` again whenever it dies. Returns only by an error."""
        while True:
            assert child.process is not None
            await child.process.wait()
            child.failures = 1 if child.was_ready_for() > self.steady else child.failures + 1
            if child.failures > len(self.backoff):
                raise ChildFailed(f"The {child.name} process keeps dying; its log says why.")
            await asyncio.sleep(self.backoff[child.failures - 1])
            try:
                await child.start()
            except ChildFailed as failure:  # the service goes on: nobody else tells why
                log.error(
                    "process not started",
                    extra={
                        "event": "process.not-started", "role": child.name, "reason": failure.detail,
                    },
                )  # fmt: skip
