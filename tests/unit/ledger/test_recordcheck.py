"""A record that is not in its place, and what follows it, are told apart."""

from pathlib import Path

import pytest

from tests.builders import an_event
from tests.fakes.ids import fixed_id
from tests.unit.ledger.worlds import World, batches, edited, rewrite


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Three batches of four records."""
    world = World(tmp_path)
    world.write_batches([4, 4, 4])
    world.sequence()
    return world


def _told(world: World) -> list[tuple[str, int | None]]:
    return [(problem.code, problem.n) for problem in world.verify().problems]


def _detail(world: World) -> str:
    return world.verify().problems[0].detail


def test_what_follows_a_removed_record_is_not_told_as_well(world: World) -> None:
    found = batches(world)
    del found[1][2]
    rewrite(world, found)
    assert _told(world) == [("record-misplaced", 6)]
    assert _detail(world) == "It is missing here, removed or moved: record 7 follows."
    del found[1][1]
    rewrite(world, found)
    assert _detail(world) == "Records 5 to 6 are missing here, removed or moved: record 7 follows."


def test_a_second_change_behind_a_removed_record_is_told_too(world: World) -> None:
    found = batches(world)
    del found[0][1]
    found[2][1] = edited(found[2][1], facts={"bytes": 0})
    rewrite(world, found)
    assert _told(world) == [("record-misplaced", 1), ("record-changed", 9)]


def test_a_record_that_stands_twice_is_named(world: World) -> None:
    found = batches(world)
    found[1].insert(2, found[0][3])
    rewrite(world, found)
    assert _told(world) == [("record-misplaced", 3)]
    assert "a second time, or too late: behind record 5" in _detail(world)


def test_a_record_in_anothers_stead_is_named_and_the_other_too(world: World) -> None:
    found = batches(world)
    found[1][2] = found[0][3]
    rewrite(world, found)
    assert _told(world) == [("record-misplaced", 3), ("record-misplaced", 6)]


@pytest.mark.parametrize("claimed", [13, 10**30, -1])
def test_a_record_that_claims_a_place_that_never_was_is_named(world: World, claimed: int) -> None:
    found = batches(world)
    found[1][2] = edited(found[1][2], n=claimed) if claimed < 10**18 else _huge(found[1][2])
    rewrite(world, found)
    told = _told(world)
    assert told[-1][1] in (6, 7)
    assert world.verify().records == 12


def _huge(raw: bytes) -> bytes:
    return raw.replace(b'"n":6', b'"n":1' + 30 * b"0")


def test_a_record_of_another_writer_is_named(world: World) -> None:
    found = batches(world)
    found[1][2] = edited(found[1][2], writer="gw-7")
    rewrite(world, found)
    assert _told(world) == [("record-misplaced", 6)]
    assert "another writer" in _detail(world)


@pytest.mark.parametrize("bad", [b"{", b"[]", b"7", b"\xff", b'{"n":6.5,"writer":"gw-0"}', b"{}"])
def test_what_is_no_record_is_named_and_what_follows_is_still_checked(
    world: World, bad: bytes
) -> None:
    found = batches(world)
    found[1][2] = bad
    found[2][0] = edited(found[2][0], facts={"bytes": 0})
    rewrite(world, found)
    assert _told(world) == [("record-damaged", 6), ("record-changed", 8)]


def test_a_length_that_does_not_fit_loses_its_batch_and_no_more(world: World) -> None:
    found = batches(world)
    raw = bytearray(world.segment().read_bytes())
    at = raw.index(found[1][2]) - 4
    raw[at + 2] ^= 0x80
    world.segment().write_bytes(raw)
    told = _told(world)
    assert told[0] == ("record-damaged", 6)
    assert all(n in range(4, 8) for _, n in told)
    assert world.verify().records == 12


def test_the_first_record_names_none_before_it(world: World) -> None:
    found = batches(world)
    found[0][0] = edited(found[0][0], prev="B" + 42 * "A" + "=")
    rewrite(world, found)
    told = world.verify().problems
    assert (told[0].code, told[0].n) == ("record-changed", 0)
    assert "the first" in told[0].detail


def test_a_batch_with_fewer_or_more_than_it_says_is_named(world: World) -> None:
    found = batches(world)
    raw = world.segment().read_bytes()
    rewrite(world, [[*found[0], found[1][0]], found[1][1:], found[2]])
    assert world.verify().holds, "how records are batched is nobody's business"
    world.segment().write_bytes(raw)
    moved = [found[0], found[2], found[1]]
    rewrite(world, moved)
    assert _told(world)[0] == ("record-misplaced", 4)


def test_intents_that_stay_open_over_segments_are_counted_as_the_headers_do(
    tmp_path: Path,
) -> None:
    world = World(tmp_path)
    for number in (101, 102):
        world.write([an_event(number=number, kind="exchange.intended")], segment_bytes=1)
    outcome = an_event(number=103, kind="exchange.completed", facts={"intent": fixed_id(101)})
    world.write([outcome], segment_bytes=1)
    world.write(world.events(2), segment_bytes=1)
    world.sequence()
    assert len(list(world.log().glob("*.log"))) > 2
    assert world.verify().holds
