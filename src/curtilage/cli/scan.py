"""`curtilage scan`: what is in files, folders, streams and git histories, and where."""

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from curtilage.cli.options import find_settings
from curtilage.cli.scanning import (
    INCOMPLETE,
    Format,
    Input,
    LateExplainer,
    LateScanner,
    LateWithHostile,
    Progress,
    answer,
    make_report,
    may_watch,
    name_survey,
    open_output,
    read_key,
    ready_scanner,
    unfinished,
    write,
)
from curtilage.core.errors import InputError
from curtilage.core.options import ConfigOption, DataDirOption
from curtilage.core.settings import environment
from curtilage.survey.baseline import load_baseline
from curtilage.survey.clusters import open_cluster
from curtilage.survey.databases.addresses import Address, is_address, parse_address
from curtilage.survey.databases.reading import read_database
from curtilage.survey.databases.selection import Selection
from curtilage.survey.examining import Wishes
from curtilage.survey.history import HISTORY, survey_history
from curtilage.survey.journal import open_journal
from curtilage.survey.models import Note, Problem, Result
from curtilage.survey.pools import Pool, open_processes
from curtilage.survey.ports import DetectorBuilder
from curtilage.survey.repository import Repository
from curtilage.survey.sources import open_stream
from curtilage.survey.surveying import survey, survey_items, survey_stream
from curtilage.survey.walking import walk

STDIN = "<stdin>"
GIT = Path("git")


@dataclass(frozen=True, slots=True)
class Given:
    """What is to be read, by its kind."""

    paths: Sequence[Path]
    addresses: Sequence[Address]
    selection: Selection

    @classmethod
    def sort(cls, words: Sequence[str], selection: Selection) -> "Given":
        """Raises an InputError for an address that is not understood."""
        addresses = [parse_address(word) for word in words if is_address(word)]
        if (selection.sample or selection.tables) and not addresses:
            raise InputError(
                "--sample and --tables belong to databases, and none was given.",
                hint="curtilage scan postgresql://user@host/name --sample 1000",
            )
        paths = [Path(word) for word in words if not is_address(word)]
        return cls(paths, addresses, selection)


def add_commands(app: typer.Typer) -> None:
    app.command(epilog="Example: curtilage scan src/ notes.csv --format json --output found.json")(
        scan
    )


def scan(
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[git] PATH",
            help="Files, folders, addresses of databases; none: stdin. After `git`: a repository.",
        ),
    ] = None,
    input: Annotated[
        Input, typer.Option("--input", help="What stdin is: text, or a text in each JSON line.")
    ] = Input.TEXT,
    format: Annotated[
        Format, typer.Option("--format", help="The form of the report.")
    ] = Format.TEXT,
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
    names: Annotated[
        bool | None,
        typer.Option(
            "--names/--no-names",
            help="Look for people, places and dates too: slower. Off for git unless asked for.",
        ),
    ] = None,
    hostile: Annotated[
        bool, typer.Option("--hostile", help="Look for text that gives orders to a model too.")
    ] = False,
    rules: Annotated[
        list[Path] | None,
        typer.Option("--rules", metavar="FILE", help="Rules of one's own, in TOML; repeatable."),
    ] = None,
    show_values: Annotated[
        bool, typer.Option("--show-values", help="Put the values into the report.")
    ] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say what spoke for each finding, and what it beat.")
    ] = False,
    jobs: Annotated[
        int, typer.Option("--jobs", metavar="N", min=0, help="Processes; 0: one for each core.")
    ] = 1,
    ray: Annotated[
        str, typer.Option("--ray", metavar="ADDRESS", help="Share the work out on a Ray cluster.")
    ] = "",
    resume: Annotated[
        Path | None,
        typer.Option("--resume", metavar="FILE", help="A journal: go on where a scan was stopped."),
    ] = None,
    since: Annotated[
        str, typer.Option("--since", metavar="DATE", help="With git: only commits after that.")
    ] = "",
    staged: Annotated[
        bool, typer.Option("--staged", help="With git: what the next commit would bring in.")
    ] = False,
    sample: Annotated[
        int, typer.Option("--sample", metavar="N", min=0, help="Of a database: N records a table.")
    ] = 0,
    tables: Annotated[
        str,
        typer.Option("--tables", metavar="T,…", help="Of a database: only these, as `crm.*`."),
    ] = "",
    config: ConfigOption = None,
    data_dir: DataDirOption = None,
) -> int:
    """Find personal data in files, databases and histories.

    `curtilage scan git [REPO]` reads every line that any commit brought in, once.
    A folder of that name is ./git. A database has an address: postgresql://user@host/name
    with the password in PGPASSWORD or a PGPASSFILE, or mysql://user@host/name with it in ~/.my.cnf. Values are not shown unless asked for. Exit codes:
    0 nothing, 1 found, 2 wrong use, 5 incomplete: something could not be examined, and
    stderr says what."""
    selection = Selection(sample, tuple(filter(None, tables.split(","))))
    given = Given.sort(paths or [], selection)
    is_git = given.paths[:1] == [GIT]
    key = read_key(baseline_key)
    wishes = Wishes(
        values=show_values,
        why=explain,
        fingerprints=format in {Format.JSON, Format.SARIF} or bool(baseline or resume),
        least=least,
        types=frozenset(filter(None, types.split(","))),
        key=key,
    )
    settings = find_settings(config, data_dir)
    scanner, is_whole = ready_scanner(
        settings, rules or [], names=not is_git if names is None else names
    )
    build: DetectorBuilder = LateExplainer(scanner) if explain else scanner
    if hostile and explain:
        raise InputError("--explain is about values: it does not go together with --hostile.")
    if hostile:
        build = LateWithHostile(build, scanner.cache_dir)
    known = load_baseline(baseline, key) if baseline else None
    own = [path for path in (output, baseline, baseline_key, resume) if path is not None]
    own += [unfinished(output)] if output is not None else []
    work = Work(given, own, build, wishes, since=since, staged=staged)
    work.refuse(input, is_git=is_git, resume=resume)
    workers = open_cluster(ray) if ray else open_processes(jobs or os.cpu_count() or 1)
    with workers as pool, open_output(output) as out:
        if input is Input.JSONL:
            code = answer(out, build, wishes, pool, exit_code)
            return code if is_whole else INCOMPLETE
        report = make_report(format, out, key)
        results = work.git(pool) if is_git else work.files(pool, resume, scanner)
        progress = Progress(work.size()) if may_watch(output) else None
        code = write(results, report, known, exit_code, progress=progress)
        return code if is_whole else INCOMPLETE


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be surveyed."""

    given: Given
    own: Sequence[Path]
    build: DetectorBuilder
    wishes: Wishes
    since: str
    staged: bool

    def refuse(self, input: Input, *, is_git: bool, resume: Path | None) -> None:
        """Raise an InputError for words that do not go together."""
        paths, addresses = self.given.paths, self.given.addresses
        if input is Input.JSONL and (paths or addresses):
            raise InputError("--input jsonl reads stdin, and paths were given.")
        if (self.since or self.staged) and not is_git:
            raise InputError(
                "--since and --staged belong to `curtilage scan git`.",
                hint="curtilage scan git --staged",
            )
        if is_git and len(paths) + len(addresses) > 2:
            raise InputError("Several repositories were given; expected one.")
        if resume and (is_git or not paths):
            raise InputError("--resume goes with files and folders.")
        if resume and self.wishes.values:
            raise InputError(
                "A journal keeps no values: --resume and --show-values do not go together."
            )

    def files(self, pool: Pool, resume: Path | None, scanner: LateScanner) -> Iterator[Result]:
        paths = self.given.paths
        if not paths and not self.given.addresses:
            source = open_stream(typer.get_binary_stream("stdin"))
            yield from survey_stream(STDIN, source, self.build, self.wishes, pool)
            return
        about = (
            name_survey(
                paths, self.wishes, scanner, hostile=isinstance(self.build, LateWithHostile)
            )
            if resume
            else ""
        )
        with open_journal(resume, about) if resume else nullcontext() as journal:
            targets = walk(paths, self.own)
            results = survey(targets, self.build, self.wishes, pool, journal)
            yield from results if journal is None else journal.record(results)
        for address in self.given.addresses:  # each time anew: nobody knows whether it changed
            items = read_database(address, self.given.selection)
            yield from survey_items(address.name, items, self.build, self.wishes, pool)

    def git(self, pool: Pool) -> Iterator[Result]:
        repository = Repository(Path(*self.given.paths[1:2]), environment())
        repository.check()
        lines = repository.staged() if self.staged else repository.history(self.since)
        yield from survey_history(lines, self.build, self.wishes, pool)
        if not self.staged and repository.is_shallow():
            yield from _tell_shallow(self.since)

    def size(self) -> int:
        """How many bytes the files have; 0: nobody knows."""
        if self.given.addresses or self.given.paths[:1] == [GIT]:
            return 0
        return sum(getattr(each, "size", 0) for each in walk(self.given.paths, self.own))


def _tell_shallow(since: str) -> Iterable[Result]:
    """A clone without its past: what was asked for is not there, unless a part was asked for."""
    if since:
        yield Note("The clone is shallow: older commits are not here.", path=HISTORY)
    else:
        yield Problem(
            "The clone is shallow: only the commits that are here were examined.",
            "Fetch the rest with `git fetch --unshallow`, or say --since.",
            path=HISTORY,
        )
