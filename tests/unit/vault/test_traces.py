"""A destroyed key is in no file any more."""

import random
import sqlite3
from pathlib import Path

import pytest

from curtilage.vault.build import open_vault
from curtilage.vault.service import Vault
from curtilage.vault.store.sqlite import MARK_UNCLEAN, open_key_table
from curtilage.vault.traces import PIECE, find_traces
from tests.builders import PERSON
from tests.fakes import FixedClock, FixedEntropy
from tests.unit.vault.conftest import OpenVault
from tests.unit.vault.test_service import scope_of


def owner_keys(key_dir: Path) -> set[bytes]:
    """The wrapped keys of people and services that are in the table."""
    return query(key_dir, "SELECT wrapped FROM owner_key WHERE wrapped IS NOT NULL")


def wrapped_keys(key_dir: Path) -> set[bytes]:
    """Those, and the wrapped keys of scopes."""
    return owner_keys(key_dir) | query(key_dir, "SELECT wrapped FROM scope_key")


def query(key_dir: Path, sql: str) -> set[bytes]:
    with sqlite3.connect(key_dir / "keys.db") as connection:
        rows = connection.execute(sql).fetchall()
    connection.close()
    return {row[0] for row in rows}


def names_in(directory: Path) -> list[str]:
    return [path.name for path in directory.iterdir()]


def raw_files(directory: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(directory.rglob("*")) if path.is_file())


async def test_the_bytes_of_a_destroyed_key_are_in_no_file(vault: Vault, key_dir: Path) -> None:
    await vault.load_scope(scope_of(vault))
    kept = wrapped_keys(key_dir)
    for name in ("conversation-7", "conversation-8"):
        await vault.load_scope(scope_of(vault, subject=PERSON, name=name))
    destroyed = wrapped_keys(key_dir) - kept
    assert len(destroyed) == 3
    await vault.destroy_person(vault.tenant(), PERSON)
    raw = raw_files(key_dir)
    assert not [each for each in destroyed if each in raw]
    assert not [name for each in destroyed for name in find_traces(key_dir, each)]
    assert all(each in raw for each in kept)


@pytest.mark.slow
async def test_no_history_of_the_table_leaves_a_piece_of_a_destroyed_key(
    vault: Vault, key_dir: Path
) -> None:
    """Rows move between pages as others come and go; SQLite alone leaves copies behind."""
    rng, alive, gone = random.Random(7), list[str](), list[bytes]()
    for number in range(160):
        before = owner_keys(key_dir)
        if alive and rng.random() < 0.4:
            person = alive.pop(rng.randrange(len(alive)))
            await vault.destroy_person(vault.tenant(), person)
            gone += before - owner_keys(key_dir)
        else:
            alive.append(f"person-{number}")
            await vault.load_scope(scope_of(vault, subject=alive[-1]))
    assert len(gone) > 50
    assert [each for each in gone if find_traces(key_dir, each)] == []


async def test_a_copy_of_the_table_is_reported_as_what_is_left(vault: Vault, key_dir: Path) -> None:
    await vault.load_scope(scope_of(vault, subject=PERSON))
    (key_dir / "keys.db.bak").write_bytes((key_dir / "keys.db").read_bytes())
    report = await vault.destroy_person(vault.tenant(), PERSON)
    assert report.residual == ("keys.db.bak",)


async def test_a_stale_copy_inside_the_file_is_driven_out(vault: Vault, key_dir: Path) -> None:
    await vault.load_scope(scope_of(vault))
    kept = owner_keys(key_dir)
    await vault.load_scope(scope_of(vault, subject=PERSON))
    (wrapped,) = owner_keys(key_dir) - kept
    path = key_dir / "keys.db"
    raw = bytearray(path.read_bytes())
    start = raw.find(bytes(200), 4096)  # unused room in a page
    raw[start + 40 : start + 40 + PIECE * 2] = wrapped[60 : 60 + PIECE * 2]
    path.write_bytes(raw)
    report = await vault.destroy_person(vault.tenant(), PERSON)
    assert report.residual == ()
    assert wrapped[64 : 64 + PIECE] not in raw_files(key_dir)


async def test_a_crash_before_the_file_was_cleaned_is_made_up_for_at_the_next_start(
    key_dir: Path, clock: FixedClock
) -> None:
    first = await open_vault(key_dir, clock=clock, entropy=FixedEntropy("a"))
    await first.load_scope(scope_of(first, subject=PERSON))
    await first.close()
    path, left = key_dir / "keys.db", b"a piece of a destroyed key"
    with sqlite3.connect(path) as connection:
        connection.execute(MARK_UNCLEAN)
    connection.close()
    raw = bytearray(path.read_bytes())
    start = raw.find(bytes(200), 4096)
    raw[start + 40 : start + 40 + len(left)] = left
    path.write_bytes(raw)
    await open_key_table(path).close()
    assert left not in raw_files(key_dir)


async def test_nothing_is_written_outside_the_key_directory(
    opened: OpenVault, tmp_path: Path
) -> None:
    vault = await opened()
    await vault.load_scope(scope_of(vault, subject=PERSON))
    await vault.destroy_person(vault.tenant(), PERSON)
    assert names_in(tmp_path) == ["keys"]


def test_a_piece_is_found_wherever_it_lies(tmp_path: Path) -> None:
    secret = bytes(range(113))
    (tmp_path / "sub").mkdir()
    for at in range(113 - 24):
        (tmp_path / "sub" / "file").write_bytes(b"x" * at + secret[at : at + 24] + b"y")
        assert find_traces(tmp_path, secret) == ["file"]
    (tmp_path / "sub" / "file").write_bytes(b"")
    assert find_traces(tmp_path, secret) == []
