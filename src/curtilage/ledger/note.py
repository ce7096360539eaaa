"""Signed notes and checkpoints (C2SP signed-note, tlog-checkpoint, tlog-cosignature).

Sans I/O. Only one spelling of each part is accepted, so that no bit of a stored
note can change unseen.
"""

import struct
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from curtilage.core.words import say
from curtilage.ledger.errors import ProofInvalid

ED25519, COSIGNATURE = 0x01, 0x04  # C2SP signed-note, signature types
DASH = "\u2014 "  # C2SP signed-note: em dash, U+2014, before each signature
NOTE_LIMIT = 16_384  # ours have under 600 bytes
TIME = struct.Struct(">Q")
ED25519_BYTES = 64


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree head: whose, how many leaves, which root."""

    origin: str
    size: int
    root: bytes

    def encode(self) -> str:
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


def key_id(name: str, type_: int, public: Ed25519PublicKey) -> bytes:
    """C2SP signed-note: the first 4 bytes of SHA-256(name, newline, type, key)."""
    return sha256(name.encode() + bytes((0x0A, type_)) + public.public_bytes_raw()).digest()[:4]


def encode_verifier_key(name: str, public: Ed25519PublicKey) -> str:
    """The `vkey` that verifiers of signed notes take: name, key id and key in one line."""
    material = b64encode(bytes((ED25519,)) + public.public_bytes_raw()).decode()
    return f"{name}+{key_id(name, ED25519, public).hex()}+{material}"


def sign_checkpoint(checkpoint: Checkpoint, key: Ed25519PrivateKey) -> bytes:
    """The checkpoint as a note, signed by the log under its origin as name."""
    text = checkpoint.encode()
    id_ = key_id(checkpoint.origin, ED25519, key.public_key())
    line = _signature_line(checkpoint.origin, id_ + key.sign(text.encode()))
    return f"{text}\n{line}".encode()


def add_cosignature(note: bytes, *, name: str, key: Ed25519PrivateKey, at: datetime) -> bytes:
    """`note` with one line more: that at this time its tree was the newest seen."""
    seconds = int(at.timestamp())
    text = note.partition(b"\n\n")[0] + b"\n"
    signature = key.sign(_cosigned(seconds, text))
    id_ = key_id(name, COSIGNATURE, key.public_key())
    return note + _signature_line(name, id_ + TIME.pack(seconds) + signature).encode()


def _cosigned(seconds: int, text: bytes) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n".encode() + text


def _signature_line(name: str, signature: bytes) -> str:
    return f"{DASH}{name} {b64encode(signature).decode()}\n"


def verify_checkpoint(note: bytes, *, expected_origin: str, key: Ed25519PublicKey) -> Checkpoint:
    """The checkpoint in `note`, signed by the log. Raises ProofInvalid."""
    text, signatures = _parse_note(note)
    signature = signatures.get((expected_origin, key_id(expected_origin, ED25519, key)))
    _verify(key, signature, text)
    return parse_checkpoint(text, expected_origin=expected_origin)


def verify_cosignature(note: bytes, *, name: str, key: Ed25519PublicKey) -> datetime:
    """When `name` saw the checkpoint in `note`. Raises ProofInvalid."""
    text, signatures = _parse_note(note)
    stamped = signatures.get((name, key_id(name, COSIGNATURE, key)))
    if stamped is None or len(stamped) != TIME.size + ED25519_BYTES:
        raise ProofInvalid(say("The note lacks the expected cosignature."))
    seconds: int = TIME.unpack_from(stamped)[0]
    _verify(key, stamped[TIME.size :], _cosigned(seconds, text))
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):  # signed, and past the year 9999 all the same
        raise ProofInvalid(say("The time of a cosignature is not in the calendar.")) from None


def _verify(key: Ed25519PublicKey, signature: bytes | None, message: bytes) -> None:
    if signature is None:
        raise ProofInvalid(say("The note is not signed by the expected key."))
    try:
        key.verify(signature, message)
    except InvalidSignature:
        raise ProofInvalid(say("The signature of a note does not hold.")) from None


def _parse_note(note: bytes) -> tuple[bytes, Mapping[tuple[str, bytes], bytes]]:
    """The signed text, and the signatures by name and key id."""
    text, separator, lines = note.partition(b"\n\n")
    if not separator or not lines.endswith(b"\n") or len(note) > NOTE_LIMIT:
        raise ProofInvalid(say("A note is not text, an empty line and signatures."))
    found: dict[tuple[str, bytes], bytes] = {}
    try:
        for line in lines.decode().split("\n")[:-1]:
            name, id_, signature = _parse_signature_line(line)
            if (name, id_) in found:
                raise ProofInvalid(say("A note has one signature twice."))
            found[name, id_] = signature
    except ValueError:
        raise ProofInvalid(say("A note has a damaged signature line.")) from None
    return text + b"\n", found


def _parse_signature_line(line: str) -> tuple[str, bytes, bytes]:
    if not line.startswith(DASH):
        raise ValueError("expected a dash")
    name, _, encoded = line.removeprefix(DASH).partition(" ")
    raw = b64decode(encoded, validate=True)
    if not name or len(raw) < 5 or b64encode(raw).decode() != encoded:
        raise ValueError("expected a name and a signature")
    return name, raw[:4], raw[4:]


def parse_checkpoint(text: bytes, *, expected_origin: str) -> Checkpoint:
    """The tree head in a note's text. Raises ProofInvalid."""
    try:
        origin, size, root, rest = text.decode().split("\n")
        checkpoint = Checkpoint(origin, int(size), b64decode(root, validate=True))
    except ValueError:
        raise ProofInvalid(say("A checkpoint is not origin, size and root.")) from None
    if rest or len(checkpoint.root) != 32 or checkpoint.encode().encode() != text:
        raise ProofInvalid(say("A checkpoint is not in its one canonical spelling."))
    if checkpoint.origin != expected_origin or checkpoint.size < 0:
        raise ProofInvalid(say("A checkpoint belongs to another log."))
    return checkpoint


def note_text(note: bytes) -> bytes:
    """The signed text of a note, unverified."""
    return note.partition(b"\n\n")[0] + b"\n"


def claimed_origin(note: bytes) -> str:
    """The first line of a note, unverified: to choose whose checkpoint it claims to be."""
    try:
        return note.partition(b"\n")[0].decode()
    except UnicodeDecodeError:
        raise ProofInvalid(say("A note does not begin with an origin.")) from None
