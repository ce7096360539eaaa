"""`PrivacyMiddleware` around real Starlette applications."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from curtilage.asgi import PrivacyMiddleware
from curtilage.shield.errors import Blocked

ADA, BOB = "ada@orchard.example", "bob@orchard.example"


async def answer(request: Request) -> Response:
    left = request.state.privacy.protect(f"Write to {ADA}")
    assert ADA not in left
    return JSONResponse({"answer": f'"{left}"', "token": left.split()[-1]})


async def stream(request: Request) -> Response:
    async def pieces() -> AsyncIterator[str]:
        left = request.state.privacy.protect(f"Gr\u00fc\u00dfe an {ADA}.")  # once it runs
        for at in range(0, len(left), 5):
            yield left[at : at + 5]

    return StreamingResponse(pieces(), media_type="text/plain")


async def deltas(request: Request) -> Response:
    privacy = request.state.privacy
    left = privacy.protect(f"To {ADA}")
    restorer = privacy.stream()

    async def events() -> AsyncIterator[str]:
        for at in range(0, len(left), 5):
            yield f"data: {restorer.feed(left[at : at + 5])}\n\n"
        yield f"data: {restorer.close()}\n\n"

    return StreamingResponse(events(), media_type="text/event-stream")


async def plain(_: Request) -> Response:
    return PlainTextResponse("QX1-EMAIL-7h3kd0x9m2vtrc5w-001pz8n4c6t0gkj2 is no token of ours")


async def other(request: Request) -> Response:
    left = request.state.privacy.protect(ADA)
    kind = request.query_params["kind"]
    headers = {"content-encoding": "identity"} if "encoded" in kind else {}
    return Response(left, media_type=kind.split()[0], headers=headers)


async def remembered(request: Request) -> Response:
    request.state.privacy.protect(BOB)
    return PlainTextResponse(request.query_params["token"])


async def blocked(request: Request) -> Response:
    try:
        request.state.privacy.protect("4111 1111 1111 1111")
    except Blocked as refusal:
        return PlainTextResponse(str(refusal), 403)
    return PlainTextResponse("left")


def client(**given: Any) -> httpx.AsyncClient:
    places = (answer, stream, deltas, plain, other, remembered, blocked)
    app = Starlette(
        routes=[Route(f"/{place.__name__}", place) for place in places],
        middleware=[Middleware(PrivacyMiddleware, **given)],
    )
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://app.example")


async def test_values_come_back_in_json_which_stays_json() -> None:
    async with client() as caller:
        reply = await caller.get("/answer")
    assert reply.json() == {"answer": f'"Write to {ADA}"', "token": ADA}
    assert reply.headers.get("content-length") in (None, str(len(reply.content)))


@pytest.mark.parametrize(
    ("path", "expected"), [("/stream", f"Gr\u00fc\u00dfe an {ADA}."), ("/deltas", f"To {ADA}")]
)
async def test_values_come_back_in_streams_wherever_they_are_cut(path: str, expected: str) -> None:
    async with client() as caller:
        reply = await caller.get(path)
    said = reply.text.replace("data: ", "").replace("\n\n", "") if "deltas" in path else reply.text
    assert said == expected


async def test_where_nothing_was_protected_not_a_byte_changes() -> None:
    async with client() as caller:
        reply = await caller.get("/plain")
    assert reply.text.startswith("QX1-EMAIL-7h3k")
    assert int(reply.headers["content-length"]) == len(reply.content)


@pytest.mark.parametrize(
    "kind", ["text/html", "application/octet-stream", "text/plain encoded", "text/plain;charset=x"]
)
async def test_what_is_not_read_here_is_passed_on_with_its_tokens(kind: str) -> None:
    async with client() as caller:
        reply = await caller.get("/other", params={"kind": kind})
    assert reply.content.startswith(b"QX1-EMAIL-")


async def test_a_value_of_one_request_never_comes_back_in_another() -> None:
    async with client() as caller:
        kept = await caller.get("/other", params={"kind": "text/html"})
        reply = await caller.get("/remembered", params={"token": kept.text})
    assert reply.text == kept.text


async def test_one_value_has_one_token_in_its_scope_and_another_elsewhere() -> None:
    async with client(scope_of=lambda scope: scope["query_string"].decode()) as caller:
        tokens = [
            (await caller.get(f"/other?kind=text/html&chat={chat}")).text for chat in (1, 1, 2)
        ]
    assert tokens[0] == tokens[1] != tokens[2]


async def test_a_policy_decides_as_for_the_library() -> None:
    async with client(policy={"CREDIT_CARD": "block"}) as caller:
        reply = await caller.get("/blocked")
    assert reply.status_code == 403
    assert "4111" not in reply.text


async def test_what_is_no_request_passes() -> None:
    seen = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(dict(scope))

    middleware = PrivacyMiddleware(app)
    for kind in ("lifespan", "websocket"):
        await middleware({"type": kind}, None, None)  # type: ignore[arg-type]
    assert "state" not in seen[0]
    assert seen[1]["state"]["privacy"].protect("nothing") == "nothing"
