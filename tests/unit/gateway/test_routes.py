"""Which upstream serves a model, and what nobody serves."""

import pytest

from curtilage.gateway.errors import UnknownModel, WrongProtocol
from curtilage.gateway.routes import LONGEST_NAME, RouteTable
from curtilage.gateway.settings import (
    BUILT_IN_ROUTES,
    BUILT_IN_UPSTREAMS,
    RouteSettings,
    UpstreamSettings,
)
from tests.fakes.dataplane import a_route_table

LOCAL = {"local": UpstreamSettings("openai", "http://127.0.0.1:9/v1", destination="inside")}


@pytest.mark.parametrize(
    ("model", "protocol", "upstream"),
    [
        ("gpt-4.1-mini", "openai", "openai"),
        ("o3-mini", "openai", "openai"),
        ("text-embedding-3-small", "openai", "openai"),
        ("claude-next", "anthropic", "anthropic"),
        ("mirror", "openai", "mirror"),
        ("mirror-large", "anthropic", "mirror"),
    ],
)
def test_the_built_in_routes_serve_the_usual_names(
    model: str, protocol: str, upstream: str
) -> None:
    target = a_route_table().resolve(model, protocol)
    assert (target.upstream, target.model) == (upstream, model)


@pytest.mark.parametrize("model", ["", "llama", "GPT-4", "xgpt-4", "o", "mirrored", "gpt"])
def test_a_name_that_no_pattern_matches_is_unknown(model: str) -> None:
    with pytest.raises(UnknownModel):
        a_route_table().resolve(model, "openai")


@pytest.mark.parametrize(
    ("model", "protocol"), [("claude-next", "openai"), ("gpt-4o", "anthropic")]
)
def test_protocols_are_not_converted_into_each_other(model: str, protocol: str) -> None:
    with pytest.raises(WrongProtocol):
        a_route_table().resolve(model, protocol)


def test_a_name_too_long_for_a_record_is_unknown() -> None:
    table = a_route_table()
    assert table.resolve("gpt-" + "x" * (LONGEST_NAME - 4), "openai")
    with pytest.raises(UnknownModel):
        table.resolve("gpt-" + "x" * LONGEST_NAME, "openai")


def test_the_first_route_wins_and_may_rename() -> None:
    table = a_route_table(
        RouteSettings("gpt-4*", "local", rename="house-model"),
        RouteSettings("gpt-4o", "openai"),
        upstreams=LOCAL,
    )
    target = table.resolve("gpt-4o", "openai")
    assert (target.upstream, target.destination, target.model, target.pattern) == (
        "local", "inside", "house-model", "gpt-4*",
    )  # fmt: skip


@pytest.mark.parametrize("protocol", ["gemini", "bedrock"])
def test_what_the_mirror_does_not_speak_is_refused_before_it_is_asked(protocol: str) -> None:
    """Its answer would be in OpenAI's shape."""
    with pytest.raises(WrongProtocol):
        a_route_table().resolve("mirror", protocol)


def test_patterns_are_those_of_the_callers_protocol_and_the_mirror() -> None:
    openai = {name for name, _ in a_route_table().patterns("openai")}
    anthropic = {name for name, _ in a_route_table().patterns("anthropic")}
    assert openai & anthropic == {"mirror", "mirror-*"}
    assert "gpt-*" in openai and "claude-*" in anthropic


def test_what_names_no_model_goes_where_conversations_are_kept() -> None:
    upstreams = {**BUILT_IN_UPSTREAMS, "own": UpstreamSettings("openai", "https://own.example/v1")}
    table = RouteTable(BUILT_IN_ROUTES, upstreams, keeper="own")
    target = table.find_keeper("openai")
    assert (target.upstream, target.model) == ("own", "")
    with pytest.raises(UnknownModel):
        RouteTable(BUILT_IN_ROUTES, upstreams, keeper="gone").find_keeper("openai")


def test_what_another_protocol_keeps_goes_to_the_one_upstream_that_speaks_it() -> None:
    azure = UpstreamSettings("azure", "https://one.openai.azure.example/openai")
    one = RouteTable(BUILT_IN_ROUTES, {**BUILT_IN_UPSTREAMS, "one": azure})
    assert one.find_keeper("azure").upstream == "one"
    assert one.find_keeper("anthropic").upstream == "anthropic"
    two = RouteTable(BUILT_IN_ROUTES, {**BUILT_IN_UPSTREAMS, "one": azure, "two": azure})
    for table in (two, RouteTable(BUILT_IN_ROUTES, BUILT_IN_UPSTREAMS)):
        with pytest.raises(WrongProtocol):
            table.find_keeper("azure")
