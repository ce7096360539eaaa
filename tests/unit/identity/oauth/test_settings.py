"""The issuer, as it is written."""

from datetime import timedelta

import orjson
import pytest

from curtilage.identity.oauth.errors import IssuerRefused
from curtilage.identity.oauth.rules.keys import KEEP, PUBLISH, SIGNS_FOR
from curtilage.identity.oauth.settings import (
    ACCESS_LIFE,
    CODE_LIFE,
    DEVICE_INTERVAL,
    DEVICE_LIFE,
    GRANT_LIFE,
    ID_TOKEN_LIFE,
    PUSHED_LIFE,
    REFRESH_IDLE,
    REPLAY_WINDOW,
    REQUEST_LIFE,
    OAuthSettings,
)
from curtilage.identity.oauth.wire.discovery import encode_metadata
from tests.house.tree import REPOSITORY

PAGE = REPOSITORY / "docs" / "reference" / "authorization-server.md"


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


def minutes(life: timedelta) -> int:
    return int(life.total_seconds()) // 60


@pytest.mark.requirement(27)
def test_the_page_says_how_long_things_last_and_where_they_are() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for line in (
        f"| code | {CODE_LIFE.seconds} seconds, once |",
        f"| pushed request | {PUSHED_LIFE.seconds} seconds to be begun |",
        f"| request that waits for its person | {minutes(REQUEST_LIFE)} minutes |",
        f"| access token | {minutes(ACCESS_LIFE)} minutes |",
        f"| ID token | {minutes(ID_TOKEN_LIFE)} minutes |",
        (
            f"| refresh token | {REFRESH_IDLE.days} days unused; a grant with all its refresh tokens "
            f"{GRANT_LIFE.days} days |"
        ),
        f"| device code | {minutes(DEVICE_LIFE)} minutes, asked for every {DEVICE_INTERVAL} seconds |",
        (
            f"| signing key | {SIGNS_FOR.days} days, published {PUBLISH.days} days before and "
            f"{KEEP.days} days after |"
        ),
        f"Within {REPLAY_WINDOW.seconds} seconds the old one",
    ):
        assert line in page
    served = orjson.loads(encode_metadata(OAuthSettings("https://x", registration="token"), ()))
    named = [value for name, value in served.items() if name.endswith(("_endpoint", "jwks_uri"))]
    assert [each for each in named if f"`{each.removeprefix('https://x')}`" not in page] == []
