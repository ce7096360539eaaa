"""What people ask of the ledger: how it stands, whether it holds, one proof.

Reading and verifying are long work on files, so they run in threads; one
verification runs at a time, and who asks meanwhile joins it.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from curtilage.core.authority import Authority
from curtilage.core.clock import Clock
from curtilage.core.errors import CurtilageError
from curtilage.core.ids import Ids
from curtilage.core.models import Principal
from curtilage.core.words import say
from curtilage.ledger.checkpoints import Checkpoints
from curtilage.ledger.errors import UnknownCheck
from curtilage.ledger.findings import TITLES
from curtilage.ledger.layout import log_directory
from curtilage.ledger.models import Record, Verdict
from curtilage.ledger.note import verify_cosignature
from curtilage.ledger.origins import Origins
from curtilage.ledger.outside import OutsideCheck
from curtilage.ledger.ports import AnchorStore
from curtilage.ledger.prove import prove
from curtilage.ledger.read import LedgerReader, durable_until
from curtilage.ledger.verify import verify_ledger
from curtilage.ledger.views import (
    CheckStep,
    LedgerCheck,
    LedgerProblem,
    LedgerState,
    NewestCheckpoint,
    RecordProof,
    WriterHead,
)

READ = "ledger:read"
VERIFY = "ledger:verify"
KEPT_CHECKS = 20


@dataclass(slots=True)
class LedgerService:
    """Implements the `LedgerReader` of the pages. `anchored_where` is for people."""

    ledger: Path
    name: str
    key: Ed25519PublicKey
    anchors: AnchorStore
    anchored_where: str
    authority: Authority
    clock: Clock
    ids: Ids
    outside: Callable[[], Sequence[OutsideCheck]] = tuple
    _checks: OrderedDict[str, LedgerCheck] = field(default_factory=OrderedDict)
    _running: "asyncio.Task[None] | None" = None

    @property
    def checkpoints(self) -> Checkpoints:
        return Checkpoints(self.ledger, Origins(self.name), self.key)

    async def state(self, actor: Principal) -> LedgerState:
        self.authority.require(actor, READ, tenant=actor.tenant)
        return await asyncio.to_thread(self._state)

    async def begin_check(self, actor: Principal) -> str:
        self.authority.require(actor, VERIFY, tenant=actor.tenant)
        newest = next(reversed(self._checks.values()), None)
        if newest is not None and newest.finished_at is None:
            return newest.id
        check = LedgerCheck(
            id=self.ids.new(),
            started_at=self.clock.now(),
            finished_at=None,
            steps=_steps("now"),
            records=0,
            holds=None,
        )
        self._keep(check)
        self._running = asyncio.create_task(self._run(check))
        return check.id

    async def check(self, actor: Principal, check_id: str) -> LedgerCheck:
        self.authority.require(actor, READ, tenant=actor.tenant)
        found = self._checks.get(check_id)
        if found is None:
            raise UnknownCheck
        return found

    async def prove(self, actor: Principal, record_id: str) -> RecordProof:
        self.authority.require(actor, READ, tenant=actor.tenant)
        return await asyncio.to_thread(self._prove, actor, record_id)

    def is_covered(self, record: Record) -> bool:
        """Whether a signed checkpoint covers this record, so that it can be proved."""
        signed = self.checkpoints.tree(record.event.tenant, record.writer)
        return (
            signed is not None
            and LedgerReader(self.ledger).locate(record).index < signed.checkpoint.size
        )

    def _keep(self, check: LedgerCheck) -> None:
        self._checks[check.id] = check
        while len(self._checks) > KEPT_CHECKS:
            self._checks.popitem(last=False)

    async def _run(self, check: LedgerCheck) -> None:
        try:
            verdict = await asyncio.to_thread(self.verify)
        except (CurtilageError, OSError):
            failure = say(
                "The ledger's files could not be read to the end; the service's log says more."
            )
            self._keep(
                replace(
                    check, finished_at=self.clock.now(), steps=_steps("failed"), failure=failure
                )
            )
            return
        self._keep(_finish(check, verdict, self.clock.now()))

    def verify(self) -> Verdict:
        """Verify everything, in the calling thread."""
        return verify_ledger(
            self.ledger,
            name=self.name,
            key=self.key,
            anchors=self.anchors,
            outside=self.outside(),
        )

    def _state(self) -> LedgerState:
        covered: dict[str, int] = {}
        for writer, _, signed in self.checkpoints.trees():
            covered[writer] = covered.get(writer, 0) + (signed.checkpoint.size if signed else 0)
        reader = LedgerReader(self.ledger)
        newest = {record.writer: record.time for record in reversed(reader.newest(50))}
        writers = [
            WriterHead(
                writer=writer,
                records=durable_until(log_directory(self.ledger, writer)),
                covered=covered.get(writer, 0),
                newest_at=newest.get(writer),
            )
            for writer in reader.writers()
        ]
        return LedgerState(
            writers, self._newest_checkpoint(), self._anchored_at(), self.anchored_where
        )

    def _newest_checkpoint(self) -> NewestCheckpoint | None:
        head = self.checkpoints.head()
        if head is None:
            return None
        path = self.ledger / "head" / "checkpoint"
        at = datetime.fromtimestamp(path.stat().st_mtime, self.clock.now().tzinfo)
        return NewestCheckpoint(head.checkpoint.origin, at, head.note.decode())

    def _anchored_at(self) -> datetime | None:
        note = self.anchors.newest()
        return (
            verify_cosignature(note, name=Origins(self.name).anchor, key=self.key) if note else None
        )

    def _prove(self, actor: Principal, record_id: str) -> RecordProof:
        record = LedgerReader(self.ledger).get(record_id)
        if record.event.tenant != actor.tenant:
            raise UnknownCheck
        proof = prove(self.ledger, record_id, name=self.name, key=self.key)
        return RecordProof(
            record_id=record.event.id,
            writer=record.writer,
            number=record.n,
            kind=record.event.kind,
            at=record.event.at,
            proof=proof,
            record=record.raw.decode(),
        )


def _steps(state: str) -> list[CheckStep]:
    return [
        CheckStep(say("Read every record and compare it with the next one's link"), state),
        CheckStep(
            say("Compare trees, checkpoints and the head log"), state if state != "now" else "next"
        ),
        CheckStep(
            say("Compare with the anchors outside the data"), state if state != "now" else "next"
        ),
    ]


def _finish(check: LedgerCheck, verdict: Verdict, at: datetime) -> LedgerCheck:
    return replace(
        check,
        finished_at=at,
        steps=_steps("done" if verdict.holds else "failed"),
        records=verdict.records,
        holds=verdict.holds,
        problems=[
            LedgerProblem(TITLES.get(p.code, p.code), p.writer, p.n, p.detail, p.code)
            for p in verdict.problems
        ],
        complete_to=verdict.anchored_at,
    )
