"""Two keys, one account at the provider: an id of one has nothing read for the other."""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import anthropic
import httpx
import openai
import pytest

from curtilage.core.models import PurposeKey
from tests.fakes.provider import (
    DONE,
    Received,
    Step,
    chat_delta,
    chat_reply,
    message_reply,
    message_stream,
    stream,
    whole,
)
from tests.fakes.responses import ResponseScript
from tests.integration.service import RunningService

GPT, CLAUDE = "gpt-5", "claude-next"
SEALED = "gAAAAABo" + "Zx0_" * 12
SPEECH = {"id": "audio_abc123", "data": "AAAA", "transcript": "Hello", "expires_at": 1}


def think(received: Received) -> Sequence[Step]:
    """A model that thought and searched, and keeps what came of it under ids."""
    script = ResponseScript(f"resp_{len(received.body):024x}")
    script.reasoning(["a thought"])
    action = {"type": "search", "query": "weather"}
    script.item({"type": "web_search_call", "id": "ws_1", "status": "completed", "action": action})
    script.message(["Hello"])
    script.end()
    return stream(*script.frames()) if received.document.get("stream") else whole(script.response)


@pytest.fixture
def mine(service: RunningService) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{service.url}/v1", api_key=service.key()) as client:
        yield client


@pytest.fixture
def others(service: RunningService) -> Iterator[openai.OpenAI]:
    key = service.key(name="other")
    with openai.OpenAI(base_url=f"{service.url}/v1", api_key=key, max_retries=0) as client:
        yield client


def refused(service: RunningService, ask: Callable[[], Any]) -> None:
    """It is told as what is not there, recorded, and the provider is not asked."""
    asked = len(service.provider.received)
    with pytest.raises((openai.NotFoundError, anthropic.NotFoundError)) as refusal:
        ask()
    answer: httpx.Response = refusal.value.response
    assert "named by an id that was not given to this caller" in answer.text
    assert len(service.provider.received) == asked
    intent, outcome = service.events(answer.headers["x-curtilage-request-id"])
    assert (intent.kind, outcome.kind) == ("exchange.intended", "exchange.refused")
    assert outcome.facts["reason"] == "gateway.unknown-item"


def ask_for_output(client: openai.OpenAI, way: str) -> list[Any]:
    """The items of a reply, as SDKs send them back: all that they were told."""
    if way == "stream":
        with client.responses.stream(model=GPT, input="Hello") as events:
            output = events.get_final_response().output
    else:
        output = client.responses.create(model=GPT, input="Hello", store=way == "whole").output
    return [item.model_dump(exclude_none=True) for item in output]


@pytest.mark.parametrize("way", ["whole", "stream", "not stored"])
def test_items_are_sent_back_by_whom_they_were_given_to(
    service: RunningService, mine: openai.OpenAI, others: openai.OpenAI, way: str
) -> None:
    service.provider.script = think
    items = ask_for_output(mine, way)
    assert [item["id"] for item in items] == ["rs_0", "ws_1", "msg_2"]
    more = {"role": "user", "content": "And then?"}
    mine.responses.create(model=GPT, input=[*items, more])  # type: ignore[list-item]
    sent = service.provider.received[-1].document["input"]
    assert [item.get("id") for item in sent] == ["rs_0", "ws_1", "msg_2", None]
    for item in items[:2]:
        bare = {"type": item["type"], "id": item["id"], "summary": []}
        for named in (item, bare):
            refused(service, lambda named=named: others.responses.create(model=GPT, input=[named]))  # type: ignore[misc]
            refused(service, lambda named=named: others.conversations.create(items=[named]))  # type: ignore[misc]
    others.responses.create(model=GPT, input=[items[2], more])  # type: ignore[list-item]


def test_another_session_of_the_same_key_is_another_caller(
    service: RunningService, mine: openai.OpenAI
) -> None:
    service.provider.script = think
    item = {"type": "reasoning", "id": "rs_0", "summary": []}
    one, two = (
        mine.with_options(default_headers={"x-curtilage-session": name}) for name in ("one", "two")
    )
    one.responses.create(model=GPT, input="Hello")
    one.responses.create(model=GPT, input=[item])  # type: ignore[list-item]
    refused(service, lambda: two.responses.create(model=GPT, input=[item]))  # type: ignore[list-item]


def test_what_is_kept_for_one_purpose_is_not_there_for_another(service: RunningService) -> None:
    """What one purpose lets out, another might have kept."""
    service.provider.script = think
    key = service.key(purposes=frozenset((PurposeKey("assist"), PurposeKey("code"))))
    item = {"type": "reasoning", "id": "rs_0", "summary": []}
    with openai.OpenAI(base_url=f"{service.url}/v1", api_key=key, max_retries=0) as client:
        code, assist = (
            client.with_options(default_headers={"x-curtilage-purpose": name})
            for name in ("code", "assist")
        )
        made = code.responses.create(model=GPT, input="Hello")
        code.responses.create(model=GPT, input=[item])  # type: ignore[list-item]
        code.responses.create(model=GPT, input="More", previous_response_id=made.id)
        refused(service, lambda: assist.responses.create(model=GPT, input=[item]))  # type: ignore[list-item]
        asked = len(service.provider.received)
        for attempt in (
            lambda: assist.responses.retrieve(made.id),
            lambda: assist.responses.delete(made.id),
            lambda: assist.responses.create(model=GPT, input="More", previous_response_id=made.id),
        ):
            with pytest.raises(openai.NotFoundError):
                attempt()
    assert len(service.provider.received) == asked


def test_what_became_of_a_response_in_the_background_is_given_with_it(
    service: RunningService, mine: openai.OpenAI
) -> None:
    queued = {"id": "resp_b", "object": "response", "status": "queued", "background": True}
    script = ResponseScript("resp_b")
    script.reasoning(["a thought"])
    service.provider.scripts = [whole({**queued, "model": GPT, "output": []})]
    service.provider.script = whole(script.end().response)
    made = mine.responses.create(model=GPT, input="Hello", background=True)
    item: Any = {"type": "reasoning", "id": "rs_0", "summary": []}
    refused(service, lambda: mine.responses.create(model=GPT, input=[item]))
    mine.responses.retrieve(made.id)
    mine.responses.create(model=GPT, input=[item])


def test_an_id_that_a_caller_wrote_is_not_its_own_for_being_listed(
    service: RunningService, mine: openai.OpenAI, others: openai.OpenAI
) -> None:
    """A sealed item may have any id; what lists it again gives nothing."""
    service.provider.script = think
    mine.responses.create(model=GPT, input="Hello")
    sealed: Any = {"type": "reasoning", "id": "rs_0", "summary": [], "encrypted_content": SEALED}
    echo = ResponseScript("resp_e", instructions=[sealed])
    echo.message(["Hello"])
    service.provider.scripts = [
        whole(echo.end().response),
        whole({"object": "list", "data": [sealed], "has_more": False}),
        whole(echo.response),
    ]
    made = others.responses.create(model=GPT, input=[sealed])
    list(others.responses.input_items.list(made.id))
    others.responses.retrieve(made.id)
    bare: Any = {"type": "reasoning", "id": "rs_0", "summary": []}
    refused(service, lambda: others.responses.create(model=GPT, input=[bare]))


@pytest.mark.parametrize("streamed", [True, False])
def test_sound_that_a_chat_names_is_the_callers(
    service: RunningService, mine: openai.OpenAI, others: openai.OpenAI, streamed: bool
) -> None:
    frames = [chat_delta({"audio": SPEECH}), chat_delta({}, finish="stop"), DONE]
    service.provider.script = stream(*frames) if streamed else whole(chat_reply(None, audio=SPEECH))
    hello: Any = [{"role": "user", "content": "Hello"}]
    heard = mine.chat.completions.create(model="gpt-audio", messages=hello, stream=streamed)
    if streamed:
        list(heard)
    told: Any = [*hello, {"role": "assistant", "audio": {"id": SPEECH["id"]}}]
    mine.chat.completions.create(model="gpt-audio", messages=told, stream=streamed)
    assert service.provider.received[-1].document["messages"][1]["audio"]["id"] == SPEECH["id"]
    refused(service, lambda: others.chat.completions.create(model="gpt-audio", messages=told))


@pytest.mark.parametrize("streamed", [True, False])
def test_a_message_that_diagnostics_name_is_the_callers(
    service: RunningService, streamed: bool
) -> None:
    service.provider.script = (
        stream(*message_stream("Hi")) if streamed else whole(message_reply("Hi"))
    )
    mine, others = (
        anthropic.Anthropic(base_url=service.url, api_key=service.key(name=name), max_retries=0)
        for name in ("mine", "others")
    )

    def ask(client: anthropic.Anthropic, previous: str | None) -> None:
        reply = client.messages.create(
            model=CLAUDE, max_tokens=9, messages=[{"role": "user", "content": "Hello"}],
            stream=streamed, diagnostics={"previous_message_id": previous},
        )  # fmt: skip
        if streamed:
            list(reply)  # type: ignore[call-overload]

    with mine, others:
        ask(mine, None)
        ask(mine, "msg_1")
        assert b"msg_1" in service.provider.received[-1].body
        refused(service, lambda: ask(others, "msg_1"))


def test_no_line_of_an_upload_names_what_is_stored(
    service: RunningService, mine: openai.OpenAI
) -> None:
    service.provider.script = think
    mine.responses.create(model=GPT, input="Hello")
    asked = len(service.provider.received)
    body = {"model": GPT, "input": [{"type": "reasoning", "id": "rs_0", "summary": []}]}
    line = {"custom_id": "1", "method": "POST", "url": "/v1/responses", "body": body}
    with pytest.raises(openai.BadRequestError) as refusal:
        mine.files.create(file=("b.jsonl", json.dumps(line).encode()), purpose="batch")
    assert refusal.value.code == "gateway.line-refused"
    assert len(service.provider.received) == asked
