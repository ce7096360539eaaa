"""Twice the input takes about twice the work and the memory, counted and not timed.

Each parser is fed what grows in the way that hurts it most: more entries, deeper
nesting up to its limit, longer pieces, text that is held back. Lines that run and calls
that are made are counted, and the bytes that are held at the worst moment.
"""

import json
import tracemalloc
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from curtilage.gateway.wire.protocols import PROTOCOLS
from curtilage.shield.held import Sink
from curtilage.shield.restore import Form
from tests.counting import calls, lines
from tests.fakes.provider import chat_delta
from tests.fakes.responses import ResponseScript
from tests.property.fuzz import consent_targets, gateway_targets, ledger_targets
from tests.property.fuzz.gateway_wire_reply_targets import rewrite_in_pieces
from tests.property.fuzz.gateway_wire_request_targets import take_in
from tests.property.fuzz.shield_targets import restore_text_in
from tests.unit.gateway.wire.replies import MAIL_TOKEN

SIZE = 100
SLACK = 2000  # calls or lines that any work begins with
SPACE = 100_000  # bytes: caches and buffers that are made on the way
Make = Callable[[int], Callable[[], object]]


def said(count: int) -> bytes:
    message = {"role": "user", "content": f"Write to {MAIL_TOKEN} " * 3}
    return json.dumps({"model": "gpt-4.1", "messages": [message] * count}).encode()


def spelled(count: int) -> bytes:
    """One text in single letters, that a token could be beginning with all the time."""
    return b"".join(chat_delta({"content": letter}) for letter in "QX1-" * count)


def responded(count: int) -> bytes:
    script = ResponseScript()
    for _ in range(count):
        script.message(["So ", MAIL_TOKEN])
    return b"".join(script.end().frames())


def stream(kind: str, raw: bytes) -> Callable[[], object]:
    pieces = [raw[at : at + 64] for at in range(0, len(raw), 64)]
    return partial(rewrite_in_pieces, PROTOCOLS[kind], pieces)


def restored(sink: Sink, form: Form, text: str) -> Callable[[], object]:
    return partial(restore_text_in, sink, form, text)


def take_chat(raw: bytes) -> Callable[[], object]:
    return partial(take_in, PROTOCOLS["openai.chat"], raw)


WORK: dict[str, Make] = {
    "messages of a chat": lambda n: take_chat(said(n)),
    "unknown fields": lambda n: take_chat(json.dumps({**json.loads(said(1)), "x": {f"k{i}": "v" for i in range(n)}}).encode()),
    "a stream in single letters": lambda n: stream("openai.chat", spelled(n)),
    "a stream of comments": lambda n: stream("openai.chat", b": \n" * n * 9 + b"\n"),
    "a frame that does not end": lambda n: stream("openai.chat", b"data: " + b"x" * 640 * n),
    "texts of a response": lambda n: stream("openai.responses", responded(n)),
    "links that are opened": lambda n: restored(Sink.TEXT, Form.TEXT, f"![x]({MAIL_TOKEN} " * n),
    "tokens that are none": lambda n: restored(Sink.TEXT, Form.TEXT, "QX1-EMAIL-" * n * 5),
    "arguments": lambda n: restored(Sink.ARGUMENTS, Form.JSON, json.dumps([MAIL_TOKEN] * n)),
    "headers": lambda n: partial(gateway_targets.judge_headers, b"x-a: b\n" * n + gateway_targets.HEADERS[0]),
    "records of a segment": lambda n: partial(ledger_targets.read_segment, ledger_targets.HEAD + ledger_targets.BATCH * n),
    "rubble of a segment": lambda n: partial(ledger_targets.read_segment, ledger_targets.HEAD + b"\xf5CLB" * n * 20),
    "rules of a policy": lambda n: partial(consent_targets.read_policy, consent_targets.RICH_POLICY.split(b"[[case]]", maxsplit=1)[0] + consent_targets.RULE * n),
}  # fmt: skip


def peak(work: Callable[[], Any]) -> int:
    """The most bytes that were held at once."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", WORK)
@pytest.mark.parametrize("measure", [calls, lines, peak], ids=lambda measure: measure.__name__)
def test_work_and_memory_grow_with_the_input_and_no_faster(
    name: str, measure: Callable[[Callable[[], object]], int]
) -> None:
    make = WORK[name]
    make(1)()  # what is made once: patterns, rows of machines
    small, large = (measure(make(size)) for size in (SIZE, 2 * SIZE))
    slack = SPACE if measure is peak else SLACK
    assert large <= 2.3 * small + slack, (small, large)
