"""One writer's walk: damage that only hands could make is named too."""

from pathlib import Path
from zlib import crc32

import pytest

from curtilage.ledger.findings import Findings
from curtilage.ledger.frames import encode_batch
from curtilage.ledger.logcheck import LogCheck
from curtilage.ledger.merkle import EMPTY_ROOT
from curtilage.ledger.note import Checkpoint
from curtilage.ledger.read import read_segment_header
from tests.unit.ledger.worlds import World, flip


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path)
    world.write_batches([2, 2])
    return world


def _check(world: World, *expected: tuple[str, Checkpoint], live: bool = False) -> list[str]:
    findings = Findings()
    LogCheck(
        world.ledger,
        "gw-0",
        stored={},
        expected=iter(expected),
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


def test_a_checkpoint_of_a_tree_that_never_was_so_is_named(world: World) -> None:
    wrong = ("tenant-0", Checkpoint("o", 2, EMPTY_ROOT))
    assert _check(world, wrong) == ["tree-differs"]
    between = ("tenant-0", Checkpoint("o", 1, EMPTY_ROOT))
    assert _check(world, between) == ["tree-differs"]
    beyond = ("tenant-0", Checkpoint("o", 9, EMPTY_ROOT))
    assert _check(world, beyond) == ["records-missing"]


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
