"""How far a survey is, in a line."""

from curtilage.cli.scanning import Progress
from curtilage.survey.models import Done, Passed
from tests.fakes.found import a_found


def test_progress_counts_parts_of_big_files_and_small_ones() -> None:
    progress = Progress(total=10_000_000, begun=0.0, shown=1e12)
    for result in (
        Passed("a", 2_000_000),
        Done("a", 4_000_000, 4_000_000),
        a_found(),
        Done("b", 1_000_000, 5),
    ):
        progress.take(result)
    line = progress.line(60.0)
    assert "50%" in line and "2 files, 5 MB, 1 found" in line and "1:00 left" in line


def test_without_a_total_there_is_no_share() -> None:
    assert Progress(total=0).line(1.0) == "0 files, 0 MB, 0 found"
