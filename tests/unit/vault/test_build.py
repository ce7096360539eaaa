"""Starting: what is missing is made, what is wrong is refused."""

import asyncio
import re
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from curtilage.core.db.errors import DatabaseCorrupt, DatabaseFull, DatabaseLocked
from curtilage.core.errors import SetupError, UnavailableError
from curtilage.vault.build import build_vault, open_vault
from curtilage.vault.errors import KeyDirProblem, KeyTableProblem, RootKeyProblem
from curtilage.vault.service import Vault
from curtilage.vault.settings import VaultSettings
from curtilage.vault.store.sqlite import open_key_table
from tests.fakes import FixedClock, FixedEntropy
from tests.unit.vault.conftest import OpenVault
from tests.unit.vault.test_service import scope_of


async def start(key_dir: Path, data_dir: Path | None = None) -> Vault:
    return await open_vault(
        key_dir, clock=FixedClock(), entropy=FixedEntropy("start"), data_dir=data_dir
    )


async def start_and_stop(key_dir: Path, data_dir: Path | None = None) -> None:
    await (await start(key_dir, data_dir)).close()


async def test_a_first_start_makes_a_private_directory(tmp_path: Path) -> None:
    directory = tmp_path / "new" / "keys"
    await start_and_stop(directory)
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in directory.iterdir()}
    assert set(modes.values()) == {0o600}
    assert {"root.key", "keys.db"} <= modes.keys()


async def test_the_tenant_is_opaque_and_stays(tmp_path: Path) -> None:
    tenants = []
    for directory, seed in (("keys", "one"), ("keys", "two"), ("elsewhere", "three")):
        given = {"clock": FixedClock(), "entropy": FixedEntropy(seed)}
        vault = await open_vault(tmp_path / directory, **given)  # type: ignore[arg-type]
        tenants.append(vault.tenant())
        await vault.close()
    assert tenants[0] == tenants[1] != tenants[2], "made once for each installation"
    assert all(re.fullmatch("t[a-z2-7]{26}", tenant) for tenant in tenants), "it says nothing"


@pytest.mark.parametrize("inside", ["data", "data/keys", "data/deep/keys", "."])
async def test_keys_and_data_in_one_another_are_refused(tmp_path: Path, inside: str) -> None:
    (tmp_path / "data").mkdir()
    with pytest.raises(KeyDirProblem, match="in one another"):
        await start(tmp_path / inside, tmp_path / "data")
    await start_and_stop(tmp_path / "data-keys", tmp_path / "data")


async def test_a_link_into_the_data_directory_is_seen_through(tmp_path: Path) -> None:
    (tmp_path / "data" / "keys").mkdir(parents=True)
    (tmp_path / "keys").symlink_to(tmp_path / "data" / "keys")
    with pytest.raises(KeyDirProblem):
        await start(tmp_path / "keys", tmp_path / "data")


async def test_a_lost_root_key_is_not_made_anew(key_dir: Path) -> None:
    await start_and_stop(key_dir)
    (key_dir / "root.key").unlink()
    with pytest.raises(RootKeyProblem, match="missing"):
        await start(key_dir)
    assert not (key_dir / "root.key").exists()


async def test_the_root_key_of_another_table_is_refused(tmp_path: Path) -> None:
    for name in ("one", "two"):
        vault = await open_vault(tmp_path / name, clock=FixedClock(), entropy=FixedEntropy(name))
        await vault.close()
    (tmp_path / "one" / "root.key").replace(tmp_path / "two" / "root.key")
    with pytest.raises(RootKeyProblem, match="not the one"):
        await start(tmp_path / "two")


async def test_a_root_key_that_others_may_read_stops_the_start(key_dir: Path) -> None:
    await start_and_stop(key_dir)
    (key_dir / "root.key").chmod(0o644)
    with pytest.raises(RootKeyProblem, match="Others"):
        await start(key_dir)


async def test_a_file_in_place_of_the_key_directory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("")
    with pytest.raises(SetupError):
        await start(tmp_path / "keys")


async def test_a_newer_key_table_is_refused(key_dir: Path) -> None:
    await start_and_stop(key_dir)
    with sqlite3.connect(key_dir / "keys.db") as connection:
        connection.execute("PRAGMA user_version=2")
    connection.close()
    with pytest.raises(KeyTableProblem, match="newer version"):
        await start(key_dir)


async def test_a_damaged_key_table_is_said(key_dir: Path) -> None:
    await start_and_stop(key_dir)
    (key_dir / "keys.db").write_bytes(b"no database" * 1000)
    with pytest.raises(DatabaseCorrupt):
        await start(key_dir)


async def test_a_locked_key_table_is_said(key_dir: Path) -> None:
    await start_and_stop(key_dir)
    table = open_key_table(key_dir / "keys.db")
    await table._run(lambda: table._connection.execute("PRAGMA busy_timeout=0"))
    holder = sqlite3.connect(key_dir / "keys.db", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(DatabaseLocked):
        await table.generation()
    holder.close()
    assert await table.generation() == 0
    await table.close()


async def test_a_full_disk_makes_no_half_key(vault: Vault, opened: OpenVault) -> None:
    before = await vault.load_scope(scope_of(vault))
    table = vault.table
    limit = "PRAGMA max_page_count=1"
    await table._run(lambda: table._connection.execute(limit).fetchall())  # type: ignore[attr-defined]

    async def load_many() -> None:
        for number in range(2000):
            await vault.load_scope(scope_of(vault, name=f"conversation-{number}"))

    with pytest.raises(DatabaseFull):
        await load_many()
    again = await opened()
    assert await again.load_scope(scope_of(vault)) == before
    assert (await again.status()).scopes == (await vault.status()).scopes


async def test_a_key_table_that_was_closed_is_unavailable(vault: Vault, opened: OpenVault) -> None:
    table = open_key_table(await asyncio.to_thread(lambda: vault.table._path))  # type: ignore[attr-defined]
    await table._run(table._connection.close)
    with pytest.raises(UnavailableError):
        await table.generation()


STARTER = """
import asyncio, sys
from pathlib import Path
from curtilage.core.clock import SystemClock
from curtilage.core.entropy import SystemEntropy
from curtilage.core.models import Scope
from curtilage.vault.build import open_vault

async def main():
    sys.stdin.readline()
    vault = await open_vault(Path(sys.argv[1]), clock=SystemClock(), entropy=SystemEntropy())
    scopes = [Scope(vault.tenant(), "service", s, span, "name")
              for s in (None, "ada") for span in ("session", "epoch")]
    loaded = [await vault.load_scope(scope) for scope in scopes]
    key = await vault.signing_key("ledger")
    print(vault.tenant(), *(each.current[1].hex() + each.actor for each in loaded),
          key.public_key().public_bytes_raw().hex())
    await vault.close()

asyncio.run(main())
"""


@pytest.mark.slow
def test_processes_that_start_at_once_make_the_same_keys(tmp_path: Path) -> None:
    command = [sys.executable, "-c", STARTER, str(tmp_path / "keys")]
    starters = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    for starter in starters:
        assert starter.stdin is not None
        starter.stdin.write("go\n")
        starter.stdin.flush()
    told = {starter.communicate(timeout=25)[0] for starter in starters}
    assert [starter.returncode for starter in starters] == [0, 0, 0]
    assert len(told) == 1
    assert len(told.pop().split()) == 6


def test_the_slice_offers_checks_and_commands(tmp_path: Path) -> None:
    async def never(_config: Path | None, _data: Path | None) -> Vault:
        raise NotImplementedError

    place = (tmp_path / "keys", tmp_path, VaultSettings())
    offered = build_vault(never, place=lambda: place)
    assert [name for name, _ in offered.commands] == ["vault"]
    assert [seen.code for check in offered.checks for seen in check()] == ["vault.key-dir-absent"]
