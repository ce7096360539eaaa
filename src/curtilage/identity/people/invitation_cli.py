"""`curtilage users invite`, `invitations` and `uninvite`: who may come."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias

import typer

from curtilage.core.clock import encode_instant
from curtilage.core.options import ConfigOption, DataDirOption, JSONOption
from curtilage.identity.people.cli import LimitOption, OpenPeople, PeopleDesk, Run
from curtilage.identity.people.models import InviterKind
from curtilage.identity.people.service.invitations import INVITED_FOR
from curtilage.identity.people.views import ListedInvitation, MadeInvitation

NOT_SENT = 4  # exit code of a mail server that does not answer (DESIGN §5)

AddressOption: TypeAlias = Annotated[
    str, typer.Option(help="Send the link there too; it is then their confirmed address.")
]
RoleOption: TypeAlias = Annotated[
    list[str] | None, typer.Option(help="A role to come with; again for more.")
]
BeforeOption: TypeAlias = Annotated[str, typer.Option(metavar="ID", help="Those made before.")]
IdArgument: TypeAlias = Annotated[
    str, typer.Argument(metavar="ID", help="From `users invitations`.")
]


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation that was made. `unsent` is how many messages could not be sent."""

    made: MadeInvitation
    unsent: int = 0


def add_invitations(app: typer.Typer, open_people: OpenPeople, run: Run) -> typer.Typer:
    """The commands under `curtilage users` that are about invitations."""
    _add_invite(app, open_people, run)
    _add_list(app, open_people, run)
    _add_withdraw(app, open_people, run)
    return app


def _add_invite(app: typer.Typer, open_people: OpenPeople, run: Run) -> None:
    @app.command(
        epilog="Example: curtilage users invite --address ada@orchard.example --role administrator"
    )
    def invite(
        address: AddressOption = "",
        role: RoleOption = None,
        config: ConfigOption = None,
        data_dir: DataDirOption = None,
        as_json: JSONOption = False,
    ) -> None:
        """Make a link for one person, and print it once.

        It is alone on the last line. Whoever opens it chooses their own name and passphrase."""
        roles = frozenset(role or ())

        async def work(desk: PeopleDesk) -> Invited:
            made = await desk.invitations.invite(desk.actor, address=address, roles=roles)
            return Invited(made, await desk.postman.send_waiting())

        invited = run(open_people(config, data_dir), work)
        _print_invited(invited, mailed=bool(address), roles=roles, as_json=as_json)


def _add_list(app: typer.Typer, open_people: OpenPeople, run: Run) -> None:
    @app.command(epilog="Example: curtilage users invitations --json")
    def invitations(
        before: BeforeOption = "",
        limit: LimitOption = 50,
        config: ConfigOption = None,
        data_dir: DataDirOption = None,
        as_json: JSONOption = False,
    ) -> None:
        """List invitations that wait, the newest first.

        Never their links: each is shown to whoever made it, once."""

        async def work(desk: PeopleDesk) -> Sequence[ListedInvitation]:
            return await desk.invitations.page(desk.actor, before=before, limit=limit)

        found = run(open_people(config, data_dir), work)
        if as_json:
            typer.echo(json.dumps([describe_invitation(each) for each in found], indent=2))
            return
        for each in found:
            typer.echo(tell_invitation(each))
        if not found and not before:
            typer.echo("No invitation waits; `curtilage users invite` makes one.", err=True)


def _add_withdraw(app: typer.Typer, open_people: OpenPeople, run: Run) -> None:
    @app.command(epilog="Example: curtilage users uninvite 0196f1c2-…")
    def uninvite(
        invitation: IdArgument,
        config: ConfigOption = None,
        data_dir: DataDirOption = None,
        as_json: JSONOption = False,
    ) -> None:
        """Take an invitation back: its link lets nobody in any more."""

        async def work(desk: PeopleDesk) -> None:
            await desk.invitations.withdraw(desk.actor, invitation)

        run(open_people(config, data_dir), work)
        told = {"id": invitation, "state": "withdrawn"}
        typer.echo(json.dumps(told) if as_json else f"taken back {invitation}")


def describe_invitation(each: ListedInvitation) -> dict[str, Any]:
    """An invitation as JSON."""
    return {
        "id": each.id,
        "address": each.address,
        "roles": sorted(each.roles),
        "state": each.state.value,
        "invited_by": {
            "kind": each.by_kind.value,
            "id": each.by,
            "name": each.inviter or None,
        },
        "created_at": encode_instant(each.made_at),
        "expires_at": encode_instant(each.expires_at),
    }


def tell_invitation(each: ListedInvitation) -> str:
    """An invitation on one line."""
    ends = encode_instant(each.expires_at)
    to = f"<{each.address}>" if each.address else "no address"
    roles = ", ".join(sorted(each.roles)) or "no role"
    return f"{each.id}  {each.state.value:<8} until {ends}  {to}  ({roles}; by {_inviter(each)})"


def _inviter(each: ListedInvitation) -> str:
    if each.by_kind is InviterKind.PERSON:
        return each.inviter or each.by
    if each.by_kind is InviterKind.PROGRAM:
        return f"the program {each.by}"
    return "the command line" if each.by_kind is InviterKind.OPERATOR else "somebody who is gone"


def _print_invited(invited: Invited, *, mailed: bool, roles: frozenset[str], as_json: bool) -> None:
    sent = mailed and not invited.unsent
    if as_json:
        made = invited.made
        told = {"id": made.id, "link": made.link, "sent": sent, "roles": sorted(roles)}
        typer.echo(json.dumps(told))
    else:
        if mailed:
            said = "is sent there" if sent else "could not be sent; pass the link on yourself"
            typer.echo(f"The message {said}.", err=True)
        typer.echo(f"The link works once, for {INVITED_FOR.days} days:", err=True)
        typer.echo(invited.made.link)
    if invited.unsent:
        raise typer.Exit(NOT_SENT)
