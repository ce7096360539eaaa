"""Around a survey: the report, the words on stderr, the progress, the exit code."""

import hashlib
import json
import os
import sys
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TextIO

import typer

import curtilage
from curtilage.app.cache_dir import find_cache_dir
from curtilage.app.detection import check_rules, digest_rules, with_rules
from curtilage.app.errors import OutputUnwritable
from curtilage.app.settings import Settings
from curtilage.app.tools import make_tools
from curtilage.core.errors import InputError, SetupError
from curtilage.core.settings import environment
from curtilage.detect.catalogue import load_catalogue, rules_version
from curtilage.detect.explaining import ExplainingScanner
from curtilage.detect.hidden.reader import build_hidden_text
from curtilage.detect.hostile.assess import build_hostile
from curtilage.detect.hostile.beside import WithHostile
from curtilage.detect.scanner import Scanner, build_scanner
from curtilage.survey.baseline import Baseline
from curtilage.survey.columns import Columns
from curtilage.survey.examining import Wishes
from curtilage.survey.fingerprints import key_id
from curtilage.survey.models import Done, Found, Note, Passed, Problem, Result
from curtilage.survey.pools import Pool
from curtilage.survey.ports import DetectorBuilder, Report
from curtilage.survey.reports.json import DocumentReport, LinesReport
from curtilage.survey.reports.page import PageReport
from curtilage.survey.reports.sarif import SARIFReport
from curtilage.survey.reports.text import TextReport, printable
from curtilage.survey.streams import answer_stream
from curtilage.survey.tallying import Tally

INCOMPLETE = 5
LEAST_KEY = 16  # bytes
OFTEN = 0.2  # seconds between two looks of the progress


class Input(StrEnum):
    TEXT = "text"
    JSONL = "jsonl"


class Format(StrEnum):
    TEXT = "text"
    JSONL = "jsonl"
    JSON = "json"
    SARIF = "sarif"
    HTML = "html"


@dataclass(frozen=True)
class LateScanner:
    """Builds the scanner where it is needed: here, or in a process of its own."""

    cache_dir: Path | None
    names: bool
    rules: tuple[Path, ...] = ()
    today: date = date.max
    taggers: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()

    def __call__(self) -> Scanner:
        scanner = build_scanner(
            self.cache_dir, names=self.names, taggers=self.taggers, labels=self.labels
        )
        return with_rules(scanner, self.rules, today=self.today)


def ready_scanner(
    settings: Settings, rules: Sequence[Path], *, names: bool
) -> tuple[LateScanner, bool]:
    """The scanner with all rules that hold, and whether those are all.

    A file of rules that does not hold is told of and left out: the rest is scanned."""
    good, is_whole = [], True
    for file in (*settings.detect.rules, *rules):
        try:
            check_rules(file)
        except SetupError as problem:
            _say(f"error: {problem.detail}")
            _say(f"hint: {problem.advice}")
            is_whole = False
        else:
            good.append(file)
    cache_dir = find_cache_dir(settings.server.data_dir, environment())
    today = make_tools().clock.now().date()
    found = settings.detect
    scanner = LateScanner(cache_dir, names, tuple(good), today, found.taggers, found.labels)
    return scanner, is_whole


@dataclass(frozen=True)
class LateWithHostile:
    """Builds a detector that looks for hostile text too."""

    build: DetectorBuilder
    cache_dir: Path | None

    def __call__(self) -> WithHostile:
        readings = build_hidden_text(self.cache_dir).readings
        hostile = build_hostile(readings=readings, cache_dir=self.cache_dir, late=True)
        return WithHostile(self.build(), hostile)


@dataclass(frozen=True)
class LateExplainer:
    """Builds a scanner that can say why."""

    scanner: LateScanner

    def __call__(self) -> ExplainingScanner:
        return ExplainingScanner(self.scanner())


def name_survey(
    paths: Sequence[Path], wishes: Wishes, scanner: LateScanner, *, hostile: bool
) -> str:
    """What a journal belongs to: other options, or other rules, are another survey."""
    about = [
        curtilage.__version__, rules_version(), scanner.names, scanner.taggers,
        scanner.labels, hostile, [str(path) for path in paths],
        [digest_rules(file) for file in scanner.rules],
        wishes.least, sorted(wishes.types), wishes.why, key_id(wishes.key),
    ]  # fmt: skip
    return hashlib.blake2b(json.dumps(about).encode(), digest_size=16).hexdigest()


def write(
    results: Iterable[Result],
    report: Report,
    known: Baseline | None,
    exit_code: int,
    *,
    progress: "Progress | None" = None,
) -> int:
    """Write the report; gives the exit code."""
    tally, columns = Tally(), Columns(_words)
    for result in results:
        columns.take(result)
        if known is not None and isinstance(result, Found) and known.knows(result):
            tally.known += 1
            continue
        tally.take(result)
        report.take(result)
        if progress is not None:
            progress.take(result)
        _tell(result)
    if progress is not None:
        progress.clear()
    tally.columns = tuple(columns.columns())
    report.close(tally)
    _say(_sum(tally))
    if tally.problems:
        return INCOMPLETE
    return exit_code if tally.found else 0


def answer(out: TextIO, build: DetectorBuilder, wishes: Wishes, pool: Pool, exit_code: int) -> int:
    """JSONL in, JSONL out; gives the exit code."""
    found = problems = lines = 0
    for answered in answer_stream(typer.get_binary_stream("stdin"), build, wishes, pool):
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


def make_report(form: Format, out: TextIO, key: bytes) -> Report:
    match form:
        case Format.TEXT:
            return TextReport(out, colour=out is sys.stdout and _has_colours())
        case Format.JSONL:
            return LinesReport(out)
        case Format.JSON:
            return DocumentReport(out, head={"key": key_id(key)} if key else {})
        case Format.SARIF:
            return SARIFReport(out, version=curtilage.__version__)
        case Format.HTML:
            look = files("curtilage.web") / "static" / "tokens.css"
            return PageReport(out, look=look.read_text(encoding="utf-8"))


def read_key(path: Path | None) -> bytes:
    """The secret for fingerprints; empty: none."""
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
def open_output(path: Path | None) -> Iterator[TextIO]:
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
    part = unfinished(path)
    try:
        with part.open("x", encoding="utf-8", errors="backslashreplace") as opened:
            yield opened
        part.replace(path)
    except OSError as problem:
        raise InputError(f"{path} cannot be written: {problem.strerror}.") from None
    finally:
        part.unlink(missing_ok=True)


def unfinished(path: Path) -> Path:
    """Where a report is until it is complete."""
    return path.with_name(f"{path.name}.{os.getpid()}.part")


@dataclass(slots=True)
class Progress:
    """A line on the terminal that says how far a survey is."""

    total: int
    """Bytes; 0: nobody knows."""
    passed: int = 0
    files: int = 0
    found: int = 0
    begun: float = field(default_factory=time.monotonic)
    shown: float = 0.0
    _of_file: int = 0

    def take(self, result: Result) -> None:
        if isinstance(result, Passed):
            self.passed += result.characters
            self._of_file += result.characters
        elif isinstance(result, Done):
            self.files += 1
            self.passed += result.size - self._of_file
            self._of_file = 0
        elif isinstance(result, Found):
            self.found += 1
        elif isinstance(result, Problem | Note):
            self.clear()
        now = time.monotonic()
        if now - self.shown >= OFTEN:
            self.shown = now
            sys.stderr.write(f"\r\x1b[K{self.line(now)}")
            sys.stderr.flush()

    def line(self, now: float) -> str:
        said = f"{self.files:,} files, {self.passed / 1e6:,.0f} MB, {self.found:,} found"
        if not self.total:
            return said
        share = min(1.0, self.passed / self.total)
        bar = "█" * round(20 * share) + "░" * (20 - round(20 * share))
        left = (now - self.begun) * (1 - share) / share if share else 0.0
        return f"{bar} {share:4.0%}  {said}, {left // 60:.0f}:{left % 60:02.0f} left"

    def clear(self) -> None:
        sys.stderr.write("\r\x1b[K")


@cache
def _words(type: str) -> Collection[str]:
    """The words that name a type."""
    kind = load_catalogue().kinds.get(type)
    spoken = type.lower().replace("_", " ")
    return {spoken, *(kind.words if kind else ()), *(kind.loose if kind else ())}


def may_watch(output: Path | None) -> bool:
    """Whether a line of progress disturbs nobody: the report goes elsewhere."""
    return sys.stderr.isatty() and (output is not None or not sys.stdout.isatty())


def _has_colours() -> bool:
    return sys.stdout.isatty() and "NO_COLOR" not in environment()


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
    files = "1 file" if tally.files == 1 else f"{tally.files:,} files"
    parts = [f"{tally.found.total():,} found in {files}, {tally.characters:,} characters"]
    if tally.known:
        parts.append(f"{tally.known:,} known from the baseline")
    if tally.skipped:
        parts.append(f"{tally.skipped:,} files without text")
    if tally.problems:
        parts.append(f"{tally.problems:,} not examined")
    return "; ".join(parts) + "."


def _say(line: str) -> None:
    typer.echo(line, err=True)
