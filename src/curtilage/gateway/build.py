"""Puts the slice together for the control process: pages, and the job that feeds them.

What a worker is built from is in `upstream.build`: it needs no database.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from curtilage.consent.models import Policy
from curtilage.consent.ports import Tallies
from curtilage.core.authority import Authority
from curtilage.core.clock import Clock
from curtilage.core.db.engine import Database
from curtilage.core.entropy import Entropy
from curtilage.core.models import Finding
from curtilage.core.slice import Slice
from curtilage.gateway.jobs import ForgetOldRows, ProjectExchanges
from curtilage.gateway.pages import GatewayPages
from curtilage.gateway.ports import KeptRows, TokenCallers
from curtilage.gateway.service.live import LiveService
from curtilage.gateway.service.places import RecordPlaces
from curtilage.gateway.service.tryit import Look, TryService
from curtilage.gateway.store.exchanges import ExchangeStore
from curtilage.gateway.store.kept import KeptStore
from curtilage.gateway.store.shadows import ShadowStore
from curtilage.gateway.views import Caller
from curtilage.ledger.models import Record
from curtilage.ledger.read import LedgerReader


@dataclass(frozen=True, slots=True)
class ConsoleNeeds:
    """What the gateway's pages stand on."""

    database: Database
    ledger: LedgerReader
    is_covered: Callable[[Record], bool]
    authority: Authority
    entropy: Entropy
    clock: Clock
    callers: Callable[[], Awaitable[Sequence[Caller]]]
    by_token: TokenCallers
    titles: Mapping[str, str]
    scan: Callable[[str], Awaitable[Sequence[Finding]]]
    look: Look
    policies: Callable[[], Mapping[str, Policy]]
    usual_policy: str
    public_url: str
    default_purpose: Callable[[], str]
    kinds: Sequence[tuple[str, str]] = ()


def build_kept(database: Database) -> KeptRows:
    """What the control process keeps for workers."""
    return KeptStore(database)


def build_tallies(database: Database) -> Tallies:
    """What a second policy would have done, by hour."""
    return ShadowStore(database)


def build_gateway(needs: ConsoleNeeds) -> Slice:
    """What the gateway offers to the control process: its pages, and the job that feeds them."""
    store, kept = ExchangeStore(needs.database), KeptStore(needs.database)
    places = RecordPlaces(needs.ledger, needs.is_covered)
    live = LiveService(store, places, needs.authority, needs.callers, needs.titles, needs.by_token)
    try_it = TryService(
        needs.scan,
        needs.look,
        needs.policies,
        needs.usual_policy,
        needs.titles,
        needs.authority,
        needs.entropy,
        needs.default_purpose,
        needs.kinds,
    )
    pages = GatewayPages(live, try_it, needs.public_url)
    return Slice(
        name="gateway",
        routes=pages.routes(),
        nav=pages.nav(),
        jobs=[ProjectExchanges(needs.ledger, store), ForgetOldRows(kept, needs.clock)],
        templates=str(Path(__file__).parent / "templates"),
    )
