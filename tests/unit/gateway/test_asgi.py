"""Reading bodies and sending replies over ASGI."""

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest

from curtilage.gateway.asgi import CallerLeft, read_body, send_whole, wait_for_leave
from curtilage.gateway.errors import BodyTooLarge


async def gone(_: Any) -> None:
    raise ConnectionResetError("what a server raises, ASGI 2.4")


async def test_a_caller_who_takes_nothing_more_has_left() -> None:
    with pytest.raises(CallerLeft):
        await send_whole(gone, 200, [], b"late")


def receiving(messages: Iterable[dict[str, Any]]) -> Any:
    left = iter(messages)

    async def receive() -> dict[str, Any]:
        return next(left)

    return receive


def part(body: bytes, *, more: bool) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


LEFT = {"type": "http.disconnect"}


@pytest.mark.parametrize(
    ("messages", "body"),
    [
        ([part(b"abc", more=False)], b"abc"),
        ([{"type": "http.request"}], b""),
        ([part(b"a", more=True), part(b"", more=True), part(b"bc", more=False)], b"abc"),
        ([part(b"a", more=True), {"type": "http.request"}], b"a"),
    ],
)
async def test_a_body_is_read_in_all_its_parts(messages: list[dict[str, Any]], body: bytes) -> None:
    assert await read_body(receiving(messages), limit=3) == body


@pytest.mark.parametrize(
    "messages",
    [
        [part(b"abcd", more=False)],
        [part(b"ab", more=True), part(b"cd", more=True)],
        [part(b"abcd", more=True), part(b"", more=True)],
    ],
)
async def test_a_body_beyond_the_limit_is_not_read_to_its_end(
    messages: list[dict[str, Any]],
) -> None:
    with pytest.raises(BodyTooLarge):
        await read_body(receiving(messages), limit=3)


@pytest.mark.parametrize("messages", [[LEFT], [part(b"a", more=True), LEFT]])
async def test_a_caller_who_leaves_before_the_body_has_sent_none(
    messages: list[dict[str, Any]],
) -> None:
    with pytest.raises(CallerLeft):
        await read_body(receiving(messages), limit=9)


async def test_waiting_for_a_caller_to_leave_passes_over_other_messages() -> None:
    await asyncio.wait_for(
        wait_for_leave(receiving([part(b"", more=False), part(b"", more=False), LEFT])), 5
    )


async def test_a_whole_reply_says_its_length() -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    await send_whole(send, 200, [(b"x", b"y")], b"abc")
    assert sent == [
        {"type": "http.response.start", "status": 200,
         "headers": [(b"x", b"y"), (b"content-length", b"3")]},
        {"type": "http.response.body", "body": b"abc", "more_body": False},
    ]  # fmt: skip
