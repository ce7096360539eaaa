"""The console's wiring: who may see what, from which addresses, under which names."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from curtilage.app.console import LateScan, Sessions, is_allowed, list_origins
from curtilage.app.control import open_control
from curtilage.app.foundation import Foundation, open_foundation
from curtilage.app.names import caller_names, tell_apart
from curtilage.app.settings import read_settings
from curtilage.app.tools import make_tools
from curtilage.core.clock import SystemClock
from curtilage.core.models import PurposeKey
from curtilage.gateway.views import Caller
from curtilage.identity.service.keys import KeyRequest
from tests.builders import a_principal
from tests.fakes import FixedClock, FixedEntropy, FixedIds
from tests.patterns import lend_patterns


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
    assert await Sessions(foundation.identity.people.desk).read("guessed") is None


async def test_forms_begin_with_the_default_purpose_that_was_taken_over_last(
    tmp_path: Path,
) -> None:
    config, tools = tmp_path / "curtilage.toml", make_tools()
    config.write_text('[gateway]\ndefault_purpose = "support"\n')
    flags = {"server.data_dir": tmp_path / "data", "server.key_dir": tmp_path / "keys"}
    settings = read_settings(config, {}, flags)
    async with (
        open_control(settings, config, tools.clock, tools.ids, tools.entropy) as control,
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app=control.web), base_url=settings.public_url
        ) as client,
    ):
        await enrol(client, (tmp_path / "data" / "set-up-link").read_text().strip())
        assert await purposes(client) == ["support", "support"]
        config.write_text('[gateway]\ndefault_purpose = "code"\n')
        await control.poll()
        assert await purposes(client) == ["code", "code"]


async def enrol(client: httpx.AsyncClient, link: str) -> None:
    """Become the administrator, signed in."""
    found = re.search(r'name="_csrf" value="([^"]+)"', (await client.get(link)).text)
    assert found
    phrase = "quince ladder monsoon pebble"
    fields = {"_csrf": found[1], "name": "ada", "passphrase": phrase, "again": phrase}
    origin = {"origin": str(client.base_url).rstrip("/")}
    assert (await client.post(link, data=fields, headers=origin)).status_code == 303


async def purposes(client: httpx.AsyncClient) -> list[str]:
    """The purpose that each form with one begins with."""
    pages = [(await client.get(path)).text for path in ("/console/try", "/console/keys")]
    fields = [page.partition('name="purpose"')[2].partition("</select>")[0] for page in pages]
    return [name for field in fields for name in re.findall(r'value="(\w+)" selected', field)]


async def test_patterns_are_loaded_at_the_first_use(tmp_path: Path) -> None:
    flags = {"server.data_dir": tmp_path, "detect.names": False}
    scan = LateScan(read_settings(None, {}, flags), SystemClock(), bytes(32))
    assert not (tmp_path / "cache").exists()
    lend_patterns(tmp_path)
    (finding,) = await scan("Mail ada@orchard.example")
    assert finding.type == "EMAIL_ADDRESS"


def test_holders_of_one_name_are_told_apart_and_a_replaced_key_is_not() -> None:
    callers = [
        Caller("key-000001", "Helpdesk", "a-1"),
        Caller("key-000002", "Helpdesk", "a-1"),  # replaces the first: the holder is the same
        Caller("key-000003", "Letters", "a-2"),
        Caller("key-000004", "Letters", "a-3"),
    ]
    assert [(caller.key_id, caller.name) for caller in tell_apart(callers)] == [
        ("key-000002", "Helpdesk"), ("key-000003", "Letters (…000003)"),
        ("key-000004", "Letters (…000004)"),
    ]  # fmt: skip
