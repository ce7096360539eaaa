"""One request, bounded in time and size, against peers that misbehave."""

import contextlib
import socket
import time
from collections.abc import Iterator
from threading import Thread

import pytest

from curtilage.ledger.adapters.post import post
from curtilage.ledger.errors import PeerUnreachable

WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@contextlib.contextmanager
def peer(*pieces: bytes, pause: float = 0.0) -> Iterator[str]:
    """Reads a request, sends the pieces with pauses between, closes."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection, contextlib.suppress(OSError):
                connection.recv(65_536)
                for piece in pieces:
                    connection.sendall(piece)
                    time.sleep(pause)

        thread = Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/here?x=1"
        thread.join()


def _post(url: str, seconds: float = 5.0) -> tuple[int, bytes]:
    return post(url, b"body", "text/plain", limit=10, seconds=seconds)


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        ([WHOLE], (200, b"ok")),
        ([WHOLE[:20], WHOLE[20:]], (200, b"ok")),
        ([WHOLE.replace(b"200 OK", b"302 Found\r\nLocation: http://x.example/")], (302, b"ok")),
        ([WHOLE.replace(b": 2", b": 10").replace(b"ok", b"0123456789")], (200, b"0123456789")),
    ],
)
def test_a_whole_answer_is_given(pieces: list[bytes], expected: tuple[int, bytes]) -> None:
    with peer(*pieces) as url:
        assert _post(url) == expected


@pytest.mark.parametrize(
    "pieces",
    [
        [],
        [b"nonsense\r\n\r\n"],
        [WHOLE[:-1]],
        [WHOLE.replace(b": 2", b": 11").replace(b"ok", b"0123456789a")],
        [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nok"],
    ],
)
def test_half_an_answer_and_one_too_long_are_none(pieces: list[bytes]) -> None:
    with peer(*pieces) as url, pytest.raises(PeerUnreachable):
        _post(url)


def test_a_peer_that_sends_a_byte_at_a_time_is_cut_off() -> None:
    drip = [WHOLE[at : at + 1] for at in range(30)]
    with peer(*drip, pause=0.1) as url:
        began = time.monotonic()
        with pytest.raises(PeerUnreachable):
            _post(url, seconds=0.5)
        assert time.monotonic() - began < 2


def test_nobody_listens_and_no_address() -> None:
    for url in ("http://127.0.0.1:9/", "https://", "http://127.0.0.1:x/"):
        with pytest.raises(PeerUnreachable):
            _post(url)
