"""What streams of content blocks share: each is a logical stream, and texts follow on.

How a protocol begins, tells and ends a block is in its own module: `anthropic_stream`,
`bedrock_stream`.
"""

from abc import abstractmethod
from collections.abc import Collection
from typing import Any, ClassVar

from curtilage.gateway.wire.errors import BrokenStream
from curtilage.gateway.wire.facts import RequestFacts
from curtilage.gateway.wire.rewriting import F, Rewriter
from curtilage.shield.held import Held, Sink
from curtilage.shield.restore import Form, StreamRestorer

MAX_BLOCKS = 4096  # of one reply


class Block:
    """A content block that is restored: the kind of its deltas, and what restores it."""

    __slots__ = ("kind", "restorer")

    def __init__(self, kind: str, restorer: StreamRestorer) -> None:
        self.kind = kind
        self.restorer = restorer


class BlockRewriter(Rewriter[F]):
    """A rewriter of replies that are content blocks.

    Raises BrokenStream for more blocks than any reply has, too, and for text of a block before
    the last one. Callers join the texts in the order of blocks, so a text begins in the context
    that the one before left. `counted_by` is where an event has the number of its block.
    """

    counted_by: ClassVar[str]

    def __init__(
        self, held: Held, facts: RequestFacts, outbound_tools: Collection[str] = ()
    ) -> None:
        super().__init__(held, facts, outbound_tools)
        self._blocks: dict[int, Block | None] = {}  # None: passed on as it comes, or over
        self._last_text = -1
        self._text: StreamRestorer | None = None

    def _index(self, document: dict[str, Any], out: list[bytes]) -> int | None:
        """Which block is meant; None where it has no number."""
        index = document.get(self.counted_by)
        if type(index) is not int:
            self._stop_restoring(out)
            return None
        if len(self._blocks) >= MAX_BLOCKS:
            raise BrokenStream("The provider sent more blocks than a reply has.")
        return index

    def _open(self, index: int, kind: str, restorer: StreamRestorer) -> Block:
        if len(self._opened) >= MAX_BLOCKS:
            raise BrokenStream("The provider sent more blocks than a reply has.")
        self._opened.append(restorer)
        block = self._blocks[index] = Block(kind, restorer)
        return block

    def _open_text(self, index: int, kind: str) -> Block:
        """A text after the last one. While that one is open, its end is not known."""
        self._check_place(index)
        is_open = self._blocks.get(self._last_text) is not None
        self._last_text = index
        if is_open:
            alone = StreamRestorer(self._held, sink=Sink.NONE, form=Form.TEXT)
            return self._open(index, kind, alone)
        self._text = StreamRestorer(self._held, sink=Sink.TEXT, form=Form.TEXT, after=self._text)
        return self._open(index, kind, self._text)

    def _check_place(self, index: int) -> None:
        if index < self._last_text:
            raise BrokenStream("The provider sent text for a block before the last one.")

    def _feed(self, block: Block | None, holder: dict[str, Any], field: str) -> None:
        text = holder.get(field)
        if type(text) is not str or not text or block is None:
            return
        ready = block.restorer.feed(text)
        if ready != text:
            holder[field] = ready
            self._reply.changed = True

    def _stop_block(self, document: dict[str, Any], out: list[bytes]) -> None:
        index = self._index(document, out)
        if index is not None:
            self._flush(index, out)
            self._blocks[index] = None

    def _flush_all(self, out: list[bytes]) -> None:
        for index in self._blocks:
            self._flush(index, out)

    def _flush(self, index: int, out: list[bytes]) -> None:
        """Write what a block holds back, as a delta like those before."""
        block = self._blocks.get(index)
        rest = block.restorer.close() if block is not None else ""
        if block is not None and rest:
            out.append(self._write_rest(index, block.kind, rest))

    @abstractmethod
    def _write_rest(self, index: int, kind: str, rest: str) -> bytes:
        """A delta of our own that says `rest`."""
