"""Every served route of Anthropic's protocol, with requests and replies full of fields."""

import json
import re
from collections.abc import Sequence
from typing import Any

import httpx
import pytest

from tests.fakes.provider import Received, Step, message_event, message_reply, stream, whole
from tests.integration.gateway.echoes import cut
from tests.integration.service import RunningService

TOKEN = re.compile(r"QX1-EMAIL-[0-9a-z]+-[0-9a-z]+")
ADDRESS = re.compile(r"[a-z]+@orchard\.example")
SIGNATURE = (
    "EqQBCkgIBRABGAIiQL8pX1zQX1QpYkRt3x0n9vLw0vJ5sT2uYbM8aWlKfG5hcZrQd7e1iNoP4qRsTuVwXyZ012345"
)
BLOB = "EroBCkYIBRgCKkDkQ3Jvc3NfdGhlX3JpdmVyX2FuZF9pbnRvX3RoZV90cmVlcw0123456789abcdefABCDEF=="
CACHE = {"cache_control": {"type": "ephemeral", "ttl": "5m"}}


def address(name: str) -> str:
    return f"{name}@orchard.example"


def planted(document: Any) -> set[str]:
    return set(ADDRESS.findall(json.dumps(document)))


RICH: dict[str, Any] = {
    "model": "claude-next",
    "max_tokens": 500,
    "system": [{"type": "text", "text": f"You answer for {address('system')}.", **CACHE}],
    "messages": [
        {"role": "user", "content": [
            {"type": "text", "text": f"Read this for {address('caller')}", **CACHE},
            {"type": "document", "title": address("title"), "context": address("context"),
             "source": {"type": "text", "media_type": "text/plain", "data": f"By {address('document')}"},
             "citations": {"enabled": True}},
            {"type": "document", "source": {"type": "content", "content": [
                {"type": "text", "text": address("inner")}]}},
            {"type": "search_result", "source": f"Letter of {address('source')}", "title": address("found"),
             "content": [{"type": "text", "text": address("searched")}]},
        ]},
        {"role": "assistant", "content": [
            {"type": "thinking", "thinking": "Somebody wants something.", "signature": SIGNATURE},
            {"type": "redacted_thinking", "data": BLOB},
            {"type": "text", "text": f"Asking {address('assistant')}", "citations": [
                {"type": "char_location", "cited_text": address("cited"), "document_index": 0,
                 "document_title": address("citedtitle"), "start_char_index": 0, "end_char_index": 9}]},
            {"type": "tool_use", "id": "toolu_abcdef", "name": "send_mail",
             "input": {"to": address("input"), address("key"): [address("list"), 7, None]}},
            {"type": "server_tool_use", "id": "srvtoolu_abcdef", "name": "web_search",
             "input": {"query": address("query")}},
            {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_abcdef", "content": [
                {"type": "web_search_result", "url": "https://orchard.example/", "title": address("web"),
                 "encrypted_content": BLOB, "page_age": "April 2025"}]},
        ]},
        {"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": "toolu_abcdef", "is_error": False, "content": [
                {"type": "text", "text": f"Sent to {address('result')}"}]},
        ]},
        {"role": "assistant", "content": f"Done, {address('done')}"},
        {"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": "toolu_fedcba", "content": address("plain")}]},
    ],
    "tools": [
        {"name": "send_mail", "description": f"Such as to {address('described')}", "input_schema": {
            "type": "object", "required": ["to"],
            "properties": {"to": {"type": "string", "enum": [address("enum"), "nobody"]}}},
         "input_examples": [{"to": address("example")}], **CACHE},
        {"type": "web_search_20250305", "name": "web_search", "max_uses": 3,
         "allowed_domains": ["orchard.example"],
         "user_location": {"type": "approximate", "city": address("city"), "country": "GB"}},
    ],
    "tool_choice": {"type": "auto", "disable_parallel_tool_use": True},
    "stop_sequences": [address("stop")],
    "metadata": {"user_id": address("user")},
    "thinking": {"type": "enabled", "budget_tokens": 1024},
    "service_tier": "auto", "temperature": 1, "top_k": 5, "top_p": 0.9,
    "vendor_field": {"deep": [address("vendor")]},
}  # fmt: skip


def test_no_field_of_a_rich_request_leaves_as_it_is(
    service: RunningService, client: httpx.Client
) -> None:
    service.provider.script = whole(message_reply("Done."))
    reply = client.post("/v1/messages?beta=true", json=RICH)
    assert reply.status_code == 200, reply.text
    received = service.provider.received[-1]
    assert received.target == "/v1/messages?beta=true"
    assert not planted(received.document)
    found = int(reply.headers["x-curtilage-protected"].removeprefix("EMAIL_ADDRESS="))
    assert found == len(ADDRESS.findall(json.dumps(RICH))) - 1  # user_id is hashed, not scanned


def test_what_is_signed_or_sealed_leaves_byte_for_byte(
    service: RunningService, client: httpx.Client
) -> None:
    service.provider.script = whole(message_reply("Done."))
    client.post("/v1/messages", json=RICH)
    sent = service.provider.received[-1].document
    assert sent["messages"][1]["content"][:2] == RICH["messages"][1]["content"][:2]
    search = sent["messages"][1]["content"][5]["content"][0]
    assert (search["encrypted_content"], search["url"]) == (BLOB, "https://orchard.example/")
    assert re.fullmatch("[0-9a-f]{32}", sent["metadata"]["user_id"])
    for name in ("tool_choice", "thinking", "service_tier", "top_k", "max_tokens", "model"):
        assert sent[name] == RICH[name]
    assert sent["tools"][1]["type"] == "web_search_20250305"
    assert [block["type"] for block in sent["messages"][1]["content"]] == [
        block["type"] for block in RICH["messages"][1]["content"]
    ]
    assert sent["messages"][0]["content"][0]["cache_control"] == CACHE["cache_control"]


def test_signed_thinking_with_a_token_goes_back_as_it_came(
    service: RunningService, client: httpx.Client
) -> None:
    """The model thinks in tokens; its signature covers them, so they are not restored."""
    thoughts: list[str] = []

    def answer(received: Received) -> Sequence[Step]:
        token = TOKEN.findall(received.body.decode())[0]
        thoughts.append(f"I should write to {token}.")
        thinking = {"type": "thinking", "thinking": thoughts[-1], "signature": SIGNATURE}
        said = {"type": "text", "text": f"Write to {token}."}
        return whole({**message_reply(""), "content": [thinking, said]})

    ask = {"role": "user", "content": f"Who? {address('ada')}"}
    body = {"model": "claude-next", "max_tokens": 9, "messages": [ask]}
    service.provider.script = answer
    content = client.post("/v1/messages", json=body).json()["content"]
    assert content[0]["thinking"] == thoughts[0] and TOKEN.search(thoughts[0])
    assert content[1]["text"] == f"Write to {address('ada')}."

    history = [ask, {"role": "assistant", "content": content}, {"role": "user", "content": "Go on"}]
    assert client.post("/v1/messages", json={**body, "messages": history}).status_code == 200
    again = service.provider.received[-1].document["messages"][1]["content"]
    assert again[0] == {"type": "thinking", "thinking": thoughts[0], "signature": SIGNATURE}
    assert again[1]["text"] == thoughts[0].replace("I should w", "W")


def rich_content(token: str) -> list[dict[str, Any]]:
    link = f"https://evil.example/?q={token}"
    return [
        {"type": "thinking", "thinking": f"About {token}", "signature": SIGNATURE},
        {"type": "redacted_thinking", "data": BLOB},
        {"type": "text", "text": f"Mail {token}. ![x]({link}) {link}", "citations": [
            {"type": "char_location", "cited_text": f"By {token}", "document_index": 0,
             "document_title": token, "start_char_index": 3, "end_char_index": 9},
            {"type": "web_search_result_location", "cited_text": token, "url": link, "title": token,
             "encrypted_index": BLOB}]},
        {"type": "tool_use", "id": "toolu_1", "name": "send_mail",
         "input": {"to": token, token: [f'"{token}"\n', 1.5], "url": link}},
        {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": token}},
        {"type": "mcp_tool_use", "id": "mcptoolu_1", "name": "look", "server_name": "s", "input": {"q": token}},
        {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": [
            {"type": "web_search_result", "url": link, "title": token, "encrypted_content": BLOB}]},
        {"type": "block_of_tomorrow", "text": token},
    ]  # fmt: skip


def test_every_place_of_a_rich_reply_is_restored_or_left_as_it_should_be(
    service: RunningService, client: httpx.Client
) -> None:
    tokens: list[str] = []

    def answer(received: Received) -> Sequence[Step]:
        tokens.extend(TOKEN.findall(received.document["system"][0]["text"]))
        reply = message_reply("") | {
            "content": rich_content(tokens[0]), "stop_reason": "stop_sequence",
            "stop_sequence": received.document["stop_sequences"][0], "container": None,
            "usage": {"input_tokens": 9, "output_tokens": 3, "cache_read_input_tokens": 5,
                      "cache_creation_input_tokens": 2, "service_tier": "standard"},
        }  # fmt: skip
        return whole(reply, request_id="req_2")

    service.provider.script = answer
    raw = client.post("/v1/messages", json=RICH)
    reply, value, token = raw.json(), address("system"), tokens[0]
    asked, got = rich_content(token), reply["content"]
    link = f"https://evil.example/?q={token}"
    assert got[2]["text"] == f"Mail {value}. ![x]({link}) {link}"
    document, web = got[2]["citations"]
    assert (document["cited_text"], document["document_title"]) == (f"By {value}", value)
    assert (document["start_char_index"], document["end_char_index"]) == (3, 9)
    assert web == asked[2]["citations"][1]
    assert got[3]["input"] == {"to": value, value: [f'"{value}"\n', 1.5], "url": link}
    for index in (0, 1, 4, 5, 6, 7):
        assert got[index] == asked[index]
    assert (reply["stop_reason"], reply["stop_sequence"]) == ("stop_sequence", address("stop"))
    assert reply["usage"]["service_tier"] == "standard"
    facts = service.events(raw.headers["x-curtilage-request-id"])[1].facts
    assert (facts["tokens_in"], facts["tokens_out"], facts["tokens_cached"]) == (16, 3, 5)
    assert facts["finish"] == ["stop_sequence"]
    assert raw.headers["request-id"] == "req_2"


def test_a_rich_stream_is_restored_block_by_block(
    service: RunningService, client: httpx.Client
) -> None:
    kept: list[bytes] = []

    def answer(received: Received) -> Sequence[Step]:
        token = TOKEN.findall(received.document["system"][0]["text"])[0]
        start = message_event("message_start", message={**message_reply(""), "content": []})
        thinking = _block(
            0, {"type": "thinking", "thinking": "", "signature": ""}, "thinking", cut(token)
        )
        signed = message_event(
            "content_block_delta",
            index=0,
            delta={"type": "signature_delta", "signature": SIGNATURE},
        )
        redacted = _block(1, {"type": "redacted_thinking", "data": BLOB}, "", [])
        text = _block(2, {"type": "text", "text": ""}, "text", cut(f"Mail {token} now"))
        citation = {"type": "char_location", "cited_text": token, "document_title": None}
        cited = message_event(
            "content_block_delta",
            index=2,
            delta={"type": "citations_delta", "citation": citation},
        )
        tool = {"type": "tool_use", "id": "toolu_1", "name": "send_mail", "input": {}}
        call = _block(3, tool, "partial_json", cut(json.dumps({"to": token})))
        server = {**tool, "type": "server_tool_use", "name": "web_search"}
        search = _block(4, server, "partial_json", cut(json.dumps({"query": token})))
        kept.extend([start, *thinking[:-1], signed, thinking[-1], *redacted, *search])
        end = message_event("message_delta", delta={"stop_reason": "tool_use"}, usage={})
        return stream(
            start, *thinking[:-1], signed, thinking[-1], *redacted, *text[:-1], cited, text[-1],
            message_event("ping"), *call, *search, end, message_event("message_stop"),
        )  # fmt: skip

    service.provider.script = answer
    reply = client.post("/v1/messages", json={**RICH, "stream": True}).content
    at = 0
    for frame in kept:
        at = reply.index(frame, at) + len(frame)
    got: dict[tuple[int, str], str] = {}
    for line in reply.decode().splitlines():
        event = json.loads(line[6:]) if line.startswith("data: ") else {}
        if event.get("type") == "content_block_delta":
            for name, piece in event["delta"].items():
                if isinstance(piece, str):
                    key = event["index"], name
                    got[key] = got.get(key, "") + piece
                elif name == "citation":
                    assert piece["cited_text"] == address("system")
    assert got[2, "text"] == f"Mail {address('system')} now"
    assert json.loads(got[3, "partial_json"]) == {"to": address("system")}
    assert TOKEN.fullmatch(got[0, "thinking"]) and got[0, "signature"] == SIGNATURE


def _block(index: int, block: dict[str, Any], name: str, pieces: list[str]) -> list[bytes]:
    kinds = {"text": "text_delta", "thinking": "thinking_delta", "partial_json": "input_json_delta"}
    deltas = [{"type": kinds[name], name: piece} for piece in pieces]
    return [
        message_event("content_block_start", index=index, content_block=block),
        *(message_event("content_block_delta", index=index, delta=delta) for delta in deltas),
        message_event("content_block_stop", index=index),
    ]


def test_tokens_are_counted_of_what_would_leave(
    service: RunningService, client: httpx.Client
) -> None:
    service.provider.script = whole({"input_tokens": 41})
    body = {name: RICH[name] for name in ("model", "system", "messages", "tools", "thinking")}
    reply = client.post("/v1/messages/count_tokens", json=body)
    assert (reply.status_code, reply.json()) == (200, {"input_tokens": 41})
    received = service.provider.received[-1]
    assert received.target == "/v1/messages/count_tokens" and not planted(received.document)
    service.provider.script = whole(message_reply("Done."))
    client.post("/v1/messages", json={**body, "max_tokens": 9})
    sent = service.provider.received[-1].document
    assert {**received.document, "max_tokens": 9} == sent, "the count is of these very bytes"
    intent, outcome = service.events(reply.headers["x-curtilage-request-id"])
    assert intent.facts["route"] == "anthropic.count_tokens"
    assert (outcome.kind, outcome.facts["tokens_in"]) == ("exchange.completed", 41)


def test_the_models_are_listed_in_anthropics_shape(client: httpx.Client) -> None:
    headers = {"anthropic-version": "2023-06-01"}
    listed = client.get("/v1/models?limit=1000", headers=headers).json()
    assert {model["id"] for model in listed["data"]} >= {"mirror"}
    assert (listed["has_more"], listed["first_id"]) == (False, listed["data"][0]["id"])
    one = client.get("/v1/models/claude-next", headers=headers).json()
    assert (one["type"], one["id"]) == ("model", "claude-next")


def test_a_conversation_that_the_provider_keeps_is_refused(
    service: RunningService, client: httpx.Client
) -> None:
    body = {**RICH, "thread": {"type": "create"}}
    reply = client.post("/v1/messages", json=body)
    assert reply.status_code == 400 and "thread" in reply.json()["error"]["message"]
    assert not service.provider.received


IMAGE = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AA=="}}
PDF = {"type": "document", "source": {"type": "url", "url": "https://orchard.example/a.pdf"}}


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"messages": [{"role": "user", "content": [IMAGE]}]}, "images"),
        ({"messages": [{"role": "user", "content": [PDF]}]}, "files"),
        (
            {"messages": [{"role": "user", "content": [
                {"type": "tool_result", "tool_use_id": "toolu_abcdef", "content": [IMAGE]}]}]},
            "images",
        ),
        ({"mcp_servers": [{"type": "url", "url": "https://a.example", "name": "a"}]}, "remote_urls"),
        ({"messages": [{"role": "user", "content": [{"type": "container_upload", "file_id": "f"}]}]}, "files"),
    ],
)  # fmt: skip
def test_what_cannot_be_scanned_is_refused_and_the_reply_says_how_to_allow_it(
    service: RunningService, client: httpx.Client, given: dict[str, Any], word: str
) -> None:
    reply = client.post("/v1/messages", json={**RICH, **given})
    assert reply.status_code == 403
    assert f'{word} = "allow"' in reply.json()["error"]["message"]
    assert reply.headers["x-should-retry"] == "false"
    assert not service.provider.received


def test_the_betas_that_a_caller_asks_for_travel_on(
    service: RunningService, client: httpx.Client
) -> None:
    service.provider.script = whole(message_reply("Done."))
    headers = {
        "anthropic-version": "2023-06-01",
        "anthropic-beta": "context-1m-2025-08-07,interleaved-thinking-2025-05-14",
    }
    body = {
        "model": "claude-next",
        "max_tokens": 9,
        "messages": [{"role": "user", "content": "Hi"}],
    }
    assert client.post("/v1/messages", json=body, headers=headers).status_code == 200
    received = service.provider.received[-1].headers
    assert {name: received[name] for name in headers} == headers
    refused = client.post("/v1/messages", json=body, headers={"anthropic-beta": address("header")})
    assert refused.status_code == 400
