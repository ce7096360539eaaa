"""The head log's bundles and its unfinished steps."""

from pathlib import Path

import pytest

from curtilage.ledger.errors import LedgerTampered
from curtilage.ledger.head import (
    HeadLog,
    Pending,
    bundle_path,
    encode_bundle,
    iterate_entries,
    parse_bundle,
    parse_pending,
    read_bundle,
)
from curtilage.ledger.merkle import hash_leaf, root_of

NOTES = [f"note {number}\n".encode() for number in range(600)]


def _grow(directory: Path, sizes: list[int]) -> HeadLog:
    head = HeadLog(directory, 0)
    for size in sizes:
        for note in NOTES[head.size : size]:
            head.append(note)
        head.save()
        head.forget_partials()
    return head


@pytest.mark.parametrize("sizes", [[1], [3, 255, 256], [256, 257], [200, 600]])
def test_entries_come_back_and_the_log_grows_on(tmp_path: Path, sizes: list[int]) -> None:
    head = _grow(tmp_path, sizes)
    size = sizes[-1]
    assert list(iterate_entries(tmp_path, size)) == NOTES[:size]
    again = HeadLog(tmp_path, size)
    assert again.root() == head.root() == root_of([hash_leaf(note) for note in NOTES[:size]])
    again.append(b"one more")
    again.save()
    assert list(iterate_entries(tmp_path, size + 1))[-1] == b"one more"


def test_only_the_newest_partial_bundle_is_kept(tmp_path: Path) -> None:
    _grow(tmp_path, [3, 200, 300])
    files = sorted(p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("entries/**/*"))
    assert files == ["tile/entries/000", "tile/entries/001.p", "tile/entries/001.p/44"]


def test_a_wider_bundle_serves_and_a_missing_or_short_one_is_damage(tmp_path: Path) -> None:
    _grow(tmp_path, [9])
    assert read_bundle(tmp_path, 0, 4) == NOTES[:4]
    bundle_path(tmp_path, 0, 9).write_bytes(encode_bundle(NOTES[:8]))
    with pytest.raises(LedgerTampered):
        read_bundle(tmp_path, 0, 9)
    with pytest.raises(LedgerTampered):
        read_bundle(tmp_path, 1, 1)


@pytest.mark.parametrize("raw", [b"\0", b"\0\5four", encode_bundle([b"a"]) + b"\0"])
def test_a_bundle_that_ends_inside_an_entry_is_damage(raw: bytes) -> None:
    with pytest.raises(LedgerTampered):
        parse_bundle(raw)


def test_an_unfinished_step_comes_back_as_it_was() -> None:
    pending = Pending(7, (b"one\n", b"two\n"))
    assert parse_pending(pending.encode()) == pending


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"{}",
        b'{"head":7,"notes":[],"v":2}',
        b'{"v":1,"head":7,"notes":[]}',
        b'{"head":7,"notes":[1],"v":1}',
    ],
)
def test_an_unfinished_step_of_another_shape_is_damage(raw: bytes) -> None:
    with pytest.raises(LedgerTampered):
        parse_pending(raw)
