"""A walk over JSON knows where it stands, however the text comes."""

import json

from hypothesis import given
from hypothesis import strategies as st

from curtilage.survey.models import Field
from curtilage.survey.pointers import PointerWalk

DOCUMENT = '{"a": [1, {"b\\"/~": "here", "c": "there"}], "d": "end"}'


def at(text: str) -> Field | None:
    walk = PointerWalk()
    walk.feed(text)
    return walk.field()


def test_it_points_at_the_value_that_it_stands_in() -> None:
    pointers = {"here": '/a/1/b"~1~0', "there": "/a/1/c", "end": "/d", "1,": "/a/0"}
    for word, pointer in pointers.items():
        assert at(DOCUMENT[: DOCUMENT.index(word)]) == Field(pointer)
    assert at("") is None and at(DOCUMENT) is None


def test_in_a_name_it_points_at_the_object_and_not_at_the_member_before() -> None:
    text = '{"a": {"b": 1, "ada@x.example": 2}, "c@x.example": 3}'
    assert at(text[: text.index("ada")]) == Field("/a")
    assert at(text[: text.index("x.ex")]) == Field("/a")
    assert at(text[: text.index("c@")]) is None


JSON = st.recursive(
    st.text(max_size=5) | st.integers(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
)


@given(JSON, st.integers(1, 7))
def test_pieces_make_no_difference(value: object, size: int) -> None:
    text = json.dumps(value)
    pieces = PointerWalk()
    for place in range(0, len(text), size):
        pieces.feed(text[place : place + size])
        assert pieces.field() == at(text[: place + size])


def test_what_is_nested_too_deeply_is_followed_no_further() -> None:
    deep = "[" * 500 + "]" * 499 + ', "x"'
    assert at(deep) == Field("/1")
