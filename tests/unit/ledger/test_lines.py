"""A file of lines keeps whole lines and nothing else."""

from pathlib import Path

from curtilage.ledger.lines import LineFile


def test_a_line_that_a_crash_cut_short_at_any_byte_is_removed_by_the_next(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "lines"
    lines = LineFile(path, 16)
    lines.append(b"first\n")
    whole = path.read_bytes()
    for cut in range(1, 7):
        path.write_bytes(whole + b"second\n"[:cut])
        assert lines.newest() == b"first\n"
        lines.append(b"third\n")
        assert list(lines.iterate()) == [b"first\n", b"third\n"]


def test_nothing_is_there_before_the_first(tmp_path: Path) -> None:
    lines = LineFile(tmp_path / "lines", 16)
    assert lines.newest() is None
    assert list(lines.iterate()) == []
    (tmp_path / "lines").write_bytes(b"torn")
    assert lines.newest() is None
