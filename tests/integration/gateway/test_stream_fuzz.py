"""Streams through the whole data plane, cut anywhere: the right value or the token itself.

Each case is one call from the caller's bytes to the last byte back: the request
is protected by the real engine, a provider inside this process writes a stream
that holds the tokens it was sent, and what the caller gets is put together by
a reader of the standard library alone. The rewriters by themselves are tried
in tests/property/test_gateway_wire_streams.py.
"""

import asyncio
import json
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from curtilage.gateway.exchange.call import Path
from curtilage.gateway.exchange.serve import serve_call
from curtilage.gateway.exchange.services import Services
from curtilage.gateway.wire.protocols import PROTOCOLS, RouteProtocol
from curtilage.shield.tokens import ScopeKey, TokenMint
from tests.fakes.dataplane import STREAM, Caller, DataPlane, FakeReply

CASES = 1250  # of each protocol; with the systematic cuts above five thousand calls
DEEP_CASES = 50_000
BATCH = 250

# Whatever a value holds: the scan of these tests finds what stands between the marks.
VALUES = (
    "‹EMAIL_ADDRESS:ada.quill@orchard.example›",
    '‹EMAIL_ADDRESS:Bob "The Boss" Smith›',
    "‹EMAIL_ADDRESS:C:\\people\\zoë›",
    "‹SEC_GITHUB:line one\nline two\ttab\u2028end›",
    "‹EMAIL_ADDRESS:Zoë 👩‍🚀 Ünal›",
    "‹CREDIT_CARD:</script> & 'quoted' {braces} ](https://›",
    "‹EMAIL_ADDRESS:QX1-EMAIL-0123456789abcdef-0010123456789abc›",
)
FOREIGN = TokenMint(b"another scope", ScopeKey(1, b"x" * 32)).mint("EMAIL_ADDRESS", "eve")
PLAIN = (
    "Hello ", "and so on, ", "q", "Q", "QX", "QX1", "QX1-", "QX1-EMAIL-", "quick? ", "qx1 ", "ümlaut ",
    "日本語", "😀", "👩‍🚀", "\\", '"', "\n", "é", "x" * 40, "1", "-", "*bold* ", "QQX1-", "\u2028", FOREIGN,
)  # fmt: skip
CHAT, MESSAGES = PROTOCOLS["openai.chat"], PROTOCOLS["anthropic.messages"]


# What the provider writes


def escape(rng: random.Random, text: str) -> str:
    """The inside of a JSON string, with escapes where nobody needs them (RFC 8259 §7)."""
    out = []
    for unit in _units(text):
        code = ord(unit)
        if unit in '"\\' and rng.random() < 0.7:
            out.append("\\" + unit)
        elif unit in '"\\' or code < 0x20 or 0xD800 <= code < 0xE000 or rng.random() < 0.08:
            out.append(f"\\u{code:04{rng.choice('xX')}}")
        else:
            out.append(unit)
    return "".join(out)


def _units(text: str) -> Iterator[str]:
    """The UTF-16 units of a text now and then, so that pairs come apart; else its letters."""
    for letter in text:
        if ord(letter) > 0xFFFF:
            wide = letter.encode("utf-16-be")
            yield from (chr(int.from_bytes(wide[at : at + 2], "big")) for at in (0, 2))
        else:
            yield letter


def cut(rng: random.Random, text: str) -> list[str]:
    """A text in pieces, cut between any two UTF-16 units."""
    units = list(_units(text))
    pieces, at, longest = [], 0, rng.choice([3, 8, 20, 60])
    while at < len(units):
        size = rng.randint(1, longest)
        pieces.append("".join(units[at : at + size]))
        at += size
    return pieces


def dump(rng: random.Random, document: Any) -> str:
    """JSON as most write it, and now and then in a writing of its own."""
    if rng.random() < 0.3:
        return _dump_oddly(rng, document)
    if rng.random() < 0.5:
        text = json.dumps(document, ensure_ascii=False)
        if text.isascii() or not re.search("[\ud800-\udfff]", text):
            return text
    return json.dumps(document)


def _dump_oddly(rng: random.Random, document: Any) -> str:
    gap = rng.choice(["", " "])
    if isinstance(document, dict):
        items = (f'"{key}":{gap}{_dump_oddly(rng, item)}' for key, item in document.items())
        return "{" + f",{gap}".join(items) + "}"
    if isinstance(document, list):
        return "[" + f",{gap}".join(_dump_oddly(rng, item) for item in document) + "]"
    return f'"{escape(rng, document)}"' if isinstance(document, str) else json.dumps(document)


def merge(rng: random.Random, queues: Iterable[list[Any]]) -> list[Any]:
    """Queues in one, each in its own order."""
    left = [list(queue) for queue in queues if queue]
    merged = []
    while left:
        queue = rng.choice(left)
        merged.append(queue.pop(0))
        left = [queue for queue in left if queue]
    return merged


@dataclass
class Told:
    """A provider's stream, and what a caller must read in it."""

    frames: list[bytes] = field(default_factory=list)
    kept: list[bytes] = field(default_factory=list)  # these come out as they are
    texts: dict[Any, str] = field(default_factory=dict)
    documents: dict[Any, Any] = field(default_factory=dict)
    restored: int = 0


class Writer:
    """Makes up replies out of tokens and other text. `tokens` maps each to its value."""

    def __init__(self, rng: random.Random, tokens: dict[str, str]) -> None:
        self.rng = rng
        self.tokens = tokens
        self.told = Told()
        self.end = rng.choice(["\n", "\n", "\n", "\r\n", "\r"])

    def text(self, *, restored: bool = True) -> tuple[str, str]:
        """What is sent, and what must be read. Begins with a word, so that it is no JSON."""
        sent, read = ["So "], ["So "]
        for _ in range(self.rng.randint(1, 4)):
            piece = self.rng.choice(list(self.tokens) if self.rng.random() < 0.45 else PLAIN)
            sent.append(piece)
            read.append(self.tokens.get(piece, piece) if restored else piece)
            self.told.restored += restored and piece in self.tokens
        return "".join(sent), "".join(read)

    def arguments(self, *, restored: bool = True) -> tuple[str, Any]:
        """The same inside a JSON document, which is itself cut and escaped."""
        sent, read = self.text(restored=restored)
        deep_sent, deep_read = self.text(restored=restored)
        document = {"query": sent, "list": [1.5, None, {"deep": deep_sent}]}
        text = dump(self.rng, document)
        for token in self.tokens:  # a model writes a token's letters plainly, or not the token
            if sent.count(token) + deep_sent.count(token) != text.count(token):
                text = json.dumps(document, ensure_ascii=False)
        return text, {"query": read, "list": [1.5, None, {"deep": deep_read}]}

    def frame(self, document: Any, *, event: str = "", kept: bool = False) -> bytes:
        name = f"event: {event}{self.end}" if event else ""
        raw = f"{name}data: {dump(self.rng, document)}{self.end}{self.end}".encode()
        if kept:
            self.told.kept.append(raw)
        return raw

    def comment(self) -> bytes:
        raw = f": keep-alive QX1- {self.end}{self.end}".encode()
        self.told.kept.append(raw)
        return raw


def write_chat(writer: Writer, _document: Any) -> Told:
    """Choices, fields and tool calls, all between each other."""
    rng, told = writer.rng, writer.told
    choices = [_write_choice(writer, index) for index in range(_document.get("n") or 1)]
    for document, kept in merge(rng, choices):
        told.frames.append(writer.frame(document, kept=kept))
        if rng.random() < 0.05:
            told.frames.append(writer.comment())
    asked = (_document.get("stream_options") or {}).get("include_usage")
    assert asked, "the gateway always asks for usage"
    usage = {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7}
    told.frames.append(writer.frame({"id": "chatcmpl-1", "choices": [], "usage": usage}))
    told.frames.append(f"data: [DONE]{writer.end}{writer.end}".encode())
    told.kept.append(told.frames[-1])
    return told


def _chunk(index: int, delta: Any, reason: str | None = None) -> dict[str, Any]:
    choice = {"index": index, "delta": delta, "finish_reason": reason}
    return {"id": "chatcmpl-QX1", "model": "gpt-4o", "choices": [choice], "obfuscation": "aQX1"}


def _write_choice(writer: Writer, index: int) -> list[tuple[Any, bool]]:
    rng, told = writer.rng, writer.told
    fields = ["content", "content", "refusal", "reasoning_content", "reasoning"]
    queues: list[list[tuple[Any, bool]]] = []
    for name in {rng.choice(fields) for _ in range(rng.choice([1, 1, 2]))}:
        sent, told.texts[index, name] = writer.text()
        queues.append([({name: piece}, False) for piece in cut(rng, sent)])
    for number in range(rng.choice([0, 0, 1, 2])):
        sent, told.documents[index, number] = writer.arguments()
        queues.append(_write_call(number, cut(rng, sent)))
    opening = ({"role": "assistant", "content": ""}, True)
    deltas = [opening, *merge(rng, queues), ({}, None)]
    return [
        (_chunk(index, delta, "stop" if kept is None else None), bool(kept))
        for delta, kept in deltas
    ]


def _write_call(number: int, pieces: list[str]) -> list[tuple[Any, bool]]:
    function = {"name": "look", "arguments": ""}
    first = {"index": number, "id": f"call_{number}", "type": "function", "function": function}
    rest = [{"index": number, "function": {"arguments": piece}} for piece in pieces]
    return [({"tool_calls": [call]}, False) for call in (first, *rest)]


def write_message(writer: Writer, _document: Any) -> Told:
    """Blocks one after the other: text, tools of the caller and of the provider, thinking."""
    rng, told = writer.rng, writer.told
    start = {"type": "message_start", "message": {"id": "msg_1", "usage": {"input_tokens": 3}}}
    told.frames.append(writer.frame(start, event="message_start", kept=True))
    for index in range(rng.randint(1, 4)):
        _write_block(writer, index)
        if rng.random() < 0.3:
            told.frames.append(writer.frame({"type": "ping"}, event="ping", kept=True))
    delta = {"stop_reason": "end_turn", "stop_sequence": None}
    ending = {"type": "message_delta", "delta": delta, "usage": {"output_tokens": 4}}
    told.frames.append(writer.frame(ending, event="message_delta", kept=True))
    told.frames.append(writer.frame({"type": "message_stop"}, event="message_stop", kept=True))
    return told


def _write_block(writer: Writer, index: int) -> None:
    rng, told = writer.rng, writer.told
    kind = rng.choice(["text", "text", "tool_use", "tool_use", "thinking", "server_tool_use"])
    block: dict[str, Any] = {"type": kind, "id": "toolu_1", "name": "look", "input": {}}
    ours = kind in ("text", "tool_use")
    if kind in ("text", "thinking"):
        sent, told.texts[index] = writer.text(restored=ours)
        block, name, piece = {"type": kind, kind: ""}, f"{kind}_delta", kind
    else:
        sent, expected = writer.arguments(restored=ours)
        told.documents[index] = expected
        name, piece = "input_json_delta", "partial_json"
    deltas: list[dict[str, Any]] = [{"type": name, piece: part} for part in cut(rng, sent)]
    if kind == "thinking":
        deltas.append({"type": "signature_delta", "signature": "EqQX1-QX1=="})
    events = [{"type": "content_block_start", "index": index, "content_block": block}]
    events += [{"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas]
    events.append({"type": "content_block_stop", "index": index})
    for event in events:
        kept = not ours or event["type"] != "content_block_delta"
        told.frames.append(writer.frame(event, event=str(event["type"]), kept=kept))


# What the caller reads: the standard library, and nothing of ours


def read_events(raw: bytes) -> list[Any]:
    """The documents of a stream, however its lines end."""
    text = re.sub(r"\r\n|\r", "\n", raw.decode())
    assert text.endswith("\n\n"), "the last frame has its end"
    events = []
    for frame in text.split("\n\n"):
        lines = [line[5:].lstrip(" ") for line in frame.split("\n") if line.startswith("data:")]
        if lines and lines != ["[DONE]"]:
            events.append(json.loads("\n".join(lines)))
    return events


def join(pieces: Iterable[str]) -> str:
    """Pieces in one text, halves of pairs made whole."""
    return "".join(pieces).encode("utf-16-le", "surrogatepass").decode("utf-16-le")


def read_chat(events: Iterable[Any]) -> dict[Any, str]:
    got: dict[Any, list[str]] = defaultdict(list)
    finished: set[int] = set()
    for event in events:
        for choice in event["choices"]:
            index = choice["index"]
            for name, value in choice["delta"].items():
                assert not value or index not in finished, "text after its choice has ended"
                if name == "tool_calls":
                    for call in value:
                        got[index, call["index"]].append(call["function"]["arguments"])
                elif name != "role":
                    got[index, name].append(value)
            if choice["finish_reason"]:
                finished.add(index)
    return {key: join(pieces) for key, pieces in got.items()}


def read_message(events: Iterable[Any]) -> dict[Any, str]:
    got: dict[Any, list[str]] = defaultdict(list)
    stopped: set[int] = set()
    for event in events:
        if event["type"] == "content_block_stop":
            stopped.add(event["index"])
        elif event["type"] == "content_block_delta":
            assert event["index"] not in stopped, "text after its block has stopped"
            for name in ("text", "thinking", "partial_json"):
                got[event["index"]].append(event["delta"].get(name, ""))
    return {key: join(pieces) for key, pieces in got.items()}


# One call


@dataclass(frozen=True)
class Side:
    """One protocol: how its provider writes and its caller reads."""

    protocol: RouteProtocol
    write: Callable[[Writer, Any], Told]
    read: Callable[[Iterable[Any]], dict[Any, str]]
    request: dict[str, Any]


SIDES = {
    "openai": Side(CHAT, write_chat, read_chat, {"model": "gpt-4o", "stream": True}),
    "anthropic": Side(
        MESSAGES, write_message, read_message,
        {"model": "claude-next", "stream": True, "max_tokens": 9},
    ),
}  # fmt: skip


def chop(rng: random.Random, raw: bytes) -> Iterator[bytes]:
    """Bytes as a network gives them, also in the middle of a letter."""
    at, longest = 0, rng.choice([4, 50, 400, 5000] if len(raw) < 2000 else [50, 400, 5000])
    while at < len(raw):
        size = rng.randint(1, longest)
        yield raw[at : at + size]
        at += size


Chop = Callable[[bytes], Iterable[bytes]]
Write = Callable[[Writer, Any], Told]


class House:
    """The data plane that all cases of a test go through, one after the other."""

    def __init__(self) -> None:
        self.plane = DataPlane()
        self.services: Services = self.plane.services()

    async def call(
        self, side: Side, values: Sequence[str], rng: random.Random, write: Write, chopped: Chop
    ) -> tuple[Told, Caller]:
        """One exchange; every message holds one value and leaves as one token."""
        told: list[Told] = []

        def answer(request: Any) -> FakeReply:
            document = json.loads(request.body)
            tokens = [message["content"] for message in document["messages"]]
            assert all(re.fullmatch(r"QX1-[A-Z]+(?:-[0-9a-z]+)+", token) for token in tokens)
            told.append(write(Writer(rng, dict(zip(tokens, values, strict=True))), document))
            return FakeReply(chopped(b"".join(told[0].frames)), headers=STREAM)

        self.plane.upstream.answer = answer
        messages = [{"role": "user", "content": value} for value in values]
        request = {**side.request, "messages": messages}
        if side.protocol is CHAT:
            request["n"] = rng.choice([1, 1, 1, 2, 3])
        caller = Caller(json.dumps(request).encode(), side.protocol.path)
        await serve_call(
            self.services, Path(side.protocol), caller.scope, caller.receive, caller.send
        )
        assert told, caller.reply
        return told[0], caller

    async def case(self, side: Side, seed: int) -> None:
        rng = random.Random(seed)
        values = rng.sample(VALUES, rng.randint(1, 3))
        told, caller = await self.call(side, values, rng, side.write, lambda raw: chop(rng, raw))
        self.check(side, told, caller)

    def check(self, side: Side, told: Told, caller: Caller) -> None:
        """Right or untouched, all of it, in order; and the record agrees."""
        assert caller.status == 200 and caller.has_ended
        got = side.read(read_events(caller.reply))
        for key, text in told.texts.items():
            assert got[key] == text
        for key, document in told.documents.items():
            assert json.loads(got[key]) == document
        at = 0
        for frame in told.kept:
            at = caller.reply.find(frame, at)
            assert at >= 0, "a frame without a token was lost, altered or moved"
            at += len(frame)
        outcome = self.plane.recorder.events[-1]
        restored = outcome.facts["restored"]
        assert outcome.kind == "exchange.completed" and isinstance(restored, dict)
        assert sum(restored.values()) == told.restored  # type: ignore[arg-type]
        assert (outcome.facts["tokens_in"], outcome.facts["tokens_out"]) == (3, 4)
        del self.plane.recorder.events[:]
        del self.plane.upstream.received[:]


async def run_cases(side: Side, seeds: Iterable[int]) -> None:
    house = House()
    for seed in seeds:
        try:
            await house.case(side, seed)
        except BaseException as problem:
            problem.add_note(f"seed {seed}")
            raise


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, CASES, BATCH))
@pytest.mark.parametrize("name", SIDES)
async def test_any_stream_comes_back_right_or_untouched(name: str, first: int) -> None:
    await run_cases(SIDES[name], range(first, first + BATCH))


@pytest.mark.deep
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("name", SIDES)
async def test_any_stream_comes_back_right_or_untouched_at_length(name: str) -> None:
    await run_cases(SIDES[name], range(CASES, CASES + DEEP_CASES))


# Every place, one by one


def _carry_text(side: str, pieces: list[str]) -> list[Any]:
    if side == "openai":
        return [_chunk(0, {"content": piece}) for piece in pieces] + [_chunk(0, {}, "stop")]
    return _blocks({"type": "text", "text": ""}, "text_delta", "text", pieces)


def _carry_tool(side: str, pieces: list[str]) -> list[Any]:
    if side == "openai":
        calls = _write_call(0, pieces)
        return [_chunk(0, delta) for delta, _ in calls] + [_chunk(0, {}, "tool_calls")]
    block = {"type": "tool_use", "id": "toolu_1", "name": "look", "input": {}}
    return _blocks(block, "input_json_delta", "partial_json", pieces)


def _blocks(block: Any, kind: str, name: str, pieces: list[str]) -> list[Any]:
    deltas = [{"type": kind, name: piece} for piece in pieces]
    return [
        {"type": "content_block_start", "index": 0, "content_block": block},
        *({"type": "content_block_delta", "index": 0, "delta": delta} for delta in deltas),
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}},
        {"type": "message_stop"},
    ]


def _delta_of(document: Any) -> Any:
    return document["choices"][0]["delta"] if "choices" in document else {}


def _frames(side: str, documents: list[Any], *, escaped: bool) -> list[bytes]:
    """Frames as providers write them, or with every letter as an escape."""
    frames = []
    for document in documents:
        data = json.dumps(document)
        if escaped and (delta := document.get("delta") or _delta_of(document)):
            for text in (part for part in (delta.get("text"), delta.get("content")) if part):
                letters = "".join(f"\\u{ord(letter):04x}" for letter in text)
                data = data.replace(json.dumps(text), f'"{letters}"')
        name = f"event: {document['type']}\n" if side == "anthropic" else ""
        frames.append(f"{name}data: {data}\n\n".encode())
    return frames if side == "anthropic" else [*frames, b"data: [DONE]\n\n"]


CARRIERS: list[tuple[str, str, bool]] = [
    ("text", "Ask {} now", False),
    ("text", "Ask {} now", True),
    ("tool", '{{"q": "Ask {} now", "é": [1]}}', False),
    ("tool", '{{"inner": "{{\\"q\\": \\"Ask {} now\\"}}"}}', False),
]
TOKEN = "QX1-EMAIL-9yge7r7mzk80n22hcbjthy-001p5ht7abw4ugms"  # as long as those that are sent


def places(form: str) -> list[tuple[int, int]]:
    """Where a text is cut in three: every first place, every fifth second one."""
    length = len(form.format(TOKEN))
    return [(one, two) for one in range(1, length) for two in range(one, length, 5)]


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize(("carrier", "form", "escaped"), CARRIERS)
async def test_a_token_cut_at_every_place_comes_back(
    side: str, carrier: str, form: str, escaped: bool
) -> None:
    house = House()
    carry = _carry_text if carrier == "text" else _carry_tool
    for one, two in places(form):

        def write(writer: Writer, _: Any, one: int = one, two: int = two) -> Told:
            (token,) = writer.tokens
            assert len(token) == len(TOKEN)
            text = form.format(token)
            pieces = [piece for piece in (text[:one], text[one:two], text[two:]) if piece]
            return Told(frames=_frames(side, carry(side, pieces), escaped=escaped))

        rng = random.Random(2)  # one choice
        _, caller = await house.call(SIDES[side], VALUES[1:2], rng, write, lambda raw: (raw,))
        (got,) = (text for text in SIDES[side].read(read_events(caller.reply)).values() if text)
        assert _innermost(carrier, got) == f"Ask {VALUES[1]} now", (one, two)


def _innermost(carrier: str, got: str) -> Any:
    if carrier == "text":
        return got
    document = json.loads(got)
    return document["q"] if "q" in document else json.loads(document["inner"])["q"]


@pytest.mark.parametrize("side", SIDES)
async def test_the_bytes_cut_at_every_place_come_back(side: str) -> None:
    house = House()
    value = VALUES[4]

    def write(writer: Writer, _: Any) -> Told:
        (token,) = writer.tokens
        pieces = ["Zoë 😀 ", token[:20], token[20:], " 日本"]
        frames = _frames(side, _carry_text(side, pieces), escaped=False)
        return Told(frames=[frame.replace(b"Zo\\u00eb", "Zoë".encode()) for frame in frames])

    size = 400
    at = 0
    while at < size:

        def chopped(raw: bytes, place: int = at) -> Iterable[bytes]:
            nonlocal size
            size = len(raw)
            return [piece for piece in (raw[:place], raw[place:]) if piece]

        _, caller = await house.call(SIDES[side], [value], random.Random(2), write, chopped)
        (got,) = (text for text in SIDES[side].read(read_events(caller.reply)).values() if text)
        assert got == f"Zoë 😀 {value} 日本", at
        at += 1


def test_the_normal_run_has_five_thousand_cases() -> None:
    cut_places = sum(len(places(form)) for _, form, _ in CARRIERS) * len(SIDES)
    assert CASES * len(SIDES) + cut_places >= 5000


def test_the_cases_are_not_all_alike() -> None:
    """The generator makes what it promises: cuts in tokens, pairs apart, escapes."""
    rng = random.Random(5)
    tokens = {"QX1-EMAIL-" + "a" * 30: "v"}
    frames = b""
    for _ in range(60):
        frames += b"".join(
            write_chat(
                Writer(rng, tokens), {"n": 2, "stream_options": {"include_usage": True}}
            ).frames
        )
    assert b"\\ud83d" in frames and b"\\u00" in frames and b"\r\n\r\n" in frames
    assert b"tool_calls" in frames and b"reasoning" in frames
    assert asyncio.iscoroutinefunction(run_cases)
