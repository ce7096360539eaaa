"""Canonical JSON against an implementation of RFC 8785 that is not ours."""

import json

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from curtilage.core.canonical import LARGEST, encode_canonical

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
KEYS = st.text(st.characters(max_codepoint=127))
SCALARS = st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | TEXT
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner), max_leaves=20
)


@given(VALUES)
@example({"a": '\x00\x1f\x7f"\\/\b\f\n\r\t', "A": "\u2028\u2029é😀", "": []})
@example([LARGEST, -LARGEST, 0, -1])
@example({"b": 1, "a": {"z": [], "y": {}}, "B": 2, "aa": 3, "a!": 4})
def test_bytes_are_those_of_rfc_8785(value: object) -> None:
    assert encode_canonical(value) == rfc8785.dumps(value)  # type: ignore[arg-type]


@given(VALUES)
def test_what_is_written_reads_back_the_same(value: object) -> None:
    assert json.loads(encode_canonical(value)) == value  # type: ignore[arg-type]


class Text(str):
    __slots__ = ()


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        LARGEST + 1,
        -LARGEST - 1,
        2**64,
        {"é": 1},
        {1: 1},
        {None: 1},
        b"bytes",
        {1, 2},
        pytest.param(object(), id="an object"),  # whose `repr` each process writes otherwise
        ["\ud800"],
        {"\ud800": 1},
        [[{"deep": [1.5]}]],
        Text("a subclass, which orjson would leave to a default"),
    ],
    ids=repr,
)
def test_what_lies_outside_the_subset_is_refused_as_a_value_error(value: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        encode_canonical(value)  # type: ignore[arg-type]


def test_a_refusal_does_not_quote_the_value() -> None:
    for value in ({"Müller": 1}, ["Müller\ud800"], {"Müller": object()}):
        with pytest.raises(ValueError, match=r"^expected ") as caught:
            encode_canonical(value)  # type: ignore[dict-item]
        assert "Müller" not in repr(caught.value)


def test_nesting_without_end_is_refused() -> None:
    value: list[object] = []
    for _ in range(100_000):
        value = [value]
    with pytest.raises(ValueError, match=r"^expected "):
        encode_canonical(value)  # type: ignore[arg-type]
