"""A reading says what stands where, and leads back to the original."""

from curtilage.core.models import Finding
from curtilage.detect.hidden.reading import WHOLE, Piece, Reading, read

TEXT = "before HIDDEN after"


def _same(start: int, end: int) -> tuple[int, int]:
    return start, end


def _read(text: str, *pieces: Piece, least: float = 0.5, reach: int = 0) -> Reading:
    reading = read(text, pieces, name="test", least=least, reach=reach, back=_same)
    assert reading is not None
    return reading


def _finding(start: int, end: int, score: float = 0.9) -> Finding:
    return Finding(start, end, "CREDIT_CARD", score, "user.financial.card", "test")


def test_a_piece_takes_the_place_of_what_it_was_read_from() -> None:
    reading = _read(TEXT, Piece(7, 13, "a longer text"))
    assert reading.text == "before a longer text after"
    assert reading.span(0, 6) == (0, 6)
    assert reading.span(9, 12) == (7, 13)
    assert reading.span(21, 26) == (14, 19)
    assert reading.span(3, 26) == (3, 19)


def test_marks_tell_each_character_apart() -> None:
    reading = _read("x4-1-1y", Piece(1, 6, "411", (1, 3, 5, 6)))
    assert reading.text == "x411y"
    assert [reading.span(at, at + 1) for at in range(5)] == [(0, 1), (1, 3), (3, 5), (5, 6), (6, 7)]
    assert reading.span(1, 3) == (1, 5)


def test_marks_that_run_down_are_of_text_that_runs_backwards() -> None:
    reading = _read("x cba y", Piece(2, 5, "abc", range(5, 1, -1)))
    assert reading.text == "x abc y"
    assert reading.span(2, 3) == (4, 5)
    assert reading.span(3, 5) == (2, 4)
    assert reading.span(0, 4) == (0, 5), "what reaches out of it takes all of it"


def test_what_is_read_as_nothing_joins_what_stands_beside_it() -> None:
    reading = _read("41\n11", Piece(2, 3, ""))
    assert reading.text == "4111"
    assert reading.span(0, 4) == (0, 5)
    assert reading.is_about(1, 3)
    assert not reading.is_about(0, 2)


def test_the_first_of_two_pieces_that_overlap_is_read() -> None:
    reading = _read(TEXT, Piece(9, 13, "second"), Piece(7, 11, "first"))
    assert reading.text == "before firstEN after"


def test_a_text_without_pieces_has_no_reading() -> None:
    assert read(TEXT, (), name="test", least=0, reach=0, back=_same) is None


def test_of_a_long_text_what_stands_around_the_pieces_is_read() -> None:
    far = "word " * WHOLE
    text = f"{far}one {far}two {far}"
    first, second = len(far), text.index("two")
    reading = _read(text, Piece(first, first + 3, "ONE"), Piece(second, second + 3, "TWO"))
    assert len(reading.text) < 600
    at = reading.text.index("TWO")
    assert reading.span(at, at + 3) == (second, second + 3)
    assert reading.span(at - 5, at - 1) == (second - 5, second - 1)
    start, end = reading.span(reading.text.index("ONE"), at)
    assert (start, end) == (first, second), "what lies between two parts lies between them"


def test_a_finding_counts_where_it_scores_enough_and_holds_some_of_a_piece() -> None:
    reading = _read(TEXT, Piece(7, 13, "4111"), least=0.7)
    assert reading.keeps(_finding(7, 11))
    assert not reading.keeps(_finding(7, 11, score=0.6))
    assert not reading.keeps(_finding(0, 6))
    near = _read(TEXT, Piece(7, 13, "4111"), reach=5)
    assert near.keeps(_finding(0, 6))
