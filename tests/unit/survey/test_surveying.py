"""A survey gives the same results in the same order, however the work is shared out."""

import os
from pathlib import Path

import pytest

from curtilage.survey.examining import Wishes
from curtilage.survey.models import Done, Found, Problem, Result
from curtilage.survey.pools import Here, Pool, open_processes
from curtilage.survey.sources import open_stream
from curtilage.survey.surveying import BIG, survey, survey_stream
from curtilage.survey.walking import walk
from tests.fakes.detector import MarkDetector

LINES = BIG // 220


class Dying(MarkDetector):
    """Ends its process."""

    def scan(self, text: str) -> tuple[()]:
        os._exit(9)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number in range(100):
        (tmp_path / f"{number:03}.txt").write_text(f"mail @name{number}\n" * (number % 5))
    (tmp_path / "050.big.log").write_text(("a line with @ada and more" + " " * 200 + "\n") * LINES)
    (tmp_path / "051.link").symlink_to("nowhere")
    return tmp_path


def told(folder: Path, pool: Pool) -> list[Result]:
    return list(survey(walk([folder]), MarkDetector, Wishes(), pool))


def test_files_are_done_in_the_order_of_the_walk(folder: Path) -> None:
    given = told(folder, Here())
    done = [Path(each.path).name for each in given if isinstance(each, Done)]
    assert done == sorted(done) and len(done) == 101
    assert [Path(each.path).name for each in given if isinstance(each, Problem)] == ["051.link"]
    names = [each.path for each in given if isinstance(each, Found | Done)]
    assert names == sorted(names)


@pytest.mark.slow
def test_processes_give_what_one_gives(folder: Path) -> None:
    with open_processes(2) as pool:
        assert told(folder, pool) == told(folder, Here())


@pytest.mark.slow
def test_a_process_that_dies_is_told_of(folder: Path) -> None:
    with open_processes(2) as pool:
        given = list(
            survey(walk([folder / "001.txt", folder / "050.big.log"]), Dying, Wishes(), pool)
        )
    problems = [each for each in given if isinstance(each, Problem)]
    assert {Path(each.path).name for each in problems} == {"001.txt", "050.big.log"}
    assert all("died" in each.why for each in problems)


def test_a_stream_is_surveyed_like_a_file(folder: Path) -> None:
    with (folder / "050.big.log").open("rb") as opened:
        given = list(survey_stream("<stdin>", open_stream(opened), MarkDetector, Wishes(), Here()))
    found = [each for each in given if isinstance(each, Found)]
    assert len(found) == LINES
    assert [each.spot.line for each in found] == list(range(1, LINES + 1))
