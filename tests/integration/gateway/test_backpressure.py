"""A caller who reads slowly: the provider is made to wait, the worker's memory stays small."""

import json
import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.provider import DONE, STREAM_END, STREAM_HEAD, Received, Step, chat_delta, chunk
from tests.integration.processes import STREAMED, House, eventually

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
MEGABYTE = 1 << 20
PIECE = chunk(chat_delta({"content": "Hello there. " * 20}) * 150)  # about 64 kB
PIECES = 900  # about 58 MB in all: a reply may have 64
MOST = 24 * MEGABYTE  # what lies in sockets and buffers between provider and caller, generously


class Tap:
    """A script that counts what the provider has got rid of."""

    def __init__(self) -> None:
        self.sent = 0

    def __call__(self, _: Received) -> Iterator[Step]:  # type: ignore[override]
        yield STREAM_HEAD
        for _ in range(PIECES):
            yield PIECE
            self.sent += len(PIECE)
        yield chunk(chat_delta({}, finish="stop") + DONE)
        yield STREAM_END


def _resident(pid: int) -> int:
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found
    return int(found[1]) * 1024


def _settled(tap: Tap) -> bool:
    """Whether nothing more goes out."""
    before = tap.sent
    time.sleep(1)
    return bool(before) and tap.sent == before


def test_a_slow_reader_makes_the_provider_wait(house: House) -> None:
    tap = Tap()
    house.provider.script = tap  # type: ignore[assignment]
    workers = [pid for name, pid in house.children().items() if name != "control"]
    before = {pid: _resident(pid) for pid in workers}
    raw = json.dumps(STREAMED).encode()
    with socket.create_connection(("127.0.0.1", house.port), 60) as line:
        line.sendall(
            f"POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1:{house.port}\r\n"
            f"authorization: Bearer {house.one_key}\r\ncontent-type: application/json\r\n"
            f"content-length: {len(raw)}\r\n\r\n".encode()
            + raw
        )
        read = len(line.recv(1000))
        eventually(lambda: _settled(tap))
        assert tap.sent < MOST, f"{tap.sent >> 20} MB were taken from the provider"
        grown = max(_resident(pid) - before[pid] for pid in workers)
        assert grown < MOST, f"a worker grew by {grown >> 20} MB"
        last = b""
        while not last.endswith(b"0\r\n\r\n"):
            part = line.recv(MEGABYTE)
            assert part, "the stream broke off"
            read += len(part)
            last = (last + part)[-8:]
    assert read > PIECES * len(PIECE) * 0.95, "nothing was lost for waiting"
    assert tap.sent == PIECES * len(PIECE)
