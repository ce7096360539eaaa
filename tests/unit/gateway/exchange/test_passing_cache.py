"""A call whose route keeps replies: what a hit may show, to whom, and what is written down."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from curtilage.consent.models import Purpose, RestoreRules
from curtilage.core.models import PrincipalId, PurposeKey, TenantId
from curtilage.gateway.exchange.call import Path
from curtilage.gateway.exchange.serve import serve_call
from curtilage.gateway.exchange.services import Services
from curtilage.gateway.ports import UpstreamRequest
from curtilage.gateway.settings import RouteSettings
from curtilage.gateway.snapshot import Snapshot
from curtilage.gateway.wire.protocols import PROTOCOLS
from curtilage.identity.budgets import Amount, Budget, Measure, Window
from tests.fakes.dataplane import (
    STREAM,
    Caller,
    DataPlane,
    FakeReply,
    StaticSnapshots,
    a_policy,
    a_route_table,
    a_snapshot,
    an_api_key,
)
from tests.fakes.provider import DONE, chat_delta, chat_reply

ADA, BOB = "‹EMAIL_ADDRESS:ada›", "‹EMAIL_ADDRESS:bob›"
CACHED = RouteSettings("gpt-4o", "openai", cache=600)
RESEARCH = PurposeKey("research")


def echo(request: UpstreamRequest) -> FakeReply:
    """Says back what it was told, so with the tokens in it, as a stream where one is asked for."""
    document = json.loads(request.body)
    said = document["messages"][-1]["content"]
    if not document.get("stream"):
        return FakeReply((json.dumps(chat_reply(f"You said {said}.")).encode(),))
    half = len(said) // 2
    deltas = [{"content": "You said "}, {"content": said[:half]}, {"content": said[half:]}]
    frames = [chat_delta(delta) for delta in deltas]
    return FakeReply((*frames, chat_delta({}, finish="stop"), DONE), headers=STREAM)


def caching(*keys: Any, **given: Any) -> Snapshot:
    return a_snapshot(*keys, routes=a_route_table(CACHED), **given)


@dataclass
class Bench:
    """One worker whose route keeps replies; each `ask` is a call to it."""

    plane: DataPlane = field(
        default_factory=lambda: DataPlane(snapshots=StaticSnapshots(caching()))
    )
    services: Services = field(init=False)

    def __post_init__(self) -> None:
        self.plane.upstream.answer = echo
        self.services = self.plane.services()

    async def ask(
        self, said: str = ADA, headers: Sequence[tuple[bytes, bytes]] = (), **more: Any
    ) -> Caller:
        document = {"model": "gpt-4o", "messages": [{"role": "user", "content": said}], **more}
        caller = Caller(json.dumps(document).encode(), headers=headers)
        chat = PROTOCOLS["openai.chat"]
        await serve_call(self.services, Path(chat), caller.scope, caller.receive, caller.send)
        return caller

    def use(self, snapshot: Snapshot) -> None:
        self.plane.snapshots.snapshot = snapshot

    @property
    def asked(self) -> int:
        return len(self.plane.upstream.received)


def outcome_of(caller: Caller) -> str | None:
    return caller.reply_headers.get("x-curtilage-cache")


@pytest.mark.parametrize("stream", [False, True])
async def test_the_second_answer_is_the_first_and_nobody_is_asked(stream: bool) -> None:
    bench = Bench()
    first, second = await bench.ask(stream=stream), await bench.ask(stream=stream)
    assert [outcome_of(first), outcome_of(second)] == ["miss", "hit"]
    assert bench.asked == 1 and second.has_ended
    assert first.reply == second.reply and second.status == 200
    assert first.reply_headers["content-type"] == second.reply_headers["content-type"]
    if not stream:
        assert json.loads(second.reply)["choices"][0]["message"]["content"] == f"You said {ADA}."


async def test_a_stream_is_never_an_answer_to_who_asked_for_a_whole_reply() -> None:
    bench = Bench()
    await bench.ask(stream=True)
    whole = await bench.ask()
    assert outcome_of(whole) == "miss" and json.loads(whole.reply)["object"] == "chat.completion"


async def test_a_hit_is_recorded_and_costs_nothing_but_a_call() -> None:
    budget = Budget(Measure.TOKENS, Window.DAY, 1_000_000)
    key = an_api_key(tokens_per_minute=1000, budgets=(budget,))
    bench = Bench(DataPlane(snapshots=StaticSnapshots(caching(key))))
    await bench.ask()
    settled = list(bench.plane.limits.settled)
    await bench.ask()
    intent, outcome = bench.plane.recorder.events[-2:]
    assert intent.facts["cache"] == outcome.facts["cache"] == "hit"
    assert intent.decision["effect"] == "permit" and intent.facts["found"] == {"EMAIL_ADDRESS": 1}
    assert intent.facts["reserved"] == outcome.facts["bill"] == {"free": True}
    assert outcome.facts["restored"] == {"EMAIL_ADDRESS": 1}
    assert "tokens_out" not in outcome.facts
    assert bench.plane.budgets.taken[-1] == bench.plane.budgets.used[-1] == Amount(1)
    assert bench.plane.limits.settled == settled  # the estimate of its tokens stays taken
    miss, told = bench.plane.recorder.events[:2]
    assert miss.facts["cache"] == told.facts["cache"] == "miss" and told.facts["tokens_out"] == 3


async def test_limits_and_budgets_hold_for_hits_too() -> None:
    bench = Bench()
    await bench.ask()
    limited = an_api_key(requests_per_minute=1)
    bench.use(caching(limited))
    bench.plane.limits.wait = 30
    assert (await bench.ask()).status == 429


@pytest.mark.parametrize(
    "other",
    [
        {"principal": PrincipalId("service-other")},
        {"tenant": TenantId("tenant-other")},
        {"purposes": frozenset({RESEARCH})},
    ],
    ids=["caller", "tenant", "purpose"],
)
async def test_another_caller_tenant_or_purpose_never_gets_a_hit(other: dict[str, Any]) -> None:
    bench = Bench()
    policy = a_policy("observe")  # what leaves is the same for everybody
    policy = replace(policy, purposes=(*policy.purposes, Purpose(RESEARCH, "Research")))
    bench.use(caching(policy=policy))
    await bench.ask()
    assert outcome_of(await bench.ask()) == "hit"
    bench.use(caching(an_api_key(**other), policy=policy))
    theirs = await bench.ask()
    assert bench.plane.upstream.received[-1].body == bench.plane.upstream.received[0].body
    assert (theirs.status, outcome_of(theirs)) == (200, "miss")


async def test_a_changed_policy_is_never_answered_from_before() -> None:
    bench = Bench()
    await bench.ask("nothing personal")
    for policy in (a_policy("strict"), replace(a_policy(), held_to=("strict@1",))):
        bench.use(caching(policy=policy))
        assert outcome_of(await bench.ask("nothing personal")) == "miss"


async def test_another_session_has_other_tokens_and_another_answer() -> None:
    bench = Bench()
    await bench.ask()
    theirs = await bench.ask(headers=[(b"x-curtilage-session", b"other")])
    assert outcome_of(theirs) == "miss" and bench.asked == 2


async def test_a_hit_restores_what_this_request_held_and_what_this_key_may_see() -> None:
    bench = Bench()
    await bench.ask()
    bench.use(caching(an_api_key(rights=frozenset())))
    blind = await bench.ask()
    assert outcome_of(blind) == "hit"
    assert b"ada" not in blind.reply
    other = await bench.ask(BOB)
    assert outcome_of(other) == "miss" and b"ada" not in other.reply


async def test_a_caller_may_ask_for_a_fresh_answer_or_for_none_to_be_kept() -> None:
    bench = Bench()
    unkept = await bench.ask(headers=[(b"cache-control", b"no-store")])
    assert outcome_of(unkept) is None
    assert "cache" not in bench.plane.recorder.events[-1].facts
    assert outcome_of(await bench.ask()) == "miss"
    fresh = await bench.ask(headers=[(b"cache-control", b"no-cache")])
    assert outcome_of(fresh) == "miss" and bench.asked == 3
    assert outcome_of(await bench.ask()) == "hit"


async def test_errors_and_broken_streams_are_asked_again() -> None:
    bench = Bench()
    error = json.dumps({"error": {"message": "no"}}).encode()
    answers = iter((
        FakeReply((error,), status=500),
        FakeReply((error,)),
        FakeReply((chat_delta({"content": "So"}),), headers=STREAM),
    ))  # fmt: skip
    bench.plane.upstream.answer = lambda _: next(answers)
    for stream in (False, False, True):
        assert outcome_of(await bench.ask(stream=stream)) == "miss"
    bench.plane.upstream.answer = echo
    for stream in (False, True):
        assert outcome_of(await bench.ask(stream=stream)) == "miss"


async def test_a_reply_whose_outcome_cannot_be_written_is_not_kept() -> None:
    bench = Bench()

    def answer(request: UpstreamRequest) -> FakeReply:
        bench.plane.recorder.broken = True
        return echo(request)

    bench.plane.upstream.answer = answer
    assert (await bench.ask()).status == 503
    bench.plane.recorder.broken, bench.plane.upstream.answer = False, echo
    assert outcome_of(await bench.ask()) == "miss"


async def test_it_grows_old() -> None:
    bench = Bench()
    await bench.ask()
    bench.plane.clock.advance(timedelta(seconds=600))
    assert outcome_of(await bench.ask()) == "miss"


async def test_what_a_fail_over_brought_is_no_answer_of_the_first() -> None:
    bench = Bench()
    upstreams = dict(bench.plane.snapshots.snapshot.upstreams)
    upstreams["far"] = upstreams["openai"]
    route = replace(CACHED, upstream="", upstreams=("openai", "far"))
    table = a_route_table(route, upstreams=upstreams)
    bench.use(
        replace(
            caching(),
            routes=table,
            upstreams=upstreams,
            credentials={"openai": "secret", "far": "secret"},
        )
    )
    bench.services.upstream_calls.take_over(upstreams)
    bench.plane.upstream.answer = lambda request: (
        FakeReply((b"{}",), status=503) if bench.asked % 2 else echo(request)
    )
    for _ in range(2):
        assert outcome_of(await bench.ask()) == "miss"
    assert bench.asked == 4


async def test_a_policy_that_restores_less_shows_less_of_what_is_kept() -> None:
    bench = Bench()
    await bench.ask()
    nothing = a_policy(restore=RestoreRules(to_services=frozenset()))
    bench.use(caching(policy=nothing))
    theirs = await bench.ask()
    assert outcome_of(theirs) == "miss" and b"ada" not in theirs.reply


async def test_where_no_route_asks_for_it_nothing_is_looked_up_named_or_kept() -> None:
    bench = Bench()
    bench.use(a_snapshot())
    for _ in range(2):
        caller = await bench.ask()
        assert outcome_of(caller) is None
        assert "cache" not in bench.plane.recorder.events[-1].facts
    assert bench.asked == 2
    assert not bench.services.cache._entries  # that nothing lies there is the point
    assert not any(name.startswith("cached") for name in bench.services.registrar.meters.counts)
