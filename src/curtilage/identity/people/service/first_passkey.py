"""A passkey for somebody who has no account yet: made as they join, with no passphrase.

Nothing is kept until the account is: the challenge says itself what it is for, and a keyed
hash binds it to the link, to the browser, and to the id that the account will have. That the
link makes one account makes it good once.
"""

from dataclasses import dataclass, field

import orjson

from curtilage.core.clock import Clock
from curtilage.core.entropy import Entropy
from curtilage.core.ids import Ids
from curtilage.core.models import PrincipalId, TenantId
from curtilage.identity.people.devices import name_passkey
from curtilage.identity.people.models import Authenticator, Proof
from curtilage.identity.people.passkey_challenge import (
    Holder,
    Use,
    mint_stateless_challenge,
    verify_stateless_challenge,
)
from curtilage.identity.people.service.passkey_shelf import PasskeyShelf, proof_of, read_made
from curtilage.identity.people.views import Made, PasskeyOffer
from curtilage.identity.wire.webauthn import verify_registration
from curtilage.identity.wire.webauthn_options import creation_options


@dataclass(frozen=True, slots=True)
class FirstWay:
    """What somebody joins with, not yet kept: the account's id, its passkey, and the proof."""

    person: PrincipalId
    kept: Authenticator
    proof: Proof


@dataclass(frozen=True, slots=True)
class FirstPasskey:
    """`key` is 32 bytes from the vault."""

    shelf: PasskeyShelf
    key: bytes = field(repr=False)
    clock: Clock
    ids: Ids
    entropy: Entropy

    def offer(
        self, tenant: TenantId, link: bytes, *, browser: str, name: str, account: str
    ) -> PasskeyOffer:
        """What to ask the browser for. `account` is what they will type to sign in."""
        person = PrincipalId(self.ids.new())
        holder = _holder(tenant, link, browser, person)
        options = creation_options(
            challenge=mint_stateless_challenge(
                self.key, holder, at=self.clock.now(), entropy=self.entropy
            ),
            rp_id=self.shelf.party.id,
            rp_name=self.shelf.party.name,
            user_handle=self.shelf.register.user_handle(tenant, person),
            user_name=account,
            display_name=name,
        )
        return PasskeyOffer(person, orjson.dumps(options).decode())

    async def verify(self, tenant: TenantId, link: bytes, made: Made) -> FirstWay:
        """The passkey that was made for this link in this browser.

        Raises `PasskeyRefused`, `PasskeyUnreadable` or `UnacceptablePasskey`."""
        person = PrincipalId(made.ceremony)
        response = read_made(made.answer)
        challenge = verify_stateless_challenge(
            self.key,
            _holder(tenant, link, made.browser, person),
            response.client.challenge,
            at=self.clock.now(),
        )
        new = verify_registration(
            response,
            expected_challenge=challenge.raw,
            expected_origins=self.shelf.party.origins,
            rp_id=self.shelf.party.id,
        )
        label = name_passkey(new.transports, made.agent)
        kept = await self.shelf.make(person, new, label)
        return FirstWay(person, kept, proof_of(kept, new))


def _holder(tenant: TenantId, link: bytes, browser: str, person: PrincipalId) -> Holder:
    """A browser that sent no cookie is none."""
    id = b"\0".join((link.hex().encode(), person.encode(), browser.encode())) if browser else b""
    return Holder(tenant, Use.JOIN, id)
