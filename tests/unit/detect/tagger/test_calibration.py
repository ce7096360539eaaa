"""Scores become shares that were right: rising, within bounds, the same after writing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curtilage.detect.tagger.calibration import (
    HEAD,
    Calibration,
    encode_calibration,
    parse_calibration,
)
from curtilage.detect.tagger.tagger import SHIPPED
from tools.tagger.calibrate import steps

STEPS = {"PERSON": [(0.5, 0.3), (0.9, 0.8)]}


@pytest.mark.parametrize(
    ("score", "share"), [(0.0, 0.0), (0.25, 0.15), (0.5, 0.3), (0.7, 0.55), (0.95, 0.9), (1.0, 1.0)]
)
def test_between_two_steps_a_score_goes_straight(score: float, share: float) -> None:
    assert Calibration(STEPS).of("PERSON", score) == pytest.approx(share)


def test_a_type_without_steps_keeps_its_scores() -> None:
    assert Calibration(STEPS).of("STREET_ADDRESS", 0.61) == 0.61


@given(st.floats(0, 1), st.floats(0, 1))
def test_what_is_surer_stays_surer(one: float, other: float) -> None:
    shipped = parse_calibration((SHIPPED / "calibration.txt").read_text(encoding="utf-8"))
    low, high = sorted((one, other))
    for kind in ("PERSON", "LOCATION", "ORGANIZATION"):
        assert 0 <= shipped.of(kind, low) <= shipped.of(kind, high) + 1e-9 <= 1 + 1e-9


judged = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60)


@given(judged)
def test_what_is_counted_is_written_and_read_the_same(found: list[tuple[float, bool]]) -> None:
    counted = steps(found)
    assert [share for _, share in counted] == sorted(share for _, share in counted)
    text = encode_calibration({"PERSON": counted})
    again = parse_calibration(text)
    for score, share in dict(counted).items():
        assert again.of("PERSON", score) == pytest.approx(share, abs=0.01)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# version 2\n",
        HEAD + "PERSON 0.5\n",
        HEAD + "PERSON 0.5 much\n",
        HEAD + "PERSON 0.5 0.4\nPERSON 0.4 0.5\n",
        HEAD + "PERSON 0.4 0.5\nPERSON 0.5 0.4\n",
        HEAD + "PERSON 1.5 0.4\n",
        HEAD + "PERSON nan 0.4\n",
    ],
)
def test_what_is_no_table_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_calibration(text)
