"""A service whose provider speaks HTTP/2, a real server of it, beside one that does not."""

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openai
import pytest
from hypercorn.asyncio import serve
from hypercorn.config import Config

from tests.fakes.provider import chat_delta, chat_reply
from tests.integration.certificates import make_authority
from tests.integration.gateway.echoes import cut
from tests.integration.service import CREDENTIAL, RunningService, running_service
from tests.tcp import free_port

ADA = "ada.quill@orchard.example"
TEXT = f"Refund {ADA}."
Message = MutableMapping[str, Any]


@dataclass
class Model:
    """A model behind hypercorn: it says the last text again, whole or as a stream."""

    versions: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    callers: set[Any] = field(default_factory=set)

    async def __call__(
        self,
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        if scope["type"] != "http":
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        self.versions.append(scope["http_version"])
        self.callers.add(tuple(scope["client"]))
        self.bodies.append(body)
        document = json.loads(body)
        text = document["messages"][-1]["content"]
        if document.get("stream"):
            pieces = [chat_delta({"content": piece}) for piece in cut(text)]
            pieces += [chat_delta({}, finish="stop"), b"data: [DONE]\n\n"]
            kind = b"text/event-stream"
        else:
            pieces, kind = [json.dumps(chat_reply(text)).encode()], b"application/json"
        await send(
            {"type": "http.response.start", "status": 200, "headers": [(b"content-type", kind)]}
        )
        for piece in pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body"})


@pytest.fixture(scope="module", params=[["h2", "http/1.1"], ["http/1.1"]], ids=["h2", "http1"])
def served(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[RunningService, Model, str]]:
    authority = make_authority(tmp_path_factory.mktemp("authority"))
    cert, key = authority.issue("127.0.0.1")
    model, port = Model(), free_port()
    config = Config.from_mapping(
        bind=[f"127.0.0.1:{port}"], certfile=str(cert), keyfile=str(key),
        alpn_protocols=request.param, accesslog=None, errorlog=None,
    )  # fmt: skip
    flags = {
        "upstreams.openai.base_url": f"https://127.0.0.1:{port}/v1",
        "upstreams.openai.ca_file": authority.certificate,
        "upstreams.openai.http": "2",
    }
    with hypercorn(config, model), pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENAI_API_KEY", CREDENTIAL)
        folder: Path = tmp_path_factory.mktemp("service")
        with running_service(folder, **flags) as service:
            yield service, model, "2" if "h2" in request.param else "1.1"


class hypercorn:  # noqa: N801  # reads as a context
    """A server in a thread of its own."""

    def __init__(self, config: Config, app: Any) -> None:
        self._config, self._app = config, app
        self._loop = asyncio.new_event_loop()
        self._stopping = asyncio.Event()
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        self._loop.run_until_complete(
            serve(self._app, self._config, shutdown_trigger=self._stopping.wait)
        )
        self._loop.close()

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(20)


def test_replies_and_streams_are_restored_over_what_the_provider_offers(
    served: tuple[RunningService, Model, str],
) -> None:
    service, model, version = served
    asked: Any = [{"role": "user", "content": TEXT}]
    with openai.OpenAI(api_key=service.key(), base_url=f"{service.url}/v1") as client:
        reply = client.chat.completions.create(model="gpt-4o", messages=asked)
        assert reply.choices[0].message.content == TEXT
        chunks = client.chat.completions.create(model="gpt-4o", messages=asked, stream=True)
        said = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
        assert said == TEXT
        long = f"{TEXT} {'word ' * 60_000}"
        reply = client.chat.completions.create(
            model="gpt-4o", messages=[{"role": "user", "content": long}]
        )
        assert reply.choices[0].message.content == long
    assert set(model.versions) == {version}
    assert all(ADA.encode() not in body for body in model.bodies)


def test_many_callers_at_once_share_a_connection_and_get_their_own(
    served: tuple[RunningService, Model, str],
) -> None:
    service, model, version = served
    model.callers.clear()
    key = service.key()

    def ask(number: int) -> bool:
        text = f"Mail person{number}@orchard.example."
        asked: Any = [{"role": "user", "content": text}]
        with openai.OpenAI(api_key=key, base_url=f"{service.url}/v1") as client:
            chunks = client.chat.completions.create(model="gpt-4o", messages=asked, stream=True)
            parts = [chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices]
        return "".join(parts) == text

    with ThreadPoolExecutor(8) as callers:
        assert all(callers.map(ask, range(24)))
    if version == "2":
        assert len(model.callers) == 1
