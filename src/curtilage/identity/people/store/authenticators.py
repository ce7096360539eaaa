"""What people prove themselves with: rows and back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.clock import encode_instant, parse_instant
from curtilage.core.db.columns import encode_optional, insert_into, parse_optional
from curtilage.core.db.prepared import Prepared
from curtilage.core.models import PrincipalId, TenantId
from curtilage.identity.people.models import Authenticator, AuthenticatorKind, Flaw
from curtilage.identity.people.store.tables import AUTHENTICATOR

# Asked at every sign-in: made once, for making one takes longer than running it.
_LOAD = Prepared(
    select(AUTHENTICATOR)
    .where(
        AUTHENTICATOR.c.tenant == bindparam("tenant"),
        AUTHENTICATOR.c.person == bindparam("person"),
    )
    .order_by(AUTHENTICATOR.c.created_at, AUTHENTICATOR.c.id)
)

_IS_ONE = and_(AUTHENTICATOR.c.tenant == bindparam("of"), AUTHENTICATOR.c.id == bindparam("one"))
_USE = Prepared(update(AUTHENTICATOR).where(_IS_ONE), columns=("last_used_at",))
_USE_ONCE = Prepared(
    update(AUTHENTICATOR).where(_IS_ONE, AUTHENTICATOR.c.counter < bindparam("beyond")),
    columns=("last_used_at", "counter"),
)


class SqlAuthenticatorStore:
    """Authenticators of people."""

    async def insert(
        self, connection: AsyncConnection, tenant: TenantId, each: Authenticator
    ) -> None:
        await connection.execute(insert(AUTHENTICATOR).values(_write(tenant, each)))

    async def add(self, connection: AsyncConnection, tenant: TenantId, each: Authenticator) -> bool:
        """Keep one with a lookup. False where that is taken, by whomever."""
        rows = await connection.execute(
            insert_into(connection, AUTHENTICATOR)
            .values(_write(tenant, each))
            .on_conflict_do_nothing()
            .returning(AUTHENTICATOR.c.id)
        )
        return rows.first() is not None

    async def load(
        self, connection: AsyncConnection, tenant: TenantId, person: PrincipalId
    ) -> Sequence[Authenticator]:
        """All of a person, the oldest first."""
        found = await _LOAD.run(connection, {"tenant": tenant, "person": person})
        return [_read(row) for row in found.rows]

    async def find_by_lookup(
        self, connection: AsyncConnection, tenant: TenantId, lookup: bytes
    ) -> Authenticator | None:
        rows = await connection.execute(
            select(AUTHENTICATOR).where(
                AUTHENTICATOR.c.tenant == tenant, AUTHENTICATOR.c.lookup == lookup
            )
        )
        row = rows.one_or_none()
        return None if row is None else _read(row)

    async def replace_material(
        self, connection: AsyncConnection, tenant: TenantId, id: str, material: bytes
    ) -> None:
        await connection.execute(
            update(AUTHENTICATOR).where(_is(tenant, id)).values(material=material)
        )

    async def set_flaws(
        self, connection: AsyncConnection, tenant: TenantId, id: str, flaws: frozenset[Flaw]
    ) -> bool:
        """False where it is not there any more."""
        result = await connection.execute(
            update(AUTHENTICATOR).where(_is(tenant, id)).values(flaws=_encode_flaws(flaws))
        )
        return result.rowcount == 1

    async def use(
        self,
        connection: AsyncConnection,
        tenant: TenantId,
        id: str,
        *,
        at: datetime,
        counter: int | None = None,
    ) -> bool:
        """Note the use. With `counter`, only where it is beyond the one kept: of many who show
        the same code, one is told True."""
        values = {"of": tenant, "one": id, "last_used_at": encode_instant(at)}
        if counter is None:
            result = await _USE.run(connection, values)
        else:
            beyond = {"beyond": counter, "counter": counter}
            result = await _USE_ONCE.run(connection, values | beyond)
        return result.rowcount == 1

    async def delete(
        self, connection: AsyncConnection, tenant: TenantId, person: PrincipalId, id: str
    ) -> bool:
        """False where it is not there, or another's: of many who use it up, one is told True."""
        result = await connection.execute(
            delete(AUTHENTICATOR).where(_is(tenant, id), AUTHENTICATOR.c.person == person)
        )
        return result.rowcount == 1

    async def delete_kind(
        self,
        connection: AsyncConnection,
        tenant: TenantId,
        person: PrincipalId,
        kind: AuthenticatorKind | None = None,
    ) -> int:
        """All of a person, or all of one kind; gives how many there were."""
        condition = and_(AUTHENTICATOR.c.tenant == tenant, AUTHENTICATOR.c.person == person)
        if kind is not None:
            condition = and_(condition, AUTHENTICATOR.c.kind == kind.value)
        return (await connection.execute(delete(AUTHENTICATOR).where(condition))).rowcount


def _is(tenant: TenantId, id: str) -> Any:
    return and_(AUTHENTICATOR.c.tenant == tenant, AUTHENTICATOR.c.id == id)


def _write(tenant: TenantId, each: Authenticator) -> dict[str, Any]:
    return {
        "tenant": tenant,
        "id": each.id,
        "person": each.person,
        "kind": each.kind.value,
        "material": each.material,
        "lookup": each.lookup,
        "counter": each.counter,
        "created_at": encode_instant(each.created_at),
        "last_used_at": encode_optional(each.last_used_at),
        "flaws": _encode_flaws(each.flaws),
    }


def _read(row: Any) -> Authenticator:
    return Authenticator(
        id=row.id,
        person=PrincipalId(row.person),
        kind=AuthenticatorKind(row.kind),
        created_at=parse_instant(row.created_at),
        material=bytes(row.material),
        lookup=None if row.lookup is None else bytes(row.lookup),
        counter=row.counter,
        last_used_at=parse_optional(row.last_used_at),
        flaws=frozenset(map(Flaw, row.flaws.split())),
    )


def _encode_flaws(flaws: frozenset[Flaw]) -> str:
    return " ".join(sorted(flaws))
