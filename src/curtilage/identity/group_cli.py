"""`curtilage groups`: keys that share budgets; and the options that name budgets."""

import json
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Annotated, Any, Protocol, TypeAlias

import typer

from curtilage.core.models import Principal
from curtilage.core.options import ConfigOption, DataDirOption, JSONOption
from curtilage.identity.budgets import Budget, Measure, Tally, format_amount, parse_budget
from curtilage.identity.errors import UnacceptableBudget
from curtilage.identity.models import KeyGroup
from curtilage.identity.service.budgets import BudgetService
from curtilage.identity.wire.shown_keys import encode_group

MoneyOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--budget", help="Money in a minute, day, month or total: 20/month."),
]
TokensOption: TypeAlias = Annotated[list[str] | None, typer.Option(help="Tokens: 1M/day.")]
RequestsOption: TypeAlias = Annotated[list[str] | None, typer.Option(help="Requests: 500/day.")]
NoneOption: TypeAlias = Annotated[bool, typer.Option("--none", help="Take every budget away.")]
GroupArgument: TypeAlias = Annotated[str, typer.Argument(help="The name of the group.")]


class GroupDesk(Protocol):
    """What the commands work with: the service, and who runs the command."""

    @property
    def budgets(self) -> BudgetService: ...

    @property
    def actor(self) -> Principal: ...


class OpenGroups(Protocol):
    """Opens the desk from `--config` and `--data-dir`."""

    def __call__(
        self, config: Path | None, data_dir: Path | None, *, makes: bool = False
    ) -> AbstractAsyncContextManager[GroupDesk]:
        """`makes`: an installation too, where there is none."""


Run: TypeAlias = Callable[
    [AbstractAsyncContextManager[Any], Callable[[Any], Coroutine[Any, Any, Any]]], Any
]
"""Runs work on an opened desk, and closes it."""


def read_budgets(
    money: Sequence[str] | None, tokens: Sequence[str] | None, requests: Sequence[str] | None
) -> tuple[Budget, ...]:
    """The budgets that options name. Raises `UnacceptableBudget`."""
    given = ((Measure.MONEY, money), (Measure.TOKENS, tokens), (Measure.REQUESTS, requests))
    return tuple(parse_budget(raw, measure) for measure, all_ in given for raw in all_ or ())


def read_new_budgets(given: Sequence[Budget], *, none: bool) -> tuple[Budget, ...]:
    """Budgets to put in place of others: to name none, one says so. Raises as above."""
    if bool(given) == none:
        raise UnacceptableBudget(
            "Name the budgets that hold from now on, or --none to take every one away.",
        )
    return tuple(given)


def build_group_commands(open_groups: OpenGroups, run: Run) -> typer.Typer:
    """The commands under `curtilage groups`."""
    app = typer.Typer(name="groups", help="Let keys share budgets.", no_args_is_help=True)
    _add_create(app, open_groups, run)
    _add_list(app, open_groups, run)
    _add_budget(app, open_groups, run)
    return app


def _add_create(app: typer.Typer, open_groups: OpenGroups, run: Run) -> None:
    @app.command(epilog="Example: curtilage groups create marketing --budget 200/month")
    def create(
        *,
        name: GroupArgument,
        budget: MoneyOption = None,
        tokens: TokensOption = None,
        requests: RequestsOption = None,
        config: ConfigOption = None,
        data_dir: DataDirOption = None,
        as_json: JSONOption = False,
    ) -> None:
        """Make a group of keys. `apikeys create --group NAME` puts keys into it."""
        budgets = read_budgets(budget, tokens, requests)
        opened = open_groups(config, data_dir, makes=True)
        made = run(opened, lambda desk: desk.budgets.create_group(desk.actor, name, budgets))
        _print_group(made, as_json)


def _add_list(app: typer.Typer, open_groups: OpenGroups, run: Run) -> None:
    @app.command("list", epilog="Example: curtilage groups list --json")
    def list_(
        *, config: ConfigOption = None, data_dir: DataDirOption = None, as_json: JSONOption = False
    ) -> None:
        """List the groups with what is taken of their budgets."""
        found = run(open_groups(config, data_dir), _list)
        if as_json:
            described = [
                {**encode_group(group), "budgets": describe_tallies(tallies)}
                for group, tallies in found
            ]
            typer.echo(json.dumps(described, indent=2))
            return
        for group, tallies in found:
            typer.echo(f"{group.id}  {group.name}  ({tell_tallies(tallies) or 'no budget'})")
        if not found:
            typer.echo("There are no groups; `curtilage groups create NAME` makes one.", err=True)


def _add_budget(app: typer.Typer, open_groups: OpenGroups, run: Run) -> None:
    @app.command("budget", epilog="Example: curtilage groups budget marketing --budget 300/month")
    def budget_(
        *,
        name: GroupArgument,
        budget: MoneyOption = None,
        tokens: TokensOption = None,
        requests: RequestsOption = None,
        none: NoneOption = False,
        config: ConfigOption = None,
        data_dir: DataDirOption = None,
        as_json: JSONOption = False,
    ) -> None:
        """Replace a group's budgets, within a second on every worker.

        What was taken of one that stays counts on."""
        wanted = read_new_budgets(read_budgets(budget, tokens, requests), none=none)
        opened = open_groups(config, data_dir)
        group = run(opened, lambda desk: desk.budgets.limit_group(desk.actor, name, wanted))
        _print_group(group, as_json)


async def _list(desk: GroupDesk) -> list[tuple[KeyGroup, Sequence[Tally]]]:
    groups = await desk.budgets.list_groups(desk.actor)
    holders = [(group.id, budget) for group in groups for budget in group.budgets]
    tallies = await desk.budgets.standings(desk.actor, holders)
    return [(group, [each for each in tallies if each.holder == group.id]) for group in groups]


def describe_tallies(tallies: Sequence[Tally]) -> list[dict[str, str]]:
    """What is taken of budgets, as JSON: decimals for money, so that no reader rounds them."""
    return [
        {
            "measure": tally.budget.measure.value,
            "window": tally.budget.window.value,
            "limit": format_amount(tally.budget.measure, tally.budget.limit),
            "used": format_amount(tally.budget.measure, tally.used),
        }
        for tally in tallies
    ]


def tell_tallies(tallies: Sequence[Tally]) -> str:
    """What is taken of budgets, on one line."""
    return ", ".join(
        f"{format_amount(tally.budget.measure, tally.used)} of {tally.budget} "
        f"{tally.budget.measure.value}"
        for tally in tallies
    )


def _print_group(group: KeyGroup, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(encode_group(group)))
        return
    budgets = ", ".join(f"{budget} {budget.measure.value}" for budget in group.budgets)
    typer.echo(f"{group.id}  {group.name}  ({budgets or 'no budget'})")
