"""`curtilage policy history | diff | propose | approve`."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from curtilage.app.migrations import SCRIPTS
from curtilage.consent.cli import PolicyTools, build_commands
from curtilage.consent.errors import PolicyError, SecondPersonNeeded, UnknownVersion
from curtilage.consent.life_cli import PolicyDesk
from curtilage.consent.shelf import PolicyShelf
from curtilage.core.db.engine import open_database
from curtilage.core.db.migrate import migrate
from curtilage.core.models import Principal
from tests.identity_house import ADMIN
from tests.policy_house import OTHER, VOCABULARY, PolicyHouse, a_policy_house, a_text


class Machine:
    """A command line over a database of its own; each command opens it anew."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.actor: Principal = ADMIN
        self.file = folder / "mine.toml"
        self.file.write_text(a_text("token"))

    @asynccontextmanager
    async def house(self) -> AsyncIterator[PolicyHouse]:
        database = open_database("sqlite", self.folder)
        await migrate(database, SCRIPTS)
        try:
            yield a_policy_house(database)
        finally:
            await database.close()

    @asynccontextmanager
    async def desk(self, config: Any, data_dir: Any) -> AsyncIterator[PolicyDesk]:
        async with self.house() as house:
            yield PolicyDesk(house.life, self.actor)

    def run(self, *words: str) -> Result:
        tools = PolicyTools(PolicyShelf(self.folder, VOCABULARY), lambda text: [])
        return CliRunner().invoke(build_commands(lambda *_: tools, self.desk), list(words))

    def take_over(self, *defaults: str) -> list[str]:
        """Versions that were in force, one after the other."""

        async def take() -> list[str]:
            async with self.house() as house:
                return [(await house.take_over(a_text(each))).version for each in defaults]

        return asyncio.run(take())


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_a_policy_is_put_forward_by_one_and_approved_by_another(machine: Machine) -> None:
    made = machine.run("propose", str(machine.file), "--reason", "Less leaves")
    version = made.stdout.splitlines()[-1]
    refused = machine.run("approve", version)
    assert isinstance(refused.exception, SecondPersonNeeded)
    machine.actor = OTHER
    approved = machine.run("approve", version[:8])
    assert approved.exit_code == 0
    assert "may come into force" in approved.stdout
    told = machine.run("history").stdout
    assert "never in force" in told and "Less leaves" in told
    assert f"put forward by {ADMIN.id}, approved by {OTHER.id}" in told


def test_history_marks_what_is_in_force(machine: Machine) -> None:
    machine.take_over("token", "mask", "token")
    rows = machine.run("history", "mine").stdout.splitlines()
    assert len(rows) == 2
    assert [row[0] for row in sorted(rows)] == [" ", "*"]
    assert all("in force 2026-03-02 09:30 UTC" in row for row in rows)
    assert machine.run("history", "other").stdout == "No policy was in force yet.\n"


def test_history_prints_json(machine: Machine) -> None:
    first, second = machine.take_over("token", "mask")
    told = json.loads(machine.run("history", "--json").stdout)
    assert [each["version"] for each in told["activations"]] == [first, second]
    assert {each["version"] for each in told["versions"]} == {first, second}
    assert {each["author"] for each in told["versions"]} == {None}


def test_diff_takes_names_files_and_versions(machine: Machine) -> None:
    first, _ = machine.take_over("mask", "block")
    named = machine.run("diff", "mine", first[:8]).stdout
    assert named == "stricter  everything that is looked for: token → mask\n"
    assert machine.run("diff", str(machine.file), "mine").stdout == "Both decide the same.\n"
    shipped = machine.run("diff", "strict", "observe", "--json")
    assert {"direction", "what", "before", "after", "place"} == set(json.loads(shipped.stdout)[0])


def test_what_is_neither_is_said(machine: Machine) -> None:
    assert isinstance(machine.run("diff", "mine", "nobody").exception, UnknownVersion)
    assert isinstance(machine.run("diff", "mine", "gone.toml").exception, PolicyError)
    gone = machine.run("propose", "gone.toml", "--reason", "x")
    assert isinstance(gone.exception, PolicyError)


def test_a_rule_that_can_never_match_is_not_put_forward(machine: Machine) -> None:
    machine.file.write_text(a_text(more='[[rules]]\ndata = ["EMIAL"]\ntreatment = "mask"\n'))
    result = machine.run("propose", str(machine.file), "--reason", "x")
    assert isinstance(result.exception, PolicyError)


def test_shadow_tells_what_a_second_policy_would_have_done(machine: Machine) -> None:
    told = machine.run("shadow", "--hours", "48").stdout.splitlines()
    head, row = told
    assert head.startswith("new 1f2e3d4c5b6a: 40 calls since 2026-02-28 09:30 UTC;")
    assert head.endswith("it would refuse 2 and let through 0 more")
    assert row == "  EMAIL_ADDRESS (assist): 0 stricter, 3 looser"
    (found,) = json.loads(machine.run("shadow", "--json").stdout)
    assert (found["calls"], found["rows"][0]["kind"]) == (40, "EMAIL_ADDRESS")
    assert machine.run("shadow", "--hours", "0").exit_code == 2
