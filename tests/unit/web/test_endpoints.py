"""Endpoints that are no pages: bounded, from our hosts, with the shell's headers."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from curtilage.core.door import Call, Endpoint, Reply
from curtilage.core.entropy import SystemEntropy
from curtilage.core.errors import CurtilageError, InputError
from curtilage.web.app import build_web
from tests.fakes.desk import FakeDesk
from tests.fakes.ids import FixedIds

HERE = "http://console.example"


class Echo:
    """Keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Call] = []

    async def answer(self, call: Call) -> Reply:
        self.asked.append(call)
        return Reply(b"{}", headers=(("cache-control", "public, max-age=60"),))

    async def fail(self, call: Call) -> Reply:
        raise InputError("Nothing of this kind is taken.")

    async def break_(self, call: Call) -> Reply:
        raise RuntimeError("a secret")


def tell(error: CurtilageError) -> Reply:
    """A protocol's words for what the shell refuses."""
    return Reply(f"wrong: {error.code}".encode(), "text/plain", status=error.status)


@pytest.fixture
def echo() -> Echo:
    return Echo()


@pytest.fixture
async def client(echo: Echo) -> AsyncIterator[httpx.AsyncClient]:
    app = build_web(
        routes=[],
        nav=[],
        templates={},
        sessions=FakeDesk(),
        key=b"k" * 32,
        entropy=SystemEntropy(),
        ids=FixedIds(),
        origins=[HERE],
        endpoints=[
            Endpoint("POST", "/own", echo.answer, "own", most_bytes=10),
            Endpoint("GET", "/open/{name}", echo.answer, "open", is_open=True),
            Endpoint("GET", "/failing", echo.fail, "failing"),
            Endpoint("GET", "/broken", echo.break_, "broken"),
            Endpoint("POST", "/told", echo.break_, "told", most_bytes=10, refuse=tell),
        ],
    )
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=HERE) as client:
        yield client


async def test_a_call_is_handed_over_as_it_was_sent(client: httpx.AsyncClient, echo: Echo) -> None:
    headers = [("DPoP", "one"), ("dpop", "two"), ("cookie", "curtilage-session=s")]
    answer = await client.post("/own?a=1&a=2", content=b"0123456789", headers=headers)
    call = echo.asked[0]
    assert call.values("dpop") == ["one", "two"]
    assert (call.query, call.body, call.session) == (b"a=1&a=2", b"0123456789", "s")
    assert answer.headers["cache-control"] == "public, max-age=60"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "access-control-allow-origin" not in answer.headers


async def test_a_body_that_is_too_large_is_not_handed_over(
    client: httpx.AsyncClient, echo: Echo
) -> None:
    answer = await client.post("/own", content=b"0123456789+")
    assert (answer.status_code, echo.asked) == (413, [])


async def test_an_open_endpoint_answers_other_origins_and_sees_no_cookie(
    client: httpx.AsyncClient, echo: Echo
) -> None:
    answer = await client.get("/open/x", headers={"cookie": "curtilage-session=s"})
    assert answer.headers["access-control-allow-origin"] == "*"
    assert (echo.asked[0].session, echo.asked[0].params) == ("", {"name": "x"})
    asked = await client.options("/open/x", headers={"origin": "https://app.example"})
    assert asked.status_code == 204
    assert asked.headers["access-control-allow-methods"] == "GET"
    assert "dpop" in asked.headers["access-control-allow-headers"]


async def test_other_hosts_are_refused_before_the_endpoint(
    client: httpx.AsyncClient, echo: Echo
) -> None:
    answer = await client.get("/open/x", headers={"host": "elsewhere.example"})
    assert (answer.status_code, echo.asked) == (421, [])


async def test_what_an_endpoint_raises_is_told_without_its_words_unless_they_are_ours(
    client: httpx.AsyncClient,
) -> None:
    accepts = {"accept": "application/json"}
    refused = await client.get("/failing", headers=accepts)
    assert (refused.status_code, refused.json()["code"]) == (422, "input")
    broken = await client.get("/broken", headers=accepts)
    assert (broken.status_code, "secret" in broken.text) == (500, False)


@pytest.mark.parametrize(
    ("given", "status", "said"),
    [
        ({"content": b"0123456789+"}, 413, "wrong: web.form-too-large"),
        ({"headers": {"host": "elsewhere.example"}}, 421, "wrong: web.wrong-host"),
        ({"content": b"x"}, 500, "wrong: internal"),
    ],
)
async def test_a_protocol_tells_what_the_shell_refuses_in_its_own_words(
    client: httpx.AsyncClient, given: Any, status: int, said: str
) -> None:
    answer = await client.post("/told", **given)
    assert (answer.status_code, answer.text) == (status, said)
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["x-content-type-options"] == "nosniff"
