"""`curtilage users invitations` and `uninvite`; inviting is shown beside all of `users`."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from curtilage.core.authority import ADMINISTRATOR
from curtilage.core.models import PrincipalId
from curtilage.identity.people.errors import UnknownInvitation
from curtilage.identity.people.invitation_cli import describe_invitation, tell_invitation
from curtilage.identity.people.models import InviterKind
from tests.fakes.people import an_invitation
from tests.unit.identity.people.test_cli import ADDRESS, Machine


@pytest.fixture
def machine(filled_dir: Path) -> Machine:
    return Machine(filled_dir)


def test_invitations_are_listed_without_their_links(machine: Machine) -> None:
    assert "No invitation waits" in machine.users("invitations").stderr
    told = json.loads(
        machine.users("invite", "--address", ADDRESS, "--role", ADMINISTRATOR, "--json").stdout
    )
    machine.users("invite")
    other, first = json.loads(machine.users("invitations", "--json").stdout)
    assert first["id"] == told["id"]
    assert (first["address"], first["roles"]) == (ADDRESS, [ADMINISTRATOR])
    assert (first["state"], first["invited_by"]["kind"]) == ("waiting", "operator")
    listed = machine.users("invitations")
    assert told["link"] not in listed.stdout
    assert f"<{ADDRESS}>  (administrator; by the command line)" in listed.stdout
    assert machine.users("invitations", "--limit", "1").stdout.count("\n") == 1
    rest = json.loads(machine.users("invitations", "--before", other["id"], "--json").stdout)
    assert rest == [first]
    assert machine.users("invitations", "--before", first["id"]).stderr == ""


def test_one_is_taken_back_once(machine: Machine) -> None:
    made = [json.loads(machine.users("invite", "--json").stdout)["id"] for _ in range(2)]
    assert machine.users("uninvite", made[0]).stdout == f"taken back {made[0]}\n"
    told = json.loads(machine.users("uninvite", made[1], "--json").stdout)
    assert told == {"id": made[1], "state": "withdrawn"}
    for id in (made[0], "nobody"):
        assert isinstance(machine.users("uninvite", id).exception, UnknownInvitation)
    assert json.loads(machine.users("invitations", "--json").stdout) == []


@pytest.mark.parametrize(
    ("kind", "name", "words"),
    [
        (InviterKind.PERSON, "Grace", "by Grace)"),
        (InviterKind.PERSON, "", "by who-1)"),
        (InviterKind.PROGRAM, "", "by the program who-1)"),
        (InviterKind.OPERATOR, "", "by the command line)"),
        (InviterKind.GONE, "", "by somebody who is gone)"),
    ],
)
def test_whoever_invited_is_said_in_words(kind: InviterKind, name: str, words: str) -> None:
    each = replace(an_invitation(4), by=PrincipalId("who-1"), by_kind=kind, inviter=name)
    assert tell_invitation(each).endswith(words)
    assert "no address  (no role" in tell_invitation(each)
    assert describe_invitation(each)["invited_by"] == {
        "kind": kind.value,
        "id": "who-1",
        "name": name or None,
    }
