"""Copies of logs from a shared store, in files."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from curtilage.ledger.checkpoints import Checkpoints
from curtilage.ledger.copies import Copies, LogCopy
from curtilage.ledger.disk import sync_data
from curtilage.ledger.errors import LedgerTampered, RollbackDetected, SlotInUse
from curtilage.ledger.models import StoredBatch
from curtilage.ledger.moving import move_in
from curtilage.ledger.origins import Origins
from tests.fakes.sharedstore import FakeSharedStore
from tests.unit.ledger.worlds import KEY, NAME, World

SLOT = "gw-0"


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A ledger of files with several segments, and sealed parts in some."""
    world = World(tmp_path / "origin")
    for _ in range(3):
        world.write_batches([4, 3, 5], tenants=2, every_sealed=4, segment_bytes=3000)
    return world


@pytest.fixture
def store(world: World) -> FakeSharedStore:
    store = FakeSharedStore()
    move_in(world.ledger, store, Checkpoints(world.ledger, Origins(NAME), KEY.public_key()))
    return store


def files(ledger: Path) -> dict[str, bytes]:
    found = sorted((ledger / "log" / SLOT).glob("*"))
    return {path.name: path.read_bytes() for path in found if path.name != "lease"}


def test_a_copy_has_the_same_files(world: World, store: FakeSharedStore, tmp_path: Path) -> None:
    copies = Copies(tmp_path, store)
    assert copies.take() == 36
    assert copies.take() == 0
    copies.close()
    assert len(files(tmp_path)) > 4
    assert files(tmp_path) == files(world.ledger)


@pytest.mark.parametrize("count", [1, 2, 5, 8])
def test_a_copy_goes_on_where_it_was(
    world: World, store: FakeSharedStore, tmp_path: Path, count: int
) -> None:
    batches = store.logs[SLOT]
    for end in (count, len(batches)):
        store.logs[SLOT] = batches[:end]
        copies = Copies(tmp_path, store)
        copies.take()
        copies.close()
    assert files(tmp_path) == files(world.ledger)


def test_what_a_crash_left_behind_the_end_is_cut(
    world: World, store: FakeSharedStore, tmp_path: Path
) -> None:
    batches = store.logs[SLOT]
    store.logs[SLOT] = batches[:2]
    copies = Copies(tmp_path, store)
    copies.take()
    copies.close()
    for path in (tmp_path / "log" / SLOT).glob(f"{batches[1].segment:020d}.*"):
        with path.open("ab") as file:
            file.write(b"half a bat")
    store.logs[SLOT] = batches
    copies.take()
    copies.close()
    assert files(tmp_path) == files(world.ledger)


def damaged(batch: StoredBatch) -> StoredBatch:
    return replace(batch, data=batch.data[:-1] + bytes([batch.data[-1] ^ 1]))


CHANGES: dict[str, Callable[[list[StoredBatch]], list[StoredBatch]]] = {
    "a byte": lambda all_: [all_[0], damaged(all_[1]), *all_[2:]],
    "one lacks": lambda all_: [all_[0], *all_[2:]],
    "the first lacks": lambda all_: all_[1:],
    "twice": lambda all_: [all_[0], all_[0], *all_[1:]],
    "other number": lambda all_: [replace(all_[0], first=1), *all_[1:]],
    "other segment": lambda all_: [all_[0], replace(all_[1], segment=99), *all_[2:]],
    "no header": lambda all_: [replace(all_[0], header=None), *all_[1:]],
    "other header": lambda all_: [replace(all_[0], header=all_[-1].header or all_[0].data), *all_],
    "more behind": lambda all_: [replace(all_[0], data=all_[0].data + b"x"), *all_[1:]],
    "cut": lambda all_: [replace(all_[0], data=all_[0].data[:20]), *all_[1:]],
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_what_does_not_follow_is_refused(
    store: FakeSharedStore, tmp_path: Path, change: Callable[..., list[StoredBatch]]
) -> None:
    store.logs[SLOT] = change(store.logs[SLOT])
    with pytest.raises(LedgerTampered):
        Copies(tmp_path, store).take()


def test_a_store_that_has_less_than_the_copy_is_refused(
    store: FakeSharedStore, tmp_path: Path
) -> None:
    copies = Copies(tmp_path, store)
    copies.take()
    store.logs[SLOT] = store.logs[SLOT][:-1]
    with pytest.raises(RollbackDetected):
        copies.take()


def test_a_store_that_says_more_than_it_gives_is_refused(tmp_path: Path) -> None:
    class Promising(FakeSharedStore):
        def ends(self) -> dict[str, int]:
            return {SLOT: 1}

    with pytest.raises(LedgerTampered):
        Copies(tmp_path, Promising(logs={SLOT: []})).take()


def test_one_process_copies_a_log(tmp_path: Path) -> None:
    copy = LogCopy(tmp_path, SLOT)
    with pytest.raises(SlotInUse):
        LogCopy(tmp_path, SLOT)
    copy.close()
    LogCopy(tmp_path, SLOT).close()


def test_a_copy_without_segments_and_with_a_mark_is_refused(
    store: FakeSharedStore, tmp_path: Path
) -> None:
    copies = Copies(tmp_path, store)
    copies.take()
    copies.close()
    for path in (tmp_path / "log" / SLOT).glob("*.log"):
        path.unlink()
    with pytest.raises(LedgerTampered):
        copies.take()


def test_after_a_failed_sync_all_is_read_again(
    world: World, store: FakeSharedStore, tmp_path: Path
) -> None:
    fails = [True]

    def sync(fd: int) -> None:
        if fails and fails.pop():
            raise OSError(5, os.strerror(5))
        sync_data(fd)

    copy = LogCopy(tmp_path, SLOT, sync=sync)
    with pytest.raises(OSError, match="error"):
        copy.append(store.logs[SLOT])
    copy.close()
    copies = Copies(tmp_path, store)
    copies.take()
    copies.close()
    assert files(tmp_path) == files(world.ledger)
