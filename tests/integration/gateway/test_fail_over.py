"""Fail-over through the whole service: who serves, what the record says, what stays put."""

from collections.abc import Iterator, Sequence

import httpx
import pytest

from tests.fakes.provider import (
    DONE,
    Break,
    Received,
    Step,
    chat_delta,
    chat_reply,
    message_reply,
    stream,
    whole,
)
from tests.integration.processes import eventually
from tests.integration.service import CREDENTIAL, RunningService, running_service

BODY = {"model": "shared", "messages": [{"role": "user", "content": "Mail ada@orchard.example."}]}
ADDRESSES = {
    "one": ("openai", "/one/v1"),
    "two": ("openai", "/two/v1"),
    "rests": ("openai", "/rests/v1"),
    "first": ("anthropic", "/one"),
    "second": ("anthropic", "/two"),
}
OVERLOADED = whole({"error": {"message": "overloaded"}}, "503 Service Unavailable")


class Sides:
    """One provider with two addresses, `/one` and `/two`, that answer by what is set here."""

    def __init__(self, service: RunningService) -> None:
        self.service = service
        self.answers: dict[str, Sequence[Step]] = {}
        self.asked: list[str] = []
        service.provider.script = self.answer

    def answer(self, received: Received) -> Sequence[Step]:
        side = received.target.split("/")[1]
        self.asked.append(side)
        return self.answers[side]

    def outcome(self, reply: httpx.Response) -> tuple[object, object]:
        _, outcome = self.service.events(reply.headers["x-curtilage-request-id"])
        return outcome.facts.get("upstream"), outcome.facts.get("tried")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    routes = [
        {"model": "shared", "upstreams": ["one", "two"]},
        {"model": "far", "upstreams": ["nowhere", "two"]},
        {"model": "tired", "upstreams": ["rests", "two"]},
        {"model": "alone", "upstream": "rests"},
        {"model": "claude", "upstreams": ["first", "second"]},
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENAI_API_KEY", CREDENTIAL)
        folder = tmp_path_factory.mktemp("service")
        flags = {"upstreams.rests.breaker_failures": 2, "upstreams.rests.breaker_rest": 60.0}
        with running_service(folder, addresses=ADDRESSES, routes=routes, **flags) as service:
            yield service


@pytest.fixture
def sides(shared: RunningService) -> Sides:
    shared.provider.reset()
    return Sides(shared)


def ask(sides: Sides, body: object = BODY, path: str = "/v1/chat/completions") -> httpx.Response:
    with sides.service.client(sides.service.key()) as client:
        return client.post(path, json=body)


def test_the_second_serves_and_the_record_says_so(sides: Sides) -> None:
    sides.answers = {"one": OVERLOADED, "two": whole(chat_reply("Hi"))}
    reply = ask(sides)
    assert reply.status_code == 200 and sides.asked == ["one", "two"]
    assert sides.outcome(reply) == ("two", 2)
    first, second = sides.service.provider.received
    assert first.body == second.body and b"ada@orchard" not in first.body
    assert sides.service.events(reply.headers["x-curtilage-request-id"])[0].facts["upstream"] == (
        "one"
    )


def test_one_that_nobody_listens_at_costs_no_call(sides: Sides) -> None:
    sides.answers = {"two": whole(chat_reply("Hi"))}
    reply = ask(sides, {**BODY, "model": "far"})
    assert reply.status_code == 200 and sides.outcome(reply) == ("two", 2)


def test_where_all_decline_the_caller_hears_it_from_the_last(sides: Sides) -> None:
    last = whole({"error": {"message": "slow down"}}, "429 Too Many Requests", retry_after="7")
    sides.answers = {"one": OVERLOADED, "two": last}
    reply = ask(sides)
    assert (reply.status_code, reply.headers["retry-after"]) == (429, "7")
    assert sides.asked == ["one", "two"] and sides.outcome(reply) == ("two", 2)


@pytest.mark.parametrize("answer", [[Break()], stream(chat_delta({"content": "Hel"}), Break())])
def test_what_may_have_been_served_is_never_asked_elsewhere(
    sides: Sides, answer: Sequence[Step]
) -> None:
    sides.answers = {"one": answer, "two": stream(chat_delta({}, finish="stop"), DONE)}
    reply = ask(sides, {**BODY, "stream": True})
    assert "gateway.upstream-failed" in reply.text and sides.asked == ["one"]


def test_a_callers_own_credential_goes_to_the_first_alone(sides: Sides) -> None:
    sides.answers = {"one": OVERLOADED, "two": whole(chat_reply("Hi"))}
    headers = {"x-curtilage-key": sides.service.key(), "authorization": "Bearer sk-own"}
    url = f"{sides.service.url}/v1/chat/completions"
    assert httpx.post(url, json=BODY, headers=headers).status_code == 503
    (received,) = sides.service.provider.received
    assert received.target.startswith("/one") and received.headers["authorization"].endswith("own")


def test_a_conversation_with_sealed_items_stays_where_they_were_made(sides: Sides) -> None:
    sides.answers = {"one": OVERLOADED, "two": whole(message_reply("Hi"))}
    thinking = {"type": "thinking", "thinking": "Hm.", "signature": "made-by-one"}
    turns = [
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": [thinking, {"type": "text", "text": "Hello"}]},
        {"role": "user", "content": "Go on"},
    ]
    body = {"model": "claude", "max_tokens": 9, "messages": turns}
    assert ask(sides, body, "/v1/messages").status_code == 503
    assert sides.asked == ["one"]
    assert ask(sides, {**body, "messages": turns[:1]}, "/v1/messages").status_code == 200
    assert sides.asked == ["one", "one", "two"]


def test_a_reply_that_a_provider_keeps_is_gone_on_from_at_that_provider(sides: Sides) -> None:
    message = {
        "type": "message", "id": "msg_1", "role": "assistant", "status": "completed",
        "content": [{"type": "output_text", "text": "Hi", "annotations": []}],
    }  # fmt: skip
    kept = {
        "id": "resp_1", "object": "response", "status": "completed", "model": "m", "output": [message]
    }  # fmt: skip
    sides.answers = {"one": OVERLOADED, "two": whole(kept)}
    body = {"model": "shared", "input": "Hello"}
    with sides.service.client(sides.service.key()) as client:
        first = client.post("/v1/responses", json=body)
        assert first.status_code == 200, first.text
        sides.answers["one"] = whole(kept)
        again = client.post("/v1/responses", json={**body, "previous_response_id": "resp_1"})
        read = client.get("/v1/responses/resp_1")
    assert (again.status_code, read.status_code) == (200, 200)
    assert sides.asked == ["one", "two", "two", "two"]


def test_what_a_model_thought_is_named_where_it_was_thought(sides: Sides) -> None:
    thought = {"type": "reasoning", "id": "rs_1", "summary": []}
    kept = {
        "id": "resp_1", "object": "response", "status": "completed", "model": "m", "output": [thought]
    }  # fmt: skip
    sides.answers = {"one": OVERLOADED, "two": whole(kept)}
    with sides.service.client(sides.service.key()) as client:
        first = client.post("/v1/responses", json={"model": "shared", "input": "Hello"})
        assert first.status_code == 200, first.text
        sides.answers["one"] = whole(kept)
        again = client.post("/v1/responses", json={"model": "shared", "input": [thought]})
        alone = client.post("/v1/responses", json={"model": "alone", "input": [thought]})
    assert (again.status_code, alone.status_code) == (200, 400)
    assert alone.json()["error"]["code"] == "gateway.reply-elsewhere"
    assert sides.asked == ["one", "two", "two"]


def test_one_that_fails_again_and_again_is_left_alone_and_that_is_told(sides: Sides) -> None:
    sides.answers = {"rests": OVERLOADED, "two": whole(chat_reply("Hi"))}
    for _ in range(4):
        assert ask(sides, {**BODY, "model": "tired"}).status_code == 200
    assert sides.asked == ["rests", "two", "rests", "two", "two", "two"]
    reply = ask(sides, {**BODY, "model": "alone"})
    assert reply.status_code == 503
    assert reply.json()["error"]["code"] == "gateway.upstream-resting"
    _, outcome = sides.service.events(reply.headers["x-curtilage-request-id"])
    assert outcome.kind == "exchange.refused", "nothing was sent"
    told = 'curtilage_upstream_workers{state="open",upstream="rests"} 1.0'
    eventually(lambda: told in httpx.get(f"{sides.service.url}/metrics").text)
