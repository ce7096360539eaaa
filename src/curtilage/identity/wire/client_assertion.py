"""Clients that sign instead of sending a secret (RFC 7523 §3, FAPI 2.0 §5.3.2).

The audience is our issuer as one text, not a list and no endpoint: an assertion for another
server, that names ours beside its own, must not work here ("Audience Injection", 2025).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from curtilage.identity.wire.algorithms import STRONG_ALGORITHMS, Algorithm
from curtilage.identity.wire.claims import SKEW, VerifiedClaims, verify_claims
from curtilage.identity.wire.errors import JoseReason, JoseRefused
from curtilage.identity.wire.jose import verify_jwt
from curtilage.identity.wire.jwk import KeySet
from curtilage.identity.wire.jws import parse_claimed_payload
from curtilage.identity.wire.strict_json import parse_object
from curtilage.identity.wire.token_kinds import TokenKind

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"  # RFC 7523 §2.2
ASSERTION_ALGORITHMS = STRONG_ALGORITHMS | {Algorithm.ES384, Algorithm.ES512}
LONGEST_AHEAD = timedelta(seconds=60)  # of `exp`, give or take the skew
# What libraries of others write unless told: 5 minutes (MCP), 10 (idpyoidc), 60 (Authlib).
# FAPI 2.0 limits `iat` and `nbf` alone; until `exp` the `jti` has to be remembered.
LONGEST_AHEAD_OF_LIBRARIES = timedelta(hours=1)
LONGEST_CLIENT_ID = 2048  # a client id may be a URL
LONGEST_JTI = 256


@dataclass(frozen=True, slots=True)
class VerifiedAssertion:
    """The client is who it says. (`client_id`, `jti`) is to be kept until `forget_at`."""

    client_id: str
    jti: str
    forget_at: datetime


def parse_claimed_client(raw: str) -> str:
    """Who an assertion says it is by, to look up that client's keys. Raises JoseRefused."""
    try:
        claimed = parse_object(parse_claimed_payload(raw)).get("sub")
    except ValueError:
        raise JoseRefused(JoseReason.MALFORMED) from None
    if not isinstance(claimed, str) or not 0 < len(claimed) <= LONGEST_CLIENT_ID:
        raise JoseRefused(JoseReason.SUBJECT)
    return claimed


def verify_client_assertion(
    raw: str,
    *,
    client_id: str,
    keys: KeySet,
    issuer: str,
    at: datetime,
    algorithms: Collection[Algorithm] = ASSERTION_ALGORITHMS,
    longest_ahead: timedelta = LONGEST_AHEAD,
) -> VerifiedAssertion:
    """The assertion by this client, with its own keys, for us. Raises JoseRefused.

    `issuer` is ours, byte by byte. RS256 is not among the algorithms unless a client that
    is outside FAPI is allowed it.
    """
    assertion = verify_jwt(raw, kind=TokenKind.CLIENT_ASSERTION, keys=keys, algorithms=algorithms)
    if assertion.claims["aud"] != issuer:  # a list is never equal, not even of one
        raise JoseRefused(JoseReason.AUDIENCE)
    # That `sub` is the same as `iss`, the kind has seen to.
    found = verify_claims(assertion.claims, now=at, issuer=client_id, longest_ahead=longest_ahead)
    return VerifiedAssertion(client_id, *_once(found, at))


def _once(found: VerifiedClaims, at: datetime) -> tuple[str, datetime]:
    """What is kept so that there is no second time, and until when."""
    if found.jti is None or len(found.jti) > LONGEST_JTI or found.expires_at is None:
        raise JoseRefused(JoseReason.CLAIMS)
    return found.jti, datetime.fromtimestamp(found.expires_at, at.tzinfo) + SKEW
