"""`ledger prune` goes by a day or by the policy of the settings, never beyond it."""

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from curtilage.core.errors import InputError
from curtilage.ledger.errors import NoRetention
from curtilage.ledger.retentioncli import Retention, add_prune, choose_cutoff
from tests.fakes.clock import START
from tests.unit.ledger.test_retention import OldWorld


def _app(world: OldWorld, keep_days: int | None) -> typer.Typer:
    app = typer.Typer()
    app.callback()(lambda: None)
    add_prune(app, lambda config, data_dir: Retention(world.pruner(), keep_days))
    return app


def _run(app: typer.Typer, *arguments: str) -> Any:
    result = CliRunner().invoke(app, ["prune", *arguments, "--json"], catch_exceptions=False)
    return json.loads(result.stdout)


def test_a_day_or_the_policy_decides_and_a_dry_run_changes_nothing(tmp_path: Path) -> None:
    world = OldWorld(tmp_path)
    world.age(4)
    world.clock.advance(40 * 86_400)
    world.age(1)
    app = _app(world, 30)
    would = _run(app, "--dry-run")
    assert would["records"] > 0
    assert would["removed"] is False
    assert world.segments[0] == 0
    told = CliRunner().invoke(app, ["prune", "--dry-run"]).stdout
    assert (
        told
        == f"gw-0: records 0 to {would['records'] - 1}\n{would['records']} records would be removed.\n"
    )
    did = _run(app)
    assert (did["logs"], did["removed"]) == (would["logs"], True)
    assert world.verify().pruned == did["records"]
    assert "nothing goes" in CliRunner().invoke(app, ["prune"]).stdout


def test_a_day_is_a_day_in_utc_and_no_newer_than_the_policy() -> None:
    cutoff, policy = choose_cutoff("2020-01-31", 30, START)
    assert cutoff.isoformat() == "2020-01-31T00:00:00+00:00"
    assert policy == "before 2020-01-31"
    assert choose_cutoff("", 30, START)[1] == "keep 30 days"
    with pytest.raises(NoRetention):
        choose_cutoff("", None, START)
    for before, keep_days in (
        ("yesterday", None),
        ("2020-02-31", None),
        ("2999-01-01", None),
        (f"{START:%Y-%m-%d}", 30),
    ):
        with pytest.raises(InputError):
            choose_cutoff(before, keep_days, START)
