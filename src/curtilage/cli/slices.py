"""The slices' own commands and checks, given what they work with."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from curtilage.app.foundation import (
    LEDGER_KEY,
    Foundation,
    build_canaries,
    open_foundation,
    vocabulary,
)
from curtilage.app.installation import refuse_absent
from curtilage.app.opening import SealedParts, may_open
from curtilage.app.settings import Settings
from curtilage.app.tools import make_tools
from curtilage.app.usage import usage_needs
from curtilage.cli.first_use import say_if_new
from curtilage.cli.options import find_settings
from curtilage.consent.build import build_consent
from curtilage.consent.cli import PolicyTools
from curtilage.consent.corrections_cli import CorrectionDesk
from curtilage.consent.life_cli import PolicyDesk
from curtilage.consent.models import Policy
from curtilage.consent.shelf import PolicyShelf
from curtilage.core.db import outbox
from curtilage.core.db.engine import open_database
from curtilage.core.entropy import SystemEntropy
from curtilage.core.models import Finding, Observation, PurposeKey, TenantId
from curtilage.core.slice import Slice
from curtilage.gateway.canaries.build import build_canary_commands
from curtilage.gateway.canaries.cli import CanaryDesk
from curtilage.gateway.usage.build import build_usage_commands, build_usage_desk
from curtilage.gateway.usage.cli import UsageDesk
from curtilage.identity.build import build_identity_commands
from curtilage.identity.caller_cli import CallerDesk
from curtilage.identity.checks import IdentityFacts
from curtilage.identity.cli import KeyDesk
from curtilage.identity.oauth.cli import ClientDesk
from curtilage.identity.people.cli import PeopleDesk
from curtilage.ledger.anchors import DirectoryAnchors
from curtilage.ledger.build import build_ledger_commands, build_outside_checks
from curtilage.ledger.cli import LedgerPlace, verify
from curtilage.ledger.errors import LedgerKeyMissing, LedgerNotBegun
from curtilage.ledger.keeping.build import build_keeping
from curtilage.ledger.read import LedgerReader
from curtilage.ledger.retentioncli import Retention
from curtilage.ledger.retentionrun import Pruner
from curtilage.ledger.settings import LedgerSettings
from curtilage.vault.build import build_vault, open_vault
from curtilage.vault.service import Vault
from curtilage.vault.settings import VaultSettings


@dataclass(frozen=True, slots=True)
class Installation:
    """What the checks of the slices look at, as it was found."""

    settings: Settings
    policies: Sequence[Policy]
    identity: IdentityFacts

    def place_of_keys(self) -> tuple[Path, Path, VaultSettings]:
        server = self.settings.server
        return server.key_dir, server.data_dir, self.settings.vault

    def place_of_anchors(self) -> tuple[Path, LedgerSettings]:
        return self.settings.server.key_dir / "anchors", self.settings.ledger


def build_slices(look: Callable[[], Installation]) -> Sequence[Slice]:
    """What each slice offers to the command line. Only its checks `look`."""
    return (
        build_identity_commands(
            open_keys,
            open_people,
            open_clients,
            open_callers,
            facts=lambda: look().identity,
            reveal=lambda: look().settings.console.mode,
            clock=make_tools().clock,
        ),
        build_consent(
            in_use=lambda: look().policies,
            open_tools=open_policies,
            open_desk=open_policy_desk,
            open_corrections=open_corrections,
        ),
        build_ledger_commands(
            open_ledger, open_retention, open_sealed, look=lambda: look().place_of_anchors()
        ),
        build_vault(open_keys_of_vault, place=lambda: look().place_of_keys()),
        build_usage_commands(open_usage),
        build_canary_commands(open_canaries),
    )


def slice_commands() -> Sequence[tuple[str, typer.Typer]]:
    """Name and commands of each slice. They open for themselves what they need."""
    return [command for each in build_slices(_not_looked) for command in each.commands]


def _not_looked() -> Installation:
    raise AssertionError("a command runs no checks; `doctor` looks first")


def run_checks(installation: Installation) -> list[Observation]:
    """What the checks of every slice see."""
    slices = build_slices(lambda: installation)
    return [seen for each in slices for check in each.checks for seen in check()]


@contextlib.asynccontextmanager
async def open_found(
    config: Path | None, data_dir: Path | None, *, makes: bool = False
) -> AsyncIterator[Foundation]:
    """What services stand on, for whoever may read the keys of this machine.

    Where there is none yet it is made if `makes`, and a SetupError says so if not."""
    settings, tools = find_settings(config, data_dir), make_tools()
    if makes:
        say_if_new(settings)
    else:
        refuse_absent(settings)
    async with open_foundation(
        settings, clock=tools.clock, ids=tools.ids, entropy=tools.entropy
    ) as foundation:
        yield foundation


@contextlib.asynccontextmanager
async def open_keys(
    config: Path | None, data_dir: Path | None, *, makes: bool = False
) -> AsyncIterator[KeyDesk]:
    """The key service, for whoever may read the keys of this machine."""
    async with open_found(config, data_dir, makes=makes) as foundation:
        yield KeyDesk(
            service=foundation.identity.keys,
            budgets=foundation.identity.budgets,
            actor=foundation.operator(),
            clock=foundation.clock,
            usual_purpose=PurposeKey(foundation.settings.gateway.default_purpose),
            find_person=partial(foundation.identity.people.people.find_id, foundation.operator()),
        )


@contextlib.asynccontextmanager
async def open_people(config: Path | None, data_dir: Path | None) -> AsyncIterator[PeopleDesk]:
    """What administrators do with people, for whoever may read the keys of this machine."""
    async with open_found(config, data_dir) as foundation:
        people = foundation.identity.people
        yield PeopleDesk(
            people.people, people.invitations, people.leaving, people.postman, foundation.operator()
        )


@contextlib.asynccontextmanager
async def open_clients(
    config: Path | None, data_dir: Path | None, *, makes: bool = False
) -> AsyncIterator[ClientDesk]:
    """The service of apps that sign people in, for whoever may read the keys of this machine."""
    async with open_found(config, data_dir, makes=makes) as foundation:
        yield ClientDesk(foundation.identity.oauth.clients, foundation.operator(), foundation.clock)


@contextlib.asynccontextmanager
async def open_callers(config: Path | None, data_dir: Path | None) -> AsyncIterator[CallerDesk]:
    """Budgets of people and apps, for whoever may read the keys of this machine."""
    async with open_found(config, data_dir) as foundation:
        identity, actor = foundation.identity, foundation.operator()
        yield CallerDesk(
            identity.caller_budgets,
            actor,
            find_person=partial(identity.people.people.find_id, actor),
            find_app=partial(identity.oauth.clients.find_id, actor),
        )


@contextlib.asynccontextmanager
async def open_usage(config: Path | None, data_dir: Path | None) -> AsyncIterator[UsageDesk]:
    """The service of usage, for whoever may read the keys of this machine."""
    async with open_found(config, data_dir) as foundation:
        ledger = LedgerReader(foundation.settings.server.data_dir / "ledger")
        yield build_usage_desk(usage_needs(foundation, ledger), foundation.operator())


@contextlib.asynccontextmanager
async def open_canaries(config: Path | None, data_dir: Path | None) -> AsyncIterator[CanaryDesk]:
    """The minting of canaries, for whoever may read the keys of this machine."""
    async with open_found(config, data_dir) as foundation:
        yield CanaryDesk(build_canaries(foundation), foundation.operator())


def open_policies(config: Path | None, data_dir: Path | None) -> PolicyTools:
    settings = find_settings(config, data_dir)
    shelf = PolicyShelf(settings.policy_dir, vocabulary=vocabulary())
    return PolicyTools(shelf, _scan_late(settings))


@contextlib.asynccontextmanager
async def open_policy_desk(config: Path | None, data_dir: Path | None) -> AsyncIterator[PolicyDesk]:
    """The history of policies, for whoever may read the keys of this machine."""
    async with open_found(config, data_dir) as foundation:
        yield PolicyDesk(foundation.life, foundation.operator())


@contextlib.asynccontextmanager
async def open_corrections(
    config: Path | None, data_dir: Path | None
) -> AsyncIterator[CorrectionDesk]:
    """What people said about findings, for whoever may read the keys of this machine."""
    async with open_found(config, data_dir) as foundation:
        policy = foundation.in_force().name
        yield CorrectionDesk(foundation.corrections, foundation.operator(), policy)


def _scan_late(settings: Settings) -> Callable[[str], Sequence[Finding]]:
    """A scan that loads what it looks with at its first use: showing a policy needs none."""
    today = make_tools().clock.now().date()

    @cache
    def load() -> Callable[[str], Sequence[Finding]]:
        from curtilage.app.detection import open_scanner  # all recognisers, for a command or two

        return open_scanner(settings, today=today).scan

    def scan(text: str) -> Sequence[Finding]:
        return load()(text)

    return scan


async def open_keys_of_vault(config: Path | None, data_dir: Path | None) -> Vault:
    settings = find_settings(config, data_dir)
    refuse_absent(settings, data=False)
    return await open_vault(
        settings.server.key_dir,
        clock=make_tools().clock,
        entropy=SystemEntropy(),
        settings=settings.vault,
        data_dir=settings.server.data_dir,
        makes=False,
    )


def open_ledger(config: Path | None, data_dir: Path | None) -> LedgerPlace:
    """Where the ledger lies, and the key that its checkpoints are signed with."""
    return asyncio.run(_find_ledger(config, data_dir))[0]


def open_retention(config: Path | None, data_dir: Path | None) -> Retention:
    """What prunes the ledger: it may have to sign a checkpoint itself."""
    place, key = asyncio.run(_find_ledger(config, data_dir))
    settings, tools = find_settings(config, data_dir), make_tools()
    pruner = Pruner(
        ledger=place.ledger,
        name=place.name,
        tenant=TenantId(place.name),
        key=key,
        anchors=DirectoryAnchors(place.anchors),
        verify=lambda: verify(place),
        clock=tools.clock,
        ids=tools.ids,
        keeping=build_keeping(
            settings.ledger,
            place.ledger,
            url=settings.store.url,
            clock=tools.clock,
            ids=tools.ids,
        ),
    )
    return Retention(pruner, settings.ledger.keep_days)


async def open_sealed(
    config: Path | None, data_dir: Path | None, *, id: str, reason: str, subject: str
) -> Mapping[str, str]:
    """What is sealed in a record, for whoever may read the keys of this machine."""
    async with open_found(config, data_dir) as foundation:
        settings = foundation.settings
        reader = LedgerReader(settings.server.data_dir / "ledger")
        parts = SealedParts(foundation, reader, _scan_late(settings))
        actor = may_open(foundation.operator())
        return await parts.open(actor, id, reason=reason, subject=subject)


async def _not_begun(settings: Settings) -> LedgerNotBegun:
    """Why there is no ledger: nothing happened, or what happened waits for the service."""
    database = open_database(settings.store.url, settings.server.data_dir)
    try:
        async with database.read() as connection:
            waiting = await outbox.count_waiting(connection)
    finally:
        await database.close()
    if not waiting:
        return LedgerNotBegun()
    are = "event is" if waiting == 1 else "events are"
    return LedgerNotBegun(f"{waiting} {are} written down and not in the ledger yet.")


async def _find_ledger(
    config: Path | None, data_dir: Path | None
) -> tuple[LedgerPlace, Ed25519PrivateKey]:
    settings = find_settings(config, data_dir)
    server, anchors = settings.server, settings.server.key_dir / "anchors"
    outside = build_outside_checks(settings.ledger, anchors)
    vault = await open_keys_of_vault(config, data_dir)
    try:
        ledger, key = server.data_dir / "ledger", await vault.find_signing_key(LEDGER_KEY)
        if key is None:
            raise LedgerKeyMissing if ledger.exists() else await _not_begun(settings)
        return LedgerPlace(ledger, anchors, vault.tenant(), key.public_key(), outside), key
    finally:
        await vault.close()
