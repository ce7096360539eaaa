"""A guarded file is appended to only while it is the one that was opened."""

import os
from pathlib import Path

import pytest

from curtilage.ledger.errors import LedgerUnavailable
from curtilage.ledger.frames import encode_batch
from curtilage.ledger.segment import GuardedFile, iterate_batches, remove_file


@pytest.fixture
def file(tmp_path: Path) -> GuardedFile:
    path = tmp_path / "file"
    path.write_bytes(b"head")
    return GuardedFile.open(path, 4)


def test_what_was_not_settled_is_cut_back(file: GuardedFile) -> None:
    file.append(b"kept", os.fsync)
    file.settle(4)
    file.append(b"failed", os.fsync)
    file.cut_back()
    assert file.path.read_bytes() == b"headkept"
    file.close()


def test_a_file_that_is_gone_or_another_or_of_another_length_is_refused(file: GuardedFile) -> None:
    file.append(b"more", os.fsync)
    with pytest.raises(LedgerUnavailable):  # not settled: four bytes too many
        file.append(b"more", os.fsync)
    file.settle(4)
    file.path.rename(file.path.with_name("moved"))
    with pytest.raises(LedgerUnavailable):
        file.append(b"more", os.fsync)
    file.path.write_bytes(b"another")
    with pytest.raises(LedgerUnavailable):
        file.check_in_place()
    file.close()


def test_batches_end_at_the_first_that_is_not_sound() -> None:
    sound = encode_batch(0, [b"a"]) + encode_batch(1, [b"b"])
    torn = encode_batch(2, [b"c"])
    for rest in (b"", torn[:-1], torn[:-1] + b"x", torn[:9]):
        assert [batch.head.first for batch in iterate_batches(sound + rest, 0)] == [0, 1]


def test_removing_what_is_not_there_is_no_error(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.touch()
    remove_file(path)
    remove_file(path)
    assert not path.exists()
