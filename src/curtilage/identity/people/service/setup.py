"""First start: a one-use link that enrols the administrator.

Only the hash of its secret is stored. The link itself is in a file that only
the operator can read, and is gone once it was used. There is one link at a
time: a new one makes the old one worthless.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from curtilage.core.acts import Pseudonyms
from curtilage.core.authority import ADMINISTRATOR
from curtilage.core.clock import Clock
from curtilage.core.db import outbox
from curtilage.core.db.engine import Database
from curtilage.core.entropy import Entropy
from curtilage.core.ids import Ids
from curtilage.core.models import Event, PrincipalKind, TenantId
from curtilage.identity.people.errors import AlreadyEnrolled, PasskeysOff, SetupLinkRefused
from curtilage.identity.people.models import (
    Authenticator,
    Person,
    Profile,
    Proof,
    SetupLink,
)
from curtilage.identity.people.rules import (
    SETUP_LINK_LIFE,
    is_link_open,
    parse_name,
    verify_setup_link,
)
from curtilage.identity.people.service.choosing import PassphraseChooser
from curtilage.identity.people.service.demands import Demands
from curtilage.identity.people.service.first_passkey import FirstPasskey
from curtilage.identity.people.service.register import Register
from curtilage.identity.people.store_ports import SetupLinkStore
from curtilage.identity.people.views import JoinOffer, Made, PasskeyOffer
from curtilage.identity.ports import SetupFile
from curtilage.identity.wire.secrets import find_digest, mint_secret

ROLES = frozenset({ADMINISTRATOR})  # of whoever is the first


@dataclass(frozen=True, slots=True)
class IssuedLink:
    """The link to print for the operator."""

    link: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SetupService:
    """The use cases of the first start. `address` makes a link of a secret."""

    database: Database
    links: SetupLinkStore
    register: Register
    file: SetupFile
    chooser: PassphraseChooser
    demands: Demands
    passkeys: FirstPasskey | None
    pseudonyms: Pseudonyms
    address: Callable[[str], str]
    clock: Clock
    ids: Ids
    entropy: Entropy

    async def issue(self, tenant: TenantId) -> IssuedLink | None:
        """The link that is open now, a new one if need be; None once somebody is enrolled.

        A link that is still open and still in the file stays as it is, so that a
        restart does not make the one that somebody just copied worthless.
        """
        async with self.database.begin() as connection:
            if await self.register.people.has_any(connection, tenant):
                return None
            link = await self.links.find_link(connection, tenant)
            written = self.file.read()
            if link is not None and self._is_written(link, written):
                return IssuedLink(written, link.expires_at)
            at = self.clock.now()
            secret = mint_secret(self.entropy)
            fresh = SetupLink(tenant, secret.digest, at, at + SETUP_LINK_LIFE)
            await self.links.put_link(connection, tenant, fresh)
            self.file.write(self.address(secret.text))
        return IssuedLink(self.address(secret.text), fresh.expires_at)

    async def is_enrolled(self, tenant: TenantId) -> bool:
        """Whether there is an administrator who could sign in."""
        async with self.database.read() as connection:
            return await self.register.people.has_any(connection, tenant)

    async def look_at_link(self, tenant: TenantId, secret: str) -> JoinOffer:
        """How the link lets one sign in. Raises `SetupLinkRefused` for one that enrols nobody."""
        digest = find_digest(secret)
        if digest is None:
            raise SetupLinkRefused
        async with self.database.read() as connection:
            link = await self.links.find_link(connection, tenant)
        verify_setup_link(link, claimed_digest=digest, at=self.clock.now())
        return JoinOffer(self.demands.shortest(ROLES), passkeys=self.passkeys is not None)

    async def enrol(self, tenant: TenantId, secret: str, *, name: str, passphrase: str) -> Person:
        """Enrol the administrator. Of two who hold the link, exactly one gets it.

        Raises `SetupLinkRefused`, `UnacceptableName`, `WeakPassphrase` or
        `AlreadyEnrolled`. A passphrase that is refused does not use the link up.
        """
        offer = await self.look_at_link(tenant, secret)
        profile = Profile(parse_name(name))
        chosen = await self.chooser.choose(
            passphrase, context=(profile.name,), least=offer.shortest
        )
        person = await self.register.prepare(tenant, profile, roles=ROLES)
        await self._keep(person, profile, self.register.new_passphrase(person.id, chosen), secret)
        return person

    async def offer_passkey(
        self, tenant: TenantId, secret: str, *, name: str, browser: str
    ) -> PasskeyOffer:
        """What to ask the browser for, to enrol without a passphrase. Keeps nothing.

        Raises `SetupLinkRefused`, `UnacceptableName` or `PasskeysOff`."""
        await self.look_at_link(tenant, secret)
        name = parse_name(name)
        return self._require_passkeys().offer(
            tenant, find_digest(secret) or b"", browser=browser, name=name, account=name
        )

    async def enrol_by_passkey(
        self, tenant: TenantId, secret: str, *, name: str, made: Made
    ) -> tuple[Person, Proof]:
        """Enrol the administrator with a passkey and no passphrase.

        Raises as `enrol`, `PasskeyRefused`, `PasskeyUnreadable` or `UnacceptablePasskey`."""
        await self.look_at_link(tenant, secret)
        profile = Profile(parse_name(name))
        way = await self._require_passkeys().verify(tenant, find_digest(secret) or b"", made)
        person = await self.register.prepare(tenant, profile, roles=ROLES, id=way.person)
        await self._keep(person, profile, way.kept, secret)
        return person, way.proof

    def _require_passkeys(self) -> FirstPasskey:
        if self.passkeys is None:
            raise PasskeysOff
        return self.passkeys

    async def _keep(
        self, person: Person, profile: Profile, kept: Authenticator, secret: str
    ) -> None:
        event, tenant = await self._event(person), person.tenant
        link = find_digest(secret) or b""
        async with self.database.begin() as connection:
            if not await self.links.use_link(connection, tenant, link, self.clock.now()):
                raise SetupLinkRefused
            if await self.register.people.has_any(connection, tenant):
                raise AlreadyEnrolled
            await self.register.insert(connection, person, profile)
            await self.register.keep_first(connection, tenant, kept)
            await outbox.record(connection, event)
        self.file.remove()

    def _is_written(self, link: SetupLink, written: str) -> bool:
        if not is_link_open(link, at=self.clock.now()):
            return False
        secret = written.rpartition("/")[2]
        return self.address(secret) == written and find_digest(secret) == link.digest

    async def _event(self, person: Person) -> Event:
        return Event(
            id=self.ids.new(),
            at=person.created_at,
            kind="administrator.enrolled",
            tenant=person.tenant,
            actor=await self.pseudonyms.pseudonym(person.tenant, person.id),
            actor_kind=PrincipalKind.PERSON.value,
            facts={"by": "setup-link"},
        )
