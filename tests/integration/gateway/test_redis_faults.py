"""Redis fails at every command that counting a call waits for.

Calls of a key with a limit a minute, over one worker and a real Redis that fails at each
crossing in turn (see `tests/redis_proxy.py`). Whatever happened: the caller is answered in
the protocol's own shape and in time, the limit and the budget are not passed, each intent
has its outcome, and as soon as Redis is whole again calls are let through.
"""

import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from sqlalchemy import make_url

from curtilage.core.clock import SystemClock
from curtilage.core.shared.redis import ANSWER_WITHIN, RedisCounters, connect
from curtilage.gateway.api import Gateway
from curtilage.gateway.door import Door
from curtilage.gateway.modellist import ModelList
from curtilage.gateway.ports import UpstreamRequest
from curtilage.identity.budgets import Budget, Measure, Window
from curtilage.identity.limits import Ask, Portion
from curtilage.identity.service.limits import LimitService
from curtilage.identity.worker_budgets import WorkerBudgets
from curtilage.identity.worker_limits import WorkerLimits
from tests.fakes.dataplane import (
    STREAM,
    Caller,
    DataPlane,
    FakeReply,
    StaticSnapshots,
    a_snapshot,
    an_api_key,
)
from tests.fakes.provider import DONE, chat_delta, message_reply
from tests.fakes.seams import Counting, Seams
from tests.redis_proxy import RedisProxy, fail_everywhere
from tests.redis_server import some_redis

pytestmark = [pytest.mark.redis, pytest.mark.slow]
LIMIT = 4
BUSY = 5.0  # seconds that a busy machine may add
SAID = [{"role": "user", "content": "Good morning."}]
CALLS: dict[str, Any] = {
    "/v1/messages": {"model": "claude-sonnet-4-5", "max_tokens": 9, "messages": SAID},
    "/v1/chat/completions": {"model": "gpt-4o", "messages": SAID, "stream": True},
}
KEY = an_api_key(
    requests_per_minute=LIMIT,
    tokens_per_minute=10**6,
    budgets=(Budget(Measure.REQUESTS, Window.TOTAL, 50),),
)


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with some_redis(tmp_path_factory.mktemp("redis")) as address:
        yield make_url(address).port or 6379


def answer(request: UpstreamRequest) -> FakeReply:
    if request.path.endswith("/messages"):
        return FakeReply((json.dumps(message_reply("Hi")).encode(),))
    pieces = [chat_delta({"content": "Hi"}), chat_delta({}, finish="stop"), DONE]
    return FakeReply(pieces, headers=STREAM)


@dataclass
class Worker:
    """One worker whose limits lie in Redis, and its budgets with it here."""

    limits: LimitService
    plane: DataPlane = field(default_factory=DataPlane)
    counting: Counting = field(default_factory=lambda: Counting(Seams(), SystemClock()))

    def __post_init__(self) -> None:
        plane, clock = self.plane, SystemClock()
        plane.snapshots = StaticSnapshots(a_snapshot(KEY))
        plane.upstream.answer = answer
        self.worker_limits = WorkerLimits(self._lease, clock)
        self.budgets = WorkerBudgets(self.counting.lease_budget, clock)
        services = replace(plane.services(), limits=self.worker_limits, budgets=self.budgets)
        listing = ModelList(plane.snapshots, services.sessions, plane.recorder, clock, plane.ids)
        self.gateway = Gateway(
            services, Door(public_url="http://localhost:8787"), nobody, listing, max_concurrent=1
        )

    async def _lease(self, ask: Ask) -> Portion:
        return await self.limits.lease(KEY, ask)

    async def call(self, path: str) -> int:
        """The status of one call, after a look at all of its answer."""
        caller, began = Caller(json.dumps(CALLS[path]).encode(), path), time.monotonic()
        await self.gateway(caller.scope, caller.receive, caller.send)
        assert time.monotonic() - began < ANSWER_WITHIN + BUSY
        assert caller.has_ended
        if caller.status != 200:
            check_refusal(caller)
        return caller.status


async def nobody(scope: Any, receive: Any, send: Any) -> None:
    raise AssertionError("no call here is for the control process")


def check_refusal(caller: Caller) -> None:
    """An error of the protocol, with what says when to come back."""
    document = json.loads(caller.reply)
    assert caller.status in {429, 503}
    assert int(caller.reply_headers["retry-after"]) >= 1
    if caller.path == "/v1/messages":
        assert document["type"] == "error" and set(document["error"]) == {"type", "message"}
    else:
        assert {"message", "type", "code", "param"} <= set(document["error"])
        if caller.status == 503:
            assert document["error"]["code"] == "shared.unreachable"


async def make_calls(proxy: RedisProxy) -> None:
    """Calls over a new connection and over a used one, until the limit is reached."""
    client = connect(proxy.address)
    worker = Worker(LimitService(RedisCounters(client, f"curtilage:{os.urandom(8).hex()}:")))
    statuses = [await worker.call(path) for path in CALLS]
    await proxy.mend()
    is_back = False
    while statuses[-1] != 429:
        statuses.append(await worker.call("/v1/chat/completions"))
        is_back = is_back or statuses[-1] == 200
        assert len(statuses) <= LIMIT + 3, "neither counted nor refused"
    await client.aclose()
    assert is_back
    check_limits(worker, statuses)


def check_limits(worker: Worker, statuses: list[int]) -> None:
    served = len(worker.plane.upstream.received)
    assert served == statuses.count(200) <= LIMIT
    assert served <= worker.counting.used[0]
    kinds = worker.plane.recorder.kinds
    assert kinds.count("exchange.intended") == len(statuses)
    assert kinds.count("exchange.completed") == served
    assert kinds.count("exchange.refused") == len(statuses) - served


async def test_a_limit_that_nobody_can_count_is_not_passed(port: int) -> None:
    crossed = await fail_everywhere(port, make_calls)
    assert {"connect", "GETRANGE", "TIME", "EVALSHA", "SCRIPT"} <= set(crossed)
