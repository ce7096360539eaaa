"""Compiled patterns in a folder: what is read, and what is forgotten."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from curtilage.detect import compiled
from curtilage.detect.compiled import (
    FORGOTTEN,
    make_folder,
    name_compiled,
    read_compiled,
    write_compiled,
)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    make_folder(tmp_path / "cache")
    yield tmp_path / "cache"
    assert not list(tmp_path.rglob("*.part"))


def kept(folder: Path, key: str) -> Path:
    path = folder / name_compiled(key)
    write_compiled(path, key.encode())
    return path


def age(path: Path, seconds: float) -> None:
    """As if it had last been read so long before it was."""
    then = path.stat().st_mtime - seconds
    os.utime(path, (then, then))


def test_what_was_written_is_read_and_what_was_changed_is_not(folder: Path) -> None:
    path = kept(folder, "one")
    assert read_compiled(path) == b"one"
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_bytes(path.read_bytes() + b"mischief")
    assert read_compiled(path) is None
    assert read_compiled(folder / name_compiled("none")) is None


def test_what_nobody_read_for_a_month_goes_when_a_new_one_comes(folder: Path) -> None:
    forgotten, used, recent = (kept(folder, key) for key in ("old", "used", "recent"))
    left, beside = folder / "patterns-x.1.2.part", folder / "notes.txt"
    for path in (forgotten, used, left, beside):
        path.touch()
        age(path, FORGOTTEN + 60)
    age(recent, FORGOTTEN - 60)
    assert read_compiled(used) == b"used"
    fresh = kept(folder, "fresh")
    assert sorted(folder.iterdir()) == sorted([used, recent, fresh, beside])


def test_as_many_are_looked_at_as_are_bounded_and_the_next_goes_on(folder: Path) -> None:
    for number in range(compiled.MOST + 5):
        path = folder / name_compiled(f"old-{number}")
        path.touch()
        os.utime(path, (1.0, 1.0))
    first = kept(folder, "first")
    assert len(list(folder.iterdir())) <= 7
    second = kept(folder, "second")
    assert sorted(folder.iterdir()) == [first, second]


def test_those_who_tidy_together_do_not_stumble(folder: Path) -> None:
    for number in range(60):
        path = folder / name_compiled(f"old-{number}")
        path.touch()
        os.utime(path, (1.0, 1.0))
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda number: kept(folder, f"new-{number}"), range(8)))
    assert len(list(folder.iterdir())) == 8


def test_where_nothing_can_be_written_nothing_is(tmp_path: Path) -> None:
    missing = tmp_path / "no folder" / name_compiled("one")
    write_compiled(missing, b"one")
    assert list(tmp_path.iterdir()) == []
