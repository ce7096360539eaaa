"""Names from chances, and how sure they are."""

from collections.abc import Sequence

from curtilage.detect.tagger.calibration import Calibration
from curtilage.detect.tagger.tokens import Token
from curtilage.detect.tagger.transformer.naming import LABELS, names

PLAIN = Calibration({})


def row(**chances: float) -> list[float]:
    """Chances by label: `B_PERSON=0.9`; the rest is outside."""
    given = {label.replace("_", "-", 1): chance for label, chance in chances.items()}
    return [1 - sum(given.values()), *(given.get(label, 0.0) for label in LABELS[1:])]


def found(
    rows: Sequence[Sequence[float]], worth: Calibration = PLAIN
) -> list[tuple[int, int, str]]:
    tokens = [Token("ab", place * 3, place * 3 + 2) for place in range(len(rows))]
    return [item[:3] for item in names(tokens, rows, worth)]


def test_a_name_is_of_what_begins_and_goes_on() -> None:
    rows = [row(), row(B_PERSON=0.9), row(I_PERSON=0.9), row(), row(B_LOCATION=0.8)]
    assert found(rows) == [(3, 8, "PERSON"), (12, 14, "LOCATION")]


def test_a_second_name_begins_beside_the_first() -> None:
    assert found([row(B_PERSON=0.9), row(B_PERSON=0.9)]) == [(0, 2, "PERSON"), (3, 5, "PERSON")]


def test_another_type_begins_a_name_of_its_own() -> None:
    rows = [row(B_PERSON=0.9), row(I_ORGANIZATION=0.9)]
    assert found(rows) == [(0, 2, "PERSON"), (3, 5, "ORGANIZATION")]


def test_what_is_doubtful_is_found_and_what_is_unlikely_is_not() -> None:
    assert found([row(B_PERSON=0.4)]) == [(0, 2, "PERSON")]
    assert found([row(B_PERSON=0.3)]) == []


def test_a_name_is_as_sure_as_its_least_sure_token() -> None:
    tokens = [Token("ab", 0, 2), Token("cd", 3, 5)]
    (finding,) = names(tokens, [row(B_PERSON=0.9), row(I_PERSON=0.6)], PLAIN)
    assert finding.score == 0.6


def test_a_score_says_how_often_such_findings_were_right() -> None:
    modest = Calibration({"PERSON": [(0.9, 0.6)]})
    (finding,) = names([Token("ab", 0, 2)], [row(B_PERSON=0.9)], modest)
    assert finding.score == 0.6
