"""What the door refused, counted in memory and recorded in sums.

One record per refusal would let anybody fill the disk and slow those who sign in; none would
hide an attack. So what is refused is counted by kind: the route, the code, and the registered
app where one is known. A kind is told of within a second of its first refusal, then once a
minute at most, all that are due in one `request.refused`. Beside it stand the Events of use
cases that know more (`session.failed`, `refresh_token.reused`); nothing here holds a value.
Of a process that is killed, what a minute counted is lost; one that is stopped writes it.
"""

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from curtilage.core.canonical import Json
from curtilage.core.clock import Clock
from curtilage.core.db import outbox
from curtilage.core.db.engine import Database
from curtilage.core.errors import CurtilageError
from curtilage.core.ids import Ids
from curtilage.core.models import Event, TenantId
from curtilage.core.refusal import Refusal

REFUSED = "request.refused"
EVERY = 1.0  # seconds between two looks, and so until a new kind is told of
AGAIN = 60.0  # seconds until a kind is told of once more
MOST = 256  # kinds at a time: far more than all routes refuse in an hour, few enough for a record


class Refused(NamedTuple):
    """A kind of refusal."""

    at: str
    code: str
    client: str = ""


OTHERS = Refused("others", "others")  # whatever comes when the table is full


@dataclass(slots=True)
class _Row:
    waiting: int = 0
    told_at: float | None = None


@dataclass(slots=True)
class Tally:
    """Counts by kind, and which of them are due. Pure; `now` is in seconds of one clock."""

    most: int = MOST
    _rows: dict[Refused, _Row] = field(default_factory=dict)

    def count(self, kind: Refused, number: int = 1) -> None:
        """One more; under `OTHERS` where the table is full."""
        if kind not in self._rows and len(self._rows) >= self.most:
            kind = OTHERS
        self._rows.setdefault(kind, _Row()).waiting += number

    def take(self, now: float, *, everything: bool = False) -> dict[Refused, int]:
        """The counts that are due, which from here on are told; forgets kinds that are over."""
        due = {
            kind: row.waiting
            for kind, row in self._rows.items()
            if row.waiting and (everything or not _is_fresh(row, now))
        }
        for kind in due:
            self._rows[kind] = _Row(told_at=now)
        self._rows = {
            kind: row for kind, row in self._rows.items() if row.waiting or _is_fresh(row, now)
        }
        return due

    def give_back(self, counts: Mapping[Refused, int]) -> None:
        """They could not be told: they are due again at once."""
        for kind, number in counts.items():
            row = self._rows.setdefault(kind, _Row())
            row.waiting, row.told_at = row.waiting + number, None


@dataclass(slots=True)
class RefusalCounts:
    """A Job beside the door: `count` within requests, Events from `run`."""

    database: Database
    tenant: TenantId
    clock: Clock
    ids: Ids
    name: str = "record-refusals"
    _tally: Tally = field(default_factory=Tally)

    def count(self, at: str, refusal: Refusal) -> None:
        self._tally.count(Refused(at, refusal.code, refusal.client))

    async def run(self) -> None:
        """Look now and then; when it is cancelled, write what is left."""
        try:
            while True:
                await asyncio.sleep(EVERY)
                await self.write()
        except asyncio.CancelledError:
            with contextlib.suppress(CurtilageError):
                await self.write(everything=True)
            raise

    async def write(self, *, everything: bool = False) -> None:
        """One Event of all that is due. What cannot be written is kept for later."""
        counts = self._tally.take(self.clock.monotonic(), everything=everything)
        if not counts:
            return
        event = describe(counts, self.ids.new(), self.clock, self.tenant)
        keeping = asyncio.get_running_loop().create_task(self._keep(event))
        try:
            await asyncio.shield(keeping)
        except BaseException:  # a failure that is told of by whoever runs this, or the end
            await asyncio.wait([keeping])  # cut off while it commits, it would be told of twice
            if keeping.cancelled() or keeping.exception() is not None:
                self._tally.give_back(counts)
            raise

    async def _keep(self, event: Event) -> None:
        async with self.database.begin() as connection:
            await outbox.record(connection, event)


def describe(counts: Mapping[Refused, int], event_id: str, clock: Clock, tenant: TenantId) -> Event:
    """The Event. Nobody acted: who was refused was not known, or does not matter here."""
    rows: list[Json] = [
        {"at": kind.at, "code": kind.code, "count": number, **_client(kind)}
        for kind, number in sorted(counts.items())
    ]
    facts: dict[str, Json] = {"count": sum(counts.values()), "refused": rows}
    return Event(id=event_id, at=clock.now(), kind=REFUSED, tenant=tenant, facts=facts)


def _client(kind: Refused) -> dict[str, Json]:
    return {"client": kind.client} if kind.client else {}


def _is_fresh(row: _Row, now: float) -> bool:
    """Told of less than a minute ago; a clock that goes back does not silence a kind."""
    return row.told_at is not None and 0 <= now - row.told_at < AGAIN
