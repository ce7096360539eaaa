"""Builds the console: pages of the slices in the web shell, and the jobs behind them."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

import curtilage
from curtilage.app.detection import make_assess, open_scanner
from curtilage.app.foundation import (
    FORMS,
    OPERATOR,
    Foundation,
    VaultPseudonyms,
    vocabulary,
)
from curtilage.app.names import KnownByToken, list_callers
from curtilage.app.opening import SealedParts
from curtilage.app.originals import PersonRecordSealer, StoredOriginals
from curtilage.app.refusals import RefusalCounts
from curtilage.app.serving import ASGIApp
from curtilage.app.settings import Settings
from curtilage.app.usage import usage_needs
from curtilage.consent.build import build_policy_pages
from curtilage.consent.combine import OVERLAP
from curtilage.consent.models import HostileRules
from curtilage.consent.reading import Names, PolicyReader
from curtilage.core.clock import Clock
from curtilage.core.models import Finding, Principal, PrincipalId
from curtilage.core.refusal import Refusals
from curtilage.core.slice import Job, Slice
from curtilage.core.words import Sentence, say
from curtilage.detect.catalogue import load_catalogue
from curtilage.detect.scanner import Scanner
from curtilage.gateway.build import ConsoleNeeds, build_gateway
from curtilage.gateway.hostility import Hostility, HostilityScanner
from curtilage.gateway.routing.build import build_routing
from curtilage.gateway.routing.models import Reports, Routing
from curtilage.gateway.service.explain import ExplainService
from curtilage.gateway.usage.build import build_usage
from curtilage.gateway.wire.fields import Slot
from curtilage.identity.ground import Ground
from curtilage.identity.people.service.desk import Desk
from curtilage.identity.reveal.build import Reveals, build_reveals
from curtilage.ledger.build import build_ledger
from curtilage.ledger.read import LedgerReader
from curtilage.ledger.service import LedgerService
from curtilage.web.app import build_web
from curtilage.web.ports import SignedIn


@dataclass(frozen=True, slots=True)
class Console:
    """The application of the pages, and the jobs that feed them.

    `refusals` is a Job of every node: each counts what its own door refused."""

    app: ASGIApp
    jobs: Sequence[Job]
    reveals: Reveals
    refusals: RefusalCounts


@dataclass(slots=True)
class LateScan:
    """Scans for *Try it* as calls are scanned; loads all it needs at its first use."""

    settings: Settings
    clock: Clock
    key: bytes
    _scanner: Scanner | None = None
    _hostility: HostilityScanner | None = None

    async def __call__(self, text: str) -> Sequence[Finding]:
        return await asyncio.to_thread(self._scan, text)

    async def look(self, slot: Slot, rules: HostileRules, observe: bool) -> Hostility:
        """What is hostile in a slot; nothing of it is kept."""
        return await asyncio.to_thread(self._look, slot, rules, observe)

    def _scan(self, text: str) -> Sequence[Finding]:
        return self._load().scan(text)

    def _look(self, slot: Slot, rules: HostileRules, observe: bool) -> Hostility:
        if self._hostility is None:
            self._hostility = HostilityScanner(
                make_assess(self._load(), self.settings.server.data_dir / "cache"), key=self.key
            )
        return self._hostility.look([slot], rules, observe=observe, key=self.key)

    def _load(self) -> Scanner:
        if self._scanner is None:
            self._scanner = open_scanner(self.settings, today=self.clock.now().date())
        return self._scanner


async def build_console(
    foundation: Foundation,
    *,
    ledger: Path,
    service: LedgerService,
    routing: Callable[[], Routing],
    reports: Callable[[], Reports],
) -> Console:
    """All pages over the real services. `reports` is what the workers of this node tell."""
    reader = LedgerReader(ledger)
    reveals = build_reveal_pages(foundation, reader)
    slices = (
        *foundation.identity.as_slices(usual_purpose=foundation.default_purpose),
        reveals.as_slice(),
        build_gateway(_list_needs(foundation, reader, service)),
        build_routing(routing, reports, foundation.authority),
        build_usage(usage_needs(foundation, reader)),
        build_ledger(service, _build_explainer(foundation, reader)),
        build_policy_pages(
            read_policies(foundation),
            foundation.corrections,
            people_names(foundation),
            _list_titles(),
        ),
    )
    key = await foundation.vault.secret(FORMS)
    refusals = RefusalCounts(
        foundation.database, foundation.tenant, foundation.clock, foundation.ids
    )
    return Console(
        _build_shell(foundation, slices, key, refusals),
        [job for each in slices for job in each.jobs],
        reveals,
        refusals,
    )


def build_reveal_pages(foundation: Foundation, reader: LedgerReader) -> Reveals:
    """Seeing raw values, over all that holds some."""
    vault, clock, ids = foundation.vault, foundation.clock, foundation.ids
    ground = Ground(
        foundation.database,
        foundation.authority,
        VaultPseudonyms(vault),
        clock,
        ids,
        foundation.entropy,
    )
    parts = SealedParts(foundation, reader, lambda _: ())  # it reads; reasons are sealed here
    return build_reveals(
        ground,
        foundation.identity.people,
        mode=foundation.settings.console.mode,
        originals=StoredOriginals(foundation, parts),
        sealer=PersonRecordSealer(vault, foundation.entropy, foundation.tenant),
    )


def _build_shell(
    foundation: Foundation, slices: Sequence[Slice], key: bytes, refusals: Refusals
) -> ASGIApp:
    """The pages of all slices in one application. `key` binds forms to sessions."""
    return build_web(
        routes=[route for each in slices for route in each.routes],
        endpoints=[endpoint for each in slices for endpoint in each.endpoints],
        nav=[item for each in slices for item in each.nav],
        templates={each.name: each.templates for each in slices},
        sessions=Sessions(foundation.identity.people.desk),
        key=key,
        entropy=foundation.entropy,
        ids=foundation.ids,
        origins=list_origins(foundation),
        may=lambda principal, right: is_allowed(foundation, principal, right),
        dev=foundation.settings.server.mode == "dev",
        version=curtilage.__version__,
        refusals=refusals,
    )


def _list_needs(
    foundation: Foundation, reader: LedgerReader, service: LedgerService
) -> ConsoleNeeds:
    """What the pages of the gateway ask of others."""
    settings = foundation.settings
    late = LateScan(settings, foundation.clock, foundation.entropy.token_bytes(32))
    return ConsoleNeeds(
        database=foundation.database,
        ledger=reader,
        is_covered=service.is_covered,
        authority=foundation.authority,
        entropy=foundation.entropy,
        clock=foundation.clock,
        callers=lambda: list_callers(foundation),
        by_token=KnownByToken(foundation),
        titles=_list_titles(),
        scan=CorrectedScan(late, foundation),
        look=late.look,
        policies=foundation.policies,
        usual_policy="",  # none is marked: `policies` begins with the one in force, which changes
        public_url=settings.public_url,
        default_purpose=foundation.default_purpose,
        kinds=list_kinds(),
    )


def _build_explainer(foundation: Foundation, reader: LedgerReader) -> ExplainService:
    return ExplainService(
        reader, foundation.policies, foundation.kept, _list_titles(), foundation.authority
    )


def _list_titles() -> Mapping[str, str]:
    """What kinds of data are called; `tools/translations.py` collects them from the catalogue."""
    return {name: Sentence(kind.title) for name, kind in load_catalogue().kinds.items()}


@dataclass(frozen=True, slots=True)
class CorrectedScan:
    """What *Try it* finds: as in a session that begins now, by what people said as well."""

    scan: LateScan
    foundation: Foundation

    async def __call__(self, text: str) -> Sequence[Finding]:
        found = await self.scan(text)
        corrections = await self.foundation.corrections.load(self.foundation.tenant)
        soon = self.foundation.clock.now() + 2 * OVERLAP
        dictionary = corrections.find_dictionary(soon)
        return found if dictionary is None else dictionary.correct(text, found)


def list_kinds() -> list[tuple[str, str]]:
    """Kinds as `category:TYPE` with their titles, in the order of the titles."""
    kinds = load_catalogue().kinds.values()
    named = [(f"{kind.category}:{kind.type}", kind.title) for kind in kinds]
    return sorted(named, key=lambda pair: pair[1].casefold())


def people_names(foundation: Foundation) -> Names:
    """What administrators are called, and the operator."""

    async def names(people: Collection[PrincipalId]) -> Mapping[PrincipalId, str]:
        found = await foundation.identity.people.register.find_names(foundation.tenant, people)
        return {OPERATOR: say("the operator of this machine"), **found}

    return names


def read_policies(foundation: Foundation) -> PolicyReader:
    """Policies for the console: as the files hold them, as they decide, as they were."""
    return PolicyReader(
        life=foundation.life,
        shelf=replace(foundation.shelf, vocabulary=vocabulary()),
        decides=foundation.in_force,
        needs_approval=foundation.settings.gateway.policy_approval,
        names=people_names(foundation),
    )


@dataclass(frozen=True, slots=True)
class Sessions:
    """Tells the shell who is behind a cookie."""

    desk: Desk

    async def read(self, secret: str) -> SignedIn | None:
        found = await self.desk.read(secret)
        return None if found is None else SignedIn(found.principal, found.name)

    async def keep_language(self, signed_in: SignedIn, language: str) -> None:
        await self.desk.keep_language(signed_in.principal.id, language)


def is_allowed(foundation: Foundation, principal: Principal, right: str) -> bool:
    return right in foundation.authority.list_held(principal)


def list_origins(foundation: Foundation) -> list[str]:
    """The addresses that people use, the public one first."""
    settings = foundation.settings
    public = urlsplit(settings.public_url)
    port = settings.server.port
    local = [f"{public.scheme}://{host}:{port}" for host in ("localhost", "127.0.0.1", "[::1]")]
    named = [f"{public.scheme}://{host}" for host in settings.server.allowed_hosts]
    return list(dict.fromkeys((f"{public.scheme}://{public.netloc}", *local, *named)))
