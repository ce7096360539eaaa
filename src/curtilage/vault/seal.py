"""Sealing: encrypt so that one key, in one place, opens it, and nothing else does.

The construction is that of the AWS Encryption SDK's committing suite
`AES_256_GCM_HKDF_SHA512_COMMIT_KEY` (0x0478), from its public specification
(github.com/awslabs/aws-encryption-sdk-specification, framework/algorithm-suites.md
and framework/transitive-requirements.md, "HKDF Encryption Key", "HKDF Commit Key"):

    prk        = HKDF-Extract(SHA-512, salt = message id, key)
    key'       = HKDF-Expand(prk, 0x0478 || "DERIVEKEY", 32)
    commitment = HKDF-Expand(prk, "COMMITKEY", 32)

AES-GCM alone lets one ciphertext open under two keys (Albertini et al., "How
to Abuse and Fix Authenticated Encryption Without Key Commitment", USENIX
Security 2022); the commitment closes that. A fresh 256-bit message id a
message makes a fresh AES key, so the nonce may be fixed and the number of
messages a key has no practical bound. The envelope around it is ours:

    0x01 || message id (32) || commitment (32) || ciphertext || tag (16)

Associated data binds version, message id and the caller's context.

A worker seals a part of every call. It derives the message key once and seals
each part as a frame of one long message, the frame's number being its nonce, as
the suite's framed bodies do (framework/…/message-body.md, "Framed Data"):

    0x02 || message id (32) || commitment (32) || number (8) || ciphertext || tag (16)
"""

import hmac

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256, SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand

from curtilage.core.entropy import Entropy, SystemEntropy
from curtilage.core.models import Sealed
from curtilage.vault.errors import SealBroken
from curtilage.vault.models import KEY_LENGTH

VERSION = b"\x01"
FRAMED_VERSION = b"\x02"
ID_LENGTH = 32  # message id: 256 bits in message format 2.0
COMMITMENT_LENGTH = 32
TAG_LENGTH = 16
NUMBER_LENGTH = 8
FRAMES = 2**32 - 1  # of one message: the suite's own bound, far below what AES-GCM bears
OVERHEAD = 1 + ID_LENGTH + COMMITMENT_LENGTH + TAG_LENGTH
NONCE = (1).to_bytes(12, "big")  # the suite's IV of the first body; its key is used once
DERIVE = b"\x04\x78DERIVEKEY"
COMMIT = b"COMMITKEY"
SALT_LENGTH = 32  # of a commitment to an event's part: hides even a one-bit plaintext
KEY_ID_LIMIT = 255
EVENT_PARTS = "event-parts"  # the use, for `derive`, of keys that seal parts of Events

_SYSTEM = SystemEntropy()


def encode_context(*parts: str | bytes | int) -> bytes:
    """Bytes that no other parts give: each with its type and length before it."""
    return b"".join(_encode_part(part) for part in parts)


def _encode_part(part: str | bytes | int) -> bytes:
    if isinstance(part, int):
        tag, raw = b"i", str(part).encode()
    elif isinstance(part, str):
        tag, raw = b"s", part.encode("utf-8", "surrogatepass")  # total, whatever an id holds
    else:
        tag, raw = b"b", part
    return tag + len(raw).to_bytes(4, "big") + raw


def seal(key: bytes, plaintext: bytes, context: bytes, *, entropy: Entropy = _SYSTEM) -> bytes:
    """Encrypt `plaintext` for `key` and `context`; 81 bytes longer than it was."""
    message_id = entropy.token_bytes(ID_LENGTH)
    message_key, commitment = _message_keys(key, message_id)
    body = AESGCM(message_key).encrypt(NONCE, plaintext, _associated(message_id, context))
    return VERSION + message_id + commitment + body


class Sealer:
    """Seals many values under one key, in a quarter of the time that as many messages take.

    Holds a key of its own for as long as it lives, and gives no number out twice.
    For one thread, in a process that does not fork."""

    def __init__(self, key: bytes, *, entropy: Entropy = _SYSTEM) -> None:
        self._key = key
        self._entropy = entropy
        self._begin()

    def _begin(self) -> None:
        message_id = self._entropy.token_bytes(ID_LENGTH)
        message_key, commitment = _message_keys(self._key, message_id)
        self._cipher = AESGCM(message_key)
        self._head = FRAMED_VERSION + message_id + commitment
        self._binding = b"curtilage seal" + FRAMED_VERSION + message_id
        self._number = 0

    def seal(self, plaintext: bytes, context: bytes) -> bytes:
        """Encrypt `plaintext` for this key and `context`; 89 bytes longer than it was."""
        if self._number == FRAMES:
            self._begin()
        self._number += 1
        number = self._number.to_bytes(NUMBER_LENGTH, "big")
        body = self._cipher.encrypt(
            b"\0\0\0\0" + number, plaintext, self._binding + number + context
        )
        return self._head + number + body


def open_sealed(key: bytes, sealed: bytes, context: bytes) -> bytes:
    """What was sealed under this key and context. Raises SealBroken for anything else."""
    version = sealed[:1]
    counted = NUMBER_LENGTH if version == FRAMED_VERSION else 0
    if version not in (VERSION, FRAMED_VERSION) or len(sealed) < OVERHEAD + counted:
        raise SealBroken
    message_id = sealed[1 : 1 + ID_LENGTH]
    after = 1 + ID_LENGTH + COMMITMENT_LENGTH
    claimed = sealed[1 + ID_LENGTH : after]
    message_key, commitment = _message_keys(key, message_id)
    if not hmac.compare_digest(claimed, commitment):
        raise SealBroken
    number, body = sealed[after : after + counted], sealed[after + counted :]
    nonce = b"\0\0\0\0" + number if counted else NONCE
    associated = b"curtilage seal" + version + message_id + number + context
    try:
        return AESGCM(message_key).decrypt(nonce, body, associated)
    except InvalidTag:
        raise SealBroken from None


def _message_keys(key: bytes, message_id: bytes) -> tuple[bytes, bytes]:
    """The key of one message and the commitment to it; one extract serves both."""
    _require_length(key)
    prk = hmac.digest(message_id, key, "sha512")  # RFC 5869 §2.2, HKDF-Extract
    message_key = HKDFExpand(SHA512(), KEY_LENGTH, DERIVE).derive(prk)
    return message_key, HKDFExpand(SHA512(), COMMITMENT_LENGTH, COMMIT).derive(prk)


def _associated(message_id: bytes, context: bytes) -> bytes:
    return b"curtilage seal" + VERSION + message_id + context


def _require_length(key: bytes) -> None:
    if len(key) != KEY_LENGTH:
        raise ValueError("expected a key of 32 bytes")


def derive(key: bytes, use: str) -> bytes:
    """A key for one use: HKDF-SHA256 (RFC 5869), no salt, the use as info.

    Two uses never share a key; from one of them nobody gets at the other."""
    _require_length(key)
    return HKDF(SHA256(), KEY_LENGTH, salt=None, info=b"curtilage/v1/" + use.encode()).derive(key)


class EventSealer:
    """Seals the parts of Events of one scope.

    `key` is `derive(scope key, EVENT_PARTS)`. `key_id` is written beside each
    box, readable, so that the key can be found."""

    def __init__(self, key: bytes, *, key_id: bytes = b"", entropy: Entropy = _SYSTEM) -> None:
        if len(key_id) > KEY_ID_LIMIT:
            raise ValueError("expected a key id of at most 255 bytes")
        self._head = VERSION + len(key_id).to_bytes(1, "big") + key_id
        self._entropy = entropy
        self._sealer = Sealer(key, entropy=entropy)
        self._before, self._after = encode_context("event"), encode_context(key_id)

    def seal(self, plaintext: bytes, event_id: str) -> Sealed:
        """Seal a part of an Event: a commitment for the ledger, a box to keep beside it.

        The commitment is salted, and the salt is in the box: once the key is gone
        nobody can confirm a guess at the plaintext, and every proof still holds."""
        salt = self._entropy.token_bytes(SALT_LENGTH)
        place = self._before + _encode_part(event_id) + self._after
        box = self._sealer.seal(salt + plaintext, place)
        return Sealed(_commit(salt, event_id, plaintext), self._head + box)


def open_event_part(key: bytes, sealed: Sealed, event_id: str) -> bytes:
    """The sealed part of this Event. Raises SealBroken where box, event or commitment differ."""
    key_id, box = _split_box(sealed.box)
    opened = open_sealed(key, box, _event_context(event_id, key_id))
    salt, plaintext = opened[:SALT_LENGTH], opened[SALT_LENGTH:]
    if not hmac.compare_digest(sealed.commitment, _commit(salt, event_id, plaintext)):
        raise SealBroken
    return plaintext


def event_key_id(sealed: Sealed) -> bytes:
    """Which key opens it, as `LoadedScope.key_id` told; empty where it was not said."""
    return _split_box(sealed.box)[0]


def _split_box(box: bytes) -> tuple[bytes, bytes]:
    if len(box) < 2 or box[:1] != VERSION:
        raise SealBroken
    end = 2 + box[1]
    return box[2:end], box[end:]


def _event_context(event_id: str, key_id: bytes) -> bytes:
    return encode_context("event", event_id, key_id)


def _commit(salt: bytes, event_id: str, plaintext: bytes) -> bytes:
    return hmac.digest(salt, encode_context("curtilage event part", event_id, plaintext), "sha256")
