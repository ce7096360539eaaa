from typing import Any

import orjson
import pytest

from curtilage.identity.providers.errors import ProviderReason, ProviderRefused
from curtilage.identity.providers.wire.answers import parse_token_answer, parse_userinfo

TOKENS: dict[str, Any] = {"access_token": "at", "id_token": "a.b.c", "token_type": "bearer"}


def test_the_tokens_of_an_answer() -> None:
    found = parse_token_answer(orjson.dumps(TOKENS | {"refresh_token": "r"}))
    assert (found.access_token, found.id_token) == ("at", "a.b.c")


@pytest.mark.parametrize(
    "given",
    [
        {"token_type": "DPoP"},
        {"token_type": None},
        {"id_token": None},
        {"id_token": "x" * 20_000},
        {"access_token": ""},
        {"access_token": 7},
        {"access_token": "a\r\nb: c"},
        {"access_token": "x" * 20_000},
    ],
)
def test_an_answer_without_good_tokens_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ProviderRefused):
        parse_token_answer(orjson.dumps(TOKENS | given))


@pytest.mark.parametrize("raw", [b"access_token=at&scope=x", b"[]", b"", b'{"a":1,"a":2}'])
def test_what_is_no_object_is_refused(raw: bytes) -> None:
    with pytest.raises(ProviderRefused):
        parse_token_answer(raw)


@pytest.mark.requirement(30)
@pytest.mark.parametrize("sub", ["sub-ben", "", None, 7, ["sub-ada"]])
def test_userinfo_of_somebody_else_is_refused(sub: object) -> None:
    assert parse_userinfo(b'{"sub":"sub-ada","name":"Ada"}', subject="sub-ada")["name"] == "Ada"
    with pytest.raises(ProviderRefused) as refused:
        parse_userinfo(orjson.dumps({"sub": sub}), subject="sub-ada")
    assert refused.value.reason is ProviderReason.SUBJECT
