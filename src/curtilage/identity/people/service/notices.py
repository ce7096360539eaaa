"""Tells people by mail that how they sign in was changed: the one who reads it may not be
the one who did it (ASVS 6.3.7).

It goes to the confirmed address that is kept, in the language that they chose or first came with.
Whether there is one, and which, is looked up later.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from curtilage.core.models import PrincipalId, TenantId
from curtilage.identity.mail import Message
from curtilage.identity.people.mails import write_change
from curtilage.identity.people.models import AuthenticatorKind
from curtilage.identity.people.postman import ENGLISH, Postman
from curtilage.identity.people.service.register import Register


class Notice(Protocol):
    """Writes a message to an address."""

    def __call__(self, to: str, *, service: str, link: str) -> Message: ...


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
        self.post(tenant, person, partial(write_change, act=act, kind=kind))

    def post(self, tenant: TenantId, person: PrincipalId, write: Notice) -> None:
        """Post what `write` says, with a link to where a new passphrase is asked for."""

        async def letter() -> Message | None:
            to = await self.register.find_addressee(tenant, person)
            if not to.address:
                return None
            link = self.address_of("/recover")
            message = write(to.address, service=self.service, link=link)
            return self.postman.say(message, to.language or ENGLISH)

        self.postman.post_later(letter)
