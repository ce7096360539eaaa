"""SARIF says where, by which rule and how sure; never what."""

import io
import json
from typing import Any

from curtilage.core.models import Finding
from curtilage.survey.models import Note, Problem, Result
from curtilage.survey.reports.sarif import SARIFReport
from curtilage.survey.tallying import Tally
from tests.fakes.found import IN_TABLE, a_found

SECRET = Finding(0, 40, "SEC_TOKEN", 0.99, "secret.token", "secrets.SEC_TOKEN")


def run_of(*results: Result) -> dict[str, Any]:
    out = io.StringIO()
    report = SARIFReport(out, version="1.2.3")
    for result in results:
        report.take(result)
    report.close(Tally())
    document = json.loads(out.getvalue())
    assert document["version"] == "2.1.0" and document["$schema"].endswith(
        "sarif-schema-2.1.0.json"
    )
    (run,) = document["runs"]
    return dict(run)


def test_a_finding_is_a_result_of_its_rule() -> None:
    run = run_of(a_found(), a_found(finding=SECRET, fingerprint=""))
    first, second = run["results"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["EMAIL_ADDRESS", "SEC_TOKEN"]
    assert (first["ruleId"], first["level"], second["level"]) == (
        "EMAIL_ADDRESS",
        "warning",
        "error",
    )
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "letters/ada.txt"
    assert place["region"] == {"startLine": 2, "startColumn": 6, "endLine": 2, "endColumn": 25}
    assert first["partialFingerprints"] == {"curtilage/v1": "aa11"}
    assert "partialFingerprints" not in second and run["columnKind"] == "unicodeCodePoints"


def test_what_is_inside_a_file_has_a_logical_place() -> None:
    (result,) = run_of(a_found(spot=IN_TABLE))["results"]
    (location,) = result["locations"]
    assert "region" not in location["physicalLocation"]
    assert location["logicalLocations"] == [{"fullyQualifiedName": "sheet Orders › email"}]


def test_odd_names_are_quoted() -> None:
    (result,) = run_of(a_found("./a b/ü#1%.txt"))["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "a%20b/%C3%BC%231%25.txt"


def test_what_was_not_examined_is_told() -> None:
    run = run_of(
        Problem("It is not there.", "Scan again.", path="b.txt"), Note("It is odd.", path="c.txt")
    )
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False and run["results"] == []
    told = invocation["toolExecutionNotifications"]
    assert [each["level"] for each in told] == ["error", "note"]
    assert told[0]["message"]["text"] == "It is not there. Scan again."
    assert run_of(Note("It is odd."))["invocations"][0]["executionSuccessful"] is True
