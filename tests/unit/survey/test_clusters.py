"""A survey on a Ray cluster gives what one process gives. In an environment that has Ray."""

from pathlib import Path

import pytest

from curtilage.core.errors import UnavailableError
from curtilage.survey.clusters import open_cluster
from curtilage.survey.examining import Wishes
from curtilage.survey.models import Problem, Result
from curtilage.survey.pools import Here, Pool
from curtilage.survey.surveying import BIG, survey
from curtilage.survey.walking import walk
from tests.fakes.detector import MarkDetector
from tests.unit.survey.test_surveying import Dying

pytest.importorskip("ray")
pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number in range(70):
        (tmp_path / f"{number:03}.txt").write_text(f"mail @name{number}\n" * (number % 5))
    (tmp_path / "050.big.log").write_text("a line with @ada and more\n" * (BIG // 20))
    return tmp_path


def told(folder: Path, pool: Pool, detector: type[MarkDetector] = MarkDetector) -> list[Result]:
    return list(survey(walk([folder]), detector, Wishes(), pool))


def test_a_cluster_gives_what_one_process_gives_and_loses_nothing_silently(folder: Path) -> None:
    with open_cluster("local") as pool:
        assert told(folder, pool) == told(folder, Here())
        lost = told(folder / "001.txt", pool, Dying)
    assert "died" in next(each.why for each in lost if isinstance(each, Problem))


def test_a_cluster_that_is_not_there_is_told() -> None:
    with pytest.raises(UnavailableError):
        open_cluster("127.0.0.1:1").__enter__()
