"""A result as a record: what JSON, JSONL and the page say of it, in the same words."""

from collections.abc import Mapping
from typing import Any

from curtilage.survey.columns import Column
from curtilage.survey.models import Found, Note, Problem


def finding_record(found: Found) -> dict[str, Any]:
    """A finding. Its length stands for its value, unless that was asked for."""
    spot, finding = found.spot, found.finding
    record: dict[str, Any] = {
        "path": found.path,
        "line": spot.line,
        "column": spot.column,
        "end_line": spot.end_line,
        "end_column": spot.end_column,
        "type": finding.type,
        "category": finding.category,
        "score": finding.score,
        "detector": finding.detector,
        "length": finding.end - finding.start,
    }
    if spot.within:
        record["within"] = list(spot.within)
    if spot.field is not None:
        record["field"] = {
            name: value for name, value in spot.field._asdict().items() if value is not None
        }
    if found.fingerprint:
        record["fingerprint"] = found.fingerprint
    if found.commit is not None:
        record["commit"] = {
            "hash": found.commit.hash,
            "author": found.commit.author,
            "date": found.commit.date,
        }
    if found.value:
        record["value"] = found.value
    if found.why:
        record["why"] = list(found.why)
    return {name: value for name, value in record.items() if value is not None}


def problem_record(problem: Problem) -> Mapping[str, Any]:
    """What was not examined."""
    return _without_nothing(
        path=problem.path, within=list(problem.within), why=problem.why, advice=problem.advice
    )


def note_record(note: Note) -> Mapping[str, Any]:
    return _without_nothing(path=note.path, within=list(note.within), note=note.what)


def column_record(column: Column) -> Mapping[str, Any]:
    """What a column of a table is, with its evidence."""
    return {
        "path": column.path,
        **({"within": list(column.within)} if column.within else {}),
        "column": column.number,
        "title": column.title,
        "type": column.type,
        "category": column.category,
        "share": column.share,
        "cells": column.filled,
        "found": column.found,
        "title_says_so": column.is_named,
    }


def where(found: Found) -> str:
    """A spot in short, for people: `12:5`, `page 3`, `row 7 · email`."""
    spot = found.spot
    if spot.line is not None and not spot.within and spot.field is None:
        return f"{spot.line}:{spot.column}"
    parts = list(spot.within)
    if spot.line is not None:
        parts.append(f"{spot.line}:{spot.column}")
    elif spot.field is not None and spot.field.row is not None:
        parts.append(f"row {spot.field.row}")
    if spot.field is not None and spot.field.name:
        parts.append(spot.field.name)
    return " · ".join(parts) or "–"


def _without_nothing(**values: Any) -> Mapping[str, Any]:
    return {name: value for name, value in values.items() if value}
