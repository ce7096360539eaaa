"""Addresses of clients: byte for byte, and nothing that leads elsewhere."""

import pytest

from curtilage.identity.oauth.errors import UnacceptableClient
from curtilage.identity.oauth.rules.addresses import (
    LONGEST,
    host_of,
    is_registered,
    is_resource_shaped,
    is_same_resource,
    origin_of,
    verify_redirect_uri,
    verify_web_address,
)

CALLBACK = "https://app.orchard.example/callback"
LOOPBACK = "http://127.0.0.1:8000/callback"
HOSTILE = [
    "https://app.orchard.example/callback/",
    "https://app.orchard.example/callback/../evil",
    "https://app.orchard.example/Callback",
    "https://app.orchard.example/callback?",
    "https://app.orchard.example/callback#",
    "https://app.orchard.example/callback%20",
    "https://app.orchard.example/callback ",
    " https://app.orchard.example/callback",
    "https://app.orchard.example:443/callback",
    "https://APP.orchard.example/callback",
    "HTTPS://app.orchard.example/callback",
    "http://app.orchard.example/callback",
    "https://app.orchard.example.evil.example/callback",
    "https://evil.example/https://app.orchard.example/callback",
    "https://app.orchard.example@evil.example/callback",
    "https://app.orchard.example\\@evil.example/callback",
    "https:/app.orchard.example/callback",
    "//app.orchard.example/callback",
    "https://app.orchard.example/callback\r\nset-cookie: a=b",
    "https://app.orchard.example/callback\0",
    "https://app.orchard.example/%63allback",
    "https://xn--pp-eka.orchard.example/callback",
    "javascript:alert(1)//app.orchard.example/callback",
    "",
    "x" * 10_000_000,
]


@pytest.mark.requirement(1)
@pytest.mark.complaint(29)
@pytest.mark.parametrize("address", HOSTILE, ids=lambda address: repr(address[:60]))
def test_what_only_looks_like_a_registered_address_is_none(address: str) -> None:
    assert is_registered(CALLBACK, [CALLBACK])
    assert not is_registered(address, [CALLBACK, LOOPBACK])


@pytest.mark.requirement(1)
@pytest.mark.parametrize(
    ("address", "fits"),
    [
        ("http://127.0.0.1:49152/callback", True),
        ("http://127.0.0.1/callback", True),
        ("http://127.0.0.1:65535/callback", True),
        ("http://127.0.0.1:65536/callback", False),
        ("http://127.0.0.1:0/callback", False),
        ("http://127.0.0.1:49152/other", False),
        ("http://127.0.0.1:49152/callback?x=1", False),
        ("http://127.0.0.1:x/callback", False),
        ("http://127.0.0.1:1@evil.example/callback", False),
        ("http://127.0.0.2:49152/callback", False),
        ("http://localhost:49152/callback", False),
        ("http://[::1]:49152/callback", False),
        ("https://127.0.0.1:49152/callback", False),
    ],
)
def test_the_port_of_a_loopback_address_is_free_and_nothing_else(
    address: str,
    fits: bool,
) -> None:
    assert is_registered(address, [LOOPBACK]) is fits


def test_ipv6_and_addresses_with_a_query_have_a_free_port_too() -> None:
    assert is_registered("http://[::1]:4/cb", ["http://[::1]/cb"])
    assert is_registered("http://127.0.0.1:4?a", ["http://127.0.0.1?a"])
    assert not is_registered("http://127.0.0.1:4/a b", ["http://127.0.0.1/a b"])


@pytest.mark.parametrize(
    "address",
    [
        CALLBACK,
        LOOPBACK,
        "http://localhost:3000/cb",
        "http://[::1]:3000/cb",
        "https://app.orchard.example",
        "https://app.orchard.example:8443/cb?next=%2Fhome",
        "https://192.0.2.7/cb",
    ],
)
def test_addresses_that_can_be_registered(address: str) -> None:
    assert verify_redirect_uri(address, is_native=False) == address


@pytest.mark.requirement(1)
@pytest.mark.parametrize(
    "address",
    [
        "http://app.orchard.example/cb",
        "https://app.orchard.example/cb#x",
        "https://ada@orchard.example/cb",
        "https://*.orchard.example/cb",
        "https://app.orchard.example/a/../b",
        "https://app.orchard.example/a/%2E%2e/b",
        "https://app.orchard.example/.",
        "https://app.orchard.example:99999/",
        "https://",
        "https:///cb",
        "/callback",
        "javascript:alert(1)",
        "data:text/html,hi",
        "com.orchard.app:/cb",
        "https://app.orchard.example/ü",
        "https://app.orchard.example/" + "x" * LONGEST,
    ],
)
def test_addresses_that_cannot_be_registered(address: str) -> None:
    with pytest.raises(UnacceptableClient) as refused:
        verify_redirect_uri(address, is_native=False)
    assert refused.value.is_about_address


def test_a_native_app_may_have_a_scheme_of_its_own() -> None:
    assert verify_redirect_uri("com.orchard.app:/cb", is_native=True)
    for address in ("javascript:/x", "orchard:/cb", "com.orchard.app:cb", "com.orchard.app:/a b"):
        with pytest.raises(UnacceptableClient):
            verify_redirect_uri(address, is_native=True)
    with pytest.raises(UnacceptableClient):
        verify_web_address("x" * (LONGEST + 1), "It")


def test_people_are_told_where_they_go() -> None:
    assert host_of("https://APP.orchard.example:8443/cb") == "app.orchard.example"
    assert host_of("com.orchard.app:/cb") == "com.orchard.app"
    assert origin_of("https://App.orchard.example:8443/cb") == "https://app.orchard.example:8443"
    assert origin_of(CALLBACK) == "https://app.orchard.example"
    assert origin_of("com.orchard.app:/cb") == "com.orchard.app:"


@pytest.mark.requirement(18)
@pytest.mark.parametrize(
    ("other", "same"),
    [
        ("HTTPS://Files.Orchard.example/Api", True),
        ("https://files.orchard.example/Api/", False),
        ("https://files.orchard.example/api", False),
        ("https://files.orchard.example/Api?x", False),
        ("https://files.orchard.example", False),
    ],
)
def test_resources_are_one_where_only_case_of_scheme_and_host_differs(
    other: str,
    same: bool,
) -> None:
    assert is_same_resource("https://files.orchard.example/Api", other) is same


@pytest.mark.requirement(18)
def test_a_resource_is_an_absolute_uri_without_fragment() -> None:
    assert is_resource_shaped("https://files.orchard.example/api")
    assert is_resource_shaped("urn:orchard:files")
    for wrong in (
        "",
        "files",
        "/api",
        "https://x#y",
        "https://x y",
        "1:x",
        "https:",
        "x:" + "y" * LONGEST,
        "x:ü",
    ):
        assert not is_resource_shaped(wrong)
