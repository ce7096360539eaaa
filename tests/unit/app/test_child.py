"""The entry of a supervised process: what it does with bad orders, and without a parent."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow  # each loads all that a process of the service needs
CHILD = ("-m", "curtilage.app", "control")
FAILING_LATER = """
import json, sys
from curtilage.app.child import _obey
from curtilage.app.logs import set_up_logs
from curtilage.core.errors import UnavailableError

async def run(settings, orders, stopping, ready):
    ready()
    raise UnavailableError("It went away.")

set_up_logs()
sys.exit(_obey("control", run, json.loads(sys.stdin.readline())))
"""


READY = """
import gc
from curtilage.app.child import Parent

gc.disable()
Parent().say_ready()
print(gc.isenabled(), gc.get_threshold())
"""


def run_program(folder: Path, orders: str, *program: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *program],
        input=orders, capture_output=True, text=True, check=False, cwd=folder,
    )  # fmt: skip


def some_orders(folder: Path, text: str) -> str:
    """One line that tells a child to read `text` as its configuration."""
    orders = {
        "role": "control", "index": 0, "config": str(folder / "curtilage.toml"), "flags": {},
        "sockets": str(folder), "parent": 1,
    }  # fmt: skip
    (folder / "curtilage.toml").write_text(text)
    return json.dumps(orders) + "\n"


def run_child(folder: Path, text: str) -> "subprocess.CompletedProcess[str]":
    return run_program(folder, some_orders(folder, text), *CHILD)


def test_a_wrong_setting_is_one_sentence_and_the_code_of_set_up(tmp_path: Path) -> None:
    done = run_child(tmp_path, "[server]\nworkers = 0\n")
    assert done.returncode == 3
    said = json.loads(done.stdout)
    assert said["error"] == "The setting server.workers must be between 1 and 64."
    assert said["exit_code"] == 3
    assert done.stderr == "", "who reads that sentence tells it, and nothing stands before it"


def test_what_stops_a_child_later_it_logs_itself(tmp_path: Path) -> None:
    done = run_program(tmp_path, some_orders(tmp_path, ""), "-c", FAILING_LATER)
    assert (done.returncode, done.stdout) == (4, "ready\n")
    logged = json.loads(done.stderr)
    assert (logged["event"], logged["code"]) == ("process.stopped", "unavailable")


@pytest.mark.parametrize("cut", [0, 1, -2])
def test_orders_that_do_not_come_whole_are_one_sentence(tmp_path: Path, cut: int) -> None:
    done = run_program(tmp_path, some_orders(tmp_path, "")[:cut], *CHILD)
    assert (done.returncode, done.stdout) == (4, "")
    said, hint = done.stderr.splitlines()
    assert said == "error: The orders of this process did not come; who started it is gone."
    assert hint.startswith("hint: ")


def test_a_child_whose_parent_is_gone_stops_by_itself(tmp_path: Path) -> None:
    text = f'[server]\ndata_dir = "{tmp_path / "data"}"\nkey_dir = "{tmp_path / "keys"}"\n'
    done = run_child(tmp_path, text)  # its stdin ends after the orders
    assert (done.returncode, done.stdout) == (0, "ready\n")


def test_what_is_loaded_is_set_apart_and_cycles_are_collected_again(tmp_path: Path) -> None:
    done = run_program(tmp_path, "", "-c", READY)
    assert done.stdout == "ready\nTrue (10000, 20, 20)\n", done.stderr
