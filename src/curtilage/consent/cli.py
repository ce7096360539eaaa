"""`curtilage policy`: show policies and try them."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import typer

from curtilage.consent.cases import CaseResult, parse_cases, run_case
from curtilage.consent.errors import PolicyError
from curtilage.consent.life_cli import OpenDesk, add_life_commands, read_file
from curtilage.consent.models import Policy
from curtilage.consent.ports import Scan
from curtilage.consent.shelf import PolicyShelf
from curtilage.consent.wire import build_policy, parse_toml, refuse_idle_rules
from curtilage.core.options import ConfigOption, DataDirOption, JSONOption

HOW_TO_ADD = """\
Add one at the end of the file, such as:

  [[case]]
  name = "An address leaves as a token"
  text = "Write to ada@orchard.example."
  purpose = "assist"
  destination = "openai"
  expect = { EMAIL_ADDRESS = "token" }"""


@dataclass(frozen=True, slots=True)
class PolicyTools:
    """What the commands work with. `scan` is called for cases that hold a text."""

    shelf: PolicyShelf
    scan: Scan


OpenTools: TypeAlias = Callable[[Path | None, Path | None], PolicyTools]
"""Opens the tools from `--config` and `--data-dir`."""


def build_commands(open_tools: OpenTools, open_desk: OpenDesk) -> typer.Typer:
    """The commands under `curtilage policy`."""
    app = typer.Typer(
        name="policy", help="Show, try, compare and approve policies.", no_args_is_help=True
    )

    @app.command(epilog="Example: curtilage policy show strict")
    def show(
        name: Annotated[str, typer.Argument(help="A policy; without it, all are listed.")] = "",
        config: ConfigOption = None,
        data_dir: DataDirOption = None,
        as_json: JSONOption = False,
    ) -> None:
        """Print a policy as it is written, or list the policies."""
        shelf = open_tools(config, data_dir).shelf
        if name and not as_json:
            shelf.load(name)
            typer.echo(shelf.read(name).decode(), nl=False)
            return
        policies = [shelf.load(each) for each in ([name] if name else shelf.names())]
        _print_list(policies, as_json)

    @app.command(epilog="Example: curtilage policy test my-policy.toml")
    def test(
        file: Annotated[Path, typer.Argument(help="A policy with [[case]] tables.")],
        config: ConfigOption = None,
        data_dir: DataDirOption = None,
        as_json: JSONOption = False,
    ) -> None:
        """Try a policy on its cases; exits 1 when one comes out differently."""
        results = _run_file(file, open_tools(config, data_dir))
        _print_results(results, as_json)
        if not all(result.passed for result in results):
            raise typer.Exit(1)

    add_life_commands(app, lambda config, data_dir: open_tools(config, data_dir).shelf, open_desk)
    return app


def _run_file(path: Path, tools: PolicyTools) -> list[CaseResult]:
    table = parse_toml(read_file(path))
    policy, cases = build_policy(table, path.stem.lower()), parse_cases(table)
    if tools.shelf.vocabulary:
        refuse_idle_rules(policy, tools.shelf.vocabulary)
    if not cases:
        raise PolicyError("The file holds no [[case]] to try.", hint=HOW_TO_ADD)
    return [run_case(policy, case, scan=tools.scan) for case in cases]


def _print_list(policies: list[Policy], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps([_describe(policy) for policy in policies], indent=2))
        return
    for policy in policies:
        typer.echo(f"{policy.name:<12} {policy.version[:12]}  {policy.title}")


def _describe(policy: Policy) -> dict[str, Any]:
    return {
        "name": policy.name,
        "version": policy.version,
        "title": policy.title,
        "observe": policy.observe,
        "default": policy.default,
        "purposes": [purpose.key for purpose in policy.purposes],
        "rules": [
            {
                "data": rule.target,
                "purpose": rule.purpose,
                "destination": rule.destination,
                "treatment": rule.treatment,
            }
            for rule in policy.rules
        ],
        "allowed_opaque": sorted(policy.allowed_opaque),
    }


def _print_results(results: list[CaseResult], as_json: bool) -> None:
    if as_json:
        rows = [
            {"case": r.case.name, "passed": r.passed, "differences": list(r.differences)}
            for r in results
        ]
        typer.echo(json.dumps(rows, indent=2))
        return
    for result in results:
        typer.echo(f"{'passed' if result.passed else 'FAILED'}  {result.case.name}")
        for difference in result.differences:
            typer.echo(f"        {difference}")
    failed = sum(not result.passed for result in results)
    typer.echo(f"{len(results) - failed} passed, {failed} failed")
