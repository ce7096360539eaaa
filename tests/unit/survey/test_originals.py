"""Every span of a text that is scanned leads back to lines and columns of the file."""

from hypothesis import given
from hypothesis import strategies as st

from curtilage.survey.originals import Original, Segment, TextPlace, cut_behind_lines


def test_columns_and_lines_count_from_one_in_code_points() -> None:
    text = "a\n😀é word\n"
    (stretch,) = Original([text])
    place = TextPlace((0,), (Segment(text, 0, len(text)),), (stretch,))
    spot = place.spot(text.index("word"), text.index("word") + 4)
    assert (spot.line, spot.column, spot.end_line, spot.end_column) == (2, 4, 2, 8)
    assert place.lines(text.index("word")) == ("😀é word", "a")


def test_what_was_decoded_is_covered_whole() -> None:
    original = "x&amp;y"
    (stretch,) = Original([original])
    segments = (Segment("x", 0, 1), Segment("&", 1, 6), Segment("y", 6, 7))
    place = TextPlace((0, 1, 2), segments, (stretch,))
    assert [place.span(start, start + 1) for start in range(3)] == [(0, 1), (1, 6), (6, 7)]
    assert place.span(0, 2) == (0, 6)


@given(st.lists(st.text(st.sampled_from("ab\n"), max_size=30_000 // 8), max_size=12))
def test_pieces_end_with_lines_and_are_the_text(pieces: list[str]) -> None:
    cut = list(cut_behind_lines(pieces))
    assert "".join(cut) == "".join(pieces)
    assert all(piece.endswith("\n") for piece in cut[:-1])


def test_lines_go_on_over_stretches() -> None:
    text = "".join(f"line {number}\n" for number in range(1, 5000))
    for stretch in Original([text]):
        assert stretch.text.startswith(f"line {stretch.line}\n")


def test_a_line_without_end_is_cut_and_its_columns_go_on() -> None:
    text = "x" * 3_000_000 + "word"
    stretches = list(Original([text]))
    place = TextPlace((0,), (Segment(text, 0, len(text)),), stretches)
    assert place.spot(3_000_000, 3_000_004).column == 3_000_001
