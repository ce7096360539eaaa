"""The discovery document of an issuer."""

import json
from typing import Any

import pytest

from curtilage.identity.relying.errors import IssuerBroken
from curtilage.identity.relying.wire.provider import discovery_url, parse_provider
from tests.fakes.issuer import metadata
from tests.signed_tokens import ISSUER


def test_the_document_says_where_the_issuer_does_what() -> None:
    found = parse_provider(json.dumps(metadata()).encode(), expected_issuer=ISSUER)
    assert (found.token, found.end_session) == (f"{ISSUER}/token", f"{ISSUER}/logout")
    less = metadata(end_session_endpoint=None, userinfo_endpoint=None)
    found = parse_provider(json.dumps(less).encode(), expected_issuer=ISSUER)
    assert found.userinfo == found.end_session == ""
    assert discovery_url("https://a/b/") == "https://a/b/.well-known/openid-configuration"


@pytest.mark.requirement(6, 30)
@pytest.mark.complaint(4)
@pytest.mark.complaint(5)
@pytest.mark.parametrize(
    "given",
    [
        {"issuer": f"{ISSUER}/"}, {"issuer": ISSUER.upper()}, {"issuer": None}, {"issuer": 1},
        {"token_endpoint": None}, {"token_endpoint": "http://a.example/token"},
        {"token_endpoint": "https://a@b.example/token"}, {"token_endpoint": "https://b/\n"},
        {"authorization_endpoint": "javascript:alert(1)"}, {"jwks_uri": ["https://a"]},
        {"jwks_uri": "https://a/#b"}, {"jwks_uri": "https://" + "a" * 3000},
        {"end_session_endpoint": 3}, {"userinfo_endpoint": "//b"},
        {"code_challenge_methods_supported": ["plain"]}, {"code_challenge_methods_supported": 1},
    ],
)  # fmt: skip
def test_a_document_of_somebody_else_or_without_tls_is_refused(given: dict[str, Any]) -> None:
    raw = json.dumps(metadata(**given)).encode()
    with pytest.raises(IssuerBroken):
        parse_provider(raw, expected_issuer=ISSUER)


@pytest.mark.parametrize("raw", [b"", b"[]", b'{"issuer":1,"issuer":2}', b"x" * 70_000])
def test_what_is_no_document_is_refused(raw: bytes) -> None:
    with pytest.raises(IssuerBroken):
        parse_provider(raw, expected_issuer=ISSUER)
