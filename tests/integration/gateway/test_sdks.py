"""The real SDKs, unchanged but for base address and key, against a model that repeats."""

import json
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

import anthropic
import openai
import pytest
import pytest_asyncio
from pydantic import BaseModel

from tests.fakes.provider import (
    Break,
    Hold,
    Received,
    Step,
    chat_delta,
    chat_reply,
    message_stream,
    stream,
    whole,
)
from tests.integration.gateway.echoes import (
    chat_calls,
    chat_echo,
    chat_says,
    message_calls,
    message_echo,
)
from tests.integration.processes import eventually
from tests.integration.service import RunningService

ADA, CARD = "ada.quill@orchard.example", "4111 1111 1111 1111"
TEXT = f"Refund {ADA}, card {CARD}."
GPT, CLAUDE = "gpt-4.1-mini", "claude-next"  # a name that no SDK will ever call deprecated
SAID: Any = [{"role": "user", "content": TEXT}]
SOON = {"retry_after_ms": "1"}  # an SDK waits half a second before it tries again otherwise

FIND: Any = {
    "type": "function",
    "function": {
        "name": "find_customer",
        "description": "Look a customer up",
        "parameters": {
            "type": "object",
            "properties": {"query": {"type": "string"}},
            "required": ["query"],
        },
    },
}
FIND_TOOL: Any = {
    "name": "find_customer",
    "description": "Look a customer up",
    "input_schema": FIND["function"]["parameters"],
}


class Contact(BaseModel):
    """What structured output is asked for."""

    query: str
    sure: bool


@pytest.fixture
def gpt(service: RunningService) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{service.url}/v1", api_key=service.key()) as client:
        yield client


@pytest_asyncio.fixture
async def async_gpt(service: RunningService) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(base_url=f"{service.url}/v1", api_key=service.key()) as client:
        yield client


@pytest.fixture
def claude(service: RunningService) -> Iterator[anthropic.Anthropic]:
    with anthropic.Anthropic(base_url=service.url, api_key=service.key()) as client:
        yield client


@pytest_asyncio.fixture
async def async_claude(service: RunningService) -> AsyncIterator[anthropic.AsyncAnthropic]:
    async with anthropic.AsyncAnthropic(base_url=service.url, api_key=service.key()) as client:
        yield client


def _check_nothing_left(service: RunningService) -> None:
    for received in service.provider.received:
        assert ADA.encode() not in received.body
        assert b"4111" not in received.body


# OpenAI


def test_openai_gets_its_own_words_back(service: RunningService, gpt: openai.OpenAI) -> None:
    service.provider.script = chat_echo
    reply = gpt.chat.completions.create(model=GPT, messages=SAID)
    assert reply.choices[0].message.content == TEXT
    assert reply.usage is not None and reply.usage.total_tokens == 12
    _check_nothing_left(service)


async def test_openai_gets_its_own_words_back_without_waiting(
    service: RunningService, async_gpt: openai.AsyncOpenAI
) -> None:
    service.provider.script = chat_echo
    reply = await async_gpt.chat.completions.create(model=GPT, messages=SAID)
    assert reply.choices[0].message.content == TEXT


def test_openai_streams_its_own_words_back(service: RunningService, gpt: openai.OpenAI) -> None:
    service.provider.script = chat_echo
    chunks = list(gpt.chat.completions.create(model=GPT, messages=SAID, stream=True))
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == TEXT
    assert len(chunks) > 10, "the stream came as a stream"
    assert not [chunk for chunk in chunks if chunk.usage or not chunk.choices]
    _check_nothing_left(service)


def test_openai_gets_the_usage_that_it_asked_for(
    service: RunningService, gpt: openai.OpenAI
) -> None:
    service.provider.script = chat_echo
    asked = gpt.chat.completions.create(
        model=GPT, messages=SAID, stream=True, stream_options={"include_usage": True}
    )
    *_, last = list(asked)
    assert last.usage is not None and last.usage.total_tokens == 12
    assert not last.choices


async def test_openai_streams_without_waiting(
    service: RunningService, async_gpt: openai.AsyncOpenAI
) -> None:
    service.provider.script = chat_echo
    asked = await async_gpt.chat.completions.create(model=GPT, messages=SAID, stream=True)
    pieces = [chunk.choices[0].delta.content or "" async for chunk in asked]
    assert "".join(pieces) == TEXT


def test_openais_stream_helper_puts_the_reply_together(
    service: RunningService, gpt: openai.OpenAI
) -> None:
    service.provider.script = chat_echo
    with gpt.chat.completions.stream(model=GPT, messages=SAID, n=2) as running:
        kinds = {event.type for event in running}
        final = running.get_final_completion()
    assert [choice.message.content for choice in final.choices] == [TEXT, TEXT]
    assert {"chunk", "content.delta", "content.done"} <= kinds


def test_openai_gets_two_choices(service: RunningService, gpt: openai.OpenAI) -> None:
    service.provider.script = chat_echo
    reply = gpt.chat.completions.create(model=GPT, messages=SAID, n=2)
    assert [choice.message.content for choice in reply.choices] == [TEXT, TEXT]


@pytest.mark.parametrize("streamed", [False, True])
def test_openai_goes_all_the_way_round_with_a_tool(
    service: RunningService, gpt: openai.OpenAI, streamed: bool
) -> None:
    service.provider.script = chat_calls("find_customer", lambda text: {"query": text})
    if streamed:
        with gpt.chat.completions.stream(model=GPT, messages=SAID, tools=[FIND]) as running:
            message = running.get_final_completion().choices[0].message
    else:
        made = gpt.chat.completions.create(model=GPT, messages=SAID, tools=[FIND])
        message = made.choices[0].message  # type: ignore[assignment]
    assert message.tool_calls is not None
    call: Any = message.tool_calls[0]
    assert json.loads(call.function.arguments) == {"query": TEXT}, "the tool gets the value"

    result = {"role": "tool", "tool_call_id": call.id, "content": f"{ADA} owes 12 EUR"}
    history = [*SAID, message.model_dump(exclude_none=True, exclude={"parsed"}), result]
    service.provider.script = chat_echo
    reply = gpt.chat.completions.create(model=GPT, messages=history, tools=[FIND])  # type: ignore[arg-type]
    assert reply.choices[0].message.content == f"{ADA} owes 12 EUR"
    _check_nothing_left(service)
    first, second = (received.document["messages"] for received in service.provider.received)
    assert second[0] == first[0], "the history leaves as the same bytes as before"
    token = second[2]["content"].partition(" ")[0]
    assert token in second[0]["content"] and token in json.dumps(second[1])


def test_openai_parses_structured_output(service: RunningService, gpt: openai.OpenAI) -> None:
    service.provider.script = chat_says(lambda text: json.dumps({"query": text, "sure": True}))
    reply = gpt.chat.completions.parse(model=GPT, messages=SAID, response_format=Contact)
    assert reply.choices[0].message.parsed == Contact(query=TEXT, sure=True)


def test_openai_parses_values_that_json_has_to_escape(
    service: RunningService, gpt: openai.OpenAI
) -> None:
    key = "-----BEGIN PRIVATE KEY-----\nMIIBVAIBADANBgkqhkiG9w0BAQEFAASCAT4wggE6AgEAAkEAq7BFUpkGp3+LQmlQ\n-----END PRIVATE KEY-----"
    text = f'The "key" of C:\\ada is\n{key}'
    service.provider.script = chat_says(lambda text: json.dumps({"query": text, "sure": False}))
    said: Any = [{"role": "user", "content": text}]
    reply = gpt.chat.completions.parse(model=GPT, messages=said, response_format=Contact)
    assert reply.choices[0].message.parsed == Contact(query=text, sure=False)
    assert b"MIIBVAIBADAN" not in service.provider.received[-1].body


def test_openai_gets_embeddings_of_what_is_protected(
    service: RunningService, gpt: openai.OpenAI
) -> None:
    reply: dict[str, Any] = {
        "object": "list",
        "model": "text-embedding-3-small",
        "data": [{"object": "embedding", "index": 0, "embedding": [0.5, -1.25]}],
        "usage": {"prompt_tokens": 4, "total_tokens": 4},
    }
    service.provider.script = whole(reply)
    made = gpt.embeddings.create(
        model="text-embedding-3-small", input=[TEXT], encoding_format="float"
    )
    assert made.data[0].embedding == [0.5, -1.25]
    again = gpt.embeddings.create(
        model="text-embedding-3-small", input=[TEXT], encoding_format="float"
    )
    assert again.usage.total_tokens == 4
    _check_nothing_left(service)
    first, second = service.provider.received
    assert first.body == second.body, "the same text, the same vector, when indexing and asking"


def test_openai_lists_and_finds_models(gpt: openai.OpenAI) -> None:
    names = [model.id for model in gpt.models.list()]
    assert "mirror" in names and not any("*" in name for name in names)
    assert gpt.models.retrieve("gpt-4.1-mini").id == "gpt-4.1-mini"
    with pytest.raises(openai.NotFoundError):
        gpt.models.retrieve("no-such-model")


def test_openai_sees_our_headers_and_the_providers(
    service: RunningService, gpt: openai.OpenAI
) -> None:
    service.provider.script = chat_echo
    raw = gpt.chat.completions.with_raw_response.create(model=GPT, messages=SAID)
    assert raw.headers["x-curtilage-protected"] == "CREDIT_CARD=1, EMAIL_ADDRESS=1"
    assert len(service.events(raw.headers["x-curtilage-request-id"])) == 2
    assert raw.request_id == "req_provider_1"
    parsed = raw.parse()
    assert parsed.choices[0].message.content == TEXT


def test_openai_asks_for_logprobs_and_is_told_that_they_are_withheld(
    service: RunningService, gpt: openai.OpenAI
) -> None:
    def answer(received: Received) -> Sequence[Step]:
        text = received.document["messages"][-1]["content"]
        reply = chat_reply(text)
        entry = {"token": text[:4], "bytes": None, "logprob": -0.1, "top_logprobs": []}
        reply["choices"][0]["logprobs"] = {"content": [entry], "refusal": None}
        return whole(reply)

    service.provider.script = answer
    raw = gpt.chat.completions.with_raw_response.create(model=GPT, messages=SAID, logprobs=True)
    choice = raw.parse().choices[0]
    assert (choice.message.content, choice.logprobs) == (TEXT, None)
    assert raw.headers["x-curtilage-logprobs"] == "withheld"
    plain: Any = [{"role": "user", "content": "Hello there"}]
    raw = gpt.chat.completions.with_raw_response.create(model=GPT, messages=plain, logprobs=True)
    logprobs = raw.parse().choices[0].logprobs
    assert logprobs is not None and logprobs.content is not None
    assert logprobs.content[0].token == "Hell"
    assert "x-curtilage-logprobs" not in raw.headers


# Anthropic


def test_anthropic_gets_its_own_words_back(
    service: RunningService, claude: anthropic.Anthropic
) -> None:
    service.provider.script = message_echo
    reply = claude.messages.create(model=CLAUDE, max_tokens=50, messages=SAID)
    assert reply.content[0].text == TEXT  # type: ignore[union-attr]
    assert (reply.stop_reason, reply.usage.output_tokens) == ("end_turn", 3)
    _check_nothing_left(service)


async def test_anthropic_gets_its_own_words_back_without_waiting(
    service: RunningService, async_claude: anthropic.AsyncAnthropic
) -> None:
    service.provider.script = message_echo
    reply = await async_claude.messages.create(model=CLAUDE, max_tokens=50, messages=SAID)
    assert reply.content[0].text == TEXT  # type: ignore[union-attr]


def test_anthropics_stream_helper_gives_text_and_the_whole_message(
    service: RunningService, claude: anthropic.Anthropic
) -> None:
    service.provider.script = message_echo
    with claude.messages.stream(model=CLAUDE, max_tokens=50, messages=SAID) as running:
        assert "".join(running.text_stream) == TEXT
        final = running.get_final_message()
    assert final.content[0].text == TEXT  # type: ignore[union-attr]
    assert final.stop_reason == "end_turn"
    _check_nothing_left(service)


async def test_anthropic_streams_without_waiting(
    service: RunningService, async_claude: anthropic.AsyncAnthropic
) -> None:
    service.provider.script = message_echo
    async with async_claude.messages.stream(model=CLAUDE, max_tokens=50, messages=SAID) as running:
        pieces = [piece async for piece in running.text_stream]
    assert "".join(pieces) == TEXT
    assert len(pieces) > 2


@pytest.mark.parametrize("streamed", [False, True])
def test_anthropic_goes_all_the_way_round_with_a_tool(
    service: RunningService, claude: anthropic.Anthropic, streamed: bool
) -> None:
    service.provider.script = message_calls("find_customer", lambda text: {"query": text})
    asked: Any = {"model": CLAUDE, "max_tokens": 50, "messages": SAID, "tools": [FIND_TOOL]}
    if streamed:
        with claude.messages.stream(**asked) as running:
            message: Any = running.get_final_message()
    else:
        message = claude.messages.create(**asked)
    use = message.content[0]
    assert (use.type, use.input) == ("tool_use", {"query": TEXT}), "the tool gets the value"

    found = {"type": "tool_result", "tool_use_id": use.id, "content": f"{ADA} owes 12 EUR"}
    history = [
        *SAID,
        {"role": "assistant", "content": [use.model_dump(exclude_none=True)]},
        {"role": "user", "content": [found]},
    ]
    service.provider.script = message_echo
    reply: Any = claude.messages.create(**{**asked, "messages": history})
    assert reply.content[0].text == f"{ADA} owes 12 EUR"
    _check_nothing_left(service)
    first, second = (received.document["messages"] for received in service.provider.received)
    assert second[0] == first[0], "the history leaves as the same bytes as before"
    token = second[2]["content"][0]["content"].partition(" ")[0]
    assert token in second[0]["content"] and token in json.dumps(second[1])


def test_anthropic_parses_structured_output(
    service: RunningService, claude: anthropic.Anthropic
) -> None:
    def answer(received: Received) -> Sequence[Step]:
        said = received.document["messages"][-1]["content"]
        reply = chat_free_message(json.dumps({"query": said, "sure": True}))
        return whole(reply)

    service.provider.script = answer
    reply = claude.messages.parse(model=CLAUDE, max_tokens=50, messages=SAID, output_format=Contact)
    assert reply.parsed_output == Contact(query=TEXT, sure=True)


def chat_free_message(text: str) -> dict[str, Any]:
    """A message whose text is the document that was asked for."""
    return {
        "id": "msg_1", "type": "message", "role": "assistant", "model": CLAUDE,
        "content": [{"type": "text", "text": text}], "stop_reason": "end_turn", "stop_sequence": None,
        "usage": {"input_tokens": 9, "output_tokens": 3},
    }  # fmt: skip


def test_anthropic_counts_tokens_of_what_would_leave(
    service: RunningService, claude: anthropic.Anthropic
) -> None:
    service.provider.script = whole({"input_tokens": 31})
    count = claude.messages.count_tokens(
        model=CLAUDE, messages=SAID, system=f"You help {ADA}.", tools=[FIND_TOOL]
    )
    assert count.input_tokens == 31
    assert service.provider.received[-1].target.startswith("/v1/messages/count_tokens")
    _check_nothing_left(service)


def test_anthropic_lists_and_finds_models(claude: anthropic.Anthropic) -> None:
    names = [model.id for model in claude.models.list(limit=20)]
    assert "mirror" in names and not any("*" in name for name in names)
    assert claude.models.retrieve(CLAUDE).id == CLAUDE


def test_anthropic_sees_our_headers_and_the_providers(
    service: RunningService, claude: anthropic.Anthropic
) -> None:
    service.provider.script = message_echo
    raw = claude.messages.with_raw_response.create(model=CLAUDE, max_tokens=50, messages=SAID)
    assert raw.headers["x-curtilage-protected"] == "CREDIT_CARD=1, EMAIL_ADDRESS=1"
    assert raw.request_id == "req_provider_2"
    assert raw.parse().content[0].text == TEXT  # type: ignore[union-attr]


# What goes wrong: the right error, tried again or not


def _ask_gpt(client: openai.OpenAI) -> Any:
    return client.chat.completions.create(model=GPT, messages=SAID)


def _ask_claude(client: anthropic.Anthropic) -> Any:
    return client.messages.create(model=CLAUDE, max_tokens=50, messages=SAID)


@pytest.mark.parametrize("status", ["429 Too Many Requests", "500 Oh", "529 Overloaded"])
def test_sdks_try_again_what_may_help_again(
    service: RunningService, gpt: openai.OpenAI, claude: anthropic.Anthropic, status: str
) -> None:
    error = {"type": "error", "error": {"type": "overloaded_error", "message": "later"}}
    trouble = whole(error, status, **SOON)
    service.provider.scripts = [trouble, trouble, chat_echo]
    assert _ask_gpt(gpt).choices[0].message.content == TEXT
    service.provider.scripts = [trouble, trouble, message_echo]
    assert _ask_claude(claude).content[0].text == TEXT
    bodies = [received.body for received in service.provider.received]
    assert len(bodies) == 6
    assert len(set(bodies)) == 2, "each try sends the same bytes, so the same tokens"


@pytest.mark.slow  # the SDK waits half a second before each new try
def test_sdks_try_again_after_a_cut_connection(
    service: RunningService, gpt: openai.OpenAI, claude: anthropic.Anthropic
) -> None:
    service.provider.scripts = [[Break()], chat_echo]
    assert _ask_gpt(gpt).choices[0].message.content == TEXT
    service.provider.scripts = [[Break()], message_echo]
    assert _ask_claude(claude).content[0].text == TEXT
    assert len(service.provider.received) == 4


def test_a_limit_of_the_provider_is_a_rate_limit_error(
    service: RunningService, gpt: openai.OpenAI, claude: anthropic.Anthropic
) -> None:
    error = {"error": {"message": "slow down", "type": "tokens", "code": "rate_limit_exceeded"}}
    service.provider.script = whole(error, "429 Too Many Requests", **SOON)
    with pytest.raises(openai.RateLimitError) as limited:
        _ask_gpt(gpt)
    assert limited.value.code == "rate_limit_exceeded"
    with pytest.raises(anthropic.RateLimitError):
        _ask_claude(claude)


def _count_calls(service: RunningService) -> int:
    return sum(event.kind == "exchange.intended" for event in service.events())


REFUSED: list[tuple[str, dict[str, Any], type[Exception], type[Exception]]] = [
    (
        "an image",
        {"messages": [{"role": "user", "content": [{"type": "image", "image_url": {"url": "x"}}]}]},
        openai.BadRequestError,
        anthropic.PermissionDeniedError,
    ),
    (
        "a purpose that the key does not hold",
        {"extra_headers": {"x-curtilage-purpose": "marketing"}},
        openai.PermissionDeniedError,
        anthropic.PermissionDeniedError,
    ),
    ("an unknown model", {"model": "none"}, openai.NotFoundError, anthropic.NotFoundError),
    (
        "a number out of range",
        {"extra_body": {"seed": 2**70}},
        openai.BadRequestError,
        anthropic.BadRequestError,
    ),
    (
        "another protocol's model",
        {"model": "nowhere"},
        openai.APIStatusError,
        anthropic.BadRequestError,
    ),
]


@pytest.mark.parametrize(
    ("given", "theirs", "others"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED]
)
def test_a_refusal_is_typed_and_not_tried_again(
    service: RunningService,
    given: dict[str, Any],
    theirs: type[Exception],
    others: type[Exception],
) -> None:
    key = service.key()
    gpt = openai.OpenAI(base_url=f"{service.url}/v1", api_key=key, max_retries=2)
    claude = anthropic.Anthropic(base_url=service.url, api_key=key, max_retries=2)
    with gpt, claude:
        before = _count_calls(service)
        if given.get("model") != "nowhere":  # that one is OpenAI's own, where nobody listens
            with pytest.raises(theirs) as refused:
                gpt.chat.completions.create(**{"model": GPT, "messages": SAID, **given})
            assert ADA not in str(refused.value)
            before += 1
        with pytest.raises(others) as refused:
            claude.messages.create(**{"model": CLAUDE, "max_tokens": 9, "messages": SAID, **given})
        assert ADA not in str(refused.value)
        assert _count_calls(service) == before + 1, "one call each, recorded as refused"
    assert not service.provider.received


def test_a_blocked_type_is_a_bad_request_for_both(
    service: RunningService, gpt: openai.OpenAI, claude: anthropic.Anthropic
) -> None:
    user = "ada.quill@orchard.example-4.1-mini"
    with pytest.raises(openai.APIStatusError) as refused:
        gpt.chat.completions.create(model=f"gpt-{user}", messages=SAID)
    assert refused.value.status_code in (400, 404)
    assert "ada.quill" not in str(refused.value)
    with pytest.raises(anthropic.APIStatusError) as other:
        claude.messages.create(model=f"claude-{user}", max_tokens=9, messages=SAID)
    assert other.value.status_code in (400, 404)
    assert not service.provider.received


def test_an_unknown_key_is_an_authentication_error(service: RunningService) -> None:
    wrong = service.key()[:-6] + "aaaaaa"
    gpt = openai.OpenAI(base_url=f"{service.url}/v1", api_key=wrong)
    with gpt, pytest.raises(openai.AuthenticationError):
        _ask_gpt(gpt)
    claude = anthropic.Anthropic(base_url=service.url, api_key=wrong)
    with claude, pytest.raises(anthropic.AuthenticationError):
        _ask_claude(claude)


def test_a_providers_own_key_is_refused_with_a_hint(service: RunningService) -> None:
    gpt = openai.OpenAI(base_url=f"{service.url}/v1", api_key="sk-proj-somebody")
    with gpt, pytest.raises(openai.AuthenticationError, match="x-curtilage-key"):
        _ask_gpt(gpt)
    assert not service.provider.received


def test_a_keys_own_limit_is_a_rate_limit_error(service: RunningService) -> None:
    service.provider.script = chat_echo
    key = service.key(requests_per_minute=1)
    with openai.OpenAI(base_url=f"{service.url}/v1", api_key=key, max_retries=0) as gpt:
        assert _ask_gpt(gpt).choices[0].message.content == TEXT
        with pytest.raises(openai.RateLimitError) as limited:
            _ask_gpt(gpt)
    assert 1 <= int(limited.value.response.headers["retry-after"]) <= 61


def test_a_callers_time_out_is_a_time_out(service: RunningService) -> None:
    service.provider.script = [Hold()]
    gpt = openai.OpenAI(
        base_url=f"{service.url}/v1", api_key=service.key(), max_retries=0, timeout=0.3
    )
    with gpt, pytest.raises(openai.APITimeoutError):
        _ask_gpt(gpt)
    services = service.worker.gateway.services
    eventually(lambda: services.registrar.meters.active == 0)  # else it is the next test's call


def test_a_stream_that_breaks_off_is_an_error_and_not_an_end(
    service: RunningService, gpt: openai.OpenAI, claude: anthropic.Anthropic
) -> None:
    service.provider.script = stream(chat_delta({"content": "Hel"}), Break(), end=False)
    with pytest.raises(openai.APIError, match="broke off"):
        list(gpt.chat.completions.create(model=GPT, messages=SAID, stream=True))
    service.provider.script = stream(*message_stream("Hel")[:3], Break(), end=False)
    with pytest.raises(anthropic.APIStatusError, match="broke off"):
        list(claude.messages.create(model=CLAUDE, max_tokens=9, messages=SAID, stream=True))
