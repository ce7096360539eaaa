"""Tells people by mail that how they sign in was changed: the one who reads it may not be
the one who did it (ASVS 6.3.7).

It goes to the confirmed address that is kept, and whether there is one is looked up later.
"""

from collections.abc import Callable
from dataclasses import dataclass

from curtilage.core.models import PrincipalId, TenantId
from curtilage.identity.mail import Message
from curtilage.identity.people.mails import write_change
from curtilage.identity.people.models import AuthenticatorKind
from curtilage.identity.people.postman import Postman
from curtilage.identity.people.service.register import Register


@dataclass(frozen=True, slots=True)
class ChangeNotices:
    """`address_of` makes the address of a path; `service` is what messages call this one."""

    register: Register
    postman: Postman
    address_of: Callable[[str], str]
    service: str

    def tell(
        self, tenant: TenantId, person: PrincipalId, act: str, kind: AuthenticatorKind
    ) -> None:
        """Post word of an act: `added`, `changed`, `removed` or `used`."""

        async def write() -> Message | None:
            return await self._write(tenant, person, act, kind)

        self.postman.post_later(write)

    async def _write(
        self, tenant: TenantId, id: PrincipalId, act: str, kind: AuthenticatorKind
    ) -> Message | None:
        to = await self.register.find_confirmed_address(tenant, id)
        if not to:
            return None
        link = self.address_of("/recover")
        return write_change(to, service=self.service, act=act, kind=kind, link=link)
