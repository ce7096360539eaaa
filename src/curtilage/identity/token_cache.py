"""Access tokens that were verified a moment ago, so that they need not be again.

A caller sends one token hundreds of times; its signature is looked at once. Kept are only
tokens that hold, under their SHA-256, until they expire; a change of keys forgets them all.
Revocation is not here: whoever asks looks at what was revoked each time.
"""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from curtilage.identity.wire.access_tokens import AccessToken, verify_access_token
from curtilage.identity.wire.algorithms import ALL_ALGORITHMS, Algorithm
from curtilage.identity.wire.claims import SKEW
from curtilage.identity.wire.errors import JoseReason, JoseRefused
from curtilage.identity.wire.jwk import KeySet
from curtilage.identity.wire.jws import LONGEST_JWS

MOST_TOKENS = 10_000  # about ten megabytes


@dataclass(slots=True)
class TokenCache:
    """Verifies access tokens of one issuer for one audience. For one thread.

    A full cache gives up the token that it has had longest: none lives over ten minutes.
    """

    issuer: str
    audience: str | Collection[str]
    keys: KeySet
    algorithms: Collection[Algorithm] = ALL_ALGORITHMS
    skew: timedelta = SKEW
    most: int = MOST_TOKENS
    _verified: dict[bytes, AccessToken] = field(default_factory=dict, init=False, repr=False)

    def verify(self, raw: str, *, at: datetime) -> AccessToken:
        """The token, if it holds now. Raises JoseRefused."""
        digest = _digest(raw)
        token = self._verified.get(digest)
        if token is not None and self._holds(token, at):
            return token
        self._verified.pop(digest, None)
        token = verify_access_token(
            raw,
            keys=self.keys,
            issuer=self.issuer,
            audience=self.audience,
            at=at,
            algorithms=self.algorithms,
            skew=self.skew,
        )
        self._keep(digest, token)
        return token

    def replace_keys(self, keys: KeySet) -> None:
        """From now on these keys count, and nothing that was verified with others."""
        self.keys = keys
        self._verified.clear()

    def _holds(self, token: AccessToken, at: datetime) -> bool:
        """The clock may have been set back, too."""
        return token.issued_at - self.skew <= at < token.expires_at + self.skew

    def _keep(self, digest: bytes, token: AccessToken) -> None:
        while len(self._verified) >= self.most:
            del self._verified[next(iter(self._verified))]
        self._verified[digest] = token


def _digest(raw: str) -> bytes:
    if len(raw) > LONGEST_JWS:
        raise JoseRefused(JoseReason.TOO_LONG)
    if not raw.isascii():
        raise JoseRefused(JoseReason.MALFORMED)
    return hashlib.sha256(raw.encode("ascii")).digest()
