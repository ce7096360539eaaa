"""What the pages of people need, and the ports that give it to them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from curtilage.core.page import NewSession
from curtilage.identity.people.models import Assurance, AuthenticatorKind, ProofKind


@dataclass(frozen=True, slots=True)
class Arrival:
    """From where somebody signs in: the address, what the browser calls itself, and the
    secret of the session that it had until now."""

    address: str = ""
    agent: str = ""
    previous: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A session that needs one more proof, and which ones its owner could give."""

    ways: frozenset[AuthenticatorKind]


@dataclass(frozen=True, slots=True)
class HeldItem:
    """Something that somebody proves themselves with, as they see it."""

    id: str
    kind: AuthenticatorKind
    created_at: datetime
    last_used_at: datetime | None = None
    label: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class ListedSession:
    """A session as its owner sees it."""

    id: str
    device: str
    started_at: datetime
    seen_at: datetime
    assurance: Assurance
    is_this: bool


@dataclass(frozen=True, slots=True)
class Overview:
    """How somebody signs in, and where they are signed in."""

    held: Sequence[HeldItem]
    codes_left: int
    sessions: Sequence[ListedSession]


@dataclass(frozen=True, slots=True)
class TotpOffer:
    """What an authenticator app is set up with, shown to its owner alone."""

    ceremony: str = field(repr=False)
    secret: str = field(repr=False)
    address: str = field(repr=False)


class SignInDesk(Protocol):
    """Signs people in and out, and enrols the first by the set-up link."""

    async def is_enrolled(self) -> bool:
        """Whether there is somebody who could sign in."""

    async def look_at_link(self, link: str) -> None:
        """Raises AuthenticationError for a link that is unknown, used or expired."""

    async def enrol(self, *, link: str, name: str, passphrase: str, arrival: Arrival) -> NewSession:
        """Raises as `look_at_link`; InputError for a name or a passphrase that will not do."""

    async def sign_in(self, *, name: str, passphrase: str, arrival: Arrival) -> NewSession:
        """Raises AuthenticationError, or LimitError after too many tries."""

    async def find_waiting(self, session: str) -> Waiting | None:
        """What the session still needs; None where it is signed in, over, or unknown."""

    async def list_ways(self, session: str) -> Waiting | None:
        """By what its owner could prove themselves once more; None where it is over."""

    async def prove(self, session: str, kind: ProofKind, value: str, *, address: str) -> NewSession:
        """Bring the session further. Raises AuthenticationError or LimitError."""

    async def sign_out(self, session: str) -> None:
        """End the session; unknown ones are no error."""


class AccountDesk(Protocol):
    """Shows people their own account and changes it. `session` is the secret in the cookie.

    What changes how somebody signs in raises `ProveAgain` where that must come first."""

    async def overview(self, session: str) -> Overview: ...

    async def change_passphrase(self, session: str, passphrase: str) -> int:
        """Gives how many other sessions ended. Raises `WeakPassphrase`."""

    async def offer_totp(self, session: str) -> TotpOffer: ...

    async def look_at_totp(self, session: str, ceremony: str) -> TotpOffer:
        """Raises `CeremonyOver`."""

    async def add_totp(self, session: str, ceremony: str, code: str) -> NewSession:
        """The session goes on under a new secret. Raises `CeremonyOver` or `CodeRefused`."""

    async def renew_recovery_codes(self, session: str) -> Sequence[str]: ...

    async def remove(self, session: str, id: str) -> None:
        """Raises `UnknownAuthenticator` or `LastWayIn`."""

    async def end_session(self, session: str, id: str) -> bool:
        """False where there is none of theirs with this id."""

    async def end_other_sessions(self, session: str) -> int: ...
