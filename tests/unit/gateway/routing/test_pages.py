"""The page of upstreams: what it says, without a script too."""

import re

import pytest

from curtilage.gateway.routing.models import Reports, Routing
from curtilage.gateway.routing.pages import tell_bound, tell_failure
from tests.fakes.console import FakeConsole
from tests.fakes.routing import ROUTES, UPSTREAMS, FakeRouting
from tests.fakes.visitor import Visitor


async def a_visitor(routing: FakeRouting | None = None) -> Visitor:
    return await Visitor(FakeConsole(routing=routing or FakeRouting())).sign_in()


def words(page: str) -> str:
    return " ".join(re.sub("<[^>]*>", " ", page).split())


async def test_each_upstream_says_how_it_is() -> None:
    text = words((await (await a_visitor()).get("/console/upstreams")).text)
    assert "openai openai, external api.openai.com" in text
    assert re.search(r"local-a .* Left alone until .* by 1 of 2 workers could not be reached", text)
    assert re.search(r"anthropic .* Trying again by 2 of 2 workers answered with status 503", text)
    assert re.search(r"mirror .* Not asked yet none", text)
    assert "95 % ≤ 2.5 s" in text


async def test_routes_say_where_models_go() -> None:
    text = words((await (await a_visitor()).get("/console/upstreams")).text)
    assert "llama-* local-a 75 % , local-b 25 % openai, local" in text
    assert "letters local-a , then local-b as qwen3-30b-a3b-instruct" in text
    assert "claude-* anthropic anthropic, external" in text


async def test_a_model_is_looked_up_by_the_route_table() -> None:
    visitor = await a_visitor()
    found = words((await visitor.get("/console/upstreams?model=llama-4")).text)
    assert "llama-4 goes to local-a 75 % , local-b 25 % , by the route llama-*" in found
    unknown = words((await visitor.get("/console/upstreams?model=nobody")).text)
    assert "No route matches nobody , so it is refused" in unknown


@pytest.mark.parametrize("model", ["<script>alert(1)</script>", "'; drop table", "\u202ex"])
async def test_a_hostile_name_is_inert(model: str) -> None:
    visitor = await a_visitor()
    page = (await visitor.client.get("/console/upstreams", params={"model": model})).text
    assert "<script>alert" not in page
    assert "No route matches" in page


async def test_a_name_that_no_model_can_have_is_refused_and_kept_in_the_field() -> None:
    visitor = await a_visitor()
    reply = await visitor.client.get("/console/upstreams", params={"model": "x" * 5000})
    assert reply.status_code == 422
    assert 'aria-invalid="true"' in reply.text and "x" * 257 not in reply.text


async def test_the_table_keeps_itself_fresh_unless_paused() -> None:
    visitor = await a_visitor()
    assert 'hx-get="/console/upstreams/now"' in (await visitor.get("/console/upstreams")).text
    paused = (await visitor.get("/console/upstreams?paused")).text
    assert "hx-get" not in paused and "Go on" in paused
    fragment = (await visitor.get("/console/upstreams/now")).text
    assert "<html" not in fragment and "local-a" in fragment


async def test_before_any_worker_reported_the_page_is_whole() -> None:
    quiet = FakeRouting(Routing(UPSTREAMS, ROUTES, "openai"), Reports())
    text = words((await (await a_visitor(quiet)).get("/console/upstreams")).text)
    assert text.count("Not asked yet") == len(UPSTREAMS)


async def test_the_page_is_for_those_who_signed_in() -> None:
    assert (await Visitor().get("/console/upstreams")).status_code in {303, 401}


def test_failures_and_bounds_are_said_in_words() -> None:
    assert tell_failure("") == ""
    assert tell_failure("encoded") == "answered compressed, unasked"
    assert tell_failure("status 529") == "answered with status 529"
    assert tell_failure("of a later version") == "failed"
    assert [tell_bound(each) for each in (None, 250, 1000, 2500, 300_000)] == [
        "", "250 ms", "1 s", "2.5 s", "300 s",
    ]  # fmt: skip
