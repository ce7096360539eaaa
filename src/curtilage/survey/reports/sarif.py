"""The report for code hosts: SARIF 2.1.0 (OASIS), one run, no values.

A rule is a type of finding. Results are written as they come; the rules, which are
known only at the end, stand behind them: members of JSON have no order.
"""

import json
from collections.abc import Mapping
from typing import Any, TextIO
from urllib.parse import quote

from curtilage.survey.models import Found, Note, Problem, Result, Spot
from curtilage.survey.reports.json import to_json
from curtilage.survey.reports.records import where
from curtilage.survey.tallying import Tally

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
SURE, LIKELY = 0.8, 0.5
FINGERPRINT = "curtilage/v1"


class SARIFReport:
    """One run of SARIF."""

    def __init__(self, out: TextIO, *, version: str) -> None:
        self._out = out
        self._version = version
        self._categories: dict[str, str] = {}
        self._notifications: list[Mapping[str, Any]] = []
        self._is_complete = True
        self._is_first = True
        out.write(f'{{"$schema": "{SCHEMA}", "version": "2.1.0", "runs": [{{"results": [')

    def take(self, result: Result) -> None:
        if isinstance(result, Found):
            self._categories[result.finding.type] = result.finding.category
            self._out.write(("" if self._is_first else ",") + "\n" + to_json(_result(result)))
            self._is_first = False
        elif isinstance(result, Problem):
            self._is_complete = False
            text = " ".join(filter(None, [*result.within, result.why, result.advice]))
            self._notifications.append(_notification("error", text, result.path))
        elif isinstance(result, Note):
            text = " ".join([*result.within, result.what])
            self._notifications.append(_notification("note", text, result.path))

    def close(self, tally: Tally) -> None:
        driver = {
            "name": "Curtilage",
            "version": self._version,
            "rules": [_rule(type, self._categories[type]) for type in sorted(self._categories)],
        }
        rest = {
            "tool": {"driver": driver},
            "columnKind": "unicodeCodePoints",
            "invocations": [
                {
                    "executionSuccessful": self._is_complete,
                    "toolExecutionNotifications": self._notifications,
                }
            ],
        }
        self._out.write("\n]," + json.dumps(rest, ensure_ascii=True, indent=1)[1:] + "]}\n")


def _result(found: Found) -> Mapping[str, Any]:
    finding = found.finding
    result: dict[str, Any] = {
        "ruleId": finding.type,
        "level": _level(finding.score, finding.category),
        "message": {"text": _message(found)},
        "locations": [_location(found.path, found.spot)],
        "rank": round(finding.score * 100, 1),
        "properties": {"score": finding.score, "detector": finding.detector},
    }
    if found.fingerprint:
        result["partialFingerprints"] = {FINGERPRINT: found.fingerprint}
    if found.commit is not None:
        result["properties"] |= {"commit": found.commit.hash, "date": found.commit.date}
    return result


def _level(score: float, category: str) -> str:
    if score >= SURE and category.startswith("secret."):
        return "error"
    return "warning" if score >= LIKELY else "note"


def _message(found: Found) -> str:
    place = f" ({where(found)})" if found.spot.within or found.spot.field else ""
    value = (
        f": {found.value}"
        if found.value
        else f" of {found.finding.end - found.finding.start} characters"
    )
    reasons = "".join(f" {reason}." for reason in found.why)
    return f"{found.finding.type}{value}{place}.{reasons}"


def _location(path: str, spot: Spot) -> Mapping[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(path)}}
    if spot.line is not None and not spot.within:
        region = {
            "startLine": spot.line,
            "startColumn": spot.column,
            "endLine": spot.end_line,
            "endColumn": spot.end_column,
        }
        physical["region"] = {name: value for name, value in region.items() if value is not None}
    location: dict[str, Any] = {"physicalLocation": physical}
    names = list(spot.within)
    if spot.field is not None:
        is_record = spot.line is None and spot.field.row is not None
        names += [f"row {spot.field.row}"] if is_record else []
        names.append(spot.field.name)
    if names:
        location["logicalLocations"] = [{"fullyQualifiedName": " › ".join(names)}]
    return location


def _uri(path: str) -> str:
    """A reference to the file: relative as it was given, with `/`, and quoted."""
    safe = "/~@+,=:" if "://" in path else "/~@+,="  # a database has an address
    return quote(path.removeprefix("./").encode("utf-8", "surrogateescape"), safe=safe)


def _rule(type: str, category: str) -> Mapping[str, Any]:
    return {
        "id": type,
        "shortDescription": {"text": f"{type} in a place where it may not belong"},
        "properties": {
            "tags": ["security" if category.startswith("secret.") else "privacy", category]
        },
    }


def _notification(level: str, text: str, path: str) -> Mapping[str, Any]:
    place = {"physicalLocation": {"artifactLocation": {"uri": _uri(path)}}}
    return {"level": level, "message": {"text": text}, "locations": [place]}
