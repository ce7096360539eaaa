"""`curtilage scan mysql://…`: tables, samples, what may not be read, and no password anywhere."""

import json
import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pymysql
import pytest

from curtilage.survey.databases.addresses import parse_address
from curtilage.survey.databases.mysql import connect
from tests.integration.cli.conftest import MAIL, Scan
from tests.mysql_server import address_of, admin, own_database, some_mysql

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]
ROWS = 20_000
SETUP = f"""
CREATE TABLE people (id int PRIMARY KEY, email text, born date, photo blob, at point, flags bit(8), seen timestamp NULL);
INSERT INTO people SELECT seq, concat('p', seq, '@orchard.example'), '1990-01-02', 'text', POINT(1, 2), b'101', NULL
  FROM seq_1_to_{ROWS};
CREATE TABLE `odd ``%s`` :name` (`a %d` text, body longtext);
INSERT INTO `odd ``%s`` :name` VALUES ('bob@orchard.example', repeat('word ', 300000));
CREATE TABLE log (line json);
INSERT INTO log VALUES ('{{"to": "ada@orchard.example"}}');
CREATE VIEW endless AS SELECT sleep(1000);
ANALYZE TABLE people
"""
Where = dict[str, Any]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Where]:
    with some_mysql(tmp_path_factory.mktemp("my")) as where:
        yield where


@pytest.fixture(scope="module")
def database(server: Where) -> Iterator[str]:
    with own_database(server) as name, closing(admin(database=name, **server)) as connection:
        with connection.cursor() as cursor:
            for statement in SETUP.split(";\n"):
                cursor.execute(statement)
        yield name


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No file of whoever runs the tests says who connects."""
    monkeypatch.setenv("HOME", str(tmp_path))


def shown(server: Where, name: str) -> str:
    return f"mysql:///{name}" if server else f"mysql://127.0.0.1:3306/{name}"


def test_every_table_is_read(scan: Scan, server: Where, database: str) -> None:
    done = scan(address_of(server, database), "--format", "jsonl", "--types", MAIL)
    places = done.places()
    name = shown(server, database)
    assert (name, f"table {database}.people", f"row {ROWS}", "email") in places
    assert (name, f"table {database}.log", "row 1", "line") in places
    assert (name, f"table {database}.odd `%s` :name", "row 1", "a %d") in places
    assert len(places) == ROWS + 2
    assert done.code == 5 and "1 records have values longer than" in done.err


def test_a_sample_says_what_it_was_drawn_from(scan: Scan, server: Where, database: str) -> None:
    words = (address_of(server, database), "--format", "json", "--sample", "500")
    done, again = scan(*words, "--tables", "people,log"), scan(*words, "--tables", "people,log")
    report = json.loads(done.out)
    assert done.code == 1, done.err
    assert "500 records of about" in done.err and "were examined, drawn at random" in done.err
    rows = [each for each in report["findings"] if "people" in each["within"][0]]
    assert len([each for each in rows if each["type"] == MAIL]) == 500
    (column,) = (
        each
        for each in report["columns"]
        if each["within"] == [f"table {database}.people"] and each["type"] == MAIL
    )
    assert (column["title"], column["share"], column["cells"]) == ("email", 1.0, 500)
    assert again.out == done.out


def test_nothing_can_be_written(server: Where, database: str) -> None:
    address = parse_address(address_of(server, database))
    with (
        closing(connect(pymysql, address)) as connection,
        connection.cursor() as cursor,
        pytest.raises(pymysql.err.Error) as refusal,
    ):
        cursor.execute("DELETE FROM people")
    assert refusal.value.args[0] == 1792  # ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION


def test_a_table_that_may_not_be_read_is_told(scan: Scan, server: Where, database: str) -> None:
    user = f"c{os.urandom(6).hex()}"
    with closing(admin(database=database, **server)) as connection:
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE USER {user}@'%' IDENTIFIED BY 'hunter2'")
            cursor.execute(f"GRANT SELECT ON log TO {user}@'%'")
            cursor.execute(f"GRANT INSERT ON people TO {user}@'%'")
        try:
            done = scan(address_of(server, database, user, "hunter2"))
            refused = scan(address_of(server, database, user, "wrong"))
        finally:
            with connection.cursor() as cursor:
                cursor.execute(f"DROP USER {user}@'%'")
    assert done.code == 5
    assert f"table {database}.people: This user may not read it. (error 1142)" in done.err
    assert f"table {database}.log" in done.out and MAIL in done.out
    assert "MYSQL_PWD" in done.err and "hunter2" not in done.err + done.out
    assert refused.code == 5 and "refuses the user or the password" in refused.err


def test_user_and_password_may_lie_in_a_file(
    scan: Scan, server: Where, database: str, tmp_path: Path
) -> None:
    (tmp_path / ".my.cnf").write_text("[client]\nuser = root\n")
    words = address_of(server, database).replace("root@", "")
    done = scan(words, "--tables", "log")
    assert done.code == 1 and MAIL in done.out


def test_what_does_not_answer_is_told_without_the_password(
    scan: Scan, server: Where, database: str
) -> None:
    for wrong in (
        "mysql://ada:hunter2@127.0.0.1:1/x",
        address_of(server, "no_such"),
        address_of(server, database) + ("&" if server else "?") + "ssl-mode=REQUIRED",
    ):
        done = scan(wrong)
        assert done.code == 5 and "not examined: mysql://" in done.err
        assert "hunter2" not in done.err + done.out
