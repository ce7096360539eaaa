"""The mirror answers with what it received, in both protocols, streamed and not."""

import json
from typing import Any

import pytest

from curtilage.gateway.adapters.mirror import Mirror
from curtilage.gateway.ports import UpstreamReply, UpstreamRequest

TEXT = "Mail QX1-EMAIL-abc to « Zoë » 👩‍🚀"
CHAT: dict[str, Any] = {"model": "gpt-4o", "messages": [{"role": "user", "content": TEXT}]}
MESSAGE = {**CHAT, "model": "mirror", "max_tokens": 9}
TOOL = {"type": "function", "function": {"name": "look"}}


async def ask(path: str, body: Any) -> UpstreamReply:
    raw = b"" if body is None else json.dumps(body).encode()
    return await Mirror().send(UpstreamRequest("POST", path, "", (), raw))


async def read(reply: UpstreamReply) -> bytes:
    parts = []
    while chunk := await reply.read():
        parts.append(chunk)
    return b"".join(parts)


async def whole(path: str, body: Any) -> Any:
    reply = await ask(path, body)
    assert ("x-curtilage-mirror", "1") in reply.headers
    return json.loads(await read(reply))


async def events(path: str, body: Any) -> list[Any]:
    raw = (await read(await ask(path, {**body, "stream": True}))).decode()
    lines = [line[6:] for line in raw.splitlines() if line.startswith("data: ")]
    return [json.loads(line) for line in lines if line != "[DONE]"]


async def test_a_chat_is_answered_with_its_last_text() -> None:
    reply = await whole("/chat/completions", {**CHAT, "n": 2})
    assert [choice["message"]["content"] for choice in reply["choices"]] == [TEXT, TEXT]
    assert reply["model"] == "mirror/gpt-4o", "each reply says that it is the mirror"
    assert reply["usage"]["total_tokens"] == 2 * (len(TEXT) // 4)


async def test_a_streamed_chat_cuts_every_token() -> None:
    got = await events("/chat/completions", {**CHAT, "stream_options": {"include_usage": True}})
    texts = [choice["delta"].get("content", "") for event in got for choice in event["choices"]]
    assert "".join(texts) == TEXT
    assert max(map(len, texts)) <= 7
    assert got[-1]["choices"] == [] and got[-1]["usage"]["prompt_tokens"]
    assert got[-2]["choices"][0]["finish_reason"] == "stop"


async def test_usage_is_streamed_only_where_it_is_asked_for() -> None:
    assert not [event for event in await events("/chat/completions", CHAT) if event.get("usage")]


@pytest.mark.parametrize("content", [TEXT, [{"type": "text", "text": TEXT}]])
async def test_text_is_found_in_both_forms_of_content(content: Any) -> None:
    body = {**CHAT, "messages": [{"role": "user", "content": content}]}
    assert (await whole("/chat/completions", body))["choices"][0]["message"]["content"] == TEXT
    assert (await whole("/v1/messages", {**MESSAGE, **body}))["content"][0]["text"] == TEXT


async def test_the_first_tool_is_called_with_what_was_received() -> None:
    reply = await whole("/chat/completions", {**CHAT, "tools": [TOOL]})
    (choice,) = reply["choices"]
    function = choice["message"]["tool_calls"][0]["function"]
    assert (choice["finish_reason"], function["name"]) == ("tool_calls", "look")
    assert json.loads(function["arguments"]) == {"received": TEXT}
    got = await events("/chat/completions", {**CHAT, "tools": [TOOL]})
    calls = [
        call
        for event in got
        for choice in event["choices"]
        for call in choice["delta"].get("tool_calls", ())
    ]
    assert json.loads("".join(call["function"]["arguments"] for call in calls)) == {
        "received": TEXT
    }


async def test_a_result_or_a_choice_of_none_is_answered_with_text() -> None:
    result = {"role": "tool", "tool_call_id": "call_1", "content": "42"}
    body = {**CHAT, "tools": [TOOL], "messages": [*CHAT["messages"], result]}
    assert (await whole("/chat/completions", body))["choices"][0]["message"]["content"] == "42"
    body = {**CHAT, "tools": [TOOL], "tool_choice": "none"}
    assert (await whole("/chat/completions", body))["choices"][0]["finish_reason"] == "stop"


async def test_a_message_is_answered_with_its_last_text() -> None:
    reply = await whole("/v1/messages", MESSAGE)
    assert (reply["content"], reply["stop_reason"]) == (
        [{"type": "text", "text": TEXT}],
        "end_turn",
    )
    got = await events("/v1/messages", MESSAGE)
    assert [event["type"] for event in (got[0], got[2], got[-1])] == [
        "message_start", "ping", "message_stop",
    ]  # fmt: skip
    deltas = [event["delta"] for event in got if event["type"] == "content_block_delta"]
    assert "".join(delta["text"] for delta in deltas) == TEXT


async def test_a_tool_is_used_with_what_was_received_and_its_result_is_said() -> None:
    body = {**MESSAGE, "tools": [{"name": "look", "input_schema": {}}]}
    reply = await whole("/v1/messages", body)
    (block,) = reply["content"]
    assert (block["type"], block["input"], reply["stop_reason"]) == (
        "tool_use", {"received": TEXT}, "tool_use",
    )  # fmt: skip
    got = await events("/v1/messages", body)
    pieces = [
        event["delta"]["partial_json"] for event in got if event["type"] == "content_block_delta"
    ]
    assert json.loads("".join(pieces)) == {"received": TEXT}
    for content in ("42", [{"type": "text", "text": "42"}]):
        result = {"type": "tool_result", "tool_use_id": "toolu_1", "content": content}
        history = [*MESSAGE["messages"], {"role": "user", "content": [result]}]
        said = await whole("/v1/messages", {**body, "messages": history})
        assert said["content"] == [{"type": "text", "text": "42"}]
    none = await whole("/v1/messages", {**body, "tool_choice": {"type": "none"}})
    assert none["content"][0]["type"] == "text"


async def test_tokens_are_counted_roughly() -> None:
    assert await whole("/v1/messages/count_tokens", MESSAGE) == {"input_tokens": len(TEXT) // 4}
    assert await whole("/v1/messages/count_tokens", {"messages": []}) == {"input_tokens": 1}


@pytest.mark.parametrize("given", ["one", ["one", "two", "one"]])
async def test_equal_texts_have_equal_vectors(given: Any) -> None:
    reply = await whole("/embeddings", {"model": "text-embedding-3-small", "input": given})
    vectors = [row["embedding"] for row in reply["data"]]
    assert len(vectors) == (1 if isinstance(given, str) else 3)
    assert vectors[0] == vectors[-1]
    assert len({tuple(vector) for vector in vectors}) == min(len(vectors), 2)


async def test_a_path_that_it_does_not_serve_is_a_404() -> None:
    reply = await ask("/responses/resp_mirror", None)
    assert reply.status == 404 and b"does not serve" in await read(reply)


async def test_what_was_received_is_kept_for_a_look_and_let_go_at_the_end() -> None:
    mirror = Mirror()
    for number in range(40):
        await mirror.send(
            UpstreamRequest(
                "POST", "/embeddings", "", (), json.dumps({"input": str(number)}).encode()
            )
        )
    assert len(mirror.received) == 32
    assert json.loads(mirror.received[-1]) == {"input": "39"}
    await mirror.close()
    assert not mirror.received


async def test_a_reply_that_is_closed_says_no_more() -> None:
    reply = await ask("/chat/completions", {**CHAT, "stream": True})
    assert await reply.read()
    await reply.close()
    assert await reply.read() == b""


RESPONSE: dict[str, Any] = {"model": "gpt-5", "input": TEXT, "instructions": "Be kind"}


@pytest.mark.parametrize(
    "given", [TEXT, [{"role": "user", "content": [{"type": "input_text", "text": TEXT}]}]]
)
async def test_a_response_is_answered_with_its_last_text(given: Any) -> None:
    reply = await whole("/responses", {**RESPONSE, "input": given})
    assert reply["output"][0]["content"][0]["text"] == TEXT
    assert (reply["model"], reply["status"]) == ("mirror/gpt-5", "completed")
    assert reply["instructions"] == "Be kind"


async def test_a_streamed_response_says_its_text_in_pieces_and_whole() -> None:
    got = await events("/responses", RESPONSE)
    deltas = [event["delta"] for event in got if event["type"] == "response.output_text.delta"]
    assert "".join(deltas) == TEXT and max(map(len, deltas)) <= 7
    assert got[-1]["response"]["output"][0]["content"][0]["text"] == TEXT
    assert [event["sequence_number"] for event in got] == list(range(len(got)))


async def test_the_first_function_is_called_until_its_result_is_there() -> None:
    tool = {"type": "function", "name": "look"}
    reply = await whole("/responses", {**RESPONSE, "tools": [tool]})
    (call,) = reply["output"]
    assert json.loads(call["arguments"]) == {"received": TEXT}
    got = await events("/responses", {**RESPONSE, "tools": [tool]})
    pieces = [e["delta"] for e in got if e["type"] == "response.function_call_arguments.delta"]
    assert "".join(pieces) == call["arguments"]
    result = {"type": "function_call_output", "call_id": "call_mirror", "output": "found"}
    reply = await whole("/responses", {**RESPONSE, "input": [call, result], "tools": [tool]})
    assert reply["output"][0]["content"][0]["text"] == "found"


async def test_tokens_of_a_response_are_counted() -> None:
    assert (await whole("/responses/input_tokens", RESPONSE))["input_tokens"] == len(TEXT) // 4
