"""Metadata: the issuer byte for byte, and nothing that is off."""

from typing import Any

import orjson
import pytest

from curtilage.identity.oauth.settings import OAuthSettings
from curtilage.identity.oauth.wire.discovery import encode_metadata
from curtilage.web.languages import load_languages
from tests.oauth_house import FILES, TOOLS


def metadata(issuer: str = "https://id.orchard.example", **given: Any) -> dict[str, Any]:
    return dict(orjson.loads(encode_metadata(OAuthSettings(issuer, **given), (FILES, TOOLS))))


@pytest.mark.requirement(6)
@pytest.mark.complaint(4, 5)
@pytest.mark.parametrize(
    "issuer",
    [
        "https://id.orchard.example",
        "https://id.orchard.example/",
        "https://id.orchard.example/tenant",
        "https://id.orchard.example:8443/a/b/",
        "http://127.0.0.1:8787",
    ],
)
def test_the_issuer_stands_as_it_was_written(issuer: str) -> None:
    served = metadata(issuer)
    assert served["issuer"] == issuer
    addresses = [value for name, value in served.items() if name.endswith(("_endpoint", "_uri"))]
    assert all(address.startswith(issuer.rstrip("/") + "/oauth2/") for address in addresses)


@pytest.mark.requirement(2, 3, 27)
def test_what_does_not_exist_is_not_named() -> None:
    served = metadata()
    assert served["response_types_supported"] == ["code"]
    assert not {"implicit", "password"} & set(served["grant_types_supported"])
    assert served["code_challenge_methods_supported"] == ["S256"]
    assert "registration_endpoint" not in served
    assert "registration_endpoint" in metadata(registration="token")


@pytest.mark.requirement(18, 27)
def test_only_open_resources_are_named() -> None:
    served = metadata()
    assert served["protected_resources"] == [TOOLS.uri]
    assert "tools:run" in served["scopes_supported"]
    assert "files:read" not in served["scopes_supported"]


def test_the_languages_of_the_pages_are_named() -> None:
    assert metadata()["ui_locales_supported"] == list(load_languages().tags)
