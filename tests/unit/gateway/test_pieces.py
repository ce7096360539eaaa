import pytest
from hypothesis import given
from hypothesis import strategies as st

from curtilage.gateway.pieces import cut, group_of
from curtilage.gateway.views import TryFinding


def a_try_finding(start: int, end: int, left: tuple[int, int] = (-1, -1)) -> TryFinding:
    return TryFinding(
        start=start,
        end=end,
        type="EMAIL_ADDRESS",
        title="E-mail address",
        category="user.contact.email",
        score=1.0,
        treatment="token",
        why="It stays here.",
        left_start=left[0],
        left_end=left[1],
    )


def test_a_text_is_cut_at_its_findings() -> None:
    pieces = cut("Mail ada now", [a_try_finding(5, 8)], "wrote")
    assert [piece.text for piece in pieces] == ["Mail ", "ada", " now"]
    assert [piece.find.number if piece.find else 0 for piece in pieces] == [0, 1, 0]


def test_each_column_has_places_of_its_own_and_keeps_the_number() -> None:
    findings = [a_try_finding(0, 3, (4, 9)), a_try_finding(5, 8, (0, 3))]
    pieces = cut("two, oneee", findings, "left")
    assert [(piece.text, piece.find.number) for piece in pieces if piece.find] == [
        ("two", 2),
        (" onee", 1),
    ]
    assert [piece.text for piece in cut("nothing", findings, "back")] == ["nothing"]


@given(
    st.text(max_size=40),
    st.lists(st.tuples(st.integers(-5, 45), st.integers(-5, 45)), max_size=8),
)
def test_pieces_joined_are_the_text_whatever_the_places_say(
    text: str, spans: list[tuple[int, int]]
) -> None:
    pieces = cut(text, [a_try_finding(start, end) for start, end in spans], "wrote")
    assert "".join(piece.text for piece in pieces) == text


@pytest.mark.parametrize(
    ("category", "group"),
    [
        ("user.contact.email", "contact"),
        ("user.government_id", "identity"),
        ("user.financial.card", "financial"),
        ("secret.cloud.aws", "secret"),
        ("user.health", "other"),
        ("", "other"),
    ],
)
def test_a_category_has_one_group_in_the_legend(category: str, group: str) -> None:
    assert group_of(category) == group
