"""Who signs in at the pages: one administrator, who holds every right."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from curtilage.core.errors import AuthenticationError, LimitError
from curtilage.core.models import Principal, PrincipalId, PrincipalKind
from curtilage.core.page import NewSession
from curtilage.identity.people.models import Assurance, AuthenticatorKind, ProofKind
from curtilage.identity.people.views import Arrival, JoinOffer, Made, PasskeyOffer, Waiting
from curtilage.identity.wire.errors import PasskeyReason, PasskeyRefused
from curtilage.web.ports import SignedIn
from tests.builders import TENANT
from tests.fakes.clock import START

NAME = "ada"
PASSPHRASE = "lantern orchard velvet comet"
CODE = "123456"
WAYS = frozenset(AuthenticatorKind)
ASKED = '{"challenge":"Y2hhbGxlbmdlLW9mLW9uZQ","rpId":"localhost","allowCredentials":[]}'
ANSWER = '{"what":"a passkey answered"}'
MAKE_FIRST = (
    '{"challenge":"Y2hhbGxlbmdlLW9mLW9uZQ","rp":{"id":"localhost","name":"orchard"},'
    '"user":{"id":"aGFuZGxl","name":"ada","displayName":"ada"},"pubKeyCredParams":[],'
    '"excludeCredentials":[]}'
)
LINK = "one-use-link-of-the-first-start"
RIGHTS = frozenset(
    {
        "requests:read", "texts:try", "ledger:read", "ledger:verify", "apikeys:manage",
        "policy:read", "policy:propose", "policy:approve", "corrections:manage",
        "usage:read", "settings:read", "account:manage", "people:manage",
        "sessions:manage", "clients:manage",
        "reveals:ask", "reveals:approve", "reveals:read",
    }
)  # fmt: skip


def an_administrator() -> Principal:
    """Somebody with every right that a page asks for."""
    return Principal(
        TENANT, PrincipalId("person-admin"), PrincipalKind.PERSON, rights=RIGHTS, assurance=1
    )


@dataclass
class FakeDesk:
    """One administrator, one link, one passphrase, sessions in a dictionary."""

    enrolled: bool = True
    tries: int = 0
    live: dict[str, datetime] = field(default_factory=dict)
    languages: list[tuple[str, str]] = field(default_factory=list)
    begun: int = 0
    asks_more: bool = False  # of whoever signs in
    waiting: dict[str, Waiting] = field(default_factory=dict)
    asked: str = ASKED  # of passkeys; "" where the address has none

    async def is_enrolled(self) -> bool:
        return self.enrolled

    async def look_at_link(self, link: str) -> JoinOffer:
        if self.enrolled or link != LINK:
            raise AuthenticationError
        return JoinOffer(passkeys=bool(self.asked))

    async def offer_first_passkey(self, link: str, *, name: str, browser: str) -> PasskeyOffer:
        await self.look_at_link(link)
        return PasskeyOffer("person-1", MAKE_FIRST)

    async def enrol_by_passkey(
        self, link: str, *, name: str, made: Made, arrival: Arrival
    ) -> NewSession:
        await self.look_at_link(link)
        if made.answer != ANSWER:
            raise PasskeyRefused(PasskeyReason.CHALLENGE)
        self.enrolled = True
        return self._begin()

    async def enrol(self, *, link: str, name: str, passphrase: str, arrival: Arrival) -> NewSession:
        await self.look_at_link(link)
        self.enrolled = True
        return self._begin()

    async def sign_in(self, *, name: str, passphrase: str, arrival: Arrival) -> NewSession:
        self.tries += 1
        if self.tries > 5:
            raise LimitError(retry_after=30)
        if (name, passphrase) != (NAME, PASSPHRASE):
            raise AuthenticationError
        self.tries = 0
        if not self.asks_more:
            return self._begin()
        session = NewSession(f"waiting-{len(self.waiting):040d}", START + timedelta(days=36500))
        ways = WAYS - {AuthenticatorKind.PASSPHRASE}
        self.waiting[session.secret] = Waiting(ways, self.asked, NAME)
        return session

    def offer_passkey(self, browser: str) -> str:
        return self.asked

    async def sign_in_by_passkey(self, answer: str, arrival: Arrival) -> NewSession:
        self.tries += 1
        if self.tries > 5:
            raise LimitError(retry_after=30)
        if answer != ANSWER:
            raise AuthenticationError
        self.tries = 0
        return self._begin()

    async def find_waiting(self, session: str) -> Waiting | None:
        return self.waiting.get(session)

    async def list_ways(self, session: str, level: Assurance = Assurance.NONE) -> Waiting | None:
        return self.waiting.get(session) or (
            Waiting(WAYS, self.asked, NAME) if session in self.live else None
        )

    async def has_level(self, session: str, level: Assurance) -> bool:
        return session in self.live

    async def prove(self, session: str, kind: ProofKind, value: str, *, address: str) -> NewSession:
        self.tries += 1
        if self.tries > 5:
            raise LimitError(retry_after=30)
        if value not in (CODE, PASSPHRASE, ANSWER):
            raise AuthenticationError
        self.tries = 0
        self.waiting.pop(session, None)
        self.live.pop(session, None)
        return self._begin()

    async def sign_out(self, session: str) -> None:
        self.live.pop(session, None)

    async def read(self, secret: str) -> SignedIn | None:
        known = secret in self.live
        return SignedIn(an_administrator(), "Ada Quill") if known else None

    async def keep_language(self, signed_in: SignedIn, language: str) -> None:
        self.languages.append((signed_in.principal.id, language))

    def _begin(self) -> NewSession:
        self.begun += 1
        secret = f"session-{self.begun:040d}"
        # A browser's clock is the machine's: far enough ahead that no run outlives it.
        self.live[secret] = START + timedelta(days=36500)
        return NewSession(secret, self.live[secret])
