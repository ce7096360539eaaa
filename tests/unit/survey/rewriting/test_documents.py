"""Findings of a view, in the slots that they are in; and forms, in the runs that they belong to."""

from curtilage.shield.held import Held
from curtilage.shield.protect import Replacement
from curtilage.survey.rewriting.documents import (
    Slot,
    fill_runs,
    fill_slots,
    join_slots,
    place_findings,
    restore_slots,
    seen_text,
)
from curtilage.survey.rewriting.plain import PlainText
from tests.unit.survey.rewriting.going import find_values, opened, there_and_back


def test_a_finding_over_the_end_of_a_slot_is_one_in_each() -> None:
    document = opened("a.csv", b"one,two\nthree,four\n")
    (whole,) = find_values("ab@cd")
    whole = whole._replace(start=2, end=10)  # "e", the tab, "two", the line feed, "th"
    assert seen_text(document)[2:10] == "e\ttwo\nth"
    joined = join_slots(document.slots)
    placed = place_findings(document, [whole])
    assert not placed.outside
    assert [joined[each.start : each.end] for each in placed.inside] == ["e", "two", "th"]


def test_a_form_stands_where_its_value_began() -> None:
    runs = ("Dear ada", "@orchard", ".example, hello")
    assert fill_runs(runs, [Replacement(5, 24, "QX")]) == ("Dear QX", "", ", hello")


def test_two_forms_in_one_run_and_one_over_two() -> None:
    runs = ("ab cd", " ef", "gh")
    changes = [Replacement(0, 2, "1"), Replacement(3, 5, "2"), Replacement(6, 10, "3")]
    assert fill_runs(runs, changes) == ("1 2", " 3", "")


def test_slots_in_which_nothing_changes_are_not_named() -> None:
    slots = [Slot(("ab",)), Slot(("cd",)), Slot(("ef",))]
    assert join_slots(slots) == "ab\0cd\0ef"
    assert fill_slots(slots, [Replacement(3, 5, "x")]) == {1: ("x",)}


def test_a_line_end_in_a_cell_is_no_row() -> None:
    assert seen_text(opened("a.csv", b'a,"b\nc"\n')) == "a\tb c\n"
    assert seen_text(PlainText("a\nb")) == "a\nb"


def test_where_nothing_is_held_nothing_comes_back() -> None:
    changed, restored = restore_slots([Slot(("a", "b")), Slot(("c",))], Held())
    assert (changed, restored.text, restored.restored) == ({}, "ab\0c", {})


def test_plain_text_is_one_slot() -> None:
    text = PlainText("a\r\nb")
    assert (list(text.slots), list(text.view)) == ([Slot(("a\r\nb",))], [0])
    assert text.filled({}) == b"a\r\nb"
    assert text.filled({0: ("c", "d")}) == b"cd"


def test_the_same_value_has_the_same_form_in_every_cell() -> None:
    left, _ = there_and_back("a.csv", b"a@b.c,x\ny,a@b.c\n")
    first, second = left.decode().splitlines()
    assert first.split(",")[0] == second.split(",")[1]


class Counting:
    """A document that makes its view anew each time, as tables do."""

    keeps_lines = False

    def __init__(self, cells: int) -> None:
        self.slots = [Slot((f"cell {number}",)) for number in range(cells)]
        self.made = 0

    @property
    def view(self) -> list[str | int]:
        self.made += 1
        return [piece for number in range(len(self.slots)) for piece in (number, "\t")]


def test_a_view_is_made_once_however_many_cells_there_are() -> None:
    document = Counting(1000)
    text = seen_text(document)  # type: ignore[arg-type]
    place_findings(document, find_values(text))  # type: ignore[arg-type]
    assert document.made == 2
