"""Access tokens (RFC 9068): who may do what where, for how long, as a model and as claims.

Read strictly: a claim that this version does not know may be one that narrows what the
token is for, so it is refused, not passed over. `purposes`, `rights` and `payer` are ours;
`act` is who acts for the subject (RFC 8693 §4.1), the nearest first.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from curtilage.core.canonical import encode_canonical
from curtilage.identity.wire.algorithms import ALL_ALGORITHMS, Algorithm
from curtilage.identity.wire.claims import SKEW, parse_audience, verify_claims
from curtilage.identity.wire.errors import JoseReason, JoseRefused
from curtilage.identity.wire.jose import sign_jwt, verify_jwt
from curtilage.identity.wire.jwk import KeySet
from curtilage.identity.wire.signing_key import SigningKey
from curtilage.identity.wire.token_kinds import TokenKind

LONGEST_LIFE = timedelta(minutes=10)
MOST_NAMES = 64  # of one claim: scopes, purposes, rights, methods
LONGEST_NAME = 255
LONGEST_URL = 2048  # of an issuer, and of a client whose id is one
DEEPEST_ACT = 4  # who acts for whom acts for whom; longer chains are nobody's idea


@dataclass(frozen=True, slots=True)
class AccessToken:
    """What a token says. `jkt` is "" for one that whoever holds it may use."""

    issuer: str
    subject: str = field(repr=False)
    audience: tuple[str, ...]
    client_id: str
    jti: str
    issued_at: datetime
    expires_at: datetime
    scopes: frozenset[str] = frozenset()
    purposes: frozenset[str] = frozenset()
    rights: frozenset[str] = frozenset()
    authenticated_at: datetime | None = None
    acr: str = ""
    amr: tuple[str, ...] = ()
    jkt: str = ""  # thumbprint of the key that it is bound to (RFC 9449 §6.1)
    session_id: str = ""
    act: tuple[str, ...] = ()
    details: tuple[str, ...] = ()  # permissions of RFC 9396, each as canonical JSON
    payer: str = field(default="", repr=False)  # whose budgets it draws on, see `payer_claim`


_KNOWN = frozenset(
    {"iss", "sub", "aud", "client_id", "jti", "iat", "exp", "nbf", "auth_time", "acr", "amr", "sid"}
    | {"scope", "purposes", "rights", "cnf", "act", "authorization_details", "payer"}
)
_LATEST = 1 << 36  # seconds: the year 4147


def encode_access_token(token: AccessToken) -> dict[str, Any]:
    """The claims of the token; what says nothing is left out."""
    audience = token.audience
    claims: dict[str, Any] = {
        "iss": token.issuer,
        "sub": token.subject,
        "aud": audience[0] if len(audience) == 1 else list(audience),
        "client_id": token.client_id,
        "jti": token.jti,
        "iat": int(token.issued_at.timestamp()),
        "exp": int(token.expires_at.timestamp()),
    }
    at = token.authenticated_at
    said = {
        "scope": " ".join(sorted(token.scopes)),
        "purposes": sorted(token.purposes),
        "rights": sorted(token.rights),
        "acr": token.acr,
        "amr": list(token.amr),
        "cnf": {"jkt": token.jkt} if token.jkt else {},
        "sid": token.session_id,
        "act": _encode_act(token.act),
        "authorization_details": [orjson.loads(each) for each in token.details],
        "payer": token.payer,
        "auth_time": int(at.timestamp()) if at else None,
    }
    return claims | {name: value for name, value in said.items() if value or value == 0}


def sign_access_token(token: AccessToken, *, key: SigningKey) -> str:
    """The token as it is sent. Raises ValueError for one that could be read as another."""
    if not timedelta() < token.expires_at - token.issued_at <= LONGEST_LIFE:
        raise ValueError("expected a life of at most ten minutes")
    if any(not scope or " " in scope for scope in token.scopes):
        raise ValueError("expected each scope to be one word")
    return sign_jwt(encode_access_token(token), kind=TokenKind.ACCESS_TOKEN, key=key)


def verify_access_token(
    raw: str,
    *,
    keys: KeySet,
    issuer: str,
    audience: str | Collection[str],
    at: datetime,
    algorithms: Collection[Algorithm] = ALL_ALGORITHMS,
    skew: timedelta = SKEW,
    knows_details: bool = False,
) -> AccessToken:
    """The token by this issuer, for us, now (RFC 9068 §4). Raises JoseRefused.

    One with `details` is refused unless the caller says that it keeps to them. Whose key sends it is `presented.verify_binding`; whether it was revoked, its issuer's
    record says.
    """
    token = verify_jwt(raw, kind=TokenKind.ACCESS_TOKEN, keys=keys, algorithms=algorithms)
    verify_claims(
        token.claims,
        now=at,
        issuer=issuer,
        audience=audience,
        skew=skew,
        longest_ahead=LONGEST_LIFE,
    )
    found = parse_access_token(token.claims)
    if found.details and not knows_details:
        raise JoseRefused(JoseReason.CLAIMS)
    return found


def parse_access_token(claims: Mapping[str, Any]) -> AccessToken:
    """The model of claims that `encode_access_token` gives. Raises JoseRefused.

    It says nothing about issuer, audience and time, nor who signed.
    """
    if not claims.keys() <= _KNOWN:
        raise JoseRefused(JoseReason.CLAIMS)
    return AccessToken(
        issuer=_name(claims.get("iss"), longest=LONGEST_URL),
        subject=_name(claims.get("sub"), longest=LONGEST_URL),  # a client's own id, perhaps
        audience=parse_audience(claims.get("aud")) or _refused(),
        client_id=_name(claims.get("client_id"), longest=LONGEST_URL),
        jti=_name(claims.get("jti")),
        issued_at=_instant(claims.get("iat")),
        expires_at=_instant(claims.get("exp")),
        scopes=frozenset(_scopes(claims.get("scope", ""))),
        purposes=frozenset(_names(claims.get("purposes", []))),
        rights=frozenset(_names(claims.get("rights", []))),
        authenticated_at=_instant(claims["auth_time"]) if "auth_time" in claims else None,
        acr=_optional(claims, "acr"),
        amr=_names(claims.get("amr", [])),
        jkt=_jkt(claims),
        session_id=_optional(claims, "sid"),
        act=_parse_act(claims),
        details=_details(claims),
        payer=_optional(claims, "payer"),
    )


def _refused() -> Any:
    raise JoseRefused(JoseReason.CLAIMS)


def _name(value: object, *, longest: int = LONGEST_NAME) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= longest:
        raise JoseRefused(JoseReason.CLAIMS)
    return value


def _optional(claims: Mapping[str, Any], name: str) -> str:
    return _name(claims[name]) if name in claims else ""


def _names(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > MOST_NAMES:
        raise JoseRefused(JoseReason.CLAIMS)
    return tuple(_name(each) for each in value)


def _scopes(value: object) -> tuple[str, ...]:
    """RFC 6749 §3.3: names between single spaces."""
    return _names(value.split(" ") if value else []) if isinstance(value, str) else _refused()


def _instant(seconds: object) -> datetime:
    """Whole seconds, which are what `encode_access_token` writes."""
    if type(seconds) is not int or not 0 <= seconds < _LATEST:
        raise JoseRefused(JoseReason.CLAIMS)
    return datetime.fromtimestamp(seconds, UTC)


def _jkt(claims: Mapping[str, Any]) -> str:
    """Another way of binding than by a key's thumbprint is none that we could check."""
    if "cnf" not in claims:
        return ""
    confirmation = claims["cnf"]
    if not isinstance(confirmation, dict) or confirmation.keys() != {"jkt"}:
        raise JoseRefused(JoseReason.CLAIMS)
    return _name(confirmation["jkt"])


def _encode_act(chain: tuple[str, ...]) -> dict[str, Any]:
    nested: dict[str, Any] = {}
    for actor in reversed(chain):
        nested = {"sub": actor, "act": nested} if nested else {"sub": actor}
    return nested


def _details(claims: Mapping[str, Any]) -> tuple[str, ...]:
    """RFC 9396 §9.1: objects with a type."""
    listed = claims.get("authorization_details", [])
    if not isinstance(listed, list) or len(listed) > MOST_NAMES:
        raise JoseRefused(JoseReason.CLAIMS)
    if not all(isinstance(each, dict) and isinstance(each.get("type"), str) for each in listed):
        raise JoseRefused(JoseReason.CLAIMS)
    try:
        return tuple(encode_canonical(each).decode() for each in listed)
    except ValueError:
        raise JoseRefused(JoseReason.CLAIMS) from None


def _parse_act(claims: Mapping[str, Any]) -> tuple[str, ...]:
    chain: list[str] = []
    holder = claims
    while "act" in holder:
        holder = holder["act"]
        if not isinstance(holder, dict) or not holder.keys() <= {"sub", "act"}:
            raise JoseRefused(JoseReason.CLAIMS)
        chain.append(_name(holder.get("sub"), longest=LONGEST_URL))
        if len(chain) > DEEPEST_ACT:
            raise JoseRefused(JoseReason.CLAIMS)
    return tuple(chain)
