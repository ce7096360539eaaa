"""Reports for programs hold places and types, and no value that nobody asked for."""

import io
import json

from curtilage.survey.models import Commit, Note, Problem
from curtilage.survey.reports.json import DocumentReport, LinesReport
from curtilage.survey.tallying import Tally
from tests.fakes.found import IN_TABLE, a_found

RECORD = {
    "path": "letters/ada.txt", "line": 2, "column": 6, "end_line": 2, "end_column": 25, "type": "EMAIL_ADDRESS",
    "category": "user.contact.email", "score": 0.95, "detector": "contact.EMAIL_ADDRESS", "length": 19,
    "fingerprint": "aa11",
}  # fmt: skip
RESULTS = [
    a_found(),
    Problem("It is not there.", "Scan again.", path="b.txt"),
    a_found(spot=IN_TABLE, value="ada@x.example", why=("a pattern",), commit=Commit("abc", "author 1", "2026-01-02")),
    Note("It is odd.", path="c.txt"),
]  # fmt: skip


def test_a_line_for_each_result() -> None:
    out = io.StringIO()
    report = LinesReport(out)
    for result in RESULTS:
        report.take(result)
    report.close(Tally())
    first, problem, second, note = [json.loads(line) for line in out.getvalue().splitlines()]
    assert first == RECORD
    assert problem == {
        "problem": {"path": "b.txt", "why": "It is not there.", "advice": "Scan again."}
    }
    assert second["within"] == ["sheet Orders"]
    assert second["field"] == {"name": "email", "row": 7, "column": 3}
    assert (second["value"], second["why"], second["commit"]["hash"]) == (
        "ada@x.example",
        ["a pattern"],
        "abc",
    )
    assert note == {"note": {"path": "c.txt", "note": "It is odd."}}


def test_one_document_with_a_summary() -> None:
    out, tally = io.StringIO(), Tally()
    report = DocumentReport(out, head={"key": "k"})
    for result in RESULTS:
        tally.take(result)
        report.take(result)
    report.close(tally)
    document = json.loads(out.getvalue())
    assert (document["version"], document["key"], len(document["findings"])) == (1, "k", 2)
    assert document["findings"][0] == RECORD
    assert document["summary"]["found"] == {"EMAIL_ADDRESS": 2}
    assert document["summary"]["problems"] == 1 and len(document["notes"]) == 1


def test_nothing_found_is_a_document_too() -> None:
    out = io.StringIO()
    DocumentReport(out, head={}).close(Tally())
    assert json.loads(out.getvalue())["findings"] == []
