"""Puts the people together: stores, use cases, pages."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from curtilage.core.models import TenantId
from curtilage.core.slice import Slice
from curtilage.identity.adapters.argon2 import Argon2Passphrases, Costs
from curtilage.identity.adapters.setup_file import DataDirSetupFile
from curtilage.identity.ground import Ground
from curtilage.identity.passphrases import read_common
from curtilage.identity.people.account_pages import AccountPages
from curtilage.identity.people.boxes import PersonKey, VaultBoxes
from curtilage.identity.people.pages import SignInPages
from curtilage.identity.people.prove_pages import ProvePages
from curtilage.identity.people.service.account import Account
from curtilage.identity.people.service.adoption import Adoption
from curtilage.identity.people.service.attempts import AttemptCounter
from curtilage.identity.people.service.desk import Desk
from curtilage.identity.people.service.guard import AccountGuard
from curtilage.identity.people.service.proving import ProvingService
from curtilage.identity.people.service.register import Register
from curtilage.identity.people.service.security import SecurityService
from curtilage.identity.people.service.sessions import SessionService
from curtilage.identity.people.service.setup import SetupService
from curtilage.identity.people.service.sign_in import SignInService
from curtilage.identity.people.service.totp_enrolment import TotpEnrolment
from curtilage.identity.people.store.authenticators import SqlAuthenticatorStore
from curtilage.identity.people.store.ceremonies import SqlCeremonyStore
from curtilage.identity.people.store.people import SqlPersonStore
from curtilage.identity.people.store.sessions import SqlSessionStore
from curtilage.identity.people.store.setup_links import SqlSetupLinkStore


@dataclass(frozen=True, slots=True)
class PeopleKeys:
    """Keys from the vault, each of 32 bytes that never change but for `person`."""

    counters: bytes = field(repr=False)
    handles: bytes = field(repr=False)
    boxes: bytes = field(repr=False)
    person: PersonKey


@dataclass(frozen=True, slots=True)
class People:
    """The people of one tenant, built."""

    tenant: TenantId
    register: Register
    setup: SetupService
    sign_ins: SignInService
    sessions: SessionService
    adoption: Adoption
    desk: Desk
    account: Account
    passphrases: Argon2Passphrases

    def as_slice(self) -> Slice:
        """What people see before and after they sign in."""
        return Slice(
            name="people",
            routes=[
                *SignInPages(self.desk).routes(),
                *ProvePages(self.desk).routes(),
                *AccountPages(self.account).routes(),
            ],
            templates=str(Path(__file__).parent / "templates"),
        )

    def close(self) -> None:
        self.passphrases.close()


def build_people(
    ground: Ground,
    *,
    tenant: TenantId,
    data_dir: Path,
    address: Callable[[str], str],
    keys: PeopleKeys,
    issuer: str,
    costs: Costs = Costs(),  # noqa: B008 -- frozen
) -> People:
    """All use cases of people. `address` makes the set-up link of its secret, which must
    come last, after a slash; `issuer` is what authenticator apps call this service."""
    passphrases = Argon2Passphrases(ground.entropy, costs=costs)
    register = _build_register(ground, tenant, keys)
    sessions = _build_sessions(ground, register)
    setup = _build_setup(ground, register, passphrases, DataDirSetupFile(data_dir), address)
    counter = AttemptCounter(
        ground.database, SqlSessionStore(), keys.counters, ground.clock, ground.ids
    )
    proved = (ground.database, register, sessions, counter, passphrases, ground.clock)
    sign_ins, proving = SignInService(*proved), ProvingService(*proved)
    guard = AccountGuard(ground.database, register, ground.pseudonyms, ground.clock, ground.ids)
    security = SecurityService(guard, sessions, passphrases, read_common(), ground.entropy)
    totp = TotpEnrolment(guard, sessions, SqlCeremonyStore(), issuer, ground.entropy)
    return People(
        tenant=tenant,
        register=register,
        setup=setup,
        sign_ins=sign_ins,
        sessions=sessions,
        adoption=Adoption(ground.database, SqlSetupLinkStore(), register),
        desk=Desk(tenant, setup, sign_ins, proving, sessions),
        account=Account(tenant, sessions, security, totp),
        passphrases=passphrases,
    )


def _build_register(ground: Ground, tenant: TenantId, keys: PeopleKeys) -> Register:
    return Register(
        database=ground.database,
        people=SqlPersonStore(),
        authenticators=SqlAuthenticatorStore(),
        boxes=VaultBoxes(tenant, keys.person, keys.boxes),
        handle_key=keys.handles,
        clock=ground.clock,
        ids=ground.ids,
    )


def _build_sessions(ground: Ground, register: Register) -> SessionService:
    return SessionService(
        database=ground.database,
        sessions=SqlSessionStore(),
        register=register,
        pseudonyms=ground.pseudonyms,
        authority=ground.authority,
        clock=ground.clock,
        ids=ground.ids,
        entropy=ground.entropy,
    )


def _build_setup(
    ground: Ground,
    register: Register,
    passphrases: Argon2Passphrases,
    file: DataDirSetupFile,
    address: Callable[[str], str],
) -> SetupService:
    return SetupService(
        database=ground.database,
        links=SqlSetupLinkStore(),
        register=register,
        file=file,
        passphrases=passphrases,
        pseudonyms=ground.pseudonyms,
        common=read_common(),
        address=address,
        clock=ground.clock,
        ids=ground.ids,
        entropy=ground.entropy,
    )
