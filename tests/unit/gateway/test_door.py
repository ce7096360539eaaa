"""Host and Origin at the door, and who called where proxies stand between."""

import pytest

from curtilage.gateway.door import Door, Proxies
from curtilage.gateway.errors import HostRefused, OriginRefused

DOOR = Door(
    public_url="https://ai.orchard.example:8443",
    hosts=["Inner.orchard.example"],
    origins=["https://app.orchard.example/"],
)


def host(*values: bytes) -> list[tuple[bytes, bytes]]:
    return [(b"host", value) for value in values]


@pytest.mark.parametrize(
    "value",
    [
        b"localhost", b"LOCALHOST:8787", b"127.0.0.1:1", b"[::1]:8787", b"[::1]", b"ai.orchard.example",
        b"ai.orchard.example:8443", b"inner.orchard.example:99", b" localhost ",
    ],
)  # fmt: skip
def test_names_of_this_service_may_pass(value: bytes) -> None:
    DOOR.check_host(host(value))


@pytest.mark.parametrize(
    "value",
    [
        b"", b"evil.example", b"localhost.evil.example", b"evil.example:localhost", b"127.0.0.2", b"[::2]",
        b"localhost@evil.example", b"[::1", b"0.0.0.0", b"ai.orchard.example.", b"\xff",
    ],
)  # fmt: skip
def test_foreign_names_may_not(value: bytes) -> None:
    with pytest.raises(HostRefused):
        DOOR.check_host(host(value))


@pytest.mark.requirement(52)
def test_a_missing_or_doubtful_host_is_refused() -> None:
    for headers in ([], host(b"localhost", b"evil.example"), host(b"evil.example", b"localhost")):
        with pytest.raises(HostRefused):
            DOOR.check_host(headers)
    DOOR.check_host(host(b"localhost", b"localhost"))


@pytest.mark.parametrize(
    "value",
    [
        b"https://ai.orchard.example:8443", b"HTTPS://APP.orchard.example", b"http://localhost:3000",
        b"http://127.0.0.1:9", b"http://[::1]:9",
    ],
)  # fmt: skip
def test_pages_of_this_service_and_of_this_machine_may_call(value: bytes) -> None:
    DOOR.check_origin([(b"origin", value)])


@pytest.mark.parametrize(
    "value",
    [
        b"null", b"https://evil.example", b"https://ai.orchard.example", b"http://localhost.evil.example",
        b"https://app.orchard.example.evil.example", b"", b"http://inner.orchard.example",
    ],
)  # fmt: skip
def test_pages_of_other_sites_may_not(value: bytes) -> None:
    with pytest.raises(OriginRefused):
        DOOR.check_origin([(b"host", b"localhost"), (b"origin", value)])


def test_no_origin_comes_from_no_page() -> None:
    DOOR.check_origin(host(b"localhost"))


def test_without_named_proxies_the_peer_is_the_caller() -> None:
    said = [(b"x-forwarded-for", b"192.0.2.9")]
    assert Proxies().find_caller("198.51.100.7", said) == "198.51.100.7"
    assert Proxies(["10.0.0.0/8"]).find_caller("198.51.100.7", said) == "198.51.100.7"


@pytest.mark.requirement(52)
@pytest.mark.parametrize(
    ("said", "caller"),
    [
        (b"192.0.2.9", "192.0.2.9"),
        (b"203.0.113.5, 192.0.2.9", "192.0.2.9"),
        (b"192.0.2.9, 10.1.1.1", "192.0.2.9"),
    ],
)
def test_a_named_proxy_says_who_called_and_what_stands_left_of_it_is_not_believed(
    said: bytes, caller: str
) -> None:
    headers = [(b"x-forwarded-for", said)]
    assert Proxies(["10.0.0.0/8"]).find_caller("10.0.0.1", headers) == caller


def test_a_proxy_must_be_an_address_or_a_network() -> None:
    with pytest.raises(ValueError, match="orchard"):
        Proxies(["orchard"])
