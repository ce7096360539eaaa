"""How many events a second the ledger makes durable, verifies, proves; and what they weigh.

Appending: tasks that each wait for their event before they make the next, as
gateway exchanges do, on a real directory with real syncs. Only the events' ids
are made beforehand.
"""

import asyncio
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from curtilage.core.clock import SystemClock
from curtilage.core.entropy import SystemEntropy
from curtilage.core.ids import SystemIds
from curtilage.core.models import Event, Sealed, TenantId
from curtilage.ledger.anchors import DirectoryAnchors
from curtilage.ledger.prove import prove
from curtilage.ledger.sequencer import Sequencer
from curtilage.ledger.verify import verify_ledger
from curtilage.ledger.writer import LedgerWriter

DURABLE_GATE = 20_000  # events/s with group commit
VERIFY_GATE = 100_000  # records/s on one core
EVENTS = 60_000
NAME = "bench.example"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
CLOCK = SystemClock()
IDS = SystemIds(CLOCK, SystemEntropy())


def _events(count: int, *, sealed: bool) -> list[Event]:
    part = Sealed(commitment=bytes(32), box=bytes(200)) if sealed else None
    return [
        Event(
            id=IDS.new(),
            at=CLOCK.now(),
            kind="exchange.completed",
            tenant=TenantId("orchard"),
            actor="c0ffee" * 4,
            actor_kind="service",
            purpose="assist",
            decision={"effect": "permit", "policy": "balanced@7", "reason": "policy"},
            facts={
                "intent": IDS.new(),
                "model": "model-4",
                "route": "chat",
                "counts": {"EMAIL_ADDRESS": 2, "CREDIT_CARD": 1},
                "bytes_in": 1024,
                "bytes_out": 2048,
            },
            sealed=part,
        )
        for _ in range(count)
    ]


async def _append_all(writer: LedgerWriter, events: Sequence[Event], tasks: int) -> list[float]:
    waits: list[float] = []

    async def append(share: Sequence[Event]) -> None:
        for event in share:
            begun = time.perf_counter()
            await writer.append(replace(event, at=CLOCK.now()))
            waits.append(time.perf_counter() - begun)

    await asyncio.gather(*(append(events[start::tasks]) for start in range(tasks)))
    return waits


def _measure_appending(ledger: Path, *, tasks: int, sealed: bool, count: int = EVENTS) -> float:
    events = _events(count, sealed=sealed)
    slot = f"gw-{tasks}-{int(sealed)}"
    writer = LedgerWriter.open(ledger, slot=slot, clock=CLOCK, ids=IDS, opens=frozenset())
    cpu, begun = time.process_time(), time.perf_counter()
    waits = asyncio.run(_append_all(writer, events, tasks))
    took, cpu = time.perf_counter() - begun, time.process_time() - cpu
    writer.close()
    p99 = statistics.quantiles(waits, n=100)[98]
    kind = "with sealed part" if sealed else "plain"
    print(
        f"append, {tasks:>4} waiting, {kind:<16} {count / took:>8,.0f} events/s"
        f"   {cpu / count * 1e6:5.1f} µs CPU   p50 {statistics.median(waits) * 1e3:.2f} ms"
        f"   p99 {p99 * 1e3:.2f} ms"
    )
    return count / took


def _measure_reading(root: Path) -> float:
    ledger, anchors = root / "ledger", DirectoryAnchors(root / "anchors")
    sequencer = Sequencer(ledger, name=NAME, key=KEY, clock=CLOCK, anchors=anchors)
    begun = time.perf_counter()
    sequencer.close()
    sequenced = time.perf_counter() - begun
    begun = time.process_time()
    verdict = verify_ledger(ledger, name=NAME, key=KEY.public_key(), anchors=anchors)
    rate = verdict.records / (time.process_time() - begun)
    assert verdict.holds
    print(f"sequence           {verdict.records / sequenced:>8,.0f} records/s")
    print(f"verify             {rate:>8,.0f} records/s a core ({verdict.records:,} records)")
    for part in ("log", "tree", "head"):
        files = (ledger / part).rglob("*")
        size = sum(path.stat().st_size for path in files if path.is_file())
        print(f"{part:<18} {size / verdict.records:>8.1f} bytes a record")
    return rate


def _measure_proving(ledger: Path) -> None:
    event = _events(1, sealed=False)[0]
    writer = LedgerWriter.open(ledger, slot="gw-64-0", clock=CLOCK, ids=IDS, opens=frozenset())
    begun = time.perf_counter()
    asyncio.run(_append_all(writer, [event], 1))
    writer.close()
    root = ledger.parent
    Sequencer(
        ledger, name=NAME, key=KEY, clock=CLOCK, anchors=DirectoryAnchors(root / "anchors")
    ).close()
    begun = time.perf_counter()
    text = prove(ledger, event.id, name=NAME, key=KEY.public_key())
    print(
        f"prove one record   {(time.perf_counter() - begun) * 1e3:>8.1f} ms, {len(text)} characters"
    )


def main() -> int:
    """Print the table; 1 where a gate does not hold."""
    root = Path(tempfile.mkdtemp(prefix="curtilage-bench-"))
    try:
        best = max(
            _measure_appending(root / "ledger", tasks=tasks, sealed=sealed)
            for tasks in (64, 512)
            for sealed in (False, True)
        )
        _measure_appending(root / "ledger", tasks=1, sealed=False, count=1000)
        verified = _measure_reading(root)
        _measure_proving(root / "ledger")
    finally:
        shutil.rmtree(root)
    holds = best >= DURABLE_GATE and verified >= VERIFY_GATE
    print(
        f"gates: {DURABLE_GATE:,} durable, {VERIFY_GATE:,} verified: {'hold' if holds else 'MISSED'}"
    )
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
