"""Connections for state do not wait for ever for a side that takes bytes and answers none."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import psycopg
import pytest
from sqlalchemy import make_url, text

from curtilage.core.db.engine import Database, open_database
from curtilage.core.db.migrate import WAIT_SECONDS
from curtilage.core.db.postgres import FOR_STATE
from curtilage.core.db.silence import PatientConnection
from tests.tcp import TCPProxy, proxying

pytestmark = pytest.mark.postgres


class HastyConnection(PatientConnection):
    answer_seconds = 0.5


@pytest.fixture
def way(postgres_url: str) -> Iterator[TCPProxy]:
    with proxying(TCPProxy(make_url(postgres_url).port or 5432)) as way:
        yield way


def through(way: TCPProxy, url: str) -> str:
    address = make_url(url).set(host="127.0.0.1", port=way.port, query={})
    return address.render_as_string(hide_password=False)


async def test_one_that_answers_is_waited_for_and_one_that_does_not_is_given_up(
    postgres_url: str, way: TCPProxy
) -> None:
    async with await HastyConnection.connect(through(way, postgres_url)) as connection:
        await connection.execute("SELECT pg_sleep(0.2)")
        way.hang()
        began = monotonic()
        with pytest.raises(psycopg.OperationalError):
            await connection.execute("SELECT 1")
        assert monotonic() - began < 10
        assert connection.closed


async def test_connections_for_state_are_of_this_kind(postgres_url: str, data_dir: Path) -> None:
    database = open_database(postgres_url, data_dir)
    async with database.read() as connection:
        raw = await connection.get_raw_connection()
        assert isinstance(raw.driver_connection, PatientConnection)
    await database.close()


def test_who_waits_for_another_that_migrates_is_not_cut_off() -> None:
    assert FOR_STATE.answer_seconds > WAIT_SECONDS


async def test_after_one_that_hung_no_other_of_its_age_is_used(
    postgres_url: str, way: TCPProxy, data_dir: Path
) -> None:
    database = open_database(through(way, postgres_url), data_dir)
    async with database.read() as kept:
        await asyncio.gather(*(_ask(database) for _ in range(4)))
        way.mute()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await _ask(database)
        await database.renew()
        async with asyncio.timeout(10):
            await asyncio.gather(*(_ask(database) for _ in range(4)))
        way.cut()
        await kept.invalidate()
    await database.close()


async def _ask(database: Database) -> None:
    async with database.read() as connection:
        await connection.execute(text("SELECT pg_sleep(0.05)"))
