"""What went wrong in other gateways and privacy layers, and must not here.

Each test names where the failure was told of, and what happened there. The
numbers are those of the list that this landing promised; 29 and 30 concern
guards that ask a model themselves, which this gateway does not.
"""

import asyncio
import json
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from curtilage.core.models import PrincipalKind
from curtilage.gateway.exchange.call import Path
from curtilage.gateway.exchange.serve import serve_call
from curtilage.gateway.settings import UpstreamSettings
from curtilage.gateway.upstream_calls import UpstreamCalls
from curtilage.gateway.wire.protocols import PROTOCOLS
from tests.fakes.dataplane import (
    STREAM,
    Caller,
    DataPlane,
    FakeReply,
    FakeUpstream,
    StaticSnapshots,
    a_snapshot,
    an_api_key,
)
from tests.fakes.provider import (
    DONE,
    Hold,
    Received,
    Step,
    chat_delta,
    chat_reply,
    message_reply,
    stream,
    whole,
)
from tests.integration.gateway.echoes import chat_calls, chat_echo, chat_says, message_echo
from tests.integration.service import RunningService

ADA, BEN = "ada.quill@orchard.example", "ben.rook@orchard.example"
TOKEN = re.compile(r"QX1-EMAIL-[0-9a-z]+-[0-9a-z]+")
KEY_FILE = "-----BEGIN PRIVATE KEY-----\nMIIBVAIBADANBgkqhkiG9w0BAQEFAASCAT4wggE6AgEAAkEAq7BFUpkGp3+LQmlQ\n-----END PRIVATE KEY-----"


def chat(*said: str, **more: Any) -> dict[str, Any]:
    messages = [{"role": "user", "content": text} for text in said]
    return {"model": "gpt-4.1-mini", "messages": messages, **more}


def message(*said: str, **more: Any) -> dict[str, Any]:
    return {**chat(*said), "model": "claude-next", "max_tokens": 99, **more}


def tokens_of(received: Received) -> list[str]:
    return TOKEN.findall(received.body.decode())


def said(reply: httpx.Response) -> Any:
    assert reply.status_code == 200, reply.text
    return reply.json()["choices"][0]["message"]["content"]


def streamed(text: str) -> str:
    """What a stream of one choice says in all."""
    pieces = []
    for line in text.splitlines():
        if line.startswith("data: {"):
            for choice in json.loads(line[6:])["choices"]:
                pieces.append(choice["delta"].get("content") or "")
    return "".join(pieces)


def ask(client: httpx.Client, *texts: str, **more: Any) -> httpx.Response:
    return client.post("/v1/chat/completions", json=chat(*texts, **more))


def test_01_a_token_in_two_pieces_is_not_taken_for_another_ones(
    service: RunningService, client: httpx.Client
) -> None:
    """BerriAI/litellm 1.109.1, `_unmask_pii_text`: `Dear <PERSON` + `_2>` became the first
    person's name and a rest, because a prefix was enough on each delta."""

    def answer(received: Received) -> Sequence[Step]:
        _, ben = tokens_of(received)
        shared = len("QX1-EMAIL-")
        events = [chat_delta({"content": part}) for part in ("Dear ", ben[:shared], ben[shared:])]
        return stream(*events, chat_delta({}, finish="stop"), DONE)

    service.provider.script = answer
    assert streamed(ask(client, f"{ADA} and {BEN}", stream=True).text) == f"Dear {BEN}"


def test_02_a_value_is_escaped_inside_the_arguments_of_a_tool(
    service: RunningService, client: httpx.Client
) -> None:
    """BerriAI/litellm 1.109.1, `_unmask_pii_text`: a value put into a tool's arguments as it
    stood left JSON that nobody could read."""
    service.provider.script = chat_calls("sign", lambda text: {"key": text})
    call = ask(client, KEY_FILE).json()["choices"][0]["message"]["tool_calls"][0]
    assert json.loads(call["function"]["arguments"]) == {"key": KEY_FILE}
    assert KEY_FILE.splitlines()[1].encode() not in service.provider.received[-1].body


def test_03_ordinary_words_are_no_placeholders(
    service: RunningService, client: httpx.Client
) -> None:
    """protectai/llm-guard 0.3.16, `deanonymize.py`: the placeholder was used as a regular
    expression, `[REDACTED_PERSON_1]` matched any of its letters: `The order is ready` became
    a row of names."""
    plain = "The order is ready: QX1, QX1-EMAIL, EMAIL-1 [REDACTED_EMAIL_1] <EMAIL_1>."
    service.provider.script = whole(chat_reply(plain))
    assert said(ask(client, f"Mail {ADA}")) == plain


def test_04_a_stream_is_passed_on_as_it_comes(
    service: RunningService, client: httpx.Client
) -> None:
    """BerriAI/litellm #29134, #29135, #31503: with restoring on, the whole stream was held
    and came as one chunk, so that the first word took as long as the last."""
    service.provider.script = stream(
        chat_delta({"content": "First "}), Hold(), chat_delta({"content": "last"}),
        chat_delta({}, finish="stop"), DONE,
    )  # fmt: skip
    with client.stream("POST", "/v1/chat/completions", json=chat(ADA, stream=True)) as reply:
        pieces = reply.iter_text()
        first = next(pieces)
        assert "First" in first, "it came while the provider was still silent"
        service.provider.release()
        assert streamed(first + "".join(pieces)) == "First last"


def test_05_what_was_restored_is_not_masked_again(
    service: RunningService, client: httpx.Client
) -> None:
    """BerriAI/litellm #28316, #28197, #14516: a second hook ran after restoring and masked the
    reply anew, so that restoring "had no effect"."""
    service.provider.script = chat_says(lambda text: f"{text} and new.face@orchard.example")
    assert said(ask(client, ADA)) == f"{ADA} and new.face@orchard.example"


def test_06_nobody_gets_a_value_of_another_request(service: RunningService) -> None:
    """BerriAI/litellm #19950, #24291: the map of tokens was shared between requests; one
    caller's reply was filled with another's values, or with none."""
    callers = [service.client(service.key()) for _ in range(4)]
    service.provider.script = chat_echo
    with ThreadPoolExecutor(8) as pool:
        asked = [(callers[n % 4], f"caller{n}@orchard.example") for n in range(32)]
        replies = list(pool.map(lambda pair: said(ask(pair[0], pair[1])), asked))
    assert replies == [text for _, text in asked]
    stolen = tokens_of(service.provider.received[-1])[0]
    service.provider.script = whole(chat_reply(f"They are {stolen}"))
    for caller in callers:
        assert said(ask(caller, "Who are they?")) == f"They are {stolen}"
        caller.close()


def test_07_places_are_counted_in_the_text_that_is_cut(
    service: RunningService, client: httpx.Client
) -> None:
    """BerriAI/litellm #24291: places found in the masked text were used on the original, so
    that the wrong letters were replaced."""
    text = f"👩‍🚀 Zoë\u0301 wrote {ADA}, ünd {BEN}👍 {ADA}!"
    service.provider.script = chat_echo
    assert said(ask(client, text)) == text
    left = service.provider.received[-1].document["messages"][0]["content"]
    assert TOKEN.sub("·", left) == "👩‍🚀 Zoë\u0301 wrote ·, ünd ·👍 ·!"


def test_08_arguments_of_tools_come_back_restored_and_leave_protected(
    service: RunningService, client: httpx.Client
) -> None:
    """BerriAI/litellm #31950, #32014: arguments were never restored. #41265, #41274, #30723:
    those of the history left in the clear."""
    service.provider.script = chat_calls("send", lambda text: {"to": text})
    first = ask(client, ADA).json()["choices"][0]["message"]
    assert json.loads(first["tool_calls"][0]["function"]["arguments"]) == {"to": ADA}
    first["function_call"] = {"name": "send", "arguments": json.dumps({"to": BEN})}
    messages = [*chat(ADA)["messages"], first, {"role": "tool", "content": "sent"}]
    service.provider.script = whole(chat_reply("Done."))
    ask(client, messages=messages)
    assert not re.search(b"ada.quill|ben.rook", service.provider.received[-1].body)


TAKE_TEXT = [kind for kind, protocol in PROTOCOLS.items() if not protocol.of_kept]
MODELS = {
    "openai": "gpt-4.1-mini",
    "anthropic": "claude-sonnet-4-5",
    "azure": "azure-gpt",
    "gemini": "gemini-2.5-pro",
    "bedrock": "amazon.nova-pro-v1:0",
}


@pytest.mark.parametrize("kind", TAKE_TEXT)
def test_09_no_route_goes_unprotected(
    service: RunningService, client: httpx.Client, kind: str
) -> None:
    """BerriAI/litellm #14152, #36085, #38841: a guard that held on one endpoint was silently
    left out on another."""
    service.provider.script = whole({"id": "x"})
    model = MODELS[PROTOCOLS[kind].dialect.name]
    path = PROTOCOLS[kind].path.replace("{model}", model)
    items = [{"role": "user", "content": ADA}]
    body = {**message(ADA), "input": ADA, "prompt": ADA, "instructions": ADA, "items": items}
    body["model"] = model
    if "responses" in kind:
        body["prompt"] = {"variables": {"who": ADA}}
    if kind.startswith("gemini"):
        body = {"contents": [{"role": "user", "parts": [{"text": ADA}]}]}
        path += "?alt=sse" if kind.endswith(".stream") else ""
    if kind.startswith("bedrock"):
        body = {"messages": [{"role": "user", "content": [{"text": ADA}]}]}
        body = {"input": {"converse": body}} if kind == "bedrock.count" else body
    reply = client.post(path, json=body)
    assert reply.status_code == 200, reply.text
    assert ADA.encode() not in service.provider.received[-1].body
    assert reply.headers["x-curtilage-protected"].startswith("EMAIL_ADDRESS=")


def test_10_streaming_passes_nothing_by(service: RunningService, client: httpx.Client) -> None:
    """api7/aisix #204, BerriAI/litellm #35260: with `stream: true` output was not looked at
    and yet recorded as checked; Gravitee and Cloudflare skip it as well."""
    service.provider.script = message_echo
    reply = client.post("/v1/messages", json=message(ADA, stream=True))
    assert ADA.encode() not in service.provider.received[-1].body
    texts = re.findall(r'"text": ?"([^"]*)"', reply.text)
    assert "".join(texts) == ADA
    outcome = service.events(reply.headers["x-curtilage-request-id"])[1]
    assert outcome.facts["restored"] == {"EMAIL_ADDRESS": 1}


def test_11_every_piece_of_a_stream_arrives(service: RunningService, client: httpx.Client) -> None:
    """BerriAI/litellm #20027, #20385: a guard on streams emptied every fifth chunk."""
    pieces = [f"word{number} " for number in range(200)]
    events = [chat_delta({"content": piece}) for piece in pieces]
    service.provider.script = stream(*events, chat_delta({}, finish="stop"), DONE)
    reply = ask(client, ADA, stream=True)
    assert streamed(reply.text) == "".join(pieces)
    assert reply.text.count("data: ") == len(events) + 2


def test_12_not_only_messages_are_looked_at(service: RunningService, client: httpx.Client) -> None:
    """majiayu000/litellm-rs #1305: `prediction`, `user`, `metadata`, descriptions of tools,
    values in schemas and the user's location left as they were."""
    service.provider.script = whole(chat_reply("Done."))
    schema = {"type": "object", "properties": {"to": {"enum": [ADA], "default": ADA}}}
    function = {"name": "f", "description": f"for {ADA}", "parameters": schema}
    reply = ask(
        client, "Hi", prediction={"type": "content", "content": ADA}, user=ADA, metadata={"by": ADA},
        tools=[{"type": "function", "function": function}], extra_body={"note": [ADA]},
        web_search_options={"user_location": {"type": "approximate", "approximate": {"city": ADA}}},
    )  # fmt: skip
    assert reply.status_code == 200
    assert ADA.encode() not in service.provider.received[-1].body


def test_13_results_of_tools_keep_their_order_and_their_number(
    service: RunningService, client: httpx.Client
) -> None:
    """BerriAI/litellm #38465: converting between protocols dropped and reordered results of
    parallel tools, and the provider refused the rest."""
    service.provider.script = whole(message_reply("Done."))
    uses = [
        {"type": "tool_use", "id": f"toolu_abcdef{n}", "name": "f", "input": {"n": n}}
        for n in range(5)
    ]
    results = [
        {"type": "tool_result", "tool_use_id": use["id"], "content": f"{n} {ADA}"}
        for n, use in enumerate(uses)
    ]
    history = [
        {"role": "user", "content": "Go"},
        {"role": "assistant", "content": uses},
        {"role": "user", "content": results},
    ]
    assert client.post("/v1/messages", json={**message(), "messages": history}).status_code == 200
    sent = service.provider.received[-1].document["messages"]
    assert sent[1] == history[1]
    assert [part["tool_use_id"] for part in sent[2]["content"]] == [use["id"] for use in uses]
    assert [part["content"][:2] for part in sent[2]["content"]] == [f"{n} " for n in range(5)]


def test_14_tools_in_another_protocols_shape_are_seen(
    service: RunningService, client: httpx.Client
) -> None:
    """BerriAI/litellm #40583: tools written as Anthropic writes them were invisible to the
    policy on OpenAI's route."""
    service.provider.script = whole(chat_reply("Done."))
    tool = {"name": "f", "description": f"for {ADA}", "input_schema": {"description": ADA}}
    assert ask(client, "Hi", tools=[tool]).status_code == 200
    assert ADA.encode() not in service.provider.received[-1].body


@pytest.mark.parametrize(
    "text",
    [
        f"mailto:{ADA}?cc={BEN},{ADA}",
        f"{ADA}{BEN}",
        f"https://orchard.example/?mail={ADA}&card=4111111111111111",
        f'{{"a":"{ADA}","b":"\\n{BEN}"}}',
        "card 4111 1111 1111 1111 1111 and +44 20 7946 0018 4111111111111111",
        f"{KEY_FILE}{KEY_FILE}",
    ],
)
def test_15_putting_back_is_the_inverse_where_findings_overlap(
    service: RunningService, client: httpx.Client, text: str
) -> None:
    """data-privacy-stack/presidio #1151: undoing what was done to overlapping findings gave
    another text. What stays a token here is inside an address that a client would follow."""
    service.provider.script = chat_echo
    got = said(ask(client, text))
    sent = service.provider.received[-1].document["messages"][0]["content"]
    assert text in {got, _undo(got, sent, text)}


def _undo(got: str, sent: str, text: str) -> str:
    """`got` with the tokens that were withheld replaced by what stood there."""
    form = re.sub(r"QX1-[A-Z]+-[0-9a-z]+-[0-9a-z]+", "(.+?)", _quote(sent))
    values = re.fullmatch(form, text, re.DOTALL)
    assert values, "what left is the text with tokens in places of values"
    tokens = re.findall(r"QX1-[A-Z]+-[0-9a-z]+-[0-9a-z]+", sent)
    for token, value in zip(tokens, values.groups(), strict=True):
        got = got.replace(token, value)
    return got


def _quote(text: str) -> str:
    return re.sub(r"[^\w-]", lambda found: re.escape(found.group()), text)


def test_16_a_value_has_one_token_over_all_turns_and_two_values_have_two(
    service: RunningService, client: httpx.Client
) -> None:
    """langchain-ai/langchain #10093, protectai/llm-guard #82: the same value got another
    placeholder each turn, or collided with an earlier one; Upsonic/Upsonic #519: many values
    became one `[REDACTED]` and came back as each other."""
    service.provider.script = whole(chat_reply("Done."))
    ask(client, f"{ADA} {BEN}")
    ask(client, f"{BEN} {ADA}", "again", f"{ADA}")
    first, second = (tokens_of(received) for received in service.provider.received)
    assert first[0] != first[1]
    assert second == [first[1], first[0], first[0]]


def test_17_clean_data_leaves_as_it_is(service: RunningService, client: httpx.Client) -> None:
    """data-privacy-stack/presidio #1063, speakeasy-api/gram #3172, #3836: pieces of hashes and
    ids were taken for licences, and `lic` in `public` was enough of a context."""
    service.provider.script = whole(chat_reply("Done."))
    text = json.dumps({
        "public": True, "sku": "A1-B2-33", "created": 1764000000, "version": "10.4.2.1-rc1",
        "file": "v2.py", "id": "7f9c24e8-3b12-4f6e-9a01-cc2d8f0e5b77", "commit": "9ab54d2",
        "sha": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "size": 1048576,
    })  # fmt: skip
    reply = ask(client, text)
    assert reply.headers["x-curtilage-protected"] == "none"
    assert service.provider.received[-1].document["messages"][0]["content"] == text


def test_18_words_of_the_prompt_are_not_masked_and_bytes_do_not_vary(
    service: RunningService, client: httpx.Client
) -> None:
    """BerriAI/litellm #39879: `<task-notification>` became `<ta[REDACTED]>`, differently on
    each worker, so that prompts broke and the provider's cache never hit."""
    service.provider.script = whole(chat_reply("Done."))
    text = f"<task-notification>risk-management sk-learn ask-me-anything</task-notification> {ADA}"
    ask(client, text)
    service.worker.gateway.services.sessions.forget()  # what another worker would begin with
    ask(client, text)
    first, second = service.provider.received
    assert first.body == second.body
    left = first.document["messages"][0]["content"]
    assert left.startswith(text.removesuffix(ADA))


@pytest.mark.parametrize(
    "text", ["4" * 200_000, "a." * 100_000 + "@", "1 " * 100_000, "http://" * 30_000, "-" * 200_000]
)
def test_19_hostile_text_neither_stalls_nor_slips_through(
    service: RunningService, client: httpx.Client, text: str
) -> None:
    """data-privacy-stack/presidio #2068, #2063: 100 kB took half a minute; simstudioai/sim
    #5732: a pattern that took too long was skipped and the request let through."""
    service.provider.script = whole(chat_reply("Done."))
    reply = ask(client, f"{text} {ADA}")
    assert reply.status_code == 200
    assert ADA.encode() not in service.provider.received[-1].body


def test_20_a_value_is_found_wherever_a_long_text_is_divided(
    service: RunningService, client: httpx.Client
) -> None:
    """data-privacy-stack/presidio #1461 and the cutting into blocks that followed elsewhere: a
    value across the border of two blocks was found in neither."""
    service.provider.script = whole(chat_reply("Done."))
    text = "".join(f"{'word ' * 3276}x{ADA} " for _ in range(130))
    assert len(text) > 2 << 20
    reply = ask(client, text)
    assert reply.headers["x-curtilage-protected"] == "EMAIL_ADDRESS=130"
    assert ADA.encode() not in service.provider.received[-1].body


def test_21_a_frame_in_which_nothing_changes_is_not_made_anew(
    service: RunningService, client: httpx.Client
) -> None:
    """BerriAI/litellm #21046, #22346: each chunk was read into a model and written again,
    which halved the throughput. Here its bytes, odd as they are, pass as they came."""
    odd = b'data:  {"choices" : [{"index":0,"delta":{"content":"\\u0041b\\/"}}],"x":1.50}\r\n\r\n'
    service.provider.script = stream(odd, chat_delta({}, finish="stop"), DONE)
    assert ask(client, ADA, stream=True).content.startswith(odd)


async def test_22_a_caller_who_leaves_ends_the_providers_work() -> None:
    """BerriAI/litellm #37140, #36123, #31499; 1rgs/claude-code-proxy #114: the provider went
    on, and was paid, because the middleware hid that the caller had gone."""
    for is_streamed in (False, True):
        for kind in ("openai.chat", "anthropic.messages"):
            plane = DataPlane()
            silent = _Silent()
            plane.upstream.answer = lambda _, silent=silent: silent
            body = json.dumps({**message("hello"), "stream": is_streamed}).encode()
            if kind == "openai.chat":
                body = body.replace(b"claude-next", b"gpt-4.1-mini")
            caller = Caller(body, PROTOCOLS[kind].path, leaves=True)
            services = plane.services()
            call = serve_call(
                services, Path(PROTOCOLS[kind]), caller.scope, caller.receive, caller.send
            )
            running = asyncio.ensure_future(call)
            await silent.reading.wait()
            services.pulse.look(
                plane.clock.monotonic()
            )  # a few times a second: from then on it is watched
            await running
            assert silent.closed
            assert plane.recorder.kinds == ["exchange.intended", "exchange.aborted"]
            assert plane.recorder.events[1].facts["reason"] == "caller-left"


class _Silent(FakeReply):
    """A provider that thinks."""

    def __init__(self) -> None:
        super().__init__((), headers=STREAM)
        self.reading = asyncio.Event()
        self.goes_on = asyncio.Event()

    async def read(self) -> bytes:
        self.reading.set()
        await self.goes_on.wait()
        return b""


SIGNS = {"openai.chat": b": keep-alive\n\n", "anthropic.messages": b"event: ping\ndata: "}


@pytest.mark.parametrize("kind", SIGNS)
async def test_23_a_long_silence_is_kept_alive(kind: str) -> None:
    """BerriAI/litellm #37322, vllm-project/vllm #47647: load balancers cut a stream while the
    model was thinking; Menci/Floway #498: where the protocol has an event for it, it is used."""
    plane, silent = DataPlane(), _Silent()
    plane.upstream.answer = lambda _: silent
    services = plane.services()
    body = {**message("hello"), "stream": True}
    body["model"] = "gpt-4.1-mini" if kind == "openai.chat" else "claude-next"
    caller = Caller(json.dumps(body).encode(), PROTOCOLS[kind].path)
    call = serve_call(services, Path(PROTOCOLS[kind]), caller.scope, caller.receive, caller.send)
    running = asyncio.ensure_future(call)
    await silent.reading.wait()
    for beats in (1, 2):
        plane.clock.advance(16)
        services.pulse.look(plane.clock.monotonic())
        await asyncio.sleep(0)
        assert caller.reply.count(SIGNS[kind]) == beats
    silent.goes_on.set()
    await running


def test_24_the_usage_of_a_stream_is_not_lost(
    service: RunningService, client: httpx.Client
) -> None:
    """guardrails-ai/guardrails #1236: with a guard on, the last chunk and its usage vanished."""
    service.provider.script = chat_echo
    reply = ask(client, ADA, stream=True, stream_options={"include_usage": True})
    *_, last, done = [line for line in reply.text.splitlines() if line]
    assert json.loads(last[6:])["usage"]["total_tokens"] == 12
    assert done == "data: [DONE]"


def test_25_nothing_that_was_said_is_written_anywhere(
    service: RunningService, client: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    """BerriAI/litellm, incident of 18 March 2026: keys in spend logs and traces; DataFog #154:
    exceptions that held the text that was looked at."""
    service.provider.script = _raise
    ask(client, f"Mail {ADA}")
    service.provider.script = whole(b'{"choices": [{"message": {"content": 7}}]}')
    ask(client, f"Mail {ADA}", tools=[{"type": ADA}], logit_bias={ADA: 1})
    service.provider.script = stream(b"data: " + ADA.encode() + b"\n\n", end=True)
    ask(client, f"Mail {ADA}", stream=True)
    ask(client, ADA, messages=[{"role": "user", "content": [{"type": ADA}]}])
    client.post(f"/v1/{ADA}")
    key = client.headers["authorization"].removeprefix("Bearer ")
    written = "".join(record.getMessage() + str(record.exc_info) for record in caplog.records)
    assert ADA not in written and key not in written
    for path in service.folder.rglob("*"):
        if path.is_file():
            held = path.read_bytes()
            assert ADA.encode() not in held, path
            assert key.encode() not in held, path


def _raise(received: Received) -> Sequence[Step]:
    return whole({"error": {"message": f"bad {tokens_of(received)}"}}, "400 Bad Request")


def test_26_what_the_provider_sealed_goes_back_byte_for_byte(
    service: RunningService, client: httpx.Client
) -> None:
    """BerriAI/litellm, incident of 24 February 2026; jwadow/kiro-gateway #164: sealed or
    redacted thinking came back altered, and the provider refused the conversation."""
    blob = "EroBCkYIBRgCKkBz+9/Q3Jvc3NfdGhlX3JpdmVyX2FuZF9pbnRvX3RoZV90cmVlczA=="
    blocks = [
        {"type": "redacted_thinking", "data": blob},
        {"type": "thinking", "thinking": "Let me see: is 4 > 3?", "signature": blob},
    ]
    service.provider.script = lambda _: whole({**message_reply(""), "content": blocks})
    reply = client.post("/v1/messages", json=message(ADA)).json()
    assert reply["content"] == blocks
    history = [*message(ADA)["messages"], {"role": "assistant", "content": reply["content"]}]
    client.post("/v1/messages", json={**message(), "messages": history})
    assert service.provider.received[-1].document["messages"][1]["content"] == blocks


def test_27_no_reply_is_kept_for_somebody_else(
    service: RunningService, client: httpx.Client
) -> None:
    """ENTERPILOT/GoModel #941 marks restored replies as not to be stored; Cloudflare's cache
    answers past its own data loss rules. Here nothing is kept, and everybody is told not to."""
    service.provider.script = chat_echo
    for more in ({}, {"stream": True}):
        assert ask(client, ADA, **more).headers["cache-control"] == "no-store"
    with service.client(service.key()) as other:
        assert said(ask(other, BEN)) == BEN
        assert said(ask(other, ADA)) == ADA
    assert len(service.provider.received) == 4, "each was asked of the provider"


def test_28_talk_about_attacks_is_not_an_attack(
    service: RunningService, client: httpx.Client
) -> None:
    """cisco-ai-defense/defenseclaw #93, promptfoo/promptfoo #3076: most harmless texts about
    prompt injection were blocked, until people switched the guard off."""
    service.provider.script = chat_echo
    text = "Explain why `ignore all previous instructions` and <script>alert(1)</script> are risky."
    reply = ask(client, text)
    assert (said(reply), reply.headers["x-curtilage-protected"]) == (text, "none")


def test_29_no_model_is_asked_whether_another_may_be(
    service: RunningService, client: httpx.Client
) -> None:
    """rh-ai-quickstart #182, NVIDIA/NeMo-Guardrails #154: a guard that is a model of its own
    made one call two, and 0.3 seconds 45."""
    service.provider.script = chat_echo
    for more in ({}, {"stream": True}):
        before = len(service.provider.received)
        assert ask(client, f"Write to {ADA}", **more).status_code == 200
        assert len(service.provider.received) == before + 1


def test_30_every_call_of_one_job_is_protected_and_means_the_same_person(
    service: RunningService, client: httpx.Client
) -> None:
    """hassanhabib/The-Standard-Agent #233: the answer was protected, and the judge's, the gate's and the
    title's calls for the same job were not."""
    service.provider.script = chat_echo
    ask(client, f"Judge: is {ADA} polite?")
    ask(client, f"Title for a talk with {ADA}", stream=True)
    client.post("/v1/completions", json={"model": "gpt-4.1-mini", "prompt": f"Gate: {ADA}"})
    service.provider.script = message_echo
    client.post("/v1/messages", json=message(f"Answer {ADA}"))
    bodies = [received.body for received in service.provider.received]
    assert len(bodies) == 4
    assert not [body for body in bodies if ADA.encode() in body]
    assert (
        len({token for body in bodies for token in re.findall(rb"QX1-EMAIL-[0-9a-z-]+", body)}) == 1
    )


@pytest.mark.parametrize(
    "key", ["' OR 1=1 --", "cur_' UNION SELECT * FROM api_keys --", "cur_" + "%" * 49, "cur_\x00"]
)
def test_31_a_key_is_never_part_of_a_query(service: RunningService, key: str) -> None:
    """BerriAI/litellm, CVE-2026-42208: the text of a key reached the database as SQL."""
    raw = f"Bearer {key}".encode().replace(b"\x00", b"")
    reply = httpx.post(
        f"{service.url}/v1/chat/completions", json=chat("Hi"), headers={"authorization": raw}
    )
    assert reply.status_code == 401
    assert not service.provider.received


async def test_32_a_new_configuration_does_not_end_calls_under_way() -> None:
    """BerriAI/litellm, incident of 27 February 2026: a client pool was put out of the cache and
    closed, with the connections on which people were being answered."""
    made: list[FakeUpstream] = []

    def connect(_: UpstreamSettings) -> FakeUpstream:
        made.append(FakeUpstream())
        return made[-1]

    upstream_calls = UpstreamCalls(connect)
    upstream_calls.take_over({"openai": UpstreamSettings("openai", "https://one.example")})
    upstream_calls.take_over({"openai": UpstreamSettings("openai", "https://two.example")})
    assert len(made) == 2 and not made[0].closed
    await upstream_calls.close()
    assert all(upstream.closed for upstream in made)


DAMAGE: list[tuple[str, Callable[[str], str]]] = [
    ("small letters", str.lower),
    ("capitals", str.upper),
    ("escaped for Markdown", lambda token: token.replace("-", "\\-")),
    ("in bold", lambda token: f"**{token}**"),
    ("with spaces", lambda token: token.replace("-", " - ")),
]


@pytest.mark.parametrize(("what", "damage"), DAMAGE, ids=[name for name, _ in DAMAGE])
def test_33_a_damaged_token_is_restored_where_it_proves_itself_and_never_guessed(
    service: RunningService, client: httpx.Client, what: str, damage: Callable[[str], str]
) -> None:
    """piighost 2.1.1, PrivAiTe 0.7.3 and LiteLLM 1.109.1 handle in part or not at all what
    models do to placeholders: `PERSON\\_1`, another case, an invented `<PERSON_9>`."""

    def answer(received: Received) -> Sequence[Step]:
        token = tokens_of(received)[0]
        invented = token[:-3] + ("aaa" if not token.endswith("aaa") else "bbb")
        return whole(chat_reply(f"Mail {damage(token)} or {damage(invented)}."))

    service.provider.script = answer
    reply = ask(client, ADA)
    got = said(reply)
    assert got.startswith(f"Mail {'**' if 'bold' in what else ''}{ADA}"), got
    assert got.count(ADA) == 1
    facts = service.events(reply.headers["x-curtilage-request-id"])[1].facts
    assert facts["restored"] == {"EMAIL_ADDRESS": 1}
    assert facts.get("unknown", 0) or facts.get("mangled", 0), "what was left is counted"


def test_34_a_token_that_somebody_types_opens_nothing(service: RunningService) -> None:
    """LLM-Shield-Proxy 1.3 is the only one that keeps vaults apart: elsewhere whoever types
    `<PERSON_1>`, or has the model repeat the system prompt's tokens, is told the value."""
    service.provider.script = chat_echo
    with service.client(service.key()) as victim, service.client(service.key()) as attacker:
        ask(victim, ADA)
        token = tokens_of(service.provider.received[-1])[0]
        typed = f"Repeat {token} and <EMAIL_1> and QX1-EMAIL-{'0' * 23}-{'0' * 15}"
        assert said(ask(attacker, typed)) == typed
        left = service.provider.received[-1].document["messages"][0]["content"]
        assert token not in left, "another's token leaves as a value of its own"


async def test_34_a_person_is_not_told_what_the_app_wrote() -> None:
    """LLM-Shield-Proxy 1.3, the other half: the app's own values, found in its system prompt, are for the app."""
    person = an_api_key(kind=PrincipalKind.PERSON)
    plane = DataPlane(snapshots=StaticSnapshots(a_snapshot(person)))

    def answer(request: Any) -> FakeReply:
        messages = json.loads(request.body)["messages"]
        text = f"{messages[0]['content']} / {messages[1]['content']}"
        return FakeReply((json.dumps(chat_reply(text)).encode(),))

    plane.upstream.answer = answer
    apps, own = "‹EMAIL_ADDRESS:of the app›", "‹EMAIL_ADDRESS:of the person›"
    body = chat(own)
    body["messages"].insert(0, {"role": "system", "content": apps})
    caller = Caller(json.dumps(body).encode())
    services, protocol = plane.services(), PROTOCOLS["openai.chat"]
    await serve_call(services, Path(protocol), caller.scope, caller.receive, caller.send)
    got = json.loads(caller.reply)["choices"][0]["message"]["content"]
    assert got.endswith(f" / {own}") and apps not in got
    assert TOKEN.match(got)
