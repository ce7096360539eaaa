"""What is passed on to the control process, and what becomes of a side that breaks off."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from curtilage.gateway.adapters.relay import LIMIT, Relay
from curtilage.gateway.asgi import CallerLeft
from curtilage.gateway.errors import BodyTooLarge, BodyTooSlow, Busy, ControlSilent, UnservedPath

WHOLE = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\nx-page: yes\r\n\r\npage"
SCOPE = {
    "method": "POST", "path": "/login", "query_string": b"next=/", "client": ("192.0.2.7", 5000),
    "headers": [(b"host", b"localhost"), (b"x-curtilage-peer", b"10.0.0.1"), (b"content-length", b"99")],
}  # fmt: skip


class Control:
    """The control process: keeps what it is asked, and says `answer`."""

    def __init__(self, answer: bytes, *, stays: bool = False) -> None:
        self.answer, self.stays = answer, stays
        self.asked: list[bytes] = []
        self.left = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(self.answer)
        await writer.drain()
        if self.stays:
            await reader.read()
            self.left.set()
        writer.close()


@asynccontextmanager
async def a_relay(control: Control, **given: Any) -> AsyncIterator[Relay]:
    with tempfile.TemporaryDirectory() as folder:  # a path short enough for a socket
        path = Path(folder) / "c"
        server = await asyncio.start_unix_server(control.serve, path)
        try:
            yield Relay(path, **given)
        finally:
            server.close()


class Caller:
    """Gives its messages, then stays silent; keeps what comes back."""

    def __init__(self, *messages: dict[str, Any]) -> None:
        self._messages = list(messages)
        self.sent: list[dict[str, Any]] = []

    async def receive(self) -> dict[str, Any]:
        if not self._messages:
            await asyncio.get_running_loop().create_future()
        return self._messages.pop(0)

    async def send(self, message: Any) -> None:
        self.sent.append(message)

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.sent)


def part(body: bytes, *, more: bool = False) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


async def test_a_request_goes_over_with_the_callers_address_said_by_us_alone() -> None:
    control, caller = Control(WHOLE), Caller(part(b"name=", more=True), part(b"ada"))
    async with a_relay(control) as relay:
        await relay(SCOPE, caller.receive, caller.send)
    head = control.asked[0].lower()
    assert head.startswith(b"post /login?next=/ http/1.1")
    assert head.count(b"x-curtilage-peer:") == 1 and b"x-curtilage-peer: 192.0.2.7" in head
    assert b"content-length: 8" in head and b"content-length: 99" not in head
    assert (caller.body, caller.sent[-1]["more_body"]) == (b"page", False)
    assert (b"x-page", b"yes") in caller.sent[0]["headers"]


@pytest.mark.parametrize(
    ("messages", "refusal"),
    [
        ([part(b"purpose=ass", more=True), {"type": "http.disconnect"}], CallerLeft),
        ([part(b"x" * LIMIT, more=True), part(b"y", more=True)], BodyTooLarge),
        ([part(b"x" * (LIMIT + 1))], BodyTooLarge),
        ([part(b"slow", more=True)], BodyTooSlow),
    ],
    ids=["left", "too large in parts", "too large", "too slow"],
)
async def test_half_of_a_form_is_never_passed_on(
    messages: list[dict[str, Any]], refusal: type[Exception]
) -> None:
    control, caller = Control(WHOLE), Caller(*messages)
    async with a_relay(control, body_within=0.05) as relay:
        with pytest.raises(refusal):
            await relay(SCOPE, caller.receive, caller.send)
    assert control.asked == [] and caller.sent == []


@pytest.mark.parametrize(
    "answer", [b"", b"HTTP/1.1 200", b"no HTTP at all\r\n\r\n", b"HTTP/1.1 200 OK\r\ncontent-le"]
)
async def test_an_answer_without_a_head_is_a_refusal(answer: bytes) -> None:
    caller = Caller(part(b""))
    async with a_relay(Control(answer)) as relay:
        with pytest.raises(ControlSilent):
            await relay(SCOPE, caller.receive, caller.send)
    assert caller.sent == []


@pytest.mark.parametrize("stays", [False, True], ids=["breaks off", "falls silent"])
async def test_a_page_that_is_not_whole_has_no_end(*, stays: bool) -> None:
    control, caller = Control(WHOLE[:-2], stays=stays), Caller(part(b""))
    async with a_relay(control, answer_within=0.2) as relay:
        await relay(SCOPE, caller.receive, caller.send)
        if stays:
            await control.left.wait()
    assert caller.body == b"pa"
    assert all(message.get("more_body", True) for message in caller.sent)


async def test_a_control_process_that_says_nothing_is_not_waited_for_without_end() -> None:
    control, caller = Control(b"", stays=True), Caller(part(b""))
    async with a_relay(control, answer_within=0.05) as relay:
        with pytest.raises(ControlSilent):
            await relay(SCOPE, caller.receive, caller.send)
        await control.left.wait()


async def test_there_are_places_for_so_many_and_each_is_given_back() -> None:
    control = Control(WHOLE)
    async with a_relay(control, most_at_once=1) as relay:
        slow = Caller(part(b"", more=True))
        holding = asyncio.ensure_future(relay(SCOPE, slow.receive, slow.send))
        await asyncio.sleep(0)
        with pytest.raises(Busy):
            await ask(relay)
        holding.cancel()
        await asyncio.wait({holding})
        assert (await ask(relay)).body == b"page"


@pytest.mark.parametrize(
    "given",
    [{"method": "CONNECT", "path": "", "raw_path": b""}, {"headers": [(b"x-a", b"b\r\nc: d")]}],
)
async def test_what_no_stricter_reader_would_take_is_not_passed_on(given: dict[str, Any]) -> None:
    control, caller = Control(WHOLE), Caller(part(b""))
    async with a_relay(control) as relay:
        with pytest.raises(UnservedPath):
            await relay({**SCOPE, **given}, caller.receive, caller.send)
    assert control.asked == []


async def test_without_a_control_process_there_is_a_refusal() -> None:
    with pytest.raises(ControlSilent):
        await ask(Relay(Path("/nowhere/control")))


async def ask(relay: Relay) -> Caller:
    caller = Caller(part(b""))
    await relay(SCOPE, caller.receive, caller.send)
    return caller
