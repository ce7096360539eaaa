"""Cuts stand at lines, at white space, or anywhere if there is neither."""

import pytest

from curtilage.survey.models import Part
from curtilage.survey.originals import Original
from curtilage.survey.readers.plain import as_it_is
from curtilage.survey.windows import Sizes, cut_windows

SIZES = Sizes(core=100, before=40, after=40, longest=200)


def windows(text: str, sizes: Sizes = SIZES) -> list[Part]:
    original = Original([text])
    return list(cut_windows(as_it_is(original), original, sizes=sizes))


def cores(text: str) -> list[str]:
    return [part.text[slice(*part.core)] for part in windows(text) if part.core]


@pytest.mark.parametrize(
    "text",
    ["", "short", "line of text\n" * 50, "word " * 200, "x" * 1000, "x" * 1000 + "\n" + "y " * 400],
)
def test_cores_are_the_text(text: str) -> None:
    assert "".join(cores(text)) == text
    assert all(len(part.text) <= 100 + 2 * 200 + 3 * 40 for part in windows(text))


def test_cuts_stand_behind_lines_and_words() -> None:
    assert all(core.endswith("\n") for core in cores("line of text\n" * 50))
    assert all(core.endswith(" ") for core in cores("word " * 200))


def test_titles_of_a_table_stand_before_every_part() -> None:
    table = "id,ssn,name\n" + "".join(f"{number},x{number},y\n" for number in range(100))
    for part in windows("before\n" + table)[1:]:
        assert part.text.startswith("id,ssn,name\n")
    assert windows("before\n" + table + "text without cells\n" * 40)[-1].text.startswith("text")


def test_a_title_row_that_is_very_long_is_left_out() -> None:
    table = "t," + "x" * 20_000 + "\n" + "1,2\n" * 2000
    sizes = Sizes(core=1000, before=40, after=40, longest=30_000)
    assert all(part.core and part.core[0] < 200 for part in windows(table, sizes))
