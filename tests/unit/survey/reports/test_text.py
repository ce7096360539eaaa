"""The report for a terminal is grouped by file, and moves no cursor."""

import io

from curtilage.survey.models import Commit, Found
from curtilage.survey.reports.text import TextReport
from curtilage.survey.tallying import Tally
from tests.fakes.found import IN_TABLE, a_found


def written(*results: Found, colour: bool = False) -> str:
    out = io.StringIO()
    report = TextReport(out, colour=colour)
    for result in results:
        report.take(result)
    report.close(Tally())
    return out.getvalue()


def test_findings_stand_under_their_file() -> None:
    text = written(a_found(), a_found(spot=IN_TABLE), a_found("b.txt"))
    assert [line.split()[0] for line in text.splitlines() if line and line[0] != " "] == [
        "letters/ada.txt",
        "b.txt",
    ]
    assert "2:6" in text and "sheet Orders · 7:1 · email" in text and "‹19 characters›" in text


def test_types_stand_below_each_other_where_places_are_long() -> None:
    lines = written(a_found(spot=IN_TABLE), a_found(), a_found("b.txt")).splitlines()
    long, short, other = (line.index("EMAIL") for line in lines if "EMAIL" in line)
    assert long == short > other


def test_a_commit_and_reasons_are_shown() -> None:
    text = written(
        a_found(commit=Commit("abcdef0123456789", "author 1", "2026-01-02"), why=("a word",))
    )
    assert "abcdef0123 2026-01-02 author 1" in text and "\n      a word\n" in text


def test_names_and_values_cannot_steer_the_terminal() -> None:
    text = written(a_found("a\x1b[2J.txt", value="x\x1b]0;y\x07\u202e"))
    assert "\x1b" not in text and "\x07" not in text and "\u202e" not in text
    assert "a\\u001b[2J.txt" in text


def test_colours_are_there_where_they_are_wanted() -> None:
    assert "\x1b[33mEMAIL_ADDRESS" in written(a_found(), colour=True)
