"""Who pays, in a token that calls its person by a name for one app alone.

Two apps with pairwise subjects (OpenID Connect Core §8) must not find out that they have
to do with one person; the gateway has to, or a person with two apps had two budgets. So the
person stands in the token sealed, for the gateway alone, and differently in each token.
"""

from curtilage.core.entropy import Entropy
from curtilage.core.models import PrincipalId
from curtilage.identity.wire.base64url import decode_base64url, encode_base64url
from curtilage.identity.wire.errors import JoseReason, JoseRefused
from curtilage.vault.errors import SealBroken
from curtilage.vault.seal import encode_context, open_sealed, seal


def seal_payer(key: bytes, person: PrincipalId, *, jti: str, entropy: Entropy) -> str:
    """The claim, good in the token with this `jti`. `key` is 32 bytes."""
    return encode_base64url(seal(key, person.encode(), _context(jti), entropy=entropy))


def open_payer(key: bytes, claim: str, *, jti: str) -> PrincipalId:
    """Who it names. Raises JoseRefused for what was not sealed for this token."""
    try:
        return PrincipalId(open_sealed(key, decode_base64url(claim), _context(jti)).decode())
    except (SealBroken, ValueError):
        raise JoseRefused(JoseReason.CLAIMS) from None


def _context(jti: str) -> bytes:
    return encode_context("identity.payer", jti)
