"""The roles' small parts: whom the pages see as caller, and where a worker listens."""

from pathlib import Path
from typing import Any

from curtilage.app.gateway_role import listen_of
from curtilage.app.roles import InProcess, with_peer
from curtilage.app.settings import read_settings
from curtilage.gateway.asgi import PEER


class Pages:
    """Remembers what it was called with."""

    scope: dict[str, Any]

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        self.scope = scope


async def test_the_caller_is_whom_the_relay_names() -> None:
    pages = Pages()
    headers = [(b"host", b"console.example"), (PEER, b"192.0.2.7")]
    await with_peer(pages)({"type": "http", "headers": headers, "client": None}, None, None)
    assert pages.scope["client"] == ("192.0.2.7", 0)
    assert pages.scope["headers"] == [(b"host", b"console.example")]


async def test_without_a_name_the_caller_is_nobody() -> None:
    pages = Pages()
    await with_peer(pages)({"type": "http", "headers": [], "client": ("127.0.0.1", 9)}, None, None)
    assert pages.scope["client"] == ("", 0)


async def test_in_one_process_the_pages_are_called_directly() -> None:
    pages = Pages()
    await InProcess(pages)({"type": "http"}, None, None)  # type: ignore[arg-type]
    assert pages.scope == {"type": "http"}


def test_a_worker_listens_where_the_settings_say() -> None:
    flags = {"server.port": 8905, "server.tls_cert": "c.pem", "server.tls_key": "k.pem"}
    listen = listen_of(read_settings(None, {}, flags))
    assert (listen.host, listen.port, listen.tls_cert) == ("127.0.0.1", 8905, Path("c.pem"))
