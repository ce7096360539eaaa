"""What changed since workers were told last: keys, policies, corrections, configuration.

The database's counters and the files are looked at several times a second; what moved is
loaded again and told to every worker that waits. `plane` answers everything else.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from curtilage.app.configuration import Configuration
from curtilage.app.snapshots import encode_corrections, encode_key, encode_past
from curtilage.app.standing_data import encode_caller_budgets, encode_standing
from curtilage.app.succession import Succession
from curtilage.consent.correcting import CorrectionService
from curtilage.consent.corrections import Corrections
from curtilage.core.clock import Clock
from curtilage.core.db import broadcast
from curtilage.core.db.engine import Database
from curtilage.core.db.errors import DatabaseUnreachable
from curtilage.core.ids import Ids
from curtilage.core.models import Event
from curtilage.gateway.canaries.service import SECRET as CANARIES
from curtilage.identity.caller_budgets import CallerBudgets
from curtilage.identity.models import KeyTable
from curtilage.identity.oauth.models.grants import STANDING
from curtilage.identity.oauth.models.standing import Standing
from curtilage.identity.oauth.service.standing import StandingService
from curtilage.identity.service.caller_budgets import CallerBudgetService
from curtilage.identity.service.keys import KeyService
from curtilage.ledger.writer import LedgerWriter
from curtilage.vault.service import Vault

LOOK_WITHIN = 2.0  # seconds for the counters of all topics and of the keys, a few rows
LOAD_WITHIN = 15.0  # seconds for what they led to: all keys and policies, over a slow database too
ANSWER_WITHIN = 0.8  # seconds until `watch` answers that nothing changed


@dataclass
class Changes:
    """The control process's view of what workers decide by. `start` it, then `poll`."""

    configuration: Configuration
    succession: Succession
    database: Database
    vault: Vault
    keys: KeyService
    budgeting: CallerBudgetService
    correcting: CorrectionService
    writer: LedgerWriter
    is_ledger_damaged: Callable[[], bool]
    standing: StandingService
    clock: Clock
    ids: Ids
    table: KeyTable = field(default_factory=KeyTable)
    caller_budgets: CallerBudgets = field(default_factory=CallerBudgets)
    _corrections: Corrections = field(default_factory=lambda: Corrections(b"", ()))
    _canaries: bytes = field(default=b"", repr=False)
    _generation: int = 0
    _tokens: Standing | None = None
    _tokens_generation: int = 0
    _owes_tokens: bool = False
    _run: str = ""
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    _looking: asyncio.Lock = field(default_factory=asyncio.Lock)
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
        self._confirm(began)

    async def watch(self, known: str) -> Mapping[str, Any]:
        """As `link.Control` has it."""
        if known == self.generation:
            async with self._changed:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._changed.wait(), ANSWER_WITHIN)
        news = {"generation": known} if known == self.generation else self._news(known)
        return {**news, "age": self.clock.monotonic() - self._looked_at}

    @property
    def generation(self) -> str:
        """Differs after every change, and after every start of this process."""
        return f"{self._bulk}.{self._tokens_generation}"

    @property
    def _bulk(self) -> str:
        """Of all but what tokens stand on: somebody signs out far more often than a key or a
        policy changes, and no worker should build everything anew for it."""
        return f"{self._run}.{self._generation}"

    def _news(self, known: str) -> dict[str, Any]:
        if known.rpartition(".")[0] != self._bulk:
            return self._payload()
        return {"generation": self.generation, "tokens": self._told_tokens()}

    def _told_tokens(self) -> dict[str, Any]:
        assert self._tokens is not None
        return encode_standing(self._tokens)

    def _payload(self) -> dict[str, Any]:
        return {
            "generation": self.generation,
            "tenant": self.vault.tenant(),
            "keys": [encode_key(key) for key in self.table],
            "caller_budgets": encode_caller_budgets(self.caller_budgets),
            "policy": dict(self.succession.policy),
            "shadow": self.configuration.shadow,
            "corrections": encode_corrections(self._corrections),
            "canaries": self._canaries.hex(),
            "past": [encode_past(each) for each in self.succession.past],
            "configuration": self.configuration.text,
            "tokens": self._told_tokens(),
        }

    async def poll(self) -> None:
        """Look once for what other processes and the files changed.

        Raises DatabaseUnreachable: a connection that hangs is given up, not waited for, and
        those beside it too; the next look takes a new one."""
        async with self._looking:  # two looks at once would both load what changed once
            began = self.clock.monotonic()
            async with self._within(LOOK_WITHIN):
                seen = await self._look()
            await self._take(seen)
            self._confirm(began)

    async def _look(self) -> tuple[Mapping[str, int], int]:
        """The counters of all topics, and the keys' own."""
        return await broadcast.generations(self.database), await self.vault.generation()

    async def _take(self, seen: tuple[Mapping[str, int], int]) -> None:
        """Load what the counters say has changed, and what the files do."""
        changed = _differing(seen[0], self._topics)
        if changed - {STANDING}:
            async with self._within(LOAD_WITHIN):
                await self.succession.refresh()
        outcome = self.configuration.poll()
        if outcome == "taken" or changed - {STANDING} or seen[1] != self._vault_generation:
            self._owes_reload = True
        if STANDING in changed:
            self._owes_tokens = True
        if outcome:
            await self._record(f"configuration.{'changed' if outcome == 'taken' else 'refused'}")
        if self._corrections.has_ended(self.clock.now()):
            self._owes_reload = True
        if self._owes_reload:  # also what failed the last time: nothing else would tell it
            async with self._within(LOAD_WITHIN):
                await self._reload()
            self._topics, self._vault_generation = seen
        elif self._owes_tokens:
            async with self._within(LOAD_WITHIN):
                await self._reload_tokens()
            self._topics = seen[0]

    def _confirm(self, began: float) -> None:
        """Tell workers that all was as it is when this look began.

        They refuse once that is long ago: a node that cannot see what others revoked must
        not go on as if nothing had been. Nor may one whose ledger contradicts what was
        signed of it: what it recorded could be lost."""
        if not self.is_ledger_damaged():
            self._looked_at = began

    async def _reload(self) -> None:
        self.table = await self.keys.load_table(self.vault.tenant())
        self.caller_budgets = await self.budgeting.load(self.vault.tenant())
        await self.succession.write_down()
        self._corrections = await self.correcting.load(self.vault.tenant())
        self._canaries = await self.vault.find_secret(CANARIES) or b""
        self._tokens = await self.standing.load()
        self._owes_reload = self._owes_tokens = False
        self._generation += 1
        await self._tell()

    async def _reload_tokens(self) -> None:
        self._tokens = await self.standing.load()
        self._owes_tokens = False
        self._tokens_generation += 1
        await self._tell()

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    @contextlib.asynccontextmanager
    async def _within(self, seconds: float) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(seconds):
                yield
        except TimeoutError:
            await self.database.renew()
            await self.vault.renew()
            raise DatabaseUnreachable from None

    async def _record(self, kind: str) -> None:
        event = Event(
            id=self.ids.new(),
            at=self.clock.now(),
            kind=kind,
            tenant=self.vault.tenant(),
            facts={"policy": self.configuration.policy["name"]},
        )
        await self.writer.append(event)


def _differing(seen: Mapping[str, int], known: Mapping[str, int]) -> frozenset[str]:
    """The topics whose counters moved."""
    topics = seen.keys() | known.keys()
    return frozenset(topic for topic in topics if seen.get(topic) != known.get(topic))
