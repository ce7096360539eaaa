"""Fail-over: to whom a call is offered next, and when it is not."""

import json
from dataclasses import replace
from typing import Any

import pytest

from curtilage.gateway.errors import NoCredential, UpstreamFailed, UpstreamResting, name_upstream
from curtilage.gateway.ports import UpstreamReply, UpstreamRequest
from curtilage.gateway.records import Passage
from curtilage.gateway.settings import GatewaySettings, RouteSettings, UpstreamSettings
from curtilage.gateway.snapshot import Snapshot
from curtilage.gateway.upstream_calls import Outgoing, UpstreamCalls
from curtilage.gateway.wire.protocols import PROTOCOLS
from tests.fakes.dataplane import FakeReply, a_route_table, a_snapshot
from tests.unit.gateway.test_upstream_calls import admitted

UPSTREAMS = {
    name: UpstreamSettings("openai", f"http://{name}.example/v1", f"{name.upper()}_KEY")
    for name in ("one", "two", "six")
}
KEYS = {name: f"credential-of-{name}" for name in UPSTREAMS}
ROUTE = RouteSettings("m", upstreams=("one", "two", "six"))
BODY = {"model": "m", "messages": []}


class Scripted:
    """An upstream that answers with a status, or fails as told."""

    def __init__(self, said: int | UpstreamFailed) -> None:
        self.said = said
        self.received: list[UpstreamRequest] = []
        self.reply = FakeReply((b"{}",), status=said if isinstance(said, int) else 0)

    async def send(self, request: UpstreamRequest) -> UpstreamReply:
        self.received.append(request)
        if isinstance(self.said, UpstreamFailed):
            raise self.said
        return self.reply

    async def close(self) -> None: ...


class World:
    """Upstreams by name, each with its script."""

    def __init__(self, *said: int | UpstreamFailed, route: RouteSettings = ROUTE) -> None:
        self.upstreams = {name: Scripted(what) for name, what in zip(UPSTREAMS, said, strict=False)}
        named = {settings: self.upstreams.get(name) for name, settings in UPSTREAMS.items()}
        self.upstream_calls = UpstreamCalls(lambda settings: named.get(settings) or Scripted(200))
        self.upstream_calls.take_over(UPSTREAMS)
        self.route = route
        self.passage = Passage(is_shared=True)

    async def send(self, **given: Any) -> UpstreamReply:
        caller = given.pop("caller", None) or admitted()
        table = a_route_table(self.route, upstreams=UPSTREAMS)
        target = table.resolve("m", "openai")
        body = json.dumps(BODY, separators=(",", ":")).encode()
        outgoing = Outgoing(PROTOCOLS["openai.chat"], target, body, document=BODY)
        return await self.upstream_calls.send(_snapshot(**given), caller, outgoing, self.passage)

    def tried(self) -> list[int]:
        return [len(upstream.received) for upstream in self.upstreams.values()]


def _snapshot(**given: Any) -> Snapshot:
    defaults: dict[str, Any] = {"upstreams": UPSTREAMS, "credentials": KEYS}
    return a_snapshot(**(defaults | given))


UNREACHED = UpstreamFailed("connect", sent=False)
BROKEN = UpstreamFailed("broken", sent=True)


@pytest.mark.parametrize("said", [UNREACHED, 429, 500, 503, 529])
async def test_the_next_one_serves_where_the_first_did_not(said: int | UpstreamFailed) -> None:
    world = World(said, 200, 200)
    assert (await world.send()).status == 200
    assert world.tried() == [1, 1, 0]
    assert world.passage.facts() == {"tried": 2, "upstream": "two"}
    first, second = (world.upstreams[name].received[0] for name in ("one", "two"))
    assert first.body == second.body, "the same bytes, so the same tokens"
    assert ("authorization", "Bearer credential-of-one") in first.headers
    assert ("authorization", "Bearer credential-of-two") in second.headers
    assert "credential-of-one" not in str(second.headers)


@pytest.mark.parametrize("said", [200, 400, 401, 404, 408])
async def test_an_answer_that_is_one_goes_to_the_caller(said: int) -> None:
    world = World(said, 200, 200)
    assert (await world.send()).status == said
    assert world.tried() == [1, 0, 0]


async def test_what_may_have_arrived_is_not_offered_to_another() -> None:
    world = World(503, BROKEN, 200)
    with pytest.raises(UpstreamFailed) as failed:
        await world.send()
    assert failed.value.sent and world.tried() == [1, 1, 0]
    assert world.upstreams["one"].reply.closed, "nothing stays open"


async def test_where_all_decline_the_last_answer_stands_and_the_others_are_closed() -> None:
    world = World(429, 503, UNREACHED)
    reply = await world.send(settings=GatewaySettings(retries=2))
    assert reply.status == 503 and world.tried() == [1, 1, 1]
    assert world.upstreams["one"].reply.closed and not world.upstreams["two"].reply.closed
    assert world.passage.facts() == {"tried": 3, "upstream": "two"}


async def test_where_nobody_can_be_reached_there_is_another_round() -> None:
    world = World(UNREACHED, UNREACHED, UNREACHED)
    with pytest.raises(UpstreamFailed, match="could not be reached") as failed:
        await world.send(settings=GatewaySettings(retries=1))
    assert "(upstream " in failed.value.detail
    assert world.tried() == [2, 2, 2] and world.passage.facts() == {"tried": 3, "upstream": "six"}


async def test_one_without_a_credential_is_passed_over() -> None:
    world = World(200, 200, 200)
    await world.send(credentials={"two": "x"})
    assert world.tried() == [0, 1, 0] and world.passage.facts() == {"tried": 1, "upstream": "two"}
    with pytest.raises(NoCredential):
        await World(200, 200, 200).send(credentials={})


async def test_each_gets_the_name_that_it_knows_and_all_else_as_it_was() -> None:
    route = replace(ROUTE, rename={"two": "house-model"})
    world = World(503, 503, 200, route=route)
    await world.send()
    bodies = [json.loads(one.received[0].body) for one in world.upstreams.values()]
    assert [body.pop("model") for body in bodies] == ["m", "house-model", "m"]
    assert bodies == [{"messages": []}] * 3


def test_an_error_names_the_upstream_by_its_configured_name_and_not_its_address() -> None:
    error = UpstreamFailed("connect", sent=False)
    name_upstream(error, "local-a")
    name_upstream(error, "local-b")  # who knew first, knew best
    assert error.detail == "The provider could not be reached (upstream local-a)."
    name_upstream(nameless := UpstreamResting(), "")
    assert "upstream" not in nameless.detail.rpartition("(")[1]
