"""What is done by way of a mailbox, behind its pages: one link opens everything, once."""

from dataclasses import dataclass
from datetime import timedelta

from curtilage.core.page import NewSession
from curtilage.identity.errors import CeremonyOver
from curtilage.identity.people.errors import SignInRefused
from curtilage.identity.people.rules import parse_address
from curtilage.identity.people.views import (
    Arrival,
    JoinOffer,
    Made,
    MailLink,
    PasskeyOffer,
    Recovering,
)
from curtilage.identity.wire.errors import PasskeyReason, PasskeyRefused
from tests.fakes.clock import START
from tests.fakes.desk import ANSWER, MAKE_FIRST

LINK, CODE = "link-that-was-sent-by-mail", "1325 1172"
NAME = "Ada Quill"


@dataclass
class FakeMailbox:
    """`here` is whether the link was asked for in this browser."""

    sign_up: str = "open"
    mail_sign_in: bool = True
    here: bool = True

    async def ask_to_join(self, address: str, *, peer: str, language: str = "en") -> None:
        parse_address(address)

    async def look_at_invitation(self, link: str) -> JoinOffer:
        self._require(link)
        return JoinOffer(passkeys=True, mailbox=self.mail_sign_in)

    async def offer_first_passkey(self, link: str, *, name: str, browser: str) -> PasskeyOffer:
        self._require(link)
        return PasskeyOffer("person-1", MAKE_FIRST)

    async def join_by_passkey(
        self, link: str, *, name: str, made: Made, arrival: Arrival
    ) -> NewSession:
        self._require(link)
        if made.answer != ANSWER:
            raise PasskeyRefused(PasskeyReason.CHALLENGE)
        return _begin()

    async def join_by_mailbox(self, link: str, *, name: str, arrival: Arrival) -> NewSession:
        self._require(link)
        return _begin()

    async def join(self, link: str, *, name: str, passphrase: str, arrival: Arrival) -> NewSession:
        self._require(link)
        return _begin()

    async def ask_to_sign_in(
        self, address: str, *, browser: str, peer: str, language: str = "en"
    ) -> None:
        return None

    async def look_at_sign_in(self, link: str, *, browser: str) -> MailLink:
        self._require(link)
        return MailLink(NAME, "" if self.here else CODE)

    async def sign_in_by_link(self, link: str, arrival: Arrival) -> NewSession:
        self._require(link)
        return _begin()

    async def sign_in_by_code(self, code: str, arrival: Arrival) -> NewSession:
        if code != CODE:
            raise SignInRefused
        return _begin()

    async def ask_to_recover(self, name: str, *, peer: str, language: str = "en") -> None:
        return None

    async def look_at_recovery(self, link: str) -> Recovering:
        self._require(link)
        return Recovering(NAME)

    async def recover(self, link: str, passphrase: str) -> None:
        self._require(link)

    def _require(self, link: str) -> None:
        if link != LINK:
            raise CeremonyOver


def _begin() -> NewSession:
    return NewSession("session-by-mail", START + timedelta(days=36500))
