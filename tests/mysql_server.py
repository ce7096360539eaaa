"""A MariaDB for tests: the machine's, or one of our own; each run takes databases of its own."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pymysql
import pytest

SERVER = "mysql://root@127.0.0.1:3306"
ABSENT = "no MariaDB answers on 127.0.0.1:3306 and mariadbd is not installed"
PATIENCE = 60  # seconds that a new server may take


def admin(**where: Any) -> Any:
    """A connection that may do everything, and does it at once."""
    given = {"host": "127.0.0.1", "port": 3306, "connect_timeout": 3} | where
    return pymysql.connect(user="root", autocommit=True, **given)


@contextmanager
def some_mysql(folder: Path) -> Iterator[dict[str, Any]]:
    """Where a server is, as the driver wants to be told."""
    try:
        admin().close()
    except pymysql.err.OperationalError:
        install, server = shutil.which("mariadb-install-db"), shutil.which("mariadbd")
        if not install or not server:
            pytest.skip(ABSENT)
        with _own_server(install, server, folder) as where:
            yield where
    else:
        yield {}


@contextmanager
def _own_server(install: str, server: str, folder: Path) -> Iterator[dict[str, Any]]:
    data, socket = folder / "data", folder / "socket"
    common = ["--no-defaults", f"--datadir={data}"]
    root = ["--user=root"] if os.getuid() == 0 else []
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    way = "--auth-root-authentication-method=normal"
    subprocess.run([install, *common, *root, way], check=True, **quiet)
    command = [server, *common, *root, "--skip-networking", f"--socket={socket}"]
    process = subprocess.Popen(command, **quiet)
    try:
        where = {"unix_socket": str(socket)}
        _wait(where)
        yield where
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _wait(where: dict[str, Any]) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with suppress(pymysql.err.OperationalError):
            admin(**where).close()
            return
        time.sleep(0.2)
    raise AssertionError(f"the server does not answer within {PATIENCE} s")


@contextmanager
def own_database(where: dict[str, Any]) -> Iterator[str]:
    """The name of an empty database, which goes away with the block."""
    name = f"curtilage_test_{os.urandom(8).hex()}"
    with closing(admin(**where)) as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
        try:
            yield name
        finally:
            cursor.execute(f"DROP DATABASE {name}")


def address_of(where: dict[str, Any], name: str, user: str = "root", password: str = "") -> str:
    login = f"{user}:{password}" if password else user
    if where:
        return f"mysql://{login}@/{name}?socket={where['unix_socket']}"
    return f"mysql://{login}@127.0.0.1:3306/{name}"
