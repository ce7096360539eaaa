"""kill -9 at any instant: what was acknowledged is there, and the ledger verifies."""

import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from curtilage.ledger.record import parse_record
from tests.unit.ledger.worlds import World

APPENDER = Path(__file__).with_name("appender.py")
REPOSITORY = Path(__file__).resolve().parents[3]


def _run_and_kill(world: World, acknowledged_before_kill: int) -> list[str]:
    """The ids that the process printed before it was killed."""
    command = [sys.executable, str(APPENDER), str(world.ledger), "16"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=REPOSITORY) as process:
        assert process.stdout is not None
        seen = [process.stdout.readline() for _ in range(acknowledged_before_kill)]
        process.kill()
        seen += process.stdout.read().splitlines(keepends=True)
    return [line.decode().strip() for line in seen if line.endswith(b"\n")]


def _check(world: World, acknowledged: list[str]) -> None:
    world.writer().close()
    world.sequence()
    verdict = world.verify()
    assert verdict.holds, verdict.problems
    found = Counter(record.event.id for record in world.reader.iterate())
    assert [id_ for id_ in acknowledged if found[id_] != 1] == []
    last = list(world.reader.iterate())[-1]
    assert parse_record(last.raw).n == verdict.records - 1


def _kill_rounds(world: World, rounds: int) -> None:
    acknowledged: list[str] = []
    chance = random.Random(7)
    for _ in range(rounds):
        acknowledged += _run_and_kill(world, chance.randrange(1, 400))
        _check(world, acknowledged)
    open_intents = world.writer()
    assert open_intents.unfinished == ()  # each check closed what its crash had left open
    open_intents.close()


@pytest.mark.slow
def test_no_acknowledged_record_is_lost_by_five_kills(tmp_path: Path) -> None:
    _kill_rounds(World(tmp_path), 5)


@pytest.mark.deep
@pytest.mark.timeout(600)
def test_no_acknowledged_record_is_lost_by_fifty_kills(tmp_path: Path) -> None:
    _kill_rounds(World(tmp_path), 50)
