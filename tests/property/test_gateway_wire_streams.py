"""Streams of both protocols, cut anywhere: values come back right or not at all.

The replies are made of pieces whose fate is known beforehand: plain text stays,
held tokens become their values where the protocol's sink may hold them, foreign
tokens stay. What comes out is put together again by a reader that shares no
code with ours.
"""

import json
import random
import re
from collections import defaultdict
from typing import Any

import pytest

from curtilage.gateway.wire.anthropic_stream import AnthropicStreamRewriter
from curtilage.gateway.wire.facts import RequestFacts
from curtilage.gateway.wire.openai_stream import OpenAIStreamRewriter
from curtilage.gateway.wire.responses_stream import ResponsesStreamRewriter
from curtilage.shield.held import Held, HeldValue, Origin
from curtilage.shield.tokens import ScopeKey, TokenMint
from tests.fakes.responses import ResponseScript

CASES = 1500
DEEP_CASES = 50_000

VALUES = (
    "ada@library.example",
    'Bob "The Boss" Smith',
    "C:\\people\\zoë",
    "line one\nline two\ttab",
    "Zoë 👩‍🚀 Ünal",
    "</div> & 'quoted' {braces}",
    "+49 30 5550100",
    "QX1-EMAIL-0123456789abcdef-0010123456789abc",  # a value that looks like a token
)
MINT = TokenMint(b"scope", ScopeKey(1, b"k" * 32))
FOREIGN = TokenMint(b"other", ScopeKey(1, b"x" * 32)).mint("EMAIL_ADDRESS", "eve@elsewhere.example")
PLAIN = (
    "Hello ", "and so on, ", "q", "Q", "QX", "QX1", "QX1-", "QX1-EMAIL-", "quick question? ", "qx1 ",
    "ümlaut ", "日本語", "😀", "\\", '"', "\n", "é", "x" * 40, "1", "-", "*bold* ", "QQX1-", FOREIGN,
)  # fmt: skip


def hold() -> tuple[Held, dict[str, str]]:
    held, tokens = Held(), {}
    for value in VALUES:
        token = MINT.mint("EMAIL_ADDRESS", value)
        assert held.hold(token, HeldValue(value, "EMAIL_ADDRESS", Origin.CALLER))
        tokens[token] = value
    return held, tokens


HELD, TOKENS = hold()
TOKEN_LIST = list(TOKENS)


def pieces(rng: random.Random) -> list[str]:
    """Pieces of a text that begins with a word, so that nobody takes it for JSON."""
    chosen = ["So "]
    for _ in range(rng.randint(1, 4)):
        chosen.append(rng.choice(TOKEN_LIST) if rng.random() < 0.4 else rng.choice(PLAIN))
    return chosen


def value_of(piece: str) -> str:
    return TOKENS.get(piece, piece)


def arguments(rng: random.Random) -> tuple[str, Any]:
    """A JSON document with tokens in strings and keys, and what the tool must get."""
    sent, expected = {}, {}
    for number in range(rng.randint(1, 2)):
        chosen = [piece for piece in pieces(rng) if piece != FOREIGN]
        name = rng.choice([f"field{number}", TOKEN_LIST[number]])
        wrapped: Any = ("".join(chosen), "".join(map(value_of, chosen)))
        if rng.random() < 0.3:
            wrapped = ([wrapped[0], 1.5, None], [wrapped[1], 1.5, None])
        sent[name], expected[value_of(name)] = wrapped
    return json.dumps(
        sent, ensure_ascii=rng.random() < 0.5, indent=rng.choice([None, None, 1])
    ), expected


def cut_text(rng: random.Random, text: str) -> list[str]:
    """Pieces of a text, cut between UTF-16 units: also inside a surrogate pair."""
    if rng.random() < 0.5:
        units = [text[at : at + 1] for at in range(len(text))]
    else:
        wide = text.encode("utf-16-le")
        units = [
            wide[at : at + 2].decode("utf-16-le", "surrogatepass") for at in range(0, len(wide), 2)
        ]
    cuts, at = [], 0
    longest = rng.choice([1, 4, 12, 25, 60] if len(units) < 60 else [12, 25, 60])
    while at < len(units):
        size = rng.randint(1, longest)
        cuts.append("".join(units[at : at + size]))
        at += size
    return cuts


def heal(text: str) -> str:
    """Join halves of surrogate pairs that came in two frames."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le")


def dump(rng: random.Random, document: Any) -> bytes:
    text = json.dumps(document, ensure_ascii=rng.random() < 0.5)
    try:
        return text.encode()
    except UnicodeEncodeError:
        return json.dumps(document).encode()


def merge(rng: random.Random, queues: list[list[Any]]) -> list[Any]:
    """Interleave queues at random, each in its own order."""
    queues = [queue for queue in queues if queue]
    merged = []
    while queues:
        queue = rng.choice(queues)
        merged.append(queue.pop(0))
        queues = [queue for queue in queues if queue]
    return merged


def send(rng: random.Random, rewriter: Any, stream: bytes) -> bytes:
    out, at = [], 0
    longest = rng.choice([1, 7, 50] if len(stream) < 1500 else [50, 400, 5000])
    while at < len(stream):
        size = rng.randint(1, longest)
        out.append(rewriter.feed(stream[at : at + size]))
        at += size
    out.append(rewriter.close())
    return b"".join(out)


def read(stream: bytes) -> list[tuple[str, str | None]]:
    """(raw, data) of each frame, by a reader of its own."""
    text = stream.decode("utf-8")
    frames = re.findall(r"(?s)(.*?(?:\r\n\r\n|\n\n|\r\r))", text)
    assert "".join(frames) == text, "a frame without an end came out"
    out = []
    for frame in frames:
        data = [
            line[5:].removeprefix(" ")
            for line in re.split(r"\r\n|\n|\r", frame)
            if line.startswith("data:")
        ]
        out.append((frame, "\n".join(data) if data else None))
    return out


def chunk(delta: dict[str, Any], index: int, reason: str | None = None) -> dict[str, Any]:
    choice = {"index": index, "delta": delta, "logprobs": None, "finish_reason": reason}
    return {
        "id": "chatcmpl-QqX1", "object": "chat.completion.chunk", "created": 1, "model": "gpt-4o",
        "choices": [choice], "obfuscation": "Qx1a",
    }  # fmt: skip


def openai_choice(rng: random.Random, index: int, expected: dict[Any, Any]) -> list[dict[str, Any]]:
    queues: list[list[dict[str, Any]]] = []
    for field in rng.sample(
        ["content", "refusal", "reasoning_content", "reasoning", "audio"], rng.choice([1, 1, 2])
    ):
        chosen = pieces(rng)
        expected[index, field] = "".join(map(value_of, chosen))
        wrap = (
            (lambda text: {"audio": {"transcript": text}})
            if field == "audio"
            else (lambda text, field=field: {field: text})
        )
        queues.append([wrap(text) for text in cut_text(rng, "".join(chosen))])
    for number in range(rng.choice([0, 0, 1, 2])):
        text, tool_gets = arguments(rng)
        expected[index, "tool", number] = tool_gets
        opening = {
            "index": number,
            "id": f"call_{number}",
            "type": "function",
            "function": {"name": "look", "arguments": ""},
        }
        rest = [{"index": number, "function": {"arguments": part}} for part in cut_text(rng, text)]
        queues.append([{"tool_calls": [call]} for call in (opening, *rest)])
    if rng.random() < 0.1:
        text, tool_gets = arguments(rng)
        expected[index, "function_call"] = tool_gets
        queues.append([{"function_call": {"arguments": part}} for part in cut_text(rng, text)])
    deltas = [{"role": "assistant", "content": ""}, *merge(rng, queues)]
    chunks = [chunk(delta, index) for delta in deltas]
    if rng.random() < 0.3:
        chunks[-1]["choices"][0]["finish_reason"] = "stop"
    else:
        chunks.append(chunk({}, index, "stop"))
    return chunks


def openai_case(rng: random.Random) -> tuple[list[bytes], dict[Any, Any], int]:
    expected: dict[Any, Any] = {}
    choices = rng.choice([1, 1, 1, 2, 3])
    end = rng.choice([b"\n", b"\n", b"\n", b"\r\n", b"\r"])
    frames = []
    for document in merge(rng, [openai_choice(rng, index, expected) for index in range(choices)]):
        frames.append(b"data: " + dump(rng, document) + end + end)
        if rng.random() < 0.1:
            frames.append(b": keep-alive QX1-" + end + end)
    usage = {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7}
    frames.append(
        b"data: " + dump(rng, {"id": "chatcmpl-QqX1", "choices": [], "usage": usage}) + end + end
    )
    if rng.random() < 0.8:
        frames.append(b"data: [DONE]" + end + end)
    return frames, expected, choices


def blank(document: Any) -> Any:
    """A chunk without the text of its deltas."""
    if isinstance(document, dict):
        texts = (
            "content",
            "refusal",
            "reasoning_content",
            "reasoning",
            "transcript",
            "arguments",
            "text",
            "partial_json",
        )
        return {
            key: "" if key in texts and isinstance(item, str) else blank(item)
            for key, item in document.items()
        }
    return [blank(item) for item in document] if isinstance(document, list) else document


def check_frames(sent: list[bytes], out: list[tuple[str, str | None]], *, is_ours: Any) -> None:
    """Each frame that came in went out, in order; what lies between is our own flush."""
    at = 0
    for raw in sent:
        wanted = raw.decode()
        data = None
        while True:
            assert at < len(out), "a frame was lost"
            frame, said = out[at]
            at += 1
            if frame == wanted:
                break
            data = data or read(raw)[0][1]
            if (
                said
                and data
                and data != "[DONE]"
                and said != "[DONE]"
                and blank(json.loads(said)) == blank(json.loads(data))
            ):
                break
            assert said is not None and is_ours(json.loads(said)), "a frame appeared from nowhere"
    assert at == len(out)


def gather(out: list[tuple[str, str | None]]) -> dict[Any, str]:
    """The text of each logical stream of an OpenAI reply."""
    got: dict[Any, str] = defaultdict(str)
    for _, data in out:
        if data is None or data == "[DONE]":
            continue
        for choice in json.loads(data)["choices"]:
            for field, piece in choice["delta"].items():
                if field == "tool_calls":
                    for call in piece:
                        got[choice["index"], "tool", call["index"]] += call["function"]["arguments"]
                elif field == "function_call":
                    got[choice["index"], field] += piece["arguments"]
                elif field == "audio":
                    got[choice["index"], field] += piece["transcript"]
                elif field != "role":
                    got[choice["index"], field] += piece
    return got


def check_openai(seed: int) -> None:
    rng = random.Random(seed)
    frames, expected, choices = openai_case(rng)
    rewriter = OpenAIStreamRewriter(HELD, RequestFacts("gpt-4o", stream=True, n=choices), ())
    out = read(send(rng, rewriter, b"".join(frames)))
    got = gather(out)
    for key, value in expected.items():
        text = heal(got[key])
        assert (text if isinstance(value, str) else json.loads(text)) == value, seed
    check_frames(
        frames,
        out,
        is_ours=lambda said: (
            said["choices"][0]["finish_reason"] is None and "obfuscation" not in said
        ),
    )
    assert rewriter.stats.complete
    assert (rewriter.stats.usage.prompt, rewriter.stats.usage.completion) == (3, 4)


def anthropic_block(
    rng: random.Random, index: int, expected: dict[Any, Any]
) -> list[dict[str, Any]]:
    kind = rng.choice(["text", "text", "tool_use", "tool_use", "thinking", "server_tool_use"])
    chosen = pieces(rng)
    if kind in ("tool_use", "server_tool_use"):
        text, tool_gets = arguments(rng)
        expected[index] = tool_gets if kind == "tool_use" else text
        start = {"type": kind, "id": "toolu_1", "name": "look", "input": {}}
        deltas = [
            {"type": "input_json_delta", "partial_json": part} for part in cut_text(rng, text)
        ]
    elif kind == "text":
        expected[index] = "".join(map(value_of, chosen))
        start = {"type": "text", "text": ""}
        deltas = [{"type": "text_delta", "text": part} for part in cut_text(rng, "".join(chosen))]
    else:
        expected[index] = "".join(chosen)
        start = {"type": "thinking", "thinking": "", "signature": ""}
        deltas = [
            {"type": "thinking_delta", "thinking": part} for part in cut_text(rng, "".join(chosen))
        ]
        deltas.append({"type": "signature_delta", "signature": "EqQX1"})
    return [
        {"type": "content_block_start", "index": index, "content_block": start},
        *({"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas),
        {"type": "content_block_stop", "index": index},
    ]


def _is_text(block: list[dict[str, Any]]) -> bool:
    return bool(block[0]["content_block"]["type"] == "text")


def anthropic_case(rng: random.Random) -> tuple[list[bytes], dict[Any, Any]]:
    expected: dict[Any, Any] = {}
    blocks = [anthropic_block(rng, index, expected) for index in range(rng.randint(1, 4))]
    apart = [[event for block in blocks for event in block if _is_text(block)]]
    apart += [block for block in blocks if not _is_text(block)]  # texts come one after the other
    ordered = (
        merge(rng, apart) if rng.random() < 0.5 else [event for block in blocks for event in block]
    )
    usage = {"input_tokens": 5, "cache_read_input_tokens": 2, "output_tokens": 1}
    events = [
        {"type": "message_start", "message": {"id": "msg_1", "content": [], "usage": usage}},
        *ordered,
        {
            "type": "message_delta",
            "delta": {"stop_reason": "end_turn"},
            "usage": {"output_tokens": 9},
        },
        {"type": "message_stop"},
    ]
    end = rng.choice([b"\n", b"\n", b"\n", b"\r\n", b"\r"])
    frames = []
    for event in events:
        frames.append(
            b"event: " + event["type"].encode() + end + b"data: " + dump(rng, event) + end + end
        )
        if rng.random() < 0.05:
            frames.append(b"event: ping" + end + b'data: {"type": "ping"}' + end + end)
    return frames, expected


def check_anthropic(seed: int) -> None:
    rng = random.Random(seed)
    frames, expected = anthropic_case(rng)
    rewriter = AnthropicStreamRewriter(HELD, RequestFacts("claude", stream=True), ())
    out = read(send(rng, rewriter, b"".join(frames)))
    got: dict[Any, str] = defaultdict(str)
    stopped = set()
    for _, data in out:
        event = json.loads(data or "{}")
        if event.get("type") == "content_block_delta":
            assert event["index"] not in stopped, "text after its block stopped"
            delta = event["delta"]
            got[event["index"]] += (
                delta.get("text") or delta.get("partial_json") or delta.get("thinking") or ""
            )
        elif event.get("type") == "content_block_stop":
            stopped.add(event["index"])
    for index, value in expected.items():
        text = heal(got[index])
        assert (text if isinstance(value, str) else json.loads(text)) == value, seed
    check_frames(frames, out, is_ours=lambda said: said["type"] == "content_block_delta")
    assert rewriter.stats.complete
    assert (rewriter.stats.usage.prompt, rewriter.stats.usage.completion) == (7, 9)


def responses_case(rng: random.Random) -> tuple[ResponseScript, dict[Any, Any]]:
    """A response of messages, thoughts and calls, and what the caller is to get of each item."""
    expected: dict[Any, Any] = {}
    script = ResponseScript()
    for index in range(rng.randint(1, 4)):
        kind = rng.choice(["message", "message", "function", "custom_tool", "mcp", "reasoning"])
        chosen = pieces(rng)
        if kind == "message":
            parts = [chosen, pieces(rng)][: rng.randint(1, 2)]
            expected[index] = ["".join(map(value_of, part)) for part in parts]
            script.message(*(cut_text(rng, "".join(part)) for part in parts))
        elif kind == "reasoning":
            expected[index] = "".join(map(value_of, chosen))
            script.reasoning(cut_text(rng, "".join(chosen)))
        elif kind == "custom_tool":
            expected[index] = "".join(map(value_of, chosen))
            script.call(cut_text(rng, "".join(chosen)), kind=kind)
        else:
            text, tool_gets = arguments(rng)
            expected[index] = tool_gets if kind == "function" else text
            script.call(cut_text(rng, text), kind=kind)
    return script.end(), expected


def check_responses(seed: int) -> None:
    rng = random.Random(seed)
    script, expected = responses_case(rng)
    end = rng.choice([b"\n", b"\n", b"\r\n", b"\r"])
    frames = [
        b"event: " + event["type"].encode() + end + b"data: " + dump(rng, event) + end + end
        for event in script.events
    ]
    rewriter = ResponsesStreamRewriter(HELD, RequestFacts("gpt-5", stream=True), ())
    out = [json.loads(data or "{}") for _, data in read(send(rng, rewriter, b"".join(frames)))]
    assert [event["sequence_number"] for event in out] == list(range(len(out))), seed
    deltas: dict[Any, str] = defaultdict(str)
    for event in out:
        if event["type"].endswith(".delta"):
            deltas[event["output_index"], event.get("content_index", 0)] += event["delta"]
    whole = out[-1]["response"]["output"]
    for index, value in expected.items():
        for number, text in enumerate(item_texts(whole[index])):
            assert heal(text) == heal(deltas[index, number]), seed
            said = value[number] if isinstance(value, list) else value
            assert (heal(text) if isinstance(said, str) else json.loads(text)) == said, seed
    done = [event["item"] for event in out if event["type"] == "response.output_item.done"]
    assert done == whole, seed
    assert rewriter.stats.complete


def item_texts(item: dict[str, Any]) -> list[str]:
    """What an item of an output says, by a reader of its own."""
    if item["type"] == "message":
        return [part["text"] for part in item["content"]]
    if item["type"] == "reasoning":
        return [part["text"] for part in item["summary"]]
    return [item["input"] if "input" in item else item["arguments"]]


def test_streams_without_the_trigger_pass_byte_for_byte() -> None:
    rng = random.Random(11)
    for make, rewriter in (
        (openai_case, OpenAIStreamRewriter),
        (anthropic_case, AnthropicStreamRewriter),
    ):
        for _ in range(200):
            stream = re.sub(rb"[qQ]", b"k", b"".join(make(rng)[0]))
            facts = RequestFacts("m", stream=True)
            assert send(rng, rewriter(HELD, facts, ()), stream) == stream


def test_streams_without_held_tokens_lose_no_letter() -> None:
    rng = random.Random(12)
    for _ in range(200):
        frames, _, choices = openai_case(rng)
        rewriter = OpenAIStreamRewriter(Held(), RequestFacts("m", stream=True, n=choices), ())
        out = read(send(rng, rewriter, b"".join(frames)))
        assert gather(out) == gather(read(b"".join(frames)))


@pytest.mark.parametrize("first", range(0, CASES, 500))
def test_openai_streams_survive_any_cut(first: int) -> None:
    for seed in range(first, first + 500):
        check_openai(seed)


@pytest.mark.parametrize("first", range(0, CASES, 500))
def test_responses_streams_survive_any_cut(first: int) -> None:
    for seed in range(first, first + 500):
        check_responses(seed)


@pytest.mark.parametrize("first", range(0, CASES, 500))
def test_anthropic_streams_survive_any_cut(first: int) -> None:
    for seed in range(first, first + 500):
        check_anthropic(seed)


@pytest.mark.deep
@pytest.mark.timeout(3600)
def test_openai_streams_survive_any_cut_at_length() -> None:
    for seed in range(CASES, CASES + DEEP_CASES):
        check_openai(seed)


@pytest.mark.deep
@pytest.mark.timeout(3600)
def test_anthropic_streams_survive_any_cut_at_length() -> None:
    for seed in range(CASES, CASES + DEEP_CASES):
        check_anthropic(seed)


@pytest.mark.deep
@pytest.mark.timeout(3600)
def test_responses_streams_survive_any_cut_at_length() -> None:
    for seed in range(CASES, CASES + DEEP_CASES):
        check_responses(seed)


def openai_frames(parts: list[str]) -> bytes:
    body = b"".join(
        b"data: " + json.dumps(chunk({"content": part}, 0)).encode() + b"\n\n" for part in parts
    )
    return body + b"data: " + json.dumps(chunk({}, 0, "stop")).encode() + b"\n\ndata: [DONE]\n\n"


def anthropic_frames(parts: list[str]) -> bytes:
    deltas = [
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": part}}
        for part in parts
    ]
    events = [
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        *deltas,
        {"type": "content_block_stop", "index": 0},
        {"type": "message_stop"},
    ]
    return b"".join(b"event: x\ndata: " + json.dumps(event).encode() + b"\n\n" for event in events)


def text_of(out: bytes) -> str:
    text = ""
    for _, data in read(out):
        if data and data != "[DONE]":
            said = json.loads(data)
            for choice in said.get("choices", ()):
                text += choice["delta"].get("content") or ""
            text += said.get("delta", {}).get("text", "")
    return text


@pytest.mark.parametrize(
    ("frames", "rewriter"),
    [(openai_frames, OpenAIStreamRewriter), (anthropic_frames, AnthropicStreamRewriter)],
)
def test_a_token_may_be_cut_at_any_two_places(frames: Any, rewriter: Any) -> None:
    token, value = TOKEN_LIST[1], VALUES[1]
    text, expected = f"Ask {token}, please", f"Ask {value}, please"
    for first in range(len(text) + 1):
        for second in range(first, len(text) + 1, 3):
            running = rewriter(HELD, RequestFacts("m", stream=True), ())
            stream = frames([text[:first], text[first:second], text[second:]])
            assert text_of(running.feed(stream) + running.close()) == expected


@pytest.mark.parametrize(
    ("frames", "rewriter"),
    [(openai_frames, OpenAIStreamRewriter), (anthropic_frames, AnthropicStreamRewriter)],
)
def test_the_bytes_may_be_cut_at_any_place(frames: Any, rewriter: Any) -> None:
    token, value = TOKEN_LIST[4], VALUES[4]
    stream = frames(["Zoë 😀 ", token[:20], token[20:], " ende"])
    for cut in range(len(stream) + 1):
        running = rewriter(HELD, RequestFacts("m", stream=True), ())
        out = running.feed(stream[:cut]) + running.feed(stream[cut:]) + running.close()
        assert text_of(out) == f"Zoë 😀 {value} ende"


@pytest.mark.parametrize(
    ("frames", "rewriter"),
    [(openai_frames, OpenAIStreamRewriter), (anthropic_frames, AnthropicStreamRewriter)],
)
def test_a_stream_that_breaks_off_loses_nothing_that_came(frames: Any, rewriter: Any) -> None:
    token, value = TOKEN_LIST[0], VALUES[0]
    parts = ["Ask ", *token, " now"]
    stream = frames(parts)
    starts = [match.end() for match in re.finditer(rb"\n\n", stream)]
    sent = ""
    for number, end in enumerate(starts):
        running = rewriter(HELD, RequestFacts("m", stream=True), ())
        got = text_of(running.feed(stream[:end]) + running.close())
        given = text_of(stream[:end])
        assert got == given.replace(token, value), number
        assert running.stats.complete == (
            end == len(stream) or b'finish_reason": "stop' in stream[:end]
        )
        sent = got
    assert sent == f"Ask {value} now"
