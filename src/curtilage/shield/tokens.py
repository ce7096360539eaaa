"""Minting tokens, and proving that a token is ours.

One keyed hash serves every field: BLAKE2b (RFC 7693) under the scope key, told
apart by its personalisation string and begun with the encoded scope. So a
token is the same for the same value and scope on every worker, says nothing
across scopes, and cannot be confirmed or forged without the key.

The tag covers version, scope, epoch, label, body and variant; the body covers
the whole type and the value. A label can therefore not be moved to another
body, and a body stands for one type.

A token of version 2 carries its value, encrypted under a key of the scope
(`encrypted`); a surrogate is made from one more keyed hash (`surrogates`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from curtilage.shield import encrypted, surrogates
from curtilage.shield.grammar import (
    BODY_SYMBOLS,
    ENCRYPTED_PREFIX,
    EPOCH_SYMBOLS,
    EPOCHS,
    LENGTH_SYMBOLS,
    PREFIX,
    SYMBOLS,
    TAG_SYMBOLS,
    TOKEN_LIMIT,
    TRIGGER,
    VARIANT_SYMBOLS,
    encode_count,
    find_shapes,
    is_encrypted,
)
from curtilage.shield.labels import label_of
from curtilage.shield.normal import Normaliser, normaliser_of

__all__ = ["LITERAL", "TOKEN_LIMIT", "TRIGGER", "ScopeKey", "TokenMatch", "TokenMint"]

LITERAL = "LITERAL"
"""The type of a piece of text that only looks like a token."""

KEY_BYTES = 32
REMEMBERED = 2048  # values minted and tokens proved that a mint keeps: repeats cost a look-up

# A byte gives its low five bits: 256 is a multiple of 32, so every symbol is as likely.
_SYMBOL_OF_BYTE = bytes(ord(SYMBOLS[byte & 31]) for byte in range(256))
_EPOCH_AT = -(EPOCH_SYMBOLS + TAG_SYMBOLS)


@dataclass(frozen=True, slots=True)
class ScopeKey:
    """The key of one scope in one epoch. `key` has 32 bytes."""

    epoch: int
    key: bytes


@dataclass(frozen=True, slots=True)
class TokenMatch:
    """A piece of text that looks like a token.

    `exact` is False where the reader had to look through damage; `genuine`
    says that the tag proves it; `canonical` is its undamaged form.
    """

    start: int
    end: int
    exact: bool
    genuine: bool
    canonical: str


def _hash(start: bytes, key: bytes, person: bytes, symbols: int) -> blake2b:
    """A hash that gives one byte, of which five bits are used, for each symbol."""
    return blake2b(start, key=key, person=person, digest_size=symbols)


class _EpochHashes:
    """The hashes of one epoch, begun once and copied for each use."""

    __slots__ = ("body", "cipher", "epoch", "surrogate", "tag", "variant")

    def __init__(self, scope: bytes, key: ScopeKey) -> None:
        if len(key.key) != KEY_BYTES:
            raise ValueError("expected a scope key of 32 bytes")
        if not 0 <= key.epoch < EPOCHS:
            raise ValueError("expected an epoch that fits in 15 bits")
        start = len(scope).to_bytes(4, "big") + scope
        self.epoch = _encode_epoch(key.epoch)
        self.body = _hash(start, key.key, b"curtilage.body.1", BODY_SYMBOLS)
        self.variant = _hash(start, key.key, b"curtilage.vari.1", VARIANT_SYMBOLS)
        self.tag = _hash(start, key.key, b"curtilage.tag..1", TAG_SYMBOLS)
        self.surrogate = _hash(start, key.key, b"curtilage.surr.1", surrogates.DIGEST)
        self.cipher = AESSIV(
            _hash(start, key.key, b"curtilage.encr.1", encrypted.KEY_BYTES).digest()
        )


class TokenMint:
    """Mints and proves the tokens of one loaded scope.

    It remembers what it minted and proved, up to some 700 kB of it, values as
    they are. A mint that outlives its request is therefore used through
    `afresh`, so that nothing of one request stays behind for the next.
    """

    __slots__ = ("_current", "_epochs", "_kinds", "_minted", "_opened", "_proved")

    def __init__(self, scope: bytes, current: ScopeKey, older: Sequence[ScopeKey] = ()) -> None:
        self._current = _EpochHashes(scope, current)
        self._epochs = {
            hashes.epoch: hashes for hashes in (_EpochHashes(scope, key) for key in older)
        }
        self._epochs[self._current.epoch] = self._current
        self._kinds: dict[str, tuple[str, bytes, Normaliser]] = {}
        self._minted: dict[tuple[str, str, int], str] = {}
        self._proved: set[str] = set()
        self._opened: dict[str, tuple[str, str] | None] = {}

    def afresh(self) -> "TokenMint":
        """The same mint, with a memory of its own that is empty."""
        mint = TokenMint.__new__(TokenMint)
        mint._current, mint._epochs = self._current, self._epochs  # noqa: SLF001  # its own kind
        mint._kinds = self._kinds  # noqa: SLF001  # types, no values
        mint._minted, mint._proved, mint._opened = {}, set(), {}  # noqa: SLF001
        return mint

    def mint(self, type: str, value: str, *, attempt: int = 0) -> str:
        """The token of a value, always the same one.

        `attempt` gives the same value another variant: for the case that a
        request already holds a different value under the first token.
        """
        asked = (type, value, attempt)
        token = self._minted.get(asked)
        if token is None:
            token = self._mint(type, value, attempt)
            if len(self._minted) >= REMEMBERED:
                self._minted.clear()
            self._minted[asked] = token
        return token

    def _mint(self, type: str, value: str, attempt: int) -> str:
        label, start, normalise = self._kinds.get(type) or self._learn(type)
        hashes = self._current
        normal = normalise(value)
        hashing = hashes.body.copy()
        hashing.update(start + normal.encode("utf-8", "surrogatepass"))
        body = hashing.digest().translate(_SYMBOL_OF_BYTE).decode()
        variant = "" if normal == value and not attempt else _variant(hashes, value, attempt)
        head = f"{PREFIX}-{label}-{body}{variant}-{hashes.epoch}"
        return head + _tag(hashes, head)

    def _learn(self, type: str) -> tuple[str, bytes, Normaliser]:
        name = type.encode("utf-8", "surrogatepass")
        kind = (label_of(type), len(name).to_bytes(2, "big") + name, normaliser_of(type))
        self._kinds[type] = kind
        return kind

    def encrypt(self, type: str, value: str) -> str | None:
        """The token that carries a value, always the same one; None where it is too long."""
        hashes = self._current
        label, _, _ = self._kinds.get(type) or self._learn(type)
        head = f"{ENCRYPTED_PREFIX}-{label}-{hashes.epoch}"
        symbols = encrypted.encrypt_value(hashes.cipher, head, type, value)
        return None if symbols is None else head + encode_count(len(symbols)) + symbols

    def decrypt(self, canonical: str) -> tuple[str, str] | None:
        """Type and value that a token of this scope carries; None for any other token."""
        if canonical not in self._opened:
            if len(self._opened) >= REMEMBERED:
                self._opened.clear()
            self._opened[canonical] = self._decrypt(canonical)
        return self._opened[canonical]

    def _decrypt(self, canonical: str) -> tuple[str, str] | None:
        if not is_encrypted(canonical):
            return None
        at = canonical.rindex("-") + 1 + EPOCH_SYMBOLS
        head, symbols = canonical[:at], canonical[at + LENGTH_SYMBOLS :]
        hashes = self._epochs.get(head[-EPOCH_SYMBOLS:])
        return None if hashes is None else encrypted.decrypt_value(hashes.cipher, head, symbols)

    def surrogate(self, type: str, value: str) -> str | None:
        """What stands for a value in its own form, always the same; None if it has none."""
        _, start, _ = self._kinds.get(type) or self._learn(type)
        hashing = self._current.surrogate.copy()
        hashing.update(start + value.encode("utf-8", "surrogatepass"))
        return surrogates.make_surrogate(type, value, hashing.digest())

    def find(self, text: str) -> list[TokenMatch]:
        """Everything in `text` that looks like a token, in order, never overlapping."""
        return [
            TokenMatch(
                shape.start,
                shape.end,
                shape.exact,
                self.is_genuine(shape.canonical),
                shape.canonical,
            )
            for shape in find_shapes(text)
        ]

    def is_genuine(self, canonical: str) -> bool:
        """Whether this scope minted a token, by its tag or because it opens."""
        if is_encrypted(canonical):
            return self.decrypt(canonical) is not None
        if canonical in self._proved:
            return True
        hashes = self._epochs.get(canonical[_EPOCH_AT:-TAG_SYMBOLS])
        if hashes is None or _tag(hashes, canonical[:-TAG_SYMBOLS]) != canonical[-TAG_SYMBOLS:]:
            return False
        if len(self._proved) >= REMEMBERED:
            self._proved.clear()
        self._proved.add(canonical)
        return True


def _variant(hashes: _EpochHashes, value: str, attempt: int) -> str:
    """A short keyed hash of the exact spelling."""
    hashing = hashes.variant.copy()
    hashing.update(attempt.to_bytes(4, "big") + value.encode("utf-8", "surrogatepass"))
    return hashing.digest().translate(_SYMBOL_OF_BYTE).decode()


def _tag(hashes: _EpochHashes, head: str) -> str:
    hashing = hashes.tag.copy()
    hashing.update(head.encode())
    return hashing.digest().translate(_SYMBOL_OF_BYTE).decode()


def _encode_epoch(number: int) -> str:
    return "".join(SYMBOLS[number >> (5 * at) & 31] for at in reversed(range(EPOCH_SYMBOLS)))
