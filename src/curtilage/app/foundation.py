"""What the control process and the command line both stand on: database, keys, identity.

Opened in one place, closed in the reverse order. Any number of processes may
open it at once; only the service itself writes the ledger.
"""

import contextlib
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from dataclasses import dataclass

from curtilage.app.errors import KeysWithData, NoInstallation
from curtilage.app.migrations import SCRIPTS
from curtilage.app.settings import Settings
from curtilage.consent.build import build_corrections, build_life
from curtilage.consent.correcting import CorrectionService
from curtilage.consent.models import Policy
from curtilage.consent.service import PolicyLife
from curtilage.consent.shelf import PolicyShelf
from curtilage.core.authority import ADMINISTRATOR, Authority
from curtilage.core.clock import Clock
from curtilage.core.db.apart import are_one
from curtilage.core.db.engine import FILE_NAME as DATABASE
from curtilage.core.db.engine import Database, open_database, open_postgres
from curtilage.core.db.migrate import migrate
from curtilage.core.entropy import Entropy
from curtilage.core.errors import SetupError
from curtilage.core.ids import Ids
from curtilage.core.models import Principal, PrincipalId, PrincipalKind, PurposeKey, TenantId
from curtilage.core.shared.build import Shared, open_shared
from curtilage.detect.catalogue import load_catalogue
from curtilage.gateway.build import build_tallies
from curtilage.identity.build import Ground, Identity, build_identity
from curtilage.ledger.layout import find_writers
from curtilage.vault.build import has_keys, open_vault
from curtilage.vault.service import Vault

LEDGER_KEY = "ledger"
SIGN_IN_COUNTERS = "sign-in-counters"
FORMS = "forms"
CORRECTIONS = "corrections"
CORRECTION_TEXTS = "correction-texts"
OPERATOR = PrincipalId("operator")


@dataclass(frozen=True, slots=True)
class VaultPseudonyms:
    """Names actors in records by their key in the vault."""

    vault: Vault

    async def pseudonym(self, tenant: TenantId, principal: PrincipalId) -> str:
        return await self.vault.actor_pseudonym(tenant, principal)


@dataclass(frozen=True, slots=True)
class Foundation:
    """Open, migrated and ready."""

    settings: Settings
    database: Database
    shared: Shared
    vault: Vault
    identity: Identity
    authority: Authority
    shelf: PolicyShelf
    life: PolicyLife
    corrections: CorrectionService
    in_force: Callable[[], Policy]
    default_purpose: Callable[[], PurposeKey]
    clock: Clock
    ids: Ids
    entropy: Entropy

    @property
    def tenant(self) -> TenantId:
        return self.vault.tenant()

    def policies(self) -> dict[str, Policy]:
        """The policies on offer by name, the one in force first and as it decides."""
        decides = self.in_force()
        others = [name for name in self.shelf.names() if name != decides.name]
        return {decides.name: decides, **{name: self.shelf.load(name) for name in others}}

    async def kept(self, references: Collection[str]) -> Mapping[str, Policy]:
        """Earlier policies by their references, as far as they are kept."""
        return await self.life.load_policies(self.tenant, references)

    def operator(self) -> Principal:
        """Who runs a command on this machine: whoever can read the keys is the administrator."""
        return Principal(
            self.tenant,
            OPERATOR,
            PrincipalKind.PERSON,
            roles=frozenset((ADMINISTRATOR,)),
            assurance=1,
        )


def is_absent(settings: Settings) -> bool:
    """Whether nothing of an installation is at its place: neither keys nor data."""
    server = settings.server
    has_data = (server.data_dir / DATABASE).exists()
    return not has_keys(server.key_dir, settings.vault) and not has_data


def refuse_absent(settings: Settings, *, data: bool = True) -> None:
    """Raise NoInstallation where there are no keys, or no `data` beside them. Makes nothing.

    For whoever only reads: `open_foundation` and `open_vault` make what is missing."""
    server = settings.server
    has_data = settings.store.url != "sqlite" or (server.data_dir / DATABASE).exists()
    if has_keys(server.key_dir, settings.vault) and (has_data or not data):
        return
    refuse_lost_keys(settings)
    raise NoInstallation(f"There is no installation at {server.data_dir}.")


def refuse_lost_keys(settings: Settings) -> None:
    """Raise NoInstallation where there is data without its keys: new ones would open nothing,
    and what is recorded under them would be another installation's."""
    server = settings.server
    has_data = (server.data_dir / DATABASE).exists() or find_writers(server.data_dir / "ledger")
    if has_data and not has_keys(server.key_dir, settings.vault):
        raise NoInstallation(
            f"The keys of the installation at {server.data_dir} are not at {server.key_dir}.",
            hint="Name their place in server.key_dir, or put them back from their backup.",
        )


@contextlib.asynccontextmanager
async def open_foundation(
    settings: Settings,
    *,
    clock: Clock,
    ids: Ids,
    entropy: Entropy,
    in_force: Callable[[], Policy] | None = None,
    default_purpose: Callable[[], PurposeKey] | None = None,
) -> AsyncIterator[Foundation]:
    """Open everything below the ledger; close it at the end of the block.

    `in_force` gives the policy that decides now, `default_purpose` what is assumed now: a
    service takes over others while it runs. Without them they are those of the settings."""
    server = settings.server
    refuse_lost_keys(settings)
    async with contextlib.AsyncExitStack() as stack:
        await _refuse_one_database(settings, entropy)
        await _refuse_another_ledger(settings, entropy)
        vault = await open_vault(
            server.key_dir,
            clock=clock,
            entropy=entropy,
            settings=settings.vault,
            data_dir=server.data_dir,
        )
        stack.push_async_callback(vault.close)
        database = open_database(settings.store.url, server.data_dir)
        stack.push_async_callback(database.close)
        await migrate(database, SCRIPTS)
        shared = await stack.enter_async_context(
            open_shared(
                settings.store.shared,
                database,
                installation=vault.tenant(),
                monotonic=clock.monotonic,
            )
        )
        authority, shelf = Authority(), PolicyShelf(settings.policy_dir)
        policy = in_force or (lambda: shelf.load(settings.gateway.policy))
        purpose = default_purpose or (lambda: PurposeKey(settings.gateway.default_purpose))
        identity = build_identity(
            Ground(database, authority, VaultPseudonyms(vault), clock, ids, entropy),
            tenant=vault.tenant(),
            data_dir=server.data_dir,
            address=lambda secret: f"{settings.public_url}/setup/{secret}",
            counter_key=await vault.secret(SIGN_IN_COUNTERS),
            known_purposes=lambda: _purposes(policy()),
        )
        stack.callback(identity.close)
        life = build_life(
            database,
            authority,
            VaultPseudonyms(vault),
            build_tallies(database),
            vocabulary=vocabulary,
            clock=clock,
            ids=ids,
        )
        corrections = build_corrections(
            database,
            authority,
            VaultPseudonyms(vault),
            vocabulary=vocabulary,
            key=await vault.secret(CORRECTIONS),
            text_key=await vault.secret(CORRECTION_TEXTS),
            clock=clock,
            ids=ids,
        )
        yield Foundation(
            settings,
            database,
            shared,
            vault,
            identity,
            authority,
            shelf,
            life,
            corrections,
            policy,
            purpose,
            clock,
            ids,
            entropy,
        )


async def _refuse_one_database(settings: Settings, entropy: Entropy) -> None:
    """Raise a SetupError where a backup of the store would hold the keys too."""
    if settings.store.url == "sqlite" or not settings.vault.is_shared:
        return
    store = open_postgres(settings.store.url, setting="store.url")
    vault = open_postgres(settings.vault.url, setting="vault.url")
    key = int.from_bytes(entropy.token_bytes(8), signed=True)
    try:
        if await are_one(store, vault, key=key):
            raise KeysWithData
    finally:
        await store.close()
        await vault.close()


async def _refuse_another_ledger(settings: Settings, entropy: Entropy) -> None:
    """Raise a SetupError where workers would record elsewhere than is read and signed."""
    if not settings.ledger.url or settings.store.url == "sqlite":
        return
    store = open_postgres(settings.store.url, setting="store.url")
    ledger = open_postgres(settings.ledger.url, setting="ledger.url")
    key = int.from_bytes(entropy.token_bytes(8), signed=True)
    try:
        if not await are_one(store, ledger, key=key):
            raise SetupError(
                "The setting ledger.url names another database than store.url.",
                hint="Give it the address of the same database, with the role that may only append.",
            )
    finally:
        await store.close()
        await ledger.close()


def vocabulary() -> frozenset[str]:
    """All that is looked for, as `category:TYPE`."""
    kinds = load_catalogue().kinds.values()
    return frozenset(f"{kind.category}:{kind.type}" for kind in kinds)


def _purposes(policy: Policy) -> frozenset[PurposeKey]:
    return frozenset(purpose.key for purpose in policy.purposes)
