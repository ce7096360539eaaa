"""`curtilage policy`: show policies and try them."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import typer

from curtilage.consent.errors import PolicyError, ReportUnwritable
from curtilage.consent.junit import encode_junit
from curtilage.consent.life_cli import OpenDesk, add_life_commands
from curtilage.consent.models import Policy
from curtilage.consent.ports import Scan
from curtilage.consent.shelf import PolicyShelf
from curtilage.consent.suites import Suite, SuiteRunner, find_files
from curtilage.core.options import ConfigOption, DataDirOption, JSONOption
from curtilage.core.words import count

HOW_TO_ADD = """\
Add one at the end of the file, such as:

  [[case]]
  name = "An address leaves as a token"
  text = "Write to ada@orchard.example."
  purpose = "assist"
  destination = "openai"
  expect = { EMAIL_ADDRESS = "token" }"""

INCOMPLETE = 5  # exit code: some input could not be examined


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"


PathsArgument: TypeAlias = Annotated[
    list[Path],
    typer.Argument(help="Policies with [[case]] tables, suites, or folders of them."),
]
JunitOption: TypeAlias = Annotated[
    Path | None, typer.Option("--junit", help="Write a report for CI to this file.")
]
FormatOption: TypeAlias = Annotated[Format, typer.Option("--format", help="How to print results.")]


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

    _add_test(app, open_tools)
    add_life_commands(app, lambda config, data_dir: open_tools(config, data_dir).shelf, open_desk)
    return app


def _add_test(app: typer.Typer, open_tools: OpenTools) -> None:
    @app.command(epilog="Example: curtilage policy test policies/ --junit report.xml")
    def test(
        paths: PathsArgument,
        junit: JunitOption = None,
        format: FormatOption = Format.TEXT,
        config: ConfigOption = None,
        data_dir: DataDirOption = None,
        as_json: JSONOption = False,
    ) -> None:
        """Try policies on their cases; exits 1 where one differs."""
        tools = open_tools(config, data_dir)
        suites = _run_suites(paths, SuiteRunner(tools.shelf, tools.scan))
        if junit is not None:
            write_report(junit, encode_junit(suites))
        if as_json or format is Format.JSON:
            typer.echo(json.dumps([row for suite in suites for row in _rows(suite)], indent=2))
        else:
            typer.echo("\n".join(_tell(suites)))
        code = find_exit_code(suites)
        if code:
            raise typer.Exit(code)


def _run_suites(paths: list[Path], runner: SuiteRunner) -> list[Suite]:
    """One file that cannot be tried is an error; among several it is told with the others."""
    files = find_files(paths)
    alone = len(files) == 1 and not paths[0].is_dir()
    suites = [runner.try_file(files[0])] if alone else runner.try_each(files)
    if not any(suite.results or suite.problem for suite in suites):
        what = "The file holds" if alone else "These files hold"
        raise PolicyError(f"{what} no [[case]] to try.", hint=HOW_TO_ADD)
    return suites


def find_exit_code(suites: Sequence[Suite]) -> int:
    """5 where a file could not be tried, else 1 where a case differs, else 0."""
    if any(suite.problem for suite in suites):
        return INCOMPLETE
    return int(any(suite.failures for suite in suites))


def write_report(path: Path, report: bytes) -> None:
    """Raises `ReportUnwritable`."""
    try:
        path.write_bytes(report)
    except OSError:
        raise ReportUnwritable from None


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


def _rows(suite: Suite) -> list[dict[str, Any]]:
    place = {"file": str(suite.file), "policy": suite.policy}
    rows: list[dict[str, Any]] = [
        {"case": r.case.name, "passed": r.passed, "differences": list(r.differences), **place}
        for r in suite.results
    ]
    if suite.problem is not None:
        said = [suite.problem.detail]
        rows.append({"case": "", "passed": False, "differences": said, **place})
    return rows


def _tell(suites: Sequence[Suite]) -> list[str]:
    """Every case of one file; of several what each came to, and the failures as a table."""
    results = [result for suite in suites for result in suite.results]
    failed = sum(len(suite.failures) for suite in suites)
    summary = f"{len(results) - failed} passed, {failed} failed"
    if len(suites) == 1 and suites[0].problem is None:
        return [*_tell_cases(suites[0]), summary]
    broken = sum(suite.problem is not None for suite in suites)
    more = f", {broken} not tried" if broken else ""
    return [*(_tell_suite(suite) for suite in suites), *_tell_failures(suites), summary + more]


def _tell_cases(suite: Suite) -> list[str]:
    lines = []
    for result in suite.results:
        lines.append(f"{'passed' if result.passed else 'FAILED'}  {result.case.name}")
        lines += [f"        {difference}" for difference in result.differences]
    return lines


def _tell_suite(suite: Suite) -> str:
    if suite.problem is not None:
        return f"ERROR   {suite.file}: {suite.problem.detail}"
    if not suite.results:
        return f"–       {suite.file}: no cases"
    failed = len(suite.failures)
    what = (
        f"{failed} of {len(suite.results)} differ" if failed else count(len(suite.results), "case")
    )
    return f"{'FAILED' if failed else 'passed'}  {suite.file}: {what}"


def _tell_failures(suites: Sequence[Suite]) -> list[str]:
    rows = [
        (str(suite.file), result.case.name, difference)
        for suite in suites
        for result in suite.failures
        for difference in result.differences
    ]
    if not rows:
        return []
    table = [("file", "case", "difference"), *rows]
    first, second = (max(len(row[column]) for row in table) for column in (0, 1))
    return ["", *(f"{one:<{first}}  {two:<{second}}  {three}" for one, two, three in table), ""]
