"""An identity slice on a database of its own, with everything else fixed."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from curtilage.core.authority import Authority
from curtilage.core.db import outbox
from curtilage.core.db.engine import Database
from curtilage.core.models import Event, Principal, PrincipalId, PrincipalKind, PurposeKey
from curtilage.identity.adapters.argon2 import Costs
from curtilage.identity.build import Identity, OAuthNeeds, build_identity
from curtilage.identity.ground import Ground
from curtilage.identity.oauth.service.ground import Secrets
from curtilage.identity.people.build import People, PeopleKeys, PeopleNeeds
from curtilage.identity.people.models import AuthenticatorKind, Person, Profile
from curtilage.identity.settings import IdentitySettings
from tests.builders import TENANT
from tests.fakes import FixedClock, FixedEntropy, FixedIds
from tests.fakes.keptmail import KeptMail
from tests.fakes.personkeys import FixedPersonKeys
from tests.fakes.pseudonyms import FixedPseudonyms

PURPOSES = frozenset({PurposeKey("assist"), PurposeKey("support")})
ADMIN = Principal(
    tenant=TENANT,
    id=PrincipalId("admin-grace"),
    kind=PrincipalKind.PERSON,
    roles=frozenset({"administrator"}),
)
CHEAP = Costs(passes=1, memory_kib=8)  # so that a test of forty sign-ins takes no second
PASSPHRASE = "lantern gravel otter vowel"


@dataclass(frozen=True, slots=True)
class House:
    """The slice, and what a test looks at besides."""

    identity: Identity
    database: Database
    clock: FixedClock
    data_dir: Path
    pseudonyms: FixedPseudonyms
    person_keys: FixedPersonKeys
    mail: KeptMail

    @property
    def people(self) -> People:
        return self.identity.people

    async def events(self) -> Sequence[Event]:
        async with self.database.read() as connection:
            return [item.event for item in await outbox.read_batch(connection, 1000)]

    async def kinds(self) -> list[str]:
        return [event.kind for event in await self.events()]

    def secret(self) -> str:
        """The secret of the set-up link in the file."""
        return (self.data_dir / "set-up-link").read_text().strip().rpartition("/")[2]

    async def enrol(self, name: str = "Grace", passphrase: str = PASSPHRASE) -> None:
        await self.people.setup.issue(TENANT)
        await self.people.setup.enrol(TENANT, self.secret(), name=name, passphrase=passphrase)

    async def add_person(self, name: str, *, roles: frozenset[str] = frozenset()) -> Person:
        """Somebody who signs in with the same passphrase as everybody."""
        register = self.people.register
        hashed = (await self.people.passphrases.hash(PASSPHRASE.encode())).encode()
        person = await register.prepare(TENANT, Profile(name), roles=roles)
        kept = register.new_authenticator(person.id, AuthenticatorKind.PASSPHRASE, hashed)
        async with self.database.begin() as connection:
            assert await register.insert(connection, person, Profile(name))
            await register.authenticators.insert(connection, TENANT, kept)
        return person


def a_house(
    database: Database,
    data_dir: Path,
    settings: IdentitySettings | None = None,
    *,
    ids: FixedIds | None = None,
    entropy: FixedEntropy | None = None,
) -> House:
    """A slice on a migrated database; `ids` and `entropy` go on where they were."""
    ids, entropy = ids or FixedIds(), entropy or FixedEntropy()
    clock, pseudonyms, person_keys = FixedClock(), FixedPseudonyms(), FixedPersonKeys()
    ground = Ground(database, Authority(), pseudonyms, clock, ids, entropy)
    mail = KeptMail()
    people = PeopleNeeds(
        tenant=TENANT,
        data_dir=data_dir,
        keys=PeopleKeys(b"k" * 32, b"h" * 32, b"b" * 32, person_keys),
        mail=mail,
        address_of=lambda path: f"http://localhost:8787{path}",
        service="orchard.example",
        settings=settings or IdentitySettings(),
        costs=CHEAP,
    )
    oauth = OAuthNeeds("http://localhost:8787", Secrets(b"r" * 32, b"s" * 32, b"n" * 32, b"t" * 32))
    identity = build_identity(ground, people=people, oauth=oauth, known_purposes=lambda: PURPOSES)
    return House(identity, database, clock, data_dir, pseudonyms, person_keys, mail)
