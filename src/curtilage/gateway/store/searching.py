"""Finds model calls by what is asked of them, without reading more than a bounded part.

`ix_exchange_search` holds, beside the order of time, all that can be asked for:
a search reads this narrow index, newest first, and then the few rows it found.
However rare what is asked for, one search looks at `MOST_LOOKED_AT` calls.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.clock import encode_instant
from curtilage.core.ids import MILLISECOND, UNIX_ZERO
from curtilage.core.models import TenantId
from curtilage.gateway.rows import Wanted
from curtilage.gateway.store.tables import EXCHANGE

MOST_LOOKED_AT = 50_000  # 50 ms on a busy machine, of which a page has 100
LONGEST_KINDS = 1000  # in an index, whose entries PostgreSQL takes up to 2,704 bytes
MORE = "*"  # stands at the end of kinds that are more than fit
# An id is made when a call comes, its time is noted when it was decided; a body may take its time.
APART = timedelta(minutes=10)
C = EXCHANGE.c


def encode_kinds(kinds: Sequence[str]) -> str:
    """Types as one text in which each stands between spaces."""
    text = f" {' '.join(kinds)} " if kinds else ""
    return (
        text if len(text) <= LONGEST_KINDS else text[:LONGEST_KINDS].rpartition(" ")[0] + f" {MORE}"
    )


async def find_ids(
    connection: AsyncConnection, tenant: TenantId, wanted: Wanted, *, before: str | None, limit: int
) -> tuple[list[str], str | None]:
    """Ids, newest first, and the id down to which was searched, None where that is all."""
    stretch = _stretch(tenant, wanted, before)
    horizon = await _find_horizon(connection, stretch) if wanted else None
    asked = [*stretch, *_conditions(wanted)]
    if horizon is not None:
        asked.append(C.id >= horizon)
    rows = await connection.execute(select(C.id).where(*asked).order_by(C.id.desc()).limit(limit))
    return list(rows.scalars()), horizon


async def _find_horizon(
    connection: AsyncConnection, stretch: Sequence[ColumnElement[bool]]
) -> str | None:
    query = select(C.id).where(*stretch).order_by(C.id.desc()).offset(MOST_LOOKED_AT).limit(1)
    found: str | None = (await connection.execute(query)).scalar()
    return found


def _stretch(tenant: TenantId, wanted: Wanted, before: str | None) -> list[ColumnElement[bool]]:
    """The part of the index that can hold what is asked for: ids are in the order of time."""
    asked = [C.tenant == tenant]
    if before is not None:
        asked.append(C.id < before)
    if wanted.id:
        asked += [C.id >= wanted.id, C.id < wanted.id + "g"]  # no digit of an id comes after f
    if wanted.since is not None:
        asked.append(C.id >= _first_id(wanted.since - APART))
    if wanted.until is not None:
        asked.append(C.id < _first_id(wanted.until))
    return asked


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    asked: list[ColumnElement[bool]] = []
    if wanted.actors is not None:
        asked.append(C.actor.in_(wanted.actors))
    if wanted.outcome:
        asked.append(C.outcome == wanted.outcome)
    if wanted.model:
        asked.append(_of_model(wanted.model))
    if wanted.kind:
        asked.append(_of_kind(wanted.kind))
    if wanted.since is not None:
        asked.append(C.at >= encode_instant(wanted.since))
    if wanted.until is not None:
        asked.append(C.at < encode_instant(wanted.until))
    return asked


def _of_model(model: str) -> ColumnElement[bool]:
    if not model.endswith("*"):
        return C.model == model
    # A route is recorded by its pattern: `gpt-*` finds that too.
    return func.lower(C.model).startswith(model.rstrip("*").lower(), autoescape=True)


def _of_kind(kind: str) -> ColumnElement[bool]:
    is_among = C.kinds.contains(f" {kind} ", autoescape=True)
    # Where they did not fit, the record itself says; quotes inside its texts are escaped.
    in_record = C.intent.contains(f'"{kind}":', autoescape=True)
    return or_(is_among, and_(C.kinds.endswith(MORE, autoescape=True), in_record))


def _first_id(at: datetime) -> str:
    """How the ids of that millisecond begin (RFC 9562 §5.7)."""
    digits = f"{max(0, (at - UNIX_ZERO) // MILLISECOND):012x}"
    return f"{digits[:8]}-{digits[8:]}"
