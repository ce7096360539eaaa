"""A provider that costs next to nothing: raw HTTP/1.1 on uvloop.

`python -m bench._provider PORT [DELAY [STATUS]]`. It answers with about 1 kB, or with a stream
of 100 events in the protocol of the path, and says up to five of the request's own tokens back, so that
restoring has work to do. A model named `…paced` streams an event every 5 ms, one
named `…idle` sends two events and then nothing more. With DELAY each whole answer takes
so many seconds, and with STATUS it is an error.
"""

import asyncio
import re
import sys
from typing import Any, cast

import orjson
import uvloop

EVENTS = 100
PACE = 0.005
REPLY_BYTES = 1000
PROSE = "The order was found and a clerk will look at it before the end of the day. "
TOKEN = re.compile(rb"QX1-[0-9A-Z]{1,12}-[0-9a-z]{16,22}-[0-9a-z]{16}")
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: %s\r\n"


class Provider(asyncio.Protocol):
    """One connection. Requests are answered in order, whole or as a stream."""

    def __init__(self, delay: float, status: int) -> None:
        self._received = b""
        self._delay, self._status = delay, status

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._received += data
        while (end := self._received.find(b"\r\n\r\n")) >= 0:
            length = LENGTH.search(self._received, 0, end + 2)
            total = end + 4 + (int(length.group(1)) if length else 0)
            if len(self._received) < total:
                return
            path = self._received.split(b" ", 2)[1]
            body, self._received = self._received[end + 4 : total], self._received[total:]
            self._answer(path, body)

    def _answer(self, path: bytes, body: bytes) -> None:
        tokens = [token.decode() for token in TOKEN.findall(body)[:5]]
        frames = FRAMES.get(path, chat_events)
        if b'"stream":true' not in body:
            answer = failure(self._status) if self._status else whole(tokens)
            if self._delay:
                asyncio.get_running_loop().call_later(self._delay, self._transport.write, answer)
            else:
                self._transport.write(answer)
        elif b"bench-idle" in body:
            self._transport.write(STREAM_HEAD + b"".join(frames(tokens)[:2]))
        elif b"paced" in body:
            asyncio.get_running_loop().create_task(self._pace(frames(tokens)))
        else:
            self._transport.write(STREAM_HEAD)
            for event in frames(tokens):
                self._transport.write(event)

    async def _pace(self, frames: list[bytes]) -> None:
        self._transport.write(STREAM_HEAD)
        for frame in frames:
            self._transport.write(frame)
            await asyncio.sleep(PACE)


STREAM_HEAD = HEAD % b"text/event-stream" + b"transfer-encoding: chunked\r\n\r\n"


def failure(status: int) -> bytes:
    body = b'{"error":{"message":"overloaded","type":"server_error"}}'
    head = b"HTTP/1.1 %d Failed\r\ncontent-type: application/json\r\n" % status
    return head + b"content-length: %d\r\n\r\n%s" % (len(body), body)


def whole(tokens: list[str]) -> bytes:
    text = " ".join(tokens)
    text += PROSE * ((REPLY_BYTES - len(text)) // len(PROSE))
    body = orjson.dumps(
        {
            "id": "chatcmpl-bench",
            "object": "chat.completion",
            "created": 1,
            "model": "gpt-bench",
            "choices": [
                {
                    "index": 0,
                    "message": {"role": "assistant", "content": text},
                    "finish_reason": "stop",
                }
            ],
            "usage": {"prompt_tokens": 250, "completion_tokens": 200, "total_tokens": 450},
        }
    )
    return HEAD % b"application/json" + b"content-length: %d\r\n\r\n%s" % (len(body), body)


def said(tokens: list[str]) -> list[str]:
    """The words of a stream, one an event; each token cut over two of them."""
    words = [(f"{word} " if number % 9 else word) for number, word in enumerate(WORDS, 1)]
    for place, token in enumerate(tokens):
        words[10 * place + 5], words[10 * place + 6] = token[:20], token[20:] + " "
    return words


WORDS = (PROSE * 10).split()[: EVENTS - 1]


def chat_events(tokens: list[str]) -> list[bytes]:
    frames = [frame(chat({"content": word})) for word in said(tokens)]
    frames[-1] = frame(chat({}, "stop"))
    frames.append(chunk(b"data: [DONE]\n\n") + END)
    return frames


def chat(delta: dict[str, str], finish: str | None = None) -> dict[str, Any]:
    return {
        "id": "chatcmpl-bench",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "gpt-bench",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
    }


def messages_events(tokens: list[str]) -> list[bytes]:
    words = said(tokens)[: EVENTS - 5]
    message = {"id": "msg_bench", "type": "message", "role": "assistant", "model": "claude-bench"}
    message |= {
        "content": [],
        "stop_reason": None,
        "usage": {"input_tokens": 250, "output_tokens": 1},
    }
    ended = {"stop_reason": "end_turn", "stop_sequence": None}
    listed = [
        {"type": "message_start", "message": message},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        *({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": word}} for word in words),
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": ended, "usage": {"output_tokens": 200}},
        {"type": "message_stop"},
    ]  # fmt: skip
    frames = [frame(event, event["type"]) for event in listed]
    return [*frames[:-1], frames[-1] + END]


def responses_events(tokens: list[str]) -> list[bytes]:
    words = said(tokens)[: EVENTS - 8]
    place = {"item_id": "msg_bench", "output_index": 0, "content_index": 0}
    part = {"type": "output_text", "text": "".join(words), "annotations": []}
    item = {
        "id": "msg_bench",
        "type": "message",
        "role": "assistant",
        "status": "completed",
        "content": [part],
    }
    begun = {"id": "resp_bench", "object": "response", "created_at": 1, "model": "gpt-bench"}
    usage = {"input_tokens": 250, "output_tokens": 200, "total_tokens": 450}
    listed = [
        {"type": "response.created", "response": {**begun, "status": "in_progress", "output": []}},
        {"type": "response.in_progress", "response": {**begun, "status": "in_progress", "output": []}},
        {"type": "response.output_item.added", "output_index": 0, "item": {**item, "status": "in_progress", "content": []}},
        {"type": "response.content_part.added", **place, "part": {**part, "text": ""}},
        *({"type": "response.output_text.delta", **place, "delta": word} for word in words),
        {"type": "response.output_text.done", **place, "text": part["text"]},
        {"type": "response.content_part.done", **place, "part": part},
        {"type": "response.output_item.done", "output_index": 0, "item": item},
        {"type": "response.completed", "response": {**begun, "status": "completed", "output": [item], "usage": usage}},
    ]  # fmt: skip
    frames = [
        frame({**event, "sequence_number": n}, event["type"]) for n, event in enumerate(listed)
    ]
    return [*frames[:-1], frames[-1] + END]


END = b"0\r\n\r\n"
FRAMES = {b"/v1/messages": messages_events, b"/v1/responses": responses_events}


def frame(event: dict[str, Any], name: str = "") -> bytes:
    lead = f"event: {name}\n" if name else ""
    return chunk(b"%sdata: %s\n\n" % (lead.encode(), orjson.dumps(event)))


def chunk(text: bytes) -> bytes:
    """One chunk (RFC 9112 §7.1)."""
    return b"%x\r\n%s\r\n" % (len(text), text)


async def main(port: int, delay: float = 0.0, status: int = 0) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Provider(delay, status), "127.0.0.1", port, backlog=1024
    )
    await server.serve_forever()


if __name__ == "__main__":
    given = sys.argv[1:]
    uvloop.run(main(int(given[0]), *map(float, given[1:2]), *map(int, given[2:3])))
