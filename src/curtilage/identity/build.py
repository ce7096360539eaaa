"""Puts the slice together: stores, adapters, use cases, doors."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from curtilage.core.acts import Pseudonyms
from curtilage.core.authority import Authority
from curtilage.core.clock import Clock
from curtilage.core.db.engine import Database
from curtilage.core.entropy import Entropy
from curtilage.core.ids import Ids
from curtilage.core.models import TenantId
from curtilage.core.slice import Slice
from curtilage.identity.adapters.argon2 import Argon2Passphrases, Costs
from curtilage.identity.adapters.setup_file import DataDirSetupFile
from curtilage.identity.checks import IdentityFacts, check_identity
from curtilage.identity.cli import OpenKeys, build_commands, run_on
from curtilage.identity.group_cli import build_group_commands
from curtilage.identity.key_pages import KeyPages
from curtilage.identity.pages import IdentityPages
from curtilage.identity.passphrases import read_common
from curtilage.identity.ports import KnownPurposes
from curtilage.identity.service.budgets import BudgetService
from curtilage.identity.service.desk import Desk
from curtilage.identity.service.keys import KeyService
from curtilage.identity.service.sessions import SessionService
from curtilage.identity.service.setup import SetupService
from curtilage.identity.store.administrators import SqlAdministratorStore
from curtilage.identity.store.budgets import SqlBudgetStore
from curtilage.identity.store.keys import SqlKeyStore
from curtilage.identity.store.sessions import SqlSessionStore


@dataclass(frozen=True, slots=True)
class Ground:
    """What every use case stands on."""

    database: Database
    authority: Authority
    pseudonyms: Pseudonyms
    clock: Clock
    ids: Ids
    entropy: Entropy


def build_keys(ground: Ground, *, known_purposes: KnownPurposes) -> KeyService:
    """The use cases of API keys; also for the command line, without the rest."""
    return KeyService(
        database=ground.database,
        store=SqlKeyStore(),
        groups=SqlBudgetStore(),
        authority=ground.authority,
        pseudonyms=ground.pseudonyms,
        known_purposes=known_purposes,
        clock=ground.clock,
        ids=ground.ids,
        entropy=ground.entropy,
    )


def build_budgets(ground: Ground) -> BudgetService:
    """The use cases of budgets; also for the command line, without the rest."""
    return BudgetService(
        database=ground.database,
        store=SqlBudgetStore(),
        authority=ground.authority,
        pseudonyms=ground.pseudonyms,
        clock=ground.clock,
        ids=ground.ids,
    )


@dataclass(frozen=True, slots=True)
class Identity:
    """The slice, built."""

    keys: KeyService
    budgets: BudgetService
    setup: SetupService
    sessions: SessionService
    desk: Desk
    passphrases: Argon2Passphrases
    facts: "FactLoader"

    def as_slice(self, *, usual_purpose: Callable[[], str], home: str = "/") -> Slice:
        """What identity offers to the control process: signing in, and the page of keys."""
        keys = KeyPages(
            self.keys, self.budgets, self.keys.known_purposes, self.keys.clock, usual_purpose
        )
        return Slice(
            name="identity",
            routes=[*IdentityPages(self.desk, home).routes(), *keys.routes()],
            nav=keys.nav(),
            templates=str(Path(__file__).parent / "templates"),
        )

    def close(self) -> None:
        self.passphrases.close()


def build_identity(
    ground: Ground,
    *,
    tenant: TenantId,
    data_dir: Path,
    address: Callable[[str], str],
    counter_key: bytes,
    known_purposes: KnownPurposes,
    costs: Costs = Costs(),  # noqa: B008 -- frozen
) -> Identity:
    """The whole slice for one tenant.

    `address` makes the set-up link of its secret, which must come last, after a
    slash; `counter_key` is 32 bytes from the vault that never change.
    """
    passphrases = Argon2Passphrases(ground.entropy, costs=costs)
    administrators = SqlAdministratorStore()
    setup = SetupService(
        database=ground.database,
        store=administrators,
        file=DataDirSetupFile(data_dir),
        passphrases=passphrases,
        pseudonyms=ground.pseudonyms,
        common=read_common(),
        address=address,
        clock=ground.clock,
        ids=ground.ids,
        entropy=ground.entropy,
    )
    sessions = SessionService(
        database=ground.database,
        administrators=administrators,
        sessions=SqlSessionStore(),
        passphrases=passphrases,
        pseudonyms=ground.pseudonyms,
        authority=ground.authority,
        counter_key=counter_key,
        clock=ground.clock,
        ids=ground.ids,
        entropy=ground.entropy,
    )
    return Identity(
        keys=build_keys(ground, known_purposes=known_purposes),
        budgets=build_budgets(ground),
        setup=setup,
        sessions=sessions,
        desk=Desk(tenant, setup, sessions),
        passphrases=passphrases,
        facts=FactLoader(ground.database, tenant),
    )


@dataclass(frozen=True, slots=True)
class FactLoader:
    """Loads what the checks look at, so that the checks themselves wait for nothing."""

    database: Database
    tenant: TenantId

    async def load(self) -> IdentityFacts:
        """The facts as they are now."""
        administrators = SqlAdministratorStore()
        async with self.database.read() as connection:
            return IdentityFacts(
                keys=await SqlKeyStore().load(connection, self.tenant),
                is_enrolled=await administrators.has_any(connection, self.tenant),
                link=await administrators.find_link(connection, self.tenant),
            )


def build_identity_commands(
    open_keys: OpenKeys, *, facts: Callable[[], IdentityFacts], clock: Clock
) -> Slice:
    """What identity offers to the command line. `facts` gives those that were loaded before."""
    return Slice(
        name="identity",
        checks=[lambda: check_identity(facts(), at=clock.now())],
        commands=[
            ("apikeys", build_commands(open_keys)),
            ("groups", build_group_commands(open_keys, run_on)),
        ],
    )
