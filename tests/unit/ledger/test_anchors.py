"""Anchors in a folder: appended whole, read strictly."""

from pathlib import Path

import pytest

from curtilage.ledger.anchors import FILE, DirectoryAnchors, encode_anchor, parse_anchor
from curtilage.ledger.errors import LedgerTampered

NOTES = [f"head\n{number}\nroot\n\n\u2014 head AAAA\n".encode() for number in range(3)]


def test_anchors_come_back_in_order(tmp_path: Path) -> None:
    store = DirectoryAnchors(tmp_path / "anchors")
    assert store.newest() is None
    assert list(store.iterate()) == []
    for note in NOTES:
        store.append(note)
        assert store.newest() == note
    assert list(store.iterate()) == NOTES


def test_an_append_that_a_crash_cut_short_is_removed_by_the_next(tmp_path: Path) -> None:
    store = DirectoryAnchors(tmp_path)
    store.append(NOTES[0])
    with (tmp_path / FILE).open("ab") as file:
        file.write(encode_anchor(NOTES[1])[:-9])
    assert store.newest() == NOTES[0]
    with pytest.raises(LedgerTampered):
        list(store.iterate())
    store.append(NOTES[2])
    assert list(store.iterate()) == [NOTES[0], NOTES[2]]


def test_a_file_that_holds_only_a_torn_line_has_no_newest(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b'{"no')
    assert DirectoryAnchors(tmp_path).newest() is None


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{}\n",
        b"[]\n",
        b'{"note":7,"v":1}\n',
        b'{"note":"x","v":2}\n',
        b'{"v":1,"note":"x"}\n',
    ],
)
def test_a_line_of_another_shape_is_damage(line: bytes) -> None:
    with pytest.raises(LedgerTampered):
        parse_anchor(line)
