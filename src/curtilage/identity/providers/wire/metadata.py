"""What a provider publishes about itself (OpenID Connect Discovery 1.0 §3, RFC 9207 §3)."""

import re
from collections.abc import Mapping
from typing import Any

from curtilage.identity.providers.errors import ProviderUnusable
from curtilage.identity.providers.models import Metadata
from curtilage.identity.wire.algorithms import Algorithm, find_algorithm
from curtilage.identity.wire.strict_json import parse_object

WELL_KNOWN = "/.well-known/openid-configuration"
LONGEST = 64 * 1024
LONGEST_URL = 1024
BASIC = "client_secret_basic"
_URL = re.compile(
    r"https?://[A-Za-z0-9.\[\]:-]+(?:/[A-Za-z0-9._~!$&()*+,;=:@%/-]*)?(?:\?[!$&(-;=?-Z_a-z~]*)?"
)


def well_known_of(issuer: str) -> str:
    """Where the document lies (§4): the issuer without a slash at its end, and the path."""
    return issuer.removesuffix("/") + WELL_KNOWN


def parse_metadata(raw: bytes, *, issuer: str, template: str = "") -> Metadata:
    """The document, if it is of `issuer` and usable. Raises `ProviderUnusable`.

    The issuer is compared byte by byte (§4.3); where it serves many tenants, the document
    names `template` instead. Of the algorithms only those stay that we know."""
    if len(raw) > LONGEST:
        raise ProviderUnusable("The document is too long; expected at most 64 KiB.")
    try:
        document = parse_object(raw)
    except ValueError:
        raise ProviderUnusable("Expected a JSON object without repeated names.") from None
    if document.get("issuer") != (template or issuer):
        raise ProviderUnusable("The document names another issuer than the settings.")
    is_secure = issuer.startswith("https://")
    return Metadata(
        issuer=template or issuer,
        authorization_endpoint=_url(document, "authorization_endpoint", is_secure=is_secure),
        token_endpoint=_url(document, "token_endpoint", is_secure=is_secure),
        jwks_uri=_url(document, "jwks_uri", is_secure=is_secure),
        userinfo_endpoint=_url(document, "userinfo_endpoint", is_secure=is_secure)
        if "userinfo_endpoint" in document
        else "",
        algorithms=_algorithms(document),
        names_issuer=document.get("authorization_response_iss_parameter_supported") is True,
        takes_basic=_takes_basic(document),
    )


def _url(document: Mapping[str, Any], name: str, *, is_secure: bool) -> str:
    value = document.get(name)
    fits = isinstance(value, str) and len(value) <= LONGEST_URL and _URL.fullmatch(value)
    if not isinstance(value, str) or not fits:
        raise ProviderUnusable(f"Expected {name} to be an address.")
    if is_secure and not value.startswith("https://"):
        raise ProviderUnusable(f"Expected {name} to begin with https://, as the issuer does.")
    return value


def _algorithms(document: Mapping[str, Any]) -> frozenset[Algorithm]:
    """RS256 where nothing is said: every provider must have it (OIDC Core §15.1)."""
    listed = document.get("id_token_signing_alg_values_supported", ["RS256"])
    if not isinstance(listed, list):
        raise ProviderUnusable("Expected id_token_signing_alg_values_supported to be a list.")
    found = frozenset(each for raw in listed[:64] if (each := find_algorithm(raw)))
    if not found:
        raise ProviderUnusable("Expected an asymmetric algorithm for ID tokens.")
    return found


def _takes_basic(document: Mapping[str, Any]) -> bool:
    """True where nothing is said (Discovery §3)."""
    listed = document.get("token_endpoint_auth_methods_supported")
    return not isinstance(listed, list) or BASIC in listed
