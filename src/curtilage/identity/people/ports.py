"""What the use cases of people need from outside."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.models import PrincipalId, TenantId
from curtilage.identity.people.travel import Place


class Boxes(Protocol):
    """Seals what is kept of a person under their key, so that it dies with that."""

    async def seal(self, person: PrincipalId, plain: bytes, use: str) -> bytes: ...

    async def open(self, person: PrincipalId, sealed: bytes, use: str) -> bytes | None:
        """None where the person's key was destroyed. Raises a TamperError."""

    def seal_own(self, plain: bytes, use: str) -> bytes:
        """Under a key of the service: of somebody who has no account yet."""

    def open_own(self, sealed: bytes, use: str) -> bytes:
        """Raises a TamperError."""


class Places(Protocol):
    """A table of where addresses are."""

    def find(self, address: str) -> Place | None:
        """None for what is not in the table, no address, or one of a private network."""


class Holder(Protocol):
    """A part of identity that holds what acts for people: keys, tokens, grants."""

    async def end_all(
        self, connection: AsyncConnection, tenant: TenantId, person: PrincipalId
    ) -> int:
        """End all that acts for this person, in the caller's transaction; gives how many."""

    async def judge_anew(
        self, connection: AsyncConnection, tenant: TenantId, person: PrincipalId
    ) -> None:
        """Let nothing that acts for this person do more than they may now, from now on."""


class SessionEnds(Protocol):
    """A part of identity that has something of people's sessions.

    It is told in the transaction that ends them, whatever ends them."""

    async def end(
        self, connection: AsyncConnection, tenant: TenantId, person: PrincipalId, session: str
    ) -> None:
        """This one ended."""

    async def end_all(
        self, connection: AsyncConnection, tenant: TenantId, person: PrincipalId
    ) -> None:
        """All of them ended."""

    async def list_used(
        self,
        connection: AsyncConnection,
        tenant: TenantId,
        sessions: Sequence[str],
        since: datetime,
    ) -> frozenset[str]:
        """Those of these sessions of which it has something that was used since then."""


class Eraser(Protocol):
    """A part of identity that keeps rows of people."""

    async def erase(
        self, connection: AsyncConnection, tenant: TenantId, person: PrincipalId
    ) -> int:
        """Delete them in the caller's transaction; gives how many."""


class OtherNames(Protocol):
    """Knows by what other ids somebody acts: apps may call people by names of their own."""

    async def list_names(
        self, connection: AsyncConnection, tenant: TenantId, person: PrincipalId
    ) -> Sequence[PrincipalId]:
        """Each has a key of its own in the vault, which dies with the person's."""


class NoOtherNames:
    """Where everybody acts by their own id alone."""

    async def list_names(
        self, _connection: AsyncConnection, _tenant: TenantId, _person: PrincipalId
    ) -> Sequence[PrincipalId]:
        return ()


class OtherWays(Protocol):
    """Counts ways in that are no authenticators: accounts at providers."""

    async def count(
        self, connection: AsyncConnection, tenant: TenantId, person: PrincipalId
    ) -> int: ...


class NoOtherWays:
    """Where nobody signs in through others."""

    async def count(
        self, connection: AsyncConnection, tenant: TenantId, person: PrincipalId
    ) -> int:
        return 0
