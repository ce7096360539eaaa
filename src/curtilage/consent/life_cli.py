"""`curtilage policy history | diff | propose | approve`: policies over time."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, TypeAlias, TypeVar

import typer

from curtilage.consent.diff import Change, compare
from curtilage.consent.errors import UnknownPolicy
from curtilage.consent.models import Policy
from curtilage.consent.service import History, PolicyLife
from curtilage.consent.shadow import ShadowSummary
from curtilage.consent.shelf import PolicyShelf
from curtilage.consent.suites import read_file
from curtilage.consent.versions import PolicyVersion
from curtilage.consent.wire import parse_policy
from curtilage.core.clock import encode_instant
from curtilage.core.models import Principal
from curtilage.core.options import ConfigOption, DataDirOption, JSONOption

T = TypeVar("T")
NONE = "No call was compared. The setting gateway.shadow_policy names the policy to compare with."
SHOWN = 12  # digits of a version that lists show

NameArgument: TypeAlias = Annotated[
    str, typer.Argument(help="A policy; without it, the history of all.")
]
SideArgument: TypeAlias = Annotated[
    str, typer.Argument(help="A policy's name, a file that ends in .toml, or a version.")
]
FileArgument: TypeAlias = Annotated[Path, typer.Argument(help="The policy as it should be.")]
VersionArgument: TypeAlias = Annotated[
    str, typer.Argument(help="The version, or its first digits, from `policy history`.")
]
HoursOption: TypeAlias = Annotated[
    int, typer.Option("--hours", min=1, max=2160, help="How far to look back.")
]
ReasonOption: TypeAlias = Annotated[
    str, typer.Option("--reason", help="Why it should be so, for whoever approves it.")
]


@dataclass(frozen=True, slots=True)
class PolicyDesk:
    """What the commands work with: the use cases, and who runs the command."""

    life: PolicyLife
    actor: Principal


OpenDesk: TypeAlias = Callable[[Path | None, Path | None], AbstractAsyncContextManager[PolicyDesk]]
"""Opens the desk from `--config` and `--data-dir`."""
OpenShelf: TypeAlias = Callable[[Path | None, Path | None], PolicyShelf]


def add_life_commands(app: typer.Typer, open_shelf: OpenShelf, open_desk: OpenDesk) -> None:
    """Add the commands about versions to `curtilage policy`."""
    _add_history(app, open_desk)
    _add_diff(app, open_shelf, open_desk)
    _add_propose(app, open_shelf, open_desk)
    _add_approve(app, open_desk)
    _add_shadow(app, open_desk)


def _add_history(app: typer.Typer, open_desk: OpenDesk) -> None:
    @app.command(epilog="Example: curtilage policy history helpdesk")
    def history(
        name: NameArgument = "",
        config: ConfigOption = None,
        data_dir: DataDirOption = None,
        as_json: JSONOption = False,
    ) -> None:
        """List the versions that are kept, and who put them forward."""
        opened = open_desk(config, data_dir)
        found = _run(opened, lambda desk: desk.life.history(desk.actor, name))
        if as_json:
            typer.echo(json.dumps(_describe(found), indent=2))
        else:
            typer.echo("\n".join(_tell(found)) or "No policy was in force yet.")


def _add_diff(app: typer.Typer, open_shelf: OpenShelf, open_desk: OpenDesk) -> None:
    @app.command(epilog="Example: curtilage policy diff balanced my-policy.toml")
    def diff(
        before: SideArgument,
        after: SideArgument,
        config: ConfigOption = None,
        data_dir: DataDirOption = None,
        as_json: JSONOption = False,
    ) -> None:
        """Say what became stricter or looser from one policy to another."""
        shelf = open_shelf(config, data_dir)
        one, other = (
            _find(each, shelf, lambda: open_desk(config, data_dir)) for each in (before, after)
        )
        print_changes(compare(one, other, shelf.vocabulary), as_json)


def _add_propose(app: typer.Typer, open_shelf: OpenShelf, open_desk: OpenDesk) -> None:
    @app.command(
        epilog="Example: curtilage policy propose my-policy.toml --reason 'Cards are masked'"
    )
    def propose(
        file: FileArgument,
        reason: ReasonOption,
        config: ConfigOption = None,
        data_dir: DataDirOption = None,
    ) -> None:
        """Put a policy forward, for another administrator to approve."""
        raw = read_file(file)
        vocabulary = open_shelf(config, data_dir).vocabulary
        policy = parse_policy(raw, file.stem.lower(), vocabulary=vocabulary)
        opened = open_desk(config, data_dir)
        version = _run(
            opened, lambda desk: desk.life.propose(desk.actor, policy, raw.decode(), reason)
        )
        typer.echo(f"{policy.name} is put forward. Another administrator approves it:")
        typer.echo(version)


def _add_approve(app: typer.Typer, open_desk: OpenDesk) -> None:
    @app.command(epilog="Example: curtilage policy approve 3f2a9c0d11e8")
    def approve(
        version: VersionArgument, config: ConfigOption = None, data_dir: DataDirOption = None
    ) -> None:
        """Approve a version that somebody else put forward."""
        opened = open_desk(config, data_dir)
        approved = _run(opened, lambda desk: desk.life.approve(desk.actor, version))
        typer.echo(f"{approved.name} {approved.version[:SHOWN]} may come into force.")


def _add_shadow(app: typer.Typer, open_desk: OpenDesk) -> None:
    @app.command(epilog="Example: curtilage policy shadow --hours 168")
    def shadow(
        hours: HoursOption = 24,
        config: ConfigOption = None,
        data_dir: DataDirOption = None,
        as_json: JSONOption = False,
    ) -> None:
        """Say what the setting gateway.shadow_policy would have changed."""
        opened = open_desk(config, data_dir)
        over = timedelta(hours=hours)
        found = _run(opened, lambda desk: desk.life.shadow(desk.actor, over))
        if as_json:
            typer.echo(json.dumps([asdict(each) for each in found], default=str, indent=2))
        else:
            typer.echo("\n".join(line for each in found for line in _tell_shadow(each)) or NONE)


def _tell_shadow(found: ShadowSummary) -> list[str]:
    name, _, version = found.policy.partition("@")
    head = (
        f"{name} {version[:SHOWN]}: {found.calls} calls since {found.since:%Y-%m-%d %H:%M} UTC;"
        f" it would refuse {found.refused} and let through {found.permitted} more"
    )
    rows = [
        f"  {row.kind} ({row.purpose}): {row.stricter} stricter, {row.looser} looser"
        for row in found.rows
    ]
    return [head, *(rows or ["  Every value would be treated as it was."])]


def _find(
    side: str, shelf: PolicyShelf, open_desk: Callable[[], AbstractAsyncContextManager[PolicyDesk]]
) -> Policy:
    """A file, a policy of the shelf, or a version that is kept."""
    if side.endswith(".toml"):
        return parse_policy(read_file(Path(side)), Path(side).stem.lower())
    try:
        return shelf.load(side)
    except UnknownPolicy:
        kept = _run(open_desk(), lambda desk: desk.life.get(desk.actor, side))
        return parse_policy(kept.text.encode(), kept.name)


def _run(
    opened: AbstractAsyncContextManager[PolicyDesk], act: Callable[[PolicyDesk], Awaitable[T]]
) -> T:
    async def run() -> T:
        async with opened as desk:
            return await act(desk)

    return asyncio.run(run())


def print_changes(changes: Sequence[Change], as_json: bool) -> None:
    """One line for each, looser ones first."""
    if as_json:
        typer.echo(json.dumps([asdict(change) for change in changes], indent=2))
        return
    for change in changes:
        typer.echo(f"{change.direction:<9} {change}")
    if not changes:
        typer.echo("Both decide the same.")


def _tell(found: History) -> list[str]:
    lines = []
    for version in found.versions:
        since = [each.since for each in found.activations if each.reference == version.reference]
        when = f"in force {max(since):%Y-%m-%d %H:%M} UTC" if since else "never in force"
        latest = bool(since) and found.activations[-1].reference == version.reference
        mark = "*" if latest else " "
        lines.append(
            f"{mark} {version.name:<12} {version.version[:SHOWN]}  {when}  {_stand(version)}"
        )
        if version.reason:
            lines.append(f"      {version.reason}")
    return lines


def _stand(version: PolicyVersion) -> str:
    if version.author is None:
        return "taken from its file"
    if version.approved_by is None:
        return f"put forward by {version.author}, not approved"
    return f"put forward by {version.author}, approved by {version.approved_by}"


def _describe(found: History) -> dict[str, Any]:
    versions = [
        {
            "name": each.name,
            "version": each.version,
            "seen_at": encode_instant(each.seen_at),
            "author": each.author,
            "reason": each.reason,
            "approved_by": each.approved_by,
            "approved_at": encode_instant(each.approved_at) if each.approved_at else None,
        }
        for each in found.versions
    ]
    activations = [
        {"name": each.name, "version": each.version, "since": encode_instant(each.since)}
        for each in found.activations
    ]
    return {"versions": versions, "activations": activations}
