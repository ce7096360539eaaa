"""`GET /v1/models`: what a key may name, recorded though nothing leaves."""

import json
from dataclasses import replace
from typing import Any

import pytest

from curtilage.core.errors import CurtilageError
from curtilage.gateway.errors import UnservedMethod
from curtilage.gateway.modellist import ModelList
from curtilage.gateway.prices import PriceSettings, PriceTable
from curtilage.gateway.routes import RouteTable
from curtilage.gateway.sessioncache import Sessions
from curtilage.gateway.settings import BUILT_IN_ROUTES, BUILT_IN_UPSTREAMS, RouteSettings
from tests.fakes.dataplane import Caller, DataPlane, StaticSnapshots, a_snapshot, an_api_key
from tests.fakes.entropy import FixedEntropy


class World:
    """A listing over faked surroundings."""

    def __init__(self, **key: Any) -> None:
        self.plane = DataPlane(snapshots=StaticSnapshots(a_snapshot(an_api_key(**key))))
        plane = self.plane
        self.listing = ModelList(
            plane.snapshots, Sessions(plane.loader, clock=plane.clock, entropy=FixedEntropy()),
            plane.recorder, plane.clock, plane.ids,
        )  # fmt: skip

    async def get(self, path: str = "/v1/models", **given: Any) -> tuple[int, Any]:
        caller = Caller(b"", path, **{"method": "GET", **given})
        await self.listing.serve(caller.scope, caller.send)
        return caller.status, json.loads(caller.reply)


ANTHROPIC = ((b"anthropic-version", b"2023-06-01"),)


def ids_of(listed: Any) -> list[str]:
    return [model["id"] for model in listed["data"]]


async def test_what_is_spelled_out_is_listed_and_no_pattern_is() -> None:
    world = World()
    own = (
        RouteSettings("gpt-4.1-mini", "openai"),
        RouteSettings("gpt-4.1-mini", "openai"),
        RouteSettings("letters", "anthropic", rename="claude-sonnet-4-5"),
        RouteSettings("o[34]", "openai"),
    )
    prices = PriceTable(
        [
            PriceSettings(model, "2026-01-01", "EUR", "1", "1")
            for model in ("gpt-4o", "gpt-4o-*", "claude-sonnet-4-5", "nobody-knows", "letters")
        ]
    )
    world.plane.snapshots.snapshot = replace(
        world.plane.snapshots.snapshot,
        routes=RouteTable((*own, *BUILT_IN_ROUTES), BUILT_IN_UPSTREAMS),
        prices=prices,
    )
    openai, anthropic = (
        ids_of((await world.get())[1]),
        ids_of((await world.get(headers=ANTHROPIC))[1]),
    )
    assert openai == ["gpt-4.1-mini", "mirror", "gpt-4o"]
    assert anthropic == ["letters", "mirror", "claude-sonnet-4-5"]


async def test_a_key_is_told_the_models_that_it_holds_by_name() -> None:
    world = World(models=frozenset({"gpt-4o", "claude-next", "mirror"}))
    assert ids_of((await world.get())[1]) == ["mirror", "gpt-4o"]
    assert ids_of((await world.get(headers=ANTHROPIC))[1]) == ["mirror", "claude-next"]


async def test_a_keys_own_models_narrow_the_list() -> None:
    world = World(models=frozenset({"mirror"}))
    _, listed = await world.get()
    assert [model["id"] for model in listed["data"]] == ["mirror"]
    assert (await world.get("/v1/models/mirror"))[0] == 200
    assert (await world.get("/v1/models/gpt-4o"))[0] == 404


async def test_one_model_is_described_in_either_shape() -> None:
    world = World()
    assert (await world.get("/v1/models/gpt-4o"))[1]["object"] == "model"
    assert (await world.get("/v1/models/claude-next", headers=ANTHROPIC))[1]["type"] == "model"


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        ({"path": "/v1/models/none"}, 404, "gateway.unknown-model"),
        ({"path": "/v1/models/claude-next"}, 400, "gateway.wrong-protocol"),
        ({"headers": ((b"x-curtilage-purpose", b"other"),)}, 403, "gateway.purpose-not-held"),
    ],
)
async def test_a_refusal_is_told_in_shape_and_recorded(
    given: dict[str, Any], status: int, code: str
) -> None:
    world = World()
    got, document = await world.get(**given)
    assert (got, document["error"]["code"]) == (status, code)
    intent, outcome = world.plane.recorder.events
    assert (intent.kind, intent.id) == ("exchange.intended", document["error"]["request_id"])
    assert (outcome.kind, outcome.facts["reason"]) == ("exchange.refused", code)
    assert intent.actor


class NoRoutes(RouteTable):
    """A table with a fault of ours in it."""

    def __init__(self) -> None:
        super().__init__((), {})

    def patterns(self, protocol: str) -> list[tuple[str, str]]:
        raise RuntimeError(f"holds a value of {protocol}")


async def test_a_bug_is_told_and_recorded_without_a_value() -> None:
    world = World()
    world.plane.snapshots.snapshot = a_snapshot(routes=NoRoutes())
    got, document = await world.get()
    assert (got, document["error"]["code"]) == (500, "gateway.internal")
    assert "holds" not in json.dumps(document)
    intent, outcome = world.plane.recorder.events
    assert (intent.kind, outcome.kind) == ("exchange.intended", "exchange.failed")
    assert outcome.facts["reason"] == "gateway.internal"


async def test_a_list_is_recorded_with_how_many_it_told() -> None:
    world = World(models=frozenset({"mirror"}))
    await world.get()
    intent, outcome = world.plane.recorder.events
    assert intent.facts == {"route": "openai.models"}
    assert outcome.facts == {"status": 200, "listed": 1, "intent": intent.id}


async def test_nothing_is_told_that_cannot_be_recorded() -> None:
    world = World()
    world.plane.recorder.broken = True
    caller = Caller(b"", "/v1/models", method="GET")
    with pytest.raises(CurtilageError):
        await world.listing.serve(caller.scope, caller.send)
    assert not caller.sent


async def test_only_reading_is_served() -> None:
    caller = Caller(b"", "/v1/models")
    with pytest.raises(UnservedMethod):
        await World().listing.serve(caller.scope, caller.send)
