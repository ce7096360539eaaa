"""`curtilage clients`: register, list, show and revoke apps; give them new secrets.

Not here: changing one (`change_cli`)."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Protocol, TypeAlias, TypeVar

import orjson
import typer

from curtilage.core.clock import Clock
from curtilage.core.models import Principal
from curtilage.core.options import ConfigOption, DataDirOption, JSONOption
from curtilage.identity.oauth.client_listing import (
    describe_client,
    plain,
    print_list,
    print_made,
)
from curtilage.identity.oauth.errors import UnacceptableClient
from curtilage.identity.oauth.models.clients import AuthMethod, GrantType, SubjectType
from curtilage.identity.oauth.service.clients import ClientService
from curtilage.identity.oauth.wire.client_metadata import ClientWish

T = TypeVar("T")
GRANTS = {
    "code": GrantType.CODE,
    "refresh": GrantType.REFRESH,
    "client": GrantType.CLIENT,
    "device": GrantType.DEVICE,
}
METHODS = {
    "none": AuthMethod.NONE,
    "basic": AuthMethod.BASIC,
    "post": AuthMethod.POST,
    "key": AuthMethod.KEY,
}

NameArgument: TypeAlias = Annotated[str, typer.Argument(help="What people are told it is called.")]
IdArgument: TypeAlias = Annotated[str, typer.Argument(metavar="ID", help="From `clients list`.")]
RedirectOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--redirect-uri", help="Where people go back to; again for more."),
]
LogoutOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--post-logout-uri", help="Where people go after signing out; again for more."),
]
BackchannelOption: TypeAlias = Annotated[
    str, typer.Option("--backchannel-logout-uri", help="Where the app is told of ended sessions.")
]
ScopeOption: TypeAlias = Annotated[
    list[str] | None, typer.Option(help="A scope it may ask for; again for more. Without: openid.")
]
ResourceOption: TypeAlias = Annotated[
    list[str] | None, typer.Option(help="A resource it may get tokens for; again for more.")
]
ServesOption: TypeAlias = Annotated[
    list[str] | None, typer.Option(help="A resource that it is, whose tokens it may look up.")
]
DetailOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(help="A type of permission it may ask for (RFC 9396); again for more."),
]
GrantOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(help=f"{', '.join(GRANTS)}; again for more. Without: code and refresh."),
]
MethodOption: TypeAlias = Annotated[
    str, typer.Option(help=f"How it proves who it is: {', '.join(METHODS)}.")
]
KeysOption: TypeAlias = Annotated[
    Path | None, typer.Option("--jwks", help="A file with its public keys, as JWK Set.")
]
TrustedOption: TypeAlias = Annotated[
    bool, typer.Option("--first-party", help="It is your own: people are not asked.")
]
PushOption: TypeAlias = Annotated[
    bool, typer.Option("--must-push", help="It must push its requests (RFC 9126).")
]
BoundOption: TypeAlias = Annotated[
    bool, typer.Option("--dpop", help="Its tokens must be bound to a key (RFC 9449).")
]
PairwiseOption: TypeAlias = Annotated[
    bool, typer.Option("--pairwise", help="People have a name for it that no other app knows.")
]
OverlapOption: TypeAlias = Annotated[
    int, typer.Option("--overlap-hours", help="How long the old secret still works.")
]


@dataclass(frozen=True, slots=True)
class ClientDesk:
    """What the commands work with: the service, and who runs the command."""

    service: ClientService
    actor: Principal
    clock: Clock


class OpenClients(Protocol):
    """Opens the desk from `--config` and `--data-dir`."""

    def __call__(
        self, config: Path | None, data_dir: Path | None, *, makes: bool = False
    ) -> AbstractAsyncContextManager[ClientDesk]:
        """`makes`: an installation too, where there is none."""


def build_client_commands(open_clients: OpenClients) -> typer.Typer:
    """The commands under `curtilage clients`."""
    app = typer.Typer(
        name="clients", help="Register, list, change and revoke apps.", no_args_is_help=True
    )
    _add_create(app, open_clients)
    _add_list(app, open_clients)
    _add_show(app, open_clients)
    _add_revoke(app, open_clients)
    _add_rotate(app, open_clients)
    _add_invite(app, open_clients)
    return app


def _add_create(app: typer.Typer, open_clients: OpenClients) -> None:
    @app.command(
        epilog="Example: curtilage clients create notes --redirect-uri https://notes.example/cb"
    )
    def create(
        name: NameArgument,
        redirect_uri: RedirectOption = None,
        post_logout_uri: LogoutOption = None,
        backchannel_logout_uri: BackchannelOption = "",
        scope: ScopeOption = None,
        resource: ResourceOption = None,
        serves: ServesOption = None,
        detail_type: DetailOption = None,
        grant: GrantOption = None,
        method: MethodOption = "basic",
        jwks: KeysOption = None,
        first_party: TrustedOption = False,
        must_push: PushOption = False,
        dpop: BoundOption = False,
        pairwise: PairwiseOption = False,
        config: ConfigOption = None,
        data_dir: DataDirOption = None,
        as_json: JSONOption = False,
    ) -> None:
        """Register an app; prints its secret, once, on the last line."""
        wish = ClientWish(
            name=name,
            method=choose(METHODS, method, "method"),
            redirect_uris=tuple(redirect_uri or ()),
            post_logout_uris=tuple(post_logout_uri or ()),
            backchannel_logout_uri=backchannel_logout_uri,
            grant_types=_grants(grant),
            scopes=frozenset(scope or ("openid",)),
            resources=tuple(resource or ()),
            serves=tuple(serves or ()),
            detail_types=frozenset(detail_type or ()),
            jwks=read_keys(jwks),
            must_push=must_push,
            is_dpop_bound=dpop,
            subject_type=SubjectType.PAIRWISE if pairwise else SubjectType.PUBLIC,
            is_first_party=first_party,
        )
        opened = open_clients(config, data_dir, makes=True)
        print_made(
            run_with(opened, lambda desk: desk.service.register(desk.actor, wish)), as_json=as_json
        )


def _add_list(app: typer.Typer, open_clients: OpenClients) -> None:
    @app.command("list", epilog="Example: curtilage clients list --json")
    def list_(
        config: ConfigOption = None, data_dir: DataDirOption = None, as_json: JSONOption = False
    ) -> None:
        """List the apps, the oldest first; never their secrets."""
        clients = run_with(
            open_clients(config, data_dir), lambda desk: desk.service.list(desk.actor)
        )
        print_list(clients, as_json=as_json)


def _add_show(app: typer.Typer, open_clients: OpenClients) -> None:
    @app.command(epilog="Example: curtilage clients show 0196f1c2-…")
    def show(
        client_id: IdArgument,
        config: ConfigOption = None,
        data_dir: DataDirOption = None,
        as_json: JSONOption = False,
    ) -> None:
        """Show one app with all that it may."""
        client = run_with(
            open_clients(config, data_dir), lambda desk: desk.service.get(desk.actor, client_id)
        )
        told = describe_client(client)
        if as_json:
            typer.echo(json.dumps(told, indent=2))
            return
        for key, value in told.items():
            typer.echo(f"{key:<40} {plain(value)}")


def _add_revoke(app: typer.Typer, open_clients: OpenClients) -> None:
    @app.command(epilog="Example: curtilage clients revoke 0196f1c2-…")
    def revoke(
        client_id: IdArgument,
        config: ConfigOption = None,
        data_dir: DataDirOption = None,
        as_json: JSONOption = False,
    ) -> None:
        """End an app and all that it was granted, within a second."""
        opened = open_clients(config, data_dir)
        client = run_with(opened, lambda desk: desk.service.revoke(desk.actor, client_id))
        typer.echo(json.dumps(describe_client(client)) if as_json else f"revoked {client.id}")


def _add_rotate(app: typer.Typer, open_clients: OpenClients) -> None:
    @app.command(
        "rotate-secret",
        epilog="Example: curtilage clients rotate-secret 0196f1c2-… --overlap-hours 24",
    )
    def rotate(
        client_id: IdArgument,
        overlap_hours: OverlapOption = 0,
        config: ConfigOption = None,
        data_dir: DataDirOption = None,
        as_json: JSONOption = False,
    ) -> None:
        """Give an app a new secret; prints it, once, on the last line."""
        if not 0 <= overlap_hours <= 720:
            raise UnacceptableClient("The overlap is between 0 and 720 hours.")
        overlap = timedelta(hours=overlap_hours)
        opened = open_clients(config, data_dir)
        made = run_with(
            opened,
            lambda desk: desk.service.rotate_secret(desk.actor, client_id, overlap=overlap),
        )
        print_made(made, as_json=as_json)


def _add_invite(app: typer.Typer, open_clients: OpenClients) -> None:
    @app.command(epilog="Example: curtilage clients invite")
    def invite(
        config: ConfigOption = None, data_dir: DataDirOption = None, as_json: JSONOption = False
    ) -> None:
        """Print a token, once, with which software registers itself."""
        opened = open_clients(config, data_dir)
        token = run_with(opened, lambda desk: desk.service.invite(desk.actor))
        typer.echo(json.dumps({"initial_access_token": token}) if as_json else token)


def _grants(named: list[str] | None) -> frozenset[GrantType]:
    if named is None:
        return frozenset({GrantType.CODE, GrantType.REFRESH})
    return frozenset(choose(GRANTS, each, "grant") for each in named)


def choose(known: dict[str, T], name: str, what: str) -> T:
    """What is called so. Raises `UnacceptableClient`."""
    if name not in known:
        raise UnacceptableClient(f"Expected as {what} one of {', '.join(known)}.")
    return known[name]


def read_keys(path: Path | None) -> dict[str, Any] | None:
    """The JWK Set in a file. Raises `UnacceptableClient`."""
    if path is None:
        return None
    try:
        document = orjson.loads(path.read_bytes())
    except (OSError, ValueError):
        raise UnacceptableClient("The file of --jwks cannot be read as JSON.") from None
    if not isinstance(document, dict):
        raise UnacceptableClient("The file of --jwks has no JWK Set.")
    return document


def run_with(
    opened: AbstractAsyncContextManager[ClientDesk], work: Callable[[ClientDesk], Awaitable[T]]
) -> T:
    """Run work on an opened desk, and close it."""

    async def inside() -> T:
        async with opened as desk:
            return await work(desk)

    return asyncio.run(inside())
