"""`curtilage scan postgresql://…`: tables, samples, what may not be read, and no password anywhere."""

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest
from sqlalchemy import make_url

from curtilage.survey.databases.addresses import parse_address
from curtilage.survey.databases.postgres import connect
from tests.integration.cli.conftest import MAIL, Scan
from tests.postgres_server import own_database, some_postgres

pytestmark = [pytest.mark.slow, pytest.mark.postgres, pytest.mark.timeout(120)]
ROWS = 20_000
SETUP = f"""
CREATE SCHEMA crm;
CREATE TABLE crm.people (id int PRIMARY KEY, email text, born date, tags text[], photo bytea, gone int);
ALTER TABLE crm.people DROP COLUMN gone;
INSERT INTO crm.people
  SELECT n, 'p' || n || '@orchard.example', '1990-01-02', ARRAY['a', 'b'], 'text'
  FROM generate_series(1, {ROWS}) n;
CREATE TABLE crm.log (at timestamptz, line jsonb) PARTITION BY RANGE (at);
CREATE TABLE crm.log_1 PARTITION OF crm.log DEFAULT;
INSERT INTO crm.log VALUES (now(), '{{"to": "ada@orchard.example"}}');
CREATE TABLE public."odd ""%s"" :name" ("a %d" text, body text);
INSERT INTO public."odd ""%s"" :name" VALUES ('bob@orchard.example', repeat('word ', 300000));
CREATE VIEW crm.endless AS SELECT pg_sleep(1000)::text;
ANALYZE;
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with some_postgres(tmp_path_factory.mktemp("pg")) as server, own_database(server) as address:
        with psycopg.connect(address, autocommit=True) as admin:
            admin.execute(SETUP.encode())
        yield address


def shown(address: str) -> str:
    url = make_url(address)
    return f"postgresql://{url.host}:{url.port}/{url.database}"


def test_every_table_is_read(scan: Scan, address: str) -> None:
    done = scan(address, "--format", "jsonl", "--types", MAIL)
    places = done.places()
    name = shown(address)
    assert (name, "table crm.people", f"row {ROWS}", "email") in places
    assert (name, "table crm.log", "row 1", "line") in places
    assert (name, 'table public.odd "%s" :name', "row 1", "a %d") in places
    assert len(places) == ROWS + 2
    assert done.code == 5 and "1 records have values longer than" in done.err


def test_a_sample_says_what_it_was_drawn_from(scan: Scan, address: str) -> None:
    words = (address, "--format", "json", "--sample", "500", "--tables", "crm.people,log")
    done, again = scan(*words), scan(*words)
    report = json.loads(done.out)
    assert done.code == 1, done.err
    assert f"500 records of about {ROWS:,} were examined, drawn by page" in done.err
    assert {each["within"][0] for each in report["findings"]} == {
        "table crm.people",
        "table crm.log",
    }
    assert sum(each["within"][0] == "table crm.people" for each in report["findings"]) >= 500
    (column,) = (
        each
        for each in report["columns"]
        if each["within"] == ["table crm.people"] and each["type"] == MAIL
    )
    assert (column["title"], column["share"], column["cells"]) == ("email", 1.0, 500)
    assert again.out == done.out


def test_nothing_can_be_written(address: str) -> None:
    with (
        closing(connect(psycopg, parse_address(address))) as connection,
        pytest.raises(psycopg.errors.ReadOnlySqlTransaction),
    ):
        connection.execute("DELETE FROM crm.people")


def test_a_table_that_may_not_be_read_is_told(scan: Scan, address: str) -> None:
    role = f"curtilage_{os.urandom(4).hex()}"
    with psycopg.connect(address, autocommit=True) as admin:
        admin.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'hunter2'".encode())
        admin.execute(
            f"GRANT USAGE ON SCHEMA crm TO {role}; GRANT SELECT ON crm.log TO {role}".encode()
        )
        try:
            url = make_url(address).set(username=role, password="hunter2")
            done = scan(url.render_as_string(hide_password=False), "--tables", "crm.*")
        finally:
            admin.execute(f"DROP OWNED BY {role}; DROP ROLE {role}".encode())
    assert done.code == 5
    assert "table crm.people: This user may not read it." in done.err
    assert "table crm.log" in done.out and MAIL in done.out
    assert "PGPASSWORD" in done.err and "hunter2" not in done.err + done.out


def test_what_does_not_answer_is_told_without_the_password(scan: Scan, address: str) -> None:
    for wrong in (
        "postgresql://ada:hunter2@127.0.0.1:1/x",
        make_url(address).set(database="no_such").render_as_string(hide_password=False),
        "postgresql://127.0.0.1/x?nonsense=hunter2",
    ):
        done = scan(wrong)
        assert done.code == 5 and "not examined: postgresql://127.0.0.1" in done.err
        assert "hunter2" not in done.err + done.out


def test_other_databases_and_options_without_one_are_refused(scan: Scan) -> None:
    refused = scan("mssql://ada:hunter2@db.example/crm")
    assert refused.code == 2 and "hunter2" not in refused.err
    assert scan("--sample", "5").code == 2
    assert scan("postgresql://h/d", "--resume", "journal").code == 2


def test_a_file_of_sqlite_can_be_sampled_by_its_address(scan: Scan) -> None:
    with closing(sqlite3.connect("a.db")) as connection:
        for table in ("people", "other"):
            connection.execute(f"CREATE TABLE {table} (email TEXT)")
            rows = [(f"p{number}@orchard.example",) for number in range(50)]
            connection.executemany(f"INSERT INTO {table} VALUES (?)", rows)
        connection.commit()
    done = scan("sqlite:///a.db", "--sample", "7", "--tables", "people", "--format", "jsonl")
    assert done.code == 1 and "The first 7 records" in done.err
    assert done.places() == {("a.db", "table people", f"row {n}", "email") for n in range(1, 8)}
