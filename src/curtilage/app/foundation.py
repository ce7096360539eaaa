"""What the control process and the command line both stand on: database, keys, identity.

Opened in one place, closed in the reverse order. Any number of processes may
open it at once; only the service itself writes the ledger.
"""

import contextlib
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from curtilage.app.installation import open_store_and_keys
from curtilage.app.mail import find_outbox, open_mail
from curtilage.app.resource import build_gateway_resource
from curtilage.app.settings import Settings
from curtilage.consent.build import build_corrections, build_life
from curtilage.consent.correcting import CorrectionService
from curtilage.consent.models import Policy
from curtilage.consent.service import PolicyLife
from curtilage.consent.shelf import PolicyShelf
from curtilage.core.authority import ADMINISTRATOR, Authority
from curtilage.core.clock import Clock
from curtilage.core.db.engine import Database
from curtilage.core.entropy import Entropy
from curtilage.core.ids import Ids
from curtilage.core.models import (
    Principal,
    PrincipalId,
    PrincipalKind,
    PurposeKey,
    Scope,
    SubjectId,
    TenantId,
)
from curtilage.core.settings import environment
from curtilage.core.shared.build import Shared, open_shared
from curtilage.detect.catalogue import load_catalogue
from curtilage.gateway.build import build_tallies
from curtilage.gateway.canaries.service import SECRET as CANARIES
from curtilage.gateway.canaries.service import CanaryService
from curtilage.identity.build import Identity, OAuthNeeds, build_identity
from curtilage.identity.ground import Ground
from curtilage.identity.oauth.service.ground import Secrets
from curtilage.identity.people.needs import PeopleKeys, PeopleNeeds
from curtilage.identity.providers.build import make_providers
from curtilage.vault.seal import derive
from curtilage.vault.service import Vault
from curtilage.web.languages import load_languages

LEDGER_KEY = "ledger"
SIGN_IN_COUNTERS = "sign-in-counters"
HANDLES = "person-handles"
PEOPLE_BOXES = "people-boxes"
PASSKEY_CHALLENGES = "passkey-challenges"
FORMS = "forms"
CORRECTIONS = "corrections"
CORRECTION_TEXTS = "correction-texts"
ACCOUNT = "account"
OPERATOR = PrincipalId("operator")


@dataclass(frozen=True, slots=True)
class VaultPseudonyms:
    """Names actors in records by their key in the vault."""

    vault: Vault

    async def pseudonym(self, tenant: TenantId, principal: PrincipalId) -> str:
        return await self.vault.actor_pseudonym(tenant, principal)


@dataclass(frozen=True, slots=True)
class PersonKeys:
    """Keys that seal what is kept of people; each dies with the person's own."""

    vault: Vault

    async def __call__(self, tenant: TenantId, person: PrincipalId) -> bytes:
        scope = Scope(tenant, person, None, "collection", ACCOUNT)
        loaded = await self.vault.load_scope(scope)
        return derive(loaded.current[1], ACCOUNT)


@dataclass(frozen=True, slots=True)
class DestroyedKeys:
    """Destroys both keys of somebody: as who acts, and as whom data is about."""

    vault: Vault

    async def __call__(self, tenant: TenantId, person: PrincipalId) -> None:
        await self.vault.destroy_person(tenant, SubjectId(person), principal=person)


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
    shelf = PolicyShelf(settings.policy_dir)
    policy = in_force or (lambda: shelf.load(settings.gateway.policy))
    purpose = default_purpose or (lambda: PurposeKey(settings.gateway.default_purpose))
    async with contextlib.AsyncExitStack() as stack:
        database, vault = await stack.enter_async_context(
            open_store_and_keys(settings, clock=clock, entropy=entropy)
        )
        shared = await stack.enter_async_context(_open_shared(settings, database, vault, clock))
        ground = Ground(database, Authority(), VaultPseudonyms(vault), clock, ids, entropy)
        identity = await _build_identity(settings, ground, vault, policy)
        stack.callback(identity.close)
        await identity.people.adoption.adopt(vault.tenant())
        await identity.people.leaving.finish(vault.tenant())
        yield Foundation(
            settings=settings,
            database=database,
            shared=shared,
            vault=vault,
            identity=identity,
            authority=ground.authority,
            shelf=shelf,
            life=_build_life(ground),
            corrections=await _build_corrections(ground, vault),
            in_force=policy,
            default_purpose=purpose,
            clock=clock,
            ids=ids,
            entropy=entropy,
        )


def build_canaries(foundation: Foundation) -> CanaryService:
    """The minting of canaries."""
    return CanaryService(
        foundation.database,
        foundation.authority,
        VaultPseudonyms(foundation.vault),
        lambda: foundation.vault.secret(CANARIES),
        foundation.clock,
        foundation.ids,
    )


def _open_shared(
    settings: Settings, database: Database, vault: Vault, clock: Clock
) -> contextlib.AbstractAsyncContextManager[Shared]:
    return open_shared(
        settings.store.shared, database, installation=vault.tenant(), monotonic=clock.monotonic
    )


async def _build_identity(
    settings: Settings, ground: Ground, vault: Vault, policy: Callable[[], Policy]
) -> Identity:
    return build_identity(
        ground,
        people=PeopleNeeds(
            tenant=vault.tenant(),
            data_dir=settings.server.data_dir,
            keys=PeopleKeys(
                counters=await vault.secret(SIGN_IN_COUNTERS),
                handles=await vault.secret(HANDLES),
                boxes=await vault.secret(PEOPLE_BOXES),
                challenges=await vault.secret(PASSKEY_CHALLENGES),
                person=PersonKeys(vault),
                destroy=DestroyedKeys(vault),
            ),
            mail=open_mail(settings, ground.clock, ground.ids),
            address_of=lambda path: f"{settings.public_url}{path}",
            service=urlsplit(settings.public_url).hostname or "curtilage",
            settings=settings.identity,
            outbox=find_outbox(settings),
            tell=load_languages().tell,
        ),
        oauth=OAuthNeeds(
            issuer=settings.public_url,
            secrets=Secrets(
                refresh=await vault.secret("oauth-refresh"),
                subject=await vault.secret("oauth-subjects"),
                nonce=await vault.secret("oauth-nonces"),
                tries=await vault.secret("oauth-tries"),
            ),
            resources=(build_gateway_resource(settings.public_url, lambda: policy().purposes),),
        ),
        known_purposes=lambda: _purposes(policy()),
        providers=make_providers(
            settings.providers, environment(), is_open=settings.identity.sign_up == "open"
        ),
    )


def _build_life(ground: Ground) -> PolicyLife:
    return build_life(
        ground.database,
        ground.authority,
        ground.pseudonyms,
        build_tallies(ground.database),
        vocabulary=vocabulary,
        clock=ground.clock,
        ids=ground.ids,
    )


async def _build_corrections(ground: Ground, vault: Vault) -> CorrectionService:
    return build_corrections(
        ground.database,
        ground.authority,
        ground.pseudonyms,
        vocabulary=vocabulary,
        key=await vault.secret(CORRECTIONS),
        text_key=await vault.secret(CORRECTION_TEXTS),
        clock=ground.clock,
        ids=ground.ids,
    )


def vocabulary() -> frozenset[str]:
    """All that is looked for, as `category:TYPE`."""
    kinds = load_catalogue().kinds.values()
    return frozenset(f"{kind.category}:{kind.type}" for kind in kinds)


def _purposes(policy: Policy) -> frozenset[PurposeKey]:
    return frozenset(purpose.key for purpose in policy.purposes)
