"""Whether store, keys and ledger where the settings say are one installation's.

Keys lie apart from what they open, so any of them may be missing, empty or another's.
The store names its tenant in a row of its own, and so does the head of the ledger: where
one of them does, keys of that tenant are expected, and none are made. That is the one
check; whether files are there (`refuse_absent`) only tells commands that make nothing.
"""

import contextlib
from collections.abc import AsyncIterator

from curtilage.app.errors import KeysWithData, LedgerElsewhere, NoInstallation
from curtilage.app.migrations import SCRIPTS
from curtilage.app.settings import Settings
from curtilage.core.clock import Clock
from curtilage.core.db.apart import are_one
from curtilage.core.db.engine import FILE_NAME as DATABASE
from curtilage.core.db.engine import Database, open_database, open_postgres
from curtilage.core.db.installation import claim, find_tenant
from curtilage.core.db.migrate import migrate
from curtilage.core.entropy import Entropy
from curtilage.core.models import TenantId
from curtilage.ledger.checkpoints import find_claimed_name
from curtilage.vault.build import has_keys, holds_keys, open_vault, refuse_together
from curtilage.vault.errors import KeysElsewhere
from curtilage.vault.service import Vault


def is_absent(settings: Settings) -> bool:
    """Whether nothing of an installation is at its place: neither keys nor data."""
    server = settings.server
    has_data = (server.data_dir / DATABASE).exists()
    return not has_keys(server.key_dir, settings.vault) and not has_data


def refuse_absent(settings: Settings, *, data: bool = True) -> None:
    """Raise a SetupError where there are no keys, or no `data` beside them. Makes nothing.

    For whoever only reads: `open_foundation` and `open_vault` make what is missing."""
    server = settings.server
    is_there = (server.data_dir / DATABASE).exists()
    has_data = settings.store.url != "sqlite" or is_there
    if has_keys(server.key_dir, settings.vault):
        if data and not has_data:
            raise NoInstallation(f"There is no installation at {server.data_dir}.")
    elif is_there:
        raise KeysElsewhere(
            f"The keys of the installation at {server.data_dir} are not at {server.key_dir}."
        )
    else:
        raise NoInstallation(f"There is no installation at {server.data_dir}.")


@contextlib.asynccontextmanager
async def open_store_and_keys(
    settings: Settings, *, clock: Clock, entropy: Entropy
) -> AsyncIterator[tuple[Database, Vault]]:
    """Both, migrated and of one tenant; made at a first start. Raises a SetupError."""
    server = settings.server
    refuse_together(server.key_dir, server.data_dir)
    await _refuse_misplaced(settings, entropy)
    async with contextlib.AsyncExitStack() as stack:
        database = open_database(settings.store.url, server.data_dir)
        stack.push_async_callback(database.close)
        owner = await find_tenant(database)
        if owner is None:
            await migrate(database, SCRIPTS)
            owner = await find_tenant(database)  # which an earlier version did not write down
        vault = await open_vault(
            server.key_dir,
            clock=clock,
            entropy=entropy,
            settings=settings.vault,
            expected_tenant=owner or _find_owner_of_ledger(settings),
        )
        stack.push_async_callback(vault.close)
        await migrate(database, SCRIPTS)  # not before it is known to be ours
        if owner is None and await claim(database, vault.tenant()) != vault.tenant():
            raise KeysElsewhere("Another node began in this store at the same time, with its keys.")
        yield database, vault


def _find_owner_of_ledger(settings: Settings) -> TenantId | None:
    name = find_claimed_name(settings.server.data_dir / "ledger")
    return None if name is None else TenantId(name)


async def _refuse_misplaced(settings: Settings, entropy: Entropy) -> None:
    """Raise a SetupError where a backup of the store would hold the keys too, and where
    workers would record elsewhere than is read and signed."""
    if settings.store.url == "sqlite":
        return
    vault, ledger = settings.vault, settings.ledger
    if vault.is_shared and await _is_the_store(settings, "vault.url", vault.url, entropy):
        raise KeysWithData
    if vault.is_shared and await _are_mixed(settings):
        raise KeysWithData(
            "The database of store.url holds keys, or that of vault.url holds what is stored.",
            hint="Look whether the two addresses were exchanged, or one is another installation's.",
        )
    if ledger.url and not await _is_the_store(settings, "ledger.url", ledger.url, entropy):
        raise LedgerElsewhere


async def _are_mixed(settings: Settings) -> bool:
    """Whether one of both databases is another's of the other kind, as where they are exchanged."""
    store = open_postgres(settings.store.url, setting="store.url")
    keys = open_postgres(settings.vault.url, setting="vault.url")
    try:
        return await holds_keys(store) or await find_tenant(keys) is not None
    finally:
        await store.close()
        await keys.close()


async def _is_the_store(settings: Settings, name: str, url: str, entropy: Entropy) -> bool:
    """Whether the address in the setting `name` leads to the database of the store."""
    key = int.from_bytes(entropy.token_bytes(8), signed=True)
    store = open_postgres(settings.store.url, setting="store.url")
    other = open_postgres(url, setting=name)
    try:
        return await are_one(store, other, key=key)
    finally:
        await store.close()
        await other.close()
