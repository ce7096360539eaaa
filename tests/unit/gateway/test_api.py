"""The application that owns the port: what goes where, and who is turned away at once."""

import json
from typing import Any

import pytest

from curtilage.gateway.api import Gateway
from curtilage.gateway.door import Door, Proxies
from curtilage.gateway.errors import SnapshotStale
from curtilage.gateway.modellist import ModelList
from curtilage.gateway.sessioncache import Sessions
from curtilage.gateway.snapshot import Snapshot
from tests.fakes.dataplane import Caller, DataPlane, FakeReply, StaticSnapshots, a_snapshot
from tests.fakes.entropy import FixedEntropy
from tests.fakes.provider import chat_reply

CHAT = json.dumps({"model": "gpt-4o", "messages": [{"role": "user", "content": "Hi"}]}).encode()


class FakeControl:
    """The control process: says which paths reached it."""

    def __init__(self) -> None:
        self.paths: list[str] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.paths.append(scope["path"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"page", "more_body": False})


class World:
    """One worker's application."""

    def __init__(self, *, snapshots: StaticSnapshots | None = None, **given: Any) -> None:
        self.plane, self.control = DataPlane(), FakeControl()
        plane = self.plane
        plane.snapshots = snapshots or plane.snapshots
        plane.upstream.answer = lambda _: FakeReply((json.dumps(chat_reply("Hi")).encode(),))
        self.services = plane.services()
        listing = ModelList(
            plane.snapshots, Sessions(plane.loader, clock=plane.clock, entropy=FixedEntropy()),
            plane.recorder, plane.clock, plane.ids,
        )  # fmt: skip
        door = Door(public_url="http://localhost:8787")
        settings = {"max_concurrent": 2, **given}
        self.gateway = Gateway(self.services, door, self.control, listing, **settings)

    async def call(self, path: str, method: str = "POST", **given: Any) -> Caller:
        caller = Caller(given.pop("body", CHAT), path, method, **given)
        await self.gateway(caller.scope, caller.receive, caller.send)
        return caller


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/models", "/healthz", "/readyz"])
async def test_what_is_its_own_is_served_here(path: str) -> None:
    world = World()
    method = "POST" if "chat" in path else "GET"
    assert (await world.call(path, method)).status == 200
    assert world.control.paths == []


@pytest.mark.parametrize("path", ["/", "/console/live", "/login", "/v1", "/v1x", "/healthz/x"])
async def test_what_belongs_to_the_control_process_is_relayed(path: str) -> None:
    world = World()
    assert (await world.call(path, "GET")).reply == b"page"
    assert world.control.paths == [path]


@pytest.mark.parametrize("path", ["/v1/", "/v1/assistants", "/v1/chat", "/openai/deployments/x"])
async def test_every_other_model_path_is_refused_here_and_never_relayed(path: str) -> None:
    world = World()
    refused = await world.call(path)
    assert (refused.status, world.control.paths) == (404, [])
    await world.services.rejections.flush()
    assert world.plane.recorder.events[0].facts == {"counts": {"gateway.unserved-path": 1}}


async def test_the_door_is_before_everything() -> None:
    world = World()
    caller = Caller(CHAT, "/v1/chat/completions")
    scope = {**caller.scope, "headers": [(b"host", b"evil.example")]}
    await world.gateway(scope, caller.receive, caller.send)
    assert caller.status == 421
    page = await world.call("/v1/chat/completions", headers=((b"origin", b"https://evil.example"),))
    assert page.status == 403
    assert world.plane.recorder.events == [] and not world.plane.upstream.received


async def test_forms_of_our_own_pages_are_judged_where_their_page_is_known() -> None:
    world = World()
    assert (await world.call("/login", headers=((b"origin", b"null"),))).reply == b"page"


async def test_a_worker_that_shuts_down_takes_no_new_calls_and_is_not_ready() -> None:
    world = World()
    world.gateway.draining = True
    assert (await world.call("/v1/chat/completions")).status == 503
    assert (await world.call("/readyz", "GET")).status == 503
    assert (await world.call("/healthz", "GET")).status == 200


async def test_more_calls_than_it_takes_are_refused_and_may_try_again() -> None:
    world = World()
    meters = world.services.registrar.meters
    meters.active = 2
    busy = await world.call("/v1/chat/completions")
    assert (busy.status, json.loads(busy.reply)["error"]["code"]) == (503, "gateway.busy")
    assert "x-should-retry" not in busy.reply_headers
    meters.active = 1
    assert (await world.call("/v1/chat/completions")).status == 200
    assert meters.active == 1, "a call that has ended makes room"


class Stale(StaticSnapshots):
    """Nobody has confirmed keys and policy in time."""

    def current(self) -> Snapshot:
        raise SnapshotStale


async def test_it_is_not_ready_without_a_ledger() -> None:
    world = World()
    world.plane.recorder.broken = True
    told = await world.call("/readyz", "GET")
    assert told.status == 503 and told.reply.strip()


async def test_it_is_not_ready_and_serves_nobody_with_keys_that_are_stale() -> None:
    world = World(snapshots=Stale(a_snapshot()))
    assert (await world.call("/readyz", "GET")).status == 503
    refused = await world.call("/v1/chat/completions")
    assert (refused.status, json.loads(refused.reply)["error"]["code"]) == (503, "gateway.stale")
    assert not world.plane.upstream.received


async def test_counters_are_for_this_machine_unless_they_are_made_public() -> None:
    world = World()
    assert (await world.call("/metrics", "GET")).reply == b"page"
    behind = await world.call("/metrics", "GET", headers=((b"x-forwarded-for", b"192.0.2.1"),))
    assert behind.status in (403, 404)
    public = World(metrics_public=True)
    headers = ((b"x-forwarded-for", b"192.0.2.1"),)
    assert (await public.call("/metrics", "GET", headers=headers)).reply == b"page"


async def test_the_record_names_the_caller_behind_a_named_proxy() -> None:
    world = World(proxies=Proxies(["127.0.0.1"]))
    caller = Caller(CHAT, "/v1/chat/completions", headers=((b"x-forwarded-for", b"192.0.2.9"),))
    scope = caller.scope
    await world.gateway(scope, caller.receive, caller.send)
    assert scope["client"] == ("192.0.2.9", 0)


@pytest.mark.parametrize(
    ("path", "field"), [("/v1/realtime", "param"), ("/openai/v1/realtime", "status")]
)
async def test_a_socket_is_refused_in_the_shape_of_its_path(path: str, field: str) -> None:
    world = World()
    caller = Caller(b"", path)
    scope = {**caller.scope, "type": "websocket", "extensions": {"websocket.http.response": {}}}
    await world.gateway(scope, caller.receive, caller.send)
    types = [message["type"] for message in caller.sent]
    assert types == ["websocket.http.response.start", "websocket.http.response.body"]
    assert caller.status == 404
    error = json.loads(caller.reply)["error"]
    assert error["code"] == "gateway.unserved-path"
    assert field in error


async def test_the_servers_life_is_answered_and_sockets_are_closed() -> None:
    world = World()
    sent: list[Any] = []
    asked = iter(({"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}))

    async def receive() -> Any:
        return next(asked)

    async def send(message: Any) -> None:
        sent.append(message["type"])

    await world.gateway({"type": "lifespan"}, receive, send)
    asked = iter(({"type": "websocket.connect"},))
    await world.gateway({"type": "websocket", "path": "/v1/realtime"}, receive, send)
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete", "websocket.close"]


async def test_a_bug_beside_the_exchanges_is_told_in_shape_and_without_a_value(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def broken(scope: Any, receive: Any, send: Any) -> None:
        raise ValueError("holds ada")

    world = World()
    world.gateway.relay = broken
    refused = await world.call("/login", "GET")
    assert (refused.status, json.loads(refused.reply)["code"]) == (500, "gateway.internal")
    assert refused.reply_headers["content-type"] == "application/problem+json"
    assert b"ada" not in refused.reply and "holds ada" not in caplog.messages


async def test_who_left_is_told_nothing_and_nothing_escapes() -> None:
    world = World()

    async def gone(_: Any) -> None:
        raise ConnectionResetError

    for path in ("/v1/chat/completions", "/v1/models", "/login", "/v1/none"):
        caller = Caller(CHAT, path, "POST" if path.endswith("completions") else "GET")
        await world.gateway(caller.scope, caller.receive, gone)
    assert world.plane.recorder.kinds[:2] == ["exchange.intended", "exchange.completed"]


@pytest.mark.parametrize(
    ("path", "method", "allowed"),
    [
        ("/v1/chat/completions", "GET", "POST"),
        ("/v1/models", "POST", "GET"),
        ("/v1/responses/resp_1", "PUT", "DELETE, GET"),
        ("/v1/responses/resp_1/cancel", "GET", "POST"),
    ],
)
async def test_a_wrong_method_is_told_the_right_ones(path: str, method: str, allowed: str) -> None:
    refused = await World().call(path, method)
    assert (refused.status, refused.reply_headers["allow"]) == (405, allowed)
