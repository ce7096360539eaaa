"""What the ledger asks of others: a place for anchors, outside the data."""

from collections.abc import Iterator
from typing import Protocol


class AnchorStore(Protocol):
    """Keeps head checkpoints where whoever can change the data cannot change them.

    A folder by default; a witness, a timestamp authority or an object store
    later. `append` returns only when the note will last.
    """

    def append(self, note: bytes) -> None: ...

    def newest(self) -> bytes | None: ...

    def iterate(self) -> Iterator[bytes]:
        """All notes in the order of appending. Raises LedgerTampered at a damaged one."""
