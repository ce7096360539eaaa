"""Somebody's own account behind the pages, kept in lists."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from curtilage.core.page import NewSession
from curtilage.identity.errors import CeremonyOver, LastWayIn, ProveAgain
from curtilage.identity.passphrases import LEAST
from curtilage.identity.people.errors import TooManyPasskeys, UnknownAuthenticator
from curtilage.identity.people.models import Assurance, AuthenticatorKind
from curtilage.identity.people.views import (
    HeldItem,
    ListedSession,
    Overview,
    PasskeyOffer,
    TotpOffer,
)
from curtilage.identity.wire.errors import (
    CodeReason,
    CodeRefused,
    PasskeyReason,
    UnacceptablePasskey,
)
from tests.fakes.clock import START
from tests.fakes.desk import ANSWER, CODE

OFFER = TotpOffer("ceremony-1", "JBSW Y3DP EHPK 3PXP", "otpauth://totp/orchard:ada?secret=JBSWY3DP")
MAKE = PasskeyOffer(
    "ceremony-2",
    '{"challenge":"Y2hhbGxlbmdlLW9mLW9uZQ","rp":{"id":"localhost","name":"orchard"},'
    '"user":{"id":"aGFuZGxl","name":"ada","displayName":"ada"},"pubKeyCredParams":[],'
    '"excludeCredentials":[]}',
)
MOST = 6
ACCEPTED = '{"rpId":"localhost","userId":"aGFuZGxl","allAcceptedCredentialIds":[]}'


def a_passkey(n: int, label: str, *, synced: bool = True, works_here: bool = True) -> HeldItem:
    kind = AuthenticatorKind.PASSKEY
    return HeldItem(f"way-{n}", kind, START, None, label, synced, works_here)


def some_passkeys() -> list[HeldItem]:
    """One that is synced, one on a stick, and one of an address before."""
    return [
        a_passkey(2, "Safari on iPhone"),
        a_passkey(3, "Security key", synced=False),
        a_passkey(4, "Chrome on Windows", works_here=False),
    ]


def some_sessions(count: int = 3) -> list[ListedSession]:
    devices = ("Firefox on Linux", "Safari on iPhone", "")
    return [
        ListedSession(
            f"session-{n}", devices[n % 3], START - timedelta(hours=n), START, Assurance.ONE, n == 0
        )
        for n in range(count)
    ]


@dataclass
class FakeAccount:
    """One passphrase to begin with. `stale` makes every change ask for a proof first."""

    stale: bool = False
    codes: int = 0
    held: list[HeldItem] = field(
        default_factory=lambda: [HeldItem("way-1", AuthenticatorKind.PASSPHRASE, START, START)]
    )
    sessions: list[ListedSession] = field(default_factory=some_sessions)

    async def overview(self, session: str) -> Overview:
        return Overview(self.held, self.codes, self.sessions, passkeys=True, accepted=ACCEPTED)

    async def change_passphrase(self, session: str, passphrase: str) -> int:
        self._require_fresh()
        return await self.end_other_sessions(session)

    async def shortest(self, session: str) -> int:
        return LEAST

    async def offer_totp(self, session: str) -> TotpOffer:
        self._require_fresh()
        return OFFER

    async def look_at_totp(self, session: str, ceremony: str) -> TotpOffer:
        if ceremony != OFFER.ceremony:
            raise CeremonyOver
        return OFFER

    async def add_totp(self, session: str, ceremony: str, code: str) -> NewSession:
        self._require_fresh()
        await self.look_at_totp(session, ceremony)
        if code != CODE:
            raise CodeRefused(CodeReason.WRONG)
        self.held.append(HeldItem(f"way-{len(self.held) + 1}", AuthenticatorKind.TOTP, START))
        return NewSession(session, START + timedelta(days=36500))

    async def offer_passkey(self, session: str) -> PasskeyOffer:
        self._require_fresh()
        if len(self.held) > MOST:
            raise TooManyPasskeys
        return MAKE

    async def add_passkey(
        self, session: str, ceremony: str, answer: str, *, agent: str
    ) -> NewSession:
        self._require_fresh()
        if ceremony != MAKE.ceremony:
            raise CeremonyOver
        if answer != ANSWER:
            raise UnacceptablePasskey(PasskeyReason.CHALLENGE)
        self.held.append(a_passkey(len(self.held) + 1, "Firefox on Linux"))
        return NewSession(session, START + timedelta(days=36500))

    async def rename_passkey(self, session: str, id: str, label: str) -> None:
        if id not in {each.id for each in self.held}:
            raise UnknownAuthenticator
        self.held = [replace(each, label=label) if each.id == id else each for each in self.held]

    async def renew_recovery_codes(self, session: str) -> Sequence[str]:
        self._require_fresh()
        self.codes = 10
        return [f"AAAA-BBBB-CCCC-DDDD-EEEE-000{n}" for n in range(10)]

    async def remove(self, session: str, id: str) -> None:
        self._require_fresh()
        if len(self.held) == 1:
            raise LastWayIn
        self.held = [each for each in self.held if each.id != id]

    async def leave(self, session: str) -> None:
        self._require_fresh()

    async def end_session(self, session: str, id: str) -> bool:
        before = len(self.sessions)
        self.sessions = [each for each in self.sessions if each.id != id]
        return len(self.sessions) < before

    async def end_other_sessions(self, session: str) -> int:
        ended = len(self.sessions) - 1
        self.sessions = [replace(each) for each in self.sessions if each.is_this]
        return ended

    def _require_fresh(self) -> None:
        if self.stale:
            raise ProveAgain
