"""A body is read member by member, and nothing in it is passed over."""

from typing import Any

import pytest

from curtilage.identity.management.errors import BodyUnreadable, UnacceptableMember
from curtilage.identity.management.wire.members import (
    LONGEST_BODY,
    MOST_LISTED,
    Members,
    is_id,
    parse_members,
)


def test_members_are_taken_one_by_one() -> None:
    members = parse_members(b'{"a":"x","b":["y","y"],"c":3,"d":true,"e":[{"f":1}],"g":"z"}')
    assert members.text("a") == "x"
    assert members.texts("b") == ("y",)
    assert members.number("c", least=1, most=3) == 3
    assert members.flag("d") is True
    [inner] = members.objects("e")
    assert inner.take("f") == 1
    assert "g" in members
    assert members.text("g") == "z"
    members.finish()


def test_what_is_not_there_is_nothing() -> None:
    members = parse_members(b"", may_be_nothing=True)
    assert (members.text("a"), members.texts("b"), members.flag("c")) == ("", (), False)
    assert members.number("d", least=0, most=1) is None
    assert members.objects("e") == ()
    members.finish()


WRONG: list[tuple[str, Any, dict[str, Any]]] = [
    ("text", 1, {}),
    ("text", "xx", {"most": 1}),
    ("text", "", {"needed": True}),
    ("text", None, {}),
    ("texts", "x", {}),
    ("texts", [1], {}),
    ("texts", ["x" * 256], {}),
    ("texts", ["x"] * (MOST_LISTED + 1), {}),
    ("texts", None, {}),
    ("number", None, {"least": 0, "most": 2}),
    ("flag", None, {}),
    ("objects", None, {}),
    ("number", "1", {"least": 0, "most": 2}),
    ("number", True, {"least": 0, "most": 2}),
    ("number", 1.0, {"least": 0, "most": 2}),
    ("number", 3, {"least": 0, "most": 2}),
    ("number", -1, {"least": 0, "most": 2}),
    ("flag", 1, {}),
    ("objects", {}, {}),
    ("objects", ["x"], {}),
    ("objects", [{}] * (MOST_LISTED + 1), {}),
]


@pytest.mark.parametrize(("kind", "value", "given"), WRONG)
def test_a_member_of_another_kind_is_refused(kind: str, value: Any, given: dict[str, Any]) -> None:
    with pytest.raises(UnacceptableMember) as refused:
        getattr(Members({"a": value}), kind)("a", **given)
    assert refused.value.detail.startswith(("Expected a to be ", "Expected a to have "))


def test_a_member_that_nobody_asked_for_is_refused_without_its_name() -> None:
    members = parse_members(b'{"a":"x","zebra":1}')
    members.text("a")
    with pytest.raises(UnacceptableMember) as refused:
        members.finish()
    assert "zebra" not in refused.value.detail
    assert "known here: a." in refused.value.detail


def test_what_is_needed_is_there() -> None:
    for kind in ("text", "texts", "objects"):
        with pytest.raises(UnacceptableMember):
            getattr(Members({}), kind)("a", needed=True)


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b"{", b'{"a":1,"a":2}', b"\xff", b" " * (LONGEST_BODY + 1)]
)
def test_what_is_no_object_is_refused(raw: bytes) -> None:
    with pytest.raises(BodyUnreadable):
        parse_members(raw)


def test_ids_need_no_escape() -> None:
    assert is_id("0196f1c2-1111-7000-8000-000000000001")
    assert is_id("x" * 255)
    assert not any(is_id(each) for each in ("", "-a", "a b", "a/b", "a%20", "\x00", "x" * 256, "ä"))
