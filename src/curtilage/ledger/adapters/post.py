"""One HTTP request to a witness or a time-stamp authority, bounded in time and size.

The standard library's client: no proxy from the environment, no redirect, no
cookie, and certificates as the machine trusts them. Runs in a thread of a job.
"""

import contextlib
import socket
import ssl
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Timer
from urllib.parse import urlsplit

from curtilage.ledger.errors import PeerUnreachable

CONNECT_SECONDS = 10.0
WHOLE_SECONDS = 30.0  # a peer that sends a byte at a time is cut off


def post(
    url: str, body: bytes, content_type: str, *, limit: int, seconds: float = WHOLE_SECONDS
) -> tuple[int, bytes]:
    """Implements `Post`."""
    try:
        with contextlib.closing(_connection(url, min(CONNECT_SECONDS, seconds))) as connection:
            status, received, is_whole = _exchange(
                connection, url, body, content_type, limit=limit, seconds=seconds
            )
    except (OSError, HTTPException, ValueError):
        raise PeerUnreachable from None
    if not is_whole:
        raise PeerUnreachable
    return status, received


def _exchange(
    connection: HTTPConnection,
    url: str,
    body: bytes,
    content_type: str,
    *,
    limit: int,
    seconds: float,
) -> tuple[int, bytes, bool]:
    parts = urlsplit(url)
    path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    connection.connect()
    with _cut_off(connection, seconds):
        connection.request("POST", path, body, {"Content-Type": content_type})
        answer = connection.getresponse()
        received = answer.read(limit + 1)
        return answer.status, received, len(received) <= limit and not answer.length


def _connection(url: str, seconds: float) -> HTTPConnection:
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "https":
        context = ssl.create_default_context()
        return HTTPSConnection(host, parts.port, timeout=seconds, context=context)
    return HTTPConnection(host, parts.port, timeout=seconds)


@contextlib.contextmanager
def _cut_off(connection: HTTPConnection, seconds: float) -> Iterator[None]:
    """Shut the connection down where the block takes longer."""
    sock: socket.socket = connection.sock

    def shut() -> None:
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)

    timer = Timer(seconds, shut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
