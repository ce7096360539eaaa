"""The ledger behind its pages."""

from dataclasses import dataclass
from datetime import timedelta

from curtilage.core.errors import NotFoundError
from curtilage.core.models import Principal
from curtilage.core.words import say
from curtilage.ledger.findings import TITLES
from curtilage.ledger.views import (
    CheckStep,
    Explanation,
    LedgerCheck,
    LedgerProblem,
    LedgerState,
    NewestCheckpoint,
    Reason,
    RecordProof,
    WriterHead,
)
from tests.fakes.clock import START
from tests.fakes.ids import fixed_id
from tests.fakes.live import REFUSED

PROBLEM = LedgerProblem(
    TITLES["record-changed"],
    "gateway-1",
    1207,
    say("It was changed: its hash is not the one that record {next} names.", next=1208),
    "record-changed",
)


@dataclass
class FakeLedger:
    """A ledger that holds, or not, as told; a check ends after `slowness` looks."""

    is_empty: bool = False
    holds: bool = True
    slowness: int = 0

    async def state(self, actor: Principal) -> LedgerState:
        if self.is_empty:
            return LedgerState([], None, None, "")
        note = (
            "ledger.curtilage.example/tenant-orchard\n8044\n"
            "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
            "— ledger.curtilage.example/tenant-orchard Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
        )
        checkpoint = NewestCheckpoint("ledger.curtilage.example/tenant-orchard", START, note)
        heads = [
            WriterHead("gateway-0", 4022, 4021, START),
            WriterHead("gateway-1", 3918, 3918, START),
            WriterHead("control", 104, 104, START - timedelta(hours=3)),
        ]
        return LedgerState(heads, checkpoint, START, "the key directory")

    async def begin_check(self, actor: Principal) -> str:
        return fixed_id(7)

    async def check(self, actor: Principal, check_id: str) -> LedgerCheck:
        if check_id != fixed_id(7):
            raise NotFoundError
        running = self.slowness > 0
        self.slowness -= running
        steps = [
            CheckStep("Read every record and its signature", "done", "3 writers"),
            CheckStep("Recompute every tree", "now" if running else "done"),
            CheckStep("Compare with the anchors", "next" if running else self._end()),
        ]
        return LedgerCheck(
            id=check_id,
            started_at=START,
            finished_at=None if running else START + timedelta(seconds=1),
            steps=steps,
            records=8044,
            holds=None if running else self.holds,
            problems=() if running or self.holds else (PROBLEM,),
            complete_to=START,
        )

    def _end(self) -> str:
        return "done" if self.holds else "failed"

    async def prove(self, actor: Principal, record_id: str) -> RecordProof:
        if record_id == fixed_id(404):
            raise NotFoundError
        proof = (
            "c2sp.org/tlog-proof@v1\nindex 4021\n"
            + "Kx8mW7Qd1v0yq3dYvG2q3zSg0t9o2hO0v8pYz5kq1aE=\n" * 6
        )
        record = '{"at":"2026-03-02T09:30:00.000000Z","kind":"exchange.intended","n":4021,"v":1}'
        return RecordProof(record_id, "gateway-0", 4021, "exchange.intended", START, proof, record)

    async def explain(self, actor: Principal, request_id: str) -> Explanation:
        if request_id == fixed_id(404):
            raise NotFoundError
        reasons = [
            Reason(
                "E-mail address",
                2,
                "token",
                "default",
                "No rule names it, so the policy's default applies.",
            ),
            Reason("Payment card", 1, "token", "rule 2: user.financial.card", "Cards never leave."),
        ]
        permitted = "The policy permits this purpose at this destination."
        if request_id == REFUSED:
            refusal = "The key does not hold this purpose."
            return Explanation(
                request_id, START, "balanced@4be2b8e1", "", "refuse", refusal, (),
                code="gateway.purpose-not-held", outcome="refused",
                ending="Refused; nothing left.", status=403,
            )  # fmt: skip
        return Explanation(
            request_id, START, "balanced@4be2b8e1", "assist", "permit", permitted, reasons,
            code="permitted", model="gpt-4.1-mini", upstream="openai", destination="external",
            scanned=3, outcome="completed", ending="Answered.", status=200,
        )  # fmt: skip
