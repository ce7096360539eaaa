"""What records call people who come with tokens: rows and back."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.models import PrincipalId, TenantId
from curtilage.identity.oauth.store.rows import insert_into
from curtilage.identity.oauth.store.tables import CALLER

MOST_AT_ONCE = 400  # in one statement; SQLite takes 999 values at least


class SqlCallerStore:
    """Whose pseudonyms these are."""

    async def keep(
        self,
        connection: AsyncConnection,
        tenant: TenantId,
        actor: str,
        person: PrincipalId,
        *,
        principal: PrincipalId,
    ) -> None:
        row = {"tenant": tenant, "actor": actor, "person": person, "principal": principal}
        await connection.execute(
            insert_into(connection, CALLER).values(row).on_conflict_do_nothing()
        )

    async def find_people(
        self, connection: AsyncConnection, tenant: TenantId, actors: Collection[str]
    ) -> Mapping[str, PrincipalId]:
        wanted, found = sorted(actors), dict[str, PrincipalId]()
        for start in range(0, len(wanted), MOST_AT_ONCE):
            some = wanted[start : start + MOST_AT_ONCE]
            rows = await connection.execute(
                select(CALLER.c.actor, CALLER.c.person).where(
                    CALLER.c.tenant == tenant, CALLER.c.actor.in_(some)
                )
            )
            found.update({row.actor: PrincipalId(row.person) for row in rows})
        return found

    async def list_names(
        self, connection: AsyncConnection, tenant: TenantId, person: PrincipalId
    ) -> Sequence[PrincipalId]:
        """Implements `people.ports.OtherNames`."""
        rows = await connection.execute(
            select(CALLER.c.principal)
            .where(
                CALLER.c.tenant == tenant, CALLER.c.person == person, CALLER.c.principal != person
            )
            .order_by(CALLER.c.principal)
        )
        return [PrincipalId(row.principal) for row in rows]

    async def erase(
        self, connection: AsyncConnection, tenant: TenantId, person: PrincipalId
    ) -> int:
        """Delete what records call a person; gives how many names there were."""
        result = await connection.execute(
            delete(CALLER).where(CALLER.c.tenant == tenant, CALLER.c.person == person)
        )
        return result.rowcount
