"""Both servers: they answer, they finish what is under way, they share nothing by accident."""

import asyncio
import socket
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from curtilage.app.errors import PortInUse
from curtilage.app.serving import Listen, build_server, claim_port, wait_until_listening
from curtilage.core.errors import SetupError

SERVERS = ["granian", "uvicorn"]


class Application:
    """Answers in two parts; the second waits until it is let go."""

    def __init__(self) -> None:
        self.begun, self.go_on = asyncio.Event(), asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        assert scope["type"] == "http"
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"first ", "more_body": True})
        self.begun.set()
        await self.go_on.wait()
        await send({"type": "http.response.body", "body": b"last"})


@pytest.mark.parametrize("kind", SERVERS)
async def test_a_reply_under_way_is_finished_before_a_server_stops(
    kind: str, tmp_path: Path
) -> None:
    app, listen = Application(), Listen(unix=tmp_path / "web.sock")
    server = build_server(kind, app, listen)
    serving = asyncio.create_task(server.serve())
    await wait_until_listening(listen)
    transport = httpx.AsyncHTTPTransport(uds=str(listen.unix))
    async with httpx.AsyncClient(transport=transport, base_url="http://web") as client:
        asking = asyncio.create_task(client.get("/"))
        await app.begun.wait()
        server.stop()
        app.go_on.set()
        assert (await asking).text == "first last"
    await serving


@pytest.mark.parametrize("kind", SERVERS)
async def test_two_workers_may_share_a_port(kind: str) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    app = Application()
    app.go_on.set()
    listen = Listen("127.0.0.1", port)
    servers = [build_server(kind, app, listen) for _ in range(2)]
    serving = [asyncio.create_task(server.serve()) for server in servers]
    await wait_until_listening(listen)
    async with httpx.AsyncClient() as client:
        assert (await client.get(f"http://127.0.0.1:{port}/")).text == "first last"
    for server in servers:
        server.stop()
    await asyncio.gather(*serving)


def test_a_port_is_free_until_somebody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(PortInUse, match=f"port {port}"), claim_port("127.0.0.1", port):
            pass
    with claim_port("127.0.0.1", port):
        pass


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has abstract sockets")
def test_of_two_that_start_at_once_one_has_the_port() -> None:
    """Neither listens yet, so neither can see the other."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with claim_port("127.0.0.1", port):
        with pytest.raises(PortInUse, match=f"port {port}"), claim_port("127.0.0.1", port):
            pass
        with claim_port("127.0.0.2", port):  # another address is another's to take
            pass
    with claim_port("127.0.0.1", port):
        pass


async def test_a_server_that_never_listens_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="did not begin to listen"):
        await wait_until_listening(Listen(unix=tmp_path / "nobody.sock"), attempts=2)
