"""An identity slice on a database of its own, with everything else fixed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.types import Message as Message_

from curtilage.core.authority import Authority
from curtilage.core.db import outbox
from curtilage.core.db.engine import Database
from curtilage.core.entropy import SystemEntropy
from curtilage.core.models import Event, Principal, PrincipalId, PrincipalKind, PurposeKey
from curtilage.identity.build import Identity, OAuthNeeds, build_identity
from curtilage.identity.ground import Ground
from curtilage.identity.mail import Message
from curtilage.identity.models import Costs
from curtilage.identity.oauth.service.ground import Secrets
from curtilage.identity.people.build import People
from curtilage.identity.people.models import AuthenticatorKind, Person, Profile
from curtilage.identity.people.needs import PeopleKeys, PeopleNeeds
from curtilage.identity.people.ports import Holder
from curtilage.identity.settings import IdentitySettings
from curtilage.web.app import build_web
from curtilage.web.ports import SignedIn
from tests.builders import TENANT
from tests.fakes import FixedClock, FixedEntropy, FixedIds
from tests.fakes.console import COMPILED
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
END = re.compile(rb"(?i); *expires=(?!Thu, 01 Jan 1970)[^;]*|; *max-age=[1-9][0-9]*")
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

    async def add_person(
        self,
        name: str,
        *,
        roles: frozenset[str] = frozenset(),
        address: str = "",
        kind: AuthenticatorKind | None = AuthenticatorKind.PASSPHRASE,
    ) -> Person:
        """Somebody who signs in with the same passphrase as everybody, or with nothing.

        An `address` is confirmed."""
        register = self.people.register
        hashed = (await self.people.passphrases.hash(PASSPHRASE.encode())).encode()
        profile = Profile(name, address, self.clock.now() if address else None)
        person = await register.prepare(TENANT, profile, roles=roles)
        async with self.database.begin() as connection:
            assert await register.insert(connection, person, profile)
            if kind is not None:
                kept = register.new_authenticator(person.id, kind, hashed)
                await register.authenticators.insert(connection, TENANT, kept)
        return person

    async def mailed(self) -> Sequence[Message]:
        """All that was sent, with what waited to be."""
        await self.people.postman.send_waiting()
        return self.mail.sent

    async def post(self, path: str) -> str:
        """The secret of the newest link of this path, once it is sent."""
        await self.mailed()
        return self.mail.link(path)

    def build(self, origin: str, *, dev: bool = True) -> Starlette:
        """The pages of people over the real services, as `Visitor` takes them."""
        slices = self.identity.as_slices(usual_purpose=lambda: "assist")
        app = build_web(
            routes=[route for each in slices for route in each.routes],
            endpoints=[endpoint for each in slices for endpoint in each.endpoints],
            nav=[item for each in slices for item in each.nav],
            templates={each.name: each.templates for each in slices},
            sessions=self,
            key=b"k" * 32,
            entropy=SystemEntropy(),
            ids=FixedIds(),
            origins=[origin],
            dev=dev,
            compiled=COMPILED,
        )
        app.add_middleware(LastingCookies)
        return app

    async def read(self, secret: str) -> SignedIn | None:
        """Who is behind a cookie, for the shell."""
        found = await self.people.desk.read(secret)
        return None if found is None else SignedIn(found.principal, found.name)

    async def keep_language(self, signed_in: SignedIn, language: str) -> None:
        await self.people.desk.keep_language(signed_in.principal.id, language)


@dataclass(frozen=True, slots=True)
class LastingCookies:
    """Takes the end from cookies: by the clock of this machine those of `FixedClock` are over."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def lasting(message: Message_) -> None:
            headers = message.get("headers", [])
            message["headers"] = [
                (name, END.sub(b"", value) if name == b"set-cookie" else value)
                for name, value in headers
            ]
            await send(message)

        await self.app(scope, receive, lasting)


def a_house(
    database: Database,
    data_dir: Path,
    settings: IdentitySettings | None = None,
    *,
    holders: Sequence[Holder] = (),
    start: int = 0,
    ids: FixedIds | None = None,
    entropy: FixedEntropy | None = None,
) -> House:
    """A slice on a migrated database. `start` counts those on the same one; `ids` and
    `entropy` go on where they were."""
    clock, pseudonyms, person_keys = FixedClock(), FixedPseudonyms(), FixedPersonKeys()
    ids = ids or FixedIds(1 + 1000 * start)
    entropy = entropy or FixedEntropy(f"start {start}")
    ground = Ground(database, Authority(), pseudonyms, clock, ids, entropy)
    mail = KeptMail()
    people = PeopleNeeds(
        tenant=TENANT,
        data_dir=data_dir,
        keys=PeopleKeys(
            b"k" * 32, b"h" * 32, b"b" * 32, b"c" * 32, person_keys, person_keys.destroy
        ),
        mail=mail,
        address_of=lambda path: f"http://localhost:8787{path}",
        service="orchard.example",
        settings=settings or IdentitySettings(),
        costs=CHEAP,
        holders=holders,
    )
    oauth = OAuthNeeds("http://localhost:8787", Secrets(b"r" * 32, b"s" * 32, b"n" * 32, b"t" * 32))
    identity = build_identity(ground, people=people, oauth=oauth, known_purposes=lambda: PURPOSES)
    return House(identity, database, clock, data_dir, pseudonyms, person_keys, mail)
