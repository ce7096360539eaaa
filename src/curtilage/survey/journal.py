"""A journal of files that are through: a survey that was stopped goes on where it was.

A line for each result and one when a file is done, with its size and time; values are
never in it. A file that changed since, or that could not be examined, is examined
again. What was written last and only in part is passed over.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from curtilage.core.models import Finding
from curtilage.survey.errors import BadJournal
from curtilage.survey.models import Done, Field, Found, Note, Problem, Result, Spot, Table
from curtilage.survey.walking import Target

JOURNAL_VERSION = 1
HEAD, VOID, DONE, FOUND, TABLE, NOTE = "journal", "void", "done", "found", "table", "note"


class Stretch(NamedTuple):
    """Where in the journal the results of a file are."""

    start: int
    end: int
    size: int
    changed: int


class Journal:
    """An open journal. One survey writes it at a time."""

    def __init__(self, opened: BinaryIO, about: str) -> None:
        """`about` tells surveys apart: their options, and the version of what finds."""
        self._opened = opened
        self._known: dict[str, Stretch] = {}
        self._seen: dict[str, Target] = {}
        self._troubled: set[str] = set()
        self._load(about)

    def find(self, target: Target) -> Sequence[Result] | None:
        """The results of a file as they were, if it is the same file."""
        known = self._known.get(target.name)
        if known is None or (known.size, known.changed) != (target.size, target.changed):
            self._seen[target.name] = target
            return None
        self._opened.seek(known.start)
        raw = self._opened.read(known.end - known.start)
        self._opened.seek(0, 2)
        return [parse_record(line) for line in raw.splitlines()]

    def record(self, results: Iterable[Result]) -> Iterator[Result]:
        """The same results; what is new among them is written down."""
        for result in results:
            path = result.path
            if isinstance(result, Problem):
                self._troubled.add(path)
            elif path in self._seen:
                if isinstance(result, Done) and path in self._troubled:
                    self._write([VOID])
                elif (record := self._record(result)) is not None:
                    self._write(record)
                if isinstance(result, Done):
                    self._opened.flush()
                    del self._seen[path]
            yield result

    def _record(self, result: Result) -> Sequence[Any] | None:
        if isinstance(result, Done):
            target = self._seen[result.path]
            return [
                DONE,
                result.path,
                result.size,
                result.characters,
                result.is_skipped,
                target.size,
                target.changed,
            ]
        return make_record(result)

    def _load(self, about: str) -> None:
        head = self._opened.readline()
        if not head.endswith(b"\n"):
            self._opened.seek(0)
            self._opened.truncate()
            self._write([HEAD, JOURNAL_VERSION, about])
            self._opened.flush()
            return
        if _parse(head) != [HEAD, JOURNAL_VERSION, about]:
            raise BadJournal
        start = place = self._opened.tell()
        is_whole = True
        for line in self._opened:
            place += len(line)
            record = _parse(line)
            if line.endswith(b"\n") and record[:1] == [DONE] and len(record) == 7 and is_whole:
                self._known[record[1]] = Stretch(start, place, record[5], record[6])
            if record[:1] in ([DONE], [VOID], []):
                start = place
                # What cannot be read was a result: its file is examined again.
                is_whole = record != [] or not line.strip()
        self._opened.seek(0, 2)
        self._opened.write(b"\n")  # behind what was written in part
        self._write([VOID])

    def _write(self, record: Sequence[Any]) -> None:
        self._opened.write(json.dumps(record).encode() + b"\n")


@contextmanager
def open_journal(path: Path, about: str) -> Iterator[Journal]:
    """The journal in a file, which is made if it is not there. Raises BadJournal."""
    try:
        path.touch(mode=0o600)
        opened = path.open("r+b")
    except OSError as problem:
        raise BadJournal(f"{path} cannot be used: {problem.strerror or 'it is no file'}.") from None
    with opened:
        yield Journal(opened, about)


def make_record(result: Result) -> Sequence[Any] | None:
    """A result as JSON can hold it; None for what is not kept."""
    if isinstance(result, Found):
        field = result.spot.field
        spot = [*astuple(result.spot)[:5], None if field is None else list(field)]
        return [
            FOUND,
            result.path,
            spot,
            list(result.finding[:-1]),  # without rivals: no policy is asked about a survey
            result.fingerprint,
            list(result.why),
        ]
    if isinstance(result, Table):
        return [TABLE, *astuple(result)]
    if isinstance(result, Note):
        return [NOTE, *astuple(result)]
    return None


def parse_record(line: bytes) -> Result:
    """A result from its record. Raises BadJournal."""
    record = _parse(line)
    try:
        match record:
            case [str(kind), str(path), [*place, field], finding, str(mark), why] if kind == FOUND:
                line_, column, end_line, end_column, within = place
                spot = Spot(
                    line_, column, end_line, end_column, tuple(within), field and Field(*field)
                )
                return Found(path, spot, Finding(*finding), mark, why=tuple(why))
            case [str(kind), titles, filled, int(rows), within, str(path)] if kind == TABLE:
                return Table(tuple(titles), tuple(filled), rows, tuple(within), path)
            case [str(kind), str(what), within, str(path)] if kind == NOTE:
                return Note(what, tuple(within), path)
            case [str(kind), str(path), int(size), int(characters), bool(skipped), _, _] if (
                kind == DONE
            ):
                return Done(path, size, characters, is_skipped=skipped)
    except (TypeError, ValueError):
        pass
    raise BadJournal("The journal holds a line that no survey wrote.")


def _parse(line: bytes) -> list[Any]:
    """A record; an empty one for what is none."""
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return []
    return record if isinstance(record, list) else []
