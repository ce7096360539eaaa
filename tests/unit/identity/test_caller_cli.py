"""`curtilage users budget` and `curtilage clients budget`."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from typer import Typer
from typer.testing import CliRunner, Result

from curtilage.core.db.engine import open_database
from curtilage.identity.caller_cli import CallerDesk, add_app_budget, add_person_budget
from curtilage.identity.cli import run_on
from curtilage.identity.errors import UnacceptableBudget, UnknownPerson
from curtilage.identity.oauth.errors import UnknownClient
from tests.identity_house import ADMIN, a_house


async def find(typed: str) -> str | None:
    return {"ada": "person-ada", "notes": "client-notes"}.get(typed)


@pytest.fixture
def commands(filled_dir: Path) -> dict[str, Typer]:
    """The commands on a database that lasts from one to the next."""
    starts = iter(range(100))

    @asynccontextmanager
    async def open_callers(config: Path | None, data_dir: Path | None) -> AsyncIterator[CallerDesk]:
        database = open_database("sqlite", filled_dir)
        house = a_house(database, filled_dir, start=next(starts))
        try:
            yield CallerDesk(house.identity.caller_budgets, ADMIN, find, find)
        finally:
            house.identity.close()
            await database.close()

    return {
        "users": add_person_budget(Typer(), open_callers, run_on),
        "clients": add_app_budget(Typer(), open_callers, run_on),
    }


def run(app: Typer, *arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


@pytest.mark.parametrize(("group", "name"), [("users", "ada"), ("clients", "notes")])
def test_budgets_are_given_shown_and_taken_away(
    commands: dict[str, Typer], group: str, name: str
) -> None:
    app = commands[group]
    assert run(app, name).stdout == "no budget\n"
    assert run(app, "--everybody", "--requests", "500/day").stdout == "0 of 500/day requests\n"
    assert run(app, name).stdout == "0 of 500/day requests\n", "those of everybody"
    assert run(app, name, "--budget", "20/month").stdout == "0.00 of 20.00/month money\n"
    told = json.loads(run(app, name, "--json").stdout)
    assert told == [{"measure": "money", "window": "month", "limit": "20.00", "used": "0.00"}]
    assert run(app, name, "--none").stdout == "0 of 500/day requests\n"


def test_what_is_asked_wrongly_is_refused(commands: dict[str, Typer]) -> None:
    users, clients = commands["users"], commands["clients"]
    for app, arguments, error in (
        (users, (), UnacceptableBudget),
        (users, ("ada", "--everybody"), UnacceptableBudget),
        (users, ("ada", "--none", "--requests", "5/day"), UnacceptableBudget),
        (users, ("nobody",), UnknownPerson),
        (clients, ("nothing",), UnknownClient),
    ):
        assert isinstance(run(app, *arguments).exception, error), arguments
