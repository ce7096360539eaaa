"""Stands between a service and a real Redis, and fails at one crossing.

A crossing is a connection, a command, or a word of a channel. The command at which
it fails is done by the server or not, as the fault says, and so is what comes after.
"""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

PING = b"*1\r\n$4\r\nPING\r\n"  # asked in place of what is not to be done, so that order is kept
AT_ONCE = 25  # more would keep each other from answering in time
RESET_AT_CLOSE = struct.pack("ii", 1, 0)


class Then(Enum):
    """What becomes of the connection."""

    GOES_ON = "as if nothing had been"
    CLOSED = "is closed"
    RESET = "is reset"
    SILENT = "stays open, and nothing comes any more"


@dataclass(frozen=True)
class Fault:
    """What is said in place of a reply, and what happens then."""

    says: Callable[[bytes], bytes] = lambda reply: b""
    is_done: bool = True
    then: Then = Then.GOES_ON
    lasts: bool = False  # nobody gets a connection any more, until `mend`


def _error(line: bytes) -> Fault:
    return Fault(lambda reply: b"-" + line + b"\r\n", is_done=False)


def _always(said: bytes) -> Fault:
    return Fault(lambda reply: said, is_done=False)


def _half(reply: bytes) -> bytes:
    return reply[: len(reply) // 2]


FAULTS = {
    "refused from here on": Fault(is_done=False, then=Then.RESET, lasts=True),
    "reset before it was sent": Fault(is_done=False, then=Then.RESET),
    "reset after it was sent": Fault(then=Then.RESET),
    "no reply": Fault(then=Then.SILENT),
    "a reply cut off": Fault(_half, then=Then.CLOSED),
    "half a reply": Fault(_half, then=Then.SILENT),
    "one reply too many": Fault(lambda reply: reply + b":1\r\n"),
    "garbage": _always(b"\x00\xff\r\n"),
    "a number that is none": _always(b":many\r\n"),
    "another type": _always(b"*1\r\n*0\r\n"),
    "a line without end": _always(b"+" + b"x" * 200_000),
    "depth without end": _always(b"*1\r\n" * 5_000),
    "loading": _error(b"LOADING Redis is loading the dataset in memory"),
    "read only": _error(b"READONLY You can't write against a read only replica."),
    "out of memory": _error(b"OOM command not allowed when used memory > 'maxmemory'."),
}
FORGOTTEN = _error(b"NOSCRIPT No matching script.")  # as a server that has just started says


@dataclass
class RedisProxy:
    """`crossed` tells what was crossed; at the number `at`, `fault` happens."""

    target: int
    fault: Fault | None = None
    at: int = -1
    crossed: list[str] = field(default_factory=list)
    port: int = 0
    _server: asyncio.Server | None = None
    _ends: set[asyncio.StreamWriter] = field(default_factory=set)
    _serving: "set[asyncio.Task[None] | None]" = field(default_factory=set)

    @property
    def address(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    async def start(self) -> None:
        """Take connections: the first time at any port, later at the same one."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def mend(self) -> None:
        """Nothing fails from now on; what is silent stays so."""
        self.at = -1
        assert self._server is not None
        if not self._server.is_serving():
            await self.start()

    def stop(self) -> None:
        """Refuse connections, and reset those that there are."""
        assert self._server is not None
        self._server.close()
        for end in list(self._ends):
            if not end.is_closing():
                _reset(end)

    async def close(self) -> None:
        """Stop, and return once nothing of it runs any more."""
        self.stop()
        for _ in range(5):  # what was accepted a moment ago is served, and seen, first
            await asyncio.sleep(0)
        await asyncio.gather(*filter(None, self._serving))

    def _cross(self, name: str) -> Fault | None:
        self.crossed.append(name)
        if len(self.crossed) - 1 == self.at:
            return self.fault
        if name == "EVALSHA" and self.crossed.count(name) == 1:
            return FORGOTTEN
        return None

    async def _serve(self, asking: asyncio.StreamReader, answers: asyncio.StreamWriter) -> None:
        self._ends.add(answers)
        self._serving.add(asyncio.current_task())
        with suppress(OSError, asyncio.IncompleteReadError):
            fault = self._cross("connect")
            is_over = fault is not None and self._fail(fault, b"", answers)
            await (asking.read() if is_over else self._join(asking, answers))
        self._ends.discard(answers)
        answers.close()

    async def _join(self, asking: asyncio.StreamReader, answers: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self.target)
        faults: asyncio.Queue[Fault | None] = asyncio.Queue()
        answering = asyncio.create_task(self._answer(there, answers, faults))
        try:
            while True:
                command = await read_value(asking)
                fault = self._cross(_name_of(command))
                faults.put_nowait(fault)
                back.write(command if fault is None or fault.is_done else PING)
        finally:
            answering.cancel()
            await asyncio.gather(answering, return_exceptions=True)
            back.close()

    async def _answer(
        self,
        there: asyncio.StreamReader,
        answers: asyncio.StreamWriter,
        faults: "asyncio.Queue[Fault | None]",
    ) -> None:
        """Pass on replies, and the words of a channel between them, until one fails."""
        while True:
            reply = await read_value(there)
            fault = self._cross("word") if _is_word(reply) else await faults.get()
            if fault is None:
                answers.write(reply)
            elif self._fail(fault, reply, answers):
                return

    def _fail(self, fault: Fault, reply: bytes, answers: asyncio.StreamWriter) -> bool:
        """Whether nothing more is to be passed on."""
        answers.write(fault.says(reply))
        if fault.then is Then.RESET:
            _reset(answers)
        elif fault.then is Then.CLOSED:
            answers.close()
        if fault.lasts:
            self.stop()
        return fault.then is not Then.GOES_ON


async def read_value(reader: asyncio.StreamReader) -> bytes:
    """One value of the protocol, whole: commands and replies are written alike."""
    line = await reader.readuntil(b"\r\n")
    kind, size = line[:1], line[1:-2]
    if kind in b"$=" and int(size) >= 0:
        return line + await reader.readexactly(int(size) + 2)
    if kind in b"*~>%":
        parts = int(size) * (2 if kind == b"%" else 1)
        return line + b"".join([await read_value(reader) for _ in range(parts)])
    return line


def _name_of(command: bytes) -> str:
    """The first word of a command, as in `*1 $4 PING`."""
    return command.split(b"\r\n", 3)[2].decode()


def _is_word(reply: bytes) -> bool:
    """Whether it came unasked: `*3` or `>3`, then `message`."""
    return reply[1:].startswith(b"3\r\n$7\r\nmessage\r\n")


def _reset(end: asyncio.StreamWriter) -> None:
    end.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_AT_CLOSE)
    end.transport.abort()


Scenario: TypeAlias = Callable[[RedisProxy], Awaitable[None]]


@asynccontextmanager
async def failing_redis(
    target: int, fault: Fault | None = None, at: int = -1
) -> AsyncIterator[RedisProxy]:
    """A proxy to the Redis at this port, inside the block."""
    proxy = RedisProxy(target, fault, at)
    await proxy.start()
    try:
        yield proxy
    finally:
        await proxy.close()


async def fail_everywhere(target: int, scenario: Scenario) -> list[str]:
    """Run `scenario` as it is, then with each fault at each of its crossings.

    Several at once: most of them wait. Gives what the first one crossed."""
    async with failing_redis(target) as proxy:
        await scenario(proxy)
    places = asyncio.Semaphore(AT_ONCE)
    tries = [
        _fail_at(target, name, at, scenario, places)
        for name in FAULTS
        for at in range(len(proxy.crossed))
    ]
    for problem in await asyncio.gather(*tries, return_exceptions=True):
        if problem is not None:
            raise problem
    return proxy.crossed


async def _fail_at(
    target: int, name: str, at: int, scenario: Scenario, places: asyncio.Semaphore
) -> None:
    async with places, failing_redis(target, FAULTS[name], at) as proxy:
        try:
            await scenario(proxy)
        except BaseException as error:
            error.add_note(f"{name}, at {at} of {proxy.crossed}")
            raise
