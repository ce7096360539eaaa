"""ASGI as the data plane uses it: read a body, send a reply, notice who left."""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from curtilage.gateway.errors import BodyTooLarge

ASGIScope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

Headers = list[tuple[bytes, bytes]]

PEER = b"x-curtilage-peer"  # the caller's address, from a worker to the control process


class CallerLeft(Exception):
    """The caller closed the connection. Not an error: nobody is there to be told."""


async def read_body(receive: Receive, *, limit: int) -> bytes:
    """The whole request body. Raises BodyTooLarge or CallerLeft."""
    message = await receive()
    body: bytes = message.get("body", b"")
    if message["type"] == "http.request" and not message.get("more_body"):
        if len(body) > limit:
            raise BodyTooLarge
        return body
    parts, size = [body], len(body)
    while message["type"] == "http.request" and message.get("more_body"):
        message = await receive()
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > limit:
            raise BodyTooLarge
    if message["type"] == "http.disconnect":
        raise CallerLeft
    return b"".join(parts)


async def wait_for_leave(receive: Receive) -> None:
    """Return when the caller has closed the connection."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def start_reply(send: Send, status: int, headers: Iterable[tuple[bytes, bytes]]) -> None:
    """The head of a reply. Raises CallerLeft."""
    try:
        await send({"type": "http.response.start", "status": status, "headers": list(headers)})
    except OSError:  # ASGI 2.4: what a server raises once nobody is there to take it
        raise CallerLeft from None


async def send_part(send: Send, body: bytes, *, more: bool) -> None:
    """A piece of a reply's body. Raises CallerLeft."""
    try:
        await send({"type": "http.response.body", "body": body, "more_body": more})
    except OSError:
        raise CallerLeft from None


async def send_whole(send: Send, status: int, headers: Headers, body: bytes) -> None:
    """One reply with its length, which is ours to say because the body is."""
    headers.append((b"content-length", str(len(body)).encode()))
    await start_reply(send, status, headers)
    await send_part(send, body, more=False)
