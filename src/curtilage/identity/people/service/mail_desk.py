"""What the pages work with that go by way of a mailbox, for the one tenant they serve."""

from dataclasses import dataclass

from curtilage.core.models import TenantId
from curtilage.core.page import NewSession
from curtilage.identity.people.models import Proof, ProofKind
from curtilage.identity.people.postman import ENGLISH
from curtilage.identity.people.service.joining import JoiningService
from curtilage.identity.people.service.mail_sign_in import MailSignIn
from curtilage.identity.people.service.recovery import RecoveryService
from curtilage.identity.people.service.sessions import SessionService
from curtilage.identity.people.views import (
    Arrival,
    JoinOffer,
    Made,
    MailLink,
    PasskeyOffer,
    Recovering,
)


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Implements `desk_ports.MailDesk`."""

    tenant: TenantId
    joining: JoiningService
    sign_ins: MailSignIn
    recovery: RecoveryService
    sessions: SessionService

    @property
    def sign_up(self) -> str:
        return self.joining.sign_up

    @property
    def mail_sign_in(self) -> bool:
        return self.sign_ins.is_on

    async def ask_to_join(self, address: str, *, peer: str, language: str = ENGLISH) -> None:
        await self.joining.ask(self.tenant, address, peer=peer, language=language)

    async def look_at_invitation(self, link: str) -> JoinOffer:
        return await self.joining.look(self.tenant, link)

    async def offer_first_passkey(self, link: str, *, name: str, browser: str) -> PasskeyOffer:
        return await self.joining.offer_passkey(self.tenant, link, name=name, browser=browser)

    async def join_by_passkey(
        self, link: str, *, name: str, made: Made, arrival: Arrival
    ) -> NewSession:
        person, proof = await self.joining.join_by_passkey(self.tenant, link, name=name, made=made)
        return await self.sessions.start(person, proof, arrival)

    async def join_by_mailbox(self, link: str, *, name: str, arrival: Arrival) -> NewSession:
        person = await self.joining.join_by_mailbox(self.tenant, link, name=name)
        proof = Proof(ProofKind.MAILBOX, self.sessions.clock.now())
        return await self.sessions.start(person, proof, arrival)

    async def join(self, link: str, *, name: str, passphrase: str, arrival: Arrival) -> NewSession:
        person = await self.joining.join(self.tenant, link, name=name, passphrase=passphrase)
        proof = Proof(ProofKind.PASSPHRASE, self.sessions.clock.now())
        return await self.sessions.start(person, proof, arrival)

    async def ask_to_sign_in(
        self, address: str, *, browser: str, peer: str, language: str = ENGLISH
    ) -> None:
        await self.sign_ins.ask(self.tenant, address, browser=browser, peer=peer, language=language)

    async def look_at_sign_in(self, link: str, *, browser: str) -> MailLink:
        return await self.sign_ins.look(self.tenant, link, browser=browser)

    async def sign_in_by_link(self, link: str, arrival: Arrival) -> NewSession:
        return await self.sign_ins.finish(self.tenant, link, arrival)

    async def sign_in_by_code(self, code: str, arrival: Arrival) -> NewSession:
        return await self.sign_ins.finish_by_code(self.tenant, code, arrival)

    async def ask_to_recover(self, name: str, *, peer: str, language: str = ENGLISH) -> None:
        await self.recovery.ask(self.tenant, name, peer=peer, language=language)

    async def look_at_recovery(self, link: str) -> Recovering:
        return await self.recovery.look(self.tenant, link)

    async def recover(self, link: str, passphrase: str) -> None:
        await self.recovery.finish(self.tenant, link, passphrase)
