"""Requests to see a value: rows and back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.clock import encode_instant, parse_instant
from curtilage.core.db.columns import encode_optional, parse_optional
from curtilage.core.db.sweep import sweep
from curtilage.core.models import PrincipalId, TenantId
from curtilage.identity.reveal.models import Reveal, State, ValueKind
from curtilage.identity.reveal.store.tables import REVEAL

OPEN = (State.ASKED.value, State.APPROVED.value)


class SqlRevealStore:
    """Implements `ports.RevealStore`."""

    async def insert(self, connection: AsyncConnection, tenant: TenantId, reveal: Reveal) -> None:
        row = {
            "tenant": tenant,
            "id": reveal.id,
            "kind": reveal.kind.value,
            "asker": reveal.asker,
            "asked_at": encode_instant(reveal.asked_at),
            "subject": reveal.subject,
            "sealed_for": reveal.sealed_for,
            "about": reveal.about,
            **_what_changes(reveal),
        }
        await connection.execute(insert(REVEAL).values(row))

    async def find(self, connection: AsyncConnection, tenant: TenantId, id: str) -> Reveal | None:
        rows = await connection.execute(select(REVEAL).where(_is(tenant, id)))
        row = rows.one_or_none()
        return None if row is None else _read(row)

    async def move(
        self, connection: AsyncConnection, tenant: TenantId, reveal: Reveal, *, before: State
    ) -> bool:
        result = await connection.execute(
            update(REVEAL)
            .where(_is(tenant, reveal.id), REVEAL.c.state == before.value)
            .values(**_what_changes(reveal))
        )
        return result.rowcount == 1

    async def load_open(
        self, connection: AsyncConnection, tenant: TenantId, *, since: datetime, limit: int
    ) -> Sequence[Reveal]:
        rows = await connection.execute(
            select(REVEAL)
            .where(_are_open(tenant, since))
            .order_by(REVEAL.c.asked_at, REVEAL.c.id)
            .limit(limit)
        )
        return [_read(row) for row in rows]

    async def page(
        self, connection: AsyncConnection, tenant: TenantId, *, before: str = "", limit: int
    ) -> Sequence[Reveal]:
        asked = select(REVEAL).where(REVEAL.c.tenant == tenant)
        if before:
            asked = asked.where(REVEAL.c.id < before)
        rows = await connection.execute(asked.order_by(REVEAL.c.id.desc()).limit(limit))
        return [_read(row) for row in rows]

    async def count_open(
        self, connection: AsyncConnection, tenant: TenantId, asker: PrincipalId, since: datetime
    ) -> int:
        rows = await connection.execute(
            select(func.count()).where(_are_open(tenant, since), REVEAL.c.asker == asker)
        )
        return int(rows.scalar_one())

    async def close_all(
        self, connection: AsyncConnection, tenant: TenantId, asker: PrincipalId, at: datetime
    ) -> int:
        result = await connection.execute(
            update(REVEAL)
            .where(REVEAL.c.tenant == tenant, REVEAL.c.asker == asker, REVEAL.c.state.in_(OPEN))
            .values(state=State.WITHDRAWN.value, closed_at=encode_instant(at))
        )
        return result.rowcount

    async def delete_before(
        self, connection: AsyncConnection, tenant: TenantId, at: datetime
    ) -> None:
        await connection.execute(
            sweep(REVEAL, REVEAL.c.tenant == tenant, REVEAL.c.asked_at < encode_instant(at))
        )


def _is(tenant: TenantId, id: str) -> Any:
    return and_(REVEAL.c.tenant == tenant, REVEAL.c.id == id)


def _are_open(tenant: TenantId, since: datetime) -> Any:
    return and_(
        REVEAL.c.tenant == tenant,
        REVEAL.c.asked_at > encode_instant(since),
        REVEAL.c.state.in_(OPEN),
    )


def _what_changes(reveal: Reveal) -> dict[str, Any]:
    return {
        "state": reveal.state.value,
        "decided_by": reveal.decided_by,
        "decided_at": encode_optional(reveal.decided_at),
        "right_from_asker": int(reveal.right_from_asker),
        "closed_at": encode_optional(reveal.closed_at),
    }


def _read(row: Any) -> Reveal:
    return Reveal(
        tenant=TenantId(row.tenant),
        id=row.id,
        kind=ValueKind(row.kind),
        asker=PrincipalId(row.asker),
        asked_at=parse_instant(row.asked_at),
        sealed_for=PrincipalId(row.sealed_for),
        about=bytes(row.about),
        subject=row.subject,
        state=State(row.state),
        decided_by=None if row.decided_by is None else PrincipalId(row.decided_by),
        decided_at=parse_optional(row.decided_at),
        right_from_asker=bool(row.right_from_asker),
        closed_at=parse_optional(row.closed_at),
    )
