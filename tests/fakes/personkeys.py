"""Keys of people without a vault."""

from hashlib import sha256

from curtilage.core.models import PrincipalId, TenantId
from curtilage.vault.errors import KeyDestroyed


class FixedPersonKeys:
    """The same key for the same person, until it is destroyed."""

    def __init__(self) -> None:
        self.destroyed: set[PrincipalId] = set()

    async def __call__(self, tenant: TenantId, person: PrincipalId) -> bytes:
        if person in self.destroyed:
            raise KeyDestroyed
        return sha256(f"{tenant}/{person}".encode()).digest()

    async def destroy(self, tenant: TenantId, person: PrincipalId) -> None:
        self.destroyed.add(person)
