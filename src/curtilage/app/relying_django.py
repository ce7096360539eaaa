"""Sign-in for Django: middleware and `require`, with and without async.

What `curtilage.django` offers. Here is only how Django carries it; what is decided is in
`identity.relying`.
"""

import functools
from collections.abc import Callable
from typing import Any

from asgiref.sync import async_to_sync, iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.http import HttpResponse

from curtilage.core.clock import SystemClock
from curtilage.core.door import Call, Reply
from curtilage.core.errors import CurtilageError
from curtilage.identity.relying.build import build_doors
from curtilage.identity.relying.doors import MOST_BYTES
from curtilage.identity.relying.errors import ForeignHost, RelyingSetup
from curtilage.identity.relying.guard import TURNED_AWAY, build_need, verify_access

_ANSWER = "_curtilage_refuse"  # of a request: what turns somebody away


class SessionMiddleware:
    """Signs people in by an issuer; `request.curtilage` says who is, None for nobody.

    `CURTILAGE["sign_in"]` has what `curtilage.asgi.SessionMiddleware` takes. In a view
    without async, `async_to_sync(request.curtilage.token)()` gives an access token.
    """

    sync_capable = async_capable = True

    def __init__(self, get_response: Callable[[Any], Any]) -> None:
        given = dict(getattr(settings, "CURTILAGE", {}).get("sign_in", {}))
        try:
            given.setdefault("client_secret", None)
            self._doors = build_doors(**given)
        except TypeError:
            raise RelyingSetup(
                "CURTILAGE['sign_in'] needs issuer, client_id and secret_key, and knows no other words."
            ) from None
        self._get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: Any) -> Any:
        if iscoroutinefunction(self):
            return self._later(request)
        call = self._begin(request)
        reply = None
        if self._has_work(call):  # a loop for each request is dear: most need none
            reply = async_to_sync(self._meet)(request, call)
        return self._get_response(request) if reply is None else _respond(reply)

    async def _later(self, request: Any) -> Any:
        reply = await self._meet(request, self._begin(request))
        return await self._get_response(request) if reply is None else _respond(reply)

    def _begin(self, request: Any) -> Call:
        """The call, and in the request who may be turned away by it."""
        doors, call = self._doors, _read_call(request, self._doors.local_path(request.path))

        def refuse(error: CurtilageError) -> Any:
            return _respond(doors.refuse(error, call))

        setattr(request, _ANSWER, refuse)
        request.curtilage = None
        return call

    def _has_work(self, call: Call) -> bool:
        try:
            return self._doors.is_ours(call.path) or self._doors.may_know(call)
        except ForeignHost:
            return True

    async def _meet(self, request: Any, call: Call) -> Reply | None:
        """An answer of ours, or None and the request knows who sent it."""
        doors = self._doors
        if doors.is_ours(call.path):
            if call.method == "POST":
                if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
                    return Reply(status=413)
                call = _read_call(request, call.path, request.body)
            return await doors.answer(call)
        try:
            request.curtilage = await doors.find_session(call)
        except TURNED_AWAY as error:
            return doors.refuse(error, call)
        return None

    def process_exception(self, request: Any, exception: Exception) -> Any:
        """Answers for a view that could not have a token any more, say."""
        if isinstance(exception, TURNED_AWAY):
            return getattr(request, _ANSWER)(exception)
        return None


def require(
    *,
    purpose: str | None = None,
    acr: str | None = None,
    max_age: int | None = None,
    scope: str | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A decorator for views, with and without async; see `curtilage.asgi.require`."""
    need = build_need(purpose=purpose, acr=acr, max_age=max_age, scope=scope)

    def turn_away(request: Any) -> Any:
        """The answer for who may not pass, None for who may."""
        if not hasattr(request, _ANSWER):
            raise RelyingSetup("`require` needs curtilage.django.SessionMiddleware.")
        try:
            verify_access(need, request.curtilage, at=SystemClock().now())
        except TURNED_AWAY as error:
            return getattr(request, _ANSWER)(error)
        return None

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        if iscoroutinefunction(view):

            @functools.wraps(view)
            async def later(request: Any, *given: Any, **named: Any) -> Any:
                refusal = turn_away(request)
                return await view(request, *given, **named) if refusal is None else refusal

            return later

        @functools.wraps(view)
        def at_once(request: Any, *given: Any, **named: Any) -> Any:
            refusal = turn_away(request)
            return view(request, *given, **named) if refusal is None else refusal

        return at_once

    return decorate


def _read_call(request: Any, path: str, body: bytes = b"") -> Call:
    headers = tuple((name.lower(), str(value)) for name, value in request.headers.items())
    query = request.META.get("QUERY_STRING", "").encode("latin-1")
    return Call(request.method, path, headers, query, body)


def _respond(reply: Reply) -> Any:
    response = HttpResponse(reply.body, status=reply.status, content_type=reply.media_type)
    for name, value in reply.headers:
        if name == "set-cookie":
            response.cookies.load(value)
        else:
            response[name] = f"{response[name]}, {value}" if name in response else value
    return response
