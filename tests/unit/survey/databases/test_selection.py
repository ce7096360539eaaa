"""Which tables are read, and what is said of how many records were."""

from curtilage.survey.databases.selection import LONGEST, Counting, Selection
from curtilage.survey.models import Note


def test_tables_are_chosen_by_name_with_or_without_their_schema() -> None:
    chosen = Selection(tables=("crm.*", "log_?"))
    assert [chosen.wants(*each) for each in (("crm", "a"), ("x", "log_1"), ("x", "crm"))] == [
        True,
        True,
        False,
    ]
    assert Selection().wants("any", "any")


def test_none_that_was_asked_for_is_told_apart_from_none_at_all() -> None:
    assert Selection(tables=("a",)).said_of_none(3).why == "None of its 3 tables was asked for."
    assert Selection().said_of_none(0).why == "It has no tables."


def said(sample: int, records: float, rows: list[list[object]], drawn: str = "") -> list[str]:
    counting = Counting(sample)
    assert list(counting.over(rows)) == rows
    return [
        each.what if isinstance(each, Note) else each.why for each in counting.said(records, drawn)
    ]


def test_a_sample_says_how_many_of_how_many() -> None:
    rows: list[list[object]] = [[1]] * 3
    assert said(0, 3, rows) == []
    assert said(5, 3, rows) == []
    assert said(3, 9.0, rows) == [
        "3 records of about 9 were examined, the first ones, as asked for."
    ]
    assert said(3, 0, rows, "drawn by page") == [
        "3 records were examined, drawn by page, as asked for."
    ]


def test_what_was_cut_is_told() -> None:
    (told,) = said(0, 1, [["a", "b" * LONGEST], [None, 1]])
    assert told.startswith("1 records have values longer")
