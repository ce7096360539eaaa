"""The middleware of sign-in round an ASGI application, and `require` inside it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from curtilage.asgi import (
    BearerMiddleware,
    MemorySessions,
    Session,
    SessionMiddleware,
    require,
)
from curtilage.core.clock import SystemClock
from curtilage.identity.relying.errors import NotSignedIn, RelyingSetup
from curtilage.identity.wire.access_tokens import sign_access_token
from tests.fakes import FixedClock
from tests.fakes.issuer import FakeIssuer
from tests.relying_house import SECRET_KEY
from tests.signed_tokens import API, CLIENT, EC_KEY, ISSUER, an_access_token

BASE = "https://notes.example"
JSON = {"accept": "application/json"}
PAGE = {"accept": "text/html"}


@require()
async def home(request: Request) -> PlainTextResponse:
    who: Session = request.state.session
    return PlainTextResponse(who.id)


@require(purpose="research")
def research(request: Request) -> PlainTextResponse:
    return PlainTextResponse("for research")


async def late(request: Request) -> StreamingResponse:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"begun"
        raise NotSignedIn

    return StreamingResponse(pieces())


async def open_page(request: Request) -> PlainTextResponse:
    return PlainTextResponse(str(request.state.session))


async def talk(websocket: WebSocket) -> None:
    require().verify(websocket)
    await websocket.accept()
    await websocket.send_text(websocket.state.session.id)
    await websocket.close()


def routes() -> list[Any]:
    return [
        Route("/", home),
        Route("/research", research),
        Route("/late", late),
        Route("/open", open_page),
        WebSocketRoute("/talk", talk),
    ]


def session_layer(issuer: FakeIssuer) -> Middleware:
    return Middleware(
        SessionMiddleware,
        ISSUER,
        CLIENT,
        "secret",
        secret_key=SECRET_KEY,
        base_url=BASE,
        fetcher=issuer,
        store=MemorySessions(),
    )


def bearer_layer(issuer: FakeIssuer) -> Middleware:
    return Middleware(BearerMiddleware, ISSUER, API, fetcher=issuer)


@pytest.fixture
def issuer() -> FakeIssuer:
    return FakeIssuer(FixedClock(SystemClock().now()))


@asynccontextmanager
async def visiting(*layers: Middleware) -> AsyncIterator[httpx.AsyncClient]:
    app = Starlette(routes=routes(), middleware=list(layers))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url=BASE, headers=JSON
    ) as client:
        yield client


async def sign_in(client: httpx.AsyncClient, issuer: FakeIssuer) -> httpx.Response:
    begun = await client.get("/auth/login", params={"next": "/research"})
    asked = httpx.URL(begun.headers["location"]).params
    issuer.nonce = asked["nonce"]
    answer = {"code": "a", "state": asked["state"], "iss": ISSUER}
    return await client.get("/auth/callback", params=answer)


def a_token(issuer: FakeIssuer, **given: Any) -> dict[str, str]:
    at = issuer.clock.now().replace(microsecond=0)
    life = an_access_token().expires_at - an_access_token().issued_at
    token = an_access_token(issued_at=at, expires_at=at + life, **given)
    return {"authorization": f"Bearer {sign_access_token(token, key=EC_KEY)}"}


@pytest.mark.requirement(23, 30)
async def test_a_session_opens_what_it_may_and_nothing_else(issuer: FakeIssuer) -> None:
    issuer.members = {"scope": "openid purpose:research"}
    async with visiting(session_layer(issuer)) as client:
        assert (await client.get("/open")).text == "None"
        assert (await client.get("/")).status_code == 401
        led = await client.get("/", headers=PAGE)
        assert (led.status_code, led.headers["location"]) == (303, "/auth/login?next=%2F")
        back = await sign_in(client, issuer)
        assert back.headers["location"] == "/research"
        assert (await client.get("/")).text == "ada"
        assert (await client.get("/research")).text == "for research"


async def test_a_reply_that_began_is_not_answered_twice(issuer: FakeIssuer) -> None:
    async with visiting(session_layer(issuer)) as client:
        with pytest.raises(NotSignedIn):
            await client.get("/late")


@pytest.mark.requirement(23, 24)
async def test_an_api_takes_tokens_and_says_where_to_get_them(issuer: FakeIssuer) -> None:
    async with visiting(bearer_layer(issuer)) as client:
        refused = await client.get("/", headers=PAGE)
        assert refused.status_code == 401
        told = refused.headers.get_list("www-authenticate")
        assert told[0].startswith(f'Bearer resource_metadata="{API}/.well-known/')
        described = await client.get("/.well-known/oauth-protected-resource")
        assert described.json()["authorization_servers"] == [ISSUER]
        bad = await client.get("/open", headers={"authorization": "Bearer a.b.c"})
        assert bad.status_code == 401
        assert 'error="invalid_token"' in bad.headers["www-authenticate"]
        good = a_token(issuer, purposes=frozenset({"research"}))
        assert (await client.get("/research", headers=good)).text == "for research"
        weak = await client.get("/research", headers=a_token(issuer))
        assert weak.status_code == 403


@pytest.mark.parametrize("turned", [False, True])
async def test_a_token_counts_more_than_a_cookie(issuer: FakeIssuer, *, turned: bool) -> None:
    layers = [session_layer(issuer), bearer_layer(issuer)]
    async with visiting(*(reversed(layers) if turned else layers)) as client:
        await sign_in(client, issuer)
        assert (await client.get("/")).text == "ada"
        assert (await client.get("/", headers=a_token(issuer))).text == "person-ada"
        client.cookies.clear()
        assert (await client.get("/", headers={"authorization": "Bearer x"})).status_code == 401
        led = await client.get("/", headers=PAGE)
        assert led.status_code == 303


async def test_bodies_are_bounded_and_logout_tokens_are_read(issuer: FakeIssuer) -> None:
    async with visiting(session_layer(issuer)) as client:
        await sign_in(client, issuer)
        long = await client.post("/auth/backchannel", data={"logout_token": "a" * 40_000})
        assert long.status_code == 413
        token = issuer.logout_token()
        told = await client.post("/auth/backchannel", data={"logout_token": token})
        assert told.status_code == 200
        assert (await client.get("/")).status_code == 401


def test_a_websocket_is_for_who_is_signed_in(issuer: FakeIssuer) -> None:
    app = Starlette(routes=routes(), middleware=[bearer_layer(issuer)])
    with TestClient(app) as client:
        with pytest.raises(WebSocketDisconnect), client.websocket_connect("/talk"):
            pass
        with client.websocket_connect("/talk", headers=a_token(issuer)) as socket:
            assert socket.receive_text() == "person-ada"


async def test_require_without_middleware_lets_nobody_in() -> None:
    async with visiting() as client:
        with pytest.raises(RelyingSetup):
            await client.get("/")
    with pytest.raises(RelyingSetup):
        require()(lambda: None)()
    connection = HTTPConnection({"type": "http", "headers": [], "state": {"session": None}})
    with pytest.raises(NotSignedIn):
        require()(connection)
