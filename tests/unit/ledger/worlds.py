"""A small ledger with all its parts, for tests."""

import asyncio
from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from curtilage.core.models import Event, Sealed, TenantId
from curtilage.ledger.anchors import DirectoryAnchors
from curtilage.ledger.boxes import encode_box, encode_box_file_head, parse_boxes
from curtilage.ledger.frames import HEAD_BYTES, encode_batch, parse_batch_head, split_payload
from curtilage.ledger.models import Verdict
from curtilage.ledger.read import LedgerReader, read_segment_header
from curtilage.ledger.sequencer import Sequencer
from curtilage.ledger.verify import verify_ledger
from curtilage.ledger.writer import LedgerWriter
from tests.builders import an_event
from tests.fakes import FixedClock, FixedIds

NAME = "ledger.orchard.example"
OPENS = frozenset({"exchange.intended"})
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
SEALED = Sealed(commitment=bytes(range(32)), box=b"a box that only a key opens")


@dataclass
class World:
    """A ledger below `root`, with a clock and ids that tests foresee."""

    root: Path
    clock: FixedClock = field(default_factory=FixedClock)
    ids: FixedIds = field(default_factory=lambda: FixedIds(1_000_000))
    made: int = 0

    @property
    def ledger(self) -> Path:
        return self.root / "data" / "ledger"

    @property
    def anchors(self) -> DirectoryAnchors:
        return DirectoryAnchors(self.root / "keys" / "anchors")

    @property
    def reader(self) -> LedgerReader:
        return LedgerReader(self.ledger)

    def log(self, slot: str = "gw-0") -> Path:
        return self.ledger / "log" / slot

    def segment(self, first: int = 0, slot: str = "gw-0") -> Path:
        return self.log(slot) / f"{first:020d}.log"

    def box_file(self, first: int = 0, slot: str = "gw-0") -> Path:
        return self.log(slot) / f"{first:020d}.box"

    def writer(self, slot: str = "gw-0", **given: Any) -> LedgerWriter:
        given = {"opens": OPENS, "clock": self.clock, "ids": self.ids} | given
        return LedgerWriter.open(self.ledger, slot=slot, **given)

    def sequencer(self, **given: Any) -> Sequencer:
        given = {"key": KEY, "anchors": self.anchors, "anchor_seconds": 0.0} | given
        return Sequencer(self.ledger, name=NAME, clock=self.clock, **given)

    def events(self, count: int, *, tenants: int = 1, every_sealed: int = 0) -> list[Event]:
        """Completed exchanges, spread over tenants, each `every_sealed`-th with a sealed part."""
        made = []
        for _ in range(count):
            self.made += 1
            self.clock.advance(0.001)
            tenant = TenantId(f"tenant-{self.made % tenants}")
            is_sealed = every_sealed and self.made % every_sealed == 0
            sealed = replace(SEALED, box=b"box %d" % self.made) if is_sealed else None
            made.append(
                an_event(
                    number=self.made,
                    at=self.clock.now(),
                    kind="exchange.completed",
                    tenant=tenant,
                    facts={"bytes": self.made},
                    sealed=sealed,
                )
            )
        return made

    def write(self, events: Iterable[Event], *, slot: str = "gw-0", **given: Any) -> None:
        """Open the slot, append, close."""
        asyncio.run(self.append(list(events), slot=slot, **given))

    async def append(self, events: Sequence[Event], *, slot: str = "gw-0", **given: Any) -> None:
        writer = self.writer(slot, **given)
        try:
            await asyncio.gather(*map(writer.append, events))
        finally:
            writer.close()

    def write_batches(self, sizes: Iterable[int], *, slot: str = "gw-0", **given: Any) -> None:
        """Append batches of these sizes, each durable before the next begins."""
        shape = {name: given.pop(name) for name in ("tenants", "every_sealed") if name in given}

        async def run() -> None:
            writer = self.writer(slot, **given)
            for size in sizes:
                await asyncio.gather(*map(writer.append, self.events(size, **shape)))
            writer.close()

        asyncio.run(run())

    def sequence(self) -> None:
        """One process's life: take what is there, anchor it, end."""
        self.sequencer().close()

    def verify(self) -> Verdict:
        return verify_ledger(self.ledger, name=NAME, key=KEY.public_key(), anchors=self.anchors)

    def codes(self) -> set[str]:
        return {problem.code for problem in self.verify().problems}


def flip(path: Path, at: int, bit: int = 0) -> None:
    """Change one bit of a file; `at` may count from the end."""
    raw = bytearray(path.read_bytes())
    raw[at] ^= 1 << bit
    path.write_bytes(raw)


def change(path: Path, old: bytes, new: bytes) -> None:
    """Replace the first `old`, of the same length."""
    raw = path.read_bytes()
    assert old in raw
    assert len(old) == len(new)
    path.write_bytes(raw.replace(old, new, 1))


def batches(world: World) -> list[list[bytes]]:
    raw = world.segment().read_bytes()
    at = read_segment_header(world.segment())[1]
    found = []
    while (head := parse_batch_head(raw, at)) is not None:
        payload = raw[at + HEAD_BYTES : at + HEAD_BYTES + head.length]
        found.append(list(split_payload(payload)))
        at += HEAD_BYTES + head.length
    return found


def rewrite(world: World, batches: list[list[bytes]]) -> None:
    """Write the segment anew with right lengths and checksums, as an attacker would."""
    raw = world.segment().read_bytes()[: read_segment_header(world.segment())[1]]
    n = 0
    for batch in batches:
        raw += encode_batch(n, batch)
        n += len(batch)
    world.segment().write_bytes(raw)


def edited(raw: bytes, **changes: object) -> bytes:
    return orjson.dumps(orjson.loads(raw) | changes, option=orjson.OPT_SORT_KEYS)


def relink(batches: list[list[bytes]]) -> None:
    """Make every link right again."""
    prev = bytes(32)
    for batch in batches:
        for at, raw in enumerate(batch):
            batch[at] = edited(raw, prev=b64encode(prev).decode())
            prev = sha256(batch[at]).digest()


def boxes(world: World) -> dict[int, bytes]:
    """The sealed parts of the first segment, by record."""
    return {box.n: box.box for box in parse_boxes(world.box_file().read_bytes(), 0)}


def rewrite_boxes(world: World, frames: Iterable[tuple[int, bytes]]) -> None:
    """Write the file of sealed parts anew with right checksums, as an attacker would."""
    raw = b"".join(encode_box(n, box) for n, box in frames)
    world.box_file().write_bytes(encode_box_file_head(0) + raw)


def forget_hashes(world: World) -> None:
    """Make records as the first releases wrote them: they do not name their sealed part."""
    found = batches(world)
    for batch in found:
        for at, raw in enumerate(batch):
            fields = orjson.loads(raw)
            fields.pop("box", None)
            batch[at] = orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)
    relink(found)
    rewrite(world, found)
