"""Streamed replies of Anthropic Messages: values back, every other byte as it came.

Each content block is one logical stream: text, or the input of a tool that the
caller runs. Thinking, signatures, blocks of tools that the provider runs, and
events nobody here knows are passed on byte for byte. What a block holds back is
written as a delta of its own before the block stops.
"""

from collections.abc import Callable, Collection
from typing import Any

from curtilage.gateway.wire.anthropic_reply import restore_citation, restore_tool_use, update_usage
from curtilage.gateway.wire.errors import BrokenStream
from curtilage.gateway.wire.facts import RequestFacts
from curtilage.gateway.wire.rewriting import FrameRewriter
from curtilage.gateway.wire.sse import Frame, encode_event
from curtilage.gateway.wire.stream_json import read_frame, write_frame
from curtilage.shield.held import Held, Sink
from curtilage.shield.restore import Form, StreamRestorer

MAX_BLOCKS = 4096  # of one reply


class _Block:
    """A content block whose text is restored, and the delta that carries it."""

    __slots__ = ("delta", "field", "restorer")

    def __init__(self, delta: str, field: str, restorer: StreamRestorer) -> None:
        self.delta = delta
        self.field = field
        self.restorer = restorer


class AnthropicStreamRewriter(FrameRewriter):
    """Restores a stream of Messages.

    Raises BrokenStream for more blocks than any reply has, too. Callers join the texts of blocks, so a text begins in the context that the one
    before left; once blocks cannot be told apart or come out of order, nothing more
    is restored; text for a place before what was restored breaks the stream.
    """

    def __init__(
        self, held: Held, facts: RequestFacts, outbound_tools: Collection[str] = ()
    ) -> None:
        super().__init__(held, facts, outbound_tools)
        self._blocks: dict[int, _Block | None] = {}
        self._last_text = -1
        self._text: StreamRestorer | None = None
        self._steps: dict[str, Callable[[Any, list[bytes]], bool]] = {
            "message_start": self._start_message,
            "content_block_start": self._start_block,
            "content_block_delta": self._take_delta,
            "content_block_stop": self._stop_block,
            "message_delta": self._end_message,
            "message_stop": self._stop_message,
            "error": self._fail,
        }

    def _take(self, frame: Frame, out: list[bytes]) -> None:
        data = frame.data
        document = None if data is None else read_frame(data)
        if data is not None and document is None and data.lstrip()[:1] == b"{":
            self._stop_restoring(out)  # a more patient reader may see text in it
        kind = document.get("type") if type(document) is dict else None
        step = self._steps.get(kind) if type(kind) is str else None
        if data is None or step is None:
            out.append(frame.raw)
            return
        self._reply.changed = False
        changed = step(document, out) or self._reply.changed
        out.append(frame.rewrite(write_frame(document, data)) if changed else frame.raw)

    def _start_message(self, document: dict[str, Any], _out: list[bytes]) -> bool:
        message = document.get("message")
        if type(message) is dict:
            update_usage(self.stats.usage, message.get("usage"))
            if self._facts.diagnosed:
                self.stats.given.add(message.get("id"))
        return False

    def _start_block(self, document: dict[str, Any], out: list[bytes]) -> bool:
        index = self._index(document, out)
        block = document.get("content_block")
        if index is None or type(block) is not dict:
            return False
        self._flush(index, out)
        self._blocks[index] = None
        if block.get("type") == "tool_use":
            restore_tool_use(block, self._reply)
            self._open(index, "input_json_delta", self._reply.sink_of(block.get("name")))
        elif block.get("type") == "text":
            self._open(index, "text_delta", Sink.TEXT)
            return self._feed(index, block, "text")
        return False

    def _open(self, index: int, delta: str, sink: Sink) -> None:
        field, form = ("text", Form.TEXT) if delta == "text_delta" else ("partial_json", Form.JSON)
        if len(self._opened) >= MAX_BLOCKS:
            raise BrokenStream("The provider sent more blocks than a reply has.")
        if form is Form.TEXT:
            restorer = self._open_text(index)
        else:
            restorer = StreamRestorer(self._held, sink=sink, form=form)
        self._opened.append(restorer)
        self._blocks[index] = _Block(delta, field, restorer)

    def _open_text(self, index: int) -> StreamRestorer:
        """A text after the last one. While that one is open, its end is not known."""
        self._check_place(index)
        is_open = index != self._last_text and self._blocks.get(self._last_text) is not None
        self._last_text = index
        if is_open:
            return StreamRestorer(self._held, sink=Sink.NONE, form=Form.TEXT)
        self._text = StreamRestorer(self._held, sink=Sink.TEXT, form=Form.TEXT, after=self._text)
        return self._text

    def _check_place(self, index: int) -> None:
        if index < self._last_text:
            raise BrokenStream("The provider sent text for a block before the last one.")

    def _index(self, document: dict[str, Any], out: list[bytes]) -> int | None:
        """Which block is meant; None where it has no number."""
        index = document.get("index")
        if type(index) is not int:
            self._stop_restoring(out)
            return None
        if len(self._blocks) >= MAX_BLOCKS:
            raise BrokenStream("The provider sent more blocks than a reply has.")
        return index

    def _feed(self, index: int, holder: dict[str, Any], field: str) -> bool:
        text, block = holder.get(field), self._blocks[index]
        if type(text) is not str or not text or block is None:
            return False
        ready = block.restorer.feed(text)
        holder[field] = ready
        return ready != text

    def _take_delta(self, document: dict[str, Any], out: list[bytes]) -> bool:
        index = self._index(document, out)
        delta = document.get("delta")
        if index is None or type(delta) is not dict:
            return False
        kind = delta.get("type")
        if kind == "citations_delta":
            restore_citation(delta.get("citation"), self._reply)
            return False
        block = self._blocks.get(index)
        if index in self._blocks and block is None and kind == "text_delta":
            self._check_place(index)
            self._stop_restoring(out)
        if index not in self._blocks and kind == "text_delta":  # some servers leave the start out
            self._open(index, kind, Sink.TEXT)
            block = self._blocks[index]
        return block is not None and block.delta == kind and self._feed(index, delta, block.field)

    def _stop_block(self, document: dict[str, Any], out: list[bytes]) -> bool:
        index = self._index(document, out)
        if index is not None:
            self._flush(index, out)
            self._blocks[index] = None
        return False

    def _end_message(self, document: dict[str, Any], out: list[bytes]) -> bool:
        self._flush_all(out)
        update_usage(self.stats.usage, document.get("usage"))
        delta = document.get("delta")
        if type(delta) is dict:
            self.stats.finished(delta.get("stop_reason"))
            self._reply.text(delta, "stop_sequence")
        return False

    def _stop_message(self, _document: dict[str, Any], out: list[bytes]) -> bool:
        self._flush_all(out)
        self._done = True
        return False

    def _fail(self, document: dict[str, Any], out: list[bytes]) -> bool:
        self._flush_all(out)
        self.stats.failed = True
        if "error" in document:
            self._reply.value(document, "error", sink=Sink.TEXT)
        return False

    def _flush_all(self, out: list[bytes]) -> None:
        for index in self._blocks:
            self._flush(index, out)

    def _flush(self, index: int, out: list[bytes]) -> None:
        """Write what a block holds back, as a delta like those before."""
        block = self._blocks.get(index)
        rest = block.restorer.close() if block is not None else ""
        if block is None or not rest:
            return
        delta = {"type": block.delta, block.field: rest}
        document = {"type": "content_block_delta", "index": index, "delta": delta}
        out.append(encode_event(b"content_block_delta", write_frame(document, b"")))
