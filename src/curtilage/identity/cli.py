"""`curtilage apikeys`: make, list and revoke API keys."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Protocol, TypeAlias, TypeVar

import typer

from curtilage.core.clock import Clock
from curtilage.core.models import Principal, PrincipalId, PrincipalKind, PurposeKey
from curtilage.core.options import ConfigOption, DataDirOption, JSONOption
from curtilage.identity.budgets import Budget, Tally
from curtilage.identity.errors import UnacceptableKey, UnknownPerson
from curtilage.identity.group_cli import (
    MoneyOption,
    NoneOption,
    RequestsOption,
    TokensOption,
    read_budgets,
    read_new_budgets,
)
from curtilage.identity.key_listing import print_created, print_key, print_list
from curtilage.identity.models import (
    KEY_RIGHTS,
    MANAGEMENT_RIGHTS,
    RESTORE_SOME,
    USUAL_RIGHTS,
    ApiKey,
)
from curtilage.identity.service.budgets import BudgetService
from curtilage.identity.service.keys import CreatedKey, KeyRequest, KeyService
from curtilage.identity.wire.shown_keys import encode_key

T = TypeVar("T")
D = TypeVar("D")
UNITS = {"h": "hours", "d": "days", "w": "weeks"}

NameArgument: TypeAlias = Annotated[str, typer.Argument(help="What the key is for, in your words.")]
KeyIdArgument: TypeAlias = Annotated[str, typer.Argument(metavar="ID", help="From `apikeys list`.")]
PurposeOption: TypeAlias = Annotated[
    list[str] | None, typer.Option(help="A purpose it may be used for; again for more.")
]
ModelOption: TypeAlias = Annotated[
    list[str] | None, typer.Option(help="A model it may call; without it, every model.")
]
RightOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(help=f"A right: {', '.join(KEY_RIGHTS)}. Without it: restore."),
]
RestoreOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        metavar="DATA",
        help="Get originals back of this type or category only, such as user.contact; again for more.",
    ),
]
ExpiresOption: TypeAlias = Annotated[
    str, typer.Option(help="How long it lasts: 12h, 30d or 8w. Without it: for ever.")
]
RpmOption: TypeAlias = Annotated[int | None, typer.Option(help="Requests per minute.")]
TpmOption: TypeAlias = Annotated[int | None, typer.Option(help="Tokens per minute.")]
GroupOption: TypeAlias = Annotated[
    str, typer.Option(help="A group of keys, whose budgets its calls need room in too.")
]
OwnerOption: TypeAlias = Annotated[
    str,
    typer.Option(
        metavar="PERSON", help="A name, address or id: the key ends when their account does."
    ),
]
OverlapOption: TypeAlias = Annotated[
    str, typer.Option(help="How long the old key works on: 24h unless given; at most 30d.")
]
KindOption: TypeAlias = Annotated[PrincipalKind, typer.Option(help="Who uses it.")]
PrincipalOption: TypeAlias = Annotated[
    str, typer.Option(help="Give a second key to who has one, to replace it in peace.")
]


FindPerson: TypeAlias = Callable[[str], Awaitable[PrincipalId | None]]
"""Whose name, address or id this is."""


@dataclass(frozen=True, slots=True)
class KeyDesk:
    """What the commands work with: the service, and who runs the command."""

    service: KeyService
    budgets: BudgetService
    actor: Principal
    clock: Clock
    usual_purpose: PurposeKey
    find_person: FindPerson


class OpenKeys(Protocol):
    """Opens the desk from `--config` and `--data-dir`."""

    def __call__(
        self, config: Path | None, data_dir: Path | None, *, makes: bool = False
    ) -> AbstractAsyncContextManager[KeyDesk]:
        """`makes`: an installation too, where there is none."""


def build_commands(open_keys: OpenKeys) -> typer.Typer:
    """The commands under `curtilage apikeys`."""
    app = typer.Typer(name="apikeys", help="Make, list and revoke API keys.", no_args_is_help=True)
    _add_create(app, open_keys)
    _add_list(app, open_keys)
    _add_show(app, open_keys)
    _add_budget(app, open_keys)
    _add_rotate(app, open_keys)
    _add_revoke(app, open_keys)
    return app


def _add_create(app: typer.Typer, open_keys: OpenKeys) -> None:
    @app.command(
        epilog="Example: curtilage apikeys create helpdesk --purpose support --expires 90d"
    )
    def create(
        name: NameArgument,
        purpose: PurposeOption = None,
        model: ModelOption = None,
        right: RightOption = None,
        restore: RestoreOption = None,
        expires: ExpiresOption = "",
        rpm: RpmOption = None,
        tpm: TpmOption = None,
        budget: MoneyOption = None,
        tokens: TokensOption = None,
        requests: RequestsOption = None,
        group: GroupOption = "",
        kind: KindOption = PrincipalKind.SERVICE,
        principal: PrincipalOption = "",
        owner: OwnerOption = "",
        config: ConfigOption = None,
        data_dir: DataDirOption = None,
        as_json: JSONOption = False,
    ) -> None:
        """Make a key and print it once, alone on the last line."""
        request = KeyRequest(
            name=name,
            purposes=frozenset(PurposeKey(each) for each in purpose or ()),
            kind=kind,
            rights=_rights(right, restore),
            models=frozenset(model or ()),
            expires_in=parse_duration(expires) if expires else None,
            requests_per_minute=rpm,
            tokens_per_minute=tpm,
            principal=PrincipalId(principal) if principal else None,
            budgets=read_budgets(budget, tokens, requests),
            group=group,
        )
        opened = open_keys(config, data_dir, makes=True)
        print_created(run_on(opened, lambda desk: _create(desk, request, owner)), as_json=as_json)


def _add_list(app: typer.Typer, open_keys: OpenKeys) -> None:
    @app.command("list", epilog="Example: curtilage apikeys list --json")
    def list_(
        config: ConfigOption = None, data_dir: DataDirOption = None, as_json: JSONOption = False
    ) -> None:
        """List the keys, the oldest first; never the keys themselves."""
        listed, at = run_on(open_keys(config, data_dir), _list)
        print_list(listed, at, as_json=as_json)


def _add_show(app: typer.Typer, open_keys: OpenKeys) -> None:
    @app.command(epilog="Example: curtilage apikeys show 0196f1c2-… --json")
    def show(
        key_id: KeyIdArgument,
        config: ConfigOption = None,
        data_dir: DataDirOption = None,
        as_json: JSONOption = False,
    ) -> None:
        """Show all that is kept of a key; never the key itself."""
        key, at = run_on(open_keys(config, data_dir), lambda desk: _show(desk, key_id))
        print_key(key, at, as_json=as_json)


def _add_rotate(app: typer.Typer, open_keys: OpenKeys) -> None:
    @app.command(epilog="Example: curtilage apikeys rotate 0196f1c2-… --overlap 8h")
    def rotate(
        key_id: KeyIdArgument,
        overlap: OverlapOption = "24h",
        config: ConfigOption = None,
        data_dir: DataDirOption = None,
        as_json: JSONOption = False,
    ) -> None:
        """Put a new key in place of one; both work for a while.

        Prints the new key once, alone on the last line. What was taken of budgets counts on."""
        wanted = parse_duration(overlap)
        opened = open_keys(config, data_dir)
        created = run_on(
            opened, lambda desk: desk.service.rotate(desk.actor, key_id, overlap=wanted)
        )
        print_created(created, as_json=as_json)


def _add_revoke(app: typer.Typer, open_keys: OpenKeys) -> None:
    @app.command(epilog="Example: curtilage apikeys revoke 0196f1c2-…")
    def revoke(
        key_id: KeyIdArgument,
        config: ConfigOption = None,
        data_dir: DataDirOption = None,
        as_json: JSONOption = False,
    ) -> None:
        """Make a key worthless, within a second on every worker."""
        key, at = run_on(open_keys(config, data_dir), lambda desk: _revoke(desk, key_id))
        typer.echo(json.dumps(encode_key(key, at)) if as_json else f"revoked {key.id}")


def _add_budget(app: typer.Typer, open_keys: OpenKeys) -> None:
    @app.command("budget", epilog="Example: curtilage apikeys budget 0196f1c2-… --budget 30/month")
    def budget_(
        key_id: KeyIdArgument,
        budget: MoneyOption = None,
        tokens: TokensOption = None,
        requests: RequestsOption = None,
        none: NoneOption = False,
        group: GroupOption = "",
        config: ConfigOption = None,
        data_dir: DataDirOption = None,
        as_json: JSONOption = False,
    ) -> None:
        """Replace a key's budgets and its group, within a second.

        What was taken of a budget that stays counts on. Without --group it is in none."""
        wanted = read_new_budgets(read_budgets(budget, tokens, requests), none=none)
        opened = open_keys(config, data_dir)
        key, at = run_on(opened, lambda desk: _limit(desk, key_id, wanted, group))
        told = ", ".join(f"{each} {each.measure.value}" for each in key.budgets) or "no budget"
        typer.echo(
            json.dumps(encode_key(key, at)) if as_json else f"{key.id}  {key.name}  ({told})"
        )


def _rights(named: list[str] | None, restored: list[str] | None) -> frozenset[str]:
    """The rights that were asked for; the usual ones where none were."""
    if named is None and restored is None:
        return USUAL_RIGHTS
    return frozenset(named or ()) | {RESTORE_SOME + target for target in restored or ()}


async def _create(desk: KeyDesk, request: KeyRequest, owner: str) -> CreatedKey:
    """A key for which no purpose was named is for the usual one, unless it is to manage."""
    manages = bool(request.rights & MANAGEMENT_RIGHTS.keys())
    purposes = request.purposes or frozenset(() if manages else (desk.usual_purpose,))
    person = None
    if owner:
        person = await desk.find_person(owner)
        if person is None:
            raise UnknownPerson
    wanted = replace(request, purposes=purposes, owner=person)
    return await desk.service.create(desk.actor, wanted)


async def _list(desk: KeyDesk) -> tuple[Sequence[tuple[ApiKey, Sequence[Tally]]], datetime]:
    keys = await desk.service.list(desk.actor)
    holders = [(key.holder, budget) for key in keys for budget in key.budgets]
    taken = iter(await desk.budgets.standings(desk.actor, holders))  # rotated keys share a holder
    listed = [(key, [next(taken) for _ in key.budgets]) for key in keys]
    return listed, desk.clock.now()


async def _limit(
    desk: KeyDesk, key_id: str, budgets: Sequence[Budget], group: str
) -> tuple[ApiKey, datetime]:
    key = await desk.service.limit(desk.actor, key_id, budgets=budgets, group=group)
    return key, desk.clock.now()


async def _show(desk: KeyDesk, key_id: str) -> tuple[ApiKey, datetime]:
    return await desk.service.get(desk.actor, key_id), desk.clock.now()


async def _revoke(desk: KeyDesk, key_id: str) -> tuple[ApiKey, datetime]:
    return await desk.service.revoke(desk.actor, key_id), desk.clock.now()


def parse_duration(raw: str) -> timedelta:
    """`12h`, `30d` or `8w`. Raises `UnacceptableKey`."""
    shape = re.fullmatch(r"([1-9][0-9]{0,5})([hdw])", raw)
    if shape is None:
        raise UnacceptableKey("How long a key lasts is a number with h, d or w, such as 30d.")
    return timedelta(**{UNITS[shape[2]]: int(shape[1])})


def run_on(opened: AbstractAsyncContextManager[D], work: Callable[[D], Awaitable[T]]) -> T:
    """Run work on a desk that is open meanwhile."""

    async def inside() -> T:
        async with opened as desk:
            return await work(desk)

    return asyncio.run(inside())
