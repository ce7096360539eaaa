"""What an issuer gives an app: tokens, who signed in, and that somebody signed out."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from hmac import compare_digest
from typing import Any

from curtilage.identity.relying.errors import IssuerBroken
from curtilage.identity.relying.models import (
    PURPOSE_SCOPE,
    Tokens,
    VerifiedLogin,
    VerifiedLogout,
)
from curtilage.identity.wire.algorithms import Algorithm
from curtilage.identity.wire.claims import SKEW, parse_audience, verify_claims
from curtilage.identity.wire.errors import JoseReason, JoseRefused
from curtilage.identity.wire.hash_claims import verify_hash_claim
from curtilage.identity.wire.jose import VerifiedJwt, verify_jwt
from curtilage.identity.wire.jwk import KeySet
from curtilage.identity.wire.jws import LONGEST_JWS
from curtilage.identity.wire.strict_json import parse_object
from curtilage.identity.wire.token_kinds import TokenKind

SIGNED_WITH = frozenset(  # ours, and what else an ID token may be signed with (OIDC Core §15.1)
    {Algorithm.ES256, Algorithm.RS256, Algorithm.PS256, Algorithm.EDDSA, Algorithm.ED25519}
)
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"  # Back-Channel Logout §2.4
LOGOUT_LIFE = timedelta(minutes=2)
LONGEST_SUBJECT = 255  # OIDC Core §2
LONGEST_TEXT = 512
MOST_WORDS = 100
LONGEST_LIFE = 366 * 24 * 3600  # seconds


def parse_tokens(raw: bytes) -> Tokens:
    """The answer of a token endpoint (RFC 6749 §5.1, OIDC Core §3.1.3.3). Raises IssuerBroken."""
    try:
        document = parse_object(raw)
    except ValueError:
        raise IssuerBroken("The token endpoint gave no JSON object.") from None
    kind, life = document.get("token_type"), document.get("expires_in")
    if not isinstance(kind, str) or kind.lower() != "bearer":
        raise IssuerBroken("The token is of a type that was not asked for.")
    if type(life) is not int or not 0 < life <= LONGEST_LIFE:
        raise IssuerBroken("The token endpoint does not say how long the token lives.")
    scope = _token(document, "scope") if "scope" in document else None
    return Tokens(
        access=_token(document, "access_token") or _lacking(),
        life=timedelta(seconds=life),
        refresh=_token(document, "refresh_token"),
        id_token=_token(document, "id_token"),
        scopes=None if scope is None else frozenset(scope.split()),
    )


def _token(document: Mapping[str, Any], name: str) -> str:
    value = document.get(name, "")
    if not isinstance(value, str) or len(value) > LONGEST_JWS or not value.isascii():
        raise IssuerBroken(f"The {name} is no text of a bearable length.")
    return value


def _lacking() -> str:
    raise IssuerBroken("The token endpoint gave no access token.")


def verify_id_token(
    raw: str,
    *,
    keys: KeySet,
    issuer: str,
    client_id: str,
    nonce: str | None,
    access_token: str,
    at: datetime,
    algorithms: Collection[Algorithm] = SIGNED_WITH,
) -> VerifiedLogin:
    """Who signed in (OIDC Core §3.1.3.7), or with `nonce` None who still is (§12.2).

    Raises JoseRefused. `at_hash` must be there and fit: without it somebody else's access
    token could ride along."""
    token = verify_jwt(raw, kind=TokenKind.ID_TOKEN, keys=keys, algorithms=algorithms)
    claims = token.claims
    verify_claims(claims, now=at, issuer=issuer, audience=client_id)
    _refuse_other_party(claims, client_id)
    if nonce is not None:
        _refuse_other_nonce(claims, nonce)
    verify_hash_claim(claims.get("at_hash"), value=access_token, algorithm=token.algorithm)
    return _read_login(token)


def verify_logout_token(
    raw: str,
    *,
    keys: KeySet,
    issuer: str,
    client_id: str,
    at: datetime,
    algorithms: Collection[Algorithm] = SIGNED_WITH,
) -> VerifiedLogout:
    """What a logout token ends (Back-Channel Logout §2.6). Raises JoseRefused.

    That it is the first with this `jti` is for the caller to see."""
    token = verify_jwt(raw, kind=TokenKind.LOGOUT_TOKEN, keys=keys, algorithms=algorithms)
    claims = token.claims
    found = verify_claims(
        claims,
        now=at,
        issuer=issuer,
        audience=client_id,
        longest_ahead=LOGOUT_LIFE,
        oldest=LOGOUT_LIFE,
    )
    events = claims["events"]
    if not isinstance(events, dict) or not isinstance(events.get(LOGOUT_EVENT), dict):
        raise JoseRefused(JoseReason.CLAIMS)
    subject, sid = _text(claims, "sub"), _text(claims, "sid")
    if not subject and not sid:
        raise JoseRefused(JoseReason.CLAIMS)
    assert found.jti is not None and found.expires_at is not None
    until = datetime.fromtimestamp(found.expires_at, UTC) + SKEW
    return VerifiedLogout(subject, sid, _text(claims, "jti"), until)


def verify_person(raw: bytes, *, subject: str) -> str:
    """The name that userinfo tells of this person (OIDC Core §5.3.2). Raises JoseRefused."""
    try:
        claims = parse_object(raw)
    except ValueError:
        raise JoseRefused(JoseReason.MALFORMED) from None
    if claims.get("sub") != subject:
        raise JoseRefused(JoseReason.SUBJECT)
    return read_name(claims)


def read_name(claims: Mapping[str, Any]) -> str:
    """What to call somebody, "" where nothing says it; never anything to know them by."""
    for member in ("name", "preferred_username"):
        value = claims.get(member)
        if isinstance(value, str) and 0 < len(value) <= LONGEST_TEXT and value.isprintable():
            return value
    return ""


def purposes_of(scopes: Collection[str]) -> frozenset[str]:
    """Purposes that are granted as scopes."""
    return frozenset(
        each.removeprefix(PURPOSE_SCOPE)
        for each in scopes
        if each.startswith(PURPOSE_SCOPE) and each != PURPOSE_SCOPE
    )


def _refuse_other_party(claims: Mapping[str, Any], client_id: str) -> None:
    """OIDC Core §3.1.3.7, steps 3 to 5: no audience beside us that nobody vouches for."""
    several = len(parse_audience(claims.get("aud"))) > 1
    if (several or "azp" in claims) and claims.get("azp") != client_id:
        raise JoseRefused(JoseReason.AUDIENCE)


def _refuse_other_nonce(claims: Mapping[str, Any], nonce: str) -> None:
    claimed = claims.get("nonce")
    if not isinstance(claimed, str) or not claimed.isascii():
        raise JoseRefused(JoseReason.NONCE)
    if not compare_digest(claimed, nonce):
        raise JoseRefused(JoseReason.NONCE)


def _read_login(token: VerifiedJwt) -> VerifiedLogin:
    claims = token.claims
    subject = _text(claims, "sub")
    if not subject.isascii() or len(subject) > LONGEST_SUBJECT:
        raise JoseRefused(JoseReason.SUBJECT)
    since = claims.get("auth_time")
    if since is not None and (type(since) is not int or not 0 <= since < 1 << 36):
        raise JoseRefused(JoseReason.CLAIMS)
    return VerifiedLogin(
        subject=subject,
        sid=_text(claims, "sid"),
        name=read_name(claims),
        acr=_text(claims, "acr"),
        amr=_words(claims, "amr"),
        authenticated_at=None if since is None else datetime.fromtimestamp(since, UTC),
        purposes=frozenset(_words(claims, "purposes")),
    )


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name, "")
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise JoseRefused(JoseReason.CLAIMS)
    return value


def _words(claims: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = claims.get(name, [])
    if not isinstance(value, list) or len(value) > MOST_WORDS:
        raise JoseRefused(JoseReason.CLAIMS)
    if not all(isinstance(each, str) and 0 < len(each) <= LONGEST_TEXT for each in value):
        raise JoseRefused(JoseReason.CLAIMS)
    return tuple(value)
