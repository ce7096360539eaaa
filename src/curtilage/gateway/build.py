"""Puts the slice together: upstreams and relay for workers, pages and jobs for control."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from curtilage.consent.models import Policy
from curtilage.core.authority import Authority
from curtilage.core.db.engine import Database
from curtilage.core.entropy import Entropy
from curtilage.core.models import Finding
from curtilage.core.slice import Slice
from curtilage.gateway.adapters.mirror import Mirror
from curtilage.gateway.adapters.provider import Provider
from curtilage.gateway.adapters.relay import Relay
from curtilage.gateway.jobs import ProjectExchanges
from curtilage.gateway.pages import GatewayPages
from curtilage.gateway.ports import Upstream
from curtilage.gateway.service.live import LiveService
from curtilage.gateway.service.places import RecordPlaces
from curtilage.gateway.service.tryit import TryService
from curtilage.gateway.settings import UpstreamSettings
from curtilage.gateway.store import ExchangeStore
from curtilage.ledger.models import Record
from curtilage.ledger.read import LedgerReader


@dataclass(frozen=True, slots=True)
class Upstreams:
    """Connects to providers; the mirror is one for the whole worker."""

    mirror: Mirror
    connect_timeout: float

    def connect(self, settings: UpstreamSettings) -> Upstream:
        if settings.protocol == "mirror":
            return self.mirror
        return Provider(settings.base_url, connect_timeout=self.connect_timeout)


def build_upstreams(connect_timeout: float) -> Upstreams:
    return Upstreams(Mirror(), connect_timeout)


def build_relay(socket: Path) -> Relay:
    """Passes control paths on over this socket."""
    return Relay(socket)


@dataclass(frozen=True, slots=True)
class ConsoleNeeds:
    """What the gateway's pages stand on."""

    database: Database
    ledger: LedgerReader
    is_covered: Callable[[Record], bool]
    authority: Authority
    entropy: Entropy
    names: Callable[[], Awaitable[Mapping[str, str]]]
    titles: Mapping[str, str]
    scan: Callable[[str], Awaitable[Sequence[Finding]]]
    policies: Callable[[], Mapping[str, Policy]]
    usual_policy: str
    public_url: str


def build_gateway(needs: ConsoleNeeds) -> Slice:
    """What the gateway offers to the control process: its pages, and the job that feeds them."""
    store = ExchangeStore(needs.database)
    places = RecordPlaces(needs.ledger, needs.is_covered)
    live = LiveService(store, places, needs.authority, needs.names, needs.titles)
    try_it = TryService(
        needs.scan, needs.policies, needs.usual_policy, needs.titles, needs.authority, needs.entropy
    )
    pages = GatewayPages(live, try_it, needs.public_url)
    return Slice(
        name="gateway",
        routes=pages.routes(),
        nav=pages.nav(),
        jobs=[ProjectExchanges(needs.ledger, store)],
        templates=str(Path(__file__).parent / "templates"),
    )
