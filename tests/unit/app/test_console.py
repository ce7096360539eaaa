"""The console's wiring: who may see what, from which addresses, under which names."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from curtilage.app.console import LateScan, Sessions, caller_names, is_allowed, list_origins
from curtilage.app.foundation import Foundation, open_foundation
from curtilage.app.settings import read_settings
from curtilage.core.models import PurposeKey
from curtilage.identity.service.keys import KeyRequest
from tests.builders import a_principal
from tests.fakes import FixedClock, FixedEntropy, FixedIds


async def opened(folder: Path, **flags: Any) -> AsyncIterator[Foundation]:
    given = {"server.data_dir": folder / "data", "server.key_dir": folder / "keys", **flags}
    async with open_foundation(
        read_settings(None, {}, given), clock=FixedClock(), ids=FixedIds(), entropy=FixedEntropy()
    ) as foundation:
        yield foundation


@pytest.fixture
async def foundation(tmp_path: Path) -> AsyncIterator[Foundation]:
    async for each in opened(tmp_path):
        yield each


async def test_forms_come_from_the_addresses_that_people_use(tmp_path: Path) -> None:
    flags = {
        "server.public_url": "https://ai.orchard.example",
        "server.allowed_hosts": ["gate.orchard.example"],
    }
    async for foundation in opened(tmp_path, **flags):
        origins = list_origins(foundation)
        assert origins[0] == "https://ai.orchard.example"
        assert "https://gate.orchard.example" in origins
        assert "https://evil.example" not in origins
        assert len(set(origins)) == len(origins)


def test_a_role_gives_rights_and_nobody_else_has_them(foundation: Foundation) -> None:
    assert is_allowed(foundation, foundation.operator(), "ledger:verify")
    assert not is_allowed(foundation, a_principal(), "ledger:verify")
    assert is_allowed(foundation, a_principal(rights=frozenset({"ledger:verify"})), "ledger:verify")


async def test_callers_are_named_by_their_pseudonym(foundation: Foundation) -> None:
    request = KeyRequest("Helpdesk", frozenset({PurposeKey("assist")}))
    created = await foundation.identity.keys.create(foundation.operator(), request)
    names = await caller_names(foundation)
    assert list(names.values()) == ["Helpdesk"]
    assert created.key.principal not in names


async def test_a_cookie_that_nobody_was_given_is_nobody(foundation: Foundation) -> None:
    assert await Sessions(foundation.identity.desk).read("guessed") is None


@pytest.mark.slow  # it compiles every pattern
async def test_patterns_are_loaded_at_the_first_use(tmp_path: Path) -> None:
    scan = LateScan(tmp_path / "cache")
    assert not (tmp_path / "cache").exists()
    (finding,) = await scan("Mail ada@orchard.example")
    assert finding.type == "EMAIL_ADDRESS"
