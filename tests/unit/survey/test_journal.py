"""A survey that was stopped and goes on gives what one in a single run gives."""

import json
from itertools import islice
from pathlib import Path
from typing import ClassVar

import pytest

from curtilage.survey.errors import BadJournal
from curtilage.survey.examining import Wishes
from curtilage.survey.journal import make_record, open_journal, parse_record
from curtilage.survey.models import Found, Note, Result, Table
from curtilage.survey.pools import Here
from curtilage.survey.surveying import survey
from curtilage.survey.walking import walk
from tests.fakes.detector import MarkDetector
from tests.fakes.found import IN_TABLE, a_found


class Counting(MarkDetector):
    """Counts the texts that it is given."""

    texts: ClassVar[list[str]] = []

    def scan(self, text: str) -> tuple:  # type: ignore[type-arg]
        self.texts.append(text)
        return super().scan(text)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(200):
        (folder / f"{number:03}.txt").write_text(f"mail @name{number}\n" * (number % 3))
    (folder / "table.csv").write_text("a,b\n1,@ada\n")
    (folder / "zz.json").write_bytes(bytes(9))
    return folder


def run(folder: Path, path: Path | None = None, most: int | None = None) -> list[Result]:
    """A survey, with or without a journal, of which `most` results are taken."""
    Counting.texts.clear()
    if path is None:
        return list(survey(walk([folder]), Counting, Wishes(), Here()))
    with open_journal(path, "a") as journal:
        results = journal.record(survey(walk([folder]), Counting, Wishes(), Here(), journal))
        return list(islice(results, most))


@pytest.mark.parametrize("stopped", [0, 1, 70, 150, 250])
def test_stopped_and_gone_on_is_the_same(folder: Path, tmp_path: Path, stopped: int) -> None:
    path = tmp_path / "journal"
    whole = run(folder)
    run(folder, path, stopped)
    path.write_bytes(path.read_bytes()[:-7])  # the machine stopped in the middle of a line
    assert run(folder, path) == whole
    assert run(folder, path) == whole
    assert Counting.texts == []


def test_what_changed_is_examined_again(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "journal"
    run(folder, path)
    (folder / "001.txt").write_text("now @other and @more")
    again = run(folder, path)
    assert Counting.texts == ["now @other and @more"]
    assert again == run(folder)


def test_a_file_of_which_a_line_is_damaged_is_examined_again(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "journal"
    whole = run(folder, path)
    lines = path.read_bytes().splitlines(keepends=True)
    damaged = next(number for number, line in enumerate(lines) if b"002.txt" in line)
    path.write_bytes(b"".join([*lines[:damaged], b'["found", "00\n', *lines[damaged + 1 :]]))
    assert run(folder, path) == whole
    assert Counting.texts == ["mail @name2\n" * 2]
    assert run(folder, path) == whole
    assert Counting.texts == []


def test_the_journal_of_another_survey_is_refused(folder: Path, tmp_path: Path) -> None:
    run(folder, tmp_path / "journal")
    with pytest.raises(BadJournal), open_journal(tmp_path / "journal", "b"):
        pass
    with pytest.raises(BadJournal, match="cannot be used"):
        run(folder, tmp_path / "none" / "journal")


@pytest.mark.parametrize(
    "result",
    [
        a_found(why=("a", "b")),
        a_found(spot=IN_TABLE),
        Table(("a", "b"), (1, 2), 3, ("sheet x",), "a.csv"),
        Note("odd", ("x",), "a.txt"),
    ],
)
def test_results_come_back_as_they_were(result: Result) -> None:
    assert parse_record(json.dumps(make_record(result)).encode()) == result


def test_no_value_is_written(folder: Path, tmp_path: Path) -> None:
    record = make_record(a_found(value="secret value"))
    assert isinstance(a_found(), Found) and "secret value" not in str(record)


@pytest.mark.parametrize(
    "line", [b"", b"{}", b"[]", b'["found"]', b'["found", "a", [1], 2, "x", []]', b"\xff"]
)
def test_a_line_that_no_survey_wrote_is_refused(line: bytes) -> None:
    with pytest.raises(BadJournal):
        parse_record(line)
