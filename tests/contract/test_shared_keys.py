"""Nodes that share a key table on PostgreSQL, each with a copy of the root key."""

import json
import shutil
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url
from typer.testing import CliRunner

from curtilage.app.errors import KeysWithData, LedgerElsewhere
from curtilage.app.foundation import Foundation, open_foundation
from curtilage.app.settings import read_settings
from curtilage.core.db.apart import are_one
from curtilage.core.db.engine import open_postgres
from curtilage.core.errors import SetupError
from curtilage.core.models import Scope, TenantId
from curtilage.vault.build import has_keys, open_vault
from curtilage.vault.cli import build_commands
from curtilage.vault.errors import KeysElsewhere, KeyTableProblem, RootKeyNotSpread, RootKeyProblem
from curtilage.vault.service import Vault
from curtilage.vault.settings import VaultSettings
from curtilage.vault.store.postgres import PostgresKeyTable
from curtilage.vault.store.postgres_schema import METADATA, TENANT_KEY
from curtilage.vault.store.rows import REWRAP
from curtilage.vault.store.sqlite_schema import SCHEMA
from tests.builders import SERVICE
from tests.fakes import FixedClock, FixedEntropy, FixedIds
from tests.postgres_server import own_database

pytestmark = pytest.mark.postgres
OpenNode = Callable[[str], Awaitable[Vault]]


@pytest.fixture
def settings(postgres_url: str) -> VaultSettings:
    return VaultSettings(url=postgres_url)


@pytest.fixture
async def node(tmp_path: Path, settings: VaultSettings) -> AsyncIterator[OpenNode]:
    """Opens the vault of a node, whose keys lie in the folder of its name."""
    vaults: list[Vault] = []

    async def open_one(name: str) -> Vault:
        entropy = FixedEntropy(f"{name} {len(vaults)}")
        vault = await open_vault(
            tmp_path / name, clock=FixedClock(), entropy=entropy, settings=settings
        )
        vaults.append(vault)
        return vault

    yield open_one
    for vault in vaults:
        await vault.close()


def bring(tmp_path: Path, name: str = "root.key") -> None:
    """What an operator does: copy a file of the first node to the second."""
    (tmp_path / "two").mkdir(exist_ok=True)
    shutil.copy2(tmp_path / "one" / name, tmp_path / "two" / name)


def connect(settings: VaultSettings) -> psycopg.Connection:
    """A connection of somebody else to the same schema."""
    url = make_url(settings.url)
    bare = url.difference_update_query(["options"]).render_as_string(hide_password=False)
    return psycopg.connect(bare, options=url.query["options"], autocommit=True)


def scope_of(vault: Vault) -> Scope:
    return Scope(vault.tenant(), SERVICE, None, "session", "conversation")


async def test_a_node_without_the_root_key_is_refused_and_makes_none(
    node: OpenNode, tmp_path: Path, settings: VaultSettings
) -> None:
    one = await node("one")
    with pytest.raises(RootKeyProblem, match="missing") as caught:
        await node("two")
    assert "Copy root.key" in caught.value.advice
    assert not has_keys(tmp_path / "two", settings)
    bring(tmp_path)
    two = await node("two")
    assert has_keys(tmp_path / "two", settings)
    assert await two.load_scope(scope_of(two)) == await one.load_scope(scope_of(one))


async def test_a_root_key_of_its_own_is_refused(node: OpenNode, tmp_path: Path) -> None:
    await node("one")
    other = await open_vault(tmp_path / "two", clock=FixedClock(), entropy=FixedEntropy("two"))
    await other.close()
    with pytest.raises(RootKeyProblem, match="not the one") as caught:
        await node("two")
    assert "Copy root.key" in caught.value.advice


async def test_a_root_key_is_rotated_once_every_node_has_the_next(
    node: OpenNode, tmp_path: Path
) -> None:
    one = await node("one")
    bring(tmp_path)
    two = await node("two")
    before = await two.load_scope(scope_of(two))
    with pytest.raises(RootKeyNotSpread):
        await one.rotate_root()
    next_id = one.prepare_root()
    bring(tmp_path, "root.key.next")
    assert (await one.rotate_root()).version == next_id
    two.forget()
    assert await two.load_scope(scope_of(two)) == before
    await node("two")  # its next start settles the files
    assert not (tmp_path / "two" / "root.key.next").exists()
    assert (await two.status()).root_key_id == next_id


async def test_what_was_prepared_outlives_starts(node: OpenNode, tmp_path: Path) -> None:
    one = await node("one")
    next_id = one.prepare_root()
    again = await node("one")
    assert (await again.rotate_root()).version == next_id


def test_the_tables_are_those_of_the_file_column_for_column() -> None:
    file = sqlite3.connect(":memory:")
    for statement in SCHEMA:
        file.execute(statement)
    for name, table in METADATA.tables.items():
        columns = [row[1] for row in file.execute(f"PRAGMA table_info({name})")]
        assert columns == table.columns.keys(), name
    file.close()


def test_a_rotation_reaches_every_key_under_a_tenant_key() -> None:
    tables = METADATA.tables.values()
    under = {
        each.name for each in tables for key in each.foreign_keys if key.references(TENANT_KEY)
    }
    assert under == set(REWRAP)


async def test_deleted_rows_are_vacuumed(node: OpenNode, settings: VaultSettings) -> None:
    one = await node("one")
    assert isinstance(one.table, PostgresKeyTable)
    await one.load_scope(scope_of(one))
    await one.destroy_principal(one.tenant(), SERVICE)
    with connect(settings) as admin:
        vacuumed = "SELECT bool_and(relallvisible = relpages) FROM pg_class WHERE relname = %s"
        for name in ("owner_key", "scope_key"):
            of_schema = f"{vacuumed} AND relnamespace = current_schema()::regnamespace"
            assert admin.execute(of_schema, [name]).fetchone() == (True,)


async def test_a_newer_key_table_is_refused(node: OpenNode, settings: VaultSettings) -> None:
    await node("one")
    with connect(settings) as admin:
        admin.execute("UPDATE meta SET value = '2' WHERE name = 'schema'")
    with pytest.raises(KeyTableProblem, match="newer version"):
        await node("one")


async def test_no_id_of_anybody_is_in_the_table(node: OpenNode, settings: VaultSettings) -> None:
    one = await node("one")
    await one.load_scope(scope_of(one))
    with connect(settings) as admin:
        for table in ("meta", "owner_key", "scope_key", "named_key"):
            rows = admin.execute(f"SELECT CAST({table} AS text) FROM {table}").fetchall()
            assert rows
            said = (SERVICE, SERVICE.encode().hex())
            assert not any(each in row[0] for row in rows for each in said)


def test_the_command_prepares_what_rotate_takes(tmp_path: Path, settings: VaultSettings) -> None:
    calls = iter(range(100))

    async def open_one(_config: Path | None, _data_dir: Path | None) -> Vault:
        entropy = FixedEntropy(f"process {next(calls)}")
        return await open_vault(
            tmp_path / "one", clock=FixedClock(), entropy=entropy, settings=settings
        )

    app = build_commands(open_one)
    prepared = CliRunner().invoke(app, ["prepare-root", "--json"], catch_exceptions=False)
    rotated = CliRunner().invoke(app, ["rotate", "--root", "--json"], catch_exceptions=False)
    next_id = json.loads(prepared.output)["next_root_key_id"]
    assert json.loads(rotated.output)["root"]["version"] == next_id


async def test_one_database_is_known_by_any_name(postgres_database: str) -> None:
    url = make_url(postgres_database)
    aliases = [url, url.update_query_dict({"options": "-c search_path=elsewhere"})]
    opened = [
        open_postgres(each.render_as_string(hide_password=False), setting="store.url")
        for each in (*aliases, url.set(database="postgres"))
    ]
    try:
        assert await are_one(opened[0], opened[1], key=7)
        assert not await are_one(opened[0], opened[2], key=7)
    finally:
        for each in opened:
            await each.close()


async def test_keys_in_the_database_of_the_store_are_refused(
    tmp_path: Path, postgres_url: str
) -> None:
    flags = {
        "server.data_dir": tmp_path / "data",
        "server.key_dir": tmp_path / "keys",
        "store.url": postgres_url,
        "vault.url": postgres_url,
        "ledger.log": "store",
    }
    opening = open_foundation(
        read_settings(None, {}, flags),
        clock=FixedClock(),
        ids=FixedIds(),
        entropy=FixedEntropy(),
    )
    with pytest.raises(KeysWithData):
        await opening.__aenter__()
    assert not (tmp_path / "keys" / "root.key").exists()


async def test_addresses_that_were_exchanged_are_refused_and_nothing_is_made(
    tmp_path: Path, postgres_url: str, postgres_database: str
) -> None:
    """A node that begins without a ledger would make keys in the store, and a store beside keys."""

    def opening(node: str, store: str, keys: str) -> AbstractAsyncContextManager[Foundation]:
        flags = {
            "server.data_dir": tmp_path / node / "data",
            "server.key_dir": tmp_path / node / "keys",
            "store.url": store,
            "vault.url": keys,
            "ledger.log": "store",
        }
        return open_foundation(
            read_settings(None, {}, flags),
            clock=FixedClock(),
            ids=FixedIds(),
            entropy=FixedEntropy(node),
        )

    with own_database(postgres_database) as keys:
        async with opening("one", postgres_url, keys):
            pass
        with pytest.raises(KeysWithData, match="holds keys"):
            await opening("other", keys, postgres_url).__aenter__()
        with own_database(postgres_database) as empty, pytest.raises(KeysWithData):
            await opening("other", empty, postgres_url).__aenter__()
        async with opening("one", postgres_url, keys):
            pass
    assert not (tmp_path / "other" / "keys").exists()


async def test_a_key_table_without_the_keys_of_what_is_stored_is_refused_and_gets_none(
    tmp_path: Path, settings: VaultSettings
) -> None:
    """A `vault.url` that leads to an empty database, beside a store that is in use."""

    async def open_with(folder: str, expected: str) -> Vault:
        return await open_vault(
            tmp_path / folder,
            clock=FixedClock(),
            entropy=FixedEntropy(folder),
            settings=settings,
            expected_tenant=TenantId(expected),
        )

    with pytest.raises(KeysElsewhere, match="no keys"):
        await open_with("one", "whoever-was-here")
    with connect(settings) as admin:
        assert admin.execute("SELECT to_regclass('tenant_key')").fetchone() == (None,)
    assert not (tmp_path / "one").exists()
    owner = await open_vault(
        tmp_path / "one", clock=FixedClock(), entropy=FixedEntropy("one"), settings=settings
    )
    await owner.close()
    with pytest.raises(KeysElsewhere, match="another installation"):
        await open_with("one", "whoever-was-here")
    again = await open_with("one", owner.tenant())
    assert again.tenant() == owner.tenant()
    await again.close()


async def test_a_key_table_of_an_older_version_is_brought_up_to_date(
    node: OpenNode, settings: VaultSettings
) -> None:
    """As `keys.db` is, where a version before this one made only some of the tables."""
    with connect(settings) as admin:
        admin.execute("CREATE TABLE meta (name text PRIMARY KEY, value text NOT NULL)")
        admin.execute("INSERT INTO meta VALUES ('schema', '0')")
    one = await node("one")
    assert (await one.load_scope(scope_of(one))).scope.tenant == one.tenant()
    with connect(settings) as admin:
        version = admin.execute("SELECT value FROM meta WHERE name = 'schema'").fetchone()
    assert version == ("1",)


async def test_a_ledger_in_another_database_is_refused(tmp_path: Path, postgres_url: str) -> None:
    """Workers would record there, and nobody would read, sign or verify it."""
    elsewhere = make_url(postgres_url).set(database="postgres")
    flags = {
        "server.data_dir": tmp_path / "data",
        "server.key_dir": tmp_path / "keys",
        "store.url": postgres_url,
        "ledger.log": "store",
        "ledger.url": elsewhere.render_as_string(hide_password=False),
    }
    opening = open_foundation(
        read_settings(None, {}, flags),
        clock=FixedClock(),
        ids=FixedIds(),
        entropy=FixedEntropy(),
    )
    with pytest.raises(LedgerElsewhere):
        await opening.__aenter__()
    assert not (tmp_path / "keys" / "root.key").exists()


def test_an_address_of_keys_that_is_not_understood_is_refused() -> None:
    with pytest.raises(SetupError, match=r"vault\.url"):
        read_settings(None, {}, {"vault.url": "mysql://127.0.0.1/keys"})
