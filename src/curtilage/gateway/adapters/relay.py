"""Passes control paths on to the control process over its Unix socket.

One connection per request, HTTP/1.1 by h11: pages and sign-ins are rare next
to model calls, and a connection that is not shared cannot be confused. What
the caller may not say about itself (address, scheme) is said here.
"""

import asyncio
from pathlib import Path

import h11

from curtilage.gateway.asgi import (
    PEER,
    ASGIScope,
    Headers,
    Receive,
    Send,
    read_body,
    send_part,
    start_reply,
)
from curtilage.gateway.errors import BodyTooSlow, Busy, ControlSilent, UnservedPath

READ_SIZE = 64 * 1024
LIMIT = 8 * 1024 * 1024  # no form or page of ours is larger
BODY_WITHIN = 30.0  # seconds for a form, to its last byte
ANSWER_WITHIN = 60.0  # seconds for each piece of a page; *Try it* on the longest text takes ten
MOST_AT_ONCE = 256  # from one worker; whoever has more under way holds them open
HOP_BY_HOP = frozenset(
    (
        b"connection",
        b"keep-alive",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
        PEER,
    )
)  # RFC 9110 §7.6.1


class Relay:
    """One request in, one request out, and neither side may hold it for ever."""

    def __init__(
        self,
        path: Path,
        *,
        body_within: float = BODY_WITHIN,
        answer_within: float = ANSWER_WITHIN,
        most_at_once: int = MOST_AT_ONCE,
    ) -> None:
        self._path = path
        self._body_within, self._answer_within = body_within, answer_within
        self._most_at_once = most_at_once
        self._under_way = 0

    async def __call__(self, scope: ASGIScope, receive: Receive, send: Send) -> None:
        if self._under_way >= self._most_at_once:
            raise Busy(hint="Try again shortly.")
        self._under_way += 1
        try:
            await self._pass_on(scope, await self._read_body(receive), send)
        finally:
            self._under_way -= 1

    async def _read_body(self, receive: Receive) -> bytes:
        """All of it: half of a form would be another form."""
        try:
            async with asyncio.timeout(self._body_within):
                return await read_body(receive, limit=LIMIT)
        except TimeoutError:
            raise BodyTooSlow(hint="Send it again.") from None

    async def _pass_on(self, scope: ASGIScope, body: bytes, send: Send) -> None:
        if scope["method"] == "CONNECT":  # its answer would begin a tunnel (RFC 9110 §9.3.6)
            raise UnservedPath
        connection = h11.Connection(h11.CLIENT)
        try:
            request = _encode_request(connection, scope, body)
        except h11.LocalProtocolError:  # a header that a stricter reader refuses
            raise UnservedPath(hint="The request cannot be passed on as it is.") from None
        try:
            reader, writer = await asyncio.open_unix_connection(self._path)
        except OSError:
            raise ControlSilent from None
        try:
            writer.write(request)
            await self._pass_reply(connection, reader, send)
        finally:
            writer.close()

    async def _pass_reply(
        self, connection: h11.Connection, reader: asyncio.StreamReader, send: Send
    ) -> None:
        head = await self._next_event(connection, reader)
        if not isinstance(head, h11.Response):
            raise ControlSilent
        await start_reply(send, head.status_code, _returned(head))
        while isinstance(event := await self._next_event(connection, reader), h11.Data):
            await send_part(send, bytes(event.data), more=True)
        if isinstance(
            event, h11.EndOfMessage
        ):  # else the server cuts it: nobody takes it for whole
            await send_part(send, b"", more=False)

    async def _next_event(
        self, connection: h11.Connection, reader: asyncio.StreamReader
    ) -> h11.Event | None:
        """What the control process says next; None where it says nothing that is right."""
        try:
            async with asyncio.timeout(self._answer_within):
                while (event := connection.next_event()) is h11.NEED_DATA:
                    connection.receive_data(await reader.read(READ_SIZE))
        except (h11.ProtocolError, OSError):  # of time-outs too
            return None
        return event if isinstance(event, h11.Event) else None


def _encode_request(connection: h11.Connection, scope: ASGIScope, body: bytes) -> bytes:
    query = scope["query_string"]
    target = scope.get("raw_path") or scope["path"].encode()
    headers = [
        (name, value)
        for name, value in scope["headers"]
        if name not in HOP_BY_HOP and name != b"content-length"
    ]
    client = scope.get("client")
    headers += [
        (PEER, (client[0] if client else "").encode()),
        (b"connection", b"close"),
        (b"content-length", str(len(body)).encode()),
    ]
    target = target.partition(b"?")[0] + (b"?" + query if query else b"")
    request = h11.Request(method=scope["method"], target=target, headers=headers)
    parts = (request, h11.Data(data=body), h11.EndOfMessage())
    return b"".join(connection.send(part) or b"" for part in parts)


def _returned(head: h11.Response) -> Headers:
    return [(name, value) for name, value in head.headers if name not in HOP_BY_HOP]
