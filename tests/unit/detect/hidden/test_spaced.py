"""Values that are pulled apart."""

import pytest

from curtilage.detect.hidden.spaced import (
    close_up,
    find_apart,
    find_groups,
    find_singles,
    mark_between,
)


@pytest.mark.parametrize("mark", [" ", ".", "-", "_", "*", " - ", ", ", "🔹"])
def test_one_mark_between_all_characters_goes(mark: str) -> None:
    (piece,) = find_singles(f"it is {mark.join('4111-1111')} ok")
    assert piece.said == "4111-1111"
    assert (piece.start, piece.end) == (6, 6 + 9 + 8 * len(mark))


def test_white_space_goes_and_other_marks_stay() -> None:
    (piece,) = find_apart("at a.d.a @ o r c h . d e")
    assert piece.said == "a.d.a@orch.de"


def test_groups_go_together_behind_a_word_that_names_a_number() -> None:
    assert [piece.said for piece in find_groups("card: 41-11 / 11-11 / 1111")] == ["411111111111"]
    assert list(find_groups("rows: 41-11 / 11-11 / 1111")) == []


def test_loose_marks_close_up() -> None:
    text = "SSN: 536 - 90 - 4399"
    assert [piece.said for piece in close_up(text, find_groups(text))] == ["536-90-4399"]


def test_a_few_single_letters_are_none_of_it() -> None:
    assert list(find_singles("a, b, c and U.S.A.")) == []
    assert list(find_apart("I am a b c of it")) == []


def test_a_gap_is_filled_with_what_parts_the_other_groups() -> None:
    assert mark_between("536-90?4399", 6, 7) == "-"
    assert mark_between("529?982.247", 3, 4) == "."
    assert mark_between("4111?1111", 4, 5) == " "
