"""A process that appends until it is killed, and prints each id once it is acknowledged.

Run as `python appender.py <ledger> <workers>`, and with the address of a database to
append there; pytest never collects it.
"""

import asyncio
import os
import sys
from pathlib import Path

from curtilage.core.clock import SystemClock
from curtilage.core.entropy import SystemEntropy
from curtilage.core.ids import SystemIds
from curtilage.core.models import Event, Sealed, TenantId
from curtilage.ledger.keeping.build import build_keeping
from curtilage.ledger.keeping.logs import WORKERS
from curtilage.ledger.settings import IN_STORE, LedgerSettings
from curtilage.ledger.writer import LedgerWriter

CLOCK = SystemClock()
IDS = SystemIds(CLOCK, SystemEntropy())
OPENS = frozenset({"exchange.intended"})
SEALED = Sealed(commitment=bytes(32), box=b"sealed" * 9)


def _event(kind: str, number: int, intent: str = "") -> Event:
    return Event(
        id=IDS.new(),
        at=CLOCK.now(),
        kind=kind,
        tenant=TenantId(f"tenant-{number % 2}"),
        facts={"intent": intent} if intent else {"bytes": number},
        sealed=SEALED if number % 3 == 0 else None,
    )


async def _exchange(writer: LedgerWriter) -> None:
    number = 0
    while True:
        number += 1
        intent = _event("exchange.intended", number)
        await writer.append(intent)
        outcome = _event("exchange.completed", number, intent.id)
        os.write(1, f"{intent.id}\n".encode())
        await writer.append(outcome)
        os.write(1, f"{outcome.id}\n".encode())


def _open(ledger: Path, url: str) -> LedgerWriter:
    if url:
        settings = LedgerSettings(log=IN_STORE)
        keeping = build_keeping(settings, ledger, url=url, clock=CLOCK, ids=IDS)
        return keeping.writer(WORKERS, process="gw-0", opens=OPENS)
    return LedgerWriter.open(
        ledger, slot="gw-0", clock=CLOCK, ids=IDS, opens=OPENS, segment_bytes=40_000
    )


async def _main(ledger: Path, workers: int, url: str = "") -> None:
    writer = _open(ledger, url)
    await asyncio.gather(*(_exchange(writer) for _ in range(workers)))


if __name__ == "__main__":
    asyncio.run(_main(Path(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:]))
