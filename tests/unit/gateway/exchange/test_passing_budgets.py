"""One call and the budgets of its key: reserved before it leaves, settled however it ends."""

import asyncio
import json
from typing import Any

import pytest

from curtilage.core.models import Event
from curtilage.gateway.errors import UpstreamFailed
from curtilage.gateway.exchange.call import Call, Path
from curtilage.gateway.exchange.modeltask import ModelTask
from curtilage.gateway.exchange.serve import serve_call
from curtilage.gateway.prices import PriceSettings, PriceTable
from curtilage.gateway.wire.protocols import PROTOCOLS
from curtilage.identity.budgets import Amount, Budget, Measure, Shortage, Window
from curtilage.identity.models import KeyGroup
from tests.builders import TENANT
from tests.fakes.clock import START
from tests.fakes.dataplane import (
    STREAM,
    Caller,
    DataPlane,
    FakeReply,
    StaticSnapshots,
    a_snapshot,
    an_api_key,
)
from tests.fakes.provider import DONE, chat_delta, chat_reply

DOCUMENT: dict[str, Any] = {
    "model": "gpt-4o", "messages": [{"role": "user", "content": "Hi"}], "max_tokens": 50,
}  # fmt: skip
MONEY = Budget(Measure.MONEY, Window.MONTH, 20_000_000)
PRICES = PriceTable([PriceSettings("gpt-*", "2020-01-01", "USD", "1", "10")])


def a_plane(**reply: Any) -> DataPlane:
    key = an_api_key(budgets=(MONEY,), group=KeyGroup("group-1", TENANT, "team", START, (MONEY,)))
    plane = DataPlane(snapshots=StaticSnapshots(a_snapshot(key, prices=PRICES)))
    body = json.dumps(chat_reply("Hi")).encode()
    plane.upstream.answer = lambda _: FakeReply((body,), **reply)
    return plane


async def run(plane: DataPlane, caller: Caller | None = None, **more: Any) -> Caller:
    caller = caller or Caller(json.dumps({**DOCUMENT, **more}).encode())
    protocol = PROTOCOLS["openai.chat"]
    await serve_call(plane.services(), Path(protocol), caller.scope, caller.receive, caller.send)
    return caller


def records_of(plane: DataPlane) -> tuple[Event, Event]:
    intent, outcome = plane.recorder.events
    return intent, outcome


async def test_a_call_is_billed_as_the_provider_counted() -> None:
    plane = a_plane()
    assert (await run(plane)).status == 200
    intent, outcome = records_of(plane)
    reserved, bill = intent.facts["reserved"], outcome.facts["bill"]
    assert isinstance(reserved, dict) and isinstance(bill, dict)
    assert reserved["out"] == 50 and intent.facts["group"] == "group-1"
    used = chat_reply("Hi")["usage"]
    cost = used["prompt_tokens"] + 10 * used["completion_tokens"]
    assert (bill["in"], bill["out"], bill["cost"]) == (
        used["prompt_tokens"],
        used["completion_tokens"],
        cost,
    )
    assert "estimated" not in bill
    assert plane.budgets.used == [Amount(1, used["total_tokens"], cost)]


async def test_a_budget_without_room_refuses_before_anything_leaves() -> None:
    plane = a_plane()
    plane.budgets.shortage = Shortage(Measure.MONEY, Window.MONTH, wait=86_400)
    caller = await run(plane)
    assert (caller.status, caller.reply_headers["retry-after"]) == (429, "86400")
    assert caller.reply_headers["x-should-retry"] == "false"
    assert json.loads(caller.reply)["error"]["code"] == "insufficient_quota"
    assert plane.recorder.kinds == ["exchange.intended", "exchange.refused"]
    assert not plane.upstream.received
    assert "bill" not in records_of(plane)[1].facts


async def test_a_model_without_a_price_is_refused_where_money_is_counted() -> None:
    plane = a_plane()
    caller = await run(plane, model="text-embedding-9")
    assert caller.status == 403
    assert json.loads(caller.reply)["error"]["code"] == "gateway.no-price"
    assert not plane.upstream.received and not plane.budgets.taken


async def test_a_provider_that_was_never_reached_costs_nothing() -> None:
    plane = a_plane()

    def unreachable(_: object) -> FakeReply:
        raise UpstreamFailed("connect", sent=False)

    plane.upstream.answer = unreachable
    assert (await run(plane)).status == 502
    assert plane.budgets.used == [Amount()]
    bill: Any = records_of(plane)[1].facts["bill"]
    assert bill["cost"] == 0


@pytest.mark.parametrize("reason", ["timeout", "broken"])
async def test_a_provider_that_fell_silent_may_have_cost_all_that_was_reserved(
    reason: str,
) -> None:
    plane = a_plane()

    def silent(_: object) -> FakeReply:
        raise UpstreamFailed(reason, sent=True)

    plane.upstream.answer = silent
    await run(plane)
    assert plane.budgets.used == plane.budgets.taken
    bill: Any = records_of(plane)[1].facts["bill"]
    assert bill["estimated"] is True


async def test_an_error_of_the_provider_costs_a_request_only() -> None:
    plane = a_plane(status=500)
    await run(plane)
    assert plane.budgets.used == [Amount(1)]


async def test_a_stream_that_breaks_off_stands_at_its_reservation() -> None:
    plane = a_plane()
    plane.upstream.answer = lambda _: FakeReply((chat_delta({"content": "Hi"}),), headers=STREAM)
    await run(plane, stream=True)
    assert plane.budgets.used == plane.budgets.taken


async def test_a_stream_is_billed_by_its_last_frame() -> None:
    plane = a_plane()
    usage = {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12}
    last = b"data: " + json.dumps({"choices": [], "usage": usage}).encode() + b"\n\n"
    pieces = (chat_delta({"content": "Hi"}, finish="stop"), last, DONE)
    plane.upstream.answer = lambda _: FakeReply(pieces, headers=STREAM)
    await run(plane, stream=True)
    assert plane.budgets.used == [Amount(1, 12, 9 + 30)]


async def test_a_caller_who_leaves_is_billed_at_the_reservation() -> None:
    plane = a_plane()
    asked = asyncio.Event()

    class Silent(FakeReply):
        async def read(self) -> bytes:
            asked.set()
            await asyncio.get_running_loop().create_future()
            return b""

    plane.upstream.answer = lambda _: Silent(())
    caller = Caller(json.dumps(DOCUMENT).encode())
    services = plane.services()
    calls: list[Call] = []

    def note(call: Call) -> ModelTask:
        calls.append(call)
        return ModelTask(call)

    path = Path(PROTOCOLS["openai.chat"])
    running = asyncio.ensure_future(
        serve_call(services, path, caller.scope, caller.receive, caller.send, note)
    )
    await asked.wait()
    caller.leaves = True
    calls[0].caller.waiting.reason = "caller-left"
    calls[0].caller.waiting.task.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert plane.recorder.kinds[-1] == "exchange.aborted"
    assert plane.budgets.used == plane.budgets.taken


async def test_where_the_intent_cannot_be_written_what_was_taken_goes_back() -> None:
    plane = a_plane()
    plane.recorder.broken = True
    assert (await run(plane)).status == 503
    assert plane.budgets.used == [Amount()]
    assert not plane.upstream.received


async def test_where_the_outcome_cannot_be_written_the_reservation_stands() -> None:
    plane = a_plane()

    def break_ledger(_: object) -> FakeReply:
        plane.recorder.broken = True
        return FakeReply((json.dumps(chat_reply("Hi")).encode(),))

    plane.upstream.answer = break_ledger
    await run(plane)
    assert plane.budgets.used == []
