"""The issuer, as it is written."""

import pytest

from curtilage.identity.oauth.errors import IssuerRefused
from curtilage.identity.oauth.settings import OAuthSettings


@pytest.mark.requirement(6)
@pytest.mark.parametrize(
    ("issuer", "base", "path"),
    [
        ("https://id.example", "https://id.example", ""),
        ("https://id.example/", "https://id.example", ""),
        ("https://id.example/a/b", "https://id.example/a/b", "/a/b"),
        ("http://localhost:8787", "http://localhost:8787", ""),
        ("http://[::1]:8787/x/", "http://[::1]:8787/x", "/x"),
    ],
)
def test_an_issuer_is_kept_byte_for_byte(issuer: str, base: str, path: str) -> None:
    settings = OAuthSettings(issuer)
    assert (settings.issuer, settings.base, settings.path) == (issuer, base, path)


@pytest.mark.parametrize(
    "issuer",
    [
        "",
        "id.example",
        "http://id.example",
        "https://",
        "https://id.example?x",
        "https://id.example#x",
        "https://a@id.example",
        "ftp://id.example",
        "https://id.example/a b",
        "https://id.exämple",
    ],
)
def test_what_can_be_no_issuer(issuer: str) -> None:
    with pytest.raises(IssuerRefused):
        OAuthSettings(issuer)
