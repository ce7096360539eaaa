"""A vault in a directory of its own."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from curtilage.vault.build import open_vault
from curtilage.vault.service import Vault
from curtilage.vault.settings import VaultSettings
from tests.fakes import FixedClock, FixedEntropy

OpenVault = Callable[..., Awaitable[Vault]]


@pytest.fixture
async def opened(key_dir: Path, clock: FixedClock) -> AsyncIterator[OpenVault]:
    """Opens vaults on one key directory, as several processes do; closes them all."""
    vaults: list[Vault] = []

    async def open_one(settings: VaultSettings | None = None) -> Vault:
        entropy = FixedEntropy(f"process {len(vaults)}")
        vaults.append(await open_vault(key_dir, clock=clock, entropy=entropy, settings=settings))
        return vaults[-1]

    yield open_one
    for vault in vaults:
        await vault.close()


@pytest.fixture
async def vault(opened: OpenVault) -> Vault:
    return await opened()
