"""What runs beside calls in a worker: its snapshot kept fresh, portions and counters told.

A snapshot that nobody confirmed for five seconds is not used: revoked keys
must not live on because a process hangs, or a node lost its database.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from curtilage.app.link import Control
from curtilage.app.snapshots import renew_tokens
from curtilage.core.clock import Clock
from curtilage.core.errors import CurtilageError
from curtilage.gateway.errors import SnapshotStale
from curtilage.gateway.meters import Meters
from curtilage.gateway.snapshot import Snapshot
from curtilage.gateway.upstream_calls import UpstreamCalls
from curtilage.gateway.uses import KeyUses
from curtilage.identity.worker_budgets import WorkerBudgets
from curtilage.identity.worker_limits import WorkerLimits

log = logging.getLogger(__name__)

STALE_AFTER = 5.0  # seconds
PAUSE = 0.2  # seconds before asking again after a failure


@contextlib.contextmanager
def going_on(role: str) -> Iterator[None]:
    """What fails inside ends this round alone: the worker needs the next one.

    A bug is logged by its place; a loop that it ended would leave a worker that
    refuses everything and looks alive."""
    try:
        yield
    except CurtilageError:
        pass
    except Exception:  # as in `running.keep_running`
        log.error("a round failed", extra={"event": "bug", "role": role}, exc_info=True)


@dataclass
class SnapshotKeeper:
    """Asks the control process for what changed, all the time."""

    control: Control
    build: Callable[[Mapping[str, Any]], Snapshot]
    clock: Clock
    changed: Callable[[Snapshot], None] = lambda snapshot: None
    _snapshot: Snapshot | None = None
    _confirmed_at: float = 0.0
    _generation: str = ""
    _task: "asyncio.Task[None] | None" = None

    def current(self) -> Snapshot:
        snapshot = self._snapshot
        if snapshot is None or self.clock.monotonic() - self._confirmed_at > STALE_AFTER:
            raise SnapshotStale
        return snapshot

    async def start(self) -> Snapshot:
        """Fetch the first snapshot, then keep it fresh in the background."""
        first = await self.refresh()
        self._task = asyncio.create_task(self._run())
        return first

    def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def refresh(self) -> Snapshot:
        asked_at = self.clock.monotonic()
        answer = await self.control.watch(self._generation)
        snapshot = self._snapshot
        if snapshot is None or answer["generation"] != self._generation:
            if snapshot is not None and "tokens" in answer and "keys" not in answer:
                snapshot = self._snapshot = renew_tokens(snapshot, answer)
            else:
                snapshot = self._snapshot = self.build(answer)
                self.changed(snapshot)
            self._generation = answer["generation"]  # last: what failed above is tried again
        self._confirmed_at = asked_at - answer["age"]
        return snapshot

    async def _run(self) -> None:
        while True:
            # After a failure still the old snapshot, until it is too old: then `current` refuses.
            is_fresh = False
            with going_on("snapshot"):
                await self.refresh()
                is_fresh = True
            if not is_fresh:
                await asyncio.sleep(PAUSE)


@dataclass
class Flusher:
    """Tells the control process what is owed by keys that nobody uses here any more."""

    portions: WorkerLimits | WorkerBudgets
    every: float = 1.0

    async def run(self) -> None:
        while True:
            await asyncio.sleep(self.every)
            with going_on("flush"):
                await self.portions.flush()


@dataclass
class MeterReporter:
    """Tells the control process this worker's counters, for `/metrics`."""

    control: Control
    worker: str
    meters: Meters
    upstream_calls: UpstreamCalls
    clock: Clock
    every: float = 1.0

    async def run(self) -> None:
        while True:
            with going_on("report"):
                await self.control.report(self.worker, self._told())
            await asyncio.sleep(self.every)

    def _told(self) -> dict[str, Any]:
        return {
            **encode_meters(self.meters),
            "upstreams": self.upstream_calls.states(),
            "health": self.upstream_calls.tell(self.clock.now()),
        }


@dataclass
class UseReporter:
    """Tells the control process which keys were used, once a minute."""

    control: Control
    uses: KeyUses
    every: float = 60.0

    async def run(self) -> None:
        while True:
            await asyncio.sleep(self.every)
            with going_on("uses"):
                await self.tell()

    async def tell(self) -> None:
        """Now. What cannot be told waits for the next time."""
        uses = self.uses.take()
        if not uses:
            return
        try:
            await self.control.note_uses(uses)
        except CurtilageError:
            self.uses.give_back(uses)
            raise


@dataclass
class UpstreamProber:
    """Asks the upstreams that name a `health_path`, each in its own time."""

    keeper: SnapshotKeeper
    upstream_calls: UpstreamCalls
    every: float = 1.0

    async def run(self) -> None:
        due: dict[str, float] = {}
        while True:
            await asyncio.sleep(self.every)
            with going_on("probe"):
                await self._probe(self.keeper.current(), due)

    async def _probe(self, snapshot: Snapshot, due: dict[str, float]) -> None:
        now = self.keeper.clock.monotonic()
        asked = [
            name
            for name, upstream in snapshot.upstreams.items()
            if upstream.health_path and due.get(name, 0.0) <= now
        ]
        due.update({name: now + snapshot.upstreams[name].health_every for name in asked})
        await asyncio.gather(*(self.upstream_calls.probe(snapshot, name) for name in asked))


def encode_meters(meters: Meters) -> dict[str, Any]:
    return {
        "counts": dict(meters.counts),
        "overhead": list(meters.overhead),
        "overhead_sum": meters.overhead_sum,
        "active": meters.active,
    }
