"""Puts the slice together."""

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from curtilage.core.clock import Clock
from curtilage.core.db.copying import copy_sqlite
from curtilage.core.db.engine import Database, open_postgres
from curtilage.core.db.lock import directory_lock
from curtilage.core.entropy import Entropy
from curtilage.core.models import TenantId
from curtilage.core.slice import Slice
from curtilage.vault.adapters.root_file import FILE_NAME as ROOT_NAME
from curtilage.vault.adapters.root_file import NEXT_NAME, RootKeyFile, SharedRootKeyFile
from curtilage.vault.checks import check_keys
from curtilage.vault.cli import OpenVault, build_commands
from curtilage.vault.errors import KeyDirProblem, KeysElsewhere, RootKeyProblem
from curtilage.vault.ports import KeyTable
from curtilage.vault.service import Vault
from curtilage.vault.settings import VaultSettings
from curtilage.vault.store.postgres import PostgresKeyTable
from curtilage.vault.store.sqlite import FILE_NAME, SQLiteKeyTable, open_key_table
from curtilage.vault.wrap import make_key, make_root_key


async def open_vault(
    key_dir: Path,
    *,
    clock: Clock,
    entropy: Entropy,
    settings: VaultSettings | None = None,
    data_dir: Path | None = None,
    makes: bool = True,
    expected_tenant: TenantId | None = None,
) -> Vault:
    """Open the keys in `key_dir`, making them at a first start. Any number may start at once.

    Raises a SetupError where `key_dir` lies in `data_dir`, cannot be written, or
    lacks the root key of its table. Where it is not to make any, or to find those of
    `expected_tenant`, it raises KeysElsewhere for a table without them."""
    settings = settings or VaultSettings()
    expected = Expected(makes and expected_tenant is None, expected_tenant)
    if data_dir is not None:
        refuse_together(key_dir, data_dir)
    if settings.is_shared:
        return await _open_shared(key_dir, clock, entropy, settings, expected)
    table, root_id = await asyncio.to_thread(_prepare, key_dir, entropy, makes=expected.makes)
    vault = Vault(table, RootKeyFile(key_dir), clock, entropy, settings)
    try:
        await expected.check(table)
        await vault.start(root_id)
    except BaseException:  # whatever ended it, the key table is not left open
        await table.close()
        raise
    return vault


@dataclass(frozen=True, slots=True)
class Expected:
    """Whose keys a table must hold, if anybody's; where it holds none, may they be made?"""

    makes: bool
    tenant: TenantId | None

    async def check(self, table: KeyTable) -> None:
        """Raises KeysElsewhere."""
        found = await table.find_tenant()
        if found is None and not self.makes:
            raise KeysElsewhere("There are no keys in this key table.")
        if self.tenant is not None and found != self.tenant:
            raise KeysElsewhere(
                "The keys in this key table are another installation's than what is stored."
            )


async def _open_shared(
    key_dir: Path, clock: Clock, entropy: Entropy, settings: VaultSettings, expected: Expected
) -> Vault:
    """The keys of several nodes. Of two first starts one makes them, and the other waits."""
    table = PostgresKeyTable(open_postgres(settings.url, setting="vault.url"))
    roots = SharedRootKeyFile(key_dir)
    vault = Vault(table, roots, clock, entropy, settings)
    try:
        async with table.starting():
            await expected.check(table)
            await asyncio.to_thread(_make_private, key_dir)
            await table.prepare()
            known = await table.find_root_id()
            await vault.start(await asyncio.to_thread(_find_root, roots, known, entropy))
    except BaseException:  # whatever ended it, the key table is not left open
        await table.close()
        raise
    return vault


def _find_root(roots: RootKeyFile, known: str | None, entropy: Entropy) -> str:
    """The id of the root key that the table is under, or will be: then `known` is None."""
    if not roots.exists():
        if known is not None:
            raise RootKeyProblem(
                "The file root.key is missing, and the key table of vault.url is in use.",
                hint=roots.mend,
            )
        roots.create(make_root_key(make_key(entropy)))
    return roots.load(known).id if known else roots.current().id


def has_keys(key_dir: Path, settings: VaultSettings) -> bool:
    """Whether keys were made there, or brought there for a shared table. Makes none."""
    return (key_dir / (ROOT_NAME if settings.is_shared else FILE_NAME)).exists()


async def holds_keys(database: Database) -> bool:
    """Whether the key table of some installation is in this database."""
    return await PostgresKeyTable(database).find_tenant() is not None


def copy_keys(key_dir: Path, folder: Path, settings: VaultSettings) -> list[str]:
    """Copy root key and key table as of one instant; gives the names of the files.

    A table on PostgreSQL is left to PostgreSQL's own tools. Raises RotationUnfinished
    while the root key is being rotated."""
    with RootKeyFile(key_dir).alone():
        names = []
        if not settings.is_shared:
            copy_sqlite(key_dir / FILE_NAME, folder / FILE_NAME)
            names.append(FILE_NAME)
        for name in (ROOT_NAME, NEXT_NAME):  # the next one of a rotation that was cut off
            if (key_dir / name).exists():
                descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(descriptor, "wb") as file:
                    file.write((key_dir / name).read_bytes())
                names.append(name)
    return names


def has_same_root(key_dir: Path, folder: Path) -> bool:
    """Whether both hold the same root key, and so the keys of one installation."""
    try:
        return RootKeyFile(key_dir).current().id == RootKeyFile(folder).current().id
    except FileNotFoundError:
        return False


def build_vault(
    open_vault: OpenVault, *, place: Callable[[], tuple[Path, Path, VaultSettings]]
) -> Slice:
    """What the vault offers to the command line. `place`: key_dir, data_dir, settings."""
    return Slice(
        name="vault",
        checks=[lambda: check_keys(*place())],
        commands=[("vault", build_commands(open_vault))],
    )


def refuse_together(key_dir: Path, data_dir: Path) -> None:
    """Raise a SetupError where a copy of the data would hold the keys too, or the reverse."""
    keys, data = key_dir.resolve(), data_dir.resolve()
    if keys == data or data in keys.parents or keys in data.parents:
        raise KeyDirProblem(
            "The key directory and the data directory lie in one another.",
            hint="Set server.key_dir to a directory beside server.data_dir: a backup of the "
            "data must not hold what opens it.",
        )


def _make_private(key_dir: Path) -> None:
    try:
        key_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        raise _unusable() from None


def _unusable() -> KeyDirProblem:
    return KeyDirProblem("The key directory cannot be read and written.")


def _prepare(key_dir: Path, entropy: Entropy, *, makes: bool) -> tuple[SQLiteKeyTable, str]:
    """Make what is missing, one starter at a time; gives the table and the root key's id."""
    roots, table_path = RootKeyFile(key_dir), key_dir / FILE_NAME
    if not makes and not _is_begun(table_path):
        raise KeysElsewhere(f"There are no keys at {key_dir}.")
    _make_private(key_dir)
    try:
        with directory_lock(key_dir):
            if not roots.exists():
                _refuse_lost_root(table_path)
                roots.create(make_root_key(make_key(entropy)))
            root_id = roots.current().id
            table_path.touch(mode=0o600, exist_ok=True)
            return open_key_table(table_path), root_id
    except OSError:
        raise _unusable() from None


def _is_begun(table_path: Path) -> bool:
    return table_path.exists() and table_path.stat().st_size > 0


def _refuse_lost_root(table_path: Path) -> None:
    if _is_begun(table_path):
        raise RootKeyProblem(
            "The file root.key is missing, and keys.db cannot be opened without it.",
            hint="Restore root.key from its backup. A new one would open nothing.",
        )
