"""Runs an ASGI application on Granian (or uvicorn) inside this process's loop.

Both are given the same duties: own the port, deliver disconnects, finish the
replies under way when told to stop. Granian is the default; uvicorn is there
for those who cannot run it, and is tested the same way.
"""

import asyncio
import contextlib
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from granian.constants import Interfaces, SSLProtocols
from granian.http import HTTP1Settings
from granian.server.embed import Server as Embedded

from curtilage.app.errors import PortInUse
from curtilage.app.tls import CertificateWatch, Pair
from curtilage.core.errors import SetupError

ASGIApp = Callable[..., Awaitable[None]]
BACKLOG = 1024
SETTLE = 0.5  # seconds
NAME_BYTES = 100  # of a Unix socket; the system takes 108


@dataclass(frozen=True, slots=True)
class Listen:
    """Where to listen: a TCP address, or a Unix socket when `unix` is given."""

    host: str = ""
    port: int = 0
    unix: Path | None = None
    tls_cert: Path | None = None
    tls_key: Path | None = None


class Server(Protocol):
    async def serve(self) -> None:
        """Serve until `stop`, then finish the replies under way."""

    async def renew(self, pair: Pair) -> None:
        """Show another certificate to new connections; those that are open go on."""

    def stop(self) -> None: ...


def build_server(kind: str, app: ASGIApp, listen: Listen) -> Server:
    return _Uvicorn(app, listen) if kind == "uvicorn" else _Granian(app, listen)


@contextlib.contextmanager
def claim_port(host: str, port: int) -> Iterator[None]:
    """Hold the port against every other service while the block runs.

    Workers share the port (SO_REUSEPORT), so without this a second service of
    the same user would silently take half of the calls, keys and prompts with
    them. A look shows who listens; a claim is for two that start at once, both
    of whom would see nobody: at one address, for 127.0.0.1 beside 127.0.0.2 may
    be meant, and 0.0.0.0 beside either shows once it listens. It is a name in
    the abstract namespace (unix(7)), which is as wide as the ports are and gone
    with the process; systems other than Linux have none, and there only the
    look remains.

    Raises PortInUse when somebody listens, or has the claim.
    """
    with contextlib.ExitStack() as held:
        if sys.platform == "linux":
            claim = held.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
            _bind(claim, f"\0curtilage-port/{port}/{host}".encode()[:NAME_BYTES], port)
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as look:
            look.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            _bind(look, (host, port), port)
        yield


def _bind(probe: socket.socket, address: bytes | tuple[str, int], port: int) -> None:
    try:
        probe.bind(address)
    except OSError as problem:
        raise PortInUse(f"Nothing can listen on port {port}: {problem.strerror}.") from None


class _Granian:
    def __init__(self, app: ASGIApp, listen: Listen) -> None:
        where: dict[str, Any] = (
            {"uds": listen.unix} if listen.unix else {"address": listen.host, "port": listen.port}
        )
        self._server = Embedded(
            app,
            interface=Interfaces.ASGI,
            log_enabled=False,
            websockets=False,
            backlog=BACKLOG,
            http1_settings=HTTP1Settings(header_read_timeout=10_000),
            ssl_cert=listen.tls_cert,
            ssl_key=listen.tls_key,
            **where,
        )

    async def serve(self) -> None:
        await self._server.serve()

    async def renew(self, pair: Pair) -> None:
        """Granian's reload: another worker on the port, and the old one ends after its replies.

        A connection that has asked nothing yet may be closed, as any idle one may."""
        server = self._server
        old = list(server.wrks)
        with pair.as_files() as (cert, key):
            server.build_ssl_context(cert, key, None, SSLProtocols.tls13, None, [], False)
            server.reload()  # type: ignore[no-untyped-call]
            while server.wrks == old:  # noqa: ASYNC110  # an earlier one may yet wait for a long reply
                await asyncio.sleep(SETTLE)
            await asyncio.sleep(SETTLE)  # its thread reads the files as it begins

    def stop(self) -> None:
        self._server.stop()  # type: ignore[no-untyped-call]  # the library's own


class _Uvicorn:
    def __init__(self, app: ASGIApp, listen: Listen) -> None:
        try:
            import uvicorn  # noqa: PLC0415  # an extra: only who chose it needs it
        except ImportError:
            raise SetupError(
                "The setting server.http is `uvicorn`, which is not installed.",
                hint="Install the extra `uvicorn`: `python3 tools/setup.py extras`, or `pip install '.[uvicorn]'`.",
            ) from None
        where: dict[str, Any] = {"uds": str(listen.unix)} if listen.unix else {}
        self._listen = listen
        self._server = uvicorn.Server(
            uvicorn.Config(
                app,
                interface="asgi3",
                log_config=None,
                access_log=False,
                server_header=False,
                date_header=False,
                ws="none",
                timeout_graceful_shutdown=None,
                ssl_certfile=listen.tls_cert,
                ssl_keyfile=listen.tls_key,
                **where,
            )
        )
        self._server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]

    async def renew(self, pair: Pair) -> None:
        context = self._server.config.ssl
        assert context is not None  # it serves TLS, or nobody would renew
        with pair.as_files() as (cert, key):
            context.load_cert_chain(cert, key)

    async def serve(self) -> None:
        sockets = (
            None if self._listen.unix else [_shared_socket(self._listen.host, self._listen.port)]
        )
        await self._server._serve(sockets=sockets)  # noqa: SLF001  # `serve` takes over signals

    def stop(self) -> None:
        self._server.should_exit = True


def _shared_socket(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listener.bind((host, port))
    listener.listen(BACKLOG)
    listener.setblocking(False)
    return listener


async def wait_until_listening(listen: Listen, *, attempts: int = 400) -> None:
    """Return once a connection is accepted."""
    for _ in range(attempts):
        try:
            if listen.unix:
                _, writer = await asyncio.open_unix_connection(listen.unix)
            else:
                _, writer = await asyncio.open_connection(listen.host, listen.port)
        except OSError:
            await asyncio.sleep(0.01)
        else:
            writer.close()
            return
    raise SetupError("The server did not begin to listen.")


@contextlib.asynccontextmanager
async def serving(kind: str, app: ASGIApp, listen: Listen) -> AsyncIterator[Server]:
    """Serve `app` inside the block; on leaving it, replies under way are finished."""
    server = build_server(kind, app, listen)
    task = asyncio.create_task(server.serve())
    watch = asyncio.create_task(_watch_certificate(server, listen))
    listening = asyncio.create_task(wait_until_listening(listen))
    try:
        await asyncio.wait({task, listening}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            await task
        await listening
        yield server
    finally:
        listening.cancel()
        watch.cancel()
        server.stop()
        await task


async def _watch_certificate(server: Server, listen: Listen) -> None:
    if listen.tls_cert is not None and listen.tls_key is not None:
        await CertificateWatch(server, listen.tls_cert, listen.tls_key).run()
