"""ID tokens of others (OIDC Core §3.1.3.7), each check a step, and none left out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hmac import compare_digest
from typing import Any

from curtilage.identity.providers.errors import ProviderReason, ProviderRefused
from curtilage.identity.providers.models import Metadata, Provider
from curtilage.identity.providers.rules.presets import expected_issuer
from curtilage.identity.wire.claims import SKEW, verify_claims
from curtilage.identity.wire.errors import JoseReason, JoseRefused
from curtilage.identity.wire.hash_claims import verify_hash_claim
from curtilage.identity.wire.jose import VerifiedJwt, verify_jwt
from curtilage.identity.wire.jwk import KeySet
from curtilage.identity.wire.token_kinds import TokenKind

LONGEST_SUBJECT = 255  # characters (§2)
OLDEST = timedelta(minutes=10)  # it was made for us just now; Entra dates it 5 minutes back
LONGEST_LIFE = timedelta(days=1)
MFA = "mfa"  # RFC 8176 §2


@dataclass(frozen=True, slots=True)
class VerifiedIdToken:
    """Whom the provider named, to us, for this request."""

    issuer: str
    subject: str = field(repr=False)
    claims: Mapping[str, Any] = field(repr=False)
    proved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Expected:
    """What the token must fit: the request's nonce, and the access token beside it."""

    nonce: str = field(repr=False)
    access_token: str = field(repr=False)
    now: datetime
    asked_again_at: datetime | None = None


def verify_id_token(
    raw: str, provider: Provider, metadata: Metadata, *, keys: KeySet, expected: Expected
) -> VerifiedIdToken:
    """Whom the token names. Raises `ProviderRefused`.

    Signed by a key of the provider with an algorithm that its document lists and we know;
    by the pinned issuer, for us, for this browser, lately. Its reason is KEY where the keys
    may have changed: read them again, once."""
    try:
        token = verify_jwt(raw, kind=TokenKind.ID_TOKEN, keys=keys, algorithms=metadata.algorithms)
        issuer = _issuer_of(token, provider, metadata)
        verify_claims(
            token.claims,
            now=expected.now,
            issuer=issuer,
            audience=provider.client_id,
            longest_ahead=LONGEST_LIFE,
            oldest=OLDEST,
        )
        _verify_access_token(token, expected.access_token)
    except JoseRefused as refusal:
        unknown = refusal.reason is JoseReason.KEY
        raise ProviderRefused(ProviderReason.KEY if unknown else ProviderReason.TOKEN) from None
    _verify_party(token.claims, provider.client_id)
    _verify_nonce(token.claims, expected.nonce)
    subject = _subject(token.claims)
    proved_at = _proved_at(token.claims, expected)
    return VerifiedIdToken(issuer, subject, token.claims, proved_at)


def _issuer_of(token: VerifiedJwt, provider: Provider, metadata: Metadata) -> str:
    """The pinned one; of a document for many tenants, that of a tenant that was let in."""
    if not provider.tenants:
        return provider.issuer
    tenant = token.claims.get("tid")
    if not isinstance(tenant, str) or tenant not in provider.tenants:
        raise ProviderRefused(ProviderReason.TENANT)
    return expected_issuer(metadata.issuer, tenant=tenant)


def _verify_access_token(token: VerifiedJwt, access_token: str) -> None:
    """`at_hash` may be missing here (§3.1.3.6); one that is there must fit."""
    if "at_hash" in token.claims:
        verify_hash_claim(token.claims["at_hash"], value=access_token, algorithm=token.algorithm)


def _verify_party(claims: Mapping[str, Any], client_id: str) -> None:
    """For several audiences it must say which asked, and always that we did (§3.1.3.7)."""
    audience = claims["aud"]
    several = isinstance(audience, list) and len(audience) > 1
    if (several or "azp" in claims) and claims.get("azp") != client_id:
        raise ProviderRefused(ProviderReason.PARTY)


def _verify_nonce(claims: Mapping[str, Any], expected: str) -> None:
    claimed = claims.get("nonce")
    if not isinstance(claimed, str) or not compare_digest(claimed.encode(), expected.encode()):
        raise ProviderRefused(ProviderReason.NONCE)


def _subject(claims: Mapping[str, Any]) -> str:
    subject: str = claims["sub"]  # a text, or `verify_claims` had refused it
    if len(subject) > LONGEST_SUBJECT or not subject.isprintable():
        raise ProviderRefused(ProviderReason.SUBJECT)
    return subject


def _proved_at(claims: Mapping[str, Any], expected: Expected) -> datetime | None:
    """When somebody proved themselves there; after we asked for it, where we did (§2)."""
    raw: Any = claims.get("auth_time")
    now = expected.now.timestamp()
    told = type(raw) in {int, float} and 0 < raw <= now + SKEW.total_seconds()
    if "auth_time" in claims and not told:
        raise ProviderRefused(ProviderReason.TOKEN)
    at = min(datetime.fromtimestamp(raw, UTC), expected.now) if told else None
    if expected.asked_again_at is not None and (at is None or at < expected.asked_again_at - SKEW):
        raise ProviderRefused(ProviderReason.STALE)
    return at


def has_mfa(claims: Mapping[str, Any]) -> bool:
    """Whether the provider says that it asked for two factors."""
    amr = claims.get("amr")
    return isinstance(amr, list) and MFA in amr
