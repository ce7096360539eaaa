"""kill -9 while pruning: the ledger verifies, and a second run finishes what was begun."""

import os
import random
import shutil
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

import pytest

from tests.unit.ledger.test_retention import OldWorld

PRUNER = Path(__file__).with_name("pruner.py")
REPOSITORY = Path(__file__).resolve().parents[3]
pytestmark = pytest.mark.slow


def _run(world: OldWorld, kill_after: float | None) -> str:
    env = {"PATH": os.defpath, "PYTHONPATH": str(REPOSITORY)}
    command = [sys.executable, str(PRUNER), str(world.root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=REPOSITORY, env=env) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        if kill_after is not None:
            time.sleep(kill_after)
            process.kill()
        return (said + process.stdout.read()).decode()


def _records(world: OldWorld) -> dict[str, bytes]:
    found = world.reader.iterate(writer="gw-0")
    return {record.event.id: sha256(record.raw).digest() for record in found}


def test_killed_at_any_moment_it_verifies_and_is_finished_by_the_next(tmp_path: Path) -> None:
    made = OldWorld(tmp_path / "made")
    made.age(10)
    shutil.copytree(made.root, tmp_path / "whole")
    whole = OldWorld(tmp_path / "whole")
    began = time.monotonic()
    assert "ended" in _run(whole, None)
    lasts = time.monotonic() - began
    kept = _records(whole)
    assert 0 < len(kept) < len(_records(made))
    chance, cut_short = random.Random(5), 0
    for number in range(8):
        world = OldWorld(tmp_path / str(number))
        shutil.copytree(made.root, world.root)
        cut_short += "ended" not in _run(world, chance.uniform(0, lasts / 2))
        verdict = world.verify()
        assert verdict.holds, verdict.problems
        assert kept.items() <= _records(world).items() <= _records(made).items()
        assert "ended" in _run(world, None)
        assert world.verify().holds
        assert _records(world) == kept
        shutil.rmtree(world.root)
    assert cut_short
