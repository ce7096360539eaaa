"""What the shell needs from outside: who is behind a session cookie."""

from dataclasses import dataclass
from typing import Protocol

from curtilage.core.models import Principal


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A person with a live session, and the name that the page greets them by."""

    principal: Principal
    name: str


class SessionReader(Protocol):
    """Turns the secret of a session cookie into who it is."""

    async def read(self, secret: str) -> SignedIn | None:
        """None for a session that is unknown, ended or expired: they look the same."""

    async def keep_language(self, signed_in: SignedIn, language: str) -> None:
        """Remember the language that somebody chose, so that they are written to in it."""
