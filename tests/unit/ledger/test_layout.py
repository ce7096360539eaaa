"""Names become paths only where they are safe ones."""

from pathlib import Path

import pytest

from curtilage.ledger.errors import RecordRefused
from curtilage.ledger.layout import check_name, find_folders, find_segments, segment_path


def test_segments_are_listed_in_order_and_nothing_else_is(tmp_path: Path) -> None:
    for first in (700, 0, 12):
        segment_path(tmp_path, first).touch()
    for name in ("durable", "lease", "7.log", f"{9:020d}.box", f"{9:020d}.log.new"):
        (tmp_path / name).touch()
    assert find_segments(tmp_path) == [0, 12, 700]


def test_what_does_not_exist_holds_nothing(tmp_path: Path) -> None:
    assert find_segments(tmp_path / "none") == []
    assert find_folders(tmp_path / "none") == []


def test_a_name_is_a_folder_and_a_part_of_an_origin() -> None:
    assert check_name("gw-0", "slot") == "gw-0"
    for name in ("", ".", "..", "a/b", "a b", "a\n", "\u00e4", "x" * 65):
        with pytest.raises(RecordRefused, match="slot"):
            check_name(name, "slot")
