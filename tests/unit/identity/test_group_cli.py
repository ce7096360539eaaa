"""`curtilage groups`."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
from typer import Typer
from typer.testing import CliRunner, Result

from curtilage.core.db.engine import open_database
from curtilage.core.models import PurposeKey
from curtilage.identity.cli import KeyDesk, build_commands, run_on
from curtilage.identity.errors import UnacceptableBudget, UnacceptableGroup, UnknownGroup
from curtilage.identity.group_cli import build_group_commands
from tests.identity_house import ADMIN, a_house


@pytest.fixture
def commands(filled_dir: Path) -> dict[str, Typer]:
    """The commands on a database that lasts from one to the next."""

    @asynccontextmanager
    async def open_keys(
        config: Path | None, data_dir: Path | None, *, makes: bool = False
    ) -> AsyncIterator[KeyDesk]:
        database = open_database("sqlite", data_dir or filled_dir)
        house = a_house(database, filled_dir)
        try:
            identity = house.identity
            yield KeyDesk(
                identity.keys,
                identity.budgets,
                ADMIN,
                house.clock,
                PurposeKey("assist"),
                partial(house.people.people.find_id, ADMIN),
            )
        finally:
            house.identity.close()
            await database.close()

    return {
        "groups": build_group_commands(open_keys, run_on),
        "apikeys": build_commands(open_keys),
    }


def run(app: Typer, *arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def test_a_group_is_made_listed_and_limited_anew(commands: dict[str, Typer]) -> None:
    groups = commands["groups"]
    assert "makes one" in run(groups, "list").stderr
    made = run(groups, "create", "marketing", "--budget", "200/month")
    assert "marketing  (200.00/month money)" in made.stdout
    assert "0.00 of 200.00/month money" in run(groups, "list").stdout
    changed = run(groups, "budget", "marketing", "--tokens", "2M/day", "--json")
    limit = {"measure": "tokens", "window": "day", "limit": "2000000"}
    assert json.loads(changed.stdout)["budgets"] == [limit]
    listed = json.loads(run(groups, "list", "--json").stdout)
    assert [group["budgets"] for group in listed] == [[{**limit, "used": "0"}]]


def test_a_key_is_put_into_a_group_and_taken_out(commands: dict[str, Typer]) -> None:
    run(commands["groups"], "create", "marketing", "--budget", "200/month")
    made = json.loads(
        run(commands["apikeys"], "create", "a", "--group", "marketing", "--json").stdout
    )
    assert made["group"] == "marketing"
    run(commands["apikeys"], "budget", made["id"], "--none")
    assert json.loads(run(commands["apikeys"], "list", "--json").stdout)[0]["group"] is None


def test_what_is_no_group_is_refused(commands: dict[str, Typer]) -> None:
    groups = commands["groups"]
    run(groups, "create", "marketing")
    assert isinstance(run(groups, "create", "marketing").exception, UnacceptableGroup)
    assert isinstance(run(groups, "create", " ").exception, UnacceptableGroup)
    assert isinstance(run(groups, "create", "b", "--budget", "x").exception, UnacceptableBudget)
    assert isinstance(run(groups, "budget", "sales", "--none").exception, UnknownGroup)
    assert isinstance(run(groups, "budget", "marketing").exception, UnacceptableBudget)
    assert len(json.loads(run(groups, "list", "--json").stdout)) == 1
