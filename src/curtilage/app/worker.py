"""Builds and runs one gateway worker.

It holds the keys of the scopes in use and nothing above them: everything else
it asks of the control process through `link`.
"""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from curtilage.app.detection import make_engine, open_scanner
from curtilage.app.link import Control
from curtilage.app.settings import Settings
from curtilage.app.snapshots import SnapshotBuilder
from curtilage.app.telemetry import Traces, build_traces
from curtilage.app.worker_jobs import (
    Flusher,
    MeterReporter,
    SnapshotKeeper,
    UpstreamProber,
    UseReporter,
)
from curtilage.core.clock import Clock
from curtilage.core.entropy import Entropy
from curtilage.core.errors import CurtilageError
from curtilage.core.ids import Ids
from curtilage.core.models import TenantId
from curtilage.detect.apart.client import NamesApart
from curtilage.detect.scanner import Scanner
from curtilage.gateway import records
from curtilage.gateway.api import Gateway, Relay
from curtilage.gateway.aside import Aside
from curtilage.gateway.door import Door, Proxies
from curtilage.gateway.exchange.services import Services
from curtilage.gateway.files.holdings import HOLDINGS, Holdings
from curtilage.gateway.files.spool import Spools
from curtilage.gateway.meters import Meters
from curtilage.gateway.modellist import ModelList
from curtilage.gateway.pulse import Pulse
from curtilage.gateway.recall import KEPT_REPLIES, Recall
from curtilage.gateway.recording import Registrar
from curtilage.gateway.rejections import Rejections
from curtilage.gateway.replycache import ReplyCache
from curtilage.gateway.sealed import SealedRows
from curtilage.gateway.sessioncache import Sessions
from curtilage.gateway.signposts import Signposts, find_nonce
from curtilage.gateway.snapshot import Crier, Snapshot
from curtilage.gateway.storedids import STORED_IDS, StoredIds
from curtilage.gateway.upstream.build import Upstreams, build_upstreams
from curtilage.gateway.upstream_calls import UpstreamCalls
from curtilage.gateway.uses import KeyUses
from curtilage.identity.token_callers import audience_of
from curtilage.identity.wire.resource_metadata import described_at
from curtilage.identity.worker_budgets import WorkerBudgets
from curtilage.identity.worker_limits import WorkerLimits
from curtilage.ledger.keeping.build import build_keeping
from curtilage.ledger.keeping.logs import WORKERS
from curtilage.ledger.writer import LedgerWriter


@dataclass
class Worker:
    """A running gateway worker: its application and what must be stopped after it."""

    gateway: Gateway
    keeper: SnapshotKeeper
    writer: LedgerWriter
    tasks: "Sequence[asyncio.Task[None]]"
    upstreams: Upstreams
    budgets: WorkerBudgets
    traces: Traces | None
    names: NamesApart | None

    async def stop(self) -> None:
        """After the server has finished its replies: the ledger last."""
        services = self.gateway.services
        services.pulse.stop()
        for task in self.tasks:
            task.cancel()
        await services.rejections.stop()
        self.keeper.stop()
        with contextlib.suppress(CurtilageError):  # what is not given back stays taken
            await self.budgets.flush(everything=True)
        await services.upstream_calls.close()
        if self.names is not None:
            self.names.stop()
        await asyncio.to_thread(self.writer.close)
        if self.traces is not None:
            await asyncio.to_thread(self.traces.close)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where a worker is put: what is configured, whom it asks, and the means of its process."""

    settings: Settings
    control: Control
    relay: Relay
    name: str
    environment: Mapping[str, str]
    clock: Clock
    ids: Ids
    entropy: Entropy


@dataclass(frozen=True, slots=True)
class Parts:
    """What the services of a worker are made of and work with."""

    detector: Scanner
    names: NamesApart | None
    writer: LedgerWriter
    traces: Traces | None
    meters: Meters
    upstreams: Upstreams
    upstream_calls: UpstreamCalls
    sessions: Sessions
    cache: ReplyCache
    keeper: SnapshotKeeper
    limits: WorkerLimits
    budgets: WorkerBudgets
    uses: KeyUses


async def build_worker(given: Surroundings) -> Worker:
    """Compile patterns, open the worker's log, fetch the first snapshot.

    Patterns are compiled aside: where all roles share a process, the control plane must
    go on meanwhile, or the first snapshot is too old to be used."""
    names = _names_apart(given.settings)
    today = given.clock.now().date()
    detector = await asyncio.to_thread(_build_detector, given.settings, names, today)
    parts = _build_parts(given, detector, names)
    first = await parts.keeper.start()
    services = _build_services(given, parts, first.tenant)
    services.pulse.start()
    services.rejections.start()
    background = (
        MeterReporter(given.control, given.name, parts.meters, parts.upstream_calls, given.clock),
        UpstreamProber(parts.keeper, parts.upstream_calls),
        Flusher(parts.limits),
        Flusher(parts.budgets),
        UseReporter(given.control, parts.uses),
    )
    return Worker(
        gateway=_build_gateway(given, parts, services),
        keeper=parts.keeper,
        writer=parts.writer,
        budgets=parts.budgets,
        tasks=[asyncio.create_task(each.run()) for each in background],
        upstreams=parts.upstreams,
        traces=parts.traces,
        names=parts.names,
    )


def _build_detector(settings: Settings, names: NamesApart | None, today: date) -> Scanner:
    if names is not None:
        names.start()
    detector = open_scanner(settings, today=today, names=names or False)
    detector.prepare()
    return detector


def _names_apart(settings: Settings) -> NamesApart | None:
    """Who looks for names."""
    if not settings.detect.names:
        return None
    found, cache_dir = settings.detect, settings.server.data_dir / "cache"
    return NamesApart(found.names_timeout, cache_dir, found.taggers, found.labels)


def _build_parts(given: Surroundings, detector: Scanner, names: NamesApart | None) -> Parts:
    settings, control, clock = given.settings, given.control, given.clock
    traces = build_traces(settings.telemetry, given.name)
    writer = _open_writer(given)
    upstreams = build_upstreams(settings.gateway.connect_timeout, given.environment)
    meters = Meters()
    upstream_calls = UpstreamCalls(upstreams.connect, meters)
    sessions = Sessions(control, clock=clock, entropy=given.entropy)
    cache = ReplyCache(clock, most=settings.gateway.cache_bytes, rules=detector.version)
    return Parts(
        detector=detector,
        names=names,
        writer=writer,
        traces=traces,
        meters=meters,
        upstreams=upstreams,
        upstream_calls=upstream_calls,
        sessions=sessions,
        cache=cache,
        keeper=_build_keeper(given, detector, upstream_calls, sessions, cache),
        limits=WorkerLimits(control.lease, clock),
        budgets=WorkerBudgets(control.lease_budget, clock),
        uses=KeyUses(),
    )


def _open_writer(given: Surroundings) -> LedgerWriter:
    """A log of the worker's own; what a process before it left open in it gets its end."""
    settings, clock, ids = given.settings, given.clock, given.ids
    ledger, url = settings.server.data_dir / "ledger", settings.ledger.url or settings.store.url
    keeping = build_keeping(settings.ledger, ledger, url=url, clock=clock, ids=ids)
    return keeping.writer(
        WORKERS,
        process=given.name,
        opens=records.OPENS,
        unknown=lambda intent: records.unknown(event_id=ids.new(), at=clock.now(), intent=intent),
    )


def _build_keeper(
    given: Surroundings,
    detector: Scanner,
    upstream_calls: UpstreamCalls,
    sessions: Sessions,
    cache: ReplyCache,
) -> SnapshotKeeper:
    crier = Crier()
    builder = SnapshotBuilder(given.settings, given.environment, _vocabulary(detector))
    return SnapshotKeeper(
        control=given.control,
        build=builder.build,
        clock=given.clock,
        changed=lambda snapshot: _take_over(snapshot, upstream_calls, sessions, cache, crier),
    )


def _build_services(given: Surroundings, parts: Parts, tenant: TenantId) -> Services:
    control, clock, ids = given.control, given.clock, given.ids
    gateway, keeper, meters = given.settings.gateway, parts.keeper, parts.meters
    return Services(
        engine=make_engine(
            parts.detector,
            given.entropy.token_bytes(32),
            cache_dir=given.settings.server.data_dir / "cache",
        ),
        snapshots=keeper,
        sessions=parts.sessions,
        limits=parts.limits,
        budgets=parts.budgets,
        registrar=Registrar(parts.writer, meters, clock, ids, parts.traces),
        upstream_calls=parts.upstream_calls,
        pulse=Pulse(clock.monotonic, gateway.idle_timeout, gateway.keepalive_after),
        rejections=Rejections(parts.writer, tenant, clock, ids, meters),
        clock=clock,
        recall=Recall(SealedRows(control, clock, KEPT_REPLIES), parts.sessions, ids),
        holdings=Holdings(SealedRows(control, clock, HOLDINGS), ids),
        stored_ids=StoredIds(SealedRows(control, clock, STORED_IDS), parts.sessions),
        spools=Spools(given.settings.server.data_dir),
        cache=parts.cache,
        aside=Aside(scans_wait=parts.names is not None),
        use_proof=control.use_proof,
        uses=parts.uses,
    )


def _build_gateway(given: Surroundings, parts: Parts, services: Services) -> Gateway:
    settings, server = given.settings, given.settings.server
    return Gateway(
        services=services,
        door=Door(
            public_url=settings.public_url,
            hosts=server.allowed_hosts,
            origins=server.allowed_origins,
        ),
        relay=given.relay,
        models=ModelList(
            parts.keeper,
            parts.sessions,
            parts.writer,
            given.clock,
            given.ids,
            given.control.use_proof,
            parts.uses,
        ),
        max_concurrent=settings.gateway.max_concurrent,
        proxies=Proxies(server.trusted_proxies),
        metrics_public=server.metrics_public,
        signposts=Signposts(
            described_at(audience_of(settings.public_url.rstrip("/"))),
            partial(find_nonce, parts.keeper, given.clock.now),
        ),
    )


def _vocabulary(detector: Scanner) -> frozenset[str]:
    return frozenset(f"{category}:{name}" for name, category in detector.categories.items())


def _take_over(
    snapshot: Snapshot,
    upstream_calls: UpstreamCalls,
    sessions: Sessions,
    cache: ReplyCache,
    crier: Crier,
) -> None:
    """Keys of scopes go with every change, so that a destroyed one is not used on; and so
    does what was sealed under them."""
    upstream_calls.take_over(snapshot.upstreams)
    sessions.forget()
    cache.forget()
    crier.take_over(snapshot.policy)
