"""The discovery document of an issuer (OIDC Discovery §3-4), read by who relies on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from curtilage.identity.relying.errors import IssuerBroken
from curtilage.identity.relying.rules import is_loopback_host
from curtilage.identity.wire.strict_json import parse_object

LONGEST_DOCUMENT = 64 * 1024
LONGEST_URL = 2048


@dataclass(frozen=True, slots=True)
class Provider:
    """Where an issuer does what. `end_session` and `userinfo` are "" where it has none."""

    issuer: str
    authorize: str
    token: str
    jwks: str
    userinfo: str = ""
    end_session: str = ""


def discovery_url(issuer: str) -> str:
    """Where the document is (§4): the slash at the end of an issuer is not doubled."""
    return issuer.removesuffix("/") + "/.well-known/openid-configuration"


def parse_provider(raw: bytes, *, expected_issuer: str) -> Provider:
    """The document of exactly this issuer (§4.3). Raises `IssuerBroken`.

    What is refused: another issuer, by so much as a slash; addresses without TLS beyond
    this machine; and an issuer that knows no S256, whom a code could be stolen from."""
    document = _parse(raw)
    if document.get("issuer") != expected_issuer:
        raise IssuerBroken("The document is of another issuer; expected the same bytes.")
    methods = document.get("code_challenge_methods_supported", ["S256"])
    if not isinstance(methods, list) or "S256" not in methods:
        raise IssuerBroken("The issuer does not offer S256.")
    return Provider(
        issuer=expected_issuer,
        authorize=_address(document, "authorization_endpoint"),
        token=_address(document, "token_endpoint"),
        jwks=_address(document, "jwks_uri"),
        userinfo=_address(document, "userinfo_endpoint", may_lack=True),
        end_session=_address(document, "end_session_endpoint", may_lack=True),
    )


def _parse(raw: bytes) -> Mapping[str, Any]:
    if len(raw) > LONGEST_DOCUMENT:
        raise IssuerBroken("The discovery document is too long.")
    try:
        return parse_object(raw)
    except ValueError:
        raise IssuerBroken("The discovery document is no JSON object.") from None


def _address(document: Mapping[str, Any], name: str, *, may_lack: bool = False) -> str:
    value = document.get(name, "" if may_lack else None)
    if may_lack and value == "":
        return ""
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_URL:
        raise IssuerBroken(f"The document has no {name}.")
    scheme, _, rest = value.partition("://")
    host = rest.partition("/")[0]
    is_safe = scheme == "https" or (scheme == "http" and is_loopback_host(host))
    if not is_safe or not rest.isascii() or not rest.isprintable() or set(rest) & set(' #@\\"'):
        raise IssuerBroken(f"The {name} is no https address.")
    return value
