"""Verify finds what was done to the ledger, and says where."""

import ast
import asyncio
import os
import re
import shutil
import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest

from curtilage.ledger.findings import LIMIT, Findings
from curtilage.ledger.frames import (
    encode_batch,
    encode_segment_header,
)
from curtilage.ledger.mark import encode_mark
from curtilage.ledger.models import Problem, Verdict
from curtilage.ledger.read import read_segment_header
from curtilage.ledger.verify import verify_ledger
from tests.unit.ledger.worlds import (
    KEY,
    NAME,
    World,
    batches,
    change,
    edited,
    flip,
    relink,
    rewrite,
)

REPOSITORY = Path(__file__).parents[3]
TELLING = frozenset({"add", "problem", "lose", "_fault", "_problem"})


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Three batches of four records of two tenants, signed and anchored."""
    world = World(tmp_path)
    world.write_batches([4, 4, 4], tenants=2, every_sealed=3)
    world.sequence()
    return world


def _problem(world: World) -> Problem:
    verdict = world.verify()
    assert not verdict.holds
    return verdict.problems[0]


def test_an_untouched_ledger_is_complete_up_to_its_anchor(world: World) -> None:
    verdict = world.verify()
    assert (verdict.holds, verdict.records, verdict.unanchored) == (True, 12, 0)
    assert verdict.anchored_at == world.clock.now().replace(microsecond=0)
    assert "12 records verified, complete up to anchor 2026-03-02T09:30:00Z" in verdict.summary()


def test_a_ledger_that_has_begun_and_is_not_there_is_a_problem(tmp_path: Path) -> None:
    world = World(tmp_path)

    def verify() -> Verdict:
        return verify_ledger(
            world.ledger, name=NAME, key=KEY.public_key(), anchors=world.anchors, has_begun=True
        )

    (problem,) = verify().problems
    assert problem.code == "ledger-gone"
    world.writer().close()
    assert verify().holds


def test_an_empty_directory_holds_nothing_and_claims_nothing(tmp_path: Path) -> None:
    verdict = World(tmp_path).verify()
    assert (verdict.holds, verdict.records, verdict.anchored_at) == (True, 0, None)
    assert "no anchor says" in verdict.summary()


def test_one_record_is_one_and_one_problem_too() -> None:
    problem = Problem("x", "gw-0", 0, "Different.")
    alone = Verdict(records=1, unanchored=1, anchored_at=None, problems=())
    assert alone.summary().startswith("1 record is consistent; ")
    assert replace(alone, problems=(problem,)).summary() == "1 problem found in 1 record"
    assert replace(alone, problems=(problem,), more_problems=1).summary().startswith("2 problems")


def test_records_after_the_anchor_are_counted_and_not_claimed(world: World) -> None:
    world.write(world.events(5))
    verdict = world.verify()
    assert (verdict.holds, verdict.records, verdict.unanchored) == (True, 17, 5)


def test_a_changed_record_is_named(world: World) -> None:
    change(world.segment(), b'"bytes":6', b'"bytes":7')
    problem = _problem(world)
    assert (problem.code, problem.writer, problem.n) == ("record-changed", "gw-0", 5)


def test_a_changed_record_is_named_though_checksums_and_links_were_repaired(world: World) -> None:
    found = batches(world)
    found[1][1] = edited(found[1][1], facts={"bytes": 0})
    relink(found)
    rewrite(world, found)
    problem = _problem(world)
    assert (problem.writer, problem.n) == ("gw-0", 5)


def test_a_removed_record_is_named(world: World) -> None:
    found = batches(world)
    del found[1][2]
    rewrite(world, found)
    problem = _problem(world)
    assert (problem.code, problem.n) == ("record-misplaced", 6)


def test_a_removed_batch_is_named(world: World) -> None:
    raw = world.segment().read_bytes()
    second, third = (
        raw.index(encode_batch(n, b)) for n, b in ((4, batches(world)[1]), (8, batches(world)[2]))
    )
    world.segment().write_bytes(raw[:second] + raw[third:])
    problem = _problem(world)
    assert (problem.code, problem.n) == ("records-missing", 4)


def test_exchanged_records_are_named(world: World) -> None:
    found = batches(world)
    found[0][1], found[0][2] = found[0][2], found[0][1]
    rewrite(world, found)
    assert (_problem(world).code, _problem(world).n) == ("record-misplaced", 1)


def test_a_back_dated_record_is_named(world: World) -> None:
    found = batches(world)
    found[2][0] = edited(found[2][0], time="2026-03-01T00:00:00.000000Z")
    rewrite(world, found)
    assert (_problem(world).code, _problem(world).n) == ("record-backdated", 8)


@pytest.mark.parametrize("kept", [0, 1, 2])
def test_a_cut_tail_is_found_though_the_mark_was_set_back(world: World, kept: int) -> None:
    rewrite(world, batches(world)[:kept])
    assert _problem(world).code == "records-missing"
    (world.log() / "durable").write_bytes(encode_mark(4 * kept))
    assert _problem(world).code == "records-missing"


def test_a_cut_tail_is_found_though_trees_were_cut_too(world: World) -> None:
    shutil.copytree(world.root / "data", world.root / "backup")
    world.write(world.events(5))
    world.sequence()
    shutil.rmtree(world.root / "data")
    shutil.copytree(world.root / "backup", world.root / "data")
    assert _problem(world).code == "rollback"


def test_a_missing_log_is_found(world: World) -> None:
    world.write(world.events(3), slot="gw-1")
    world.sequence()
    shutil.rmtree(world.log("gw-1"))
    assert (_problem(world).code, _problem(world).writer) == ("records-missing", "gw-1")
    shutil.rmtree(world.ledger / "tree" / "gw-1")
    assert (_problem(world).code, _problem(world).writer) == ("checkpoint-missing", "gw-1")


def test_a_missing_segment_is_found(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.write_batches([1] * 6, segment_bytes=1)
    world.sequence()
    world.segment(3).unlink()
    assert (_problem(world).code, _problem(world).n) == ("records-missing", 3)


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("tree/gw-0/tenant-0/checkpoint", "checkpoint-damaged"),
        ("tree/gw-0/tenant-0/tile/0/000.p/6", "record-changed"),
        ("head/checkpoint", "head-damaged"),
        ("head/tile/0/000.p/2", "head-changed"),
        ("log/gw-0/durable", "mark-damaged"),
        ("log/gw-0/00000000000000000000.box", "box-damaged"),
    ],
)
def test_a_damaged_file_is_named_for_what_it_is(world: World, path: str, code: str) -> None:
    flip(world.ledger / path, 10)
    assert code in world.codes()


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("tree/gw-0/tenant-0/checkpoint", "checkpoint-missing"),
        ("tree/gw-0/tenant-0/tile/0/000.p/6", "record-changed"),
        ("head/checkpoint", "rollback"),
        ("head/tile/0/000.p/2", "head-changed"),
        ("head/tile/entries/000.p/2", "head-damaged"),
        ("log/gw-0/durable", "mark-missing"),
        ("log/gw-0/00000000000000000000.log", "records-missing"),
    ],
)
def test_a_missing_file_is_named_for_what_it_is(world: World, path: str, code: str) -> None:
    (world.ledger / path).unlink()
    assert code in world.codes()


def test_a_head_without_any_anchor_is_a_problem(world: World) -> None:
    shutil.rmtree(world.root / "keys")
    assert world.codes() == {"anchor-missing"}


def test_anchors_out_of_order_or_unsigned_are_problems(world: World) -> None:
    path = world.root / "keys/anchors/anchors.jsonl"
    raw = path.read_bytes()
    path.write_bytes(raw + raw)
    assert world.codes() == {"anchor-damaged"}
    path.write_bytes(raw[:-1])
    assert "anchor-damaged" in world.codes()


def test_a_torn_tail_is_told_until_the_writer_has_cut_it(world: World) -> None:
    world.write(world.events(2))
    (world.log() / "durable").write_bytes(encode_mark(12))
    os.truncate(world.segment(), world.segment().stat().st_size - 1)
    assert _problem(world).code == "torn-tail"
    world.write([])
    assert world.verify().holds


def test_a_header_that_lies_is_found(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.write_batches([2, 2], segment_bytes=1)
    world.sequence()
    raw = world.segment(2).read_bytes()
    header, at = read_segment_header(world.segment(2))
    header.tail.leaves["tenant-0"] = 7
    world.segment(2).write_bytes(encode_segment_header(header) + raw[at:])
    assert _problem(world).code == "segment-changed"
    flip(world.segment(2), 3)
    assert _problem(world).code == "segment-damaged"


def test_rubble_inside_a_segment_loses_one_batch_and_not_the_walk(world: World) -> None:
    raw = bytearray(world.segment().read_bytes())
    at = raw.index(encode_batch(4, batches(world)[1]))
    raw[at : at + 8] = bytes(8)
    world.segment().write_bytes(raw)
    problem = _problem(world)
    assert (problem.code, problem.n) == ("batch-damaged", 4)
    assert world.verify().records == 12


async def test_a_ledger_at_work_verifies(world: World) -> None:
    writer = world.writer()
    sequencer = world.sequencer(anchor_seconds=0.0)
    stop = False

    async def work() -> None:
        while not stop:
            await asyncio.gather(*map(writer.append, world.events(20, tenants=2)))

    async def sign() -> None:
        while not stop:
            await asyncio.to_thread(sequencer.step)

    tasks = [asyncio.create_task(work()), asyncio.create_task(sign())]
    verdicts: list[Verdict] = [await asyncio.to_thread(world.verify) for _ in range(12)]
    stop = True
    await asyncio.gather(*tasks)
    writer.close()
    sequencer.close()
    assert [verdict.problems for verdict in verdicts] == [()] * 12
    assert world.verify().holds


def test_every_word_of_a_problem_is_explained_on_the_page_that_the_hint_names() -> None:
    page = (REPOSITORY / "docs/how-to/read-the-ledger.md").read_text(encoding="utf-8")
    explained = set(re.findall(r"`([a-z-]+)`", "".join(re.findall(r"(?m)^\| (`.*?) \|", page))))
    told = set()
    for path in (REPOSITORY / "src/curtilage/ledger").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                first = node.args[0] if node.args else None
                if node.func.attr in TELLING and isinstance(first, ast.Constant):
                    told.add(first.value)
    assert len(told) > 20
    assert told == explained


def test_more_problems_than_anyone_reads_are_counted() -> None:
    findings = Findings()
    for n in range(LIMIT + 5):
        findings.add("x", "y", writer="w", n=n)
        findings.add("x", "again", writer="w", n=n)
        findings.note("z")
    verdict = Verdict(7, 0, None, tuple(findings.problems), findings.more)
    assert (len(findings.problems), findings.more, len(findings.notices)) == (LIMIT, 10, LIMIT)
    assert verdict.summary() == f"{LIMIT + 10} problems found in 7 records"
    assert Verdict(7, 0, None, (findings.problems[0],)).summary() == "1 problem found in 7 records"


@pytest.mark.slow
def test_the_memory_of_verify_does_not_grow_with_the_ledger(tmp_path: Path) -> None:
    peaks = []
    for name, batches_ in (("small", 10), ("large", 80)):
        world = World(tmp_path / name)
        world.write_batches([100] * batches_, segment_bytes=40_000)
        world.sequence()
        tracemalloc.start()
        assert world.verify().records == 100 * batches_
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]
