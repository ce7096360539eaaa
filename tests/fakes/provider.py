"""A provider on a real socket that does what a test tells it to.

It reads one request, keeps it, and plays a script of steps: to send bytes, to
stay silent, or to break the connection. So it can be slow, stuck, rude and
wrong in every way that real ones are.
"""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True)
class Break:
    """Cut the connection, without the end that HTTP asks for."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Stay silent until the test says `provider.release()`."""


Step: TypeAlias = bytes | Break | Hold


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it arrived."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def document(self) -> Any:
        return json.loads(self.body)


Script: TypeAlias = Sequence[Step] | Callable[[Received], Sequence[Step]]


@dataclass
class FakeProvider:
    """Plays `script` for every request; `scripts` first, one for each.

    A script may be a function that reads the request, as a model does."""

    script: Script = ()
    scripts: list[Script] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)
    left: int = 0
    port: int = 0
    _server: asyncio.Server | None = None
    _released: asyncio.Event = field(default_factory=asyncio.Event)

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        self._released.set()
        if self._server is not None:
            self._server.close()

    def reset(self) -> None:
        """Forget the last test."""
        self.script, self.scripts, self.received, self.left = (), [], [], 0
        self._released = asyncio.Event()

    def release(self) -> None:
        self._released.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (received := await _read_request(reader)) is not None:
                self.received.append(received)
                script = self.scripts.pop(0) if self.scripts else self.script
                steps = script(received) if callable(script) else script
                if not await self._play(steps, reader, writer):
                    return
        except (ConnectionError, asyncio.IncompleteReadError):
            self.left += 1
        finally:
            writer.close()

    async def _play(
        self, steps: Sequence[Step], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        for step in steps:
            if isinstance(step, bytes):
                writer.write(step)
                await writer.drain()
            elif isinstance(step, Break):
                writer.transport.abort()
                return False
            elif not await self._stay(reader):
                self.left += 1
                return False
        return True

    async def _stay(self, reader: asyncio.StreamReader) -> bool:
        """False where the caller left meanwhile."""
        leaving = asyncio.ensure_future(reader.read(1))
        over = asyncio.ensure_future(self._released.wait())
        done, _ = await asyncio.wait({leaving, over}, return_when=asyncio.FIRST_COMPLETED)
        over.cancel()
        if leaving in done:
            return bool(leaving.result())
        leaving.cancel()
        await asyncio.wait({leaving})  # one reader at a time
        return True


async def _read_request(reader: asyncio.StreamReader) -> Received | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as end:
        if end.partial:
            raise
        return None
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ")
    headers = {
        name.lower(): value.strip()
        for name, _, value in (line.partition(":") for line in lines if line)
    }
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Received(method, target, headers, body)


def whole(document: Any, status: str = "200 OK", **headers: str) -> list[Step]:
    """A reply with its length."""
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    head = f"HTTP/1.1 {status}\r\ncontent-type: application/json\r\n{lines}content-length: {len(body)}\r\n\r\n"
    return [head.encode() + body]


STREAM_HEAD = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
)
STREAM_END = b"0\r\n\r\n"


def chunk(data: bytes) -> bytes:
    """One chunk of a chunked reply (RFC 9112 §7.1)."""
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


def stream(*pieces: bytes | Step, end: bool = True) -> list[Step]:
    """A streamed reply: bytes become chunks, other steps stay as they are."""
    steps: list[Step] = [STREAM_HEAD]
    steps += [chunk(piece) if isinstance(piece, bytes) else piece for piece in pieces]
    return [*steps, STREAM_END] if end else steps


def chat_reply(content: str | None, **message: Any) -> dict[str, Any]:
    """A whole chat completion that says `content`."""
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "gpt-4.1-mini",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": content, **message},
                "finish_reason": "stop",
            }
        ],
        "usage": {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12},
    }


def chat_delta(delta: dict[str, Any], *, index: int = 0, finish: str | None = None) -> bytes:
    """One event of a streamed chat completion."""
    choice = {"index": index, "delta": delta, "finish_reason": finish}
    document = {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "gpt-4.1-mini",
        "choices": [choice],
    }
    return b"data: " + json.dumps(document).encode() + b"\n\n"


DONE = b"data: [DONE]\n\n"


def message_reply(text: str) -> dict[str, Any]:
    """A whole Anthropic message that says `text`."""
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude-sonnet-4-5",
        "content": [{"type": "text", "text": text}],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": 9, "output_tokens": 3},
    }


def message_event(kind: str, **fields: Any) -> bytes:
    """One event of a streamed Anthropic message."""
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **fields})}\n\n".encode()


def message_stream(*texts: str) -> list[bytes]:
    """The events of a streamed message whose text comes in these pieces."""
    head = {**message_reply(""), "content": [], "stop_reason": None}
    deltas = [
        message_event("content_block_delta", index=0, delta={"type": "text_delta", "text": text})
        for text in texts
    ]
    return [
        message_event("message_start", message=head),
        message_event("content_block_start", index=0, content_block={"type": "text", "text": ""}),
        *deltas,
        message_event("content_block_stop", index=0),
        message_event(
            "message_delta", delta={"stop_reason": "end_turn"}, usage={"output_tokens": 3}
        ),
        message_event("message_stop"),
    ]
