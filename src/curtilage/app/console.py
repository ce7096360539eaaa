"""Builds the console: pages of the slices in the web shell, and the jobs behind them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import curtilage
from curtilage.app.foundation import FORMS, Foundation
from curtilage.app.serving import ASGIApp
from curtilage.core.models import Principal
from curtilage.core.slice import Job, NavItem, Route
from curtilage.detect.engine import Engine
from curtilage.gateway.jobs import ProjectExchanges
from curtilage.gateway.pages import GatewayPages
from curtilage.gateway.service.explain import ExplainService
from curtilage.gateway.service.live import LiveService
from curtilage.gateway.service.places import RecordPlaces
from curtilage.gateway.service.tryit import TryService
from curtilage.gateway.store import ExchangeStore
from curtilage.identity.pages import IdentityPages
from curtilage.identity.service.desk import Desk
from curtilage.ledger.pages import LedgerPages
from curtilage.ledger.read import LedgerReader
from curtilage.ledger.service import LedgerService
from curtilage.web.app import build_web
from curtilage.web.ports import SignedIn

HOME = "/console/live"
ROOT = Path(curtilage.__file__).parent


@dataclass(frozen=True, slots=True)
class Console:
    """The application of the pages, and the jobs that feed them."""

    app: ASGIApp
    jobs: Sequence[Job]


async def build_console(
    foundation: Foundation, *, ledger: Path, detector: Engine, service: LedgerService
) -> Console:
    """All pages over the real services."""
    settings = foundation.settings
    reader = LedgerReader(ledger)
    store = ExchangeStore(foundation.database)
    titles = {name: kind.title for name, kind in detector.kinds.items()}
    live = LiveService(
        store, RecordPlaces(reader, service.is_covered), foundation.authority, lambda: caller_names(foundation), titles
    )
    try_it = TryService(
        scan=detector.scan,
        policies=foundation.policies,
        usual=settings.gateway.policy,
        titles=titles,
        authority=foundation.authority,
        entropy=foundation.entropy,
    )
    pages = (
        GatewayPages(live, try_it, settings.public_url),
        LedgerPages(
            service,
            ExplainService(reader, foundation.policies, titles, foundation.authority),
        ),
    )
    routes: list[Route] = [*IdentityPages(foundation.identity.desk, HOME).routes()]
    nav: list[NavItem] = []
    for each in pages:
        routes += each.routes()
        nav += each.nav()
    app = build_web(
        routes=routes,
        nav=nav,
        templates={name: str(ROOT / name / "templates") for name in ("identity", "gateway", "ledger")},
        sessions=Sessions(foundation.identity.desk),
        key=await foundation.vault.secret(FORMS),
        entropy=foundation.entropy,
        ids=foundation.ids,
        origins=list_origins(foundation),
        may=lambda principal, right: is_allowed(foundation, principal, right),
        dev=settings.server.mode == "dev",
    )
    return Console(app, [ProjectExchanges(reader, store)])


@dataclass(frozen=True, slots=True)
class Sessions:
    """Tells the shell who is behind a cookie."""

    desk: Desk

    async def read(self, secret: str) -> SignedIn | None:
        found = await self.desk.read(secret)
        return None if found is None else SignedIn(found.principal, found.name)


def is_allowed(foundation: Foundation, principal: Principal, right: str) -> bool:
    held = principal.rights | foundation.authority.rights_of(principal.roles)
    return right in held


def list_origins(foundation: Foundation) -> list[str]:
    """The addresses that people use, the public one first."""
    settings = foundation.settings
    public = urlsplit(settings.public_url)
    port = settings.server.port
    local = [f"{public.scheme}://{host}:{port}" for host in ("localhost", "127.0.0.1", "[::1]")]
    named = [f"{public.scheme}://{host}" for host in settings.server.allowed_hosts]
    return list(dict.fromkeys((f"{public.scheme}://{public.netloc}", *local, *named)))


async def caller_names(foundation: Foundation) -> Mapping[str, str]:
    """The name of each key's holder by its pseudonym in the ledger."""
    table = await foundation.identity.keys.load_table(foundation.tenant)
    return {
        await foundation.vault.actor_pseudonym(foundation.tenant, key.principal): key.name for key in table
    }
