"""`curtilage users` and `curtilage sessions`."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from typer import Typer
from typer.testing import CliRunner, Result

from curtilage.core.authority import ADMINISTRATOR
from curtilage.core.db.engine import open_database
from curtilage.identity.cli import run_on
from curtilage.identity.errors import UnacceptableAddress, UnknownPerson
from curtilage.identity.people.cli import PeopleDesk, build_session_commands, build_user_commands
from curtilage.identity.people.errors import (
    LastAdministrator,
    TooManyRoles,
    UnknownRole,
    UnknownSession,
)
from curtilage.identity.people.invitation_cli import add_invitations
from curtilage.identity.people.postman import Postman
from curtilage.identity.people.views import Arrival
from tests.fakes.keptmail import KeptMail
from tests.identity_house import ADMIN, PASSPHRASE, House, a_house

ADDRESS = "ada@orchard.example"
ADMINS = frozenset({ADMINISTRATOR})


class Machine:
    """The commands on a database that lasts from one to the next."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.mail, self.starts = folder, KeptMail(), itertools.count()

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[House]:
        database = open_database("sqlite", self.folder)
        house = a_house(database, self.folder, start=next(self.starts))
        try:
            yield house
        finally:
            house.identity.close()
            await database.close()

    @asynccontextmanager
    async def open(self, config: Path | None, data_dir: Path | None) -> AsyncIterator[PeopleDesk]:
        async with self.opened() as house:
            people = house.people
            postman = Postman(self.mail, pause=0)
            object.__setattr__(people.invitations, "postman", postman)
            yield PeopleDesk(people.people, people.invitations, people.leaving, postman, ADMIN)

    def do(self, work: Callable[[House], Coroutine[Any, Any, Any]]) -> Any:
        async def inside() -> Any:
            async with self.opened() as house:
                return await work(house)

        return asyncio.run(inside())

    def users(self, *words: str) -> Result:
        app = build_user_commands(self.open, run_on)
        return self._run(add_invitations(app, self.open, run_on), words)

    def sessions(self, *words: str) -> Result:
        return self._run(build_session_commands(self.open, run_on), words)

    def _run(self, app: Typer, words: tuple[str, ...]) -> Result:
        return CliRunner().invoke(app, list(words))


@pytest.fixture
def machine(filled_dir: Path) -> Machine:
    return Machine(filled_dir)


def with_people(machine: Machine) -> str:
    """Grace and Ada, both administrators; gives Ada's id."""

    async def add(house: House) -> str:
        await house.add_person("Grace", roles=ADMINS)
        return (await house.add_person("Ada", address=ADDRESS, roles=ADMINS)).id

    return str(machine.do(add))


def test_people_are_listed_with_how_they_sign_in(machine: Machine) -> None:
    assert "nobody yet" in machine.users("list").stderr
    ada = with_people(machine)
    lines = machine.users("list").stdout.splitlines()
    assert lines[1] == f"{ada}  active   Ada <{ADDRESS}>  (administrator; passphrase)"
    assert lines[0].endswith("active   Grace  (administrator; passphrase)")
    listed = json.loads(machine.users("list", "--json").stdout)
    assert [each["name"] for each in listed] == ["Grace", "Ada"]
    rest = json.loads(machine.users("list", "--after", listed[0]["id"], "--json").stdout)
    assert rest == listed[1:]
    assert machine.users("list", "--limit", "1").stdout.count("\n") == 1
    assert machine.users("list", "--limit", "100000").exit_code == 2


@pytest.mark.parametrize("by", ["id", ADDRESS, "ADA@orchard.example"])
def test_somebody_is_named_by_id_or_by_all_of_their_address(machine: Machine, by: str) -> None:
    ada = with_people(machine)
    shown = json.loads(machine.users("show", ada if by == "id" else by, "--json").stdout)
    assert (shown["id"], shown["state"], shown["ways"]) == (ada, "active", ["passphrase"])
    assert isinstance(machine.users("show", "ada").exception, UnknownPerson)


def test_an_invitation_is_the_link_alone_on_the_last_line(machine: Machine) -> None:
    done = machine.users("invite")
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("http://localhost:8787/join/")
    assert done.stdout.count("\n") == 1
    assert "for 7 days" in done.stderr
    assert done.stdout.strip() not in done.stderr
    assert machine.mail.sent == []


def test_an_invitation_is_sent_before_the_command_ends(machine: Machine) -> None:
    done = machine.users("invite", "--address", ADDRESS, "--role", ADMINISTRATOR, "--json")
    told = json.loads(done.stdout)
    assert (told["sent"], told["roles"]) == (True, [ADMINISTRATOR])
    (message,) = machine.mail.sent
    assert message.to == ADDRESS
    assert told["link"] in message.text
    assert "is sent there" in machine.users("invite", "--address", ADDRESS).stderr


def test_a_mail_server_that_fails_is_said_and_the_link_is_there_all_the_same(
    machine: Machine,
) -> None:
    machine.mail.failures = 99
    done = machine.users("invite", "--address", ADDRESS)
    assert done.exit_code == 4
    assert "pass the link on yourself" in done.stderr
    assert done.stdout.startswith("http://localhost:8787/join/")
    assert (
        json.loads(machine.users("invite", "--address", ADDRESS, "--json").stdout)["sent"] is False
    )


def test_what_cannot_be_invited_makes_no_link(machine: Machine) -> None:
    wrong = machine.users("invite", "--address", "ada@orchard.example\r\nBcc: eve@x.example")
    assert isinstance(wrong.exception, UnacceptableAddress)
    assert isinstance(machine.users("invite", "--role", "owner").exception, UnknownRole)
    assert wrong.stdout == ""


def test_somebody_is_disabled_and_enabled(machine: Machine) -> None:
    ada = with_people(machine)
    assert "disabled" in machine.users("disable", ada).stdout
    assert json.loads(machine.users("show", ada, "--json").stdout)["state"] == "disabled"
    assert isinstance(machine.users("disable", "Grace").exception, LastAdministrator)
    assert "active" in machine.users("enable", ADDRESS).stdout
    for act in ("disable", "enable"):
        assert isinstance(machine.users(act, "nobody").exception, UnknownPerson)


def test_roles_are_given_as_a_whole_and_taken_by_saying_so(machine: Machine) -> None:
    ada = with_people(machine)
    assert "(no role; passphrase)" in machine.users("roles", ada, "--none").stdout
    assert "(administrator;" in machine.users("roles", ada, ADMINISTRATOR).stdout
    for words in ([], [ADMINISTRATOR, "--none"]):
        assert isinstance(machine.users("roles", ada, *words).exception, TooManyRoles)
    assert isinstance(machine.users("roles", ada, "owner").exception, UnknownRole)


def test_sessions_are_listed_and_ended(machine: Machine) -> None:
    ada = with_people(machine)
    assert "nowhere" in machine.sessions("list", ada).stderr

    async def sign_in(house: House) -> object:
        return await house.people.desk.sign_in(
            name=ADDRESS, passphrase=PASSPHRASE, arrival=Arrival()
        )

    machine.do(sign_in)
    assert "aal1  unknown device" in machine.sessions("list", ADDRESS).stdout
    (listed,) = json.loads(machine.sessions("list", ada, "--json").stdout)
    assert listed["assurance"] == "aal1"
    other = machine.sessions("end", ada, "--session", "nobody's")
    assert isinstance(other.exception, UnknownSession)
    assert machine.sessions("end", ada, "--session", listed["id"]).stdout == "1 session ended\n"
    assert json.loads(machine.sessions("list", ada, "--json").stdout) == []
    machine.do(sign_in)
    assert machine.sessions("end", ada).stdout == "1 session ended\n"
    assert json.loads(machine.sessions("end", ada, "--json").stdout) == {"ended": 0}
    assert isinstance(machine.sessions("end", "nobody").exception, UnknownPerson)


def test_an_account_is_deleted_once_that_is_said_twice(machine: Machine) -> None:
    ada = with_people(machine)
    asked = machine.users("delete", ADDRESS)
    assert asked.exit_code == 1
    assert "can never be read again" in asked.stderr
    assert machine.users("show", ada).exit_code == 0
    assert machine.users("delete", ADDRESS, "--yes").exit_code == 0
    assert isinstance(machine.users("show", ada).exception, UnknownPerson)
    assert isinstance(machine.users("delete", "Grace", "--yes").exception, LastAdministrator)
