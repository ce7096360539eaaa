"""Signs in by a message to a mailbox: a link, or a code for the browser that asked.

Looking at the link changes nothing, however often a scanner does; a button on its page does.
Only the browser that asked gets a session: in another one the page shows the code to type
there. A mailbox is no authenticator, so whoever has set one up is asked for it as well.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from curtilage.core.clock import Clock
from curtilage.core.db.engine import Database
from curtilage.core.entropy import Entropy
from curtilage.core.models import PrincipalId, TenantId
from curtilage.core.page import NewSession
from curtilage.identity.errors import CeremonyOver, UnacceptableAddress
from curtilage.identity.mail import Message
from curtilage.identity.people.errors import MailSignInOff, SignInRefused
from curtilage.identity.people.mails import write_sign_in
from curtilage.identity.people.models import (
    Ceremony,
    CeremonyKind,
    HandleKind,
    Person,
    Proof,
    ProofKind,
)
from curtilage.identity.people.postman import ENGLISH, Postman
from curtilage.identity.people.rules import parse_address
from curtilage.identity.people.service.attempts import AttemptCounter
from curtilage.identity.people.service.ceremonies import CeremonyBook
from curtilage.identity.people.service.register import Register
from curtilage.identity.people.service.sessions import SessionService
from curtilage.identity.people.views import Arrival, MailLink
from curtilage.identity.wire.errors import CodeRefused
from curtilage.identity.wire.one_time_codes import mint_one_time_code, verify_one_time_code

WITHIN = timedelta(minutes=10)
KIND = CeremonyKind.MAIL_SIGN_IN
USE = "mail"  # what asking counts under
NOBODY = PrincipalId("")


@dataclass(frozen=True, slots=True)
class MailSignIn:
    """`address_of` makes the address of a path; `service` is what messages call this one."""

    database: Database
    register: Register
    sessions: SessionService
    ceremonies: CeremonyBook
    attempts: AttemptCounter
    postman: Postman
    address_of: Callable[[str], str]
    service: str
    is_on: bool
    clock: Clock
    entropy: Entropy

    async def ask(
        self, tenant: TenantId, address: str, *, browser: str, peer: str, language: str = ENGLISH
    ) -> None:
        """Send a message where the address is confirmed and its owner may sign in.

        The same work and no word of which. Raises `MailSignInOff` or `TooManyAttempts`."""
        if not self.is_on:
            raise MailSignInOff
        to = address_or_nothing(address)
        counters = self.attempts.counters(tenant, to, peer, USE)
        await self.attempts.count(tenant, counters)
        person = await self._find_owner(tenant, to)
        key = self.entropy.token_bytes(32)
        code = mint_one_time_code(self.entropy, key=key)
        secret = await self.ceremonies.begin(
            tenant,
            KIND,
            within=WITHIN,
            person=person.id if person else None,
            browser=hash_browser(browser),
            carried={
                "key": key.hex(),
                "code": code.text,
                "digest": code.digest.hex(),
                "counted": " ".join(each.hex() for each in counters),
            },
        )

        async def write() -> Message | None:
            return None if person is None else await self._write(person, secret, code.text)

        self.postman.post_later(write, language)

    async def look(self, tenant: TenantId, secret: str, *, browser: str) -> MailLink:
        """What the page of a link shows. Changes nothing. Raises `CeremonyOver`."""
        found = await self._find(tenant, secret)
        person = await self._get_person(found)
        name = (await self.register.open_profile(person)).name
        if not _is_same(found, browser):
            return MailLink(name, code=self.ceremonies.open(found)["code"])
        return MailLink(name)

    async def finish(self, tenant: TenantId, secret: str, arrival: Arrival) -> NewSession:
        """Sign in by the link, in the browser that asked. Raises `CeremonyOver`."""
        found = await self._find(tenant, secret)
        if not _is_same(found, arrival.browser):
            raise CeremonyOver
        return await self._begin(found, arrival)

    async def finish_by_code(self, tenant: TenantId, typed: str, arrival: Arrival) -> NewSession:
        """Sign in by the code. Raises `SignInRefused`, or `CeremonyOver` after a few tries."""
        self._require_on()
        found = await self.ceremonies.find_of_browser(tenant, KIND, hash_browser(arrival.browser))
        await self.ceremonies.count_try(found)
        carried = self.ceremonies.open(found)
        try:
            verify_one_time_code(
                typed, key=bytes.fromhex(carried["key"]), kept=bytes.fromhex(carried["digest"])
            )
        except CodeRefused:
            raise SignInRefused from None
        if found.person is None:
            raise SignInRefused
        return await self._begin(found, arrival)

    async def _find(self, tenant: TenantId, secret: str) -> Ceremony:
        self._require_on()
        return await self.ceremonies.find(tenant, KIND, secret)

    def _require_on(self) -> None:
        """What was sent before it was turned off ends with that. Raises `CeremonyOver`."""
        if not self.is_on:
            raise CeremonyOver

    async def _begin(self, found: Ceremony, arrival: Arrival) -> NewSession:
        person = await self._get_person(found)
        proof = Proof(ProofKind.MAILBOX, self.clock.now())
        opening = await self.sessions.prepare(person, proof, arrival)
        counted = self.ceremonies.open(found)["counted"].split()  # from where it was asked for
        counters = [bytes.fromhex(each) for each in counted]
        async with self.database.begin() as connection:
            held = await self.sessions.hold_opening(connection, opening)
            await self.ceremonies.end(connection, found)
            known = await self.attempts.forgive(connection, person.tenant, counters)
            return await self.sessions.begin(connection, held, opening, is_new_device=not known)

    async def _write(self, person: Person, secret: str, code: str) -> Message | None:
        """To the address that is kept, whatever was typed."""
        to = await self.register.find_confirmed_address(person.tenant, person.id)
        link = self.address_of(f"/login/mail/{secret}")
        return write_sign_in(to, service=self.service, link=link, code=code) if to else None

    async def _find_owner(self, tenant: TenantId, address: str) -> Person | None:
        found = await self.register.find(tenant, address)
        if found is None or found[1].kind is not HandleKind.ADDRESS:
            return None
        return found[0] if found[0].disabled_at is None else None

    async def _get_person(self, found: Ceremony) -> Person:
        """Raises `CeremonyOver` for somebody who may not sign in any more."""
        async with self.database.read() as connection:
            person = await self.register.people.find(
                connection, found.tenant, found.person or NOBODY
            )
        if person is None or person.disabled_at is not None:
            raise CeremonyOver
        return person


def hash_browser(browser: str) -> bytes:
    """What a browser is remembered by; of none, what none has."""
    return sha256(browser.encode()).digest() if browser else b""


def _is_same(found: Ceremony, browser: str) -> bool:
    return bool(browser) and hmac.compare_digest(found.browser, hash_browser(browser))


def address_or_nothing(address: str) -> str:
    """The address; what cannot be any is treated as one that nobody has."""
    try:
        return parse_address(address)
    except UnacceptableAddress:
        return ""
