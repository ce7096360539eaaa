"""Sessions, and counts of failed sign-ins under keyed hashes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import and_, bindparam, delete, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.clock import encode_instant, parse_instant
from curtilage.core.db.columns import encode_optional, parse_optional
from curtilage.core.db.prepared import Prepared
from curtilage.core.db.sweep import sweep
from curtilage.core.db.tables import DIGEST
from curtilage.core.models import PrincipalId, TenantId
from curtilage.identity.people.models import Assurance, Attempts, Proof, ProofKind, Session
from curtilage.identity.people.store.tables import SESSION, SIGN_IN_ATTEMPT
from curtilage.identity.people.throttle import NAME_PACE

# Asked at every sign-in or page: made once, for making one takes longer than running it.
_INSERT = Prepared(insert(SESSION), columns=SESSION.columns.keys())
_FIND = Prepared(
    select(SESSION).where(
        SESSION.c.tenant == bindparam("tenant"), SESSION.c.digest == bindparam("digest")
    )
)
_FOUR = ("first", "second", "third", "fourth")
_LOAD_ATTEMPTS = Prepared(
    select(SIGN_IN_ATTEMPT)
    .where(
        SIGN_IN_ATTEMPT.c.tenant == bindparam("tenant"),
        SIGN_IN_ATTEMPT.c.counter.in_([bindparam(name, type_=DIGEST) for name in _FOUR]),
    )
    .order_by(SIGN_IN_ATTEMPT.c.counter)
    .with_for_update()
)
_ADD_ATTEMPTS = postgresql.insert(SIGN_IN_ATTEMPT).on_conflict_do_nothing()


def _put_attempts(kind: Any) -> Any:
    each = kind.insert(SIGN_IN_ATTEMPT)
    return each.on_conflict_do_update(
        index_elements=["tenant", "counter"],
        set_={name: each.excluded[name] for name in ("failures", "last_at", "familiar_until")},
    )


_PUT_ATTEMPTS = Prepared(
    _put_attempts(sqlite),
    columns=SIGN_IN_ATTEMPT.columns.keys(),
    postgresql=_put_attempts(postgresql),
)


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
        await _INSERT.run(connection, row)

    async def find(
        self, connection: AsyncConnection, tenant: TenantId, digest: bytes
    ) -> Session | None:
        rows = await _FIND.run(connection, {"tenant": tenant, "digest": digest})
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

    async def hold(
        self, connection: AsyncConnection, tenant: TenantId, person: PrincipalId, id: str
    ) -> bool:
        rows = await connection.execute(
            select(SESSION.c.id)
            .where(SESSION.c.tenant == tenant, SESSION.c.person == person, SESSION.c.id == id)
            .with_for_update(read=True)
        )
        return rows.first() is not None

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

    async def delete(
        self,
        connection: AsyncConnection,
        tenant: TenantId,
        digest: bytes,
        *,
        seen_at: datetime | None = None,
    ) -> Session | None:
        condition = _is_session(tenant, digest)
        if seen_at is not None:
            condition = and_(condition, SESSION.c.seen_at == encode_instant(seen_at))
        rows = await connection.execute(delete(SESSION).where(condition).returning(SESSION))
        row = rows.one_or_none()
        return None if row is None else _read(row)

    async def page_quiet(
        self,
        connection: AsyncConnection,
        tenant: TenantId,
        *,
        started_until: datetime,
        seen_until: datetime,
        after: bytes,
        limit: int,
    ) -> Sequence[Session]:
        rows = await connection.execute(
            select(SESSION)
            .where(
                SESSION.c.tenant == tenant,
                SESSION.c.digest > after,
                or_(
                    SESSION.c.started_at <= encode_instant(started_until),
                    SESSION.c.seen_at <= encode_instant(seen_until),
                ),
            )
            .order_by(SESSION.c.digest)
            .limit(limit)
        )
        return [_read(row) for row in rows]

    async def hold_attempts(
        self, connection: AsyncConnection, tenant: TenantId, counters: Sequence[bytes]
    ) -> Sequence[Attempts]:
        """As they stand, held until the transaction ends.

        Rows to hold are made first; on SQLite who writes holds everything already."""
        if connection.dialect.name == "postgresql":
            await connection.execute(
                _ADD_ATTEMPTS,
                [  # in one order, so that two cannot wait for each other
                    {"tenant": tenant, "counter": counter, "failures": 0}
                    for counter in sorted(counters)
                ],
            )
        return await self.load_attempts(connection, tenant, counters)

    async def load_attempts(
        self, connection: AsyncConnection, tenant: TenantId, counters: Sequence[bytes]
    ) -> Sequence[Attempts]:
        assert 0 < len(counters) <= len(_FOUR), "an attempt counts under four at most"
        named = dict.fromkeys(_FOUR, counters[0]) | dict(zip(_FOUR, counters, strict=False))
        held = await _LOAD_ATTEMPTS.run(connection, {"tenant": tenant, **named})
        found = {
            bytes(row.counter): Attempts(
                failures=row.failures,
                last_at=parse_optional(row.last_at),
                familiar_until=parse_optional(row.familiar_until),
            )
            for row in held.rows
        }
        return [found.get(counter, Attempts()) for counter in counters]

    async def put_attempts(
        self, connection: AsyncConnection, tenant: TenantId, counted: Mapping[bytes, Attempts]
    ) -> None:
        """Keep what is counted under each."""
        await _PUT_ATTEMPTS.run_each(
            connection,
            [
                {
                    "tenant": tenant,
                    "counter": counter,
                    "failures": attempts.failures,
                    "last_at": encode_optional(attempts.last_at),
                    "familiar_until": encode_optional(attempts.familiar_until),
                }
                for counter, attempts in sorted(counted.items())
            ],
        )

    async def forget_attempts(
        self, connection: AsyncConnection, tenant: TenantId, *, rare: datetime, all_: datetime
    ) -> None:
        table = SIGN_IN_ATTEMPT.c
        await connection.execute(
            sweep(
                SIGN_IN_ATTEMPT,
                table.tenant == tenant,
                or_(table.familiar_until.is_(None), table.familiar_until < encode_instant(all_)),
                or_(
                    table.last_at.is_(None),  # forgiven: as good as not there
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
