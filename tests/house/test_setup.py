"""`make setup` on machines that lack something, and a second time."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import REPOSITORY

FAILS = "raise SystemExit(1)\n"
MAKES_AN_ENVIRONMENT = """\
import pathlib, sys
python = pathlib.Path(sys.argv[1]) / "bin" / "python"
python.parent.mkdir(parents=True)
python.write_text('#!/bin/sh\\necho "$@" >> "$(dirname "$0")/calls"\\n')
python.chmod(0o755)
"""


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What `make setup` reads, in a folder of its own."""
    for name in (
        "tools/setup.py",
        "pyproject.toml",
        "requirements/base.txt",
        "requirements/build.txt",
    ):
        target = tmp_path / "clone" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(REPOSITORY / name, target)
    return tmp_path / "clone"


def _machine(clone: Path, *, venv: str, virtualenv: str) -> dict[str, str]:
    """An environment whose Python has these modules instead of its own."""
    modules = clone.parent / "modules"
    modules.mkdir()
    (modules / "venv.py").write_text(venv)
    (modules / "virtualenv.py").write_text(virtualenv)
    return {"PATH": os.defpath, "PYTHONPATH": str(modules)}


def _set_up(clone: Path, env: dict[str, str], *groups: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, str(clone / "tools" / "setup.py"), *(groups or ("base",))]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


def _calls(clone: Path) -> list[str]:
    return (clone / ".venv" / "bin" / "calls").read_text().splitlines()


def _pip_that(clone: Path, ends: int) -> dict[str, str]:
    """A machine whose pip warns, and ends so."""
    says = f'echo "WARNING: a warning of pip" >&2; exit {ends}\\n'
    venv = MAKES_AN_ENVIRONMENT.replace("calls\"\\n'", f"calls\"\\n{says}'")
    assert venv != MAKES_AN_ENVIRONMENT
    return _machine(clone, venv=venv, virtualenv=FAILS)


def test_what_pip_says_is_told_only_where_it_fails(clone: Path) -> None:
    done = _set_up(clone, _pip_that(clone, 0))
    assert (done.returncode, done.stderr) == (0, "")
    assert "a warning of pip" not in done.stdout


def test_what_pip_says_is_told_where_it_fails(clone: Path) -> None:
    done = _set_up(clone, _pip_that(clone, 1))
    assert done.returncode == 2
    assert done.stderr.startswith("WARNING: a warning of pip\nerror: this step failed: ")


def test_virtualenv_stands_in_for_a_missing_venv(clone: Path) -> None:
    done = _set_up(clone, _machine(clone, venv=FAILS, virtualenv=MAKES_AN_ENVIRONMENT))
    assert done.returncode == 0, done.stderr
    assert "made .venv with virtualenv" in done.stdout


def test_without_either_one_sentence_names_the_package(clone: Path) -> None:
    done = _set_up(clone, _machine(clone, venv=FAILS, virtualenv=FAILS))
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    assert done.returncode != 0
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert f"python{version}-venv" in done.stderr
    assert not (clone / ".venv").exists()


def test_everything_is_installed_with_hashes_and_nothing_else(clone: Path) -> None:
    _set_up(clone, _machine(clone, venv=MAKES_AN_ENVIRONMENT, virtualenv=FAILS))
    *locks, project = _calls(clone)
    assert len(locks) == 2
    assert all("--require-hashes" in call and "--no-deps" in call for call in locks)
    assert "--no-deps" in project
    assert "--no-build-isolation" in project


def test_a_second_run_installs_nothing(clone: Path) -> None:
    env = _machine(clone, venv=MAKES_AN_ENVIRONMENT, virtualenv=FAILS)
    _set_up(clone, env)
    before = _calls(clone)
    done = _set_up(clone, env)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert _calls(clone) == before


def test_a_changed_lock_is_installed_again(clone: Path) -> None:
    env = _machine(clone, venv=MAKES_AN_ENVIRONMENT, virtualenv=FAILS)
    _set_up(clone, env)
    before = len(_calls(clone))
    with (clone / "requirements" / "base.txt").open("a") as lock:
        lock.write("# newer\n")
    _set_up(clone, env)
    assert len(_calls(clone)) == before + 1


def test_a_group_that_does_not_exist_is_refused_by_name(clone: Path) -> None:
    done = _set_up(clone, _machine(clone, venv=FAILS, virtualenv=FAILS), "everything")
    assert done.returncode == 2
    assert "base, extras, test, dev, docs, frameworks, adapters, fuzz, peers" in done.stderr
