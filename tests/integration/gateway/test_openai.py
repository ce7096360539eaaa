"""Every served route of OpenAI's protocol, with requests and replies full of fields."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

import httpx
import pytest

from tests.fakes.provider import DONE, Received, Step, chat_delta, chat_reply, stream, whole
from tests.integration.gateway.echoes import chat_echo, cut
from tests.integration.service import RunningService

TOKEN = re.compile(r"QX1-EMAIL-[0-9a-z]+-[0-9a-z]+")
ADDRESS = re.compile(r"[a-z]+@orchard\.example")


def address(name: str) -> str:
    return f"{name}@orchard.example"


TOOLS: list[Any] = [
    {
        "type": "function",
        "function": {
            "name": "send_mail",
            "description": f"Sends mail, for instance to {address('described')}",
            "strict": True,
            "parameters": {
                "type": "object",
                "properties": {
                    "to": {
                        "type": "string",
                        "format": "email",
                        "description": f"such as {address('property')}",
                        "enum": [address("enum"), "nobody"],
                        "default": address("default"),
                        "examples": [address("example")],
                    }
                },
                "required": ["to"],
                "additionalProperties": False,
            },
        },
    },
    {
        "type": "custom",
        "custom": {
            "name": "note",
            "description": f"Writes to {address('custom')}",
            "format": {
                "type": "grammar",
                "grammar": {"syntax": "lark", "definition": "start: WORD"},
            },
        },
    },
]
RICH: dict[str, Any] = {
    "model": "gpt-4.1-mini",
    "messages": [
        {"role": "system", "content": f"You answer for {address('system')}."},
        {"role": "developer", "content": [{"type": "text", "text": address("developer")}]},
        {"role": "user", "name": "ada", "content": [
            {"type": "text", "text": f"Write to {address('part')}"},
            {"type": "text", "text": f"and {address('part')} again, not to {address('other')}"},
        ]},
        {"role": "assistant", "content": None, "refusal": None, "tool_calls": [
            {"id": "call_abcdef", "type": "function", "function": {
                "name": "send_mail",
                "arguments": json.dumps({"to": address("argument"), "n": 1.5, "é": None}),
            }},
            {"id": "call_fedcba", "type": "custom", "custom": {
                "name": "note", "input": f"{address('input')} wrote",
            }},
        ]},
        {"role": "tool", "tool_call_id": "call_abcdef", "content": json.dumps(
            {"from": address("result"), "text": "first\nsecond"})},
        {"role": "tool", "tool_call_id": "call_fedcba", "content": [
            {"type": "text", "text": address("resultpart")}]},
        {"role": "assistant", "content": f"Done for {address('assistant')}.",
         "reasoning_content": f"They mean {address('reasoning')}"},
        {"role": "user", "content": "Thank you"},
    ],
    "tools": TOOLS,
    "tool_choice": {"type": "function", "function": {"name": "send_mail"}},
    "response_format": {"type": "json_schema", "json_schema": {
        "name": "mail", "description": address("format"), "strict": True,
        "schema": {"type": "object", "properties": {"to": {"const": address("const")}}},
    }},
    "prediction": {"type": "content", "content": f"Dear {address('predicted')}"},
    "stop": [address("stop"), "END"],
    "metadata": {"ticket": address("metadata"), address("metakey"): "value"},
    "web_search_options": {"search_context_size": "low", "user_location": {
        "type": "approximate", "approximate": {"city": address("city"), "country": "GB"}}},
    "user": address("user"),
    "safety_identifier": address("safety"),
    "prompt_cache_key": address("cachekey"),
    "temperature": 0.2, "top_p": 1, "n": 1, "seed": 7, "max_completion_tokens": 200,
    "logit_bias": {"50256": -100}, "presence_penalty": 0.1, "frequency_penalty": 0,
    "parallel_tool_calls": True, "store": False, "service_tier": "default",
    "reasoning_effort": "low", "verbosity": "low", "modalities": ["text"],
    "vendor_field": {"deep": [{"note": address("vendor")}]},
}  # fmt: skip
IDENTITIES = ("user", "safety_identifier", "prompt_cache_key")


def planted(document: Any) -> set[str]:
    return set(ADDRESS.findall(json.dumps(document)))


def test_no_field_of_a_rich_request_leaves_as_it_is(
    service: RunningService, client: httpx.Client
) -> None:
    service.provider.script = whole(chat_reply("Done."))
    reply = client.post("/v1/chat/completions", json=RICH)
    assert reply.status_code == 200, reply.text
    received = service.provider.received[-1]
    assert received.target == "/v1/chat/completions"
    assert not planted(received.document)
    found = int(reply.headers["x-curtilage-protected"].removeprefix("EMAIL_ADDRESS="))
    assert found == len(ADDRESS.findall(json.dumps(RICH))) - len(IDENTITIES)


def test_the_provider_gets_the_rest_as_it_was_sent(
    service: RunningService, client: httpx.Client
) -> None:
    service.provider.script = whole(chat_reply("Done."))
    client.post("/v1/chat/completions", json=RICH)
    sent = service.provider.received[-1].document
    for name in IDENTITIES:
        assert re.fullmatch("[0-9a-f]{32}", sent[name])
    _compare({**RICH, **dict.fromkeys(IDENTITIES, "x")}, {**sent, **dict.fromkeys(IDENTITIES, "x")})


def _compare(before: Any, after: Any) -> None:
    """The same document, but for a token where an address was, and JSON inside strings."""
    assert type(before) is type(after)
    if isinstance(before, dict):
        assert len(before) == len(after)
        for (name, one), (other, two) in zip(before.items(), after.items(), strict=True):
            _compare(name, other)
            _compare(one, two)
    elif isinstance(before, list):
        assert len(before) == len(after)
        for one, two in zip(before, after, strict=True):
            _compare(one, two)
    elif isinstance(before, str) and before.startswith("{"):
        _compare(json.loads(before), json.loads(after))
    elif isinstance(before, str):
        assert ADDRESS.sub("·", before) == TOKEN.sub("·", after)
    else:
        assert before == after


def test_the_same_value_is_one_token_in_every_field(
    service: RunningService, client: httpx.Client
) -> None:
    service.provider.script = whole(chat_reply("Done."))
    client.post("/v1/chat/completions", json=RICH)
    parts = service.provider.received[-1].document["messages"][2]["content"]
    first, again, other = TOKEN.findall(json.dumps(parts))
    assert first == again != other


def rich_choice(received: Received, index: int) -> dict[str, Any]:
    """Everything that a choice may hold, each with a token of the request."""
    messages = received.document["messages"]
    token = TOKEN.findall(messages[0]["content"])[0]
    link = f"https://evil.example/?q={token}"
    return {
        "index": index,
        "finish_reason": "tool_calls",
        "logprobs": None,
        "content_filter_results": {"hate": {"filtered": False}},
        "message": {
            "role": "assistant",
            "content": f"Mail {token}. ![x]({link}) [y]({link}) <a href='{link}'>z</a> {link}",
            "refusal": f"Not for {token}",
            "reasoning_content": f"It is {token}",
            "reasoning": f"Again {token}",
            "reasoning_details": [
                {"type": "reasoning.text", "text": f"Signed {token}", "signature": f"sig{token}"}
            ],
            "annotations": [
                {"type": "url_citation", "url_citation": {
                    "url": link, "title": "T", "start_index": 0, "end_index": 5 + len(token)}}
            ],
            "audio": None,
            "tool_calls": [
                {"id": "call_1", "type": "function", "function": {
                    "name": "send_mail",
                    "arguments": json.dumps({"to": token, "body": f'"{token}"\n', "url": link}),
                }},
                {"id": "call_2", "type": "custom", "custom": {"name": "note", "input": f"= {token}"}},
            ],
            "vendor": token,
        },
    }  # fmt: skip


def test_every_place_of_a_rich_reply_is_restored_or_left_as_it_should_be(
    service: RunningService, client: httpx.Client
) -> None:
    tokens: list[str] = []

    def answer(received: Received) -> Sequence[Step]:
        tokens.extend(TOKEN.findall(received.document["messages"][0]["content"]))
        choices = [rich_choice(received, index) for index in range(2)]
        return whole({**chat_reply(""), "choices": choices, "service_tier": "default", "x": 1.50})

    service.provider.script = answer
    reply = client.post("/v1/chat/completions", json={**RICH, "n": 2}).json()
    value, token = address("system"), tokens[0]
    link = f"https://evil.example/?q={token}"
    assert reply["x"] == 1.5 and reply["service_tier"] == "default"
    for choice in reply["choices"]:
        message = choice["message"]
        assert message["content"] == (
            f"Mail {value}. ![x]({link}) [y]({link}) <a href='{link}'>z</a> {link}"
        ), "the caller reads the value; what a client would fetch keeps the token"
        assert message["refusal"] == f"Not for {value}"
        assert (message["reasoning_content"], message["reasoning"]) == (
            f"It is {value}",
            f"Again {value}",
        )
        assert message["reasoning_details"][0]["text"] == f"Signed {token}"
        citation = message["annotations"][0]["url_citation"]
        assert citation["url"] == link
        assert message["content"][: citation["end_index"]] == f"Mail {value}"
        function, custom = message["tool_calls"]
        arguments = json.loads(function["function"]["arguments"])
        assert arguments == {"to": value, "body": f'"{value}"\n', "url": link}
        assert custom["custom"]["input"] == f"= {value}"
        assert message["vendor"] == token
        assert choice["content_filter_results"] == {"hate": {"filtered": False}}


def test_a_rich_stream_is_restored_in_each_of_its_strands(
    service: RunningService, client: httpx.Client
) -> None:
    def answer(received: Received) -> Sequence[Step]:
        token = TOKEN.findall(received.document["messages"][0]["content"])[0]
        opening = {"name": "send_mail", "arguments": ""}
        call = {"index": 0, "id": "call_1", "type": "function", "function": opening}
        deltas: list[dict[str, Any]] = [{"role": "assistant", "content": "", "tool_calls": [call]}]
        for piece in cut(f"Mail {token} now"):
            deltas += [{"content": piece}, {"reasoning_content": piece}, {"refusal": piece}]
        for piece in cut(json.dumps({"to": token})):
            deltas.append({"tool_calls": [{"index": 0, "function": {"arguments": piece}}]})
        events = [chat_delta(delta, index=at) for delta in deltas for at in (0, 1)]
        ends = [chat_delta({}, index=at, finish="tool_calls") for at in (0, 1)]
        return stream(*events, *ends, DONE)

    service.provider.script = answer
    body = {**RICH, "stream": True, "n": 2}
    got: dict[Any, str] = {}
    for choice in _choices(client.post("/v1/chat/completions", json=body).text):
        for name, piece in choice["delta"].items():
            if name == "tool_calls":
                piece = piece[0]["function"]["arguments"]  # noqa: PLW2901  # the text inside
            got[choice["index"], name] = got.get((choice["index"], name), "") + piece
    said = f"Mail {address('system')} now"
    for index in (0, 1):
        for name in ("content", "reasoning_content", "refusal"):
            assert got[index, name] == said
        assert json.loads(got[index, "tool_calls"]) == {"to": address("system")}


def _choices(text: str) -> Iterator[dict[str, Any]]:
    for line in text.splitlines():
        if line.startswith("data: {"):
            yield from json.loads(line[6:])["choices"]


def test_an_unknown_role_is_read_too(service: RunningService, client: httpx.Client) -> None:
    service.provider.script = chat_echo
    body = {
        "model": "gpt-4.1-mini",
        "messages": [
            {"role": address("role"), "content": address("odd"), "extra": {"x": address("extra")}},
            {"role": "user", "content": "Hi"},
        ],
    }
    assert client.post("/v1/chat/completions", json=body).status_code == 200
    assert not planted(service.provider.received[-1].document)


@pytest.mark.parametrize(
    "header", ["openai-organization", "openai-project", "openai-beta", "accept"]
)
def test_a_header_that_travels_on_may_hold_nothing_either(
    service: RunningService, client: httpx.Client, header: str
) -> None:
    service.provider.script = whole(chat_reply("Done."))
    body = {"model": "gpt-4.1-mini", "messages": [{"role": "user", "content": "Hi"}]}
    refused = client.post("/v1/chat/completions", json=body, headers={header: address("header")})
    assert (refused.status_code, refused.json()["error"]["code"]) == (
        400,
        "gateway.content-blocked",
    )
    assert not service.provider.received
    passed = client.post(
        "/v1/chat/completions", json=body, headers={header: "org-a1B2c3D4e5F6g7H8i9J0k1L2"}
    )
    assert passed.status_code == 200
    assert service.provider.received[-1].headers[header] == "org-a1B2c3D4e5F6g7H8i9J0k1L2"


def test_a_header_that_nobody_named_does_not_travel(
    service: RunningService, client: httpx.Client
) -> None:
    service.provider.script = whole(chat_reply("Done."), set_cookie="a=b", x_internal="y")
    body = {"model": "gpt-4.1-mini", "messages": [{"role": "user", "content": "Hi"}]}
    headers = {"x-user": address("header"), "cookie": "a=b", "user-agent": address("agent")}
    reply = client.post("/v1/chat/completions", json=body, headers=headers)
    received = json.dumps(service.provider.received[-1].headers)
    assert not planted(received) and "cookie" not in received
    assert "set-cookie" not in reply.headers and "x-internal" not in reply.headers


EMBEDDED: dict[str, Any] = {
    "object": "list",
    "model": "text-embedding-3-small",
    "data": [{"object": "embedding", "index": 0, "embedding": "AACAPw=="}],
    "usage": {"prompt_tokens": 5, "total_tokens": 5},
}


@pytest.mark.parametrize("given", [address("a"), [address("a"), f"of {address('b')}"]])
def test_embeddings_are_made_of_tokens(
    service: RunningService, client: httpx.Client, given: Any
) -> None:
    service.provider.script = whole(EMBEDDED)
    body = {"model": "text-embedding-3-small", "input": given, "encoding_format": "base64",
            "dimensions": 8, "user": address("user")}  # fmt: skip
    reply = client.post("/v1/embeddings", json=body)
    assert (reply.status_code, reply.json()) == (200, EMBEDDED)
    received = service.provider.received[-1]
    assert received.target == "/v1/embeddings"
    assert not planted(received.document) and received.document["dimensions"] == 8
    outcome = service.events(reply.headers["x-curtilage-request-id"])[1]
    assert (outcome.kind, outcome.facts["tokens_in"]) == ("exchange.completed", 5)


@pytest.mark.parametrize(
    ("given", "status"), [([1, 2, 3], 403), ([[1], [2]], 403), ([{"a": 1}], 400), (None, 400)]
)
def test_what_is_no_text_is_not_embedded(
    service: RunningService, client: httpx.Client, given: Any, status: int
) -> None:
    body = {"model": "text-embedding-3-small", "input": given}
    reply = client.post("/v1/embeddings", json=body)
    assert reply.status_code == status
    assert not service.provider.received


def test_models_are_those_that_the_key_may_name(service: RunningService) -> None:
    with service.client(service.key(models=frozenset({"mirror"}))) as client:
        reply = client.get("/v1/models?limit=5")
        assert [model["id"] for model in reply.json()["data"]] == ["mirror"]
        assert client.get("/v1/models/mirror").json()["id"] == "mirror"
        hidden = client.get("/v1/models/gpt-4o")
        absent = client.get("/v1/models/no-such-model")
    assert (hidden.status_code, hidden.json()["error"]["code"]) == (404, "gateway.unknown-model")
    assert absent.json()["error"]["message"] == hidden.json()["error"]["message"]
    kinds = [event.kind for event in service.events(hidden.headers["x-curtilage-request-id"])]
    assert kinds == ["exchange.intended", "exchange.refused"]


def test_a_known_caller_who_is_refused_is_in_the_record_by_name(
    service: RunningService, client: httpx.Client
) -> None:
    headers = {"x-curtilage-purpose": "ada.quill@orchard.example"}
    for path in ("/v1/models", "/v1/chat/completions"):
        reply = client.request("GET" if "models" in path else "POST", path, headers=headers)
        assert reply.status_code == 403
        intent, outcome = service.events(reply.headers["x-curtilage-request-id"])
        assert intent.actor and intent.purpose == ""
        assert (outcome.kind, outcome.facts["reason"]) == (
            "exchange.refused",
            "gateway.purpose-not-held",
        )
        assert "ada.quill" not in repr((intent, outcome))
