"""Passkeys as they are kept: found by their id, opened, sealed."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from hashlib import sha256

from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.models import PrincipalId, TenantId
from curtilage.identity.models import Passkey
from curtilage.identity.people.models import (
    Authenticator,
    AuthenticatorKind,
    Person,
    Proof,
    ProofKind,
)
from curtilage.identity.people.relying_party import RelyingParty
from curtilage.identity.people.service.register import Register
from curtilage.identity.people.wire import encode_passkey, parse_passkey
from curtilage.identity.wire.errors import PasskeyUnreadable
from curtilage.identity.wire.webauthn import VerifiedPasskey
from curtilage.identity.wire.webauthn_response import (
    MOST_RESPONSE,
    RegistrationResponse,
    parse_registration,
)

PASSKEY = "passkey"


@dataclass(frozen=True, slots=True)
class Shown:
    """A passkey that is kept here, its row, and whose it is."""

    owner: Person
    kept: Authenticator
    passkey: Passkey


@dataclass(frozen=True, slots=True)
class PasskeyShelf:
    """Stands before the rows of passkeys."""

    register: Register
    party: RelyingParty

    async def find(self, tenant: TenantId, credential_id: bytes) -> Shown | None:
        """The passkey with this id and its owner; None where either is not to be used."""
        async with self.register.database.read() as connection:
            kept = await self.register.authenticators.find_by_lookup(
                connection, tenant, lookup_of(credential_id)
            )
            if kept is None or kept.kind is not AuthenticatorKind.PASSKEY:
                return None
            owner = await self.register.people.find(connection, tenant, kept.person)
        if owner is None or owner.disabled_at is not None:
            return None
        passkey = await self.open(kept)
        return None if passkey is None else Shown(owner, kept, passkey)

    async def open(self, kept: Authenticator) -> Passkey | None:
        """None for what is no passkey, and where the person's key was destroyed."""
        if kept.kind is not AuthenticatorKind.PASSKEY:
            return None
        opened = await self.register.boxes.open(kept.person, kept.material, PASSKEY)
        return None if opened is None else parse_passkey(opened, kept)

    async def open_usable(self, held: Iterable[Authenticator]) -> list[Passkey]:
        """Those among them that can be shown at today's address."""
        opened = [await self.open(each) for each in held]
        return [each for each in opened if each and each.rp_id == self.party.id]

    async def seal(self, person: PrincipalId, passkey: Passkey) -> bytes:
        """As its row keeps it."""
        return await self.register.boxes.seal(person, encode_passkey(passkey), PASSKEY)

    async def make(self, person: PrincipalId, new: VerifiedPasskey, label: str) -> Authenticator:
        """One that was just made, not yet kept."""
        kept = self.register.new_authenticator(
            person,
            AuthenticatorKind.PASSKEY,
            b"",
            lookup=lookup_of(new.credential_id),
            counter=new.sign_count,
        )
        passkey = Passkey(
            id=kept.id,
            credential_id=new.credential_id,
            public_key=new.public_key,
            sign_count=new.sign_count,
            rp_id=self.party.id,
            backup_eligible=new.backup_eligible,
            backed_up=new.backed_up,
            transports=new.transports,
            aaguid=new.aaguid,
            label=label,
            created_at=kept.created_at,
        )
        return replace(kept, material=await self.seal(person, passkey))

    async def seal_change(self, shown: Shown, *, backed_up: bool) -> bytes | None:
        """The row's new material; None where nothing changed (§7.2 step 25)."""
        if backed_up == shown.passkey.backed_up:
            return None
        return await self.seal(shown.owner.id, replace(shown.passkey, backed_up=backed_up))

    async def note_use(
        self, connection: AsyncConnection, shown: Shown, used: Authenticator, material: bytes | None
    ) -> bool:
        """Keep what a use changed, `used` being the row as it is then.

        False where a counter that must grow did not, because another use was faster. A key
        that is on several devices counts on each of them: of that nothing is asked."""
        store, tenant = self.register.authenticators, shown.owner.tenant
        at, grows = used.last_used_at, used.counter > shown.kept.counter
        assert at is not None
        counter = used.counter if grows else None
        noted = await store.use(connection, tenant, used.id, at=at, counter=counter)
        if not noted and shown.passkey.backup_eligible:
            noted = await store.use(connection, tenant, used.id, at=at)
        if noted and material is not None:
            await store.replace_material(connection, tenant, used.id, material)
        return noted


def lookup_of(credential_id: bytes) -> bytes:
    """What a passkey is found under."""
    return sha256(credential_id).digest()


def proof_of(kept: Authenticator, new: VerifiedPasskey) -> Proof:
    """That it was made proves who has it."""
    return Proof(
        ProofKind.PASSKEY,
        kept.created_at,
        verified_user=new.user_verified,
        bound=not new.backup_eligible,
        with_=kept.id,
    )


def read_made(raw: str) -> RegistrationResponse:
    """What a browser made. Raises `PasskeyUnreadable`."""
    if len(raw) > MOST_RESPONSE:
        raise PasskeyUnreadable
    return parse_registration(raw.encode("utf-8", "replace"))
