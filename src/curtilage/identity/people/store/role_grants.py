"""Since when people have their roles, and who gave them: rows and back."""

from collections.abc import Collection, Mapping

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.clock import encode_instant, parse_instant
from curtilage.core.models import PrincipalId, TenantId
from curtilage.identity.people.models import RoleGrant
from curtilage.identity.people.store.tables import ROLE_GRANT


class SqlRoleGrantStore:
    """One row for each role that somebody was given."""

    async def load(
        self, connection: AsyncConnection, tenant: TenantId, person: PrincipalId
    ) -> Mapping[str, RoleGrant]:
        """By role; a role without an entry is as old as the account."""
        rows = await connection.execute(
            select(ROLE_GRANT).where(ROLE_GRANT.c.tenant == tenant, ROLE_GRANT.c.person == person)
        )
        return {
            row.role: RoleGrant(
                row.role,
                parse_instant(row.given_at),
                None if row.given_by is None else PrincipalId(row.given_by),
            )
            for row in rows
        }

    async def add(
        self,
        connection: AsyncConnection,
        tenant: TenantId,
        person: PrincipalId,
        grants: Collection[RoleGrant],
    ) -> None:
        """Note roles that are given now."""
        for each in grants:
            await connection.execute(
                insert(ROLE_GRANT).values(
                    tenant=tenant,
                    person=person,
                    role=each.role,
                    given_at=encode_instant(each.at),
                    given_by=each.by,
                )
            )

    async def drop(
        self,
        connection: AsyncConnection,
        tenant: TenantId,
        person: PrincipalId,
        roles: Collection[str],
    ) -> None:
        """Forget when these were given: they are taken, or given anew."""
        await connection.execute(
            delete(ROLE_GRANT).where(
                ROLE_GRANT.c.tenant == tenant,
                ROLE_GRANT.c.person == person,
                ROLE_GRANT.c.role.in_(roles),
            )
        )

    async def forget_giver(
        self, connection: AsyncConnection, tenant: TenantId, giver: PrincipalId
    ) -> None:
        """Keep the roles that they gave, and no longer who gave them.

        It reads all rows of the tenant: only those who were given a role have any, a few each,
        and people are deleted seldom. An index would be kept for nothing else."""
        await connection.execute(
            update(ROLE_GRANT)
            .where(ROLE_GRANT.c.tenant == tenant, ROLE_GRANT.c.given_by == giver)
            .values(given_by=None)
        )
