"""What the gateway takes from a chat request before it is sent."""

from typing import Any

import pytest

from curtilage.gateway.wire.errors import UnexpectedShape
from curtilage.gateway.wire.openai_chat import prepare_chat


def request(**fields: Any) -> dict[str, Any]:
    return {"model": "gpt-4o", "messages": [], **fields}


def test_facts_are_read() -> None:
    facts = prepare_chat(request(n=3, logprobs=True))
    assert (facts.model, facts.n, facts.logprobs, facts.stream) == ("gpt-4o", 3, True, False)
    assert prepare_chat(request(n=None)).n == 1
    assert not facts.include_usage_injected


@pytest.mark.parametrize(
    "options", [None, {}, {"include_usage": False}, {"include_obfuscation": False}]
)
def test_a_stream_always_ends_with_its_usage(options: Any) -> None:
    document = request(stream=True)
    if options is not None:
        document["stream_options"] = dict(options)
    assert prepare_chat(document).include_usage_injected
    assert document["stream_options"] == {**(options or {}), "include_usage": True}


def test_a_caller_that_asked_for_usage_gets_it() -> None:
    document = request(stream=True, stream_options={"include_usage": True})
    assert not prepare_chat(document).include_usage_injected


def test_a_request_that_does_not_stream_is_left_alone() -> None:
    document = request(stream=False)
    prepare_chat(document)
    assert "stream_options" not in document


@pytest.mark.parametrize(
    "document",
    [
        None, [], "text", {}, {"model": "gpt-4o"}, {"messages": []}, {"model": "", "messages": []},
        {"model": 4, "messages": []}, {"model": "gpt-4o", "messages": "hello"}, request(stream="true"),
        request(stream=1), request(n="3"), request(n=-1), request(n=True),
        request(stream=True, stream_options={"include_usage": "yes"}), request(logprobs=5),
    ],
)  # fmt: skip
def test_fields_that_the_gateway_relies_on_have_their_types(document: Any) -> None:
    with pytest.raises(UnexpectedShape) as caught:
        prepare_chat(document)
    assert caught.value.status == 400
