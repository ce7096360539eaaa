"""One writer's walk: damage that only hands could make is named too."""

import os
import shutil
from pathlib import Path
from zlib import crc32

import pytest

from curtilage.ledger.findings import Findings
from curtilage.ledger.frames import BATCH_HEAD, HEAD_BYTES, encode_batch
from curtilage.ledger.logcheck import LogCheck
from curtilage.ledger.read import read_segment_header
from tests.unit.ledger.worlds import World, batches, flip, rewrite


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path)
    world.write_batches([2, 2])
    return world


def _check(world: World, *, live: bool = False) -> list[str]:
    findings = Findings()
    LogCheck(
        world.ledger,
        "gw-0",
        stored={},
        expected=iter(()),
        is_live=live,
        findings=findings,
    ).run()
    return [problem.code for problem in findings.problems]


def _append_raw(world: World, raw: bytes) -> None:
    with world.segment().open("ab") as file:
        file.write(raw)


def test_an_untouched_log_has_no_problem(world: World) -> None:
    assert _check(world) == []


@pytest.mark.parametrize("record", [b"", b"{", b"[]", b"{}", b'{"n":4,"writer":"gw-0"}', b"7"])
def test_a_batch_of_something_else_is_named(world: World, record: bytes) -> None:
    _append_raw(world, encode_batch(4, [record]))
    assert _check(world)[0] in {"record-damaged", "record-misplaced"}


def test_a_batch_that_says_another_count_is_named(world: World) -> None:
    raw = world.segment().read_bytes()
    at = read_segment_header(world.segment())[1]
    first = encode_batch(0, [])
    world.segment().write_bytes(raw[:at] + first + raw[at:])
    assert _check(world) == []  # an empty batch says nothing
    flip(world.segment(), at + 19)
    assert _check(world) != []


def test_a_log_at_work_is_read_up_to_its_mark(world: World) -> None:
    _append_raw(world, encode_batch(4, [b"not yet durable"]))
    assert _check(world, live=True) == []
    assert _check(world) == ["record-damaged"]


def test_a_wrong_checksum_alone_is_named(world: World) -> None:
    at = read_segment_header(world.segment())[1]
    raw = world.segment().read_bytes()
    head = raw[at : at + 20] + bytes(4)
    forged = raw[:at] + head + crc32(head).to_bytes(4, "big") + raw[at + 28 :]
    world.segment().write_bytes(forged)
    assert _check(world) == ["batch-damaged"]


def _forge_head(world: World, number: int, *, first: int, count: int) -> None:
    """Let the head of batch `number` say something else, with right checksums."""
    at, raw = read_segment_header(world.segment())[1], world.segment().read_bytes()
    for batch in batches(world)[:number]:
        at += len(encode_batch(0, batch))
    magic, length, _, _, checksum = BATCH_HEAD.unpack_from(raw, at)
    head = BATCH_HEAD.pack(magic, length, first, count, checksum)
    forged = raw[:at] + head + crc32(head).to_bytes(4, "big") + raw[at + HEAD_BYTES :]
    world.segment().write_bytes(forged)


def test_a_batch_that_says_another_place_is_named(world: World) -> None:
    _forge_head(world, 1, first=1, count=2)
    assert _check(world)[0] == "batch-damaged"
    _forge_head(world, 1, first=7, count=2)
    assert _check(world)[0] == "records-missing"


@pytest.mark.parametrize("count", [1, 3])
def test_a_batch_that_says_another_number_of_records_is_named(world: World, count: int) -> None:
    _forge_head(world, 0, first=0, count=count)
    assert _check(world) == ["batch-damaged"]


def test_a_batch_whose_end_says_another_number_is_read_up_to_the_next(world: World) -> None:
    """Neither the head nor the records behind the damage say where the damaged ones end."""
    found = batches(world)
    rewrite(world, found)
    raw = bytearray(world.segment().read_bytes())
    raw[raw.index(found[0][1]) - 2] ^= 0x80
    world.segment().write_bytes(raw)
    assert _check(world) == ["record-damaged"]


def _first_detail(world: World) -> str:
    findings = Findings()
    check = LogCheck(
        world.ledger, "gw-0", stored={}, expected=iter(()), is_live=False, findings=findings
    )
    check.run()
    return findings.problems[0].detail


def test_a_segment_that_is_cut_says_which_file_and_which_records(world: World) -> None:
    os.truncate(world.segment(), world.segment().stat().st_size - 1)
    assert _first_detail(world) == (
        "Records 2 to 3 are missing: log/gw-0/00000000000000000000.log was cut off inside a batch."
    )


def test_whole_batches_that_are_cut_off_are_told_by_the_mark_alone(world: World) -> None:
    """No tree was signed yet that could tell."""
    rewrite(world, batches(world)[:1])
    assert _check(world) == ["records-missing"]
    assert _first_detail(world) == "Records 2 to 3 are missing: the end of the log was cut off."


def test_a_segment_that_is_cut_and_is_not_the_last_is_named(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.write_batches([1, 1], segment_bytes=1)
    os.truncate(world.segment(0), world.segment(0).stat().st_size - 1)
    assert _check(world) == ["batch-damaged"]
    assert "00000000000000000000.log does not end with a whole batch" in _first_detail(world)


def test_a_segment_under_anothers_name_is_named(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.write_batches([1, 1], segment_bytes=1)
    world.segment(1).rename(world.segment(3))
    assert _check(world)[0] == "segment-changed"


def test_a_log_without_segments_or_mark_is_gone(world: World) -> None:
    world.sequence()
    shutil.rmtree(world.log())
    details = {problem.detail for problem in world.verify().problems}
    assert "The log is gone: log/gw-0 is not there or empty." in details


def test_a_writer_that_ended_before_its_first_file_lost_nothing(world: World) -> None:
    world.sequence()
    world.log("gw-1").mkdir()
    (world.log("gw-1") / "lease").touch()
    assert world.verify().holds


def test_a_log_that_went_with_its_trees_is_missed_by_the_head_log(world: World) -> None:
    world.sequence()
    shutil.rmtree(world.log())
    shutil.rmtree(world.ledger / "tree" / "gw-0")
    assert not world.verify().holds


def test_a_batch_torn_by_a_power_cut_is_told_apart_from_a_cut_one(world: World) -> None:
    """Its head is whole, its payload not: nobody was told that it was recorded."""
    raw = world.segment().read_bytes()
    torn = bytearray(encode_batch(4, [b"never acknowledged"]))
    torn[-1] ^= 1
    world.segment().write_bytes(raw + torn)
    assert _check(world) == ["torn-tail"]
    assert "Starting the service cuts it off" in _first_detail(world)
