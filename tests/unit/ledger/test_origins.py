"""Origins name logs, and only ours."""

import pytest

from curtilage.ledger.errors import ProofInvalid
from curtilage.ledger.origins import Origins


def test_a_tree_s_origin_is_read_back() -> None:
    origins = Origins("a.example/x")
    assert origins.tree("t", "w") == "a.example/x/t/w"
    assert origins.parse_tree(origins.tree("t", "w")) == ("t", "w")


@pytest.mark.parametrize(
    "origin", ["a.example/x/head", "b.example/x/t/w", "a.example/x/t/", "a.example/x/t/w/z"]
)
def test_an_origin_of_something_else_is_refused(origin: str) -> None:
    with pytest.raises(ProofInvalid):
        Origins("a.example/x").parse_tree(origin)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "\u00e4"])
def test_a_name_that_no_note_can_hold_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        Origins(name)
