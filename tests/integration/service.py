"""The whole service in a thread, on a real port, with a provider that tests script.

Starting takes a second, so a module shares one and asks for keys of its own.
"""

import asyncio
import socket
import threading
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx
import uvloop

from curtilage.app.plane import ControlPlane
from curtilage.app.roles import run_single
from curtilage.app.settings import Settings, read_settings
from curtilage.app.worker import Worker
from curtilage.core.models import Event, PurposeKey
from curtilage.identity.service.keys import KeyRequest
from curtilage.ledger.models import Verdict
from curtilage.ledger.read import LedgerReader
from tests.fakes.provider import FakeProvider
from tests.patterns import lend_patterns
from tests.planted import plant, remember
from tests.tcp import free_port

T = TypeVar("T")
ASSIST = PurposeKey("assist")
CREDENTIAL = "provider-credential-of-the-service"


class RunningService:
    """Control and one worker in one loop of its own thread."""

    def __init__(
        self, folder: Path, addresses: Mapping[str, tuple[str, str]] | None = None, **flags: Any
    ) -> None:
        """`addresses` are more upstreams by name: protocol and path at the same provider."""
        self.folder = folder
        self._addresses = addresses or {}
        remember(folder / "data", folder / "keys")
        plant(CREDENTIAL)
        self.port = free_port()
        self.provider = FakeProvider()
        self._nobody = socket.socket()  # takes the port, and no connection
        self._nobody.bind(("127.0.0.1", 0))
        self._flags = flags
        self._ready = threading.Event()
        self._problem: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="service")
        self.control: ControlPlane
        self.worker: Worker
        self.settings: Settings

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        lend_patterns(self.folder / "data")
        self._thread.start()
        self._ready.wait(60)
        if self._problem is not None:
            raise self._problem

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(30)
        self._nobody.close()

    def _run(self) -> None:
        try:
            uvloop.run(self._serve())
        except BaseException as problem:  # noqa: BLE001  # told to the test, which raises it
            self._problem = problem
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        await self.provider.start()
        self.settings = self._settings()
        async with run_single(self.settings, None) as (self.control, self.worker):
            self._ready.set()
            await self._stopping.wait()
        await self.provider.stop()

    def _settings(self) -> Settings:
        base = f"http://127.0.0.1:{self.provider.port}"
        flags = {
            "server.port": self.port,
            "server.data_dir": self.folder / "data",
            "server.key_dir": self.folder / "keys",
            "upstreams.openai.base_url": f"{base}/v1",
            "upstreams.anthropic.base_url": base,
            "upstreams.nowhere.protocol": "openai",
            "upstreams.nowhere.base_url": f"http://127.0.0.1:{self._nobody.getsockname()[1]}/v1",
            "upstreams.nowhere.api_key_env": "OPENAI_API_KEY",
            "upstreams.azure.protocol": "azure",
            "upstreams.azure.base_url": f"{base}/openai",
            "upstreams.azure.api_key_env": "OPENAI_API_KEY",
            "upstreams.gemini.protocol": "gemini",
            "upstreams.gemini.base_url": base,
            "upstreams.gemini.api_key_env": "OPENAI_API_KEY",
            "upstreams.bedrock.protocol": "bedrock",
            "upstreams.bedrock.base_url": base,
            "upstreams.bedrock.api_key_env": "OPENAI_API_KEY",
            "upstreams.signed.protocol": "bedrock",
            "upstreams.signed.base_url": base,
            "upstreams.signed.aws_region": "eu-west-1",
            "routes": [
                {"model": "amazon.nova-*", "upstream": "bedrock"},
                {"model": "arn:aws:bedrock:*", "upstream": "bedrock"},
                {"model": "meta.*", "upstream": "signed"},
                {"model": "gemini-*", "upstream": "gemini"},
                {"model": "nowhere", "upstream": "nowhere"},
                {"model": "azure-renamed", "upstream": "azure", "rename": "azure-other"},
                {"model": "azure-*", "upstream": "azure"},
            ],
            "gateway.note_to_model": False,  # tests compare what left with what was sent
            "detect.names": False,  # as those do with invented people; test_names.py is with them
            **self._flags,
        }
        for name, (protocol, path) in self._addresses.items():
            flags[f"upstreams.{name}.protocol"] = protocol
            flags[f"upstreams.{name}.base_url"] = f"{base}{path}"
            flags.setdefault(f"upstreams.{name}.api_key_env", "OPENAI_API_KEY")
        return read_settings(None, {}, flags)

    def ask(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine in the service's own loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    def key(self, **given: Any) -> str:
        """A new key; `given` as in `KeyRequest`."""
        request = KeyRequest(**{"name": "test", "purposes": frozenset((ASSIST,)), **given})
        created = self.ask(self.control.keys.create(self.control.operator, request))
        self.ask(self._take_over())
        return created.text

    async def _take_over(self) -> None:
        await self.control.poll()
        await self.worker.keeper.refresh()

    def client(self, key: str, **headers: str) -> httpx.Client:
        """A plain HTTP client that sends the key as OpenAI's SDK does."""
        return httpx.Client(
            base_url=self.url, headers={"authorization": f"Bearer {key}", **headers}, timeout=60,
            verify=False,  # there is no TLS, and each client would read the certificates of the world
        )  # fmt: skip

    def events(self, request_id: str = "") -> list[Event]:
        """What the ledger holds, or holds of one request, oldest first."""
        reader = LedgerReader(self.folder / "data" / "ledger")
        if request_id:
            return [record.event for record in reader.trail(request_id)]
        records = sorted(reader.iterate(), key=lambda record: record.time)
        return [record.event for record in records]

    def verify(self) -> Verdict:
        """Bring the ledger up to now and verify it."""
        self.ask(self.control.settle())
        return self.control.verify()


@contextmanager
def running_service(folder: Path, **flags: Any) -> Iterator[RunningService]:
    """A service inside the block. Flags are settings by dotted name."""
    service = RunningService(folder, **flags)
    service.start()
    try:
        yield service
    finally:
        service.stop()
