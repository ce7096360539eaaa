"""Sign-in for ASGI applications: middleware, and `require` for FastAPI and Starlette.

What `curtilage.asgi` offers. Here is only how ASGI carries it; what is decided is in
`identity.relying`. FastAPI need not be installed: it knows Starlette's connections.
"""

import functools
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from inspect import iscoroutinefunction
from typing import Any, TypeAlias

from starlette.requests import HTTPConnection

from curtilage.core.clock import SystemClock
from curtilage.core.door import Call, Reply
from curtilage.core.errors import CurtilageError
from curtilage.identity.relying.build import build_bearer, build_doors
from curtilage.identity.relying.doors import MOST_BYTES
from curtilage.identity.relying.errors import RelyingSetup
from curtilage.identity.relying.guard import TURNED_AWAY, build_need, verify_access
from curtilage.identity.relying.models import Need
from curtilage.identity.relying.session import Session

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
App: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

_MARK = "curtilage.sign_in"  # in a request's state: an outer layer leads people to sign in
_REFUSED = 1008  # WebSocket close code (RFC 6455 §7.4.1); before accepting, servers answer 403


class SessionMiddleware:
    """Signs people in by an issuer; `request.state.session` says who is, None for nobody.

    `secret_key` has 32 random characters or more and is the same for all workers; of
    several the first is in use. `base_url` is the address of the app, needed beyond
    localhost. `store` keeps sessions: `FileSessions(path)` for several workers, or a
    `SessionStore` of your own; by default they are in this process. Further options are
    those of `curtilage.identity.relying.build.build_doors`: paths, `scope`, `resource`,
    `life`, `idle`, `cookie`, `after_logout`, `inside`.
    """

    def __init__(
        self,
        app: App,
        issuer: str,
        client_id: str,
        client_secret: str | None = None,
        *,
        secret_key: str | Sequence[str],
        **options: Any,
    ) -> None:
        self._app = app
        self._doors = build_doors(issuer, client_id, client_secret, secret_key, **options)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        doors, is_http = self._doors, scope["type"] == "http"
        call = _read_call(scope, doors.local_path(scope["path"]))
        if is_http and doors.is_ours(call.path):
            body = await _read_body(receive)
            call = _read_call(scope, call.path, body or b"")
            reply = Reply(status=413) if body is None else await doors.answer(call)
            await _send_reply(send, reply)
            return
        state = scope.setdefault("state", {})
        state[_MARK] = True
        async with _Turning(scope, send, lambda error: doors.refuse(error, call)) as turning:
            if state.get("session") is None:
                state["session"] = await doors.find_session(call)
            await self._app(scope, receive, turning.send)


class BearerMiddleware:
    """Verifies access tokens of an issuer that are for this API, its `audience`.

    `request.state.session` says who sent one; a request without a token goes on, and
    `require` turns it away. Tokens that are bound to a key need their proof (DPoP), for
    which `base_url` says where the API is. Stands inside or outside of a
    `SessionMiddleware`; a token counts more than a cookie.
    """

    def __init__(self, app: App, issuer: str, audience: str, **options: Any) -> None:
        self._app = app
        self._bearer = build_bearer(issuer, audience, **options)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        bearer, call = self._bearer, _read_call(scope, scope["path"])
        if scope["type"] == "http" and call.method == "GET" and call.path == bearer.described_at:
            await _send_reply(send, bearer.describe())
            return
        state = scope.setdefault("state", {})
        if not call.values("authorization") and state.get(_MARK):
            await self._app(scope, receive, send)
            return
        async with _Turning(scope, send, bearer.refuse) as turning:
            state["session"] = await bearer.find(call)
            await self._app(scope, receive, turning.send)


class _Turning:
    """Answers for an app that turned somebody away, as long as nothing was sent yet."""

    def __init__(self, scope: Scope, send: Send, refuse: Callable[[CurtilageError], Reply]) -> None:
        self._is_http = scope["type"] == "http"
        self._send = send
        self._refuse = refuse
        self._has_begun = False

    async def __aenter__(self) -> "_Turning":
        return self

    async def __aexit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if not isinstance(error, TURNED_AWAY) or self._has_begun:
            return False
        if self._is_http:
            await _send_reply(self._send, self._refuse(error))
        else:
            await self._send({"type": "websocket.close", "code": _REFUSED})
        return True

    async def send(self, message: Message) -> None:
        self._has_begun = True
        await self._send(message)


class _Requirement:
    """A dependency for FastAPI, a decorator for endpoints of Starlette."""

    def __init__(self, need: Need) -> None:
        self._need = need

    def __call__(self, connection: HTTPConnection) -> Any:
        """FastAPI reads the annotation, and gives the connection; `@` gives an endpoint."""
        given: Any = connection
        if isinstance(given, HTTPConnection):
            return self.verify(given)
        return self._wrap(given)

    def verify(self, connection: HTTPConnection) -> Session:
        """The session, if it meets the need; what it raises the middleware answers."""
        state = connection.scope.get("state", {})
        if "session" not in state:
            raise RelyingSetup("`require` needs SessionMiddleware or BearerMiddleware around it.")
        return verify_access(self._need, state["session"], at=SystemClock().now())

    def _wrap(self, endpoint: Callable[..., Any]) -> Callable[..., Any]:
        if iscoroutinefunction(endpoint):

            @functools.wraps(endpoint)
            async def later(*given: Any, **named: Any) -> Any:
                self.verify(_find_connection(given, named))
                return await endpoint(*given, **named)

            return later

        @functools.wraps(endpoint)
        def at_once(*given: Any, **named: Any) -> Any:
            self.verify(_find_connection(given, named))
            return endpoint(*given, **named)

        return at_once


def require(
    *,
    purpose: str | None = None,
    acr: str | None = None,
    max_age: int | None = None,
    scope: str | None = None,
) -> _Requirement:
    """Lets in who is signed in, for `purpose`, as surely as `acr`, since `max_age` seconds.

    `scope` names scopes between spaces, all of which were granted. FastAPI:
    `Depends(require(acr="aal2"))` gives the `Session`. Starlette: `@require(acr="aal2")`.
    Who does not meet it is led to the sign-in where a page is awaited; else told 401, with
    what is missing (RFC 9470), or 403 where signing in again would not help.
    """
    return _Requirement(build_need(purpose=purpose, acr=acr, max_age=max_age, scope=scope))


def _find_connection(given: Sequence[Any], named: Mapping[str, Any]) -> HTTPConnection:
    for each in (*given, *named.values()):
        if isinstance(each, HTTPConnection):
            return each
    raise RelyingSetup("`require` needs an endpoint that takes the request.")


def _read_call(scope: Scope, path: str, body: bytes = b"") -> Call:
    headers = tuple(
        (bytes(name).decode("latin-1").lower(), bytes(value).decode("latin-1"))
        for name, value in scope.get("headers", ())
    )
    method = scope.get("method", "GET")  # a WebSocket's handshake is one
    return Call(method, path, headers, bytes(scope.get("query_string", b"")), body)


async def _read_body(receive: Receive) -> bytes | None:
    """The whole body; None for one that is too long."""
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > MOST_BYTES:
            return None
        if not message.get("more_body", False):
            return bytes(body)


async def _send_reply(send: Send, reply: Reply) -> None:
    own = [("content-type", reply.media_type), ("content-length", str(len(reply.body)))]
    headers = [(name.encode(), value.encode("latin-1")) for name, value in (*own, *reply.headers)]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body})
