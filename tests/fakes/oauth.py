"""What the authorization server stands on, without people, vault or network."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.errors import PeerError, TamperError
from curtilage.core.models import Principal, PrincipalId, PrincipalKind
from curtilage.identity.oauth.models.requests import Authentication, PersonClaims
from curtilage.identity.wire.jwk import KeySet
from curtilage.web.ports import SignedIn
from tests.builders import TENANT

ADA = PrincipalId("person-ada")
BEN = PrincipalId("person-ben")
CLAIMS = PersonClaims(
    name="Ada Quill",
    preferred_username="ada",
    email="ada@orchard.example",
    email_verified=True,
    locale="en",
)


@dataclass
class FakePeople:
    """People with sessions by the secret of their cookie; some are disabled."""

    sessions: dict[str, Authentication] = field(default_factory=dict)
    disabled: set[PrincipalId] = field(default_factory=set)
    gone_meanwhile: set[PrincipalId] = field(default_factory=set)
    ended: set[str] = field(default_factory=set)
    claims: PersonClaims = CLAIMS
    rights: frozenset[str] = frozenset({"restore"})
    ends: Callable[[Authentication], Awaitable[None]] | None = None

    def sign_in(
        self, secret: str, at: datetime, *, person: PrincipalId = ADA, assurance: int = 1
    ) -> Authentication:
        """A session from now on, under this secret."""
        made = Authentication(
            person=person,
            session=f"session-of-{secret}",
            at=at,
            assurance=assurance,
            acr=f"aal{assurance}",
            amr=("pwd",) if assurance == 1 else ("pwd", "otp"),
        )
        self.sessions[secret] = made
        return made

    async def find(self, session_secret: str) -> Authentication | None:
        return self.sessions.get(session_secret)

    async def end(self, session_secret: str) -> None:
        ended = self.sessions.pop(session_secret, None)
        if ended is None:
            return
        self.ended.add(ended.session)
        if self.ends is not None:
            await self.ends(ended)

    async def load_claims(self, person: PrincipalId) -> PersonClaims:
        return self.claims if person == ADA else replace(CLAIMS, name="Ben Harrow", email="")

    async def is_active(self, person: PrincipalId) -> bool:
        return person not in self.disabled

    async def hold_active(self, connection: AsyncConnection, person: PrincipalId) -> bool:
        return person not in self.disabled | self.gone_meanwhile

    async def hold_session(
        self, connection: AsyncConnection, person: PrincipalId, session: str
    ) -> bool:
        return session not in self.ended

    async def list_rights(self, person: PrincipalId) -> frozenset[str]:
        return frozenset() if person in self.disabled else self.rights

    async def read(self, secret: str) -> SignedIn | None:
        """What the shell asks about cookies."""
        found = self.sessions.get(secret)
        if found is None:
            return None
        return SignedIn(Principal(TENANT, found.person, PrincipalKind.PERSON), "Ada")

    async def keep_language(self, signed_in: SignedIn, language: str) -> None: ...


class FakeSealer:
    """Turns bytes around and writes the context before them."""

    async def seal(self, plain: bytes, context: str) -> bytes:
        return context.encode() + b"\0" + plain[::-1]

    async def open(self, sealed: bytes, context: str) -> bytes:
        claimed, _, turned = sealed.partition(b"\0")
        if claimed.decode() != context:
            raise TamperError
        return turned[::-1]


@dataclass
class FakeNotifier:
    """Keeps what was sent; some addresses are dead, others answer with a status."""

    sent: list[tuple[str, bytes]] = field(default_factory=list)
    dead: set[str] = field(default_factory=set)
    status: dict[str, int] = field(default_factory=dict)

    async def post(self, url: str, body: bytes) -> int:
        if url in self.dead:
            raise PeerError
        self.sent.append((url, body))
        return self.status.get(url, 200)


@dataclass
class FakeClientKeys:
    """Key sets by their address."""

    sets: dict[str, KeySet] = field(default_factory=dict)

    async def load(self, uri: str) -> KeySet:
        if uri not in self.sets:
            raise PeerError
        return self.sets[uri]
