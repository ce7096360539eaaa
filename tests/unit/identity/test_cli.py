"""`curtilage apikeys`."""

import json
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from typer import Typer
from typer.testing import CliRunner, Result

from curtilage.core.db.engine import open_database
from curtilage.core.models import PurposeKey
from curtilage.identity.build import build_identity_commands
from curtilage.identity.checks import IdentityFacts
from curtilage.identity.cli import KeyDesk, build_commands, parse_duration
from curtilage.identity.errors import (
    UnacceptableBudget,
    UnacceptableKey,
    UnknownGroup,
    UnknownKeyId,
    UnknownPerson,
)
from curtilage.identity.people.cli import PeopleDesk
from curtilage.identity.reveal.settings import Mode
from curtilage.identity.wire.apikey import parse_api_key
from tests.fakes import FixedClock
from tests.identity_house import ADMIN, a_house

NOBODY = IdentityFacts(keys=[], is_enrolled=False, link=None)


@pytest.fixture
def commands(filled_dir: Path) -> Typer:
    """The commands on a database that lasts from one to the next."""
    starts = count()

    @asynccontextmanager
    async def open_keys(
        config: Path | None, data_dir: Path | None, *, makes: bool = False
    ) -> AsyncIterator[KeyDesk]:
        database = open_database("sqlite", data_dir or filled_dir)
        house = a_house(database, filled_dir, start=next(starts))
        try:
            yield KeyDesk(
                house.identity.keys,
                house.identity.budgets,
                ADMIN,
                house.clock,
                PurposeKey("assist"),
                partial(house.people.people.find_id, ADMIN),
            )
        finally:
            house.identity.close()
            await database.close()

    offered = build_identity_commands(
        open_keys,
        open_nobody,
        open_no_app,
        open_no_app,
        facts=lambda: NOBODY,
        reveal=lambda: Mode.TWO_PEOPLE,
        clock=FixedClock(),
    )
    app = dict(offered.commands)["apikeys"]
    assert [seen.code for check in offered.checks for seen in check()] == [
        "identity.no-administrator"
    ]
    assert isinstance(app, Typer)
    return app


def open_no_app(*_: object) -> AbstractAsyncContextManager[Any]:
    raise AssertionError("keys are no apps")


def open_nobody(*_: object) -> AbstractAsyncContextManager[PeopleDesk]:
    raise AssertionError("keys are no people")


def run(app: Typer, *arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def test_create_prints_the_key_once_alone_on_standard_output(commands: Typer) -> None:
    result = run(commands, "create", "helpdesk")
    assert result.exit_code == 0, result.output
    assert result.stdout.count("\n") == 1
    assert parse_api_key(result.stdout.strip())
    assert "only time" in result.stderr
    assert result.stdout.strip() not in result.stderr
    listed = run(commands, "list")
    assert "helpdesk" in listed.stdout
    assert "assist" in listed.stdout
    assert "cur_" not in listed.output


def test_create_takes_purposes_models_rights_limits_and_an_end(commands: Typer) -> None:
    result = run(
        commands,
        "create",
        "helpdesk",
        *("--purpose", "assist", "--purpose", "support"),
        *("--model", "gpt-4o"),
        *("--right", "restore", "--right", "subject:assert"),
        *("--expires", "30d", "--rpm", "60", "--tpm", "90000"),
        *("--kind", "agent"),
        "--json",
    )
    made = json.loads(result.stdout)
    assert parse_api_key(made.pop("key"))
    assert made["purposes"] == ["assist", "support"]
    assert made["models"] == ["gpt-4o"]
    assert made["rights"] == ["restore", "subject:assert"]
    assert made["kind"] == "agent"
    assert (made["requests_per_minute"], made["tokens_per_minute"]) == (60, 90000)
    assert made["expires_at"] is not None
    assert "digest" not in made


def test_a_key_takes_budgets_and_they_can_be_replaced(commands: Typer) -> None:
    made = json.loads(
        run(
            commands, "create", "helpdesk", "--budget", "20/month", "--tokens", "1M/day", "--json"
        ).stdout
    )
    assert made["budgets"] == [
        {"measure": "money", "window": "month", "limit": "20.00"},
        {"measure": "tokens", "window": "day", "limit": "1000000"},
    ]
    assert "0.00 of 20.00/month money, 0 of 1000000/day tokens" in run(commands, "list").stdout
    run(commands, "budget", made["id"], "--requests", "5/total")
    (listed,) = json.loads(run(commands, "list", "--json").stdout)
    assert listed["budgets"] == [
        {"measure": "requests", "window": "total", "limit": "5", "used": "0"}
    ]
    run(commands, "budget", made["id"], "--none")
    assert json.loads(run(commands, "list", "--json").stdout)[0]["budgets"] == []


def test_to_take_every_budget_away_one_says_so(commands: Typer) -> None:
    key_id = json.loads(run(commands, "create", "a", "--budget", "1/day", "--json").stdout)["id"]
    for wrong in ([], ["--none", "--budget", "1/day"], ["--budget", "1/week"]):
        assert isinstance(run(commands, "budget", key_id, *wrong).exception, UnacceptableBudget)
    assert isinstance(run(commands, "budget", "nobody", "--none").exception, UnknownKeyId)
    assert isinstance(run(commands, "create", "b", "--group", "nobody").exception, UnknownGroup)
    assert len(json.loads(run(commands, "list", "--json").stdout)) == 1


def test_create_takes_what_may_be_restored_and_gives_no_more(commands: Typer) -> None:
    made = run(
        commands, "create", "x", "--restore", "user.contact", "--restore", "US_SSN", "--json"
    )
    assert json.loads(made.stdout)["rights"] == ["restore:US_SSN", "restore:user.contact"]


def test_what_may_be_restored_stands_beside_other_rights(commands: Typer) -> None:
    both = run(
        commands, "create", "y", "--right", "subject:assert", "--restore", "EMAIL_ADDRESS", "--json"
    )
    assert json.loads(both.stdout)["rights"] == ["restore:EMAIL_ADDRESS", "subject:assert"]


def test_data_that_nothing_looks_for_is_no_right(commands: Typer) -> None:
    slip = run(commands, "create", "z", "--restore", "user.contacts")
    assert slip.exit_code != 0
    assert "cur_" not in slip.output


def test_a_revoked_key_is_listed_as_revoked(commands: Typer) -> None:
    key_id = json.loads(run(commands, "create", "helpdesk", "--json").stdout)["id"]
    assert json.loads(run(commands, "list", "--json").stdout)[0]["state"] == "active"
    assert run(commands, "revoke", key_id).stdout == f"revoked {key_id}\n"
    assert json.loads(run(commands, "list", "--json").stdout)[0]["state"] == "revoked"
    assert json.loads(run(commands, "revoke", key_id, "--json").stdout)["state"] == "revoked"


def test_keys_of_a_rotation_show_their_budget_once_and_when_they_end(commands: Typer) -> None:
    made = json.loads(run(commands, "create", "desk", "--requests", "5/day", "--json").stdout)
    run(commands, "rotate", made["id"], "--overlap", "8h")
    run(commands, "create", "keeper", "--right", "people:manage")
    lines = run(commands, "list").stdout.splitlines()
    assert [line.strip() for line in lines if "requests" in line] == ["0 of 5/day requests"] * 2
    assert ["ends" in line for line in lines if made["id"] in line] == [True]
    assert "(people:manage; never used)" in lines[-1]


def test_an_unknown_id_and_an_unknown_purpose_are_refused(commands: Typer) -> None:
    assert isinstance(run(commands, "revoke", "nobody").exception, UnknownKeyId)
    for wrong in (["--purpose", "asist"], ["--right", "all"], ["--expires", "soon"]):
        result = run(commands, "create", "helpdesk", *wrong)
        assert isinstance(result.exception, UnacceptableKey)
        assert result.stdout == ""
    assert run(commands, "list").stdout == ""


def test_a_length_that_is_not_understood_opens_nothing_and_makes_nothing() -> None:
    def open_keys(*_: object, **__: object) -> AbstractAsyncContextManager[KeyDesk]:
        raise AssertionError("it was opened")

    result = run(build_commands(open_keys), "create", "helpdesk", "--expires", "soon")
    assert isinstance(result.exception, UnacceptableKey)


@pytest.mark.parametrize(
    ("raw", "length"),
    [("12h", timedelta(hours=12)), ("30d", timedelta(days=30)), ("8w", timedelta(weeks=8))],
)
def test_how_long_a_key_lasts(raw: str, length: timedelta) -> None:
    assert parse_duration(raw) == length


@pytest.mark.parametrize(
    "raw", ["", "30", "d", "0d", "-1d", "1.5d", "30 d", "30m", "9999999d", "٣d"]
)
def test_a_length_that_is_not_understood_is_refused(raw: str) -> None:
    with pytest.raises(UnacceptableKey):
        parse_duration(raw)


@pytest.mark.requirement(59)
def test_a_key_is_rotated_and_its_owner_and_use_are_shown(
    commands: Typer, filled_dir: Path
) -> None:
    made = json.loads(run(commands, "create", "helpdesk", "--json").stdout)
    result = run(commands, "rotate", made["id"], "--overlap", "8h")
    key = result.stdout.splitlines()[-1]
    assert parse_api_key(key) and key != made["key"]
    listed = json.loads(run(commands, "list", "--json").stdout)
    assert [each["expires_at"] is None for each in listed] == [False, True]
    assert {each["owner"] for each in listed} == {None}
    assert {each["last_used_at"] for each in listed} == {None}
    assert "never used" in run(commands, "list").stdout
    refused = run(commands, "create", "late", "--owner", "nobody")
    assert isinstance(refused.exception, UnknownPerson)


def test_a_key_is_shown_and_one_that_manages_calls_no_model(commands: Typer) -> None:
    words = ("--right", "people:manage", "--right", "sessions:manage")
    made = json.loads(run(commands, "create", "deploy", *words, "--json").stdout)
    assert (made["purposes"], made["rights"]) == ([], ["people:manage", "sessions:manage"])
    shown = json.loads(run(commands, "show", made["id"], "--json").stdout)
    assert shown == {name: value for name, value in made.items() if name != "key"}
    assert "people:manage, sessions:manage" in run(commands, "show", made["id"]).stdout
    assert isinstance(run(commands, "show", "nobody").exception, UnknownKeyId)
