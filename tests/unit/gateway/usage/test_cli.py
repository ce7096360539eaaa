"""`curtilage usage`."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from typer import Typer
from typer.testing import CliRunner, Result

from curtilage.core.db.engine import open_database
from curtilage.core.errors import InputError
from curtilage.gateway import records
from curtilage.gateway.usage.cli import UsageDesk, build_commands, parse_day
from curtilage.gateway.usage.jobs import ProjectUsage
from curtilage.gateway.usage.store import USAGE, UsageStore
from tests.identity_house import ADMIN
from tests.unit.gateway.usage.calls import DAY, FakeLedger, a_call, an_ending, an_intent
from tests.unit.gateway.usage.test_service import a_service

REFUSED = an_intent(9)
CALLS = [*a_call(1), *a_call(2), REFUSED, an_ending(REFUSED, records.REFUSED, status=403)]


def commands_over(tmp_path: Path, ledger: FakeLedger) -> Typer:
    @asynccontextmanager
    async def open_usage(config: Path | None, data_dir: Path | None) -> AsyncIterator[UsageDesk]:
        database = open_database("sqlite", tmp_path)
        async with database.begin() as connection:
            await connection.run_sync(USAGE.create_all)
        store = UsageStore(database)
        service = a_service(store, ledger)  # type: ignore[arg-type]  # the real store, here
        yield UsageDesk(service, ProjectUsage(ledger, store), ADMIN)
        await database.close()

    return build_commands(open_usage)


@pytest.fixture
def commands(tmp_path: Path) -> Typer:
    return commands_over(tmp_path, FakeLedger(*CALLS))


def run(app: Typer, *arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def test_it_counts_up_to_now_and_shows_sums_by_key(commands: Typer) -> None:
    result = run(commands)
    assert result.exit_code == 0, result.output
    assert "helpdesk" in result.stdout and "0.000122 EUR" in result.stdout
    assert "1 refused" in result.stdout
    assert run(commands).stdout == result.stdout


def test_it_shows_them_by_anything_as_json_and_csv(commands: Typer) -> None:
    rows = json.loads(run(commands, "--by", "day", "--json").stdout)
    assert {row["day"] for row in rows} == {DAY}
    assert sum(row["calls"] for row in rows) == 2
    lines = run(commands, "--by", "model", "--csv").stdout.splitlines()
    assert lines[0].startswith("model,calls") and len(lines) == 3
    assert "Nothing was used" in run(commands, "--since", "2030-01-01").stderr


def test_sums_that_the_ledger_bears_out_are_said_to_be_so(commands: Typer) -> None:
    result = run(commands, "reconcile")
    assert result.exit_code == 0
    assert "Every sum is what the ledger says." in result.stdout
    assert json.loads(run(commands, "reconcile", "--json").stdout) == []


def test_a_sum_that_differs_is_named_and_fails(tmp_path: Path) -> None:
    run(commands_over(tmp_path, FakeLedger(*CALLS)))
    changed = commands_over(tmp_path, FakeLedger(*CALLS[:2], *CALLS[4:], *CALLS[4:]))
    result = run(changed, "reconcile")
    assert result.exit_code == 1
    assert "calls 2 ≠ 1" in result.stdout and "borne out" in result.stderr
    (first, *_) = json.loads(run(changed, "reconcile", "--json").stdout)
    assert first["kept"] != first["recounted"]


def test_a_day_that_is_none_is_refused(commands: Typer) -> None:
    assert isinstance(run(commands, "--until", "31.1.2026").exception, InputError)
    assert parse_day("") == "" and parse_day("2026-01-31") == "2026-01-31"
