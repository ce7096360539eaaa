import pytest

from curtilage.web.chart import HEIGHT, WIDTH, bars, round_up


@pytest.mark.parametrize(
    ("value", "expected"), [(0, 1), (1, 1), (3, 5), (10, 10), (11, 20), (77, 100), (501, 1000)]
)
def test_the_axis_ends_at_a_round_number(value: int, expected: int) -> None:
    assert round_up(value) == expected


def test_bars_stay_inside_the_drawing_and_keep_their_values() -> None:
    drawn = bars([(str(place), place * place) for place in range(24)])
    assert [bar.value for bar in drawn.bars] == [place * place for place in range(24)]
    for bar in drawn.bars:
        assert drawn.left <= bar.x
        assert bar.x + bar.width <= WIDTH
        assert 0 <= bar.y <= bar.y + bar.height <= HEIGHT


def test_a_chart_of_nothing_is_an_empty_axis() -> None:
    assert bars([]).bars == ()
    assert bars([]).top == 1
