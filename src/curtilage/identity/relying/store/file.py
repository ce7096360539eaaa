"""Sessions in one SQLite file: for all workers of one machine, and over restarts.

The standard library's driver, in a thread: the app needs no database for this."""

import asyncio
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import TypeVar

T = TypeVar("T")
PATIENCE = 5.0  # seconds that one worker waits for another
FORGET_EVERY = 500  # writes between two looks for what is over
_TABLES = """
CREATE TABLE IF NOT EXISTS box (
  key BLOB PRIMARY KEY, box BLOB NOT NULL, until REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tag (
  tag BLOB NOT NULL, key BLOB NOT NULL REFERENCES box (key) ON DELETE CASCADE,
  PRIMARY KEY (tag, key)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS tag_key ON tag (key);
CREATE TABLE IF NOT EXISTS mark (mark BLOB PRIMARY KEY, until REAL NOT NULL) WITHOUT ROWID;
"""


@dataclass(slots=True)
class FileSessions:
    """Implements `SessionStore`. The file is made for its owner alone."""

    path: Path | str
    _writes: int = field(default=0, init=False)
    _is_made: bool = field(default=False, init=False)
    _lock: Lock = field(default_factory=Lock, init=False, repr=False)

    async def load(self, key: bytes, *, at: datetime) -> bytes | None:
        def work(db: sqlite3.Connection) -> bytes | None:
            found = db.execute(
                "SELECT box FROM box WHERE key = ? AND until > ?", (key, at.timestamp())
            ).fetchone()
            return bytes(found[0]) if found else None

        return await self._run(work, reads=True)

    async def save(
        self, key: bytes, box: bytes, *, tags: tuple[bytes, ...], until: datetime
    ) -> None:
        def work(db: sqlite3.Connection) -> None:
            db.execute("DELETE FROM box WHERE key = ?", (key,))
            db.execute("INSERT INTO box VALUES (?, ?, ?)", (key, box, until.timestamp()))
            db.executemany("INSERT INTO tag VALUES (?, ?)", [(tag, key) for tag in tags])

        await self._run(work)

    async def replace(self, key: bytes, box: bytes) -> bool:
        return await self._change("UPDATE box SET box = ? WHERE key = ?", box, key) > 0

    async def touch(self, key: bytes, *, until: datetime) -> None:
        await self._change("UPDATE box SET until = ? WHERE key = ?", until.timestamp(), key)

    async def delete(self, key: bytes) -> None:
        await self._change("DELETE FROM box WHERE key = ?", key)

    async def end(self, tag: bytes) -> int:
        return await self._change(
            "DELETE FROM box WHERE key IN (SELECT key FROM tag WHERE tag = ?)", tag
        )

    async def once(self, mark: bytes, *, at: datetime, until: datetime) -> bool:
        def work(db: sqlite3.Connection) -> bool:
            self._forget(db, at)
            return (
                db.execute(
                    "INSERT INTO mark VALUES (?, ?) ON CONFLICT (mark) DO UPDATE "
                    "SET until = excluded.until WHERE mark.until <= ?",
                    (mark, until.timestamp(), at.timestamp()),
                ).rowcount
                > 0
            )

        return await self._run(work)

    async def _change(self, statement: str, *values: object) -> int:
        return await self._run(lambda db: db.execute(statement, values).rowcount)

    def _forget(self, db: sqlite3.Connection, at: datetime) -> None:
        self._writes += 1
        if self._writes % FORGET_EVERY == 1:
            db.execute("DELETE FROM box WHERE until <= ?", (at.timestamp(),))
            db.execute("DELETE FROM mark WHERE until <= ?", (at.timestamp(),))

    async def _run(self, work: Callable[[sqlite3.Connection], T], *, reads: bool = False) -> T:
        return await asyncio.to_thread(self._work, work, "DEFERRED" if reads else "IMMEDIATE")

    def _work(self, work: Callable[[sqlite3.Connection], T], mode: str) -> T:
        self._make()
        with closing(sqlite3.connect(self.path, timeout=PATIENCE, isolation_level=None)) as db:
            db.execute("PRAGMA foreign_keys = ON")
            db.execute("PRAGMA secure_delete = ON")
            db.execute(f"BEGIN {mode}")
            try:
                found = work(db)
            except BaseException:  # whatever it was: nothing half done stays, and it goes on up
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")
            return found

    def _make(self) -> None:
        with self._lock:
            if self._is_made:
                return
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
            with closing(sqlite3.connect(self.path, timeout=PATIENCE)) as db:
                db.execute("PRAGMA journal_mode = WAL")
                db.executescript(_TABLES)
            self._is_made = True
