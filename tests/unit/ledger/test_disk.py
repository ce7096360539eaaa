"""Writing files so that they last."""

import os
from pathlib import Path

import pytest

from curtilage.ledger.disk import (
    is_locked,
    lock_file,
    make_directory,
    replace_file,
    write_all,
)
from curtilage.ledger.errors import SlotInUse


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "file"
    replace_file(path, b"one")
    replace_file(path, b"two")
    assert path.read_bytes() == b"two"
    assert [p.name for p in tmp_path.iterdir()] == ["file"]
    assert path.stat().st_mode & 0o077 == 0


def test_a_replacement_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "folder"
    path.mkdir()
    with pytest.raises(OSError, match="folder"):
        replace_file(path, b"one")
    assert [p.name for p in tmp_path.iterdir()] == ["folder"]


def test_everything_is_written_at_its_offset(tmp_path: Path) -> None:
    fd = os.open(tmp_path / "file", os.O_RDWR | os.O_CREAT)
    write_all(fd, b"abcdef", 0)
    write_all(fd, b"XY", 2)
    assert os.pread(fd, 9, 0) == b"abXYef"
    os.close(fd)


def test_folders_are_made_with_their_parents_for_their_owner(tmp_path: Path) -> None:
    make_directory(tmp_path / "a" / "b")
    make_directory(tmp_path / "a" / "b")
    assert (tmp_path / "a").stat().st_mode & 0o077 == 0


def test_a_lock_is_held_until_closed(tmp_path: Path) -> None:
    path = tmp_path / "lease"
    assert not is_locked(path)
    fd = lock_file(path)
    assert is_locked(path)
    with pytest.raises(SlotInUse):
        lock_file(path)
    os.close(fd)
    assert not is_locked(path)
