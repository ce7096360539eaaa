"""Seals what is kept of people: under each one's own key, or under the service's.

Whoever destroys a person's key makes all of it unreadable at once, in backups too. The box
says for whom and what for in its associated data, so that none can be put in another's place.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from curtilage.core.models import PrincipalId, TenantId
from curtilage.vault.errors import KeyDestroyed
from curtilage.vault.seal import encode_context, open_sealed, seal

PersonKey = Callable[[TenantId, PrincipalId], Awaitable[bytes]]
"""32 bytes under the person's key, the same every time. Raises `KeyDestroyed`."""

DestroyKey = Callable[[TenantId, PrincipalId], Awaitable[None]]
"""Destroys somebody's key, with all that it sealed; again changes nothing."""


@dataclass(frozen=True, slots=True)
class VaultBoxes:
    """Implements `ports.Boxes`. `own` is 32 bytes from the vault that never change."""

    tenant: TenantId
    person_key: PersonKey
    own: bytes = field(repr=False)

    async def seal(self, person: PrincipalId, plain: bytes, use: str) -> bytes:
        key = await self.person_key(self.tenant, person)
        return seal(key, plain, self._context(person, use))

    async def open(self, person: PrincipalId, sealed: bytes, use: str) -> bytes | None:
        try:
            key = await self.person_key(self.tenant, person)
        except KeyDestroyed:
            return None
        return open_sealed(key, sealed, self._context(person, use))

    def seal_own(self, plain: bytes, use: str) -> bytes:
        return seal(self.own, plain, self._context("", use))

    def open_own(self, sealed: bytes, use: str) -> bytes:
        return open_sealed(self.own, sealed, self._context("", use))

    def _context(self, person: str, use: str) -> bytes:
        return encode_context("identity.people", self.tenant, person, use)
