"""Privacy and sign-in for the requests of a Django application, with and without async.

    MIDDLEWARE = ["curtilage.django.PrivacyMiddleware", …]
    CURTILAGE = {"policy": {"CREDIT_CARD": "mask"}}   # may be left out

    def answer(request):
        reply = model(request.privacy.protect(text))   # no value leaves
        return JsonResponse({"answer": reply})         # and the values are back

Middleware that packs replies (`GZipMiddleware`) stands before it in the list: what
is packed already stays as it is. `CURTILAGE["scope_of"]`, a function of the request, names the
scope that the request belongs to.

    MIDDLEWARE = ["curtilage.django.SessionMiddleware", …]
    CURTILAGE = {"sign_in": {"issuer": "http://localhost:8787", "client_id": …, "secret_key": …}}

    @require(acr="aal2")
    def notes(request):
        return HttpResponse(request.curtilage.name)    # who is signed in; None for nobody
"""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings

from curtilage.app.library import DEFAULT_SCOPE, Library
from curtilage.app.privacy import BodyRestorer, Privacy
from curtilage.app.relying_django import SessionMiddleware, require
from curtilage.core.entropy import SystemEntropy
from curtilage.identity.relying.build import FileSessions, MemorySessions
from curtilage.identity.relying.session import Session

__all__ = [
    "FileSessions",
    "MemorySessions",
    "Privacy",
    "PrivacyMiddleware",
    "Session",
    "SessionMiddleware",
    "require",
]


class PrivacyMiddleware:
    """Gives each request a `Privacy` as `request.privacy` and restores its reply."""

    sync_capable = async_capable = True

    def __init__(self, get_response: Callable[[Any], Any]) -> None:
        options = getattr(settings, "CURTILAGE", {})
        self._get_response = get_response
        self._policy = options.get("policy")
        self._scope_of = options.get("scope_of", lambda _: DEFAULT_SCOPE)
        self._library = Library(SystemEntropy())
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: Any) -> Any:
        request.privacy = Privacy(self._library, scope=self._scope_of(request), policy=self._policy)
        if iscoroutinefunction(self):
            return self._later(request)
        return _restore(request.privacy, self._get_response(request))

    async def _later(self, request: Any) -> Any:
        return _restore(request.privacy, await self._get_response(request))


def _restore(privacy: Privacy, response: Any) -> Any:
    if not response.streaming:
        body = _body_of(privacy, response)
        if body is not None:
            response.content = body.feed(response.content) + body.close()
            if response.has_header("Content-Length"):
                response["Content-Length"] = str(len(response.content))
    elif response.is_async:
        response.streaming_content = _stream_later(privacy, response, response.streaming_content)
    else:
        response.streaming_content = _stream(privacy, response, response.streaming_content)
    return response


def _body_of(privacy: Privacy, response: Any) -> BodyRestorer | None:
    return privacy.body(response.get("Content-Type", ""), response.get("Content-Encoding", ""))


def _stream(privacy: Privacy, response: Any, pieces: Any) -> Iterator[bytes]:
    """A stream may protect something only once it runs: its first piece decides."""
    body, begun = None, False
    for piece in pieces:
        if not begun:
            body, begun = _body_of(privacy, response), True
        yield piece if body is None else body.feed(piece)
    if body is not None:
        yield body.close()


async def _stream_later(privacy: Privacy, response: Any, pieces: Any) -> AsyncIterator[bytes]:
    body, begun = None, False
    async for piece in pieces:
        if not begun:
            body, begun = _body_of(privacy, response), True
        yield piece if body is None else body.feed(piece)
    if body is not None:
        yield body.close()
