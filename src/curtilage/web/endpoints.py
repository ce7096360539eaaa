"""Serves the endpoints that are no pages: bounded, from our hosts, in the shell's headers.

What a protocol says of its errors is the endpoint's own, and what the shell refuses is told
in its words where it has some (`refuse`), else as a problem document. Open endpoints answer pages of any origin (Fetch §3.3), which is
safe because they read no cookie: whoever calls must show something else.
"""

from collections.abc import Iterable, Sequence
from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as HttpRoute

from curtilage.core.door import Call, Endpoint, Reply
from curtilage.core.errors import CurtilageError
from curtilage.web.door import Door
from curtilage.web.form import read_body

OPEN = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "www-authenticate, dpop-nonce",
}
PREFLIGHT = {
    "access-control-allow-headers": "authorization, content-type, dpop",
    "access-control-max-age": "600",
}


def endpoint_routes(door: Door, endpoints: Sequence[Endpoint]) -> list[HttpRoute]:
    """Routes for them, and for the questions that browsers ask before they call open ones."""
    routes = [_route(door, each) for each in endpoints]
    asked: dict[str, list[str]] = {}
    for each in endpoints:
        if each.is_open:
            asked.setdefault(each.path, []).append(each.method)
    return routes + [_preflight(door, path, methods) for path, methods in asked.items()]


def _route(door: Door, endpoint: Endpoint) -> HttpRoute:
    tell = None if endpoint.refuse is None else partial(_tell, door, endpoint)

    async def answer(request: Request) -> Response:
        work = partial(_answer, door, endpoint, request)
        return await door.guard(request, work, at=endpoint.name, tell=tell)

    return HttpRoute(endpoint.path, answer, methods=[endpoint.method], name=endpoint.name)


async def _answer(door: Door, endpoint: Endpoint, request: Request) -> Response:
    cookie = request.cookies.get(door.visiting.cookies.session, "")
    body = b"" if request.method in ("GET", "HEAD") else await _read(request, endpoint)
    call = Call(
        method=request.method,
        path=request.url.path,
        headers=tuple((name.lower(), value) for name, value in request.headers.items()),
        query=request.scope.get("query_string", b""),
        body=body,
        params={name: str(value) for name, value in request.path_params.items()},
        session="" if endpoint.is_open else cookie,
        peer=request.client.host if request.client else "",
    )
    reply = await endpoint.answer(call)
    door.count(endpoint.name, reply.refused, reply.status)
    return _encode(door, endpoint, reply)


def _tell(door: Door, endpoint: Endpoint, error: CurtilageError) -> Response:
    assert endpoint.refuse is not None
    return _encode(door, endpoint, endpoint.refuse(error))


async def _read(request: Request, endpoint: Endpoint) -> bytes:
    return await read_body(request, limit=endpoint.most_bytes)


def _encode(door: Door, endpoint: Endpoint, reply: Reply) -> Response:
    response = Response(reply.body, status_code=reply.status)
    headers = door.data_headers() | (OPEN if endpoint.is_open else {})
    if reply.body or reply.status not in (204, 304):
        headers["content-type"] = reply.media_type
    _put(response, headers.items())
    _put(response, reply.headers)
    return response


def _put(response: Response, headers: Iterable[tuple[str, str]]) -> None:
    for name, value in headers:
        response.headers[name] = value


def _preflight(door: Door, path: str, methods: Sequence[str]) -> HttpRoute:
    async def allow(_: Request) -> Response:
        headers = door.data_headers() | OPEN | PREFLIGHT
        headers["access-control-allow-methods"] = ", ".join(sorted(methods))
        return Response(status_code=204, headers=headers)

    async def answer(request: Request) -> Response:
        return await door.guard(request, partial(allow, request), at=f"{path}-preflight")

    return HttpRoute(path, answer, methods=["OPTIONS"], name=f"{path}-preflight")
