"""Blocks of both protocols that have them: told apart, in order, no more than a reply has."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from curtilage.gateway.wire.anthropic_stream import AnthropicStreamRewriter
from curtilage.gateway.wire.bedrock_stream import BedrockStreamRewriter
from curtilage.gateway.wire.blocks import MAX_BLOCKS, BlockRewriter
from curtilage.gateway.wire.errors import BrokenStream
from curtilage.gateway.wire.event_stream import encode_event
from curtilage.gateway.wire.facts import RequestFacts
from curtilage.gateway.wire.sse import encode_event as encode_sse
from tests.unit.gateway.wire.replies import MAIL, MAIL_TOKEN, hold

FACTS = RequestFacts("claude", stream=True)
HALF = MAIL_TOKEN[:20]
Say = Callable[[Any, str], bytes]


def messages_text(index: Any, text: str) -> bytes:
    delta = {"type": "text_delta", "text": text}
    document = {"type": "content_block_delta", "index": index, "delta": delta}
    return encode_sse(b"content_block_delta", json.dumps(document).encode())


def converse_text(index: Any, text: str) -> bytes:
    document = {"contentBlockIndex": index, "delta": {"text": text}}
    return encode_event("contentBlockDelta", json.dumps(document).encode())


BOTH = pytest.mark.parametrize(
    ("kind", "say"),
    [(AnthropicStreamRewriter, messages_text), (BedrockStreamRewriter, converse_text)],
)


@BOTH
def test_what_a_block_holds_back_comes_with_a_delta_of_its_own(
    kind: type[BlockRewriter[Any]], say: Say
) -> None:
    rewriter = kind(hold(), FACTS)
    assert HALF.encode() not in rewriter.feed(say(0, f"To {HALF}"))
    assert HALF.encode() in rewriter.close()


@BOTH
def test_a_text_is_not_restored_while_the_one_before_is_open(
    kind: type[BlockRewriter[Any]], say: Say
) -> None:
    rewriter = kind(hold(), FACTS)
    first = rewriter.feed(say(0, f"To {MAIL_TOKEN} "))
    second = rewriter.feed(say(1, f"and {MAIL_TOKEN} ")) + rewriter.close()
    assert MAIL.encode() in first
    assert MAIL.encode() not in second and MAIL_TOKEN.encode() in second


@BOTH
def test_a_text_before_the_last_one_breaks_the_stream(
    kind: type[BlockRewriter[Any]], say: Say
) -> None:
    rewriter = kind(hold(), FACTS)
    rewriter.feed(say(3, "Hello"))
    with pytest.raises(BrokenStream):
        rewriter.feed(say(2, "there"))


@BOTH
def test_a_block_without_a_number_is_the_end_of_restoring(
    kind: type[BlockRewriter[Any]], say: Say
) -> None:
    rewriter = kind(hold(), FACTS)
    rewriter.feed(say(0.0, "Hello"))
    assert MAIL.encode() not in rewriter.feed(say(0, f"To {MAIL_TOKEN} "))


@BOTH
def test_a_reply_has_no_more_blocks_than_that(kind: type[BlockRewriter[Any]], say: Say) -> None:
    rewriter = kind(hold(), FACTS)
    stream = b"".join(say(index, "a") for index in range(MAX_BLOCKS + 1))
    with pytest.raises(BrokenStream):
        rewriter.feed(stream)
