"""Passes control paths on to the control process over its Unix socket.

One connection per request, HTTP/1.1 by h11: pages and sign-ins are rare next
to model calls, and a connection that is not shared cannot be confused. What
the caller may not say about itself (address, scheme) is said here.
"""

import asyncio
from pathlib import Path

import h11

from curtilage.gateway.asgi import PEER, ASGIScope, Receive, Send
from curtilage.gateway.errors import ControlSilent

READ_SIZE = 64 * 1024
LIMIT = 8 * 1024 * 1024  # no form or page of ours is larger
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
    """One request in, one request out."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def __call__(self, scope: ASGIScope, receive: Receive, send: Send) -> None:
        try:
            reader, writer = await asyncio.open_unix_connection(self._path)
        except OSError:
            raise ControlSilent from None
        try:
            connection = h11.Connection(h11.CLIENT)
            await _send_request(connection, scope, receive, writer)
            await _pass_reply(connection, reader, send)
        except (h11.ProtocolError, ConnectionError, asyncio.IncompleteReadError):
            raise ControlSilent from None
        finally:
            writer.close()


async def _send_request(
    connection: h11.Connection, scope: ASGIScope, receive: Receive, writer: asyncio.StreamWriter
) -> None:
    body = await _collect(receive)
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
    writer.write(connection.send(request) or b"")
    writer.write(connection.send(h11.Data(data=body)) or b"")
    writer.write(connection.send(h11.EndOfMessage()) or b"")
    await writer.drain()


async def _collect(receive: Receive) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b"".join(parts)
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > LIMIT or not message.get("more_body"):
            return b"".join(parts)[:LIMIT]


async def _pass_reply(connection: h11.Connection, reader: asyncio.StreamReader, send: Send) -> None:
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            connection.receive_data(await reader.read(READ_SIZE))
        elif isinstance(event, h11.Response):
            headers = [(name, value) for name, value in event.headers if name not in HOP_BY_HOP]
            await send(
                {"type": "http.response.start", "status": event.status_code, "headers": headers}
            )
        elif isinstance(event, h11.Data):
            await send({"type": "http.response.body", "body": bytes(event.data), "more_body": True})
        elif isinstance(event, h11.EndOfMessage):
            await send({"type": "http.response.body", "body": b"", "more_body": False})
            return
        else:
            raise ControlSilent
