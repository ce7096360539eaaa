"""Two nodes of one installation: services of their own folders over one PostgreSQL.

The second begins with a copy of the first one's root key, as an operator would bring
it; from then on only the databases of store and keys, and a Redis where it is asked for,
join them. Their ledger is one, in the store, as nodes that share keys must have it.
"""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import make_url

from tests.fakes.provider import FakeProvider
from tests.integration.processes import Service, running_provider
from tests.postgres_server import own_database, some_postgres
from tests.redis_server import RedisServer, running_redis
from tests.tcp import TCPProxy, proxying


class Nodes:
    """Both nodes, the provider behind them, and the Redis between them if there is one."""

    def __init__(
        self,
        one: Service,
        other: Service,
        provider: FakeProvider,
        redis: RedisServer | None,
        way: TCPProxy,
        *,
        urls: Sequence[str],
    ) -> None:
        """`urls` are those of the store and of the keys."""
        self.one, self.other = one, other
        self.provider, self.redis = provider, redis
        self.way = way  # from the second node to the database
        self.store_url = urls[0]
        self.databases = [make_url(url).database for url in urls]

    def start(self) -> None:
        """The first alone, so that there is something to bring to the second; then both."""
        self.one.start()
        assert self.one.stop() == 0
        self.bring_root_key()
        self.start_both()

    def start_both(self) -> None:
        """Both at the same time."""
        for node in (self.one, self.other):
            node.launch()
        for node in (self.one, self.other):
            node.wait_ready()

    def bring_root_key(self) -> None:
        self.other.key_dir.mkdir(mode=0o700, exist_ok=True)
        shutil.copy2(self.one.key_dir / "root.key", self.other.key_dir)

    def destroy(self) -> None:
        for node in (self.one, self.other):
            if node.process is not None and node.process.poll() is None:
                node.destroy()

    def key(self, *options: str) -> str:
        """A key that was made at the first node, once the second knows it too."""
        key = self.one.key(*options)
        self.other.wait_until_known(key)
        return key


@contextmanager
def two_nodes(
    folder: Path, *, redis: bool = False, policy: str = "", **given: Any
) -> Iterator[Nodes]:
    """Two nodes inside the block, with files of their own of a `policy`, which is named `mine`.

    `given` is for both, as `Service` takes it."""
    with ExitStack() as stack:
        server = stack.enter_context(some_postgres(_new(folder / "postgres")))
        url = stack.enter_context(own_database(server))
        keys = stack.enter_context(own_database(server))
        cache = stack.enter_context(running_redis(_new(folder / "redis"))) if redis else None
        provider = stack.enter_context(running_provider())
        shared = cache.address if cache else "store"
        way = stack.enter_context(proxying(TCPProxy(make_url(url).port or 5432)))
        addresses = {"one": (url, keys), "other": (_through(way, url), _through(way, keys))}
        pair = [
            Service(
                _new(folder / name),
                provider=provider,
                workers=1,
                more=_sections(*urls, shared),
                **given,
            )
            for name, urls in addresses.items()
        ]
        for node in pair if policy else ():
            write_policy(node, policy)
        nodes = Nodes(*pair, provider, cache, way, urls=(url, keys))
        stack.callback(nodes.destroy)
        nodes.start()
        yield nodes


def write_policy(node: Service, text: str) -> None:
    """Put this into the node's own file of the policy `mine`."""
    folder = node.folder / "policies"
    folder.mkdir(exist_ok=True)
    (folder / "mine.toml").write_text(text)


def _through(way: TCPProxy, url: str) -> str:
    address = make_url(url).set(host="127.0.0.1", port=way.port)
    return address.render_as_string(hide_password=False)


def _sections(store: str, keys: str, shared: str) -> str:
    databases = f'[store]\nurl = "{store}"\nshared = "{shared}"\n[vault]\nurl = "{keys}"\n'
    return f'{databases}[ledger]\nlog = "store"\n[policy]\ndir = "policies"\n'


def _new(folder: Path) -> Path:
    folder.mkdir()
    return folder


def report(what: str, seconds: Sequence[float]) -> None:
    """Figures for who reads the output (`-rP`); no test depends on them."""
    figures = " ".join(f"{each * 1000:.0f}" for each in sorted(seconds))
    print(f"{what}: {figures} ms")
