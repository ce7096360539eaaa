"""Runs a role until told to stop: control, gateway, or both in one process."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curtilage.app.control import ControlPlane, open_control
from curtilage.app.link import Control, LinkClient, LinkServer
from curtilage.app.serving import ASGIApp, Listen, Server, build_server, wait_until_listening
from curtilage.app.settings import Settings
from curtilage.app.worker import Worker, build_worker
from curtilage.core.clock import SystemClock
from curtilage.core.entropy import PooledEntropy, SystemEntropy
from curtilage.core.ids import SystemIds
from curtilage.core.settings import environment
from curtilage.gateway.api import Relay
from curtilage.gateway.asgi import PEER, ASGIScope, Receive, Send
from curtilage.gateway.build import build_relay

LINK = "link.sock"
WEB = "web.sock"
Ready = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Tools:
    """The real clock, ids and generator of one process."""

    clock: SystemClock
    entropy: SystemEntropy
    quick: PooledEntropy
    ids: SystemIds


def make_tools() -> Tools:
    clock, entropy = SystemClock(), SystemEntropy()
    quick = PooledEntropy(entropy)
    return Tools(clock, entropy, quick, SystemIds(clock, quick))


async def run_control(
    settings: Settings, config: Path | None, sockets: Path, stopping: asyncio.Event, ready: Ready
) -> None:
    """Keys, pages, jobs; reachable by this user's processes only."""
    tools = make_tools()
    async with open_control(settings, config, tools.clock, tools.ids, tools.entropy) as control:
        link = LinkServer(control, sockets / LINK)
        await link.start()
        (sockets / WEB).unlink(missing_ok=True)  # one that was killed leaves its own behind
        listen = Listen(unix=sockets / WEB)
        async with _serving("granian", with_peer(control.web), listen):
            ready()
            await stopping.wait()
        await link.stop()


async def run_gateway(
    settings: Settings, sockets: Path, name: str, stopping: asyncio.Event, ready: Ready
) -> None:
    """One worker on the shared port."""
    link = LinkClient(sockets / LINK)
    try:
        async with (
            open_worker(settings, link, build_relay(sockets / WEB), name) as worker,
            _serving(settings.server.http, worker.gateway, listen_of(settings)),
        ):
            ready()
            await stopping.wait()
            worker.gateway.draining = True
    finally:
        await link.close()


@contextlib.asynccontextmanager
async def run_single(
    settings: Settings, config: Path | None
) -> AsyncIterator[tuple[ControlPlane, Worker]]:
    """All roles in this process, for development, the demo and tests."""
    tools = make_tools()
    async with (
        open_control(settings, config, tools.clock, tools.ids, tools.entropy) as control,
        open_worker(settings, control, InProcess(control.web), "gateway-0") as worker,
        _serving(settings.server.http, worker.gateway, listen_of(settings)),
    ):
        yield control, worker
        worker.gateway.draining = True


@contextlib.asynccontextmanager
async def open_worker(
    settings: Settings, control: Control, relay: Relay, name: str
) -> AsyncIterator[Worker]:
    tools = make_tools()
    worker = await build_worker(
        settings,
        control=control,
        relay=relay,
        name=name,
        environment=environment(),
        clock=tools.clock,
        ids=tools.ids,
        entropy=tools.quick,
    )
    try:
        yield worker
    finally:
        await worker.stop()


def listen_of(settings: Settings) -> Listen:
    server = settings.server
    return Listen(server.host, server.port, tls_cert=server.tls_cert, tls_key=server.tls_key)


@contextlib.asynccontextmanager
async def _serving(kind: str, app: ASGIApp, listen: Listen) -> AsyncIterator[Server]:
    """Serve `app` inside the block; on leaving it, replies under way are finished."""
    server = build_server(kind, app, listen)
    task = asyncio.create_task(server.serve())
    listening = asyncio.create_task(wait_until_listening(listen))
    try:
        await asyncio.wait({task, listening}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            await task
        await listening
        yield server
    finally:
        listening.cancel()
        server.stop()
        await task


@dataclass(frozen=True, slots=True)
class InProcess:
    """The relay of a single process: calls the pages' application directly."""

    web: Any

    async def __call__(self, scope: ASGIScope, receive: Receive, send: Send) -> None:
        await self.web(scope, receive, send)


def with_peer(app: Any) -> ASGIApp:
    """Take the caller's address from the relay, the only one who can reach this socket."""

    async def serve(scope: ASGIScope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            headers = [(name, value) for name, value in scope["headers"] if name != PEER]
            peer = next((value for name, value in scope["headers"] if name == PEER), b"")
            scope = {**scope, "headers": headers, "client": (peer.decode("latin-1"), 0)}
        await app(scope, receive, send)

    return serve
