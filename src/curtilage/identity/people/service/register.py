"""The register of people: makes accounts, finds them, opens their profiles.

Other use cases stand on it. It asks for no right: they do.
"""

import asyncio
import hmac
from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256, sha512
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.clock import Clock
from curtilage.core.db.engine import Database
from curtilage.core.ids import Ids
from curtilage.core.models import PrincipalId, TenantId
from curtilage.core.words import LANGUAGES
from curtilage.identity.people.models import (
    Addressee,
    Authenticator,
    AuthenticatorKind,
    Handle,
    HandleKind,
    Person,
    Profile,
    RoleGrant,
)
from curtilage.identity.people.ports import Boxes
from curtilage.identity.people.rules import handle_text
from curtilage.identity.people.service.choosing import ChosenPassphrase
from curtilage.identity.people.store_ports import AuthenticatorStore, PersonStore, RoleGrantStore
from curtilage.identity.people.wire import encode_profile, parse_profile
from curtilage.identity.wire.errors import PasskeyReason, UnacceptablePasskey

PROFILE = "profile"
BATCH = 100  # people whose names are read before others come to their turn

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Register:
    """`handle_key` is 32 bytes from the vault that never change."""

    database: Database
    people: PersonStore
    grants: RoleGrantStore
    authenticators: AuthenticatorStore
    boxes: Boxes
    handle_key: bytes = field(repr=False)
    clock: Clock
    ids: Ids

    def digest(self, typed: str) -> bytes:
        """What a name or an address is found under; of nothing, what nobody has."""
        return hmac.digest(self.handle_key, handle_text(typed).encode(), sha256)

    def user_handle(self, tenant: TenantId, person: PrincipalId) -> bytes:
        """What a passkey knows its owner by (Web Authentication Level 3 §14.6.1): 64 bytes that
        say nothing. A hash of its own, so that none of `digest` can be one."""
        return hmac.digest(self.handle_key, f"user handle\0{tenant}\0{person}".encode(), sha512)

    async def find(self, tenant: TenantId, typed: str) -> tuple[Person, Handle] | None:
        """Whose name or address this is."""
        async with self.database.read() as connection:
            return await self.people.find_by_handle(connection, tenant, self.digest(typed))

    async def prepare(
        self,
        tenant: TenantId,
        profile: Profile,
        *,
        roles: frozenset[str] = frozenset(),
        id: PrincipalId | None = None,
    ) -> Person:
        """A new account, sealed and not yet kept."""
        id = id or PrincipalId(self.ids.new())
        sealed = await self.boxes.seal(id, encode_profile(profile), PROFILE)
        return Person(tenant, id, self.clock.now(), sealed, roles)

    async def insert(self, connection: AsyncConnection, person: Person, profile: Profile) -> bool:
        """Keep the account with its handle. False where that is taken: undo it all.

        A confirmed address is the handle, and then the name is only shown; an address that
        was merely typed is no claim. Without one the name is what somebody signs in with."""
        await self.people.insert(connection, person.tenant, person)
        if profile.address_confirmed_at is not None:
            handle = self.address_handle(person.id, profile)
        else:
            handle = Handle(self.digest(profile.name), person.id, HandleKind.NAME)
        return await self.people.add_handle(connection, person.tenant, handle)

    def address_handle(self, person: PrincipalId, profile: Profile) -> Handle:
        """The handle of a confirmed address."""
        digest = self.digest(profile.address)
        return Handle(digest, person, HandleKind.ADDRESS, profile.address_confirmed_at)

    def new_authenticator(
        self,
        person: PrincipalId,
        kind: AuthenticatorKind,
        material: bytes,
        *,
        lookup: bytes | None = None,
        counter: int = 0,
    ) -> Authenticator:
        """One that was just set up, not yet kept."""
        return Authenticator(
            self.ids.new(), person, kind, self.clock.now(), material, lookup, counter
        )

    def new_passphrase(self, person: PrincipalId, chosen: ChosenPassphrase) -> Authenticator:
        """The same, of a passphrase that was just chosen."""
        fresh = self.new_authenticator(person, AuthenticatorKind.PASSPHRASE, chosen.hashed)
        return replace(fresh, flaws=chosen.flaws)

    async def keep_first(
        self, connection: AsyncConnection, tenant: TenantId, kept: Authenticator | None
    ) -> None:
        """What somebody joins with; None where that is their mailbox. Raises
        `UnacceptablePasskey` for one that somebody has: undo it all."""
        if kept is None:
            return
        if kept.lookup is None:
            await self.authenticators.insert(connection, tenant, kept)
        elif not await self.authenticators.add(connection, tenant, kept):
            raise UnacceptablePasskey(PasskeyReason.CREDENTIAL)

    async def note_roles(
        self,
        connection: AsyncConnection,
        person: Person,
        roles: frozenset[str],
        *,
        before: frozenset[str] = frozenset(),
        by: PrincipalId | None,
    ) -> None:
        """Write down who gives the roles that somebody did not have before, and when."""
        at, changed = self.clock.now(), roles ^ before
        given = [RoleGrant(each, at, by) for each in sorted(roles - before)]
        await self.grants.drop(connection, person.tenant, person.id, sorted(changed))
        await self.grants.add(connection, person.tenant, person.id, given)

    async def open_profile(self, person: Person) -> Profile:
        """What names the person; nothing where their key was destroyed."""
        opened = await self.boxes.open(person.id, person.profile, PROFILE)
        return Profile() if opened is None else parse_profile(opened)

    async def find_confirmed_address(self, tenant: TenantId, id: PrincipalId) -> str:
        """Where mail to this person goes; "" for nobody, and where no address is confirmed."""
        return (await self.find_addressee(tenant, id)).address

    async def find_addressee(self, tenant: TenantId, id: PrincipalId) -> Addressee:
        """Where mail to this person goes, and in which language: see `Person`."""
        async with self.database.read() as connection:
            person = await self.people.find(connection, tenant, id)
        if person is None:
            return Addressee()
        profile = await self.open_profile(person)
        address = profile.address if profile.address_confirmed_at is not None else ""
        return Addressee(address, person.language)

    async def keep_language(
        self, connection: AsyncConnection, tenant: TenantId, id: PrincipalId, language: str
    ) -> None:
        """Write to somebody in this language from now on, if it is one of ours."""
        if language in LANGUAGES:
            await self.people.change(connection, tenant, id, language=language)

    async def find_sign_in_name(self, tenant: TenantId, id: PrincipalId) -> str:
        """What somebody types to say who they are; "" for nobody."""
        async with self.database.read() as connection:
            person = await self.people.find(connection, tenant, id)
        profile = Profile() if person is None else await self.open_profile(person)
        return profile.name if profile.address_confirmed_at is None else profile.address

    async def find_names(
        self, tenant: TenantId, ids: Collection[PrincipalId]
    ) -> Mapping[PrincipalId, str]:
        """What these people are called. Asks for no right: callers show it to others."""
        async with self.database.read() as connection:
            found = [
                await self.people.find(connection, tenant, each) async for each in _in_turns(ids)
            ]
        return {
            each.id: (await self.open_profile(each)).name async for each in _in_turns(found) if each
        }


async def _in_turns(many: Iterable[T]) -> AsyncIterator[T]:
    """All of them, with the loop let go after every hundred: a report may name thousands."""
    for number, each in enumerate(many, 1):
        yield each
        if number % BATCH == 0:
            await asyncio.sleep(0)
