"""Which upstream a conversation begins with: the same each time, in proportion, few moves."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curtilage.gateway.choosing import choose, is_of_one
from curtilage.gateway.routes import Target, line_up
from curtilage.gateway.wire.body import encode_body

KEY = b"k" * 32
NAMES = st.lists(st.sampled_from("abcdefgh"), min_size=1, unique=True)


def targets(weights: dict[str, int]) -> Target:
    return line_up(
        Target(name, "openai", "external", "m", "m", weight) for name, weight in weights.items()
    )


def order(weights: dict[str, int], session: str = "", document: Any = None) -> list[str]:
    chosen = choose(targets(weights), KEY, session, document or {})
    return [one.upstream for one in chosen.in_order()]


def test_without_weights_the_order_is_the_routes() -> None:
    assert order({"b": 0, "a": 0}, "any") == ["b", "a"]


def test_conversations_are_shared_out_by_weight() -> None:
    firsts = Counter(order({"a": 3, "b": 1}, f"session-{n}")[0] for n in range(4000))
    assert 2850 < firsts["a"] < 3150, "3 of 4; the bounds are five standard deviations off"


@given(NAMES, st.text())
def test_the_order_holds_all_and_does_not_depend_on_how_they_are_listed(
    names: list[str], session: str
) -> None:
    weights = dict.fromkeys(names, 2)
    one = order(weights, session, {"messages": []})
    assert sorted(one) == sorted(names)
    assert one == order(dict(reversed(weights.items())), session, {"messages": []})


@given(NAMES, st.text(min_size=1))
def test_who_is_taken_away_moves_only_its_own_conversations(names: list[str], session: str) -> None:
    whole = order(dict.fromkeys([*names, "z"], 1), session)
    left = order(dict.fromkeys(names, 1), session)
    assert [name for name in whole if name != "z"] == left


@pytest.mark.parametrize("field", ["messages", "input", "contents"])
def test_a_conversation_stays_while_it_goes_on(field: str) -> None:
    weights = dict.fromkeys("abcdefgh", 1)
    begun = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello"}]
    later = [*begun, {"role": "assistant", "content": "Hi"}, {"role": "user", "content": "Go on"}]
    assert order(weights, "", {field: begun}) == order(weights, "", {field: later})
    others = {
        order(weights, "", {field: [{"role": "user", "content": str(n)}]})[0] for n in range(40)
    }
    assert len(others) > 1


def test_another_scope_chooses_on_its_own() -> None:
    wide = targets(dict.fromkeys("abcdefgh", 1))
    assert len({choose(wide, bytes((n,)) * 32, "s", {}).upstream for n in range(40)}) > 1


@pytest.mark.parametrize(
    ("item", "is_sealed"),
    [
        ({"type": "reasoning", "encrypted_content": "x"}, True),
        ({"type": "thinking", "thinking": "", "signature": "x"}, True),
        ({"type": "redacted_thinking", "data": "x"}, True),
        ({"type": "text", "text": 'the "signature" of "encrypted_content"'}, False),
    ],
)
def test_sealed_items_are_seen_and_words_about_them_are_not(
    item: dict[str, Any], is_sealed: bool
) -> None:
    body = encode_body({"messages": [{"role": "assistant", "content": [item]}]})
    assert is_of_one(body) is is_sealed
