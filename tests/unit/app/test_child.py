"""The entry of a supervised process: what it does with bad orders, and without a parent."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow  # each loads all that a process of the service needs


def run_child(folder: Path, text: str) -> "subprocess.CompletedProcess[str]":
    orders = {
        "role": "control", "index": 0, "config": str(folder / "curtilage.toml"), "flags": {},
        "sockets": str(folder), "parent": 1,
    }  # fmt: skip
    (folder / "curtilage.toml").write_text(text)
    return subprocess.run(
        [sys.executable, "-m", "curtilage.app.child", "control"],
        input=json.dumps(orders) + "\n", capture_output=True, text=True, check=False, cwd=folder,
    )  # fmt: skip


def test_a_wrong_setting_is_one_sentence_and_the_code_of_set_up(tmp_path: Path) -> None:
    done = run_child(tmp_path, "[server]\nworkers = 0\n")
    assert done.returncode == 3
    said = json.loads(done.stdout)
    assert said["error"] == "The setting server.workers must be between 1 and 64."
    assert said["exit_code"] == 3
    logged = json.loads(done.stderr)
    assert (logged["event"], logged["code"]) == ("process.stopped", "setup")


def test_a_child_whose_parent_is_gone_stops_by_itself(tmp_path: Path) -> None:
    text = f'[server]\ndata_dir = "{tmp_path / "data"}"\nkey_dir = "{tmp_path / "keys"}"\n'
    done = run_child(tmp_path, text)  # its stdin ends after the orders
    assert (done.returncode, done.stdout) == (0, "ready\n")
