"""What the pages of signing in need, and the port that gives it to them."""

from dataclasses import dataclass, field
from typing import Protocol

from curtilage.core.page import NewSession


@dataclass(frozen=True, slots=True)
class Arrival:
    """From where somebody signs in: the address, what the browser calls itself, and the
    secret of the session that it had until now."""

    address: str = ""
    agent: str = ""
    previous: str = field(default="", repr=False)


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

    async def sign_out(self, session: str) -> None:
        """End the session; unknown ones are no error."""
