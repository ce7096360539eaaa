"""Builds and runs one gateway worker.

It holds the keys of the scopes in use and nothing above them: everything else
it asks of the control process through `link`.
"""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from curtilage.app.keeping import Flusher, MeterReporter, SnapshotKeeper, UpstreamProber
from curtilage.app.link import Control
from curtilage.app.settings import Settings
from curtilage.app.snapshots import SnapshotBuilder
from curtilage.app.telemetry import Traces, build_traces
from curtilage.core.clock import Clock
from curtilage.core.entropy import Entropy
from curtilage.core.errors import CurtilageError
from curtilage.core.ids import Ids
from curtilage.detect.engine import build_engine
from curtilage.gateway import records
from curtilage.gateway.api import Gateway, Relay
from curtilage.gateway.calling import Calling
from curtilage.gateway.door import Door, Proxies
from curtilage.gateway.engine import Engine
from curtilage.gateway.exchange.services import Services
from curtilage.gateway.files.holdings import HOLDINGS, Holdings
from curtilage.gateway.files.spool import Spools
from curtilage.gateway.meters import Meters
from curtilage.gateway.modellist import ModelList
from curtilage.gateway.ports import KeptReplies
from curtilage.gateway.pulse import Pulse
from curtilage.gateway.recall import KEPT_REPLIES, Recall
from curtilage.gateway.recording import Registrar
from curtilage.gateway.rejections import Rejections
from curtilage.gateway.replycache import ReplyCache
from curtilage.gateway.sealed import SealedRows
from curtilage.gateway.sessioncache import Sessions
from curtilage.gateway.snapshot import Crier, Snapshot
from curtilage.gateway.storedids import STORED_IDS, StoredIds
from curtilage.gateway.upstream.build import Upstreams, build_upstreams
from curtilage.identity.allotments import Allotments
from curtilage.identity.leases import BudgetLeases
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
    budgets: BudgetLeases
    traces: Traces | None

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
        await services.calling.close()
        await asyncio.to_thread(self.writer.close)
        if self.traces is not None:
            await asyncio.to_thread(self.traces.close)


async def build_worker(
    settings: Settings,
    *,
    control: Control,
    relay: Relay,
    name: str,
    environment: Mapping[str, str],
    clock: Clock,
    ids: Ids,
    entropy: Entropy,
) -> Worker:
    """Open the ledger slot, compile patterns, fetch the first snapshot."""
    traces = build_traces(settings.telemetry, name)
    data_dir = settings.server.data_dir
    detector = build_engine(cache_dir=data_dir / "cache")
    url = settings.ledger.url or settings.store.url
    keeping = build_keeping(settings.ledger, data_dir / "ledger", url=url, clock=clock, ids=ids)
    writer = keeping.writer(
        WORKERS,
        process=name,
        opens=records.OPENS,
        unknown=lambda intent: records.unknown(event_id=ids.new(), at=clock.now(), intent=intent),
    )
    upstreams = build_upstreams(settings.gateway.connect_timeout, environment)
    meters = Meters()
    calling = Calling(upstreams.connect, meters)
    sessions, crier = Sessions(control, clock=clock, entropy=entropy), Crier()
    cache = ReplyCache(clock, most=settings.gateway.cache_bytes, rules=detector.version)
    keeper = SnapshotKeeper(
        control=control,
        build=SnapshotBuilder(settings, environment, _vocabulary(detector)).build,
        clock=clock,
        changed=lambda snapshot: _take_over(snapshot, calling, sessions, cache, crier),
    )
    await keeper.start()
    allotments = Allotments(control.lease, clock)
    budgets = BudgetLeases(control.lease_budget, clock)
    services = _build_services(
        detector=detector, keeper=keeper, sessions=sessions, allotments=allotments, budgets=budgets,
        writer=writer, calling=calling, meters=meters, settings=settings, clock=clock, ids=ids,
        entropy=entropy, replies=control, traces=traces, cache=cache,
    )  # fmt: skip
    background = (
        MeterReporter(control, name, meters, calling, clock),
        UpstreamProber(keeper, calling),
        Flusher(allotments),
        Flusher(budgets),
    )
    return Worker(
        gateway=Gateway(
            services=services,
            door=Door(
                public_url=settings.public_url,
                hosts=settings.server.allowed_hosts,
                origins=settings.server.allowed_origins,
            ),
            relay=relay,
            models=ModelList(keeper, sessions, writer, clock, ids),
            max_concurrent=settings.gateway.max_concurrent,
            proxies=Proxies(settings.server.trusted_proxies),
            metrics_public=settings.server.metrics_public,
        ),
        keeper=keeper,
        writer=writer,
        budgets=budgets,
        tasks=[asyncio.create_task(each.run()) for each in background],
        upstreams=upstreams,
        traces=traces,
    )


def _build_services(
    *,
    detector: Any,
    keeper: SnapshotKeeper,
    sessions: Sessions,
    allotments: Allotments,
    budgets: BudgetLeases,
    traces: Traces | None,
    writer: LedgerWriter,
    calling: Calling,
    meters: Meters,
    settings: Settings,
    clock: Clock,
    ids: Ids,
    entropy: Entropy,
    replies: KeptReplies,
    cache: ReplyCache,
) -> Services:
    gateway = settings.gateway
    services = Services(
        engine=Engine(
            scan=detector.scan,
            rules=detector.version,
            categories={name: kind.category for name, kind in detector.kinds.items()},
            cache_key=entropy.token_bytes(32),
        ),
        snapshots=keeper,
        sessions=sessions,
        allotments=allotments,
        budgets=budgets,
        registrar=Registrar(writer, meters, clock, ids, traces),
        calling=calling,
        pulse=Pulse(clock.monotonic, gateway.idle_timeout, gateway.keepalive_after),
        rejections=Rejections(writer, keeper.current().tenant, clock, ids, meters),
        clock=clock,
        recall=Recall(SealedRows(replies, clock, KEPT_REPLIES), sessions, ids),
        holdings=Holdings(SealedRows(replies, clock, HOLDINGS), ids),
        stored_ids=StoredIds(SealedRows(replies, clock, STORED_IDS), sessions),
        spools=Spools(settings.server.data_dir),
        cache=cache,
    )
    services.pulse.start()
    services.rejections.start()
    return services


def _vocabulary(detector: Any) -> frozenset[str]:
    return frozenset(f"{kind.category}:{name}" for name, kind in detector.kinds.items())


def _take_over(
    snapshot: Snapshot, calling: Calling, sessions: Sessions, cache: ReplyCache, crier: Crier
) -> None:
    """Keys of scopes go with every change, so that a destroyed one is not used on; and so
    does what was sealed under them."""
    calling.take_over(snapshot.upstreams)
    sessions.forget()
    cache.forget()
    crier.take_over(snapshot.policy)
