"""Every place where an app keeps its sessions keeps the same promise."""

import asyncio
import sqlite3
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from curtilage.identity.relying.ports import SessionStore
from curtilage.identity.relying.store.file import FileSessions
from curtilage.identity.relying.store.memory import MemorySessions
from tests.fakes.clock import START

KEY, OTHER, TAG, MARK = (bytes([each]) * 32 for each in range(4))
LATER = START + timedelta(hours=1)


@pytest.fixture(params=["memory", "file"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> SessionStore:
    kinds: dict[str, Callable[[], SessionStore]] = {
        "memory": MemorySessions,
        "file": lambda: FileSessions(tmp_path / "sessions"),
    }
    return kinds[request.param]()


async def test_a_box_is_there_until_its_time_is_over(store: SessionStore) -> None:
    assert await store.load(KEY, at=START) is None
    await store.save(KEY, b"box", tags=(TAG,), until=LATER)
    assert await store.load(KEY, at=START) == b"box"
    assert await store.load(KEY, at=LATER) is None
    await store.save(KEY, b"new", tags=(TAG,), until=LATER)
    await store.touch(KEY, until=LATER + timedelta(hours=1))
    assert await store.load(KEY, at=LATER) == b"new"


async def test_what_is_gone_is_not_replaced_or_touched(store: SessionStore) -> None:
    assert not await store.replace(KEY, b"box")
    await store.touch(KEY, until=LATER)
    await store.delete(KEY)
    assert await store.load(KEY, at=START) is None
    await store.save(KEY, b"box", tags=(), until=LATER)
    assert await store.replace(KEY, b"other")
    assert await store.load(KEY, at=START) == b"other"
    await store.delete(KEY)
    assert not await store.replace(KEY, b"box")


async def test_a_tag_ends_all_that_have_it_and_no_other(store: SessionStore) -> None:
    await store.save(KEY, b"1", tags=(TAG, MARK), until=LATER)
    await store.save(OTHER, b"2", tags=(TAG,), until=LATER)
    await store.save(MARK, b"3", tags=(OTHER,), until=LATER)
    assert await store.end(TAG) == 2
    assert await store.end(TAG) == 0
    assert await store.load(KEY, at=START) is None
    assert await store.load(MARK, at=START) == b"3"


async def test_a_mark_is_given_once_however_many_ask(store: SessionStore) -> None:
    asked = [store.once(MARK, at=START, until=LATER) for _ in range(20)]
    assert sum(await asyncio.gather(*asked)) == 1
    assert await store.once(KEY, at=START, until=LATER)
    assert not await store.once(MARK, at=LATER - timedelta(seconds=1), until=LATER)
    assert await store.once(MARK, at=LATER, until=LATER + timedelta(hours=1))


async def test_memory_is_bounded_and_the_oldest_goes() -> None:
    store = MemorySessions(most=2, most_marks=2)
    for key in (KEY, OTHER, TAG):
        await store.save(key, b"box", tags=(MARK,), until=LATER)
        assert await store.once(key, at=START, until=LATER)
    assert await store.load(KEY, at=START) is None
    assert await store.end(MARK) == 2
    assert await store.once(KEY, at=START, until=LATER)


async def test_a_file_is_its_owners_and_shared_by_workers(tmp_path: Path) -> None:
    path = tmp_path / "sessions"
    one, two = FileSessions(path), FileSessions(str(path))
    await one.save(KEY, b"box", tags=(TAG,), until=LATER)
    assert await two.load(KEY, at=START) == b"box"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    asked = [each.once(MARK, at=START, until=LATER) for each in (one, two) * 10]
    assert sum(await asyncio.gather(*asked)) == 1
    assert await two.end(TAG) == 1
    assert await one.load(KEY, at=START) is None


async def test_a_file_forgets_what_is_over(tmp_path: Path) -> None:
    store = FileSessions(tmp_path / "sessions")
    await store.save(KEY, b"box", tags=(TAG,), until=START)
    assert await store.once(MARK, at=LATER, until=LATER)
    assert not await store.replace(KEY, b"new")


async def test_a_change_that_fails_in_a_file_leaves_what_was(tmp_path: Path) -> None:
    store = FileSessions(tmp_path / "sessions")
    await store.save(KEY, b"box", tags=(TAG,), until=LATER)
    with pytest.raises(sqlite3.IntegrityError):
        await store.save(KEY, b"new", tags=(TAG, TAG), until=LATER)
    assert await store.load(KEY, at=START) == b"box"
