"""`curtilage scan`: files, folders, streams and git histories; what is in them, and where."""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TextIO

import typer

from curtilage.app.errors import OutputUnwritable
from curtilage.cli.options import find_settings
from curtilage.core.errors import InputError
from curtilage.core.options import ConfigOption, DataDirOption
from curtilage.core.settings import environment
from curtilage.detect.scanner import Scanner, build_scanner
from curtilage.survey.baseline import Baseline, load_baseline
from curtilage.survey.examining import Wishes
from curtilage.survey.fingerprints import key_id
from curtilage.survey.history import HISTORY, survey_history
from curtilage.survey.models import Found, Note, Problem, Result
from curtilage.survey.pools import Pool, open_processes
from curtilage.survey.ports import Report
from curtilage.survey.reports.json import DocumentReport, LinesReport
from curtilage.survey.reports.text import TextReport, printable
from curtilage.survey.repository import Repository
from curtilage.survey.sources import open_stream
from curtilage.survey.streams import answer_stream
from curtilage.survey.surveying import survey, survey_stream
from curtilage.survey.tallying import Tally
from curtilage.survey.walking import walk

INCOMPLETE = 5
STDIN = "<stdin>"
GIT = Path("git")
LEAST_KEY = 16  # bytes


class Input(StrEnum):
    TEXT = "text"
    JSONL = "jsonl"


class Format(StrEnum):
    TEXT = "text"
    JSONL = "jsonl"
    JSON = "json"


@dataclass(frozen=True)
class LateScanner:
    """Builds the scanner where it is needed: here, or in a process of its own."""

    cache_dir: Path

    def __call__(self) -> Scanner:
        return build_scanner(self.cache_dir)


def add_commands(app: typer.Typer) -> None:
    app.command(epilog="Example: curtilage scan src/ notes.csv --format json --output found.json")(
        scan
    )


def scan(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[git] PATH", help="Files and folders; none: stdin. After `git`: a repository."
        ),
    ] = None,
    input: Annotated[
        Input,
        typer.Option("--input", help="What stdin is: text, or JSONL with a text in each line."),
    ] = Input.TEXT,
    format: Annotated[
        Format | None, typer.Option("--format", help="The form of the report.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", help="Write the report there.")
    ] = None,
    baseline: Annotated[
        Path | None,
        typer.Option("--baseline", metavar="FILE", help="A JSON report: what is in it is known."),
    ] = None,
    baseline_key: Annotated[
        Path | None,
        typer.Option(
            "--baseline-key", metavar="FILE", help="A secret that tells other values apart too."
        ),
    ] = None,
    exit_code: Annotated[
        int,
        typer.Option("--exit-code", metavar="N", min=0, max=255, help="Leave so if any is found."),
    ] = 1,
    least: Annotated[
        float,
        typer.Option("--min-score", metavar="S", min=0, max=1, help="Leave out what is less sure."),
    ] = 0.0,
    types: Annotated[str, typer.Option("--types", metavar="T,…", help="Only these types.")] = "",
    show_values: Annotated[
        bool, typer.Option("--show-values", help="Put the values into the report.")
    ] = False,
    jobs: Annotated[
        int, typer.Option("--jobs", metavar="N", min=0, help="Processes; 0: one for each core.")
    ] = 1,
    since: Annotated[
        str, typer.Option("--since", metavar="DATE", help="With git: only commits after that.")
    ] = "",
    staged: Annotated[
        bool, typer.Option("--staged", help="With git: what the next commit would bring in.")
    ] = False,
    config: ConfigOption = None,
    data_dir: DataDirOption = None,
) -> int:
    """Find personal data and secrets in files, folders, what comes in, or the history of a repository.

    `curtilage scan git [REPO]` reads every line that any commit brought in, once.
    A folder of that name is ./git. Values are not shown unless asked for. Exit codes: 0 nothing, 1 found, 2 wrong
    use, 5 incomplete: something could not be examined, and stderr says what."""
    key = _read_key(baseline_key)
    wishes = Wishes(
        values=show_values,
        fingerprints=format is Format.JSON or baseline is not None,
        least=least,
        types=frozenset(filter(None, types.split(","))),
        key=key,
    )
    build = LateScanner(find_settings(config, data_dir).server.data_dir / "cache")
    known = load_baseline(baseline, key) if baseline else None
    jobs = jobs or os.cpu_count() or 1
    with open_processes(jobs) as pool, _open_output(output) as out:
        if input is Input.JSONL:
            if paths:
                raise InputError("--input jsonl reads stdin, and paths were given.")
            return _answer(out, build, wishes, pool, exit_code)
        results = _survey(paths or [], since, build, wishes, pool, staged=staged)
        report = _report(format or Format.TEXT, out, key)
        return _write(results, report, known, exit_code)


def _survey(
    paths: list[Path], since: str, build: LateScanner, wishes: Wishes, pool: Pool, *, staged: bool
) -> Iterable[Result]:
    if paths[:1] == [GIT]:
        return _survey_git(paths[1:], since, build, wishes, pool, staged=staged)
    if since or staged:
        raise InputError(
            "--since and --staged belong to `curtilage scan git`.",
            hint="curtilage scan git --staged",
        )
    if paths:
        return survey(walk(paths), build, wishes, pool)
    return survey_stream(STDIN, open_stream(sys.stdin.buffer), build, wishes, pool)


def _survey_git(
    paths: list[Path], since: str, build: LateScanner, wishes: Wishes, pool: Pool, *, staged: bool
) -> Iterator[Result]:
    if len(paths) > 1:
        raise InputError("Several repositories were given; expected one.")
    repository = Repository(paths[0] if paths else Path(), environment())
    repository.check()
    lines = repository.staged() if staged else repository.history(since)
    yield from survey_history(lines, build, wishes, pool)
    if not staged and repository.is_shallow():
        yield from _tell_shallow(since)


def _tell_shallow(since: str) -> Iterator[Result]:
    """A clone without its past: what was asked for is not there, unless a part was asked for."""
    if since:
        yield Note("The clone is shallow: older commits are not here.", path=HISTORY)
    else:
        yield Problem(
            "The clone is shallow: only the commits that are here were examined.",
            "Fetch the rest with `git fetch --unshallow`, or say --since.",
            path=HISTORY,
        )


def _write(
    results: Iterable[Result], report: Report, known: Baseline | None, exit_code: int
) -> int:
    """Write the report; gives the exit code."""
    tally = Tally()
    for result in results:
        if known is not None and isinstance(result, Found) and known.knows(result):
            tally.known += 1
            continue
        tally.take(result)
        report.take(result)
        _tell(result)
    report.close(tally)
    _say(_sum(tally))
    if tally.problems:
        return INCOMPLETE
    return exit_code if tally.found else 0


def _tell(result: Result) -> None:
    """Problems are said at once, whatever the form of the report."""
    if isinstance(result, Problem):
        place = printable(" › ".join([result.path, *result.within]))
        _say(f"not examined: {place}: {result.why}")
        if result.advice:
            _say(f"  hint: {result.advice}")
    elif isinstance(result, Note):
        _say(f"note: {printable(' › '.join([result.path, *result.within]))}: {result.what}")


def _sum(tally: Tally) -> str:
    count = tally.found.total()
    parts = [
        f"{count:,} found in {tally.files:,} files, {tally.characters / 1e6:,.1f} million characters"
    ]
    if tally.known:
        parts.append(f"{tally.known:,} known from the baseline")
    if tally.skipped:
        parts.append(f"{tally.skipped:,} files without text")
    if tally.problems:
        parts.append(f"{tally.problems:,} not examined")
    return "; ".join(parts) + "."


def _answer(out: TextIO, build: LateScanner, wishes: Wishes, pool: Pool, exit_code: int) -> int:
    """JSONL in, JSONL out; gives the exit code."""
    found = problems = lines = 0
    for answered in answer_stream(sys.stdin.buffer, build, wishes, pool):
        lines += 1
        if answered.problem:
            problems += 1
            _say(f"not examined: {answered.problem}")
        else:
            found += answered.found
            out.write(answered.line + "\n")
            if not pool.backlog:
                out.flush()
    _say(f"{found:,} found in {lines:,} lines; {problems:,} not examined.")
    if problems:
        return INCOMPLETE
    return exit_code if found else 0


def _report(form: Format, out: TextIO, key: bytes) -> Report:
    match form:
        case Format.TEXT:
            return TextReport(out, colour=out is sys.stdout and _has_colours())
        case Format.JSONL:
            return LinesReport(out)
        case Format.JSON:
            return DocumentReport(out, head={"key": key_id(key)} if key else {})


def _has_colours() -> bool:
    return sys.stdout.isatty() and "NO_COLOR" not in environment()


def _read_key(path: Path | None) -> bytes:
    if path is None:
        return b""
    try:
        key = path.read_bytes().strip()
    except OSError as problem:
        raise InputError(f"{path} cannot be read: {problem.strerror}.") from None
    if len(key) < LEAST_KEY:
        raise InputError(
            f"The key in {path} has {len(key)} bytes; expected {LEAST_KEY} or more.",
            hint="Make one: `openssl rand -hex 32`",
        )
    return key


@contextmanager
def _open_output(path: Path | None) -> Iterator[TextIO]:
    """Stdout, or a file that is complete or not there."""
    if path is None:
        sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
        try:
            yield sys.stdout
            sys.stdout.flush()
        except BrokenPipeError:
            sys.stdout = None  # what it still holds cannot go anywhere
            raise OutputUnwritable("stdout was closed before the report was written.") from None
        return
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with unfinished.open("x", encoding="utf-8", errors="backslashreplace") as opened:
            yield opened
        unfinished.replace(path)
    except OSError as problem:
        raise InputError(f"{path} cannot be written: {problem.strerror}.") from None
    finally:
        unfinished.unlink(missing_ok=True)


def _say(line: str) -> None:
    typer.echo(line, err=True)
