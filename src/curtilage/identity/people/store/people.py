"""People and what they are found by: rows and back."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import and_, bindparam, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.clock import encode_instant, parse_instant
from curtilage.core.db.columns import encode_optional, insert_into, parse_optional
from curtilage.core.db.prepared import Prepared
from curtilage.core.models import PrincipalId, TenantId
from curtilage.identity.people.models import Handle, HandleKind, Person
from curtilage.identity.people.store.tables import HANDLE, PERSON

_IS_PERSON = and_(PERSON.c.tenant == bindparam("tenant"), PERSON.c.id == bindparam("id"))
# Asked at every sign-in or page: made once, for making one takes longer than running it.
_FIND = Prepared(select(PERSON).where(_IS_PERSON))
_FIND_BY_HANDLE = Prepared(
    select(PERSON, HANDLE.c.digest, HANDLE.c.kind, HANDLE.c.confirmed_at)
    .join(HANDLE, and_(HANDLE.c.tenant == PERSON.c.tenant, HANDLE.c.person == PERSON.c.id))
    .where(HANDLE.c.tenant == bindparam("tenant"), HANDLE.c.digest == bindparam("digest"))
)
_HOLD_ACTIVE = Prepared(select(PERSON.c.disabled_at).where(_IS_PERSON).with_for_update(read=True))


class SqlPersonStore:
    """Accounts, their sealed profiles, their handles."""

    async def insert(self, connection: AsyncConnection, tenant: TenantId, person: Person) -> None:
        row = {
            "tenant": tenant,
            "id": person.id,
            "roles": _encode_roles(person.roles),
            "profile": person.profile,
            "created_at": encode_instant(person.created_at),
            "disabled_at": encode_optional(person.disabled_at),
            "language": person.language or None,
        }
        await connection.execute(insert(PERSON).values(row))

    async def find(
        self, connection: AsyncConnection, tenant: TenantId, id: PrincipalId
    ) -> Person | None:
        rows = await _FIND.run(connection, {"tenant": tenant, "id": id})
        row = rows.one_or_none()
        return None if row is None else _read(row)

    async def find_by_handle(
        self, connection: AsyncConnection, tenant: TenantId, digest: bytes
    ) -> tuple[Person, Handle] | None:
        rows = await _FIND_BY_HANDLE.run(connection, {"tenant": tenant, "digest": digest})
        row = rows.one_or_none()
        return None if row is None else (_read(row), _read_handle(row))

    async def hold(self, connection: AsyncConnection, tenant: TenantId, id: PrincipalId) -> None:
        """Make others who hold the same person wait until the transaction ends.

        SQLite knows one writer at a time and passes over `FOR UPDATE`."""
        await connection.execute(
            select(PERSON.c.id).where(_is_person(tenant, id)).with_for_update()
        )

    async def page(
        self, connection: AsyncConnection, tenant: TenantId, *, after: str, limit: int
    ) -> Sequence[Person]:
        """People by id, which begins with when they came; those after `after`."""
        rows = await connection.execute(
            select(PERSON)
            .where(PERSON.c.tenant == tenant, PERSON.c.id > after)
            .order_by(PERSON.c.id)
            .limit(limit)
        )
        return [_read(row) for row in rows]

    async def lock_active(
        self,
        connection: AsyncConnection,
        tenant: TenantId,
        role: str,
        *,
        also: Collection[PrincipalId] = (),
    ) -> frozenset[PrincipalId]:
        """Who has this role and is not disabled; that stays so until the transaction ends, and
        those of `also` stay who they are."""
        has_role = PERSON.c.roles.contains(f'"{role}"', autoescape=True)
        rows = await connection.execute(
            select(PERSON.c.id, PERSON.c.disabled_at, has_role.label("has_role"))
            .where(
                PERSON.c.tenant == tenant,
                or_(PERSON.c.id.in_(also), and_(PERSON.c.disabled_at.is_(None), has_role)),
            )
            .order_by(PERSON.c.id)  # in one order, so that two cannot wait for each other
            .with_for_update()
        )
        return frozenset(
            PrincipalId(row.id) for row in rows if row.has_role and row.disabled_at is None
        )

    async def hold_active(
        self, connection: AsyncConnection, tenant: TenantId, id: PrincipalId
    ) -> bool:
        """Whether somebody is there and not disabled; that stays so until the transaction ends."""
        rows = await _HOLD_ACTIVE.run(connection, {"tenant": tenant, "id": id})
        row = rows.one_or_none()
        return row is not None and row.disabled_at is None

    async def has_any(self, connection: AsyncConnection, tenant: TenantId) -> bool:
        rows = await connection.execute(
            select(PERSON.c.id).where(PERSON.c.tenant == tenant).limit(1)
        )
        return rows.first() is not None

    async def change(
        self,
        connection: AsyncConnection,
        tenant: TenantId,
        id: PrincipalId,
        *,
        profile: bytes | None = None,
        whereabouts: bytes | None = None,
        roles: frozenset[str] | None = None,
        language: str | None = None,
    ) -> None:
        """Keep what is given; the rest stays as it is."""
        values: dict[str, Any] = {} if profile is None else {"profile": profile}
        if whereabouts is not None:
            values["whereabouts"] = whereabouts
        if roles is not None:
            values["roles"] = _encode_roles(roles)
        if language is not None:
            values["language"] = language
        await connection.execute(update(PERSON).where(_is_person(tenant, id)).values(**values))

    async def set_disabled(
        self, connection: AsyncConnection, tenant: TenantId, id: PrincipalId, at: datetime | None
    ) -> bool:
        """False where it is so already, or there is nobody."""
        so_far = PERSON.c.disabled_at
        changes = so_far.is_(None) if at is not None else so_far.is_not(None)
        result = await connection.execute(
            update(PERSON)
            .where(_is_person(tenant, id), changes)
            .values(disabled_at=encode_optional(at))
        )
        return result.rowcount == 1

    async def delete(self, connection: AsyncConnection, tenant: TenantId, id: PrincipalId) -> bool:
        await connection.execute(
            delete(HANDLE).where(HANDLE.c.tenant == tenant, HANDLE.c.person == id)
        )
        result = await connection.execute(delete(PERSON).where(_is_person(tenant, id)))
        return result.rowcount == 1

    async def add_handle(
        self, connection: AsyncConnection, tenant: TenantId, handle: Handle
    ) -> bool:
        """False where somebody has it already."""
        rows = await connection.execute(
            insert_into(connection, HANDLE)
            .values(
                tenant=tenant,
                digest=handle.digest,
                person=handle.person,
                kind=handle.kind.value,
                confirmed_at=encode_optional(handle.confirmed_at),
            )
            .on_conflict_do_nothing()
            .returning(HANDLE.c.digest)
        )
        return rows.first() is not None

    async def confirm_handle(
        self, connection: AsyncConnection, tenant: TenantId, digest: bytes, at: datetime
    ) -> None:
        await connection.execute(
            update(HANDLE)
            .where(HANDLE.c.tenant == tenant, HANDLE.c.digest == digest)
            .values(confirmed_at=encode_instant(at))
        )

    async def delete_handles(
        self, connection: AsyncConnection, tenant: TenantId, id: PrincipalId, kind: HandleKind
    ) -> None:
        await connection.execute(
            delete(HANDLE).where(
                HANDLE.c.tenant == tenant, HANDLE.c.person == id, HANDLE.c.kind == kind.value
            )
        )


def _is_person(tenant: TenantId, id: PrincipalId) -> Any:
    return and_(PERSON.c.tenant == tenant, PERSON.c.id == id)


def _encode_roles(roles: frozenset[str]) -> str:
    return orjson.dumps(sorted(roles)).decode()


def _read(row: Any) -> Person:
    return Person(
        tenant=TenantId(row.tenant),
        id=PrincipalId(row.id),
        created_at=parse_instant(row.created_at),
        roles=frozenset(orjson.loads(row.roles)),
        profile=bytes(row.profile),
        disabled_at=parse_optional(row.disabled_at),
        whereabouts=bytes(row.whereabouts or b""),
        language=row.language or "",
    )


def _read_handle(row: Any) -> Handle:
    return Handle(
        digest=bytes(row.digest),
        person=PrincipalId(row.id),
        kind=HandleKind(row.kind),
        confirmed_at=parse_optional(row.confirmed_at),
    )
