"""Responses through the real SDK: conversations that the provider keeps, and their values here."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import openai
import pytest
import pytest_asyncio

from tests.fakes.provider import Break, stream, whole
from tests.fakes.responses import KeepingModel, ResponseScript
from tests.integration.service import RunningService

ADA, BOB = "ada.quill@orchard.example", "bob.reed@orchard.example"
GPT = "gpt-5"


@pytest.fixture
def model(service: RunningService) -> KeepingModel:
    model = KeepingModel()
    service.provider.script = model
    return model


@pytest.fixture
def gpt(service: RunningService, model: KeepingModel) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{service.url}/v1", api_key=service.key()) as client:
        yield client


@pytest_asyncio.fixture
async def async_gpt(
    service: RunningService, model: KeepingModel
) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(base_url=f"{service.url}/v1", api_key=service.key()) as client:
        yield client


def nothing_left(service: RunningService, *values: str) -> None:
    sent = b"".join(
        received.body + received.target.encode() for received in service.provider.received
    )
    for value in values or (ADA, BOB):
        assert value.encode() not in sent


def test_a_response_comes_back_with_its_values(service: RunningService, gpt: openai.OpenAI) -> None:
    answer = gpt.responses.create(
        model=GPT, input=f"Write to {ADA}", instructions=f"You serve {BOB}"
    )
    assert answer.output_text == f"Write to {ADA}"
    assert answer.instructions == f"You serve {BOB}"
    nothing_left(service)


def test_a_streamed_response_is_whole_in_deltas_and_in_the_end(
    service: RunningService, gpt: openai.OpenAI
) -> None:
    with gpt.responses.stream(model=GPT, input=f"Write to {ADA} and {BOB} soon") as events:
        deltas = "".join(e.delta for e in events if e.type == "response.output_text.delta")
        answer = events.get_final_response()
    assert deltas == answer.output_text == f"Write to {ADA} and {BOB} soon"
    nothing_left(service)


def test_a_conversation_goes_on_by_id_alone(service: RunningService, gpt: openai.OpenAI) -> None:
    first = gpt.responses.create(model=GPT, input=f"I am {ADA}")
    second = gpt.responses.create(
        model=GPT, input=f"My friend is {BOB}", previous_response_id=first.id
    )
    third = gpt.responses.create(model=GPT, input="recall", previous_response_id=second.id)
    assert third.output_text == f"I am {ADA} / My friend is {BOB} / recall"
    nothing_left(service)


def test_a_stream_goes_on_from_a_stream(service: RunningService, gpt: openai.OpenAI) -> None:
    with gpt.responses.stream(model=GPT, input=f"I am {ADA}") as events:
        first = events.get_final_response()
    with gpt.responses.stream(model=GPT, input="recall", previous_response_id=first.id) as events:
        assert events.get_final_response().output_text == f"I am {ADA} / recall"
    nothing_left(service)


def test_a_kept_response_is_read_listed_and_deleted(
    service: RunningService, gpt: openai.OpenAI, model: KeepingModel
) -> None:
    made = gpt.responses.create(model=GPT, input=f"I am {ADA}")
    assert gpt.responses.retrieve(made.id).output_text == f"I am {ADA}"
    (item,) = gpt.responses.input_items.list(made.id, order="asc", limit=5)
    assert f"I am {ADA}" in item.model_dump_json()
    gpt.responses.delete(made.id)
    assert model.kept == {}
    asked = len(service.provider.received)
    with pytest.raises(openai.NotFoundError):
        gpt.responses.retrieve(made.id)
    assert len(service.provider.received) == asked
    nothing_left(service)


def test_a_background_response_is_polled_cancelled_and_read(
    service: RunningService, gpt: openai.OpenAI, model: KeepingModel
) -> None:
    queued = gpt.responses.create(model=GPT, input=f"I am {ADA}", background=True)
    assert (queued.status, queued.output_text) == ("queued", "")
    assert gpt.responses.retrieve(queued.id).output_text == f"I am {ADA}"
    assert gpt.responses.cancel(queued.id).status == "cancelled"
    assert model.cancelled == [queued.id]
    nothing_left(service)


def test_a_broken_stream_is_gone_on_with_by_its_numbers(
    service: RunningService, gpt: openai.OpenAI, model: KeepingModel
) -> None:
    """Half of a token before the end, so that an event of ours stands among the provider's."""
    text = f"I am {ADA} and Q"
    whole_of_it = list(gpt.responses.create(model=GPT, input=text, stream=True))
    numbers = [event.sequence_number for event in whole_of_it]
    assert numbers == list(range(len(numbers)))
    (id,) = model.kept
    for after in (0, 4, len(numbers) - 3):
        resumed = list(gpt.responses.retrieve(id, stream=True, starting_after=after))
        assert [event.model_dump() for event in resumed] == [
            event.model_dump() for event in whole_of_it[after + 1 :]
        ]
    assert b"starting_after" not in service.provider.received[-1].target.encode()


async def test_the_async_client_streams_too(
    service: RunningService, async_gpt: openai.AsyncOpenAI
) -> None:
    events = await async_gpt.responses.create(model=GPT, input=f"I am {ADA}", stream=True)
    deltas = [e.delta async for e in events if e.type == "response.output_text.delta"]
    assert "".join(deltas) == f"I am {ADA}"
    nothing_left(service)


def test_tokens_are_counted_with_what_leaves(service: RunningService, gpt: openai.OpenAI) -> None:
    counted = gpt.responses.input_tokens.count(model=GPT, input=f"I am {ADA}")
    assert counted.input_tokens == 11
    nothing_left(service)


def test_a_conversation_gathers_what_is_said_in_it(
    service: RunningService, gpt: openai.OpenAI, model: KeepingModel
) -> None:
    made = gpt.conversations.create(items=[{"role": "user", "content": f"I am {ADA}"}])
    gpt.responses.create(model=GPT, input=f"My friend is {BOB}", conversation=made.id)
    answer = gpt.responses.create(model=GPT, input="recall", conversation={"id": made.id})
    assert answer.output_text == f"I am {ADA} / My friend is {BOB} / recall"
    assert gpt.conversations.retrieve(made.id).id == made.id
    items = gpt.conversations.items.list(made.id).data
    assert f"I am {ADA}" in items[0].model_dump_json()
    gpt.conversations.delete(made.id)
    assert model.conversations == {}
    with pytest.raises(openai.NotFoundError):
        gpt.responses.create(model=GPT, input="recall", conversation=made.id)
    nothing_left(service)


def test_another_caller_does_not_know_the_id(
    service: RunningService, gpt: openai.OpenAI, model: KeepingModel
) -> None:
    made = gpt.responses.create(model=GPT, input=f"I am {ADA}")
    asked = len(service.provider.received)
    with openai.OpenAI(base_url=f"{service.url}/v1", api_key=service.key(name="other")) as other:
        for attempt in (
            lambda: other.responses.retrieve(made.id),
            lambda: other.responses.delete(made.id),
            lambda: other.responses.cancel(made.id),
            lambda: other.responses.input_items.list(made.id),
            lambda: other.responses.create(model=GPT, input="recall", previous_response_id=made.id),
        ):
            with pytest.raises(openai.NotFoundError) as refusal:
                attempt()
            assert refusal.value.code == "gateway.unknown-reply"
            assert ADA not in str(refusal.value)
    assert len(service.provider.received) == asked
    assert made.id in model.kept


def test_another_session_of_the_same_key_does_not_know_the_id(
    service: RunningService, model: KeepingModel
) -> None:
    key = service.key()
    with openai.OpenAI(
        base_url=f"{service.url}/v1", api_key=key, default_headers={"x-curtilage-session": "one"}
    ) as one:
        made = one.responses.create(model=GPT, input=f"I am {ADA}")
        again = one.responses.create(model=GPT, input="recall", previous_response_id=made.id)
        assert again.output_text == f"I am {ADA} / recall"
        with pytest.raises(openai.NotFoundError):
            one.with_options(default_headers={"x-curtilage-session": "two"}).responses.retrieve(
                made.id
            )


def test_what_is_not_to_be_stored_is_not_kept_here_either(
    service: RunningService, gpt: openai.OpenAI
) -> None:
    made = gpt.responses.create(model=GPT, input=f"I am {ADA}", store=False)
    assert made.output_text == f"I am {ADA}"
    with pytest.raises(openai.NotFoundError):
        gpt.responses.create(model=GPT, input="recall", previous_response_id=made.id)


def test_the_loop_of_a_tool_gets_real_arguments_and_sends_tokens_back(
    service: RunningService, gpt: openai.OpenAI
) -> None:
    def calls(received: Any) -> Any:
        told = received.document["input"][-1]["content"]
        script = ResponseScript("resp_000000000000000000000001")
        script.call([json.dumps({"to": told})], name="send_mail")
        return whole(script.end().response)

    service.provider.scripts = [calls]
    tool: Any = {
        "type": "function",
        "name": "send_mail",
        "strict": False,
        "parameters": {"type": "object", "properties": {"to": {"type": "string"}}},
    }
    asked: Any = [{"role": "user", "content": ADA}]
    first = gpt.responses.create(model=GPT, input=asked, tools=[tool])
    (call,) = first.output
    assert call.type == "function_call"
    assert json.loads(call.arguments) == {"to": ADA}
    result: Any = {"type": "function_call_output", "call_id": call.call_id, "output": f"sent {BOB}"}
    history: Any = [*asked, call.model_dump(exclude_none=True), result]
    second = gpt.responses.create(model=GPT, input=history, tools=[tool])
    assert second.output_text == f"sent {BOB}"
    nothing_left(service)


@pytest.mark.parametrize("query", ["stream=maybe", "q=ada", "include=all", "starting_after=-1"])
def test_a_query_that_could_hold_anything_is_refused(
    service: RunningService, gpt: openai.OpenAI, query: str
) -> None:
    made = gpt.responses.create(model=GPT, input="Hello")
    asked = len(service.provider.received)
    with service.client(gpt.api_key) as plain:
        answer = plain.get(f"/v1/responses/{made.id}?{query}")
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "gateway.query-refused"
    assert len(service.provider.received) == asked


def test_methods_and_paths_that_are_not_served_are_refused(
    service: RunningService, gpt: openai.OpenAI
) -> None:
    with service.client(gpt.api_key) as plain:
        assert plain.put("/v1/responses/resp_1").status_code == 405
        assert plain.get("/v1/responses").status_code == 405
        assert plain.post("/v1/responses/resp_1/steer").status_code == 404
        assert plain.post("/v1/responses/resp_1/cancel", json={"a": 1}).status_code == 400
    assert service.provider.received == []


def test_a_stream_that_breaks_off_says_so_in_the_protocols_shape(
    service: RunningService, gpt: openai.OpenAI
) -> None:
    script = ResponseScript("resp_000000000000000000000009")
    place = {"output_index": 0, "content_index": 0, "item_id": "msg_0"}
    script.add("response.output_text.delta", **place, delta="Hel", logprobs=[])
    service.provider.scripts = [lambda _: stream(*script.frames(), Break(), end=False)]
    events = list(gpt.responses.create(model=GPT, input="Hello", stream=True))
    assert events[-1].type == "error"
    assert "provider" in events[-1].message


def test_each_operation_has_an_intent_and_an_outcome(
    service: RunningService, gpt: openai.OpenAI
) -> None:
    made = gpt.responses.with_raw_response.create(model=GPT, input=f"I am {ADA}")
    read = gpt.responses.with_raw_response.retrieve(made.parse().id)
    for answer, route in ((made, "openai.responses"), (read, "openai.responses.read")):
        intent, outcome = service.events(answer.headers["x-curtilage-request-id"])
        assert intent.facts["route"] == route
        assert intent.facts["model"] == GPT
        assert outcome.kind == "exchange.completed"
        assert outcome.facts["restored"] == {"EMAIL_ADDRESS": 1}
        assert outcome.facts["tokens_in"] == 9
    assert service.verify().holds


@pytest.mark.parametrize(
    "items",
    [
        [{"type": "item_reference", "id": "msg_abcdef123456"}],
        [{"id": "msg_abcdef123456"}],
        [{"type": None, "id": "msg_abcdef123456"}],
        [{"type": "", "role": None, "id": "msg_abcdef123456"}],
        [[{"id": "msg_abcdef123456"}]],
        {"type": "item_reference", "id": "msg_abcdef123456"},
    ],
)
def test_a_reference_to_what_was_given_to_nobody_here_is_not_fetched(
    service: RunningService, gpt: openai.OpenAI, items: Any
) -> None:
    with service.client(gpt.api_key) as plain:
        answers = [
            plain.post("/v1/responses", json={"model": GPT, "input": items}),
            plain.post("/v1/conversations", json={"items": items}),
        ]
    for answer in answers:
        assert answer.status_code == 404
        assert answer.json()["error"]["code"] == "gateway.unknown-item"
    assert service.provider.received == []


@pytest.mark.parametrize("streamed", [False, True])
def test_a_reference_to_what_the_caller_was_given_goes_on_and_nobody_elses_does(
    service: RunningService, gpt: openai.OpenAI, streamed: bool
) -> None:
    if streamed:
        with gpt.responses.stream(model=GPT, input=f"I am {ADA}") as stream:
            made = stream.get_final_response()
    else:
        made = gpt.responses.create(model=GPT, input=f"I am {ADA}")
    reference: Any = [{"type": "item_reference", "id": made.output[0].id}]
    again = {"role": "user", "content": f"Who is {ADA}?"}
    before = len(service.provider.received)
    answer = gpt.responses.create(model=GPT, input=[*reference, again])
    assert ADA in answer.output_text
    assert made.output[0].id in str(service.provider.received[-1].document["input"])
    other = openai.OpenAI(base_url=gpt.base_url, api_key=service.key())
    with other, pytest.raises(openai.NotFoundError):
        other.responses.create(model=GPT, input=[*reference, again])
    assert len(service.provider.received) == before + 1


@pytest.mark.parametrize(
    "given",
    [
        {"input": "a", "prompt_cache_options": {"comparison_response_id": "resp_abcdef123456"}},
        {"input": "a", "background_options": {"continuation_id": "resp_abcdef123456"}},
        {"input": "a", "tools": [{"type": "code_interpreter", "container": "cntr_abcdef123456"}]},
        {
            "input": "a",
            "tools": [
                {
                    "type": "shell",
                    "environment": {
                        "type": "container_reference",
                        "container_id": "cntr_abcdef123456",
                    },
                }
            ],
        },
    ],
)
def test_what_is_named_by_its_id_alone_is_not_fetched_for_anybody(
    service: RunningService, gpt: openai.OpenAI, given: dict[str, Any]
) -> None:
    with service.client(gpt.api_key) as plain:
        answer = plain.post("/v1/responses", json={"model": GPT, **given})
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "gateway.reference-refused"
    assert service.provider.received == []
