"""How a token came: `Authorization`, its scheme, and whether that is how it may come.

A token that is bound to a key is no bearer token (RFC 9449 §7.1): sent as one it is
refused, or the binding would protect nobody.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from hmac import compare_digest

from curtilage.identity.wire.access_tokens import AccessToken
from curtilage.identity.wire.dpop import VerifiedProof
from curtilage.identity.wire.errors import JoseReason, JoseRefused
from curtilage.identity.wire.jws import LONGEST_JWS

# RFC 9110 §11.4 with the token68 of §11.2. Schemes know no case.
_CREDENTIALS = re.compile(r"([A-Za-z]+) +([A-Za-z0-9._~+/-]+=*)")


class Scheme(Enum):
    """In which way a token is sent."""

    BEARER = "bearer"
    DPOP = "dpop"


@dataclass(frozen=True, slots=True)
class Presented:
    """A token as it came. Nothing about it is known."""

    scheme: Scheme
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class VerifiedBinding:
    """Whoever sent the token may use it. `jkt` is "" where anybody may who holds it."""

    jkt: str


def parse_authorization(headers: Sequence[str]) -> Presented | None:
    """The token of a request's `Authorization`; None without one. Raises JoseRefused.

    Several headers, or another scheme, are refused: which of them counts would be a guess.
    """
    if not headers:
        return None
    if len(headers) > 1 or len(headers[0]) > LONGEST_JWS + len("Bearer "):
        raise JoseRefused(JoseReason.MALFORMED)
    parts = _CREDENTIALS.fullmatch(headers[0])
    scheme = _SCHEMES.get(parts[1].lower()) if parts else None
    if parts is None or scheme is None:
        raise JoseRefused(JoseReason.MALFORMED)
    return Presented(scheme, parts[2])


def verify_binding(
    token: AccessToken, *, scheme: Scheme, proof: VerifiedProof | None
) -> VerifiedBinding:
    """The sender holds the key that the token is bound to. Raises JoseRefused.

    `proof` must have been verified with this token (`ath`).
    """
    if (scheme is Scheme.DPOP) != bool(token.jkt):
        raise JoseRefused(JoseReason.ACCESS_TOKEN)
    if token.jkt and (proof is None or not compare_digest(proof.jkt, token.jkt)):
        raise JoseRefused(JoseReason.KEY)
    return VerifiedBinding(token.jkt)


_SCHEMES = {each.value: each for each in Scheme}
