"""Files of batches that come back from providers."""

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from curtilage.gateway.wire.json_lines import (
    MESSAGE_RESULTS,
    OWN_LINES,
    OWN_TEXT,
    FileRewriter,
    LineCutter,
)
from tests.fakes.provider import message_reply
from tests.property.fuzz.gateway_wire_reply_targets import FACTS, REPLIES
from tests.property.fuzz.shield_targets import TEXT
from tests.property.fuzz.target import Target
from tests.unit.gateway.wire.replies import MAIL_TOKEN, hold

BATCH = [
    {"id": "b1", "custom_id": "1", "response": {"status_code": 200, "body": REPLIES["openai.chat"]}, "error": None},
    {"id": "b2", "custom_id": "2", "response": None, "error": {"message": f"no {MAIL_TOKEN}"}},
]  # fmt: skip
RESULTS = [{"custom_id": "1", "result": {"type": "succeeded", "message": message_reply(TEXT)}}]


def restore_file(read_as: str, raw: bytes) -> bytes:
    """A file of a batch as it comes back: the same, however it was cut."""
    restored = []
    for step in (len(raw) or 1, 50):
        rewriter = FileRewriter(hold(), replace(FACTS, read_as=read_as))
        pieces = [rewriter.feed(raw[at : at + step]) for at in range(0, len(raw), step)]
        restored.append(b"".join([*pieces, rewriter.close()]))
    assert restored[0] == restored[1]
    return restored[0]


def restore_lines(read_as: str, lines: Any) -> bytes:
    lines = lines if isinstance(lines, list) else [lines]
    return restore_file(read_as, b"".join(json.dumps(line).encode() + b"\n" for line in lines))


def file_targets() -> Iterator[Target]:
    covers = (FileRewriter.feed, LineCutter.feed)
    for read_as, lines in (
        ("/v1/chat/completions", BATCH),
        (MESSAGE_RESULTS, RESULTS),
        (OWN_LINES, BATCH),
    ):
        raw = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
        yield Target(f"file of {read_as}, its bytes", covers, [raw], partial(restore_file, read_as))
        yield Target(
            f"file of {read_as}, its lines", covers, [lines], partial(restore_lines, read_as)
        )
    yield Target("file of text", covers, [TEXT.encode()], partial(restore_file, OWN_TEXT))
