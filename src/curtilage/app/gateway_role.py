"""Runs one gateway worker until told to stop.

Apart from the other roles, so that a worker loads no database, no pages and no
mail: less memory, a quicker start, and less within reach of a parser's bug.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

from curtilage.app.link import Control, LinkClient
from curtilage.app.serving import Listen, serving
from curtilage.app.settings import Settings
from curtilage.app.tools import make_tools
from curtilage.app.worker import Surroundings, Worker, build_worker
from curtilage.core.settings import environment
from curtilage.gateway.api import Relay
from curtilage.gateway.upstream.build import build_relay

LINK = "link.sock"
WEB = "web.sock"
Ready = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Orders:
    """What a process is told: its name, its configuration, where it meets the others."""

    name: str
    config: Path | None
    sockets: Path

    @property
    def in_force(self) -> Path | None:
        """The file as it was taken over last: what a process that starts again must read.

        The operator's own may hold by then what was refused."""
        return self.sockets / self.config.name if self.config else None


async def run_gateway(
    settings: Settings, orders: Orders, stopping: asyncio.Event, ready: Ready
) -> None:
    """One worker on the shared port."""
    link, relay = LinkClient(orders.sockets / LINK), build_relay(orders.sockets / WEB)
    try:
        async with (
            open_worker(settings, link, relay, orders.name) as worker,
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
    given = Surroundings(
        settings=settings,
        control=control,
        relay=relay,
        name=name,
        environment=environment(),
        clock=tools.clock,
        ids=tools.ids,
        entropy=tools.quick,
    )
    worker = await build_worker(given)
    try:
        yield worker
    finally:
        await worker.stop()


def listen_of(settings: Settings) -> Listen:
    server = settings.server
    return Listen(server.host, server.port, tls_cert=server.tls_cert, tls_key=server.tls_key)
