"""`curtilage vault`."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from curtilage.core.errors import InputError
from curtilage.vault.build import open_vault
from curtilage.vault.cli import build_commands
from curtilage.vault.errors import NothingToPrepare
from curtilage.vault.service import Vault
from tests.fakes import FixedClock, FixedEntropy


@pytest.fixture
def app(key_dir: Path) -> typer.Typer:
    calls = iter(range(100))

    async def open_one(_config: Path | None, _data_dir: Path | None) -> Vault:
        entropy = FixedEntropy(f"process {next(calls)}")
        return await open_vault(key_dir, clock=FixedClock(), entropy=entropy)

    return build_commands(open_one)


def run(app: typer.Typer, *words: str) -> str:
    result = CliRunner().invoke(app, list(words), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_status_counts_keys_and_names_versions(app: typer.Typer) -> None:
    told = json.loads(run(app, "status", "--json"))
    assert told["tenant_key_version"] == 1
    assert (told["owners"], told["destroyed"], told["scopes"]) == (0, 0, 0)
    assert "Tenant key (version)         1" in run(app, "status")


def test_rotate_wraps_what_was_named(app: typer.Typer) -> None:
    before = json.loads(run(app, "status", "--json"))
    assert "The tenant key is now 2; 1 key wrapped anew." in run(app, "rotate", "--tenant")
    told = json.loads(run(app, "rotate", "--root", "--tenant", "--json"))
    after = json.loads(run(app, "status", "--json"))
    assert after["tenant_key_version"] == 3
    assert after["root_key_id"] == told["root"]["version"] != before["root_key_id"]
    assert after["tenant"] == before["tenant"]


def test_keys_of_one_node_are_rotated_without_preparing(app: typer.Typer) -> None:
    with pytest.raises(NothingToPrepare):
        run(app, "prepare-root")


def test_rotating_nothing_is_wrong_use(app: typer.Typer) -> None:
    with pytest.raises(InputError, match="--root"):
        run(app, "rotate")


def test_no_command_prints_key_material(app: typer.Typer, key_dir: Path) -> None:
    told = run(app, "status") + run(app, "rotate", "--root") + run(app, "status", "--json")
    secret = (key_dir / "root.key").read_text().split(":")[2]
    assert secret not in told
    assert secret[:16] not in told
