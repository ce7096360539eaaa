"""A guarded file is appended to only while it is the one that was opened."""

import os
from hashlib import sha256
from pathlib import Path

import pytest

from curtilage.ledger.errors import LedgerUnavailable
from curtilage.ledger.frames import encode_batch
from curtilage.ledger.segment import GuardedFile, iterate_batches, remove_file
from tests.unit.ledger.worlds import World

# What a log of version 1 is made of, now that a record names its sealed part by its hash.
FILES_V1 = {
    "00000000000000000000.log": "a56b2fc3231780a5e6b99765c43171377f30007b6a412f43b08170eb5aa46281",
    "00000000000000000001.box": "1d721508f745d09946bc7e87ee9d6fe8b672e60f0dc0be6780d0fc3cb79e345b",
    "00000000000000000001.log": "33c11eba8e0d7efe0a7cdf870e56274d3c5630facdb9fa252d4151358d15fb00",
    "durable": "1fd2d8fa979ea556736d007f712e15faff6734f3bd9d2ccf1a638e4139cbf90a",
}
BATCH_V1 = "f5434c420000000b0000000000000007000000020a181b8a9f64dc3d0000000161000000026263"


def test_the_bytes_of_a_log_never_change(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.write_batches([1, 1], tenants=2, every_sealed=2, segment_bytes=1)
    files = (path for path in world.log().iterdir() if path.stat().st_size)
    assert {path.name: sha256(path.read_bytes()).hexdigest() for path in files} == FILES_V1
    assert encode_batch(7, [b"a", b"bc"]).hex() == BATCH_V1


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
