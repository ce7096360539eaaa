"""Who may call and how often, and what is recorded of those who may not."""

import json
from typing import Any

import pytest

from curtilage.core.errors import UnavailableError
from curtilage.gateway.errors import MalformedHeader
from curtilage.gateway.exchange.call import Path
from curtilage.gateway.exchange.intake import read_query
from curtilage.gateway.exchange.serve import serve_call
from curtilage.gateway.wire.protocols import PROTOCOLS
from tests.fakes.calls import a_caller, ending, run
from tests.fakes.dataplane import (
    Caller,
    DataPlane,
    FakeReply,
    StaticSnapshots,
    a_policy,
    a_snapshot,
    an_api_key,
)
from tests.fakes.provider import (
    chat_reply,
)

IMAGE = [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:,"}}]}]
UNREAD: dict[str, tuple[dict[str, Any], tuple[tuple[bytes, bytes], ...]]] = {
    "gateway.unscannable-content": ({"messages": IMAGE}, ()),
    "gateway.purpose-not-held": ({}, ((b"x-curtilage-purpose", b"marketing"),)),
    "gateway.unknown-model": ({"model": "none"}, ()),
}


@pytest.mark.parametrize("reason", UNREAD)
async def test_what_is_refused_unread_is_recorded_as_not_scanned(reason: str) -> None:
    plane = DataPlane()
    body, headers = UNREAD[reason]
    caller = a_caller(**body)
    caller.headers = headers
    await run(plane, caller)
    assert ending(plane) == (["exchange.intended", "exchange.refused"], reason)
    intent = plane.recorder.events[0]
    assert not {"slots", "found"} & set(intent.facts)
    assert intent.facts["policy"] == a_policy().reference


async def test_keys_that_cannot_be_loaded_refuse_the_call() -> None:
    plane = DataPlane()
    plane.loader.problem = UnavailableError("The vault does not answer.")
    caller = await run(plane, a_caller())
    assert caller.status == 503
    assert not plane.upstream.received


async def test_a_limit_is_asked_for_and_settled_on_what_was_used() -> None:
    plane = DataPlane(snapshots=StaticSnapshots(a_snapshot(an_api_key(tokens_per_minute=10_000))))
    plane.upstream.answer = lambda _: FakeReply((json.dumps(chat_reply("Hi")).encode(),))
    caller = a_caller()
    await run(plane, caller)
    assert plane.limits.settled == [("key-1", 12 - len(caller.body) // 4)]
    plane.limits.wait, plane.limits.leased = None, 7
    refused = await run(plane, a_caller())
    assert (refused.status, refused.reply_headers["retry-after"]) == (429, "7")
    assert len(plane.upstream.received) == 1


async def test_a_caller_who_is_not_known_leaves_a_count_and_no_record() -> None:
    plane = DataPlane()
    services = plane.services()
    caller = Caller(b"{}", headers=((b"x-api-key", b"cur_other"),))
    await serve_call(
        services, Path(PROTOCOLS["openai.chat"]), caller.scope, caller.receive, caller.send
    )
    assert caller.status == 401
    assert plane.recorder.events == []
    await services.rejections.flush()
    assert plane.recorder.events[0].facts == {"counts": {"gateway.ambiguous-key": 1}}


async def test_a_query_that_may_not_travel_is_counted_before_anybody_is_known() -> None:
    plane = DataPlane()
    caller = a_caller()
    caller.query = b"user=ada"
    await run(plane, caller)
    assert caller.status == 400 and b"ada" not in caller.reply


@pytest.mark.parametrize("query", [b"", b"beta=true"])
def test_the_queries_of_the_sdks_travel(query: bytes) -> None:
    assert read_query(PROTOCOLS["openai.chat"], query).forwarded == query


@pytest.mark.parametrize("query", [b"beta=ada", b"beta=true&x=1", b"x", b"beta=true\n", b"\xff"])
def test_any_other_query_does_not(query: bytes) -> None:
    with pytest.raises(MalformedHeader) as refused:
        read_query(PROTOCOLS["openai.chat"], query)
    assert "address" in refused.value.advice
