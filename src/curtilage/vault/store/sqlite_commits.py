"""Transactions of the SQLite key table: works that wait at the same time share a commit."""

import sqlite3
from collections import deque
from collections.abc import Callable
from typing import Any, Generic, NoReturn, TypeVar

from curtilage.core.errors import CurtilageError
from curtilage.vault.errors import KeyTableDamaged

T = TypeVar("T")


def transact(connection: sqlite3.Connection, work: Callable[[sqlite3.Connection], T]) -> T:
    connection.execute("BEGIN IMMEDIATE")
    try:
        result = work(connection)
        connection.execute("COMMIT")
    except BaseException:  # whatever ended it, half of the work is not kept
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return result


class Write(Generic[T]):
    """A work that waits for its commit, and what came of it."""

    def __init__(self, work: Callable[[sqlite3.Connection], T]) -> None:
        self.work = work
        self.result: Callable[[], T] = _raiser(KeyTableDamaged())


def take(waiting: "deque[Write[Any]]") -> "list[Write[Any]]":
    return [waiting.popleft() for _ in range(len(waiting))]


def write_together(connection: sqlite3.Connection, writes: "list[Write[Any]]") -> None:
    """Commit all in one transaction. Nothing is left where an earlier call took them along."""

    def run(c: sqlite3.Connection) -> list[Callable[[], Any]]:
        return [_in_savepoint(c, write.work) for write in writes]

    try:
        results = transact(connection, run) if writes else []
    except Exception as error:  # noqa: BLE001 - whatever it is, all of them have it
        results = [_raiser(error)] * len(writes)
    for write, result in zip(writes, results, strict=True):
        write.result = result


def _in_savepoint(
    c: sqlite3.Connection, work: Callable[[sqlite3.Connection], T]
) -> Callable[[], T]:
    """Do `work` so that it alone is undone when it fails; gives what it gave or raises."""
    c.execute("SAVEPOINT one")
    try:
        result = work(c)
        c.execute("RELEASE one")
    except (sqlite3.Error, CurtilageError) as error:
        if not c.in_transaction:  # a full disk may end the transaction itself
            raise
        c.execute("ROLLBACK TO one")
        c.execute("RELEASE one")
        return _raiser(error)
    return lambda: result


def _raiser(error: Exception) -> Callable[[], NoReturn]:
    def raise_it() -> NoReturn:
        raise error

    return raise_it
