"""Watches transactions, and says where one held rows out of order.

The order is written in `curtilage.identity.store`. What a statement would hold on PostgreSQL is
read from the statement itself, so that tests on SQLite show it too: every row that is changed,
deleted or selected `FOR UPDATE`. New rows are nobody else's and hold nothing.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from sqlalchemy import Delete, Insert, Select, Update, event
from sqlalchemy.engine import Engine
from sqlalchemy.sql.visitors import iterate

from curtilage.core.db.tables import BROADCAST

RANKS = (
    ("person",),
    ("ceremony", "authenticator", "person_link"),
    ("sign_in_attempt",),
    ("session",),
    ("api_key",),
    ("oauth_client",),
    ("oauth_grant",),
    ("oauth_consent", "oauth_changed"),
)
RANK = {table: rank for rank, tables in enumerate(RANKS) for table in tables}
TOKENS = frozenset({"oauth_code", "oauth_refresh", "oauth_device"})
_TRACE = "lock_order"


class Hold(NamedTuple):
    """That rows of a table are held from here on. `writes` unless for reading alone."""

    table: str
    writes: bool = True
    topic: str = ""


def find_disorder(holds: Sequence[Hold]) -> str:
    """What is out of order in a transaction; "" where nothing is."""
    last = -1
    for number, hold in enumerate(holds):
        before = holds[:number]
        topics = [each.topic for each in before if each.topic]
        if topics and (not hold.topic or hold.topic < topics[-1]):
            return f"{hold.table} {hold.topic} after the topic {topics[-1]}"
        if hold == Hold("person") and Hold("person", writes=False) in before:
            return "a person for writing after the same for reading"
        tables = {each.table for each in before}
        if hold.table == "oauth_grant" and hold.table not in tables and TOKENS & tables:
            return "a grant after a code or token"
        rank = RANK.get(hold.table, last)
        if rank < last and Hold("person") not in before:
            return f"{hold.table} after {RANKS[last]}"
        last = max(last, rank)
    return ""


@contextmanager
def watching() -> Iterator[list[str]]:
    """What was out of order in the transactions of the block."""
    found: list[str] = []

    def begin(connection: Any) -> None:
        connection.info[_TRACE] = []

    def note(connection: Any, statement: Any, *_: Any) -> None:
        hold = _read(statement)
        if hold is not None and _TRACE in connection.info:
            connection.info[_TRACE].append(hold)

    def end(connection: Any) -> None:
        disorder = find_disorder(connection.info.pop(_TRACE, ()))
        if disorder:
            found.append(disorder)

    listeners = {"begin": begin, "before_execute": note, "commit": end, "rollback": end}
    for name, listener in listeners.items():
        event.listen(Engine, name, listener)
    try:
        yield found
    finally:
        for name, listener in listeners.items():
            event.remove(Engine, name, listener)


def _read(statement: Any) -> Hold | None:
    if isinstance(statement, Update | Delete):
        return None if _is_sweep(statement) else Hold(statement.table.name)
    if isinstance(statement, Insert):
        if statement.table.name == BROADCAST.name:
            return Hold(BROADCAST.name, topic=str(statement.compile().params["topic"]))
        return None
    if isinstance(statement, Select) and statement._for_update_arg is not None:
        lock = statement._for_update_arg
        (table,) = lock.of or statement.get_final_froms()
        return Hold(table.name, writes=not lock.read)
    return None


def _is_sweep(statement: Any) -> bool:
    """One that passes over what others hold waits for nobody."""
    locks = (
        each._for_update_arg
        for each in iterate(statement.whereclause)
        if isinstance(each, Select) and each._for_update_arg is not None
    )
    return statement.whereclause is not None and any(lock.skip_locked for lock in locks)
