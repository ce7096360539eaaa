"""The appending side of the ledger, for one event loop.

`append` stamps, numbers and encodes on the loop, about ten microseconds; one
thread writes what has gathered as one batch, with one sync of the log and one
of the box file before it where a part is sealed, and resolves all of its
futures with one call into the loop. Each record names the hash of the one
before, so when a batch fails, all that was queued behind it fails too.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from threading import Condition, Thread

from curtilage.core.clock import Clock
from curtilage.core.entropy import SystemEntropy
from curtilage.core.ids import Ids, SystemIds
from curtilage.core.models import Event
from curtilage.ledger.commitlog import SEGMENT_BYTES, CommitLog
from curtilage.ledger.disk import Sync, sync_data
from curtilage.ledger.entries import Entry
from curtilage.ledger.errors import LedgerUnavailable
from curtilage.ledger.intents import close_unknown, step_back_event
from curtilage.ledger.layout import check_name
from curtilage.ledger.ports import Commits
from curtilage.ledger.record import encode_record, parse_record
from curtilage.ledger.timeline import Timeline
from curtilage.ledger.waiting import Waiting, resolve_all

QUEUE_LIMIT = 16_384  # events that wait for the disk; more and nobody is served by waiting
QUEUE_BYTES = 64 * 1024 * 1024
BATCH_BYTES = 4 * 1024 * 1024  # one batch is one write and one checksum
STOPPED = "The ledger stopped on a fault of its own."
MOVED = "The ledger went on in another place."
KEEP_SECONDS = 1.0  # without a write, until the log is asked to hold on to its slot
STALL_SECONDS = 10.0  # a write that takes longer is an outage (a hung mount), not a slow disk

Unknown = Callable[[Event], Event]
log = logging.getLogger(__name__)


class LedgerWriter:
    """Appends to one slot. Made by `open`; used from one event loop at a time."""

    unfinished: tuple[Event, ...]
    """The intents that were open at the last stop; each is closed by now."""
    _slot: str
    _n: int
    _prev: bytes

    def __init__(
        self, commits: Commits, *, clock: Clock, ids: Ids, unknown: Unknown | None
    ) -> None:
        self._log = commits
        self._clock = clock
        self._ids = ids
        self._unknown = unknown
        self._ready = Condition()
        self._queue: deque[Waiting] = deque()
        self._queued_bytes = 0
        self._writing_since: float | None = None
        self._closing = self._is_closed = False
        self._has_failed = False  # by a bug: nothing is written any more, until a restart
        self._waking: asyncio.AbstractEventLoop | None = None
        self._tenants: set[str] = set()
        self._timeline = Timeline(commits.tail.time)
        self._owed: tuple[Event, ...] = ()  # intents whose closing could not be written yet
        self._follow_log()
        self.unfinished = ()
        self._thread = Thread(target=self._run, name=f"ledger-{self._slot}", daemon=True)

    @classmethod
    def open(
        cls,
        directory: Path,
        *,
        slot: str,
        clock: Clock,
        opens: frozenset[str],
        unknown: Unknown | None = None,
        ids: Ids | None = None,
        segment_bytes: int = SEGMENT_BYTES,
        sync: Sync = sync_data,
    ) -> "LedgerWriter":
        """Lease `slot` below `directory`, recover it, and close what a crash left open.

        Raises SlotInUse, LedgerTampered, or LedgerUnavailable. `unknown` makes
        the event that closes an intent; without it, `<stem>.unknown`.
        """
        commits = CommitLog(
            directory, slot=slot, opens=opens, segment_bytes=segment_bytes, sync=sync
        )
        return cls.over(commits, clock=clock, unknown=unknown, ids=ids)

    @classmethod
    def over(
        cls,
        commits: Commits,
        *,
        clock: Clock,
        unknown: Unknown | None = None,
        ids: Ids | None = None,
    ) -> "LedgerWriter":
        """Write to a log that was opened. On an error it is closed again."""
        ids = ids or SystemIds(clock, SystemEntropy())
        try:
            writer = cls(commits, clock=clock, ids=ids, unknown=unknown)
            writer._close_unfinished()
        except BaseException:  # whatever ended it, the slot must be free again
            commits.close()
            raise
        writer._thread.start()
        return writer

    def _close_unfinished(self) -> None:
        self.unfinished = _events(self._log.tail.open.values())
        closings = self._encode_closings(self.unfinished)
        if closings:
            self._log.write(closings)

    def _encode_closings(self, intents: Sequence[Event]) -> list[Entry]:
        """Give each intent an end that nobody knows."""
        closings = [
            self._unknown(intent)
            if self._unknown is not None
            else close_unknown(intent, id=self._ids.new(), at=self._clock.now())
            for intent in intents
        ]
        return [self._encode(closing, self._clock.now()) for closing in closings]

    @property
    def is_available(self) -> bool:
        """False while a write takes too long, and once the log's files are not its own.

        A full queue or disk shows on `append`: both go by, and only trying tells when.
        """
        since = self._writing_since
        stalled = since is not None and self._clock.monotonic() - since >= STALL_SECONDS
        return not stalled and not self._has_failed and not self._log.is_broken

    @property
    def waiting(self) -> int:
        """How many events wait for the disk now."""
        return len(self._queue)

    def append(self, event: Event) -> "asyncio.Future[None]":
        """Record `event`; the future is done when it is durable.

        It fails with LedgerUnavailable when it cannot be made durable. A caller
        that stops waiting does not take the event back.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        with self._ready:
            refusal = self._refusal()
            if refusal:
                future.set_exception(LedgerUnavailable(refusal))
                return future
            now = self._clock.now()
            behind = self._timeline.step_back(now)
            if behind is not None:
                seconds = int(behind.total_seconds())
                notice = step_back_event(self._ids, at=now, tenant=event.tenant, seconds=seconds)
                self._queue_up(notice, now, loop.create_future())
            self._queue_up(event, now, future)
        if self._waking is not loop:
            self._waking = loop
            loop.call_soon(self._wake)
        return future

    def _wake(self) -> None:
        """Wake the thread, once for all that was appended in this turn of the loop.

        It takes Python's lock for every system call, so it should find a batch."""
        self._waking = None
        with self._ready:
            self._ready.notify()

    def _refusal(self) -> str:
        if self._has_failed:
            return STOPPED
        if self._closing:
            return "The ledger is closed."
        if len(self._queue) >= QUEUE_LIMIT or self._queued_bytes >= QUEUE_BYTES:
            return "The queue to the ledger is full."
        if self.is_available or self._log.is_broken:  # a broken log says itself what is wrong
            return ""
        return "The ledger's disk does not answer."

    def _queue_up(self, event: Event, now: datetime, future: "asyncio.Future[None]") -> None:
        entry = self._encode(event, now)
        self._queue.append(Waiting(entry, future))
        self._queued_bytes += len(entry.raw)

    def _encode(self, event: Event, now: datetime) -> Entry:
        """Give `event` its place. Must hold the lock once the thread runs."""
        if event.tenant not in self._tenants:
            self._tenants.add(check_name(event.tenant, "tenant id"))
        time = self._timeline.stamp(event.at, now)
        raw = encode_record(event, writer=self._slot, n=self._n, prev=self._prev, time=time)
        digest = sha256(raw).digest()
        self._n, self._prev = self._n + 1, digest
        return Entry(
            raw=raw,
            box=event.sealed.box if event.sealed is not None else None,
            id=event.id,
            kind=event.kind,
            tenant=event.tenant,
            intent=event.facts.get("intent"),
            hash=digest,
            time=time,
        )

    def _follow_log(self) -> None:
        """Number from the last durable record on."""
        tail, self._slot = self._log.tail, self._log.slot
        self._n, self._prev, self._timeline.last = tail.n, tail.prev, tail.time

    def _run(self) -> None:
        while (batch := self._next_batch()) is not None:
            if not batch:
                self._keep()
                continue
            error = self._write([waiting.entry for waiting in batch])
            if error is not None:
                batch += self._drop_queue()
            self._writing_since = None
            resolve_all(batch, error)
            if error is not None:
                self._keep()

    def _next_batch(self) -> list[Waiting] | None:
        """What has gathered, up to the limit; None when closed and drained."""
        with self._ready:
            if not self._queue and not self._closing:
                self._ready.wait(KEEP_SECONDS)
            if not self._queue:
                return None if self._closing else []
            batch, size = [], 0
            while self._queue and size < BATCH_BYTES:
                batch.append(self._queue.popleft())
                size += len(batch[-1].entry.raw)
            self._queued_bytes -= size
            self._writing_since = self._clock.monotonic()
            return batch

    def _keep(self) -> None:
        """Hold on to the slot; where the log goes on elsewhere, follow it there."""
        self._writing_since = self._clock.monotonic()  # a store that hangs hangs here too
        try:
            abandoned = self._log.keep()
        except Exception as bug:  # noqa: BLE001 - as in `_write`
            self._stop(bug)
            return
        finally:
            self._writing_since = None
        if abandoned is not None:
            self._owed += _events(abandoned)
        if abandoned is not None or self._owed:
            self._resume()

    def _resume(self) -> None:
        """Number from the log's tail on, and close first what nobody waits for."""
        with self._ready:  # whatever is appended from now on follows the closings
            dropped = self._drop()
            closings = self._encode_closings(self._owed)
        resolve_all(dropped, LedgerUnavailable(MOVED))
        error = self._write(closings) if closings else None
        if error is None:
            self._owed = ()
        else:
            resolve_all(self._drop_queue(), error)

    def _write(self, entries: Sequence[Entry]) -> LedgerUnavailable | None:
        try:
            self._log.write(entries)
        except LedgerUnavailable as error:
            return error
        except Exception as bug:  # noqa: BLE001 - nobody may wait for ever
            return self._stop(bug)
        return None

    def _stop(self, bug: Exception) -> LedgerUnavailable:
        log.error("ledger writer stopped", extra={"event": "bug", "code": type(bug).__name__})
        self._closing = self._has_failed = True
        return LedgerUnavailable(STOPPED)

    def _drop_queue(self) -> list[Waiting]:
        """Take back the numbers of all that was to follow a failed batch."""
        with self._ready:
            return self._drop()

    def _drop(self) -> list[Waiting]:
        dropped = list(self._queue)
        self._queue.clear()
        self._queued_bytes = 0
        self._follow_log()
        return dropped

    def close(self) -> None:
        """Write what is queued, then give the slot back. May be called twice."""
        with self._ready:
            if self._is_closed:
                return
            self._closing = self._is_closed = True
            self._ready.notify()
        self._thread.join()
        self._log.close()


def _events(raws: Iterable[bytes]) -> tuple[Event, ...]:
    return tuple(parse_record(raw).event for raw in raws)
