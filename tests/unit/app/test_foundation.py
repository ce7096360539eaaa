"""What control process and commands stand on: opened twice at once, and closed whatever happens."""

import stat
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from curtilage.app.foundation import Foundation, open_foundation
from curtilage.app.settings import read_settings
from curtilage.consent.errors import UnknownPolicy
from curtilage.consent.models import Policy
from curtilage.consent.shelf import PolicyShelf
from curtilage.consent.wire import parse_policy
from curtilage.core.authority import ADMINISTRATOR
from curtilage.core.errors import CurtilageError
from curtilage.core.models import PurposeKey
from tests.fakes import FixedClock, FixedEntropy, FixedIds

TRIAGE = b'format = 1\ntitle = "Triage"\ndefault = "token"\n[purposes.triage]\ntitle = "Sort"\n'


def opening(folder: Path, in_force: Callable[[], Policy] | None = None, **flags: Any) -> Any:
    given = {"server.data_dir": folder / "data", "server.key_dir": folder / "keys", **flags}
    return open_foundation(
        read_settings(None, {}, given),
        clock=FixedClock(),
        ids=FixedIds(),
        entropy=FixedEntropy(),
        in_force=in_force,
    )


@pytest.fixture
async def foundation(tmp_path: Path) -> AsyncIterator[Foundation]:
    async with opening(tmp_path) as opened:
        yield opened


def test_it_makes_what_it_needs_and_keeps_the_keys_to_this_user(
    foundation: Foundation, tmp_path: Path
) -> None:
    assert (tmp_path / "data" / "curtilage.db").exists()
    for path in (tmp_path / "keys" / "root.key", tmp_path / "keys" / "keys.db"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_a_command_opens_it_beside_the_service(
    foundation: Foundation, tmp_path: Path
) -> None:
    async with opening(tmp_path) as second:
        assert second.tenant == foundation.tenant
        assert await second.vault.secret("forms") == await foundation.vault.secret("forms")


def test_who_can_read_the_keys_is_the_administrator(foundation: Foundation) -> None:
    operator = foundation.operator()
    assert operator.tenant == foundation.tenant
    assert ADMINISTRATOR in operator.roles


def test_shipped_policies_are_on_offer_and_their_purposes_known(foundation: Foundation) -> None:
    assert {"strict", "balanced", "observe"} <= set(foundation.policies())
    assert PurposeKey("assist") in foundation.identity.keys.known_purposes()


async def test_the_policy_that_decides_now_is_offered_first_and_its_purposes_count(
    tmp_path: Path,
) -> None:
    now = [parse_policy(TRIAGE, "helpdesk")]
    async with opening(tmp_path, lambda: now[0]) as opened:
        assert next(iter(opened.policies())) == "helpdesk"
        assert opened.policies()["helpdesk"] is now[0]
        assert opened.identity.keys.known_purposes() == {"triage"}
        now[0] = PolicyShelf().load("strict")
        assert next(iter(opened.policies())) == "strict"
        assert PurposeKey("assist") in opened.identity.keys.known_purposes()


async def test_a_link_to_set_up_leads_to_the_public_address(tmp_path: Path) -> None:
    address = {"server.public_url": "https://ai.orchard.example"}
    async with opening(tmp_path, **address) as opened:
        await opened.identity.people.setup.issue(opened.tenant)
    link = (tmp_path / "data" / "set-up-link").read_text().strip()
    assert link.startswith("https://ai.orchard.example/setup/")


async def test_a_database_that_is_none_is_refused_and_the_vault_is_closed(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "curtilage.db").write_bytes(b"not a database, and long enough" * 40)
    with pytest.raises(CurtilageError):
        async with opening(tmp_path):
            pass
    (tmp_path / "data" / "curtilage.db").unlink()
    async with opening(tmp_path) as opened:
        assert opened.tenant


async def test_a_policy_that_is_not_there_is_named_when_it_is_asked_for(tmp_path: Path) -> None:
    async with opening(tmp_path, **{"gateway.policy": "nobodys"}) as opened:
        with pytest.raises(UnknownPolicy):
            opened.identity.keys.known_purposes()
