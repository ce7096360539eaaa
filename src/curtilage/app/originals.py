"""What holds raw values for good, and how one of them is found: for reveals.

Values of people are in their profiles, values of tokens in stored maps, who called in sealed
parts of records. What workers keep to go on from a provider's replies is not here: it is found
by its caller's own key, session and purpose alone, and no page names those.
"""

from dataclasses import dataclass

from curtilage.app.errors import MapKeyMissing, NotOpened
from curtilage.app.foundation import ACCOUNT, OPERATOR, Foundation
from curtilage.app.maps import TextMap, read_id, read_map
from curtilage.app.opening import SealedParts
from curtilage.app.texts import UNDECLARED, find_map
from curtilage.consent.rules import is_withheld
from curtilage.core.entropy import Entropy
from curtilage.core.models import PrincipalId, Scope, Sealed, SubjectId, TenantId
from curtilage.core.words import say
from curtilage.detect.catalogue import load_catalogue
from curtilage.identity.people.models import Person
from curtilage.identity.people.service.register import PROFILE
from curtilage.identity.people.wire import parse_profile
from curtilage.identity.reveal.errors import UnknownValue, ValueErased, ValueWithheld
from curtilage.identity.reveal.models import Found, Opened, Target, ValueKind
from curtilage.ledger.errors import RecordNotFound
from curtilage.shield.held import HeldValue
from curtilage.vault.errors import KeyDestroyed
from curtilage.vault.seal import EVENT_PARTS, EventSealer, derive
from curtilage.vault.service import Vault


@dataclass(frozen=True, slots=True)
class StoredOriginals:
    """Implements `identity.reveal.ports.Originals` over one installation."""

    foundation: Foundation
    parts: SealedParts

    async def find(self, target: Target) -> Found:
        if target.kind is ValueKind.ADDRESS:
            person, _ = await self._find_address(target)
            subject = await self._name(person.id)
            return Found(subject, person.id)
        if target.kind is ValueKind.TOKEN:
            await self._find_token(target)
            return Found()
        record = self.parts.reader.find(target.reference)
        if record is None or record.event.sealed is None:
            raise UnknownValue
        try:
            await self._open_record(target)
        except ValueErased:  # or the key is of a person who was not named: the same from here
            raise UnknownValue from None
        return Found(record.event.subject)

    async def open(self, target: Target) -> Opened:
        if target.kind is ValueKind.ADDRESS:
            _, address = await self._find_address(target)
            return Opened(((say("Address"), address),))
        if target.kind is ValueKind.TOKEN:
            return Opened(((say("Value"), (await self._find_token(target)).value),))
        return await self._open_record(target)

    async def _find_address(self, target: Target) -> tuple[Person, str]:
        """Confirmed or not. Nothing is told apart by who has one: there is none, or erased."""
        register, id = self.foundation.identity.people.register, PrincipalId(target.reference)
        async with self.foundation.database.read() as connection:
            person = await register.people.find(connection, self.foundation.tenant, id)
        if person is None:
            raise UnknownValue
        opened = await register.boxes.open(person.id, person.profile, PROFILE)
        if opened is None:
            raise ValueErased
        address = parse_profile(opened).address
        if not address:
            raise UnknownValue
        return person, address

    async def _find_token(self, target: Target) -> HeldValue:
        """Exactly this token in the map of exactly this scope."""
        map = await self._read_map(target.within)
        value = map.held.find(target.reference)
        if value is None:
            raise UnknownValue
        kind = load_catalogue().kinds.get(value.type)
        category = UNDECLARED if kind is None else kind.category
        if is_withheld(self.foundation.in_force(), f"{category}:{value.type}"):
            raise ValueWithheld
        return value

    async def _read_map(self, within: str) -> TextMap:
        foundation = self.foundation
        path, id = await find_map(foundation, within)
        if read_id(path) != id:
            raise UnknownValue
        scope = TextMap(id).scope(foundation.tenant, OPERATOR)
        try:
            if not await foundation.vault.has_scope(scope):
                raise ValueErased
            return read_map(path, await foundation.vault.load_scope(scope))
        except (KeyDestroyed, MapKeyMissing):
            raise ValueErased from None

    async def _open_record(self, target: Target) -> Opened:
        try:
            _, part = await self.parts.read(target.reference, subject=target.within)
        except RecordNotFound:
            raise UnknownValue from None
        except NotOpened:
            raise ValueErased from None
        return Opened(tuple(part.items()))

    async def _name(self, person: PrincipalId) -> str:
        """What Events call whom they are about. Raises `ValueErased`."""
        try:
            return await self.foundation.vault.subject_pseudonym(
                self.foundation.tenant, SubjectId(person)
            )
        except KeyDestroyed:
            raise ValueErased from None


@dataclass(frozen=True, slots=True)
class PersonRecordSealer:
    """Seals a part of an Event under the key of a person, so that it dies with that."""

    vault: Vault
    entropy: Entropy
    tenant: TenantId

    async def __call__(self, person: PrincipalId, plain: bytes, event: str) -> Sealed:
        scope = Scope(self.tenant, person, None, "collection", ACCOUNT)
        loaded = await self.vault.load_scope(scope)
        key = derive(loaded.current[1], EVENT_PARTS)
        return EventSealer(key, key_id=loaded.key_id, entropy=self.entropy).seal(plain, event)
