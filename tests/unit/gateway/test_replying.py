"""Whole replies: read within a limit, restored where something changes."""

import json
from typing import Any

import pytest

from curtilage.gateway.errors import UpstreamFailed
from curtilage.gateway.pulse import Pulse
from curtilage.gateway.replying import is_stream, read_whole, restore_whole, with_logprobs
from curtilage.gateway.request import Inbound, Outbound
from curtilage.gateway.wire.facts import ReplyStats, RequestFacts
from curtilage.gateway.wire.protocols import PROTOCOLS
from curtilage.shield.held import Held, HeldValue, Origin
from tests.fakes import FixedClock
from tests.fakes.dataplane import FakeReply, a_route_table
from tests.unit.gateway.test_pulse import Call
from tests.unit.shield.worlds import a_mint

VALUE = 'ada "q" quill'
TOKEN = a_mint().mint("EMAIL_ADDRESS", VALUE)


def restore(
    raw: bytes, *, status: int = 200, kind: str = "openai.chat"
) -> tuple[bytes, ReplyStats]:
    held = Held()
    held.hold(TOKEN, HeldValue(VALUE, "EMAIL_ADDRESS", Origin.CALLER))
    target = a_route_table().resolve("gpt-4o", "openai")
    return restore_whole(
        raw,
        status=status,
        protocol=PROTOCOLS[kind],
        inbound=Inbound({}, RequestFacts("gpt-4o"), target),
        outbound=Outbound(b"", held, frozenset(("mail",))),
    )


def saying(text: str) -> Any:
    return {"choices": [{"message": {"content": text}, "finish_reason": "stop"}], "n": 1.50}


def test_a_reply_with_a_token_is_written_anew() -> None:
    body, stats = restore(json.dumps(saying(f"Ask {TOKEN}")).encode())
    assert json.loads(body) == saying(f"Ask {VALUE}")
    assert stats.restored == {"EMAIL_ADDRESS": 1}


@pytest.mark.parametrize(
    "raw",
    [
        b'{ "choices":[{"message":{"content":"\\u0041sk"}}],"n":1.50 }\n',
        json.dumps(saying("Ask QX1-EMAIL-not-ours")).encode(),
        b"<html>not JSON</html>",
        b"",
        b"\xff\xfe",
    ],
)
def test_a_reply_in_which_nothing_changes_is_the_providers_own_bytes(raw: bytes) -> None:
    assert restore(raw)[0] == raw


@pytest.mark.parametrize("kind", ["openai.chat", "anthropic.messages"])
def test_an_error_that_quotes_the_request_quotes_it_as_the_caller_wrote_it(kind: str) -> None:
    """Whatever its shape: each provider, and each server that speaks as one does, has its own."""
    document = {"error": {"message": f"bad {TOKEN}", "param": [f"x.{TOKEN}"], "n": 1.5}}
    body, stats = restore(json.dumps(document).encode(), status=400, kind=kind)
    assert json.loads(body) == {
        "error": {"message": f"bad {VALUE}", "param": [f"x.{VALUE}"], "n": 1.5}
    }
    assert stats.failed and stats.restored == {"EMAIL_ADDRESS": 2}


@pytest.mark.parametrize(
    "raw",
    [
        b'{ "error" : {"message": "slow down", "n": 1.50} }\n',
        f"<p>bad {TOKEN}</p>".encode(),
        f"bad {TOKEN}".encode(),
        b'{"error": "QX1-EMAIL-not-ours"}',
        b"[" * 1000 + f'"{TOKEN}"'.encode() + b"]" * 1000,
        b"",
        b"\xff",
    ],
)
def test_any_other_error_of_the_provider_is_its_own_bytes(raw: bytes) -> None:
    body, stats = restore(raw, status=400)
    assert (body, stats.failed) == (raw, True)


async def test_a_body_is_read_to_its_end_and_no_further_than_the_limit() -> None:
    clock = FixedClock()
    pulse, call = Pulse(clock.monotonic, 600.0, 15.0), Call()
    read = await read_whole(FakeReply((b"ab", b"c")), pulse, call.waiting, limit=3)
    assert read == b"abc"
    reply = FakeReply(iter((b"ab", b"cd", b"never read")))
    with pytest.raises(UpstreamFailed) as failed:
        await read_whole(reply, pulse, call.waiting, limit=3)
    assert (failed.value.reason, await reply.read()) == ("oversize", b"never read")
    await call.drop()


SSE = b"text/event-stream"


def test_a_stream_is_told_by_its_type() -> None:
    assert is_stream([(b"content-type", SSE + b"; charset=utf-8")], SSE)
    assert not is_stream([(b"content-type", b"application/json"), (b"x", SSE)], SSE)


def test_withheld_logprobs_are_said_in_a_header() -> None:
    headers = [(b"a", b"b")]
    assert with_logprobs(headers, ReplyStats()) == headers
    said = with_logprobs(headers, ReplyStats(logprobs_withheld=True))
    assert said == [*headers, (b"x-curtilage-logprobs", b"withheld")]
