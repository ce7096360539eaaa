"""The kinds of signed tokens, and why none is ever taken for another (RFC 8725 §3.11-12).

Three walls, the first two of which stand in `verify_jwt` and cannot be forgotten:

1. `typ`. Each kind names its own. Only ID tokens and client assertions may say `JWT` or
   nothing, because software of others makes them and says no more.
2. Claims. A kind has claims that must be there and claims that must not. ID tokens and
   client assertions part here: an assertion is by its subject (`iss` equals `sub`, RFC
   7523 §3), an ID token never is, and an assertion holds nothing of an authentication.
3. Keys and audience, the verifier's part: assertions hold under keys of the client that
   is asking and name our issuer as audience; ID tokens hold under keys of an issuer and
   name a client.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any


@dataclass(frozen=True, slots=True)
class KindRule:
    """What a kind's header and claims look like. `types` are in lower case."""

    typ: str  # what we write
    types: frozenset[str | None]  # what we read; None is no `typ` at all
    required: frozenset[str]
    forbidden: frozenset[str]
    own_subject: bool | None = None  # whether `iss` equals `sub`; None: not looked at


def _rule(
    typ: str,
    required: str,
    forbidden: str = "",
    *,
    also: tuple[str | None, ...] = (),
    own_subject: bool | None = None,
) -> KindRule:
    return KindRule(
        typ,
        frozenset({typ.lower(), *also}),
        frozenset(required.split()),
        frozenset(forbidden.split()),
        own_subject,
    )


class TokenKind(Enum):
    """What a token is for; `value` is its rule."""

    # OIDC Core §2.
    ID_TOKEN = _rule(
        "JWT", "iss sub aud exp iat", "events htm htu", also=(None,), own_subject=False
    )
    # RFC 9068 §2; §4 lets the media type be written out.
    ACCESS_TOKEN = _rule(
        "at+jwt",
        "iss sub aud exp iat jti client_id",
        "nonce events at_hash c_hash",
        also=("application/at+jwt",),
    )
    # OIDC Back-Channel Logout §2.4: never a nonce, so that it is no ID token.
    LOGOUT_TOKEN = _rule("logout+jwt", "iss aud iat exp jti events", "nonce")
    # RFC 9449 §4.2; clients may add what they like.
    DPOP_PROOF = _rule("dpop+jwt", "jti htm htu iat")
    # RFC 7523 §3, OIDC Core §9.
    CLIENT_ASSERTION = _rule(
        "JWT",
        "iss sub aud exp jti",
        "nonce at_hash c_hash s_hash auth_time acr amr azp sid events scope client_id",
        also=("client-authentication+jwt", None),
        own_subject=True,
    )
    # Identity Assertion JWT Authorization Grant (draft), §3.1.
    ID_JAG = _rule("oauth-id-jag+jwt", "iss sub aud client_id jti exp iat", "events nonce")
    # RFC 8417 §2.2; OpenID SSF 1.0 keeps `sub` and `exp` out, so that it is no other token.
    SECURITY_EVENT = _rule("secevent+jwt", "iss aud iat jti events", "sub exp")
    # RFC 9901 §4.3.
    KEY_BINDING = _rule("kb+jwt", "iat aud nonce sd_hash", "sub events")
    # Ours: what a link in a mail carries.
    LINK = _rule("curtilage-link+jwt", "iss aud sub exp iat jti", "client_id nonce events")
    # RFC 9701 §5: without `sub` and `exp` at the top.
    INTROSPECTION = _rule("token-introspection+jwt", "iss aud iat token_introspection", "sub exp")

    @property
    def rule(self) -> KindRule:
        return self.value


def has_type_of(kind: TokenKind, header: Mapping[str, Any]) -> bool:
    """Whether a header's `typ` may stand on this kind; media types know no case."""
    claimed = header.get("typ")
    if claimed is None:
        return "typ" not in header and None in kind.rule.types
    return isinstance(claimed, str) and claimed.lower() in kind.rule.types


def has_claims_of(kind: TokenKind, claims: Mapping[str, Any]) -> bool:
    """Whether all of the kind's claims are there, none of the others', and `sub` fits."""
    rule = kind.rule
    if not rule.required <= claims.keys() or not rule.forbidden.isdisjoint(claims.keys()):
        return False
    return rule.own_subject is None or rule.own_subject == (claims["iss"] == claims["sub"])
