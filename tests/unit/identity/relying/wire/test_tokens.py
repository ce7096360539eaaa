"""What the token endpoint gives, and what is read of it."""

import json
from datetime import timedelta
from typing import Any

import pytest

from curtilage.identity.relying.errors import IssuerBroken
from curtilage.identity.relying.wire.tokens import (
    parse_tokens,
    purposes_of,
    read_name,
    verify_person,
)
from curtilage.identity.wire.errors import JoseRefused

GOOD: dict[str, Any] = {"access_token": "a", "token_type": "bearer", "expires_in": 60}


def test_tokens_are_read() -> None:
    found = parse_tokens(json.dumps({**GOOD, "scope": "openid a", "more": 1}).encode())
    assert (found.access, found.life, found.scopes) == ("a", timedelta(minutes=1), {"openid", "a"})
    assert parse_tokens(json.dumps(GOOD).encode()).scopes is None


@pytest.mark.parametrize(
    "given",
    [
        {"access_token": ""}, {"access_token": 1}, {"access_token": "ä"},
        {"access_token": "a" * 20_000}, {"token_type": "DPoP"}, {"token_type": None},
        {"expires_in": 0}, {"expires_in": True}, {"expires_in": "60"}, {"expires_in": 1 << 40},
        {"refresh_token": []}, {"id_token": {}}, {"scope": 1},
    ],
)  # fmt: skip
def test_an_answer_that_breaks_the_protocol_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(IssuerBroken):
        parse_tokens(json.dumps({**GOOD, **given}).encode())
    with pytest.raises(IssuerBroken):
        parse_tokens(b"no json")


def test_a_name_is_what_to_call_somebody_and_no_markup_of_control() -> None:
    assert read_name({"name": "Ada", "preferred_username": "a"}) == "Ada"
    assert read_name({"name": "A\nB", "preferred_username": "ada"}) == "ada"
    assert read_name({"name": 3, "preferred_username": "a" * 600}) == ""


@pytest.mark.requirement(30)
@pytest.mark.parametrize(
    "raw", [b"", b"[]", b"{}", b'{"sub": "ben"}', b'{"sub":"ada","sub":"ben"}']
)
def test_userinfo_is_about_the_same_person(raw: bytes) -> None:
    with pytest.raises(JoseRefused):
        verify_person(raw, subject="ada")
    assert verify_person(b'{"sub": "ada", "name": "Ada"}', subject="ada") == "Ada"


def test_purposes_are_scopes_that_say_so() -> None:
    assert purposes_of({"openid", "purpose:", "purpose:a b", "purpose:research"}) == {
        "a b",
        "research",
    }
