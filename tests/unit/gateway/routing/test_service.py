"""Who may see where models go, and what is told to them."""

from dataclasses import replace

import pytest

from curtilage.core.authority import Authority
from curtilage.core.errors import DeniedError
from curtilage.gateway.routing.models import Routing
from curtilage.gateway.routing.service import RoutingService
from tests.builders import a_principal
from tests.fakes.routing import LOCAL, ROUTES, UPSTREAMS, some_reports

READER = a_principal(rights=frozenset({"settings:read"}))


def a_service() -> RoutingService:
    routing = Routing(UPSTREAMS, ROUTES, "openai")
    return RoutingService(lambda: routing, some_reports, Authority())


async def test_every_upstream_and_every_route_is_told() -> None:
    overview = await a_service().overview(READER)
    assert [row.name for row in overview.upstreams] == list(UPSTREAMS)
    assert len(overview.routes) == len(ROUTES)
    hosts = {row.name: row.host for row in overview.upstreams}
    assert (hosts["openai"], hosts["local-a"], hosts["mirror"]) == (
        "api.openai.com", "models.orchard.example:8000", "",
    )  # fmt: skip


async def test_nothing_of_a_credential_or_a_path_is_told() -> None:
    secret = replace(
        LOCAL, base_url="http://ada:hunter2@models.example/team-7/v1", api_key_env="TEAM_7_KEY"
    )
    routing = Routing({**UPSTREAMS, "local-a": secret}, ROUTES, "openai")
    service = RoutingService(lambda: routing, some_reports, Authority())
    told = repr(await service.overview(READER))
    assert "models.example" in told
    for hidden in ("hunter2", "team-7", "TEAM_7_KEY"):
        assert hidden not in told


async def test_a_model_is_looked_up_for_who_may_know() -> None:
    answer = await a_service().find_way(READER, "llama-4")
    assert answer.row is not None and answer.row.pattern == "llama-*"


async def test_who_lacks_the_right_is_told_nothing() -> None:
    for asked in (a_service().overview(a_principal()), a_service().find_way(a_principal(), "x")):
        with pytest.raises(DeniedError):
            await asked
