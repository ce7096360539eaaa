"""A Redis of the tests' own, which a test may stop and start again.

Debian's `redis-server`, on a port and in a folder of its own; without it the
one that answers at the usual port, which no test stops.
"""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.tcp import free_port

PROGRAMS = ("redis-server", "valkey-server")
USUAL_PORT = 6379
ABSENT = f"no Redis answers on 127.0.0.1:{USUAL_PORT} and neither redis-server nor valkey-server is there"
LIMIT = 60.0  # seconds until one that does not answer counts as never answering
SHORT = 5.0


class RedisServer:
    """One server, which keeps nothing on disk."""

    def __init__(self, program: str, folder: Path, port: int) -> None:
        self.port = port
        self.address = f"redis://127.0.0.1:{port}/0"
        self._command = [
            program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
            "--dir", str(folder), "--daemonize", "no",
        ]  # fmt: skip
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and return once it answers."""
        self._process = subprocess.Popen(
            self._command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )
        until = time.monotonic() + LIMIT
        while not answers(self.port):
            assert self._process.poll() is None, "the server stopped while starting"
            assert time.monotonic() < until, "the server never answered"
            time.sleep(0.05)

    def stop(self) -> None:
        """Kill it: what it held is gone."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(LIMIT)


def answers(port: int) -> bool:
    """Whether something there speaks the protocol."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=SHORT) as asked:
        asked.settimeout(SHORT)
        asked.sendall(b"PING\r\n")
        return asked.recv(16).startswith(b"+PONG")
    return False


@contextmanager
def running_redis(folder: Path) -> Iterator[RedisServer]:
    """A server of the test's own inside the block; skips where there is no program for it."""
    program = next((found for name in PROGRAMS if (found := shutil.which(name))), None)
    if program is None:
        pytest.skip("no redis-server and no valkey-server is there")
    server = RedisServer(program, folder, free_port())
    try:
        server.start()
        yield server
    finally:
        server.stop()


@contextmanager
def some_redis(folder: Path) -> Iterator[str]:
    """The address of a server that no test stops: one of our own, or the machine's."""
    if any(map(shutil.which, PROGRAMS)):
        with running_redis(folder) as server:
            yield server.address
    elif answers(USUAL_PORT):
        yield f"redis://127.0.0.1:{USUAL_PORT}/0"
    else:
        pytest.skip(ABSENT)
