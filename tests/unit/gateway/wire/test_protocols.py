"""The registry has what the engine asks for."""

import json
from typing import Any

import pytest

from curtilage.gateway.wire.fields import collect
from curtilage.gateway.wire.protocols import PROTOCOLS
from curtilage.gateway.wire.sse import SSEParser
from tests.unit.gateway.wire import requests
from tests.unit.gateway.wire.replies import hold
from tests.unit.gateway.wire.responses_requests import openai_responses

REQUESTS = {
    "openai.chat": requests.openai_chat,
    "openai.completions": requests.openai_completions,
    "openai.embeddings": requests.openai_embeddings,
    "openai.responses": openai_responses,
    "openai.responses.compact": openai_responses,
    "openai.responses.count": openai_responses,
    "azure.chat": requests.azure_chat,
    "azure.v1.embeddings": requests.openai_embeddings,
    "anthropic.messages": requests.anthropic_messages,
    "anthropic.count_tokens": requests.anthropic_messages,
}


@pytest.mark.parametrize("kind", REQUESTS)
def test_every_operation_reads_its_request_and_restores_its_reply(kind: str) -> None:
    protocol = PROTOCOLS[kind]
    document = REQUESTS[kind]()
    allowed = ("images", "audio", "video", "files", "remote_urls", "provider_blobs")
    facts = protocol.prepare(document, allowed)
    assert facts.model == document["model"]
    assert collect(document, protocol.request_map, allowed)
    assert protocol.restore_reply({}, hold(), facts, ()).restored == {}
    said: Any = {"input_tokens": 3, "usage": {"prompt_tokens": 3, "input_tokens": 3}}
    assert protocol.restore_reply(said, hold(), facts, ()).usage.prompt == 3
    status, body = protocol.error_body(ValueError(), "id")
    assert (status, "error" in json.loads(body)) == (500, True)


@pytest.mark.parametrize("kind", REQUESTS)
def test_keep_alives_and_errors_are_whole_frames(kind: str) -> None:
    protocol = PROTOCOLS[kind]
    for raw in (protocol.keepalive, protocol.error_frame(ValueError(), "id")):
        parser = SSEParser()
        assert [frame.raw for frame in parser.feed(raw)] == [raw]
        assert parser.close() is None


def test_only_what_streams_has_a_rewriter() -> None:
    streaming = {kind for kind, protocol in PROTOCOLS.items() if protocol.rewriter is not None}
    responses = {"openai.responses", "openai.responses.read"}
    azure = {f"{way}.{name}" for way in ("azure", "azure.v1") for name in ("chat", "completions")}
    assert streaming == {
        "openai.chat", "openai.completions", "anthropic.messages", *responses, *azure, "gemini.stream", "gemini.v1.stream", "bedrock.stream",
    }  # fmt: skip


def test_method_and_path_name_one_operation() -> None:
    named = {(protocol.method, protocol.path) for protocol in PROTOCOLS.values()}
    assert len(named) == len(PROTOCOLS)


def test_every_operation_on_what_a_provider_keeps_names_it_in_its_path() -> None:
    for protocol in PROTOCOLS.values():
        assert protocol.of_kept == ("{id}" in protocol.path)
