"""Keys, store and ledger of one installation: what is missing or another's is refused."""

import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from curtilage.app.errors import NoInstallation
from curtilage.app.installation import is_absent, open_store_and_keys, refuse_absent
from curtilage.app.settings import Settings, read_settings
from curtilage.core.db.engine import Database, open_database
from curtilage.core.db.installation import find_tenant
from curtilage.gateway.usage.models import Counts, UsageKey
from curtilage.gateway.usage.store import COUNTS, UsageStore
from curtilage.vault.errors import KeysElsewhere
from curtilage.vault.service import Vault
from tests.fakes import FixedClock, FixedEntropy

PLACES = {"data": "server.data_dir", "keys": "server.key_dir"}


def settings_of(folder: Path, **places: str) -> Settings:
    flags = {setting: folder / places.get(name, name) for name, setting in PLACES.items()}
    return read_settings(None, {}, flags)


def opening(folder: Path, seed: str = "a start", **places: str) -> Any:
    return open_store_and_keys(
        settings_of(folder, **places), clock=FixedClock(), entropy=FixedEntropy(seed)
    )


async def start(folder: Path, seed: str = "a start", **places: str) -> str:
    """Begin an installation, or go on with it; gives the tenant."""
    opened: tuple[Database, Vault]
    async with opening(folder, seed, **places) as opened:
        database, vault = opened
        assert await find_tenant(database) == vault.tenant()
        return vault.tenant()


async def refused(folder: Path, match: str, **places: str) -> None:
    with pytest.raises(KeysElsewhere, match=match) as caught:
        await start(folder, "another start", **places)
    assert "server.key_dir" in caught.value.advice


async def test_the_store_says_whose_it_is_from_the_first_start_on(tmp_path: Path) -> None:
    assert await start(tmp_path) == await start(tmp_path, "another start")


async def test_data_without_its_keys_gets_no_new_ones(tmp_path: Path) -> None:
    """A key directory that was not mounted would make a second installation on the first."""
    tenant = await start(tmp_path)
    (tmp_path / "keys").rename(tmp_path / "moved")
    await refused(tmp_path, "no keys")
    assert not (tmp_path / "keys").exists()
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "keys.db").touch()
    await refused(tmp_path, "no keys")
    assert not (tmp_path / "keys" / "root.key").exists()
    assert await start(tmp_path, keys="moved") == tenant


async def test_keys_of_another_installation_are_refused(tmp_path: Path) -> None:
    await start(tmp_path)
    other = await start(tmp_path, "another start", data="other-data", keys="other-keys")
    await refused(tmp_path, "another installation", keys="other-keys")
    assert await start(tmp_path, data="other-data", keys="other-keys") == other


async def test_the_store_of_another_installation_is_not_brought_up_to_date(tmp_path: Path) -> None:
    """A node of a newer version that was pointed at it would leave it unfit for its own."""
    await start(tmp_path)
    await start(tmp_path, "another start", data="other-data", keys="other-keys")
    with sqlite3.connect(tmp_path / "data" / "curtilage.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '0011_search'")
    await refused(tmp_path, "another installation", keys="other-keys")
    found = database.execute("SELECT version_num FROM alembic_version").fetchall()
    database.close()
    assert found == [("0011_search",)]


MADE_SINCE = (
    "caller_budget", "installation", "person", "person_handle", "person_erasure", "person_link",
    "authenticator", "ceremony",
    "oauth_client", "oauth_code", "oauth_consent", "oauth_device", "oauth_grant", "oauth_key",
    "oauth_notice", "oauth_refresh", "oauth_request", "oauth_seen", "oauth_tries", "oauth_ended", "oauth_changed",
    "oauth_caller",
    "reveal", "role_grant",
)  # fmt: skip

SUMMED_BY = (  # as usage was before it knew apps
    "tenant", "day", "actor", "group_id", "model", "upstream", "purpose", "currency",
)  # fmt: skip


async def test_an_upgrade_keeps_what_was_used(tmp_path: Path) -> None:
    """What was counted before is of no app; the ledger of then may be pruned."""
    tenant = await start(tmp_path)
    key = (tenant, "2026-03-02", "an actor", "", "gpt-4o", "openai", "assist", "EUR")
    texts = ", ".join(f"'{each}'" for each in key)
    as_before_the_row(tmp_path, f"INSERT INTO usage_sum VALUES ({texts}, 7, 1, 0, 0, 20, 5, 9, 61)")
    await start(tmp_path)
    database = open_database("sqlite", tmp_path / "data")
    sums, _ = await UsageStore(database).everything()
    await database.close()
    assert sums == {UsageKey(*key): Counts(7, 1, 0, 0, 20, 5, 9, 61)}


async def test_an_upgrade_writes_down_whose_the_store_is(tmp_path: Path) -> None:
    tenant = await start(tmp_path)
    as_before_the_row(tmp_path)
    assert await start(tmp_path) == tenant


async def test_an_upgrade_knows_from_what_was_kept_whose_the_store_is(tmp_path: Path) -> None:
    tenant = await start(tmp_path)
    as_before_the_row(
        tmp_path, f"INSERT INTO setup_link VALUES ('{tenant}', x'00', 'then', 'later', NULL)"
    )
    (tmp_path / "keys").rename(tmp_path / "moved")
    await refused(tmp_path, "no keys")
    assert await start(tmp_path, keys="moved") == tenant


def as_before_the_row(folder: Path, *statements: str) -> None:
    """As the version before left its database."""
    database = sqlite3.connect(folder / "data" / "curtilage.db")
    for table in MADE_SINCE:
        database.execute(f"DROP TABLE {table}")
    database.execute("DROP TABLE usage_sum")
    columns = ", ".join(
        [*(f"{name} TEXT NOT NULL" for name in SUMMED_BY), *(f"{name} BIGINT" for name in COUNTS)]
    )
    database.execute(
        f"CREATE TABLE usage_sum ({columns}, "
        f"CONSTRAINT pk_usage_sum PRIMARY KEY ({', '.join(SUMMED_BY)}))"
    )
    database.execute("DROP INDEX ix_api_key_tenant_owner")
    for column in ("owner", "line", "last_used_at"):
        database.execute(f"ALTER TABLE api_key DROP COLUMN {column}")
    database.execute("ALTER TABLE session DROP COLUMN must_change")
    database.execute("UPDATE alembic_version SET version_num = '0011_search'")
    for statement in statements:
        database.execute(statement)
    database.commit()
    database.close()


async def test_a_ledger_without_its_keys_and_store_gets_no_new_ones(tmp_path: Path) -> None:
    tenant = await start(tmp_path)
    head = tmp_path / "data" / "ledger" / "head"
    head.mkdir(parents=True)
    (head / "checkpoint").write_text(f"{tenant}/head\n1\nhash\n\nsigned\n")
    (tmp_path / "data" / "curtilage.db").unlink()
    (tmp_path / "keys").rename(tmp_path / "moved")
    await refused(tmp_path, "no keys")
    assert await start(tmp_path, keys="moved") == tenant


async def test_a_start_that_ended_before_there_were_keys_is_begun_again(tmp_path: Path) -> None:
    await start(tmp_path)
    shutil.rmtree(tmp_path / "keys")
    database = sqlite3.connect(tmp_path / "data" / "curtilage.db")
    database.execute("DELETE FROM installation")
    database.commit()
    database.close()
    assert await start(tmp_path, "another start")


async def test_what_is_there_is_told_from_what_is_gone(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    assert is_absent(settings)
    with pytest.raises(NoInstallation):
        refuse_absent(settings)
    await start(tmp_path)
    refuse_absent(settings)
    assert not is_absent(settings)
    (tmp_path / "keys").rename(tmp_path / "moved")
    with pytest.raises(KeysElsewhere, match="The keys of the installation"):
        refuse_absent(settings)
    (tmp_path / "moved").rename(tmp_path / "keys")
    (tmp_path / "data" / "curtilage.db").unlink()
    refuse_absent(settings, data=False)
    with pytest.raises(NoInstallation, match="There is no installation"):
        refuse_absent(settings)
