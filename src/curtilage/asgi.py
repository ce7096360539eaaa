"""Privacy and sign-in for ASGI applications: Starlette, FastAPI and others.

    app.add_middleware(PrivacyMiddleware)            # Starlette, FastAPI
    application = PrivacyMiddleware(application)     # any other

    async def answer(request):
        privacy = request.state.privacy              # or request.scope["state"]["privacy"]
        reply = await model(privacy.protect(text))   # no value leaves
        return JSONResponse({"answer": reply})       # and the values are back

What a request protects comes back in its own reply: in JSON, plain text and
event streams, as these are sent, without waiting for their end. Where nothing
was protected not a byte changes.

    app.add_middleware(SessionMiddleware, issuer="http://localhost:8787", client_id=…,
                       client_secret=…, secret_key=…)

    @app.get("/notes")                               # FastAPI
    async def notes(who: Annotated[Session, Depends(require(acr="aal2"))]): ...

    @require(purpose="assist")                       # Starlette
    async def answer(request): ...                   # request.state.session is the Session
"""

from collections.abc import Callable, Mapping

from curtilage.app.library import DEFAULT_SCOPE, Library
from curtilage.app.privacy import BodyRestorer, Privacy
from curtilage.app.relying_asgi import (
    App,
    BearerMiddleware,
    Message,
    Receive,
    Scope,
    Send,
    SessionMiddleware,
    require,
)
from curtilage.core.entropy import SystemEntropy
from curtilage.core.models import Treatment
from curtilage.identity.relying.build import FileSessions, MemorySessions
from curtilage.identity.relying.ports import SessionStore
from curtilage.identity.relying.session import Session

__all__ = [
    "BearerMiddleware",
    "FileSessions",
    "MemorySessions",
    "Privacy",
    "PrivacyMiddleware",
    "Session",
    "SessionMiddleware",
    "SessionStore",
    "require",
]


class PrivacyMiddleware:
    """Gives each request a `Privacy` and restores its reply.

    `scope_of` says which scope a request belongs to, such as its conversation's
    name: one value has one token throughout. `policy` is as for
    `curtilage.protect`.
    """

    def __init__(
        self,
        app: App,
        *,
        scope_of: Callable[[Scope], str] | None = None,
        policy: Mapping[str, Treatment | str] | None = None,
    ) -> None:
        self._app = app
        self._scope_of = scope_of
        self._policy = policy
        self._library = Library(SystemEntropy())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        name = DEFAULT_SCOPE if self._scope_of is None else self._scope_of(scope)
        privacy = Privacy(self._library, scope=name, policy=self._policy)
        scope.setdefault("state", {})["privacy"] = privacy
        if scope["type"] == "http":
            send = _Restoring(privacy, send)
        await self._app(scope, receive, send)


class _Restoring:
    """Sends a reply on, restored. Its head waits for the first part of its body:
    a stream may protect something only once it runs."""

    def __init__(self, privacy: Privacy, send: Send) -> None:
        self._privacy = privacy
        self._send = send
        self._head: Message | None = None
        self._body: BodyRestorer | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._head = message
            return
        if self._head is not None:
            head, self._head = self._head, None
            await self._send(self._begin(head))
        if self._body is not None and message["type"] == "http.response.body":
            data = self._body.feed(message.get("body", b""))
            if not message.get("more_body", False):
                data += self._body.close()
            message = {**message, "body": data}
        await self._send(message)

    def _begin(self, head: Message) -> Message:
        given = {bytes(name).lower(): value for name, value in head.get("headers", ())}
        kind, encoding = (
            bytes(given.get(name, b"")).decode("latin-1")
            for name in (b"content-type", b"content-encoding")
        )
        self._body = self._privacy.body(kind, encoding)
        if self._body is None:
            return head
        kept = [pair for pair in head["headers"] if bytes(pair[0]).lower() != b"content-length"]
        return {**head, "headers": kept}
