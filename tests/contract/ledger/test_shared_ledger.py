"""Several nodes over one ledger in PostgreSQL: each has a copy, and one signs."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import make_url

from curtilage.core.clock import SystemClock
from curtilage.core.db.engine import Database, open_database
from curtilage.core.db.leases import Leases
from curtilage.core.lease import Lease
from curtilage.core.models import TenantId
from curtilage.ledger.adapters.postgreslogs import PostgresLogs
from curtilage.ledger.adapters.postgresstore import PostgresStore
from curtilage.ledger.checkpoints import Checkpoints
from curtilage.ledger.errors import LedgerTampered, RollbackDetected
from curtilage.ledger.head import Pending
from curtilage.ledger.keeping.logs import LedgerKeeping
from curtilage.ledger.moving import move_in
from curtilage.ledger.origins import Origins
from curtilage.ledger.retention import Plan
from curtilage.ledger.retentionrun import Pruner
from curtilage.ledger.sequencer import Sequencer
from curtilage.ledger.writer import LedgerWriter
from tests.ledger_rows import Store, entry, open_postgres, take
from tests.tcp import TCPProxy, proxying
from tests.unit.ledger.worlds import KEY, NAME, World

pytestmark = pytest.mark.postgres


@dataclass
class Node:
    """A data directory of its own. It signs while it has `lease`."""

    world: World
    store: Store
    lease: Lease | None = None
    sequencer: Sequencer = field(init=False)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        shared = PostgresStore(self.store.url, lambda: self.lease)
        self.sequencer = self.world.sequencer(shared=shared)

    def step(self) -> int:
        return self.sequencer.step(anchor=True)

    def files(self) -> dict[str, bytes]:
        """All that others may read of this node's copy."""
        ledger = self.world.ledger
        return {
            str(path.relative_to(ledger)): path.read_bytes()
            for path in sorted(ledger.rglob("*"))
            if path.is_file() and not path.name.endswith("lease")
        }


@pytest.fixture
async def leases(store: Store, tmp_path: Path) -> AsyncIterator[Leases]:
    database: Database = open_database(store.url, tmp_path)
    yield Leases(database)
    await database.close()


@pytest.fixture
def nodes(store: Store, tmp_path: Path) -> Iterator[tuple[Node, Node]]:
    pair = (Node(World(tmp_path / "one"), store), Node(World(tmp_path / "other"), store))
    yield pair
    for node in pair:
        with suppress(RollbackDetected):  # some tests leave a store that nobody may go on with
            node.sequencer.close()


async def sign_at(leases: Leases, node: Node, before: Node | None = None) -> None:
    """Let `node` sign from now on."""
    if before is not None and before.lease is not None:
        await leases.give_back(before.lease)
    node.lease = await leases.take("sequencer", holder="a node")
    assert node.lease is not None


@contextmanager
def writing(store: Store, world: World, slot: str = "g-0001") -> Iterator[LedgerWriter]:
    log = open_postgres(store.url, take=lambda line: take(line, slot), segment_bytes=4000)
    writer = LedgerWriter.over(log, clock=world.clock, ids=world.ids)
    yield writer
    writer.close()


async def write(store: Store, world: World, count: int = 20, slot: str = "g-0001") -> None:
    with writing(store, world, slot) as writer:
        for event in world.events(count, tenants=2, every_sealed=3):
            await writer.append(event)


async def test_both_copies_are_the_same_and_verify(
    store: Store, nodes: tuple[Node, Node], leases: Leases
) -> None:
    one, other = nodes
    await sign_at(leases, one)
    for slot in ("g-0001", "c-0001", "g-0001"):
        await write(store, one.world, slot=slot)
        assert one.step() == 20
        assert other.step() == 20
    assert one.files() == other.files()
    for node in nodes:
        verdict = node.world.verify()
        assert verdict.holds, verdict.problems
        assert (verdict.records, verdict.unanchored) == (60, 0)
        assert len(list(node.world.reader.iterate())) == 60


async def test_nobody_signs_without_the_lease_and_everybody_copies(
    store: Store, nodes: tuple[Node, Node]
) -> None:
    await write(store, nodes[0].world)
    for node in nodes:
        assert node.step() == 20
        assert node.world.verify().unanchored == 20


async def test_another_node_signs_on_where_the_first_was_stopped(
    store: Store, nodes: tuple[Node, Node], leases: Leases
) -> None:
    one, other = nodes
    await sign_at(leases, one)
    await write(store, one.world)
    one.step()
    await write(store, one.world)
    await sign_at(leases, other, before=one)
    other.step()
    one.step()  # it still takes itself for the signer, and learns better
    await write(store, one.world)
    one.step()
    other.step()
    one.step()
    assert one.files() == other.files()
    assert one.world.verify().records == 60
    assert one.world.verify().holds


async def test_a_signer_that_was_away_signs_nothing_beside_the_new_one(
    store: Store, nodes: tuple[Node, Node], leases: Leases
) -> None:
    one, other = nodes
    await sign_at(leases, one)
    await write(store, one.world)
    one.step()
    stale = one.lease
    await sign_at(leases, other, before=one)
    shared = PostgresStore(store.url, lambda: stale)
    assert not shared.sign(99, Pending(99, ()).encode())
    shared.close()
    assert store.ask("SELECT count(*) FROM ledger_signed") == [(1,)]


class BusyStore(PostgresStore):
    """Others write a record whenever this node looks, which takes a second."""

    def __init__(self, store: Store, world: World) -> None:
        super().__init__(store.url, lambda: None)
        self.world, self.looks = world, 0
        self.log = open_postgres(store.url, take=lambda line: take(line, "g-0001"))

    def ends(self) -> Mapping[str, int]:
        self.world.clock.advance(1)
        self.looks += 1
        if self.looks < 100:  # then a test that waits for ever ends, and fails
            self.log.write([entry(self.log, self.looks)])
        return super().ends()


async def test_a_node_that_stops_does_not_wait_until_the_others_are_silent(
    store: Store, tmp_path: Path
) -> None:
    world = World(tmp_path / "one")
    busy = BusyStore(store, world)
    await asyncio.to_thread(world.sequencer(shared=busy).close)
    assert busy.looks < 10
    busy.log.close()


async def test_a_node_that_stops_after_its_connection_broke_has_copied_the_last_record(
    store: Store, tmp_path: Path
) -> None:
    world = World(tmp_path / "one")
    with proxying(TCPProxy(make_url(store.url).port or 5432)) as proxy:
        sequencer = world.sequencer(shared=PostgresStore(store.through(proxy), lambda: None))
        await write(store, world)
        sequencer.step()
        await write(store, world)
        proxy.cut()
        proxy.mend()
        await asyncio.to_thread(sequencer.close)
    verdict = world.verify()
    assert (verdict.records, verdict.holds) == (40, True)


async def test_a_new_node_copies_all_that_was_signed_before(
    store: Store, nodes: tuple[Node, Node], leases: Leases, tmp_path: Path
) -> None:
    one, _ = nodes
    await sign_at(leases, one)
    for _ in range(5):
        await write(store, one.world)
        one.step()
    late = Node(World(tmp_path / "late"), store)
    late.step()
    assert late.files() == one.files()
    assert late.world.verify().holds
    late.sequencer.close()


async def test_a_node_that_lost_its_data_and_kept_its_anchors_begins_again(
    store: Store, nodes: tuple[Node, Node], leases: Leases
) -> None:
    one, other = nodes
    await sign_at(leases, one)
    await write(store, one.world)
    one.step()
    other.step()
    other.sequencer.close()
    shutil.rmtree(other.world.ledger)
    other.start()
    other.step()
    assert other.world.verify().holds
    assert other.files() == one.files()
    other.sequencer.close()
    shutil.rmtree(other.world.ledger)
    store.ask("DELETE FROM ledger_signed")
    other.start()
    with pytest.raises(RollbackDetected):
        other.step()
    shutil.rmtree(other.world.root / "keys")


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ("UPDATE ledger_batch SET data = set_byte(data, 60, 7) WHERE first = 20", LedgerTampered),
        ("DELETE FROM ledger_batch WHERE first = 20", LedgerTampered),
        ("DELETE FROM ledger_segment WHERE first > 0", LedgerTampered),
        ("UPDATE ledger_slot SET next = 5", RollbackDetected),
        ("UPDATE ledger_signed SET step = '{}'", LedgerTampered),
    ],
)
async def test_a_store_that_was_changed_is_not_copied(
    store: Store, nodes: tuple[Node, Node], leases: Leases, change: str, error: type[Exception]
) -> None:
    one, other = nodes
    await sign_at(leases, one)
    await write(store, one.world)
    one.step()
    if error is RollbackDetected:
        other.step()
    await write(store, one.world)
    one.step()
    store.ask(change)
    with pytest.raises(error):
        other.step()
    store.empty()


def move(world: World, store: Store) -> bool:
    shared = PostgresStore(store.url, lambda: None)
    try:
        return move_in(
            world.ledger, shared, Checkpoints(world.ledger, Origins(NAME), KEY.public_key())
        )
    finally:
        shared.close()


@pytest.mark.parametrize("segment_bytes", [2000, 1 << 20])
async def test_a_ledger_of_files_moves_in_and_goes_on(
    store: Store, leases: Leases, tmp_path: Path, segment_bytes: int
) -> None:
    world = World(tmp_path / "one")
    for slot in ("gateway-0", "control", "gateway-0"):
        events = world.events(12, tenants=3, every_sealed=4)
        await world.append(events, slot=slot, segment_bytes=segment_bytes)
        world.sequencer(shared=None).close()
    await world.append(world.events(3), slot="control")
    assert move(world, store)
    assert not move(world, store)
    one, other = Node(world, store), Node(World(tmp_path / "other"), store)
    await sign_at(leases, one)
    one.step()
    await write(store, world)
    one.step()
    for _ in range(3):
        other.step()
    assert other.files() == one.files()
    assert other.world.verify().holds
    assert other.world.verify().records == 59
    store.empty()  # a database that was lost: a node's copy moves in again
    assert move(world, store)
    await write(store, world)
    one.step()
    other.step()
    assert other.files() == one.files()
    assert other.world.verify().records == 79
    one.sequencer.close()
    other.sequencer.close()


async def test_a_node_with_another_ledger_neither_moves_in_nor_signs(
    store: Store, nodes: tuple[Node, Node], leases: Leases, tmp_path: Path
) -> None:
    one, _ = nodes
    await sign_at(leases, one)
    await write(store, one.world)
    one.step()
    world = World(tmp_path / "foreign")
    await world.append(world.events(5), slot="gateway-0")
    world.sequencer().close()
    assert not move(world, store)
    foreign = Node(world, store, one.lease)
    with pytest.raises(RollbackDetected, match="not in the shared store"):
        foreign.step()
    store.ask("DELETE FROM ledger_signed")
    with pytest.raises(RollbackDetected):
        foreign.sequencer.close()


async def test_pruning_removes_rows_too_and_both_copies_verify(
    store: Store, nodes: tuple[Node, Node], leases: Leases
) -> None:
    one, other = nodes
    await sign_at(leases, one)
    for _ in range(4):
        one.world.clock.advance(3600)
        await write(store, one.world)
        one.step()
    other.step()
    one.sequencer.close()
    assert one.world.verify().holds
    before = store.firsts("g-0001")
    plan = await asyncio.to_thread(prune, store, one)
    assert plan.records > 0
    assert len(store.firsts("g-0001")) < len(before)
    one.start()
    await write(store, one.world)
    for node in nodes:
        node.step()
        verdict = node.world.verify()
        assert verdict.holds, verdict.problems
    assert one.world.verify().pruned == plan.records
    assert other.world.verify().pruned == 0  # until it is pruned there as well
    other.sequencer.close()
    await asyncio.to_thread(prune, store, other)
    assert other.world.verify().pruned == plan.records
    other.start()


def prune(store: Store, node: Node) -> Plan:
    world, url = node.world, store.url
    pruner = Pruner(
        world.ledger,
        NAME,
        TenantId("tenant-0"),
        KEY,
        world.anchors,
        world.verify,
        world.clock,
        world.ids,
        LedgerKeeping(
            PostgresLogs(url, SystemClock(), world.ids),
            PostgresStore(url, lambda: node.lease),
            world.clock,
            world.ids,
        ),
    )
    return pruner.prune(world.clock.now() - timedelta(hours=2), policy="by hand")
