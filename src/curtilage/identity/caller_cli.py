"""`curtilage users budget`, `clients budget`: what calls with tokens may cost."""

import json
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Protocol, TypeAlias

import typer

from curtilage.core.errors import NotFoundError
from curtilage.core.models import Principal
from curtilage.core.options import ConfigOption, DataDirOption, JSONOption
from curtilage.identity.budgets import Budget, Tally, Whose
from curtilage.identity.caller_budgets import EVERYBODY
from curtilage.identity.errors import UnacceptableBudget, UnknownPerson
from curtilage.identity.group_cli import (
    MoneyOption,
    NoneOption,
    RequestsOption,
    Run,
    TokensOption,
    describe_tallies,
    read_budgets,
    read_new_budgets,
    tell_tallies,
)
from curtilage.identity.oauth.errors import UnknownClient
from curtilage.identity.service.caller_budgets import CallerBudgetService

Find: TypeAlias = Callable[[str], Awaitable[str | None]]
"""The id of what was typed; None where there is nothing like it."""

EverybodyOption: TypeAlias = Annotated[
    bool, typer.Option("--everybody", help="For each who has no budgets of their own.")
]
PersonArgument: TypeAlias = Annotated[
    str, typer.Argument(metavar="[PERSON]", help="An id, or a whole name or address.")
]
AppArgument: TypeAlias = Annotated[
    str, typer.Argument(metavar="[ID]", help="The id from `clients list`.")
]


@dataclass(frozen=True, slots=True)
class CallerDesk:
    """What the commands work with: the service, who runs the command, and who is who."""

    budgets: CallerBudgetService
    actor: Principal
    find_person: Find
    find_app: Find


class OpenCallers(Protocol):
    """Opens the desk from `--config` and `--data-dir`."""

    def __call__(
        self, config: Path | None, data_dir: Path | None
    ) -> AbstractAsyncContextManager[CallerDesk]: ...


@dataclass(frozen=True, slots=True)
class Wish:
    """What a command was asked: of whom, and which budgets from now on; None: none asked."""

    whose: Whose
    typed: str
    everybody: bool
    budgets: tuple[Budget, ...] | None

    def __post_init__(self) -> None:
        if bool(self.typed) == self.everybody:
            raise UnacceptableBudget("Name whose budgets they are, or --everybody.")


def add_person_budget(app: typer.Typer, open_callers: OpenCallers, run: Run) -> typer.Typer:
    """`curtilage users budget`."""

    @app.command(epilog="Example: curtilage users budget ada --budget 20/month --requests 500/day")
    def budget(
        *,
        person: PersonArgument = "",
        everybody: EverybodyOption = False,
        budget: MoneyOption = None,
        tokens: TokensOption = None,
        requests: RequestsOption = None,
        none: NoneOption = False,
        config: ConfigOption = None,
        data_dir: DataDirOption = None,
        as_json: JSONOption = False,
    ) -> None:
        """Show or replace somebody's budgets.

        Calls with access tokens draw on them, whichever app calls. Without budgets of
        their own, those of --everybody hold."""
        wanted = _read_wanted(read_budgets(budget, tokens, requests), none=none)
        wish = Wish(Whose.PERSON, person, everybody, wanted)
        _print(run(open_callers(config, data_dir), lambda desk: fulfil(desk, wish)), as_json)

    return app


def add_app_budget(app: typer.Typer, open_callers: OpenCallers, run: Run) -> typer.Typer:
    """`curtilage clients budget`."""

    @app.command(epilog="Example: curtilage clients budget --everybody --requests 10k/day")
    def budget(
        *,
        client_id: AppArgument = "",
        everybody: EverybodyOption = False,
        budget: MoneyOption = None,
        tokens: TokensOption = None,
        requests: RequestsOption = None,
        none: NoneOption = False,
        config: ConfigOption = None,
        data_dir: DataDirOption = None,
        as_json: JSONOption = False,
    ) -> None:
        """Show or replace an app's budgets.

        Calls with access tokens draw on them, for all people together who use the app and
        for the app itself. Without budgets of its own, those of --everybody hold."""
        wanted = _read_wanted(read_budgets(budget, tokens, requests), none=none)
        wish = Wish(Whose.APP, client_id, everybody, wanted)
        _print(run(open_callers(config, data_dir), lambda desk: fulfil(desk, wish)), as_json)

    return app


async def fulfil(desk: CallerDesk, wish: Wish) -> Sequence[Tally]:
    """The budgets that hold afterwards. Raises `UnknownPerson` or `UnknownClient`."""
    id = EVERYBODY if wish.everybody else await _find(desk, wish)
    if wish.budgets is not None:
        await desk.budgets.limit(desk.actor, wish.whose, id, wish.budgets)
    return await desk.budgets.standings(desk.actor, wish.whose, id)


async def _find(desk: CallerDesk, wish: Wish) -> str:
    is_person = wish.whose is Whose.PERSON
    found = await (desk.find_person if is_person else desk.find_app)(wish.typed)
    if found is None:
        unknown: type[NotFoundError] = UnknownPerson if is_person else UnknownClient
        raise unknown
    return found


def _read_wanted(given: tuple[Budget, ...], *, none: bool) -> tuple[Budget, ...] | None:
    return read_new_budgets(given, none=none) if given or none else None


def _print(tallies: Sequence[Tally], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(describe_tallies(tallies)))
    else:
        typer.echo(tell_tallies(tallies) or "no budget")
