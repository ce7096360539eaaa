"""The whole service as people run it: the command, its processes, a port, files.

Starting takes some seconds, so a module shares one. Nothing here depends on
timing: what must come about is polled, with limits meant for a loaded machine.
"""

import asyncio
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx

from curtilage.core.models import Event
from curtilage.core.settings import environment
from curtilage.ledger.read import LedgerReader
from tests.fakes.provider import FakeProvider
from tests.integration.service import CREDENTIAL
from tests.patterns import lend_patterns
from tests.planted import plant, remember
from tests.tcp import end_tasks, free_port

COMMAND = Path(sys.executable).with_name("curtilage")
LIMIT = 60.0  # seconds until what must come about counts as not come about
PAUSE = 0.05
PROVIDER_KEYS = {"OPENAI_API_KEY": CREDENTIAL, "ANTHROPIC_API_KEY": CREDENTIAL}
CHAT = {"model": "gpt-4.1-mini", "messages": [{"role": "user", "content": "Good morning."}]}
STREAMED = {**CHAT, "stream": True}


def eventually(what: Callable[[], Any], *, limit: float = LIMIT) -> Any:
    """What `what` gives once it gives something true. Fails when it never does."""
    until = time.monotonic() + limit
    while True:
        found = what()
        if found:
            return found
        assert time.monotonic() < until, "it did not come about"
        time.sleep(PAUSE)


@contextmanager
def running_provider() -> Iterator[FakeProvider]:
    """A scripted provider in a loop and a thread of its own."""
    provider, loop = FakeProvider(), asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="provider")
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(provider.start(), loop).result(10)
        yield provider
    finally:
        asyncio.run_coroutine_threadsafe(provider.stop(), loop).result(10)
        asyncio.run_coroutine_threadsafe(end_tasks(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


def release(provider: FakeProvider) -> None:
    """Let go what the provider holds back, from another thread than its own."""
    assert provider._server is not None
    provider._server.get_loop().call_soon_threadsafe(provider.release)


class Service:
    """One installation: its folder, its configuration, and the processes of `serve`."""

    def __init__(
        self,
        folder: Path,
        *,
        provider: FakeProvider | None = None,
        workers: int = 2,
        server: Mapping[str, object] | None = None,
        gateway: Mapping[str, object] | None = None,
        more: str = "",
        env: Mapping[str, str] | None = None,
        names: bool = False,
    ) -> None:
        """`names`: whether they are looked for; most tests compare texts with invented people."""
        self.folder = folder
        self.port = free_port()
        self.data_dir, self.key_dir = folder / "data", folder / "keys"
        self.config = folder / "curtilage.toml"
        self.log = folder / "service.log"
        remember(self.data_dir, self.key_dir, self.log)
        self.env = {**clean_environment(), **(PROVIDER_KEYS if env is None else env)}
        plant(CREDENTIAL)
        self.scheme = "http"
        self.process: subprocess.Popen[bytes] | None = None
        self._workers = workers
        self._processes = 0
        self._logged = 0
        given = {
            "port": self.port,
            "workers": workers,
            "data_dir": str(self.data_dir),
            "key_dir": str(self.key_dir),
            **(server or {}),
        }
        self.text = _section("server", given) + _section(
            "gateway", {"note_to_model": False, **(gateway or {})}
        )
        self.text += _section("detect", {"names": names})
        if provider is not None:
            base = f"http://127.0.0.1:{provider.port}"
            self.text += _section("upstreams.openai", {"base_url": f"{base}/v1"})
            self.text += _section("upstreams.anthropic", {"base_url": base})
        self.text += more
        self.config.write_text(self.text)
        lend_patterns(self.data_dir)

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start and return once every worker answers that it is ready."""
        self.launch()
        self.wait_ready()

    def launch(self, *options: str | Path, **given: Any) -> None:
        """Start `serve`, with other options than the configuration file where some are given."""
        if self.data_dir.exists():  # it may be restored, or another's, since it was lent some
            lend_patterns(self.data_dir)
        self._processes = 0 if "--single" in options else self._workers + 1
        with self.log.open("ab") as log:
            self._logged = log.tell()
            self.process = subprocess.Popen(
                [COMMAND, "serve", *(options or ("--config", self.config))],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.env, cwd=self.folder,
                start_new_session=True, **given,
            )  # fmt: skip

    def wait_ready(self) -> None:
        eventually(self.is_ready)

    def is_ready(self) -> bool:
        """All processes are up, and each answers: who gets a connection is the kernel's choice.

        One that is loading yet listens nowhere, and the others answer for it."""
        assert self.process is not None
        said = self.log.read_bytes()[self._logged :]
        assert self.process.poll() is None, said.decode()
        everyone = len(self.children()) == self._processes and (
            listeners(self.port) >= max(1, self._processes - 1)
        )
        return (
            everyone
            and b"Serving on" in said
            and all(self.status("/readyz") == 200 for _ in range(6 * self._workers))
        )

    def status(self, path: str, **headers: str) -> int:
        """The status of a GET on a new connection; 0 where nobody answers."""
        with suppress(httpx.TransportError):
            return httpx.get(self.url + path, headers=headers, timeout=20, verify=False).status_code
        return 0

    def stop(self) -> int:
        """Ask it to stop as an operator does, and give its exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(LIMIT)

    def destroy(self) -> None:
        """kill -9 for every process of this service."""
        assert self.process is not None
        for pid in (self.process.pid, *self.children().values()):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait(LIMIT)

    def children(self) -> dict[str, int]:
        """The process id of each running role: `control`, `gateway-0` …"""
        assert self.process is not None
        found = {}
        for pid in children_of(self.process.pid):
            role = command_of(pid)[-1:]
            if role and "curtilage.app" in command_of(pid):
                found[role[0]] = pid
        return found

    def run(self, *arguments: str, env: Mapping[str, str] | None = None) -> Any:
        """Run one command on this installation."""
        return run(*arguments, "--config", str(self.config), env=env or self.env, cwd=self.folder)

    def key(self, *options: str) -> str:
        """A new key that every worker knows."""
        key = last_line(self.run("apikeys", "create", "test", *options))
        self.wait_until_known(key)
        return key

    def wait_until_known(self, key: str) -> None:
        eventually(lambda: set(self.statuses_of(key)) == {200})

    def statuses_of(self, key: str) -> list[int]:
        """How the workers take this key, on connections of their own."""
        asked = range(6 * self._workers)
        return [self.status("/v1/models", authorization=f"Bearer {key}") for _ in asked]

    def client(self, key: str, **headers: str) -> httpx.Client:
        return httpx.Client(
            base_url=self.url, headers={"authorization": f"Bearer {key}", **headers}, timeout=60,
            verify=False,
        )  # fmt: skip

    def events(self, request_id: str = "") -> list[Event]:
        """What the ledger holds, or holds of one request, oldest first."""
        reader = LedgerReader(self.data_dir / "ledger")
        if request_id:
            return [record.event for record in reader.trail(request_id)]
        return [record.event for record in sorted(reader.iterate(), key=lambda item: item.time)]

    def kinds(self, request_id: str) -> list[str]:
        return [event.kind.removeprefix("exchange.") for event in self.events(request_id)]


class House(Service):
    """A running service with two workers, its provider, and one key for all tests."""

    provider: FakeProvider
    one_key: str


@contextmanager
def open_house(folder: Path, **given: Any) -> Iterator[House]:
    with running_provider() as provider:
        house = House(folder, provider=provider, gateway={"retries": 2}, **given)
        house.provider = provider
        try:
            house.start()
            house.one_key = house.key()
            yield house
        finally:
            if house.process is not None and house.process.poll() is None:
                house.destroy()


def clean_environment() -> dict[str, str]:
    """This process's environment without anything that configures the service."""
    return {
        name: value
        for name, value in environment().items()
        if not name.startswith(("CURTILAGE", "OPENAI", "ANTHROPIC", "COVERAGE"))
    }


def run(*arguments: str, env: Mapping[str, str] | None = None, cwd: Path | None = None) -> Any:
    """Run the command line; the result as `subprocess.run` gives it."""
    return subprocess.run(
        [COMMAND, *arguments], env=env or clean_environment(), cwd=cwd, capture_output=True,
        text=True, timeout=LIMIT, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip


def last_line(done: Any) -> str:
    assert done.returncode == 0, done.stderr
    return str(done.stdout.splitlines()[-1])


@contextmanager
def served(folder: Path, **given: Any) -> Iterator[Service]:
    """A running service inside the block, gone afterwards whatever happened."""
    service = Service(folder, **given)
    try:
        service.start()
        yield service
    finally:
        if service.process is not None and service.process.poll() is None:
            service.destroy()


def listeners(port: int) -> int:
    """How many sockets listen on a port of this machine (proc_net(5); state 0A is LISTEN)."""
    tables = [Path(f"/proc/net/{name}") for name in ("tcp", "tcp6")]
    lines = [
        line.split() for each in tables if each.exists() for line in each.read_text().splitlines()
    ]
    return sum(line[3] == "0A" and line[1].endswith(f":{port:04X}") for line in lines)


def children_of(pid: int) -> list[int]:
    try:
        return [
            int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        ]
    except OSError:
        return []


def command_of(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode().strip("\0").split("\0")
    except OSError:
        return []


def open_files(pid: int) -> list[str]:
    """What a process has open, by name."""
    names = []
    with suppress(OSError):  # it may end while it is looked at
        for entry in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(OSError):
                names.append(str(entry.readlink()))
    return names


def _section(name: str, values: Mapping[str, object]) -> str:
    lines = "".join(f"{key} = {_toml(value)}\n" for key, value in values.items())
    return f"[{name}]\n{lines}\n"


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    if isinstance(value, str | Path):
        return '"' + re.sub(r'(["\\])', r"\\\1", str(value)) + '"'
    return str(value)
