"""Sessions, and counts of failed sign-ins under keyed hashes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import and_, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.clock import encode_instant, parse_instant
from curtilage.core.db.columns import encode_optional, insert_into, parse_optional
from curtilage.core.models import PrincipalId, TenantId
from curtilage.identity.people.models import Assurance, Attempts, Proof, ProofKind, Session
from curtilage.identity.people.store.tables import SESSION, SIGN_IN_ATTEMPT
from curtilage.identity.people.throttle import NAME_PACE


class SqlSessionStore:
    """Sessions, and counts of failed sign-ins under keyed hashes."""

    async def insert(self, connection: AsyncConnection, tenant: TenantId, session: Session) -> None:
        row = {
            "tenant": tenant,
            "digest": session.digest,
            "id": session.id,
            "person": session.person,
            "started_at": encode_instant(session.started_at),
            "seen_at": encode_instant(session.seen_at),
            "proofs": _encode_proofs(session.proofs),
            "needs": session.needs.value,
            "about": session.about,
            "must_change": session.must_change,
        }
        await connection.execute(insert(SESSION).values(row))

    async def find(
        self, connection: AsyncConnection, tenant: TenantId, digest: bytes
    ) -> Session | None:
        rows = await connection.execute(select(SESSION).where(_is_session(tenant, digest)))
        row = rows.one_or_none()
        if row is None:
            return None
        return _read(row)

    async def load(
        self, connection: AsyncConnection, tenant: TenantId, person: PrincipalId
    ) -> Sequence[Session]:
        """All of a person, the newest first."""
        rows = await connection.execute(
            select(SESSION)
            .where(SESSION.c.tenant == tenant, SESSION.c.person == person)
            .order_by(SESSION.c.started_at.desc(), SESSION.c.id)
        )
        return [_read(row) for row in rows]

    async def delete_of(
        self,
        connection: AsyncConnection,
        tenant: TenantId,
        person: PrincipalId,
        *,
        id: str = "",
        keep: str = "",
    ) -> Sequence[str]:
        """End all of a person, or the one `id`, but never `keep`; gives the ids that ended."""
        condition = and_(SESSION.c.tenant == tenant, SESSION.c.person == person)
        if id:
            condition = and_(condition, SESSION.c.id == id)
        if keep:
            condition = and_(condition, SESSION.c.id != keep)
        rows = await connection.execute(delete(SESSION).where(condition).returning(SESSION.c.id))
        return [row.id for row in rows]

    async def see(
        self, connection: AsyncConnection, tenant: TenantId, digest: bytes, at: datetime
    ) -> None:
        await connection.execute(
            update(SESSION).where(_is_session(tenant, digest)).values(seen_at=encode_instant(at))
        )

    async def delete(self, connection: AsyncConnection, tenant: TenantId, digest: bytes) -> bool:
        result = await connection.execute(delete(SESSION).where(_is_session(tenant, digest)))
        return result.rowcount == 1

    async def delete_started_before(
        self, connection: AsyncConnection, tenant: TenantId, at: datetime
    ) -> None:
        await connection.execute(
            delete(SESSION).where(
                SESSION.c.tenant == tenant, SESSION.c.started_at < encode_instant(at)
            )
        )

    async def load_attempts(
        self, connection: AsyncConnection, tenant: TenantId, counters: Sequence[bytes]
    ) -> Sequence[Attempts]:
        for counter in sorted(counters):  # in one order, so that two cannot wait for each other
            await connection.execute(
                insert_into(connection, SIGN_IN_ATTEMPT)
                .values(tenant=tenant, counter=counter, failures=0)
                .on_conflict_do_nothing()
            )
        rows = await connection.execute(
            select(SIGN_IN_ATTEMPT)
            .where(SIGN_IN_ATTEMPT.c.tenant == tenant, SIGN_IN_ATTEMPT.c.counter.in_(counters))
            .order_by(SIGN_IN_ATTEMPT.c.counter)
            .with_for_update()
        )
        by_counter = {bytes(row.counter): row for row in rows}
        return [
            Attempts(
                failures=by_counter[counter].failures,
                last_at=parse_optional(by_counter[counter].last_at),
                familiar_until=parse_optional(by_counter[counter].familiar_until),
            )
            for counter in counters
        ]

    async def put_attempts(
        self, connection: AsyncConnection, tenant: TenantId, counter: bytes, attempts: Attempts
    ) -> None:
        row = {
            "failures": attempts.failures,
            "last_at": encode_optional(attempts.last_at),
            "familiar_until": encode_optional(attempts.familiar_until),
        }
        await connection.execute(
            insert_into(connection, SIGN_IN_ATTEMPT)
            .values(tenant=tenant, counter=counter, **row)
            .on_conflict_do_update(index_elements=["tenant", "counter"], set_=row)
        )

    async def forget_attempts(
        self, connection: AsyncConnection, tenant: TenantId, *, rare: datetime, all_: datetime
    ) -> None:
        table = SIGN_IN_ATTEMPT.c
        await connection.execute(
            delete(SIGN_IN_ATTEMPT).where(
                table.tenant == tenant,
                or_(table.familiar_until.is_(None), table.familiar_until < encode_instant(all_)),
                or_(
                    table.last_at < encode_instant(all_),
                    and_(table.failures < NAME_PACE.free, table.last_at < encode_instant(rare)),
                ),
            )
        )


def _is_session(tenant: TenantId, digest: bytes) -> Any:
    return and_(SESSION.c.tenant == tenant, SESSION.c.digest == digest)


def _read(row: Any) -> Session:
    return Session(
        tenant=TenantId(row.tenant),
        digest=bytes(row.digest),
        id=row.id,
        person=PrincipalId(row.person),
        started_at=parse_instant(row.started_at),
        seen_at=parse_instant(row.seen_at),
        proofs=_parse_proofs(row.proofs),
        needs=Assurance(row.needs),
        about=bytes(row.about),
        must_change=bool(row.must_change),
    )


def _encode_proofs(proofs: Sequence[Proof]) -> str:
    rows = [
        [each.kind.value, encode_instant(each.at), each.verified_user, each.bound, each.with_]
        for each in proofs
    ]
    return orjson.dumps(rows).decode()


def _parse_proofs(raw: str) -> tuple[Proof, ...]:
    return tuple(
        Proof(ProofKind(kind), parse_instant(at), verified, bound, with_)
        for kind, at, verified, bound, with_ in orjson.loads(raw)
    )
