"""Whose passkeys these are, by the public address and the settings."""

import pytest

from curtilage.core.errors import SetupError
from curtilage.identity.people.relying_party import RelyingParty, find_relying_party
from curtilage.identity.settings import IdentitySettings

pytestmark = [pytest.mark.requirement(49, 50)]


def find(url: str, domain: str = "", origins: tuple[str, ...] = ()) -> RelyingParty | None:
    settings = IdentitySettings(passkey_domain=domain, passkey_origins=origins)
    return find_relying_party(url, name="orchard", settings=settings)


@pytest.mark.parametrize(
    ("url", "id", "origin"),
    [
        ("https://login.orchard.example", "login.orchard.example", "https://login.orchard.example"),
        ("https://Orchard.example:443/", "orchard.example", "https://orchard.example"),
        ("https://orchard.example:8443", "orchard.example", "https://orchard.example:8443"),
        ("http://localhost:8787", "localhost", "http://localhost:8787"),
        ("http://localhost:80", "localhost", "http://localhost"),
    ],
)
def test_the_domain_and_the_origin_are_those_of_the_address(url: str, id: str, origin: str) -> None:
    assert find(url) == RelyingParty(id, "orchard", (origin,))


@pytest.mark.parametrize(
    "url",
    ["http://orchard.example", "https://192.0.2.7", "https://[2001:db8::1]", "http://127.0.0.1:87"],
)
def test_an_address_for_which_browsers_make_none_has_none(url: str) -> None:
    assert find(url) is None


@pytest.mark.complaint(22)
def test_a_domain_can_outlive_the_address() -> None:
    found = find("https://login.new.example", "old.example", ("https://login.old.example",))
    assert found == RelyingParty(
        "old.example", "orchard", ("https://login.new.example", "https://login.old.example")
    )


@pytest.mark.parametrize("domain", ["Old.example", "https://old.example", "192.0.2.7", "a b"])
def test_a_domain_that_is_none_stops_the_start(domain: str) -> None:
    with pytest.raises(SetupError, match="passkey_domain"):
        find("https://orchard.example", domain)


def test_an_origin_that_is_none_stops_the_start() -> None:
    with pytest.raises(SetupError, match="passkey_origins"):
        find("https://orchard.example", origins=("orchard.example/path",))
