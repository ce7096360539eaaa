"""Recovery codes: ten, each good once, for whoever lost every other way to sign in.

24 characters of Crockford's Base32 are 120 random bits. NIST SP 800-63B-4 (and ASVS 5.0
6.6) let a secret of 112 bits and more be kept under a plain hash, because nobody can try
them all; so SHA-256 is enough, ten codes are compared in no time, and a flood of wrong
ones costs us nothing. Shorter ones would be easier to type and need Argon2id, ten times
for each try. The alphabet has no I, L, O and U, so what is misread is still understood.
"""

import hashlib
from dataclasses import dataclass, field

from curtilage.core.entropy import Entropy
from curtilage.identity.wire.typed import tidy

HOW_MANY = 10
BYTES = 15
LENGTH = 24  # five bits a character
GROUP = 4
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PURPOSE = b"curtilage recovery code 1\0"  # so that no other hash of ours is one of these

_MISREAD = str.maketrans("OIL", "011")


@dataclass(frozen=True, slots=True)
class RecoveryCode:
    """A new code: the text to show once, and the digest to keep."""

    text: str = field(repr=False)
    digest: bytes = field(repr=False)


def mint_recovery_codes(entropy: Entropy) -> tuple[RecoveryCode, ...]:
    """Ten codes that nobody has seen; those from before are void once these are kept."""
    return tuple(_mint(entropy.token_bytes(BYTES)) for _ in range(HOW_MANY))


def find_recovery_digest(typed: str) -> bytes | None:
    """The digest to look a code up by; None for what is not shaped like one.

    Case, spaces and dashes do not matter, and O is 0, I and L are 1."""
    plain = tidy(typed).translate(_MISREAD)
    is_code = len(plain) == LENGTH and set(plain) <= set(ALPHABET)
    return _digest(plain) if is_code else None


def _mint(raw: bytes) -> RecoveryCode:
    number = int.from_bytes(raw, "big")
    plain = "".join(ALPHABET[number >> (5 * at) & 31] for at in reversed(range(LENGTH)))
    text = "-".join(plain[at : at + GROUP] for at in range(0, LENGTH, GROUP))
    return RecoveryCode(text, _digest(plain))


def _digest(plain: str) -> bytes:
    return hashlib.sha256(PURPOSE + plain.encode("ascii")).digest()
