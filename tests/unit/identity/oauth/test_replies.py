"""Answers that nobody keeps, and challenges."""

import orjson
import pytest

from curtilage.identity.oauth.errors import ClientRefused, Fault, TokenRefused
from curtilage.identity.oauth.replies import (
    ask_for_token,
    encode_client_refusal,
    encode_json,
    encode_token_refusal,
)


@pytest.mark.requirement(10)
def test_an_answer_is_json_that_nobody_keeps() -> None:
    reply = encode_json({"a": 1}, status=201, headers=(("x", "y"),))
    assert (reply.status, orjson.loads(reply.body)) == (201, {"a": 1})
    assert dict(reply.headers) == {"cache-control": "no-store", "pragma": "no-cache", "x": "y"}


@pytest.mark.requirement(15)
def test_basic_is_challenged_where_it_was_used() -> None:
    assert "www-authenticate" not in dict(encode_client_refusal(ClientRefused()).headers)
    told = dict(encode_client_refusal(ClientRefused(used_basic=True)).headers)
    assert told["www-authenticate"].startswith("Basic ")


@pytest.mark.requirement(22, 23)
@pytest.mark.parametrize(
    ("refusal", "status", "begins"),
    [
        (TokenRefused(), 401, 'Bearer error="invalid_token"'),
        (TokenRefused(scheme="DPoP"), 401, 'DPoP error="invalid_token"'),
        (TokenRefused(Fault.INVALID_DPOP_PROOF, scheme="DPoP"), 401, "DPoP error="),
        (TokenRefused(Fault.INSUFFICIENT_SCOPE), 403, 'Bearer error="insufficient_scope"'),
    ],
)
def test_a_token_is_challenged_by_its_scheme(
    refusal: TokenRefused, status: int, begins: str
) -> None:
    reply = encode_token_refusal(refusal)
    challenge = dict(reply.headers)["www-authenticate"]
    assert (reply.status, challenge.startswith(begins)) == (status, True)
    assert ("algs=" in challenge) == begins.startswith("DPoP")


def test_who_sends_no_token_is_told_no_error() -> None:
    assert dict(ask_for_token().headers)["www-authenticate"] == "Bearer"
