"""Databases for contract tests: every test gets an empty one of each kind."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from curtilage.app.migrations import SCRIPTS
from curtilage.core.db.engine import Database, open_database
from curtilage.core.db.migrate import migrate
from tests.postgres_server import own_database, some_postgres
from tests.redis_server import some_redis


@pytest.fixture(scope="session")
def postgres_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a database of this run; tests take a schema each, which is quicker."""
    with some_postgres(tmp_path_factory.mktemp("pg")) as server, own_database(server) as address:
        yield address


@pytest.fixture
def postgres_url(postgres_database: str) -> Iterator[str]:
    """An empty schema that goes away after the test, as `store.url` would name it."""
    schema = f"test_{os.urandom(8).hex()}"
    with psycopg.connect(postgres_database, autocommit=True) as admin:
        admin.execute(f"CREATE SCHEMA {schema}")
        options = {"options": f"-c search_path={schema}"}
        url = make_url(postgres_database).update_query_dict(options)
        yield url.render_as_string(hide_password=False)
        admin.execute(f"DROP SCHEMA {schema} CASCADE")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """What `store.url` would say, for an empty database that goes away after the test."""
    if request.param == "sqlite":
        return "sqlite"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture(scope="session")
def redis_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """What `store.shared` would say, for a Redis that all tests of this run share."""
    with some_redis(tmp_path_factory.mktemp("redis")) as address:
        yield address


@pytest.fixture
async def empty_database(database_url: str, data_dir: Path) -> AsyncIterator[Database]:
    """A database without tables."""
    database = open_database(database_url, data_dir)
    yield database
    await database.close()


@pytest.fixture
async def database(empty_database: Database) -> Database:
    """A database with the tables of this version."""
    await migrate(empty_database, SCRIPTS)
    return empty_database
