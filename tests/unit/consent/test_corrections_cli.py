"""`curtilage corrections export`."""

import asyncio
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from curtilage.app.migrations import SCRIPTS
from curtilage.consent.build import build_corrections
from curtilage.consent.casefile import parse_suite
from curtilage.consent.cases import parse_cases
from curtilage.consent.correcting import Said
from curtilage.consent.corrections import Verdict
from curtilage.consent.corrections_cli import CorrectionDesk, build_correction_commands
from curtilage.consent.errors import SuiteUnwritable
from curtilage.core.authority import Authority
from curtilage.core.db.engine import open_database
from curtilage.core.db.migrate import migrate
from tests.fakes import FixedClock, FixedIds
from tests.fakes.corrections import EMAIL
from tests.fakes.pseudonyms import FixedPseudonyms
from tests.identity_house import ADMIN

DESK = "desk@orchard.example"


class Machine:
    """A command line over a database of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @asynccontextmanager
    async def desk(self, config: Any = None, data_dir: Any = None) -> AsyncIterator[CorrectionDesk]:
        database = open_database("sqlite", self.folder)
        await migrate(database, SCRIPTS)
        service = build_corrections(
            database, Authority(), FixedPseudonyms(), vocabulary=lambda: {EMAIL},
            key=b"k" * 32, text_key=b"t" * 32, clock=FixedClock(), ids=FixedIds(),
        )  # fmt: skip
        try:
            yield CorrectionDesk(service, ADMIN, "strict")
        finally:
            await database.close()

    def say(self, **given: Any) -> None:
        async def run() -> None:
            async with self.desk() as desk:
                said = Said(Verdict.NOT_PERSONAL, EMAIL, DESK, "Ours", timedelta(days=1), **given)
                await desk.corrections.say(ADMIN, said)

        asyncio.run(run())

    def run(self, *words: str) -> Any:
        commands = build_correction_commands(self.desk)
        return CliRunner().invoke(commands, ["export", *words])


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_what_was_kept_is_written_for_one_reader(machine: Machine, tmp_path: Path) -> None:
    machine.say(text=f"Mail {DESK}.")
    path = tmp_path / "corrected.jsonl"
    done = machine.run("--output", str(path))
    assert done.exit_code == 0 and done.stdout == "1 case written.\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    suite = parse_suite(path.read_bytes())
    assert suite["policy"] == "strict"
    assert [case.text for case in parse_cases(suite)] == [f"Mail {DESK}."]
    again = machine.run("--output", str(path))
    assert isinstance(again.exception, SuiteUnwritable), "a file that is there stays"
    named = tmp_path / "other.jsonl"
    assert machine.run("--output", str(named), "--policy", "mine").exit_code == 0
    assert parse_suite(named.read_bytes())["policy"] == "mine"


def test_where_nothing_was_kept_the_suite_is_empty(machine: Machine, tmp_path: Path) -> None:
    done = machine.run("--output", str(tmp_path / "none.jsonl"))
    assert done.stdout == "0 cases written.\n"
