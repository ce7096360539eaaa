"""Reading by cursor, by id, and from the newest."""

from pathlib import Path

import pytest

from curtilage.ledger.errors import LedgerTampered, RecordNotFound
from curtilage.ledger.mark import encode_mark
from curtilage.ledger.models import Cursor, Record
from curtilage.ledger.read import LedgerReader
from tests.builders import an_event
from tests.fakes.ids import fixed_id
from tests.unit.ledger.worlds import SEALED, World, change


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Two writers, two tenants, several segments, one record a batch."""
    world = World(tmp_path)
    world.write_batches([1] * 6, tenants=2, segment_bytes=900)
    world.write_batches([1] * 6, tenants=2, segment_bytes=900, slot="gw-1")
    return world


def _ids(records: list[Record]) -> list[str]:
    return [record.event.id for record in records]


def test_a_cursor_gives_every_record_once_in_each_writers_order(world: World) -> None:
    seen: list[Record] = []
    cursor: Cursor = {}
    while True:
        records, cursor = world.reader.read(cursor, limit=2)
        if not records:
            break
        seen += records
    assert sorted(_ids(seen)) == _ids(list(world.reader.iterate()))
    assert [r.n for r in seen if r.writer == "gw-1"] == list(range(6))
    assert cursor == world.reader.end()


def test_a_cursor_at_the_end_sees_what_comes_later(world: World) -> None:
    cursor = world.reader.end()
    world.write(world.events(2), segment_bytes=900)
    world.write(world.events(1), slot="gw-2")
    records, cursor = world.reader.read(cursor)
    assert [record.writer for record in records] == ["gw-0", "gw-0", "gw-2"]
    assert world.reader.read(cursor)[0] == []


def test_an_empty_ledger_has_nothing_and_no_end(tmp_path: Path) -> None:
    reader = LedgerReader(tmp_path)
    assert (reader.writers(), reader.read({})[0], reader.end()) == ([], [], {})
    World(tmp_path).writer().close()
    assert World(tmp_path).reader.end() == {}


def test_readers_stop_at_the_durable_mark(world: World) -> None:
    (world.log() / "durable").write_bytes(encode_mark(4))
    assert len(list(world.reader.iterate(writer="gw-0"))) == 4


def test_iterating_can_be_narrowed(world: World) -> None:
    assert len(list(world.reader.iterate(writer="gw-1"))) == 6
    assert len(list(world.reader.iterate(tenant="tenant-0"))) == 6
    assert len(list(world.reader.iterate(writer="gw-1", tenant="tenant-0"))) == 3


def test_a_record_is_found_by_its_id_wherever_it_is(world: World) -> None:
    for record in list(world.reader.iterate()):
        assert world.reader.get(record.event.id) == record


@pytest.mark.parametrize("id", [fixed_id(77), "no id at all", ""])
def test_an_id_that_nobody_has_is_not_found(world: World, id: str) -> None:
    assert world.reader.find(id) is None
    with pytest.raises(RecordNotFound):
        world.reader.get(id)


def test_a_trail_holds_the_intent_and_its_outcome_in_order(world: World) -> None:
    intent = an_event(number=50)
    outcome = an_event(number=51, kind="exchange.completed", facts={"intent": intent.id})
    other = an_event(number=52, kind="note.taken", facts={"about": intent.id})
    world.write([intent, outcome, other])
    assert _ids(world.reader.trail(intent.id)) == [intent.id, outcome.id]


def test_the_newest_come_first_from_all_writers(world: World) -> None:
    newest = world.reader.newest(5)
    assert _ids(newest) == [fixed_id(n) for n in (12, 11, 10, 9, 8)]
    assert len(world.reader.newest(100, tenant="tenant-1")) == 6


def test_a_record_knows_its_place_in_its_tree(world: World) -> None:
    indexes = [
        world.reader.locate(record).index
        for record in world.reader.iterate(writer="gw-1", tenant="tenant-1")
    ]
    assert indexes == [0, 1, 2]


def test_a_sealed_part_is_read_where_there_is_one(world: World) -> None:
    world.write([an_event(number=60, sealed=SEALED), an_event(number=61)], slot="gw-3")
    sealed, bare = world.reader.iterate(writer="gw-3")
    assert world.reader.read_box(sealed) == SEALED.box
    assert world.reader.read_box(bare) is None
    (world.log("gw-3") / f"{0:020d}.box").unlink()
    assert world.reader.read_box(sealed) is None


def test_damage_is_never_read_as_a_record(world: World) -> None:
    change(world.segment(), b"exchange", b"exchangf")
    with pytest.raises(LedgerTampered):
        list(world.reader.iterate())


def test_damage_between_segments_is_not_passed_over(world: World) -> None:
    raw = world.segment().read_bytes()
    world.segment().write_bytes(raw + b"rubble that is longer than a head of a batch")
    with pytest.raises(LedgerTampered):
        list(world.reader.iterate())


def test_a_folder_that_the_ledger_never_made_is_refused(world: World) -> None:
    (world.ledger / "log" / "..hidden").mkdir()
    with pytest.raises(LedgerTampered):
        world.reader.writers()
