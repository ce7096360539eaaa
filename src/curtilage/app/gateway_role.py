"""Runs one gateway worker until told to stop.

Apart from the other roles, so that a worker loads no database, no pages and no
mail: less memory, a quicker start, and less within reach of a parser's bug.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from curtilage.app.link import Control, LinkClient
from curtilage.app.serving import Listen, serving
from curtilage.app.settings import Settings
from curtilage.app.tools import make_tools
from curtilage.app.worker import Worker, build_worker
from curtilage.core.settings import environment
from curtilage.gateway.api import Relay
from curtilage.gateway.upstream.build import build_relay

LINK = "link.sock"
WEB = "web.sock"
Ready = Callable[[], None]


async def run_gateway(
    settings: Settings, sockets: Path, name: str, stopping: asyncio.Event, ready: Ready
) -> None:
    """One worker on the shared port."""
    link = LinkClient(sockets / LINK)
    try:
        async with (
            open_worker(settings, link, build_relay(sockets / WEB), name) as worker,
            serving(settings.server.http, worker.gateway, listen_of(settings)),
        ):
            ready()
            await stopping.wait()
            worker.gateway.drain(patience=settings.gateway.drain_timeout)
    finally:
        await link.close()


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
