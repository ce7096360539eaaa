"""What the ledger asks of others: a place for anchors, and a way to ask other parties."""

from collections.abc import Iterator
from typing import Protocol


class AnchorStore(Protocol):
    """Keeps head checkpoints where whoever can change the data cannot change them.

    `append` returns only when the note will last.
    """

    def append(self, note: bytes) -> None: ...

    def newest(self) -> bytes | None: ...

    def iterate(self) -> Iterator[bytes]:
        """All notes in the order of appending. Raises LedgerTampered at a damaged one."""


class Post(Protocol):
    """Sends a body to an address of a witness or a time-stamp authority."""

    def __call__(
        self, url: str, body: bytes, content_type: str, *, limit: int
    ) -> tuple[int, bytes]:
        """The status and the body of the answer, whole. Raises PeerUnreachable."""
