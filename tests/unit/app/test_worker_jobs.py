"""A worker's snapshot: fresh while it is confirmed, and not used when it is not."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from curtilage.app.errors import ControlUnreachable
from curtilage.app.worker_jobs import (
    STALE_AFTER,
    Flusher,
    MeterReporter,
    SnapshotKeeper,
    UpstreamProber,
    encode_meters,
)
from curtilage.gateway.errors import SnapshotStale
from curtilage.gateway.meters import Meters
from curtilage.gateway.settings import BUILT_IN_UPSTREAMS
from curtilage.gateway.upstream_calls import UpstreamCalls
from curtilage.identity.budgets import BudgetAsk, BudgetPortion
from curtilage.identity.limits import Ask, Portion
from curtilage.identity.worker_limits import WorkerLimits
from tests.fakes import FixedClock
from tests.fakes.dataplane import FakeUpstream, StaticSnapshots, a_snapshot


class FakeControl:
    """The control process, with a generation that a test moves on; may be away."""

    def __init__(self) -> None:
        self.generation = "run.1"
        self.is_away = False
        self.age = 0.0
        self.known: list[str] = []
        self.reports: list[tuple[str, Mapping[str, Any]]] = []
        self.asked: list[Ask] = []

    async def watch(self, known: str) -> Mapping[str, Any]:
        await asyncio.sleep(0)
        if self.is_away:
            raise ControlUnreachable
        self.known.append(known)
        return {"generation": self.generation, "age": self.age}

    async def report(self, worker: str, meters: Mapping[str, Any]) -> None:
        self.reports.append((worker, meters))
        if self.is_away:
            raise ControlUnreachable

    async def lease_budget(self, ask: BudgetAsk) -> BudgetPortion:
        raise NotImplementedError

    async def lease(self, ask: Ask) -> Portion:
        self.asked.append(ask)
        return Portion(requests=1, tokens=1)


def keeper_of(control: Any, clock: FixedClock, changed: Any = lambda snapshot: None) -> Any:
    return SnapshotKeeper(
        control=control, build=lambda raw: raw["generation"], clock=clock, changed=changed
    )


async def test_a_snapshot_is_built_once_for_each_generation(clock: FixedClock) -> None:
    control, told = FakeControl(), []
    keeper = keeper_of(control, clock, told.append)
    await keeper.refresh()
    await keeper.refresh()
    control.generation = "run.2"
    await keeper.refresh()
    assert control.known == ["", "run.1", "run.1"]
    assert told == ["run.1", "run.2"]
    assert keeper.current() == "run.2"


async def test_a_snapshot_that_a_bug_kept_from_being_built_is_asked_for_again(
    clock: FixedClock, caplog: pytest.LogCaptureFixture
) -> None:
    control = FakeControl()
    keeper = keeper_of(control, clock)
    await keeper.start()
    right, keeper.build = keeper.build, lambda raw: raw["nothing of the kind"]
    control.generation = "run.2"
    while not caplog.messages:
        await asyncio.sleep(0)
    keeper.build = right
    while keeper.current() != "run.2":
        await asyncio.sleep(0.01)
    keeper.stop()


async def test_what_could_not_be_taken_over_is_taken_over_the_next_time(clock: FixedClock) -> None:
    """Sessions are forgotten there: keys that were destroyed must not be used on."""
    control, told = FakeControl(), []

    def change(snapshot: Any) -> None:
        told.append(snapshot)
        if len(told) == 1:
            raise ZeroDivisionError

    keeper = keeper_of(control, clock, change)
    with pytest.raises(ZeroDivisionError):
        await keeper.refresh()
    await keeper.refresh()
    assert told == ["run.1", "run.1"]


async def test_what_the_control_process_itself_has_not_seen_confirmed_is_not_used(
    clock: FixedClock,
) -> None:
    """It may have lost its database: then it answers, and knows nothing new."""
    control = FakeControl()
    keeper = keeper_of(control, clock)
    await keeper.refresh()
    control.age = STALE_AFTER
    await keeper.refresh()
    assert keeper.current() == "run.1"
    control.age = STALE_AFTER + 0.1
    await keeper.refresh()
    with pytest.raises(SnapshotStale):
        keeper.current()
    control.age = 0.0
    await keeper.refresh()
    assert keeper.current() == "run.1"


async def test_before_the_first_snapshot_nothing_is_served(clock: FixedClock) -> None:
    with pytest.raises(SnapshotStale):
        keeper_of(FakeControl(), clock).current()


async def test_a_snapshot_that_nobody_confirmed_is_not_used(clock: FixedClock) -> None:
    control = FakeControl()
    keeper = keeper_of(control, clock)
    await keeper.refresh()
    control.is_away = True
    clock.advance(STALE_AFTER)
    assert keeper.current() == "run.1"
    with pytest.raises(ControlUnreachable):
        await keeper.refresh()
    clock.advance(0.1)
    with pytest.raises(SnapshotStale):
        keeper.current()
    control.is_away = False
    await keeper.refresh()
    assert keeper.current() == "run.1"


async def test_a_correction_of_the_wall_clock_makes_nothing_stale(clock: FixedClock) -> None:
    keeper = keeper_of(FakeControl(), clock)
    await keeper.refresh()
    clock.step(86_400)
    assert keeper.current() == "run.1"


async def test_it_keeps_asking_until_it_is_stopped(clock: FixedClock) -> None:
    control = FakeControl()
    keeper = keeper_of(control, clock)
    await keeper.start()
    control.generation = "run.2"
    while keeper.current() != "run.2":
        await asyncio.sleep(0)
    keeper.stop()
    await asyncio.sleep(0)
    asked = len(control.known)
    await asyncio.sleep(0.01)
    assert len(control.known) == asked


async def test_counters_are_told_again_and_again_also_after_a_failure() -> None:
    control, meters = FakeControl(), Meters()
    control.is_away = True
    meters.count("findings:EMAIL_ADDRESS", 2)
    upstream_calls = UpstreamCalls(lambda _: FakeUpstream())
    upstream_calls.take_over({"openai": BUILT_IN_UPSTREAMS["openai"]})
    reporter = MeterReporter(control, "gateway-1", meters, upstream_calls, FixedClock(), every=0)  # type: ignore[arg-type]
    task = asyncio.create_task(reporter.run())
    while len(control.reports) < 3:
        await asyncio.sleep(0)
    task.cancel()
    worker, told = control.reports[-1]
    assert worker == "gateway-1"
    assert told == {
        **encode_meters(meters),
        "upstreams": {"openai": "closed"},
        "health": upstream_calls.tell(FixedClock().now()),
    }
    assert encode_meters(meters)["counts"] == {"findings:EMAIL_ADDRESS": 2}


@dataclass
class Snapshots(StaticSnapshots):
    """A keeper as the prober knows it: a snapshot, and the time."""

    clock: FixedClock = field(default_factory=FixedClock)


async def test_an_upstream_is_asked_how_it_is_in_its_own_time(clock: FixedClock) -> None:
    openai = replace(BUILT_IN_UPSTREAMS["openai"], health_path="/models", health_every=60.0)
    upstreams = {**BUILT_IN_UPSTREAMS, "openai": openai}
    upstream = FakeUpstream()
    upstream_calls = UpstreamCalls(lambda _: upstream)
    upstream_calls.take_over(upstreams)
    keeper = Snapshots(a_snapshot(upstreams=upstreams), clock)
    prober = UpstreamProber(keeper, upstream_calls, every=0)  # type: ignore[arg-type]
    task = asyncio.create_task(prober.run())
    while not upstream.received:
        await asyncio.sleep(0)
    for _ in range(20):
        await asyncio.sleep(0)
    (asked,) = upstream.received
    assert (asked.method, asked.path, asked.body) == ("GET", "/models", b"")
    assert asked.headers == [("authorization", "Bearer credential-of-the-service")]
    clock.advance(61.0)
    while len(upstream.received) < 2:
        await asyncio.sleep(0)
    task.cancel()


async def test_what_is_owed_is_told_although_nobody_asks_for_more(clock: FixedClock) -> None:
    control = FakeControl()
    limits = WorkerLimits(control.lease, clock)
    limits.settle("key-1", tokens=40)
    task = asyncio.create_task(Flusher(limits, every=0).run())
    while not control.asked:
        await asyncio.sleep(0)
    task.cancel()
    assert control.asked[0].owed_tokens == 40
