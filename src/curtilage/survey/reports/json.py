"""Reports for programs: one JSON document, or one JSON object a line."""

import json
from collections.abc import Mapping
from typing import Any, TextIO

from curtilage.survey.models import Found, Note, Problem, Result
from curtilage.survey.reports.records import (
    column_record,
    finding_record,
    note_record,
    problem_record,
)
from curtilage.survey.tallying import Tally

REPORT_VERSION = 1


class LinesReport:
    """A line for each finding and each problem, as they come."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def take(self, result: Result) -> None:
        if isinstance(result, Found):
            self._write(finding_record(result))
        elif isinstance(result, Problem):
            self._write({"problem": problem_record(result)})
        elif isinstance(result, Note):
            self._write({"note": note_record(result)})

    def close(self, tally: Tally) -> None:
        """Nothing is left to say."""

    def _write(self, record: Mapping[str, Any]) -> None:
        self._out.write(to_json(record) + "\n")


class DocumentReport:
    """One document; it also serves as a baseline."""

    def __init__(self, out: TextIO, *, head: Mapping[str, Any]) -> None:
        self._out = out
        self._is_first = True
        self._problems: list[Mapping[str, Any]] = []
        self._notes: list[Mapping[str, Any]] = []
        given = "".join(f"{to_json(name)}: {to_json(value)}, " for name, value in head.items())
        out.write(f'{{"version": {REPORT_VERSION}, {given}"findings": [')

    def take(self, result: Result) -> None:
        if isinstance(result, Found):
            self._out.write(
                ("" if self._is_first else ",") + "\n" + to_json(finding_record(result))
            )
            self._is_first = False
        elif isinstance(result, Problem):
            self._problems.append(problem_record(result))
        elif isinstance(result, Note):
            self._notes.append(note_record(result))

    def close(self, tally: Tally) -> None:
        rest = {
            "columns": [column_record(column) for column in tally.columns],
            "problems": self._problems,
            "notes": self._notes,
            "summary": summary_record(tally),
        }
        self._out.write("\n]," + json.dumps(rest, ensure_ascii=True, indent=1)[1:] + "\n")


def summary_record(tally: Tally) -> Mapping[str, Any]:
    return {
        "files": tally.files,
        "skipped": tally.skipped,
        "characters": tally.characters,
        "found": dict(sorted(tally.found.items())),
        "known": tally.known,
        "problems": tally.problems,
    }


def to_json(value: Any) -> str:
    """ASCII alone: a lone surrogate in a name breaks no reader."""
    return json.dumps(value, ensure_ascii=True)
