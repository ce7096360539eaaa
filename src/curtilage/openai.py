"""The `openai` package, protected inside the application: no gateway, no record.

    from openai import OpenAI
    from curtilage.openai import wrap

    client = wrap(OpenAI())
    client.chat.completions.create(…)   # and embeddings, streams, AsyncOpenAI

Between the SDK and its connection each request is protected as the gateway does
it, and each reply restored: results keep their types. A call that nobody here
can look into (files, images, audio) is refused, not passed on.
"""

from collections.abc import AsyncIterator, Iterator
from importlib import import_module
from typing import Any, TypeVar

from curtilage.app.local import LocalCall, LocalGateway
from curtilage.core.entropy import SystemEntropy
from curtilage.core.errors import CurtilageError
from curtilage.gateway.settings import GatewaySettings

Client = TypeVar("Client")
LIMIT = GatewaySettings().max_reply_bytes
# Both are of the connection: the body leaves here decoded, and of another length.
_DROPPED = frozenset(("content-encoding", "content-length", "transfer-encoding"))
_NOTHING_TO_READ = frozenset(("GET", "HEAD", "DELETE"))


def wrap(
    client: Client,
    *,
    policy: str = "balanced",
    purpose: str = "assist",
    scope: str = "process",
    names: bool = True,
) -> Client:
    """The same client, protected: an `OpenAI`, an `AsyncOpenAI` or one for Azure.

    `policy` is a shipped one, `purpose` one that it knows. One value has one
    token in all that goes through this client. `names`: whether people and what else free
    text says are looked for, which takes some milliseconds for a new kilobyte. Raises UnknownPolicy, or a
    TypeError for what is no client of the `openai` package.
    """
    inner = getattr(client, "_client", None)
    copy = getattr(client, "copy", None)
    if inner is None or copy is None:
        raise TypeError(f"wrap takes a client of the openai package, not {type(client).__name__}.")
    http = _library_of(inner)
    gateway = LocalGateway(
        SystemEntropy(), dialect="openai", policy=policy, purpose=purpose, scope=scope, names=names
    )
    if isinstance(inner, http.AsyncClient):
        transport: Any = _AsyncTransport(gateway, inner, http)
        outer = http.AsyncClient(transport=transport, timeout=inner.timeout)
    else:
        transport = _Transport(gateway, inner, http)
        outer = http.Client(transport=transport, timeout=inner.timeout)
    wrapped: Client = copy(http_client=outer)
    return wrapped


def _library_of(inner: Any) -> Any:
    """The HTTP library that this client is made with: `httpx`, or what followed it."""
    for kind in type(inner).__mro__:
        if kind.__name__ in ("Client", "AsyncClient") and kind.__module__ != __name__:
            return import_module(kind.__module__.partition(".")[0])
    raise TypeError("The client's connections are of no library that is known here.")


class _Protecting:
    """What both colours share: a request out, a refusal or a reply back."""

    def __init__(self, gateway: LocalGateway, inner: Any, http: Any) -> None:
        self._gateway = gateway
        self._inner = inner
        self._http = http

    def _protect(self, request: Any, raw: bytes) -> tuple[Any, LocalCall | None]:
        if request.method in _NOTHING_TO_READ and not raw:
            return request, None
        call = self._gateway.begin(request.url.path, raw)
        headers = [(k, v) for k, v in request.headers.items() if k.lower() not in _DROPPED]
        protected = self._http.Request(
            request.method,
            request.url,
            headers=headers,
            content=call.body,
            extensions=request.extensions,
        )
        return protected, call

    def _refuse(self, request: Any, problem: CurtilageError) -> Any:
        """In the provider's shape, so that the SDK raises its own error and does not try again."""
        status, body = self._gateway.error(request.url.path, problem)
        headers = {"content-type": "application/json", "x-should-retry": "false"}
        return self._http.Response(status, headers=headers, content=body)

    def _reply(self, reply: Any, **content: Any) -> Any:
        headers = [(k, v) for k, v in reply.headers.multi_items() if k.lower() not in _DROPPED]
        return self._http.Response(reply.status_code, headers=headers, **content)

    def _streams(self, reply: Any) -> bool:
        kind = str(reply.headers.get("content-type", ""))
        return bool(reply.status_code == 200) and kind.startswith("text/event-stream")

    def _oversize(self, size: int) -> None:
        if size > LIMIT:
            raise self._http.ReadError(f"The reply has more than {LIMIT:,} bytes.")


class _Transport(_Protecting):
    """Stands where the connection of an `OpenAI` would."""

    def handle_request(self, request: Any) -> Any:
        try:
            protected, call = self._protect(request, request.read())
        except CurtilageError as problem:
            return self._refuse(request, problem)
        reply = self._inner.send(protected, stream=True)
        rewriter = call.rewriter() if call and self._streams(reply) else None
        if rewriter is not None:
            return self._reply(reply, stream=_stream(self._http, reply, rewriter))
        try:
            raw = b"".join(self._bounded(reply))
        finally:
            reply.close()
        restored = call.restore(raw, status=reply.status_code) if call else raw
        return self._reply(reply, content=restored)

    def _bounded(self, reply: Any) -> Iterator[bytes]:
        size = 0
        for chunk in reply.iter_bytes():
            size += len(chunk)
            self._oversize(size)
            yield chunk

    def close(self) -> None:
        self._inner.close()

    def __enter__(self) -> "_Transport":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _AsyncTransport(_Protecting):
    """Stands where the connection of an `AsyncOpenAI` would."""

    async def handle_async_request(self, request: Any) -> Any:
        try:
            protected, call = self._protect(request, await request.aread())
        except CurtilageError as problem:
            return self._refuse(request, problem)
        reply = await self._inner.send(protected, stream=True)
        rewriter = call.rewriter() if call and self._streams(reply) else None
        if rewriter is not None:
            return self._reply(reply, stream=_async_stream(self._http, reply, rewriter))
        try:
            raw = b"".join([chunk async for chunk in self._bounded(reply)])
        finally:
            await reply.aclose()
        restored = call.restore(raw, status=reply.status_code) if call else raw
        return self._reply(reply, content=restored)

    async def _bounded(self, reply: Any) -> AsyncIterator[bytes]:
        size = 0
        async for chunk in reply.aiter_bytes():
            size += len(chunk)
            self._oversize(size)
            yield chunk

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def __aenter__(self) -> "_AsyncTransport":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()


def _stream(http: Any, reply: Any, rewriter: Any) -> Any:
    """The reply's bytes, restored as they come. Closing it ends the provider's call."""

    def read(_: Any) -> Iterator[bytes]:
        for chunk in reply.iter_bytes():
            yield rewriter.feed(chunk)
        yield rewriter.close()

    def close(_: Any) -> None:
        reply.close()

    return type("RestoredStream", (http.SyncByteStream,), {"__iter__": read, "close": close})()


def _async_stream(http: Any, reply: Any, rewriter: Any) -> Any:
    async def read(_: Any) -> AsyncIterator[bytes]:
        async for chunk in reply.aiter_bytes():
            yield rewriter.feed(chunk)
        yield rewriter.close()

    async def close(_: Any) -> None:
        await reply.aclose()

    return type("RestoredStream", (http.AsyncByteStream,), {"__aiter__": read, "aclose": close})()
