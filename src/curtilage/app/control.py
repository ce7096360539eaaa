"""The control process: keys, identity, pages, jobs, and what workers ask for.

It is the only one with the root key, the database and the signing key. What it
gives to workers is in `link`; what people see comes from the slices.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from curtilage.app.configuration import Configuration
from curtilage.app.console import build_console
from curtilage.app.foundation import LEDGER_KEY, open_foundation
from curtilage.app.leadership import AtTakeover, build_leadership
from curtilage.app.ledger import closing_jobs, open_keeping
from curtilage.app.metrics import WorkerMeters
from curtilage.app.serving import ASGIApp
from curtilage.app.settings import Settings
from curtilage.app.snapshots import encode_corrections, encode_key, encode_past
from curtilage.app.succession import Succession
from curtilage.consent.correcting import CorrectionService
from curtilage.consent.corrections import Corrections
from curtilage.core.clock import Clock
from curtilage.core.db import broadcast, outbox
from curtilage.core.db.engine import Database
from curtilage.core.db.errors import DatabaseUnreachable
from curtilage.core.entropy import Entropy
from curtilage.core.errors import CurtilageError
from curtilage.core.ids import Ids
from curtilage.core.models import Event, Principal, Scope, TenantId
from curtilage.core.shared.ports import Broadcast
from curtilage.core.slice import Job
from curtilage.gateway.asgi import ASGIScope, Receive, Send, send_whole
from curtilage.gateway.build import build_kept
from curtilage.gateway.ports import KeptReplies
from curtilage.identity.budgets import BudgetAsk, BudgetPortion
from curtilage.identity.errors import UnknownKeyId
from curtilage.identity.limits import Ask, Portion
from curtilage.identity.models import KeyTable
from curtilage.identity.service.budgets import BudgetService
from curtilage.identity.service.keys import KeyService
from curtilage.identity.service.limits import LimitService
from curtilage.ledger.anchors import DirectoryAnchors
from curtilage.ledger.build import build_outside_checks, build_outside_jobs
from curtilage.ledger.keeping.logs import CONTROL
from curtilage.ledger.models import Verdict
from curtilage.ledger.sequencer import Sequencer
from curtilage.ledger.service import LedgerService
from curtilage.ledger.writer import LedgerWriter
from curtilage.vault.models import LoadedScope
from curtilage.vault.service import Vault

POLL = 0.2  # seconds: a change made by another process is seen so soon, whoever wakes or not
LOOK_WITHIN = 2.0  # seconds for the counters of all topics, a few rows
BREATH = 0.02  # seconds between two looks, however often this process is woken
ANSWER_WITHIN = 0.8  # seconds until `watch` answers that nothing changed
JOB_PAUSE = 1.0
log = logging.getLogger(__name__)


@dataclass
class ControlPlane:
    """Implements `link.Control`, and holds what runs beside it."""

    settings: Settings
    configuration: Configuration
    database: Database
    broadcast: Broadcast
    vault: Vault
    keys: KeyService
    succession: Succession
    correcting: CorrectionService
    limits: LimitService
    budgets: BudgetService
    writer: LedgerWriter
    clock: Clock
    ids: Ids
    meters: WorkerMeters
    ledger: LedgerService
    sequencer: Sequencer
    operator: Principal
    kept: KeptReplies
    web: Any = None
    _table: KeyTable = field(default_factory=KeyTable)
    _corrections: Corrections = field(default_factory=lambda: Corrections(b"", ()))
    _generation: int = 0
    _run: str = ""
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    _topics: Mapping[str, int] = field(default_factory=dict)
    _looked_at: float = float("-inf")  # when the last look that came to its end began
    _vault_generation: int = -1
    _owes_reload: bool = False

    async def start(self) -> None:
        """Load what the first snapshot needs."""
        began = self.clock.monotonic()
        self._run = self.ids.new()
        self._topics = await broadcast.generations(self.database)
        self._vault_generation = await self.vault.generation()
        await self.succession.begin()
        await self._reload()
        if not self.sequencer.is_damaged:
            self._looked_at = began

    async def load_scope(self, scope: Scope) -> LoadedScope:
        return await self.vault.load_scope(scope)

    async def watch(self, known: str) -> Mapping[str, Any]:
        if known == self.generation:
            async with self._changed:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._changed.wait(), ANSWER_WITHIN)
        news = {"generation": known} if known == self.generation else self._payload()
        return {**news, "age": self.clock.monotonic() - self._looked_at}

    @property
    def generation(self) -> str:
        """Differs after every change, and after every start of this process."""
        return f"{self._run}.{self._generation}"

    def _payload(self) -> dict[str, Any]:
        return {
            "generation": self.generation,
            "tenant": self.vault.tenant(),
            "keys": [encode_key(key) for key in self._table],
            "policy": dict(self.succession.policy),
            "shadow": self.configuration.shadow,
            "corrections": encode_corrections(self._corrections),
            "past": [encode_past(each) for each in self.succession.past],
            "configuration": self.configuration.text,
        }

    async def lease(self, ask: Ask) -> Portion:
        key = next((key for key in self._table if key.id == ask.key_id), None)
        if key is None:
            return Portion(wait=1)
        return await self.limits.lease(key, ask)

    async def find_kept(self, tenant: TenantId, lookup: str) -> Sequence[bytes]:
        return await self.kept.find_kept(tenant, lookup)

    async def page_kept(
        self, tenant: TenantId, lookup: str, *, after: str, newest_first: bool, limit: int
    ) -> Sequence[bytes]:
        return await self.kept.page_kept(
            tenant, lookup, after=after, newest_first=newest_first, limit=limit
        )

    async def keep_reply(
        self, tenant: TenantId, lookup: str, *, id: str, sealed: bytes, until: datetime
    ) -> None:
        await self.kept.keep_reply(tenant, lookup, id=id, sealed=sealed, until=until)

    async def forget_kept(self, tenant: TenantId, lookup: str, *, id: str = "") -> None:
        await self.kept.forget_kept(tenant, lookup, id=id)

    async def lease_budget(self, ask: BudgetAsk) -> BudgetPortion:
        key = next((key for key in self._table if key.id == ask.key_id), None)
        if key is None:  # deleted meanwhile, or not yet known here: nothing can be counted
            raise UnknownKeyId
        return await self.budgets.lease(key, ask)

    async def report(self, worker: str, meters: Mapping[str, Any]) -> None:
        self.meters.report(worker, meters)

    async def poll(self) -> None:
        """Look once for what other processes and the files changed.

        Workers are told how old the last look is that came to its end: a node that
        cannot see what others revoked must not go on as if nothing had been. Nor one
        whose ledger contradicts what was signed of it: what it recorded could be lost."""
        began = self.clock.monotonic()
        topics = await self._generations()
        vault_generation = await self.vault.generation()
        if topics != self._topics:
            await self.succession.refresh()
        outcome = self.configuration.poll()
        seen = (topics, vault_generation)
        if outcome == "taken" or seen != (self._topics, self._vault_generation):
            self._owes_reload = True
        if outcome:
            await self._record(f"configuration.{'changed' if outcome == 'taken' else 'refused'}")
        if self._corrections.has_ended(self.clock.now()):
            self._owes_reload = True
        if self._owes_reload:  # also what failed the last time: nothing else would tell it
            await self._reload()
            self._topics, self._vault_generation = seen
        self._looked_at = began

    async def _generations(self) -> Mapping[str, int]:
        """The counters of all topics. A connection that hangs is given up, not waited for."""
        try:
            async with asyncio.timeout(LOOK_WITHIN):
                return await broadcast.generations(self.database)
        except TimeoutError:
            raise DatabaseUnreachable from None

    async def settle(self) -> None:
        """Bring the ledger up to now: outbox drained, trees built, anchor set."""
        await outbox.drain(self.database, self.writer.append)
        await asyncio.to_thread(self.sequencer.step, anchor=True)

    def verify(self) -> Verdict:
        """Verify the whole ledger, in the calling thread."""
        return self.ledger.verify()

    async def _reload(self) -> None:
        self._table = await self.keys.load_table(self.vault.tenant())
        await self.succession.write_down()
        self._corrections = await self.correcting.load(self.vault.tenant())
        self._owes_reload = False
        self._generation += 1
        async with self._changed:
            self._changed.notify_all()

    async def _record(self, kind: str) -> None:
        event = Event(
            id=self.ids.new(),
            at=self.clock.now(),
            kind=kind,
            tenant=self.vault.tenant(),
            facts={"policy": self.configuration.policy["name"]},
        )
        await self.writer.append(event)


@dataclass(frozen=True, slots=True)
class Watch:
    """A Job: keeps the control plane's view fresh."""

    control: ControlPlane
    name: str = "watch-changes"

    async def run(self) -> None:
        while True:
            await self.control.broadcast.wait(POLL)
            await self.control.poll()
            await asyncio.sleep(BREATH)


@dataclass(frozen=True, slots=True)
class DrainOutbox:
    """A Job: moves Events that were committed with state into the ledger."""

    database: Database
    writer: LedgerWriter
    name: str = "drain-outbox"

    async def run(self) -> None:
        while True:
            moved = await outbox.drain(self.database, self.writer.append)
            if not moved:
                await asyncio.sleep(POLL)


async def keep_running(job: Job) -> None:
    """Run a job; after a failure that is not a bug, again, a little later."""
    while True:
        try:
            await job.run()
        except CurtilageError as error:
            log.error(
                "job failed", extra={"event": "job.failed", "role": job.name, "code": error.code}
            )
        except Exception:  # a bug in one job must not stop the others; its log says where
            log.error("job failed", extra={"event": "bug", "role": job.name}, exc_info=True)
        await asyncio.sleep(JOB_PAUSE)


@contextlib.asynccontextmanager
async def running(jobs: Sequence[Job]) -> AsyncIterator[None]:
    """The jobs run inside the block."""
    tasks = [asyncio.create_task(keep_running(job), name=job.name) for job in jobs]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@contextlib.asynccontextmanager
async def open_control(
    settings: Settings,
    config: Path | None,
    clock: Clock,
    ids: Ids,
    entropy: Entropy,
    *,
    in_force: Path | None = None,
) -> AsyncIterator[ControlPlane]:
    """Everything of the control process; its jobs run inside the block.

    `in_force` is where the configuration is written down that was taken over last."""
    configuration = Configuration(settings, config, in_force)
    configuration.load()
    async with contextlib.AsyncExitStack() as stack:
        foundation = await stack.enter_async_context(
            open_foundation(
                settings,
                clock=clock,
                ids=ids,
                entropy=entropy,
                in_force=configuration.in_force,
                default_purpose=configuration.default_purpose,
            )
        )
        ledger = settings.server.data_dir / "ledger"
        leadership = build_leadership(
            foundation.database, holder=ids.new(), monotonic=clock.monotonic
        )
        keeping = await open_keeping(foundation, lease=lambda: leadership.lease)
        writer = await asyncio.to_thread(keeping.writer, CONTROL, process=CONTROL)
        stack.push_async_callback(asyncio.to_thread, writer.close)
        signing_key = await foundation.vault.signing_key(LEDGER_KEY)
        anchor_dir = settings.server.key_dir / "anchors"
        anchors = DirectoryAnchors(anchor_dir)
        build_outside_checks(settings.ledger, anchor_dir)  # what cannot be checked is refused now
        sequencer = await asyncio.to_thread(
            Sequencer,
            ledger,
            name=foundation.tenant,
            key=signing_key,
            clock=clock,
            anchors=anchors,
            shared=keeping.store,
        )
        stack.push_async_callback(asyncio.to_thread, sequencer.close)
        service = LedgerService(
            ledger=ledger,
            name=foundation.tenant,
            key=signing_key.public_key(),
            anchors=anchors,
            anchored_where=f"{settings.server.key_dir.name}/anchors",
            authority=foundation.authority,
            clock=clock,
            ids=ids,
            outside=lambda: build_outside_checks(settings.ledger, anchor_dir),
        )
        control = ControlPlane(
            settings=settings,
            configuration=configuration,
            database=foundation.database,
            broadcast=foundation.shared.broadcast,
            vault=foundation.vault,
            keys=foundation.identity.keys,
            succession=Succession(configuration, foundation.life, foundation.tenant),
            correcting=foundation.corrections,
            limits=LimitService(foundation.shared.counters),
            budgets=foundation.identity.budgets,
            writer=writer,
            clock=clock,
            ids=ids,
            meters=WorkerMeters(),
            ledger=service,
            sequencer=sequencer,
            operator=foundation.operator(),
            kept=build_kept(foundation.database),
        )
        await control.start()
        console = await build_console(
            foundation,
            ledger=ledger,
            service=service,
            routing=configuration.routing,
            reports=control.meters.reports,
        )
        control.web = with_metrics(console.app, control.meters)
        await leadership.stand()
        issue = partial(foundation.identity.setup.issue, foundation.tenant)
        if leadership.is_leading:  # a second node's link would make the first one's worthless
            await issue()
        once: list[Job] = [
            AtTakeover("issue-setup-link", issue),
            DrainOutbox(foundation.database, writer),
            *closing_jobs(keeping),
            *build_outside_jobs(settings.ledger, anchor_dir, service.checkpoints, clock),
            *console.jobs,
        ]
        everywhere: list[Job] = [
            Watch(control),
            sequencer,
            *foundation.shared.jobs,
        ]
        jobs = [*everywhere, *leadership.led(once)]
        await stack.enter_async_context(running(jobs))
        yield control


def with_metrics(app: ASGIApp, meters: WorkerMeters) -> ASGIApp:
    """`/metrics` beside the pages. The worker in front decides who may reach it."""

    async def serve(scope: ASGIScope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == "/metrics":
            headers = [(b"content-type", b"text/plain; version=0.0.4; charset=utf-8")]
            await send_whole(send, 200, headers, meters.render())
        else:
            await app(scope, receive, send)

    return serve
