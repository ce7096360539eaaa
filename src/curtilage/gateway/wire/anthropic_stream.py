"""Streamed replies of Anthropic Messages: values back, every other byte as it came.

Each content block is one logical stream: text, or the input of a tool that the
caller runs. Thinking, signatures, blocks of tools that the provider runs, and
events nobody here knows are passed on byte for byte. What a block holds back is
written as a delta of its own before the block stops.
"""

from collections.abc import Callable, Collection
from typing import Any

from curtilage.gateway.wire.anthropic_reply import restore_citation, restore_tool_use, update_usage
from curtilage.gateway.wire.blocks import BlockRewriter
from curtilage.gateway.wire.facts import RequestFacts
from curtilage.gateway.wire.rewriting import FrameRewriter
from curtilage.gateway.wire.sse import Frame, encode_event
from curtilage.gateway.wire.stream_json import read_frame, write_frame
from curtilage.shield.held import Held, Sink
from curtilage.shield.restore import Form, StreamRestorer

_FIELDS = {"text_delta": "text", "input_json_delta": "partial_json"}  # by the kind of a delta


class AnthropicStreamRewriter(BlockRewriter[Frame], FrameRewriter):
    """Restores a stream of Messages.

    Once blocks cannot be told apart or come out of order, nothing more is restored.
    """

    counted_by = "index"

    def __init__(
        self, held: Held, facts: RequestFacts, outbound_tools: Collection[str] = ()
    ) -> None:
        super().__init__(held, facts, outbound_tools)
        self._steps: dict[str, Callable[[Any, list[bytes]], None]] = {
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
        step(document, out)
        changed = self._reply.changed
        out.append(frame.rewrite(write_frame(document, data)) if changed else frame.raw)

    def _start_message(self, document: dict[str, Any], _out: list[bytes]) -> None:
        message = document.get("message")
        if type(message) is dict:
            update_usage(self.stats.usage, message.get("usage"))
            if self._facts.diagnosed:
                self.stats.given.add(message.get("id"))

    def _start_block(self, document: dict[str, Any], out: list[bytes]) -> None:
        index = self._index(document, out)
        block = document.get("content_block")
        if index is None or type(block) is not dict:
            return
        self._flush(index, out)
        self._blocks[index] = None
        if block.get("type") == "tool_use":
            restore_tool_use(block, self._reply)
            sink = self._reply.sink_of(block.get("name"))
            restorer = StreamRestorer(self._held, sink=sink, form=Form.JSON)
            self._open(index, "input_json_delta", restorer)
        elif block.get("type") == "text":
            self._feed(self._open_text(index, "text_delta"), block, "text")

    def _take_delta(self, document: dict[str, Any], out: list[bytes]) -> None:
        index = self._index(document, out)
        delta = document.get("delta")
        if index is None or type(delta) is not dict:
            return
        kind = delta.get("type")
        if kind == "citations_delta":
            restore_citation(delta.get("citation"), self._reply)
            return
        block = self._blocks.get(index)
        if index in self._blocks and block is None and kind == "text_delta":
            self._check_place(index)
            self._stop_restoring(out)
        if index not in self._blocks and kind == "text_delta":  # some servers leave the start out
            block = self._open_text(index, kind)
        if block is not None and block.kind == kind:
            self._feed(block, delta, _FIELDS[kind])

    def _end_message(self, document: dict[str, Any], out: list[bytes]) -> None:
        self._flush_all(out)
        update_usage(self.stats.usage, document.get("usage"))
        delta = document.get("delta")
        if type(delta) is dict:
            self.stats.finished(delta.get("stop_reason"))
            self._reply.text(delta, "stop_sequence")

    def _stop_message(self, _document: dict[str, Any], out: list[bytes]) -> None:
        self._flush_all(out)
        self._done = True

    def _fail(self, document: dict[str, Any], out: list[bytes]) -> None:
        self._flush_all(out)
        self.stats.failed = True
        if "error" in document:
            self._reply.value(document, "error", sink=Sink.TEXT)

    def _write_rest(self, index: int, kind: str, rest: str) -> bytes:
        delta = {"type": kind, _FIELDS[kind]: rest}
        document = {"type": "content_block_delta", "index": index, "delta": delta}
        return encode_event(b"content_block_delta", write_frame(document, b""))
