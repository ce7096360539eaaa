"""`curtilage clients change`: other metadata of an app; what is not named stays."""

import json
from dataclasses import replace
from typing import Annotated, Any, TypeAlias

import typer

from curtilage.core.options import ConfigOption, DataDirOption, JSONOption
from curtilage.identity.oauth.cli import (
    GRANTS,
    METHODS,
    ClientDesk,
    IdArgument,
    KeysOption,
    OpenClients,
    choose,
    read_keys,
    run_with,
)
from curtilage.identity.oauth.client_forms import wish_of
from curtilage.identity.oauth.client_listing import describe_client
from curtilage.identity.oauth.errors import UnacceptableClient
from curtilage.identity.oauth.models.clients import Client, GrantType, SubjectType

Texts: TypeAlias = list[str] | None
Flag: TypeAlias = bool | None

NameOption: TypeAlias = Annotated[
    str | None, typer.Option("--name", help="What people are told it is called.")
]
RedirectOption: TypeAlias = Annotated[
    Texts, typer.Option("--redirect-uri", help="Where people go back to; again for more.")
]
LogoutOption: TypeAlias = Annotated[
    Texts,
    typer.Option("--post-logout-uri", help='Where people go after signing out; "" for nowhere.'),
]
BackchannelOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--backchannel-logout-uri", help='Where it is told of ended sessions; "" for nowhere.'
    ),
]
ScopeOption: TypeAlias = Annotated[
    Texts, typer.Option(help='A scope it may ask for; again for more; "" for none.')
]
ResourceOption: TypeAlias = Annotated[
    Texts, typer.Option(help='A resource it may get tokens for; again for more; "" for none.')
]
ServesOption: TypeAlias = Annotated[
    Texts, typer.Option(help='A resource that it is, whose tokens it may look up; "" for none.')
]
DetailOption: TypeAlias = Annotated[
    Texts, typer.Option(help='A type of permission it may ask for (RFC 9396); "" for none.')
]
GrantOption: TypeAlias = Annotated[
    Texts, typer.Option(help=f"{', '.join(GRANTS)}; again for more.")
]
MethodOption: TypeAlias = Annotated[
    str | None,
    typer.Option(help=f"How it proves who it is: {', '.join(METHODS)}. No secret comes of it."),
]
TrustedOption: TypeAlias = Annotated[
    Flag, typer.Option("--first-party/--no-first-party", help="Whether people are not asked.")
]
PushOption: TypeAlias = Annotated[
    Flag, typer.Option("--must-push/--no-must-push", help="Whether it must push (RFC 9126).")
]
BoundOption: TypeAlias = Annotated[
    Flag, typer.Option("--dpop/--no-dpop", help="Whether tokens are bound to a key (RFC 9449).")
]
PairwiseOption: TypeAlias = Annotated[
    Flag,
    typer.Option(
        "--pairwise/--no-pairwise", help="Whether people have a name that no other app knows."
    ),
]


def add_change(app: typer.Typer, open_clients: OpenClients) -> typer.Typer:
    """`curtilage clients change`."""

    @app.command(
        epilog="Example: curtilage clients change 0196f1c2-… --redirect-uri https://notes.example/cb"
    )
    def change(
        client_id: IdArgument,
        name: NameOption = None,
        redirect_uri: RedirectOption = None,
        post_logout_uri: LogoutOption = None,
        backchannel_logout_uri: BackchannelOption = None,
        scope: ScopeOption = None,
        resource: ResourceOption = None,
        serves: ServesOption = None,
        detail_type: DetailOption = None,
        grant: GrantOption = None,
        method: MethodOption = None,
        jwks: KeysOption = None,
        first_party: TrustedOption = None,
        must_push: PushOption = None,
        dpop: BoundOption = None,
        pairwise: PairwiseOption = None,
        config: ConfigOption = None,
        data_dir: DataDirOption = None,
        as_json: JSONOption = False,
    ) -> None:
        """Change an app; what is not named stays, its secret too.

        What is named replaces all of its kind. Tokens that it has already stay as they are, but
        for scopes and resources that it loses."""
        said: dict[str, Any] = {
            "name": name,
            "redirect_uris": _texts(redirect_uri),
            "post_logout_uris": _texts(post_logout_uri),
            "backchannel_logout_uri": backchannel_logout_uri,
            "scopes": _set(scope),
            "resources": _texts(resource),
            "serves": _texts(serves),
            "detail_types": _set(detail_type),
            "grant_types": _grants(grant),
            "method": None if method is None else choose(METHODS, method, "method"),
            "jwks": read_keys(jwks),
            "is_first_party": first_party,
            "must_push": must_push,
            "is_dpop_bound": dpop,
            "subject_type": _subject(pairwise),
        }
        changes = {each: value for each, value in said.items() if value is not None}
        if not changes:
            raise UnacceptableClient("Say what to change: `curtilage clients change --help`.")
        if "jwks" in changes:  # keys that are given are in the place of where they were
            changes["jwks_uri"] = ""

        async def work(desk: ClientDesk) -> Client:
            wish = wish_of(await desk.service.get(desk.actor, client_id))
            return await desk.service.change(desk.actor, client_id, replace(wish, **changes))

        client = run_with(open_clients(config, data_dir), work)
        typer.echo(json.dumps(describe_client(client)) if as_json else f"changed {client.id}")

    return app


def _texts(given: Texts) -> tuple[str, ...] | None:
    """None where nothing is said; an empty text takes all away."""
    return None if given is None else tuple(dict.fromkeys(each for each in given if each))


def _set(given: Texts) -> frozenset[str] | None:
    texts = _texts(given)
    return None if texts is None else frozenset(texts)


def _grants(given: Texts) -> frozenset[GrantType] | None:
    return None if given is None else frozenset(choose(GRANTS, each, "grant") for each in given)


def _subject(is_pairwise: Flag) -> SubjectType | None:
    if is_pairwise is None:
        return None
    return SubjectType.PAIRWISE if is_pairwise else SubjectType.PUBLIC
