"""What reveals need from outside."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.models import PrincipalId, Sealed, TenantId
from curtilage.identity.reveal.models import Found, Opened, Reveal, Standing, State, Target


class Originals(Protocol):
    """Finds and opens raw values. Asks for no right and records nothing: reveals do."""

    async def find(self, target: Target) -> Found:
        """Raises `UnknownValue`, `ValueErased` or `ValueWithheld`."""

    async def open(self, target: Target) -> Opened:
        """The value itself. Raises as `find`."""


class Proofs(Protocol):
    """Tells whether somebody proved lately, and by two factors, who they are."""

    async def require(self, session: str) -> PrincipalId:
        """Whose session it is. Raises `ProveAgain`."""

    async def is_fresh(self, session: str) -> bool:
        """Whether `require` would let them through."""


class Colleagues(Protocol):
    """Who the people are that ask and approve."""

    async def find_standing(
        self, connection: AsyncConnection, tenant: TenantId, person: PrincipalId, right: str
    ) -> Standing | None:
        """None for who is disabled or has not the right; that stays so until the transaction
        ends."""

    async def find_names(
        self, tenant: TenantId, people: Collection[PrincipalId]
    ) -> Mapping[PrincipalId, str]:
        """What these people are called."""


class Reasons(Protocol):
    """Seals what is asked for, and the reason, under the key of a person."""

    async def seal(self, person: PrincipalId, plain: bytes) -> bytes: ...

    async def open(self, person: PrincipalId, sealed: bytes) -> bytes | None:
        """None where the person's key was destroyed. Raises a TamperError."""

    async def seal_for_record(self, person: PrincipalId, plain: bytes, event: str) -> Sealed:
        """As a part of the Event of this id."""


class RevealStore(Protocol):
    """Keeps requests."""

    async def insert(
        self, connection: AsyncConnection, tenant: TenantId, reveal: Reveal
    ) -> None: ...

    async def find(
        self, connection: AsyncConnection, tenant: TenantId, id: str
    ) -> Reveal | None: ...

    async def move(
        self, connection: AsyncConnection, tenant: TenantId, reveal: Reveal, *, before: State
    ) -> bool:
        """Keep what changed where it is still in the state `before`: of many who take a step
        at once, one is told True."""

    async def load_open(
        self, connection: AsyncConnection, tenant: TenantId, *, since: datetime, limit: int
    ) -> Sequence[Reveal]:
        """Asked or approved, and asked after `since`; the oldest first."""

    async def page(
        self, connection: AsyncConnection, tenant: TenantId, *, before: str = "", limit: int
    ) -> Sequence[Reveal]:
        """All, the newest first, those before the id `before`."""

    async def count_open(
        self, connection: AsyncConnection, tenant: TenantId, asker: PrincipalId, since: datetime
    ) -> int:
        """How many of somebody's are asked or approved, and asked after `since`."""

    async def close_all(
        self, connection: AsyncConnection, tenant: TenantId, asker: PrincipalId, at: datetime
    ) -> int:
        """Withdraw what somebody asked for and nobody opened; gives how many."""

    async def delete_before(
        self, connection: AsyncConnection, tenant: TenantId, at: datetime
    ) -> None:
        """Drop those that were asked before."""
