"""What is known is hidden, as often as it is known."""

import io
import json
from pathlib import Path

import pytest

from curtilage.core.models import Finding
from curtilage.survey.baseline import load_baseline, parse_baseline
from curtilage.survey.errors import BadBaseline
from curtilage.survey.fingerprints import key_id
from curtilage.survey.models import Found, Spot
from curtilage.survey.reports.json import DocumentReport
from curtilage.survey.tallying import Tally

KEY = b"k" * 16


def found(fingerprint: str) -> Found:
    return Found(
        "a.txt", Spot(1, 1, 1, 5), Finding(0, 4, "PERSON", 0.9, "user.name", "fake"), fingerprint
    )


def report(*fingerprints: str, key: bytes = b"") -> bytes:
    out = io.StringIO()
    written = DocumentReport(out, head={"key": key_id(key)} if key else {})
    for each in fingerprints:
        written.take(found(each))
    written.close(Tally())
    return out.getvalue().encode()


def test_a_report_is_a_baseline_and_counts(tmp_path: Path) -> None:
    path = tmp_path / "known.json"
    path.write_bytes(report("aa", "bb", "aa"))
    baseline = load_baseline(path, b"")
    assert [baseline.knows(found(each)) for each in ("aa", "aa", "aa", "bb", "cc")] == [
        True,
        True,
        False,
        True,
        False,
    ]


def test_the_key_must_be_the_same() -> None:
    assert parse_baseline(report("aa", key=KEY), expected_key=key_id(KEY)) == {"aa": 1}
    for raw, key in ((report("aa", key=KEY), b""), (report("aa"), KEY)):
        with pytest.raises(BadBaseline, match="another --baseline-key"):
            parse_baseline(raw, expected_key=key_id(key))


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"[]", b'{"version": 9, "findings": []}', b'{"version": 1}', b"[" * 100_000,
     b'{"version": 1, "findings": [1]}', json.dumps({"version": 1, "findings": [{"path": "a"}]}).encode()],
)  # fmt: skip
def test_anything_else_is_refused(raw: bytes) -> None:
    with pytest.raises(BadBaseline):
        parse_baseline(raw, expected_key="")


def test_a_baseline_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadBaseline, match="cannot be read"):
        load_baseline(tmp_path / "none", b"")
