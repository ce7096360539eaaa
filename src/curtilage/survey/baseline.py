"""A baseline: what was found before and is known. Any JSON report is one.

It is compared by fingerprints, which hold no values, and counted: three findings
alike, of which two are known, are one new one.
"""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from curtilage.survey.errors import BadBaseline
from curtilage.survey.fingerprints import key_id
from curtilage.survey.models import Found
from curtilage.survey.reports.json import REPORT_VERSION


class Baseline:
    """What is known, and how often."""

    def __init__(self, known: Mapping[str, int]) -> None:
        self._left = Counter(known)

    def knows(self, found: Found) -> bool:
        """Whether this finding is one of those; each is used up once."""
        if self._left[found.fingerprint] <= 0:
            return False
        self._left[found.fingerprint] -= 1
        return True


def load_baseline(path: Path, key: bytes) -> Baseline:
    """The baseline in a file. Raises BadBaseline."""
    try:
        raw = path.read_bytes()
    except OSError as problem:
        raise BadBaseline(f"{path} cannot be read: {problem.strerror}.") from None
    return Baseline(parse_baseline(raw, expected_key=key_id(key)))


def parse_baseline(raw: bytes, *, expected_key: str) -> Mapping[str, int]:
    """How often each fingerprint is known."""
    try:
        document = json.loads(raw)
    except (ValueError, RecursionError):
        raise BadBaseline("The baseline is not JSON.") from None
    if not isinstance(document, dict) or document.get("version") != REPORT_VERSION:
        raise BadBaseline(f"The baseline is no report of version {REPORT_VERSION}.")
    if document.get("key", "") != expected_key:
        raise BadBaseline(
            "The baseline was written with another --baseline-key, or with none.",
            hint="Give the key that it was written with.",
        )
    findings = document.get("findings")
    if not isinstance(findings, list):
        raise BadBaseline("The baseline has no list of findings.")
    return Counter(_fingerprint(each) for each in findings)


def _fingerprint(record: Any) -> str:
    found = record.get("fingerprint") if isinstance(record, dict) else None
    if not isinstance(found, str):
        raise BadBaseline("A finding of the baseline has no fingerprint.")
    return found
