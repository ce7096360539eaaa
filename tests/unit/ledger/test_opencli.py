"""`ledger open`: asks for a reason, hands it on, prints what is sealed."""

import json
from collections.abc import Mapping
from pathlib import Path

import typer
from typer.testing import CliRunner

from curtilage.ledger.opencli import add_open

PART = {"key": "key-1", "session": "a\x1b[31m", "subject": "", "address": "192.0.2.7"}
ASKED: list[tuple[str, str, str]] = []


async def opens(
    config: Path | None, data_dir: Path | None, *, id: str, reason: str, subject: str
) -> Mapping[str, str]:
    ASKED.append((id, reason, subject))
    return PART


def run(*arguments: str) -> tuple[int, str]:
    app = typer.Typer()
    add_open(app, opens)
    done = CliRunner().invoke(app, list(arguments))
    return done.exit_code, done.output


def test_each_part_is_a_line_and_nothing_in_it_reaches_the_terminal_as_a_command() -> None:
    code, said = run("r-1", "--reason", "Ticket 4711", "--subject", "patient-7")
    assert (code, ASKED[-1]) == (0, ("r-1", "Ticket 4711", "patient-7"))
    assert said.splitlines() == [
        "key       key-1", 'session   "a\\u001b[31m"', "subject", "address   192.0.2.7",
    ]  # fmt: skip


def test_it_is_told_as_json_too() -> None:
    assert json.loads(run("r-1", "--reason", "x", "--json")[1]) == PART


def test_without_a_reason_nobody_is_asked() -> None:
    before = len(ASKED)
    assert run("r-1")[0] == 2
    assert len(ASKED) == before
