"""Runs a role until told to stop: control, gateway, or both in one process."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curtilage.app.control import open_control
from curtilage.app.gateway_role import LINK, WEB, Orders, Ready, listen_of, open_worker
from curtilage.app.link import LinkServer
from curtilage.app.plane import ControlPlane
from curtilage.app.serving import ASGIApp, Listen, serving
from curtilage.app.settings import Settings
from curtilage.app.tools import make_tools
from curtilage.app.worker import Worker
from curtilage.gateway.asgi import PEER, ASGIScope, Receive, Send


async def run_control(
    settings: Settings, orders: Orders, stopping: asyncio.Event, ready: Ready
) -> None:
    """Keys, pages, jobs; reachable by this user's processes only."""
    tools, sockets = make_tools(), orders.sockets
    async with open_control(
        settings,
        orders.config,
        tools.clock,
        tools.ids,
        tools.entropy,
        in_force=orders.in_force,
    ) as control:
        link = LinkServer(control, sockets / LINK)
        await link.start()
        (sockets / WEB).unlink(missing_ok=True)  # one that was killed leaves its own behind
        listen = Listen(unix=sockets / WEB)
        async with serving("granian", with_peer(control.web), listen):
            ready()
            await stopping.wait()
        await link.stop()


@contextlib.asynccontextmanager
async def run_single(
    settings: Settings, config: Path | None
) -> AsyncIterator[tuple[ControlPlane, Worker]]:
    """All roles in this process, for development, the demo and tests."""
    tools = make_tools()
    async with (
        open_control(settings, config, tools.clock, tools.ids, tools.entropy) as control,
        open_worker(settings, control, InProcess(control.web), "gateway-0") as worker,
        serving(settings.server.http, worker.gateway, listen_of(settings)),
    ):
        yield control, worker
        worker.gateway.drain(patience=settings.gateway.drain_timeout)


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
