"""A provider that costs next to nothing: raw HTTP/1.1 on uvloop.

`python -m bench._provider PORT`. It answers with about 1 kB, or with a stream
of 100 events, and says up to five of the request's own tokens back, so that
restoring has work to do. A model named `…paced` streams an event every 5 ms.
"""

import asyncio
import re
import sys
from typing import cast

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

    def __init__(self) -> None:
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._received += data
        while (end := self._received.find(b"\r\n\r\n")) >= 0:
            length = LENGTH.search(self._received, 0, end + 2)
            total = end + 4 + (int(length.group(1)) if length else 0)
            if len(self._received) < total:
                return
            body, self._received = self._received[end + 4 : total], self._received[total:]
            self._answer(body)

    def _answer(self, body: bytes) -> None:
        tokens = [token.decode() for token in TOKEN.findall(body)[:5]]
        if b'"stream":true' not in body:
            self._transport.write(whole(tokens))
        elif b"paced" in body:
            asyncio.get_running_loop().create_task(self._pace(events(tokens)))
        else:
            self._transport.write(STREAM_HEAD)
            for event in events(tokens):
                self._transport.write(event)

    async def _pace(self, frames: list[bytes]) -> None:
        self._transport.write(STREAM_HEAD)
        for frame in frames:
            self._transport.write(frame)
            await asyncio.sleep(PACE)


STREAM_HEAD = HEAD % b"text/event-stream" + b"transfer-encoding: chunked\r\n\r\n"


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


def events(tokens: list[str]) -> list[bytes]:
    """Each event as one chunk (RFC 9112 §7.1); each token cut over two of them."""
    words = [(f"{word} " if number % 9 else word) for number, word in enumerate(WORDS, 1)]
    for place, token in enumerate(tokens):
        words[10 * place + 5], words[10 * place + 6] = token[:20], token[20:] + " "
    frames = [frame({"content": word}) for word in words]
    frames[-1] = frame({}, "stop")
    frames.append(b"e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n")
    return frames


WORDS = (PROSE * 10).split()[: EVENTS - 1]


def frame(delta: dict[str, str], finish: str | None = None) -> bytes:
    data = orjson.dumps(
        {
            "id": "chatcmpl-bench",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": "gpt-bench",
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
        }
    )
    text = b"data: %s\n\n" % data
    return b"%x\r\n%s\r\n" % (len(text), text)


async def main(port: int) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Provider, "127.0.0.1", port, backlog=1024)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1])))
