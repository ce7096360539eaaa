from typing import Any

import orjson
import pytest

from curtilage.identity.providers.errors import ProviderUnusable
from curtilage.identity.providers.models import Metadata
from curtilage.identity.providers.wire.metadata import parse_metadata, well_known_of
from curtilage.identity.wire.algorithms import Algorithm

ISSUER = "https://harbour.example"
DOCUMENT: dict[str, Any] = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/authorize",
    "token_endpoint": f"{ISSUER}/token",
    "jwks_uri": f"{ISSUER}/keys",
}


def parse(issuer: str = ISSUER, template: str = "", **given: Any) -> Metadata:
    return parse_metadata(orjson.dumps(DOCUMENT | given), issuer=issuer, template=template)


def test_a_short_document_means_what_the_specification_says() -> None:
    found = parse()
    assert found.algorithms == {Algorithm.RS256}
    assert found.takes_basic
    assert not found.names_issuer
    assert found.userinfo_endpoint == ""


def test_a_long_document_says_more() -> None:
    found = parse(
        userinfo_endpoint=f"{ISSUER}/me",
        id_token_signing_alg_values_supported=["HS256", "none", "ES256", 7, "RS256"],
        authorization_response_iss_parameter_supported=True,
        token_endpoint_auth_methods_supported=["client_secret_post"],
    )
    assert found.algorithms == {Algorithm.ES256, Algorithm.RS256}
    assert found.names_issuer
    assert not found.takes_basic
    assert found.userinfo_endpoint == f"{ISSUER}/me"


@pytest.mark.requirement(30)
@pytest.mark.parametrize("issuer", [f"{ISSUER}/", "https://HARBOUR.example", "", None])
def test_a_document_of_another_issuer_is_refused(issuer: object) -> None:
    with pytest.raises(ProviderUnusable, match="another issuer"):
        parse_metadata(orjson.dumps(DOCUMENT | {"issuer": issuer}), issuer=ISSUER)


def test_a_document_for_many_tenants_names_their_template() -> None:
    template = "https://login.microsoftonline.com/{tenantid}/v2.0"
    organizations = "https://login.microsoftonline.com/organizations/v2.0"
    raw = orjson.dumps(DOCUMENT | {"issuer": template})
    assert parse_metadata(raw, issuer=organizations, template=template).issuer == template
    with pytest.raises(ProviderUnusable):
        parse_metadata(raw, issuer=organizations)


@pytest.mark.parametrize(
    "given",
    [
        {"token_endpoint": "http://harbour.example/token"},
        {"token_endpoint": None},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": f"{ISSUER}/a#b"},
        {"authorization_endpoint": f'{ISSUER}/"><script>'},
        {"authorization_endpoint": f"{ISSUER}/a\r\nset-cookie: x=y"},
        {"authorization_endpoint": f"https://ada@{ISSUER[8:]}/a"},
        {"authorization_endpoint": f"{ISSUER}/{'a' * 1100}"},
        {"userinfo_endpoint": 7},
        {"id_token_signing_alg_values_supported": ["HS256", "none"]},
        {"id_token_signing_alg_values_supported": "ES256"},
    ],
)
def test_what_cannot_be_used_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ProviderUnusable):
        parse(**given)


@pytest.mark.parametrize("raw", [b"", b"[]", b'{"issuer":1,"issuer":2}', b"{}" + b" " * 65_536])
def test_what_is_no_document_is_refused(raw: bytes) -> None:
    with pytest.raises(ProviderUnusable):
        parse_metadata(raw, issuer=ISSUER)


def test_a_plain_issuer_may_have_plain_places() -> None:
    plain = {
        name: value.replace("https", "http") if isinstance(value, str) else value
        for name, value in DOCUMENT.items()
    }
    raw = orjson.dumps(plain)
    assert parse_metadata(raw, issuer="http://harbour.example").jwks_uri.startswith("http://")


def test_where_the_document_lies() -> None:
    assert well_known_of("https://x.auth0.example/") == (
        "https://x.auth0.example/.well-known/openid-configuration"
    )
    assert well_known_of("https://k.example/realms/a").endswith(
        "/realms/a/.well-known/openid-configuration"
    )
