"""Streamed replies of Bedrock Converse: values back, every other byte as it came.

Each content block is one logical stream: text, or the input of a tool that the caller runs.
Reasoning, pictures, blocks of tools that the provider runs, and events nobody here knows pass
byte for byte. What a block holds back is written as a delta of its own before the block stops.
"""

from collections.abc import Callable, Collection, Iterable
from typing import Any

from curtilage.gateway.wire.bedrock_reply import (
    is_of_caller,
    read_converse_usage,
    restore_citation,
)
from curtilage.gateway.wire.blocks import Block, BlockRewriter
from curtilage.gateway.wire.event_stream import EventStreamParser, Message, encode_event
from curtilage.gateway.wire.facts import RequestFacts
from curtilage.gateway.wire.stream_json import read_frame, write_frame
from curtilage.shield.held import Held, Sink
from curtilage.shield.restore import Form, StreamRestorer


class BedrockStreamRewriter(BlockRewriter[Message]):
    """Restores a stream of Converse. The last event holds the usage."""

    counted_by = "contentBlockIndex"

    def __init__(
        self, held: Held, facts: RequestFacts, outbound_tools: Collection[str] = ()
    ) -> None:
        super().__init__(held, facts, outbound_tools)
        self._parser = EventStreamParser()
        self._has_stopped = False
        self._steps: dict[str, Callable[[Any, list[bytes]], None]] = {
            "contentBlockStart": self._start_block,
            "contentBlockDelta": self._take_delta,
            "contentBlockStop": self._stop_block,
            "messageStop": self._stop_message,
            "metadata": self._end,
        }

    def _cut(self, data: bytes) -> Iterable[Message]:
        return self._parser.feed(data)

    def _cut_rest(self, out: list[bytes]) -> None:
        """Half a message would spoil whatever is written after it."""
        self._has_stopped = self._has_stopped and self._parser.is_between

    def _is_whole(self) -> bool:
        return self._has_stopped

    def _take(self, frame: Message, out: list[bytes]) -> None:
        document = read_frame(frame.payload)
        self._reply.changed = False
        if frame.headers.get(":message-type") != "event":
            self._fail(document, out)
        else:
            step = self._steps.get(frame.headers.get(":event-type", ""))
            if step is not None and type(document) is dict:
                step(document, out)
            elif step is not None:
                self._stop_restoring(out)  # a more patient reader may see text in it
        changed = self._reply.changed
        out.append(frame.rewrite(write_frame(document, frame.payload)) if changed else frame.raw)

    def _start_block(self, document: dict[str, Any], out: list[bytes]) -> None:
        index, start = self._index(document, out), document.get("start")
        if index is None:
            return
        self._flush(index, out)
        if type(start) is not dict or not start:
            return  # a text, which begins with its first delta
        self._blocks[index] = None
        use = start.get("toolUse")
        if type(use) is dict and is_of_caller(use):
            self._reply.text(use, "name", sink=Sink.ARGUMENTS)
            sink = self._reply.sink_of(use.get("name"))
            self._open(index, "toolUse", StreamRestorer(self._held, sink=sink, form=Form.JSON))

    def _take_delta(self, document: dict[str, Any], out: list[bytes]) -> None:
        index, delta = self._index(document, out), document.get("delta")
        if index is None or type(delta) is not dict:
            return
        if "citation" in delta:
            restore_citation(delta["citation"], self._reply)
        if type(delta.get("text")) is str:
            self._feed(self._find_text(index, out), delta, "text")
        use = delta.get("toolUse")
        if type(use) is dict:
            block = self._blocks.get(index)
            self._feed(block if block and block.kind == "toolUse" else None, use, "input")

    def _find_text(self, index: int, out: list[bytes]) -> Block | None:
        """The text of this block; it has no start, so its first delta begins it."""
        self._check_place(index)
        if index not in self._blocks:
            return self._open_text(index, "text")
        block = self._blocks[index]
        if block is None or block.kind != "text":  # begun as something else, or stopped
            self._stop_restoring(out)
            return None
        return block

    def _stop_message(self, document: dict[str, Any], out: list[bytes]) -> None:
        self._flush_all(out)
        self.stats.finished(document.get("stopReason"))
        self._has_stopped = True

    def _end(self, document: dict[str, Any], _out: list[bytes]) -> None:
        self.stats.usage = read_converse_usage(document.get("usage"))
        if "trace" in document:
            self._reply.value(document, "trace", sink=Sink.TEXT)
        self._done = self._has_stopped

    def _fail(self, document: Any, out: list[bytes]) -> None:
        """An exception ends a stream, and may quote the request."""
        self._flush_all(out)
        self.stats.failed = True
        if type(document) is dict:
            for name in ("message", "originalMessage"):
                self._reply.text(document, name)

    def _write_rest(self, index: int, kind: str, rest: str) -> bytes:
        delta = {"text": rest} if kind == "text" else {"toolUse": {"input": rest}}
        document = {"contentBlockIndex": index, "delta": delta}
        return encode_event("contentBlockDelta", write_frame(document, b""))
