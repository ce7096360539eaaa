"""Witnesses: what is said to one, and what its answer is worth (C2SP tlog-witness).

Sans I/O. A witness is another party that remembers the newest head it saw of a
log, and signs a newer one only with a proof that it extends the old one. So who
trusts the witness need not trust us that there is one history.
"""

from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from curtilage.core.errors import SetupError
from curtilage.core.words import say
from curtilage.ledger.errors import ProofInvalid
from curtilage.ledger.note import COSIGNATURE, DASH, key_id, verify_cosignature

KEY_BYTES = 33  # C2SP tlog-cosignature: the type, and an Ed25519 key
REPLY_LIMIT = 16_384  # a witness answers with a line or two
LOOPBACK = ("http://127.0.0.1:", "http://localhost:", "http://[::1]:")


@dataclass(frozen=True, slots=True)
class WitnessKey:
    """A witness as verifiers know it: its name and its key."""

    name: str
    key: Ed25519PublicKey

    @property
    def id(self) -> str:
        """The key id in hexadecimal."""
        return key_id(self.name, COSIGNATURE, self.key).hex()

    @property
    def file(self) -> str:
        """What its files beside the anchors are named."""
        return f"witness-{self.id}"


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness that is asked: at which address, and whose signature must come back."""

    url: str
    key: WitnessKey


def parse_witness(text: str) -> Witness:
    """`<address> <verifier key>`, as the settings have it. Raises a SetupError."""
    url, _, vkey = text.partition(" ")
    if not url.startswith(("https://", *LOOPBACK)):
        raise SetupError(
            "A witness of the setting ledger.witnesses has no https:// address.",
            hint="Write its address, a space and its verifier key: "
            "`https://witness.example/ witness.example+<id>+<key>`.",
        )
    return Witness(url.rstrip("/"), parse_witness_key(vkey.strip()))


def parse_witness_key(vkey: str) -> WitnessKey:
    """The `vkey` of a cosigner (type 0x04, Ed25519). Raises a SetupError."""
    try:
        name, id_, encoded = vkey.split("+", 2)
        raw = b64decode(encoded, validate=True)
        key = WitnessKey(name, Ed25519PublicKey.from_public_bytes(raw[1:]))
        if name and raw[0] == COSIGNATURE and len(raw) == KEY_BYTES and key.id == id_:
            return key
    except (ValueError, IndexError):
        pass
    raise SetupError(
        "A witness of the setting ledger.witnesses has no verifier key for cosignatures.",
        hint="Copy the whole key that its operator publishes: name, plus, 8 digits, plus, base64.",
    )


def encode_witness_key(witness: WitnessKey) -> str:
    """The `vkey` that `parse_witness_key` reads."""
    material = bytes((COSIGNATURE,)) + witness.key.public_bytes_raw()
    return f"{witness.name}+{witness.id}+{b64encode(material).decode()}"


def encode_add_checkpoint(old: int, proof: Sequence[bytes], note: bytes) -> bytes:
    """The body of `add-checkpoint`: the old size, the proof, an empty line, the note."""
    lines = [f"old {old}", *(b64encode(hash_).decode() for hash_ in proof), "", ""]
    return "\n".join(lines).encode() + note


def strip_cosignatures(note: bytes) -> bytes:
    """An anchor's note with the log's own signature alone, which stands first."""
    text, separator, lines = note.partition(b"\n\n")
    return text + separator + lines[: lines.find(b"\n") + 1]


def parse_size(body: bytes) -> int:
    """The size that a witness has seen (409, `text/x.tlog.size`). Raises ProofInvalid."""
    text = body.removesuffix(b"\n")
    if not text.isdigit() or len(text) > 18 or str(int(text)).encode() != text:
        raise ProofInvalid(say("The witness did not say which size it has seen."))
    return int(text)


def add_answer(note: bytes, answer: bytes, witness: WitnessKey) -> tuple[bytes, datetime]:
    """`note` with the cosignature of `witness` from its answer, verified, and its time.

    Lines of other keys are left out. Raises ProofInvalid."""
    start = f"{DASH}{witness.name} ".encode()
    for line in answer.splitlines(keepends=True):
        if line.startswith(start):
            cosigned = note + line
            try:
                return cosigned, verify_seen(cosigned, witness)
            except ProofInvalid:
                continue  # the witness may sign with several keys
    raise ProofInvalid(say("The answer of the witness has no valid cosignature by its key."))


def verify_seen(note: bytes, witness: WitnessKey) -> datetime:
    """When `witness` saw the checkpoint in `note`. Raises ProofInvalid."""
    at = verify_cosignature(note, name=witness.name, key=witness.key)
    if not at.timestamp():
        raise ProofInvalid(say("The cosignature of a witness has no time."))
    return at
