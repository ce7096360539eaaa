"""How what is missing is said, and of which record."""

from pathlib import Path

from curtilage.ledger.findings import Findings
from curtilage.ledger.logwalk import LogWalk, are_missing, span


def test_one_record_is_one() -> None:
    assert (span(7, 7), span(7, 9)) == ("Record 7", "Records 7 to 9")
    assert (are_missing(7, 8), are_missing(7, 9)) == ("It is missing", "Records 7 to 8 are missing")


def test_a_problem_is_told_of_the_next_record_or_of_the_one_that_is_named() -> None:
    walk = LogWalk(Path("ledger"), "gw-0", Findings(), n=7)
    walk.problem("a", "x", 0)
    walk.lose("b", "y")
    assert [(each.code, each.n) for each in walk.findings.problems] == [("a", 0), ("b", 7)]
    assert walk.is_lost


def test_files_are_named_as_they_lie_below_the_ledger() -> None:
    walk = LogWalk(Path("/data/ledger"), "gw-0", Findings())
    assert walk.segment_name(12) == "log/gw-0/00000000000000000012.log"
    assert walk.box_name(12) == "log/gw-0/00000000000000000012.box"
