"""Challenges of passkeys that take no room until they are used. Pure.

The sign-in page asks for a passkey as soon as it is shown, so that the browser can offer one
while somebody types their name. A row for each view would let whoever reloads the page fill
a table; so a challenge says itself until when it holds, and a keyed hash binds it to what it
is for and to one browser or session. That it was used is kept as a ceremony, until it would
be over anyway: only a key that holds costs a row.

Version 1: a byte of version, eight of the second (UTC) at which it is over, sixteen random
ones, and the HMAC-SHA-256 of all that with use and holder, each behind its length.
"""

import hmac
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256

from curtilage.core.entropy import Entropy
from curtilage.core.models import TenantId
from curtilage.identity.wire.errors import PasskeyReason, PasskeyRefused
from curtilage.identity.wire.webauthn_options import CEREMONY_LIFE

VERSION = 1
HEAD, RANDOM, TAG = 9, 16, 32
_LENGTH = HEAD + RANDOM + TAG


class Use(StrEnum):
    """What a challenge is for: one for the other is none."""

    SIGN_IN = "sign-in"
    PROVE = "prove"
    JOIN = "join"


@dataclass(frozen=True, slots=True)
class Holder:
    """For whom a challenge is: the browser of a tenant's visitor, or a session."""

    tenant: TenantId
    use: Use
    id: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class VerifiedChallenge:
    """One of ours that still holds, and what its use is kept under."""

    raw: bytes = field(repr=False)
    expires_at: datetime

    @property
    def digest(self) -> bytes:
        return sha256(self.raw).digest()


def mint_stateless_challenge(
    key: bytes, holder: Holder, *, at: datetime, entropy: Entropy
) -> bytes:
    """A challenge for `CEREMONY_LIFE` from now. `key` has 32 bytes."""
    over = int((at + CEREMONY_LIFE).timestamp())
    body = bytes([VERSION]) + over.to_bytes(8, "big") + entropy.token_bytes(RANDOM)
    return body + _tag(key, holder, body)


def verify_stateless_challenge(
    key: bytes, holder: Holder, claimed: bytes, *, at: datetime
) -> VerifiedChallenge:
    """The challenge, minted here for this holder and not over. Raises `PasskeyRefused`.

    A holder without a name (a browser that sent no cookie) has none."""
    body, tag = claimed[:-TAG], claimed[-TAG:]
    if not holder.id or len(claimed) != _LENGTH or claimed[0] != VERSION:
        raise PasskeyRefused(PasskeyReason.CHALLENGE)
    if not hmac.compare_digest(tag, _tag(key, holder, body)):
        raise PasskeyRefused(PasskeyReason.CHALLENGE)
    expires_at = datetime.fromtimestamp(int.from_bytes(body[1:HEAD], "big"), UTC)
    if at >= expires_at:
        raise PasskeyRefused(PasskeyReason.CHALLENGE)
    return VerifiedChallenge(claimed, expires_at)


def _tag(key: bytes, holder: Holder, body: bytes) -> bytes:
    parts = (b"passkey challenge", holder.tenant.encode(), holder.use.encode(), holder.id, body)
    framed = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    return hmac.digest(key, framed, sha256)
