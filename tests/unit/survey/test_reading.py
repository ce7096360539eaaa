"""The reader is chosen by what a file is, then by what it is called."""

from pathlib import Path

import pytest

from curtilage.survey.errors import Unreadable
from curtilage.survey.models import Item, Part, Problem, Skipped
from curtilage.survey.reading import all_readers, choose_reader, may_unfold, read_items
from curtilage.survey.sources import Source, open_file


def source(folder: Path, name: str, content: bytes) -> Source:
    path = folder / name
    path.write_bytes(content)
    return open_file(path)


def items(folder: Path, name: str, content: bytes) -> list[Item]:
    return list(read_items(source(folder, name, content)))


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.txt", b"text", "text"),
        ("README", b"text", "text"),
        ("a.py", b"x = 1", "text"),
        ("a.json", b"{}", "json"),
        ("a.jsonl", b"{}", "jsonl"),
        ("a.TSV", b"a\tb", "csv"),
        ("page", b"<!DOCTYPE html><html>", "html"),
        ("a.txt", b"<?xml version='1.0'?><a/>", "xml"),
        ("a.unknown", b"text", "text"),
    ],
)
def test_who_reads_what(tmp_path: Path, name: str, content: bytes, expected: str) -> None:
    reader = choose_reader(source(tmp_path, name, content))
    assert reader is not None and reader.name == expected


def test_binary_of_no_known_format_is_skipped(tmp_path: Path) -> None:
    assert items(tmp_path, "a.o", b"\x7fELF" + bytes(100)) == [Skipped()]


def test_binary_under_the_name_of_text_is_a_problem(tmp_path: Path) -> None:
    (told,) = items(tmp_path, "a.json", bytes(100))
    assert isinstance(told, Problem) and "Its name says json" in told.why
    with pytest.raises(Unreadable):
        choose_reader(source(tmp_path, "b.csv", bytes(100)))


def test_a_file_that_went_away_is_a_problem(tmp_path: Path) -> None:
    there = source(tmp_path, "a.txt", b"text")
    (tmp_path / "a.txt").unlink()
    (told,) = read_items(there)
    assert isinstance(told, Problem) and told.why == "It is not there."


def test_a_file_that_grew_is_read_as_far_as_it_was_and_told(tmp_path: Path) -> None:
    there = source(tmp_path, "a.txt", b"text")
    (tmp_path / "a.txt").write_bytes(b"text and more")
    part, told = read_items(there)
    assert isinstance(part, Part) and part.text == "text"
    assert isinstance(told, Problem) and "grew" in told.why


def test_a_file_that_shrank_is_told(tmp_path: Path) -> None:
    there = source(tmp_path, "a.txt", b"text and more")
    (tmp_path / "a.txt").write_bytes(b"text")
    part, told = read_items(there)
    assert isinstance(part, Part) and isinstance(told, Problem) and "shrank" in told.why


def test_archives_are_not_taken_for_small() -> None:
    endings = ("zip", "TAR", "gz", "tgz", "bz2", "xz")
    assert all(map(may_unfold, endings)) and not any(map(may_unfold, ("txt", "", "eml", "parquet")))


def test_names_of_readers_and_endings_are_unique() -> None:
    readers = all_readers()
    endings = [ending for reader in readers for ending in reader.suffixes]
    assert len(endings) == len(set(endings))
    assert len({reader.name for reader in readers}) == len(readers)
