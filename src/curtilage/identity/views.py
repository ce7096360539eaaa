"""What the identity pages need, and the port that gives it to them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class BegunSession:
    """A session that just began. The secret goes into the cookie and nowhere else."""

    secret: str = field(repr=False)
    expires_at: datetime


class SignInDesk(Protocol):
    """Signs the administrator in and out, and enrols them by the set-up link."""

    async def is_enrolled(self) -> bool:
        """Whether there is an administrator who could sign in."""

    async def look_at_link(self, link: str) -> None:
        """Raises AuthenticationError for a link that is unknown, used or expired."""

    async def enrol(self, *, link: str, name: str, passphrase: str, peer: str) -> BegunSession:
        """Raises as `look_at_link`; InputError for a name or a passphrase that will not do."""

    async def sign_in(self, *, name: str, passphrase: str, peer: str) -> BegunSession:
        """Raises AuthenticationError, or LimitError after too many tries."""

    async def sign_out(self, session: str) -> None:
        """End the session; unknown ones are no error."""
