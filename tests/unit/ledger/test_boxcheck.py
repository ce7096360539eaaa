"""What was done to a sealed part is told of its record, without any key."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from curtilage.ledger.boxcheck import BoxCheck
from curtilage.ledger.boxes import BOX_FILE_HEAD, BOX_HEAD_BYTES, encode_box, parse_boxes
from curtilage.ledger.findings import LIMIT, Findings
from curtilage.ledger.logwalk import LogWalk
from curtilage.ledger.models import Problem
from tests.unit.ledger.worlds import (
    SEALED,
    World,
    batches,
    boxes,
    flip,
    forget_hashes,
    rewrite,
    rewrite_boxes,
)

HEAD = BOX_FILE_HEAD.size
NAME = "log/gw-0/00000000000000000000.box"


@pytest.fixture
def unsigned(tmp_path: Path) -> World:
    """Twelve records, of which 2, 5, 8 and 11 have a sealed part; no tree yet."""
    world = World(tmp_path)
    world.write_batches([4, 4, 4], every_sealed=3)
    assert list(boxes(world)) == [2, 5, 8, 11]
    return world


@pytest.fixture
def world(unsigned: World) -> World:
    unsigned.sequence()
    assert unsigned.verify().holds
    return unsigned


def _told(world: World) -> list[tuple[str, int | None]]:
    return [(problem.code, problem.n) for problem in world.verify().problems]


def _only(world: World) -> Problem:
    (problem,) = world.verify().problems
    return problem


def test_sealed_parts_that_changed_places_are_named_with_their_places(world: World) -> None:
    kept = boxes(world)
    rewrite_boxes(world, (kept | {2: kept[8], 8: kept[2]}).items())
    problems = world.verify().problems
    assert [(each.code, each.n) for each in problems] == [("box-changed", 2), ("box-changed", 8)]
    assert problems[0].detail == "The sealed part of record 8 stands in place of its own."


def test_a_sealed_part_that_was_changed_is_named_whatever_its_checksum_says(world: World) -> None:
    rewrite_boxes(world, (boxes(world) | {11: b"another"}).items())
    problem = _only(world)
    assert (problem.code, problem.n) == ("box-changed", 11)
    assert "does not have the hash" in problem.detail


@pytest.mark.parametrize("place", range(4))
@pytest.mark.parametrize("at", [3, 14, BOX_HEAD_BYTES])
def test_a_wrong_checksum_is_told_of_its_record_and_of_no_other(
    world: World, place: int, at: int
) -> None:
    """In the number, in the checksum and in the content."""
    starts = [HEAD, *(box.end for box in parse_boxes(world.box_file().read_bytes(), 0))]
    flip(world.box_file(), starts[place] + at)
    assert _told(world) == [("box-damaged", (2, 5, 8, 11)[place])]


def test_a_length_that_leads_nowhere_is_told_with_all_behind_it(world: World) -> None:
    at = next(parse_boxes(world.box_file().read_bytes(), 0)).end
    flip(world.box_file(), at + 8)
    first, rest = world.verify().problems
    assert (first.code, first.n) == ("box-damaged", 5)
    assert "cut off, or its length was changed" in first.detail
    assert (rest.code, rest.n) == ("box-missing", 8)
    assert "1 more record, up to record 11" in rest.detail


def test_a_last_one_that_seems_shorter_is_told_once(world: World) -> None:
    at = list(parse_boxes(world.box_file().read_bytes(), 0))[2].end
    flip(world.box_file(), at + 11, bit=1)  # six bytes become four
    assert _told(world) == [("box-damaged", 11)]


def test_two_damaged_ones_in_a_row_are_both_told(world: World) -> None:
    ends = [box.end for box in parse_boxes(world.box_file().read_bytes(), 0)]
    flip(world.box_file(), ends[0] + BOX_HEAD_BYTES)
    flip(world.box_file(), ends[1] + BOX_HEAD_BYTES)
    assert _told(world) == [("box-damaged", 5), ("box-missing", 8)]


def test_a_changed_header_is_told_of_the_file(world: World) -> None:
    flip(world.box_file(), 17)
    problem = _only(world)
    assert (problem.code, problem.n) == ("box-damaged", None)
    assert NAME in problem.detail


@pytest.mark.parametrize("size", [0, 5, HEAD, HEAD + 3])
def test_a_file_cut_near_its_beginning_lacks_all(world: World, size: int) -> None:
    os.truncate(world.box_file(), size)
    problem = _only(world)
    assert (problem.code, problem.n) == ("box-missing", 2)
    assert "3 more records, up to record 11" in problem.detail


def test_a_file_that_is_gone_lacks_all(world: World) -> None:
    world.box_file().unlink()
    problem = _only(world)
    assert (problem.code, problem.n) == ("box-missing", 2)
    assert f"{NAME} is gone" in problem.detail


def test_one_that_was_taken_out_is_named_alone(world: World) -> None:
    kept = boxes(world)
    del kept[5]
    rewrite_boxes(world, kept.items())
    problem = _only(world)
    assert (problem.code, problem.n) == ("box-missing", 5)
    assert "more record" not in problem.detail


def test_frames_out_of_order_and_second_ones_are_named(world: World) -> None:
    kept = list(boxes(world).items())
    rewrite_boxes(world, [kept[1], kept[0], *kept[2:]])
    assert _told(world) == [("box-misplaced", 2)]
    rewrite_boxes(world, [*kept, kept[1]])
    assert _told(world) == [("box-misplaced", 5)]


def test_one_without_its_record_is_named_for_the_place_it_claims(world: World) -> None:
    kept = boxes(world)
    rewrite_boxes(world, sorted((kept | {3: b"x", 6: b"y"}).items()))
    problem = _only(world)
    assert (problem.code, problem.n) == ("box-misplaced", 3)
    rewrite_boxes(world, (kept | {12: b"x"}).items())
    problem = _only(world)
    assert (problem.code, problem.n) == ("box-misplaced", 12)
    assert "starting it removes this part" in problem.detail
    world.write([])
    assert world.verify().holds


@pytest.mark.parametrize("added", [b"\0", bytes(40), encode_box(12, b"unfinished")[:-1]])
def test_what_an_unfinished_write_left_is_told_of_the_file(world: World, added: bytes) -> None:
    world.box_file().write_bytes(world.box_file().read_bytes() + added)
    problem = _only(world)
    assert (problem.code, problem.n) == ("box-damaged", None)
    assert "behind its last sealed part" in problem.detail
    world.write([])
    assert world.verify().holds


def test_of_a_log_at_work_only_what_is_durable_counts(world: World) -> None:
    kept = boxes(world)
    writer = world.writer()
    try:
        whole = world.box_file().read_bytes()
        world.box_file().write_bytes(whole + encode_box(12, b"on its way") + b"\1\2")
        assert world.verify().holds
        rewrite_boxes(world, (kept | {11: kept[2]}).items())
        assert _told(world) == [("box-changed", 11)]
    finally:
        writer.close()


def test_an_empty_frame_says_that_a_sealed_part_was_removed(world: World) -> None:
    rewrite_boxes(world, (boxes(world) | {5: b""}).items())
    verdict = world.verify()
    assert verdict.holds
    assert "1 sealed part (record 5) removed" in verdict.notices[0]


@pytest.mark.parametrize("n", [2, 11])
def test_a_changed_record_explains_more_than_its_sealed_part(world: World, n: int) -> None:
    """Its hash of the part was changed with it: the record is what is told."""
    found = batches(world)
    raw = found[n // 4][n % 4]
    at = raw.index(b'"box":"') + 7
    found[n // 4][n % 4] = raw[:at] + b"AAAA" + raw[at + 4 :]
    rewrite(world, found)
    assert _told(world) == [("record-changed", n)]


def test_where_records_are_lost_a_sealed_part_without_one_is_no_news(world: World) -> None:
    found = batches(world)
    rewrite(world, [found[0], found[2]])
    assert {code for code, _ in _told(world)} == {"record-misplaced"}


def test_records_that_name_no_part_verify_and_that_is_said(unsigned: World) -> None:
    """The first releases wrote such records."""
    forget_hashes(unsigned)
    unsigned.sequence()
    verdict = unsigned.verify()
    assert verdict.holds
    (notice,) = verdict.notices
    assert notice.startswith("gw-0: 4 sealed parts (records 2 to 11) without a hash in the record")
    kept = boxes(unsigned)
    rewrite_boxes(unsigned, (kept | {2: kept[8], 8: kept[2]}).items())
    assert unsigned.verify().holds, "nothing tells them apart without a key"


def test_what_records_without_a_name_lack_is_said_and_no_problem(unsigned: World) -> None:
    forget_hashes(unsigned)
    unsigned.sequence()
    kept = boxes(unsigned)
    rewrite_boxes(unsigned, [(n, box) for n, box in kept.items() if n != 5])
    verdict = unsigned.verify()
    assert verdict.holds
    assert [notice.partition(")")[0] for notice in verdict.notices] == [
        "gw-0: 3 sealed parts (records 2 to 11",
        "gw-0: 1 sealed part (record 5",
    ]
    unsigned.box_file().unlink()
    verdict = unsigned.verify()
    assert verdict.holds
    assert "4 sealed parts (records 2 to 11) no longer kept" in verdict.notices[0]


def test_damage_to_a_part_that_no_record_names_is_still_damage(unsigned: World) -> None:
    forget_hashes(unsigned)
    unsigned.sequence()
    flip(unsigned.box_file(), -1)
    assert _told(unsigned) == [("box-damaged", 11)]


def test_new_records_behind_old_ones_are_checked_by_their_hash(unsigned: World) -> None:
    forget_hashes(unsigned)
    unsigned.write(unsigned.events(3, every_sealed=3))
    unsigned.sequence()
    assert unsigned.verify().holds
    kept = boxes(unsigned)
    rewrite_boxes(unsigned, (kept | {11: kept[14], 14: kept[11]}).items())
    assert _told(unsigned) == [("box-changed", 14)]


def test_a_record_whose_part_is_empty_names_none(tmp_path: Path) -> None:
    world = World(tmp_path)
    (event,) = world.events(1)
    world.write([replace(event, sealed=replace(SEALED, box=b""))])
    world.sequence()
    assert world.verify().holds


def test_each_segment_is_compared_with_its_own_file(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.write_batches([3, 3], every_sealed=3, segment_bytes=1)
    world.sequence()
    assert world.verify().holds
    shutil.copy(world.box_file(0), world.box_file(3))
    assert _told(world) == [("box-damaged", None), ("box-misplaced", 2), ("box-missing", 5)]


def test_more_faults_than_anyone_reads_are_counted(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.write([])
    walk = LogWalk(world.ledger, "gw-0", Findings())
    walk.sealed = dict.fromkeys(range(LIMIT + 5), "A" * 43 + "=")
    rewrite_boxes(world, ((n, b"another") for n in walk.sealed))
    check = BoxCheck(walk)
    check.check(0, is_growing=False)
    check.tell()
    assert (len(walk.findings.problems), walk.findings.more) == (LIMIT, 5)
