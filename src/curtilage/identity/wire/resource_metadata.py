"""How a resource describes itself (RFC 9728): who gives tokens for it, with which scopes."""

from collections.abc import Collection

import orjson

from curtilage.identity.wire.dpop import DPOP_ALGORITHMS

WELL_KNOWN = "/.well-known/oauth-protected-resource"


def find_path(resource: str) -> str:
    """Where the document of a resource is (§3.1): before its path; "" for one that is no URL."""
    parts = resource.split("/", 3)
    if parts[0] not in {"https:", "http:"} or len(parts) < 3:
        return ""
    return WELL_KNOWN + (f"/{parts[3]}" if len(parts) > 3 and parts[3] else "")


def described_at(resource: str) -> str:
    """The address of the document, as challenges name it (§5.1); "" for one that is no URL."""
    path = find_path(resource)
    return "/".join(resource.split("/")[:3]) + path if path else ""


def encode_resource_metadata(
    resource: str, *, issuer: str, name: str, scopes: Collection[str]
) -> bytes:
    """The document (§2): the strings as clients have to use them."""
    return orjson.dumps(
        {
            "resource": resource,
            "resource_name": name,
            "authorization_servers": [issuer],
            "scopes_supported": sorted(scopes),
            "bearer_methods_supported": ["header"],
            "dpop_signing_alg_values_supported": sorted(each.value for each in DPOP_ALGORITHMS),
        }
    )
