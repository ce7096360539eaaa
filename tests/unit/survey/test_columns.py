"""What a column is follows from its cells, and its title speaks too."""

import pytest

from curtilage.core.models import Finding
from curtilage.survey.columns import SAMPLE, Column, Columns
from curtilage.survey.models import Field, Found, Spot, Table

WORDS = {"EMAIL_ADDRESS": frozenset({"email", "e mail", "mail"})}


def found(row: int, column: int, type: str = "EMAIL_ADDRESS") -> Found:
    spot = Spot(row, 1, row, 5, (), Field("x", row, column))
    return Found("a.csv", spot, Finding(0, 4, type, 0.9, f"user.{type.lower()}", "fake"))


def columns(
    *results: Found, titles: tuple[str, ...] = ("id", "mail"), filled: int = 10
) -> list[Column]:
    seen = Columns(lambda kind: WORDS.get(kind, frozenset()))
    for result in results:
        seen.take(result)
    seen.take(Table(titles, (filled,) * len(titles), 11, (), "a.csv"))
    return list(seen.columns())


def test_a_column_of_one_type_is_told_with_its_evidence() -> None:
    (column,) = columns(*[found(row, 2) for row in range(2, 11)])
    assert (column.number, column.title, column.type, column.share) == (
        2,
        "mail",
        "EMAIL_ADDRESS",
        0.9,
    )
    assert column.is_mostly and column.told() == "9 of 10 cells, and its title says so"


def test_two_findings_in_a_cell_are_one_cell() -> None:
    (column,) = columns(found(2, 2), found(2, 2), found(3, 2))
    assert column.found == 2 and not column.is_mostly


def test_the_likeliest_type_is_given() -> None:
    (column,) = columns(found(2, 1, "PERSON"), found(2, 1), found(3, 1))
    assert column.type == "EMAIL_ADDRESS" and not column.is_named


def test_one_odd_cell_makes_no_column_unless_the_title_says_so() -> None:
    assert columns(found(2, 1), filled=1000) == []
    assert [each.number for each in columns(found(2, 2), filled=1000)] == [2]


def test_rows_that_were_not_counted_do_not_count() -> None:
    assert columns(found(SAMPLE + 1, 2)) == []


@pytest.mark.parametrize("title", ["eMail", "E-Mail", "customer_email", "Email Nr."])
def test_a_title_is_read_by_its_words(title: str) -> None:
    assert columns(found(2, 2), titles=("id", title))[0].is_named


@pytest.mark.parametrize("title", ["", "emails2go", "female", "id"])
def test_a_part_of_a_word_names_nothing(title: str) -> None:
    assert not columns(found(2, 2), titles=("id", title))[0].is_named
