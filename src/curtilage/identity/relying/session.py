"""What a request of an app knows of who sent it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from curtilage.identity.relying.errors import SessionOver
from curtilage.identity.relying.models import Standing

GiveToken = Callable[[], Awaitable[str]]


async def give_none() -> str:
    """For requests that came with a token: to pass that on would be to act as its sender.

    Raises `SessionOver`."""
    raise SessionOver("A token that was sent to this app is not for another; use an exchange.")


@dataclass(frozen=True, slots=True)
class Session:
    """Who is signed in. `id` is the issuer's name for them, the same for ever.

    `acr` and `amr` say how surely and by what, at `authenticated_at` (UTC, None where the
    issuer did not say). `client` is the app that an access token was given to."""

    standing: Standing
    name: str = field(default="", repr=False)
    client: str = ""
    give_token: GiveToken = field(default=give_none, repr=False, compare=False)

    @property
    def id(self) -> str:
        return self.standing.subject

    @property
    def acr(self) -> str:
        return self.standing.acr

    @property
    def amr(self) -> tuple[str, ...]:
        return self.standing.amr

    @property
    def authenticated_at(self) -> datetime | None:
        return self.standing.authenticated_at

    @property
    def scopes(self) -> frozenset[str]:
        return self.standing.scopes

    @property
    def purposes(self) -> frozenset[str]:
        return self.standing.purposes

    async def token(self) -> str:
        """An access token good for at least half a minute, to call the gateway with.

        Raises `SessionOver` where the issuer gives none any more: sign in again."""
        return await self.give_token()
