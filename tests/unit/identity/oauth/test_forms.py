"""Forms and queries in, addresses with answers out."""

import pytest

from curtilage.identity.oauth.errors import RequestRefused
from curtilage.identity.oauth.forms import (
    MOST_BYTES,
    MOST_FIELDS,
    add_answer,
    decode_credential,
    lead_through,
    parse_form,
    parse_parameters,
)


def test_a_form_is_read_in_order_with_what_repeats() -> None:
    read = parse_form("application/x-www-form-urlencoded; charset=utf-8", b"a=%C3%BC+1&b=&a=2")
    assert read.given == {"a": ("ü 1", "2"), "b": ("",)}
    assert parse_parameters(b"").given == {}


@pytest.mark.parametrize(
    "body",
    [
        b"a=%ff",
        "a=ü".encode(),
        b"&".join(b"a=1" for _ in range(MOST_FIELDS + 1)),
        b"a=" + b"x" * MOST_BYTES,
        b"a=" + b"x" * 10_000_000,
    ],
    ids=["not UTF-8", "not ASCII", "many", "long", "ten megabytes"],
)
def test_what_is_no_form_is_refused(body: bytes) -> None:
    with pytest.raises(RequestRefused):
        parse_parameters(body)


@pytest.mark.parametrize("kind", ["", "application/json", "multipart/form-data"])
def test_only_one_kind_of_form_is_read(kind: str) -> None:
    with pytest.raises(RequestRefused):
        parse_form(kind, b"a=1")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://a.example", "https://a.example?x=%26%3D%20%C3%BC"),
        ("https://a.example/?", "https://a.example/?x=%26%3D%20%C3%BC"),
        ("https://a.example/?b=1", "https://a.example/?b=1&x=%26%3D%20%C3%BC"),
        ("https://a.example/?b=1&", "https://a.example/?b=1&x=%26%3D%20%C3%BC"),
    ],
)
def test_an_answer_comes_after_the_query_that_is_there(address: str, expected: str) -> None:
    assert add_answer(address, {"x": "&= ü"}) == expected
    assert add_answer(address, {}) == address


def test_credentials_and_detours_are_encoded_as_forms() -> None:
    assert decode_credential("a%3Ab+c") == "a:b c"
    assert lead_through("/login", "/a?b=c&d", [("acr", "aal2")]) == (
        "/login?next=%2Fa%3Fb%3Dc%26d&acr=aal2"
    )
