"""The checkpoints on disk, each verified as it is read."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from curtilage.ledger.layout import find_folders, head_directory, tree_directory
from curtilage.ledger.note import Checkpoint, verify_checkpoint
from curtilage.ledger.origins import Origins

FILE = "checkpoint"


@dataclass(frozen=True, slots=True)
class SignedHead:
    """A checkpoint with the note that it was read from."""

    note: bytes
    checkpoint: Checkpoint


@dataclass(frozen=True, slots=True)
class Checkpoints:
    """Reads the checkpoints of one ledger. What is not signed raises ProofInvalid."""

    ledger: Path
    origins: Origins
    key: Ed25519PublicKey

    def head(self) -> SignedHead | None:
        """The newest checkpoint of the head log; None before the first."""
        return self._read(head_directory(self.ledger), self.origins.head)

    def tree(self, tenant: str, writer: str) -> SignedHead | None:
        """The newest checkpoint of one tree; None before the first."""
        directory = tree_directory(self.ledger, writer, tenant)
        return self._read(directory, self.origins.tree(tenant, writer))

    def trees(self) -> Iterator[tuple[str, str, SignedHead | None]]:
        """Writer, tenant and newest checkpoint of every tree on disk."""
        for writer in find_folders(self.ledger / "tree"):
            for tenant in find_folders(self.ledger / "tree" / writer):
                yield writer, tenant, self.tree(tenant, writer)

    def _read(self, directory: Path, origin: str) -> SignedHead | None:
        try:
            note = (directory / FILE).read_bytes()
        except FileNotFoundError:
            return None
        return SignedHead(note, verify_checkpoint(note, expected_origin=origin, key=self.key))


def find_claimed_name(ledger: Path) -> str | None:
    """Whose ledger the head log says it is, unverified; None where nothing says it."""
    try:
        note = (head_directory(ledger) / FILE).read_bytes()
    except FileNotFoundError:
        return None
    name, _, rest = note.partition(b"\n")[0].decode("ascii", "replace").rpartition("/")
    return name if name and rest == "head" else None
