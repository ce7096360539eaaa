"""`curtilage users` and `curtilage sessions`: people, for whoever runs this machine."""

import json
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Protocol, TypeAlias

import typer

from curtilage.core.clock import encode_instant
from curtilage.core.models import Principal, PrincipalId
from curtilage.core.options import ConfigOption, DataDirOption, JSONOption
from curtilage.core.words import count
from curtilage.identity.people.errors import TooManyRoles
from curtilage.identity.people.postman import Postman
from curtilage.identity.people.service.invitations import InvitationService
from curtilage.identity.people.service.leaving import LeavingService
from curtilage.identity.people.service.people import MOST_LISTED, PeopleService
from curtilage.identity.people.views import ListedPerson, ListedSession

CONSEQUENCE = (
    "All that acts for them ends, and what is kept of them can never be read again, in backups too."
)

PersonArgument: TypeAlias = Annotated[
    str,
    typer.Argument(metavar="PERSON", help="The id from `users list`, or a whole name or address."),
]
RolesArgument: TypeAlias = Annotated[
    list[str] | None, typer.Argument(metavar="[ROLE]…", help="All roles to have from now on.")
]
YesOption: TypeAlias = Annotated[bool, typer.Option("--yes", help="Do not ask first.")]
NoRolesOption: TypeAlias = Annotated[bool, typer.Option("--none", help="Take every role away.")]
SessionOption: TypeAlias = Annotated[
    str, typer.Option(metavar="ID", help="Only this one, from `sessions list`.")
]
AfterOption: TypeAlias = Annotated[str, typer.Option(metavar="ID", help="Those who came after.")]
LimitOption: TypeAlias = Annotated[
    int, typer.Option(min=1, max=MOST_LISTED, help="How many at most.")
]


@dataclass(frozen=True, slots=True)
class PeopleDesk:
    """What the commands work with: the services, and who runs the command."""

    people: PeopleService
    invitations: InvitationService
    leaving: LeavingService
    postman: Postman
    actor: Principal


class OpenPeople(Protocol):
    """Opens the desk from `--config` and `--data-dir`."""

    def __call__(
        self, config: Path | None, data_dir: Path | None
    ) -> AbstractAsyncContextManager[PeopleDesk]: ...


Run: TypeAlias = Callable[
    [AbstractAsyncContextManager[Any], Callable[[Any], Coroutine[Any, Any, Any]]], Any
]
"""Runs work on an opened desk, and closes it."""


def build_user_commands(open_people: OpenPeople, run: Run) -> typer.Typer:
    """The commands under `curtilage users`."""
    app = typer.Typer(
        name="users", help="Invite, see, disable, enable and delete people.", no_args_is_help=True
    )
    _add_list(app, open_people, run)
    _add_show(app, open_people, run)
    _add_disable(app, open_people, run)
    _add_enable(app, open_people, run)
    _add_roles(app, open_people, run)
    _add_delete(app, open_people, run)
    return app


def build_session_commands(open_people: OpenPeople, run: Run) -> typer.Typer:
    """The commands under `curtilage sessions`."""
    app = typer.Typer(
        name="sessions", help="See where people are signed in, and end it.", no_args_is_help=True
    )
    _add_session_list(app, open_people, run)
    _add_session_end(app, open_people, run)
    return app


def _add_list(app: typer.Typer, open_people: OpenPeople, run: Run) -> None:
    @app.command("list", epilog="Example: curtilage users list --limit 200 --json")
    def list_(
        after: AfterOption = "",
        limit: LimitOption = 50,
        config: ConfigOption = None,
        data_dir: DataDirOption = None,
        as_json: JSONOption = False,
    ) -> None:
        """List people, in the order in which they came."""

        async def work(desk: PeopleDesk) -> Sequence[ListedPerson]:
            return await desk.people.page(desk.actor, after=after, limit=limit)

        found = run(open_people(config, data_dir), work)
        if as_json:
            typer.echo(json.dumps([describe(each) for each in found], indent=2))
            return
        for each in found:
            typer.echo(tell(each))
        if not found and not after:
            typer.echo("There is nobody yet; `curtilage users invite` lets somebody in.", err=True)


def _add_show(app: typer.Typer, open_people: OpenPeople, run: Run) -> None:
    @app.command(epilog="Example: curtilage users show 0196f1c2-…")
    def show(
        person: PersonArgument,
        config: ConfigOption = None,
        data_dir: DataDirOption = None,
        as_json: JSONOption = False,
    ) -> None:
        """Show one person: their roles, and how they sign in."""

        async def work(desk: PeopleDesk) -> ListedPerson:
            return await desk.people.show(desk.actor, await _find(desk, person))

        _print_person(run(open_people(config, data_dir), work), as_json)


def _add_disable(app: typer.Typer, open_people: OpenPeople, run: Run) -> None:
    @app.command(epilog="Example: curtilage users disable 0196f1c2-…")
    def disable(
        person: PersonArgument,
        config: ConfigOption = None,
        data_dir: DataDirOption = None,
        as_json: JSONOption = False,
    ) -> None:
        """End all that acts for somebody, and let nothing new begin. Nothing is deleted."""
        work = _change(person, lambda desk, whom: desk.people.disable(desk.actor, whom))
        _print_person(run(open_people(config, data_dir), work), as_json)


def _add_enable(app: typer.Typer, open_people: OpenPeople, run: Run) -> None:
    @app.command(epilog="Example: curtilage users enable 0196f1c2-…")
    def enable(
        person: PersonArgument,
        config: ConfigOption = None,
        data_dir: DataDirOption = None,
        as_json: JSONOption = False,
    ) -> None:
        """Let somebody sign in again. What ended stays ended."""
        work = _change(person, lambda desk, whom: desk.people.enable(desk.actor, whom))
        _print_person(run(open_people(config, data_dir), work), as_json)


def _add_delete(app: typer.Typer, open_people: OpenPeople, run: Run) -> None:
    @app.command(epilog="Example: curtilage users delete 0196f1c2-… --yes")
    def delete(
        person: PersonArgument,
        yes: YesOption = False,
        config: ConfigOption = None,
        data_dir: DataDirOption = None,
    ) -> None:
        """Delete somebody's account and destroy their key."""
        if not yes:
            typer.confirm(f"{CONSEQUENCE} Delete this account?", abort=True, err=True)

        async def work(desk: PeopleDesk) -> None:
            await desk.leaving.delete(desk.actor, await _find(desk, person))

        run(open_people(config, data_dir), work)
        typer.echo("The account is deleted.", err=True)


def _add_roles(app: typer.Typer, open_people: OpenPeople, run: Run) -> None:
    @app.command(epilog="Example: curtilage users roles 0196f1c2-… administrator")
    def roles(
        person: PersonArgument,
        role: RolesArgument = None,
        none: NoRolesOption = False,
        config: ConfigOption = None,
        data_dir: DataDirOption = None,
        as_json: JSONOption = False,
    ) -> None:
        """Let somebody have these roles and no other. They sign in anew."""
        if bool(role) == none:
            raise TooManyRoles

        given = frozenset(role or ())
        work = _change(person, lambda desk, whom: desk.people.give_roles(desk.actor, whom, given))
        _print_person(run(open_people(config, data_dir), work), as_json)


def _add_session_list(app: typer.Typer, open_people: OpenPeople, run: Run) -> None:
    @app.command("list", epilog="Example: curtilage sessions list 0196f1c2-…")
    def list_(
        person: PersonArgument,
        config: ConfigOption = None,
        data_dir: DataDirOption = None,
        as_json: JSONOption = False,
    ) -> None:
        """List the browsers in which somebody is signed in, the newest first."""

        async def work(desk: PeopleDesk) -> Sequence[ListedSession]:
            return await desk.people.list_sessions(desk.actor, await _find(desk, person))

        found = run(open_people(config, data_dir), work)
        if as_json:
            typer.echo(json.dumps([describe_session(each) for each in found], indent=2))
            return
        for each in found:
            began, device = encode_instant(each.started_at), each.device or "unknown device"
            typer.echo(f"{each.id}  {began}  {each.assurance.acr}  {device}")
        if not found:
            typer.echo("They are signed in nowhere.", err=True)


def _add_session_end(app: typer.Typer, open_people: OpenPeople, run: Run) -> None:
    @app.command(epilog="Example: curtilage sessions end 0196f1c2-…")
    def end(
        person: PersonArgument,
        session: SessionOption = "",
        config: ConfigOption = None,
        data_dir: DataDirOption = None,
        as_json: JSONOption = False,
    ) -> None:
        """Sign somebody out of every browser, or of one. They may sign in again."""

        async def work(desk: PeopleDesk) -> int:
            id = await _find(desk, person)
            if not session:
                return await desk.people.end_sessions(desk.actor, id)
            await desk.people.end_session(desk.actor, id, session)
            return 1

        ended = run(open_people(config, data_dir), work)
        typer.echo(json.dumps({"ended": ended}) if as_json else f"{count(ended, 'session')} ended")


def _change(
    person: str, act: Callable[[PeopleDesk, PrincipalId], Awaitable[None]]
) -> Callable[[PeopleDesk], Coroutine[Any, Any, ListedPerson]]:
    """Does something with somebody, and gives how they are after it."""

    async def work(desk: PeopleDesk) -> ListedPerson:
        id = await _find(desk, person)
        await act(desk, id)
        return await desk.people.show(desk.actor, id)

    return work


async def _find(desk: PeopleDesk, typed: str) -> PrincipalId:
    """Whose name or address it is; else it is taken for an id."""
    found = await desk.people.find(desk.actor, typed)
    return PrincipalId(typed) if found is None else found.id


def describe(person: ListedPerson) -> dict[str, Any]:
    """A person as JSON."""
    disabled = person.disabled_at
    return {
        "id": person.id,
        "name": person.name,
        "address": person.address,
        "roles": sorted(person.roles),
        "ways": sorted(each.value for each in person.ways),
        "state": "active" if disabled is None else "disabled",
        "created_at": encode_instant(person.created_at),
        "disabled_at": None if disabled is None else encode_instant(disabled),
    }


def describe_session(session: ListedSession) -> dict[str, Any]:
    """A session as JSON."""
    return {
        "id": session.id,
        "device": session.device,
        "assurance": session.assurance.acr,
        "started_at": encode_instant(session.started_at),
        "seen_at": encode_instant(session.seen_at),
    }


def tell(person: ListedPerson) -> str:
    """A person on one line."""
    state = "active" if person.disabled_at is None else "disabled"
    ways = ", ".join(sorted(each.value for each in person.ways)) or "mailbox"
    roles = ", ".join(sorted(person.roles)) or "no role"
    named = " ".join(filter(None, (person.name, f"<{person.address}>" if person.address else "")))
    return f"{person.id}  {state:<8} {named}  ({roles}; {ways})"


def _print_person(person: ListedPerson, as_json: bool) -> None:
    typer.echo(json.dumps(describe(person)) if as_json else tell(person))
