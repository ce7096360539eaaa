"""Client metadata: from JSON to a wish, and what is told back."""

from typing import Any

import orjson
import pytest

from curtilage.identity.oauth.errors import UnacceptableClient
from curtilage.identity.oauth.models.clients import AuthMethod, Client, GrantType, SubjectType
from curtilage.identity.oauth.service.clients import apply_wish
from curtilage.identity.oauth.wire.client_metadata import (
    encode_client_metadata,
    parse_client_metadata,
)
from tests.builders import TENANT
from tests.fakes.clock import START
from tests.proofs import a_key

JWKS = {"keys": [a_key().as_dict(private=False)]}
FULL: dict[str, Any] = {
    "client_name": "Orchard notes",
    "token_endpoint_auth_method": "private_key_jwt",
    "redirect_uris": ["https://app.orchard.example/cb"],
    "post_logout_redirect_uris": ["https://app.orchard.example/bye"],
    "backchannel_logout_uri": "https://app.orchard.example/out",
    "backchannel_logout_session_required": True,
    "grant_types": ["authorization_code", "refresh_token"],
    "response_types": ["code"],
    "scope": "email openid",
    "jwks": JWKS,
    "require_pushed_authorization_requests": True,
    "dpop_bound_access_tokens": True,
    "subject_type": "pairwise",
    "id_token_signed_response_alg": "ES256",
    "logo_uri": "https://app.orchard.example/logo",
}


@pytest.mark.requirement(26)
def test_a_full_document_is_read_and_told_back() -> None:
    wish = parse_client_metadata(orjson.dumps(FULL | {"unknown": 1}))
    assert wish.method is AuthMethod.KEY
    assert wish.grant_types == {GrantType.CODE, GrantType.REFRESH}
    assert wish.subject_type is SubjectType.PAIRWISE
    assert (wish.must_push, wish.is_dpop_bound) == (True, True)
    told = encode_client_metadata(apply_wish(Client("c", TENANT, "", START), wish))
    assert {name: told[name] for name in FULL} == FULL


def test_defaults_are_those_of_the_rfcs() -> None:
    wish = parse_client_metadata(b"{}")
    assert wish.method is AuthMethod.BASIC
    assert wish.grant_types == {GrantType.CODE}
    assert wish.id_token_alg == "RS256"
    told = encode_client_metadata(
        Client("c", TENANT, "", START, jwks_uri="https://a.example/j", grant_types=frozenset())
    )
    assert told["response_types"] == []
    assert told["jwks_uri"] == "https://a.example/j"
    assert "authorization_details_types" not in told
    typed = Client("c", TENANT, "", START, detail_types=frozenset({"tool_run"}))
    assert encode_client_metadata(typed)["authorization_details_types"] == ["tool_run"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"client_name": 7},
        {"redirect_uris": "https://a.example"},
        {"redirect_uris": [None]},
        {"dpop_bound_access_tokens": "yes"},
        {"subject_type": "other"},
        {"token_endpoint_auth_method": "tls_client_auth"},
        {"grant_types": ["implicit"]},
        {"response_types": ["code", "token"]},
        {"jwks": []},
        {"jwks": {"keys": [a_key().as_dict(private=True)]}},
        {"sector_identifier_uri": "https://a.example/s"},
    ],
)
def test_what_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(UnacceptableClient):
        parse_client_metadata(orjson.dumps(FULL | wrong))


@pytest.mark.parametrize("raw", [b"", b"[]", b"{", b'{"a":1,"a":2}', b"x" * 70_000, b"\xff"])
def test_what_is_no_document(raw: bytes) -> None:
    with pytest.raises(UnacceptableClient):
        parse_client_metadata(raw)
