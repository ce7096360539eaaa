"""`curtilage scan`: what is in files, folders, streams and git histories, and where."""

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import typer

from curtilage.cli.options import find_settings
from curtilage.cli.scan_options import (
    BaselineKeyOption,
    BaselineOption,
    ExitCodeOption,
    ExplainOption,
    FormatOption,
    HostileOption,
    InputOption,
    JobsOption,
    LeastOption,
    NamesOption,
    OutputOption,
    PathsArgument,
    RayOption,
    ResumeOption,
    RulesOption,
    SampleOption,
    ShowValuesOption,
    SinceOption,
    StagedOption,
    TablesOption,
    TypesOption,
)
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
    paths: PathsArgument = None,
    input: InputOption = Input.TEXT,
    format: FormatOption = Format.TEXT,
    output: OutputOption = None,
    baseline: BaselineOption = None,
    baseline_key: BaselineKeyOption = None,
    exit_code: ExitCodeOption = 1,
    least: LeastOption = 0.0,
    types: TypesOption = "",
    names: NamesOption = None,
    hostile: HostileOption = False,
    rules: RulesOption = None,
    show_values: ShowValuesOption = False,
    explain: ExplainOption = False,
    jobs: JobsOption = 1,
    ray: RayOption = "",
    resume: ResumeOption = None,
    since: SinceOption = "",
    staged: StagedOption = False,
    sample: SampleOption = 0,
    tables: TablesOption = "",
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
    scanner, is_whole = ready_scanner(
        find_settings(config, data_dir), rules or [], names=not is_git if names is None else names
    )
    build = _choose_detector(scanner, explain=explain, hostile=hostile)
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


def _choose_detector(scanner: LateScanner, *, explain: bool, hostile: bool) -> DetectorBuilder:
    """What looks. Raises an InputError for two wishes that none fulfils."""
    if hostile and explain:
        raise InputError("--explain is about values: it does not go together with --hostile.")
    if hostile:
        return LateWithHostile(scanner, scanner.cache_dir)
    return LateExplainer(scanner) if explain else scanner


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
