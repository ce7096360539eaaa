"""Load at a fixed rate, whether answers come or not: raw HTTP/1.1 on uvloop.

A generator that waits for an answer before it asks again slows down with the server
and so hides its worst moments. Here each call has its time beforehand, and its latency
counts from then on. `python -m bench._pacer PORT RATE SECONDS`, headers as JSON on
standard input, prints a line of JSON for each part of the run.
"""

import asyncio
import itertools
import secrets
import sys
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from time import perf_counter
from typing import cast

import orjson
import uvloop

from bench import _machine as machine
from bench import _prompts as prompts

PARTS = 10
CONNECTIONS = 64
LATE = 10.0  # seconds after which what has not been answered is given up
TEXTS = (prompts.few(), prompts.few(), prompts.few(), prompts.many())  # one in four is dense
STREAMED = 3  # of every ten calls


@dataclass(slots=True)
class Part:
    """What became of the calls whose time lay in one part of the run."""

    due: int = 0
    failed: int = 0
    times: list[float] = field(default_factory=list)

    def tell(self) -> str:
        ordered = sorted(self.times) or [0.0]
        p50, p99, p999 = (ordered[int(len(ordered) * of)] * 1e3 for of in (0.5, 0.99, 0.999))
        told = {"due": self.due, "failed": self.failed, "p50": p50, "p99": p99, "p999": p999}
        return orjson.dumps(told).decode()


class Connection(asyncio.Protocol):
    """One call after the other; `free` takes it back after each answer."""

    def __init__(self, free: "deque[Connection]", wake: asyncio.Event) -> None:
        self._free, self._wake = free, wake
        self._transport: asyncio.Transport | None = None
        self._received = bytearray()
        self._due, self._part = 0.0, Part()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._take_back()

    def call(self, request: bytes, due: float, part: Part) -> None:
        assert self._transport is not None
        self._due, self._part = due, part
        self._received.clear()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._received += data
        if not _is_whole(self._received):
            return
        if self._received.startswith(b"HTTP/1.1 200"):
            self._part.times.append(perf_counter() - self._due)
        else:
            self._part.failed += 1
        self._take_back()

    def connection_lost(self, _: Exception | None) -> None:
        self._part.failed += 1

    def _take_back(self) -> None:
        self._free.append(self)
        self._wake.set()


def _is_whole(received: bytearray) -> bool:
    end = received.find(b"\r\n\r\n")
    if end < 0:
        return False
    at = received.find(b"content-length: ", 0, end)
    if at < 0:
        return received.endswith(b"0\r\n\r\n")
    return len(received) >= end + 4 + int(received[at + 16 : received.find(b"\r\n", at)])


def requests(headers: dict[str, str]) -> Iterator[bytes]:
    """Calls without end, no two alike."""
    head = f"POST {machine.CHAT} HTTP/1.1\r\nhost: 127.0.0.1\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    first = secrets.randbelow(26**6)
    for number in itertools.count():
        mark = bytes(97 + (first + number) // 26**place % 26 for place in range(6))
        text = TEXTS[number % len(TEXTS)]
        body = prompts.body(text, stream=number % 10 < STREAMED)
        body = body.replace(prompts.MARK.encode(), mark)
        yield f"{head}content-length: {len(body)}\r\n\r\n".encode() + body


async def run(port: int, rate: float, seconds: float, headers: dict[str, str]) -> None:
    loop = asyncio.get_running_loop()
    free: deque[Connection] = deque()
    wake = asyncio.Event()
    for _ in range(CONNECTIONS):
        await loop.create_connection(lambda: Connection(free, wake), "127.0.0.1", port)
    made = requests(headers)
    begun = perf_counter()
    parts = [Part(due=int(rate * seconds / PARTS)) for _ in range(PARTS)]
    for number, part in enumerate(parts):
        for count in range(part.due):
            due = begun + number * seconds / PARTS + count / rate
            if due > perf_counter():
                await asyncio.sleep(due - perf_counter())
            while not free:
                wake.clear()
                await asyncio.wait_for(wake.wait(), LATE)
            free.popleft().call(next(made), due, part)
        if number:  # the answers to its last calls are there by now
            print(parts[number - 1].tell(), flush=True)
    await asyncio.sleep(1)
    print(parts[-1].tell(), flush=True)


if __name__ == "__main__":
    uvloop.run(
        run(
            int(sys.argv[1]),
            float(sys.argv[2]),
            float(sys.argv[3]),
            orjson.loads(sys.stdin.buffer.read()),
        )
    )
