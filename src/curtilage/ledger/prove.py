"""One record's proof, and its check (C2SP tlog-proof, version 1).

The text stands alone: the record (as `extra`), its index, the path to the root
and the signed checkpoint. docs/how-to/verify-a-proof.md checks it in a few
lines that share nothing with this module.
"""

from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from curtilage.ledger.checkpoints import Checkpoints
from curtilage.ledger.errors import NotYetProvable, ProofInvalid
from curtilage.ledger.layout import tree_directory
from curtilage.ledger.merkle import hash_leaf, prove_inclusion, verify_inclusion
from curtilage.ledger.models import Record
from curtilage.ledger.note import claimed_origin, verify_checkpoint
from curtilage.ledger.origins import Origins
from curtilage.ledger.read import LedgerReader
from curtilage.ledger.record import parse_hash, parse_record
from curtilage.ledger.tiles import TileReader

FIRST_LINE = "c2sp.org/tlog-proof@v1"


def prove(ledger: Path, id: str, *, name: str, key: Ed25519PublicKey) -> str:
    """The proof that the record with this id is in its tree, against the newest checkpoint.

    Raises RecordNotFound, or NotYetProvable before a checkpoint covers it.
    """
    reader = LedgerReader(ledger)
    located = reader.locate(reader.get(id))
    record = located.record
    checkpoints = Checkpoints(ledger, Origins(name), key)
    signed = checkpoints.tree(record.event.tenant, record.writer)
    if signed is None or located.index >= signed.checkpoint.size:
        raise NotYetProvable
    size = signed.checkpoint.size
    tiles = TileReader(tree_directory(ledger, record.writer, record.event.tenant), size)
    path = prove_inclusion(located.index, size, tiles.subtree)
    verify_inclusion(
        path,
        index=located.index,
        size=size,
        leaf_hash=hash_leaf(record.raw),
        expected_root=signed.checkpoint.root,
    )
    return encode_proof(record.raw, located.index, path, signed.note)


def encode_proof(record: bytes, index: int, path: Sequence[bytes], note: bytes) -> str:
    lines = [
        FIRST_LINE,
        f"extra {b64encode(record).decode()}",
        f"index {index}",
        *(b64encode(hash_).decode() for hash_ in path),
        "",
        note.decode(),
    ]
    return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class ClaimedProof:
    """A proof as it was read; nothing in it is believed yet."""

    record: bytes
    index: int
    path: tuple[bytes, ...]
    note: bytes


def parse_proof(text: str) -> ClaimedProof:
    """The parts of a proof in its one canonical spelling. Raises ProofInvalid."""
    head, _, note = text.partition("\n\n")
    try:
        first, extra, index, *path = head.split("\n")
        record = b64decode(extra.removeprefix("extra "), validate=True)
        number = int(index.removeprefix("index "))
        claimed = ClaimedProof(record, number, tuple(map(parse_hash, path)), note.encode())
    except ValueError:
        raise ProofInvalid("The proof does not have the lines of a tlog-proof.") from None
    if encode_proof(record, number, claimed.path, claimed.note) != text or first != FIRST_LINE:
        raise ProofInvalid("The proof is not in its one canonical spelling.")
    return claimed


def verify_proof(text: str, *, name: str, key: Ed25519PublicKey) -> Record:
    """The record that `text` proves to be in a tree of `name`. Raises ProofInvalid."""
    claimed = parse_proof(text)
    origin = claimed_origin(claimed.note)
    checkpoint = verify_checkpoint(claimed.note, expected_origin=origin, key=key)
    verify_inclusion(
        claimed.path,
        index=claimed.index,
        size=checkpoint.size,
        leaf_hash=hash_leaf(claimed.record),
        expected_root=checkpoint.root,
    )
    record = parse_record(claimed.record)
    if origin != Origins(name).tree(record.event.tenant, record.writer):
        raise ProofInvalid("The checkpoint belongs to another log than the record.")
    return record
