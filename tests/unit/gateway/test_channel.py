"""One upstream of a worker: how much at once, and when it is left alone."""

import asyncio
from collections import Counter
from dataclasses import replace

import pytest

from curtilage.gateway.breaker import State
from curtilage.gateway.channel import Channel
from curtilage.gateway.errors import UpstreamBusy, UpstreamFailed, UpstreamResting
from curtilage.gateway.ports import UpstreamReply, UpstreamRequest
from curtilage.gateway.settings import UpstreamSettings
from tests.fakes.clock import START
from tests.fakes.dataplane import FakeReply, FakeUpstream

SETTINGS = UpstreamSettings("openai", "http://one.example", breaker_failures=2, max_wait=0.05)
REQUEST = UpstreamRequest("POST", "/chat/completions", "", (), b"{}")


class Slow(FakeUpstream):
    """Answers when the gate is opened."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = asyncio.Event()

    async def send(self, request: UpstreamRequest) -> UpstreamReply:
        reply = await super().send(request)
        await self.gate.wait()
        return reply


def a_channel(upstream: FakeUpstream, **given: object) -> tuple[Channel, Counter[str]]:
    counted: Counter[str] = Counter()
    settings = replace(SETTINGS, **given)  # type: ignore[arg-type]
    return Channel(settings, upstream, lambda outcome: counted.update([outcome])), counted


async def test_more_than_its_limit_waits_and_then_is_refused_with_nothing_sent() -> None:
    upstream = FakeUpstream()
    channel, counted = a_channel(upstream, max_concurrent=1)
    reply = await channel.send(REQUEST)
    with pytest.raises(UpstreamBusy):
        await channel.send(REQUEST)
    assert len(upstream.received) == 1 and counted == {"answered": 1, "busy": 1}
    await reply.close()
    await reply.close()  # twice gives one place back, not two
    await channel.send(REQUEST)
    with pytest.raises(UpstreamBusy):
        await channel.send(REQUEST)


async def test_who_waits_is_served_when_a_place_is_free() -> None:
    channel, _ = a_channel(FakeUpstream(), max_concurrent=1, max_wait=5.0)
    first = await channel.send(REQUEST)
    second = asyncio.create_task(channel.send(REQUEST))
    await asyncio.sleep(0)
    third = asyncio.create_task(channel.send(REQUEST))
    await asyncio.sleep(0)
    with pytest.raises(UpstreamBusy):
        await third  # the queue is as long as what can be served at once
    await first.close()
    assert (await second).status == 200


async def test_a_caller_who_leaves_gives_the_place_back() -> None:
    upstream = Slow()
    channel, _ = a_channel(upstream, max_concurrent=1)
    call = asyncio.create_task(channel.send(REQUEST))
    await asyncio.sleep(0.01)
    call.cancel()
    await asyncio.wait({call})
    upstream.gate.set()
    reply = await channel.send(REQUEST)
    assert await reply.read() == b"{}"


@pytest.mark.parametrize("status", [502, 503, 504, 529])
async def test_one_that_says_it_is_unwell_is_left_alone(status: int) -> None:
    upstream = FakeUpstream(lambda _: FakeReply((), status=status))
    channel, counted = a_channel(upstream)
    for _ in range(2):
        await channel.send(REQUEST)
    with pytest.raises(UpstreamResting):
        await channel.send(REQUEST)
    assert len(upstream.received) == 2 and channel.state is State.OPEN
    assert counted == {"failed": 2, "resting": 1}


@pytest.mark.parametrize("status", [400, 401, 429, 500])
async def test_what_one_request_or_one_credential_brings_about_closes_it_to_nobody(
    status: int,
) -> None:
    channel, _ = a_channel(FakeUpstream(lambda _: FakeReply((), status=status)))
    for _ in range(5):
        assert (await channel.send(REQUEST)).status == status
    assert channel.state is State.CLOSED


async def test_it_is_tried_again_after_its_rest() -> None:
    well = False

    def answer(_: UpstreamRequest) -> FakeReply:
        if not well:
            raise UpstreamFailed("connect", sent=False)
        return FakeReply(())

    channel, _ = a_channel(FakeUpstream(answer), breaker_rest=0.02)
    for _ in range(2):
        with pytest.raises(UpstreamFailed):
            await channel.send(REQUEST)
    with pytest.raises(UpstreamResting):
        await channel.send(REQUEST)
    well = True
    await asyncio.sleep(0.03)
    assert (await channel.send(REQUEST)).status == 200 and channel.state is State.CLOSED


async def test_how_it_fares_is_told_with_what_is_under_way() -> None:
    upstream = FakeUpstream()
    channel, _ = a_channel(upstream)
    reply = await channel.send(REQUEST)
    told = channel.tell(START)
    assert (told["state"], told["under_way"], sum(told["waits"])) == ("closed", 1, 1)
    await reply.close()
    await reply.close()
    assert channel.tell(START)["under_way"] == 0


async def test_a_failure_is_told_by_its_kind_and_by_the_end_of_the_rest() -> None:

    def refuse(request: UpstreamRequest) -> FakeReply:
        raise UpstreamFailed("connect", sent=False)

    channel, _ = a_channel(FakeUpstream(refuse))
    for _ in range(2):
        with pytest.raises(UpstreamFailed):
            await channel.send(REQUEST)
    told = channel.tell(START)
    assert (told["state"], told["failure"], told["under_way"]) == ("open", "connect", 0)
    assert told["rests_until"] > told["failed_at"] > ""
