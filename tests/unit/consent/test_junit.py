"""Results as JUnit's XML: well formed whatever a case is called, and without its text."""

from pathlib import Path
from xml.etree.ElementTree import fromstring

from hypothesis import given
from hypothesis import strategies as st

from curtilage.consent.cases import Case, CaseResult
from curtilage.consent.errors import PolicyError
from curtilage.consent.junit import encode_junit
from curtilage.consent.suites import Suite
from curtilage.core.models import PurposeKey

VALUE = "ada@orchard.example"


def a_result(name: str = "An address", *differences: str) -> CaseResult:
    return CaseResult(Case(name, PurposeKey("assist"), "eu", {}, text=VALUE), differences)


def test_a_report_counts_and_names_every_case() -> None:
    report = encode_junit(
        [
            Suite(Path("a.toml"), "ours", [a_result(), a_result("Other", "expected x, got y")]),
            Suite(Path("b.toml"), problem=PolicyError("Rule 3 is not a table.")),
        ]
    )
    root = fromstring(report)
    counted = {key: root.get(key) for key in ("tests", "failures", "errors")}
    assert counted == {"tests": "3", "failures": "1", "errors": "1"}
    first, second = root.findall("testsuite")
    assert [case.get("name") for case in first] == ["An address", "Other"]
    assert {case.get("classname") for case in first} == {"ours"}
    (failure,) = first.iter("failure")
    assert failure.get("message") == "expected x, got y"
    (error,) = second.iter("error")
    assert (error.get("message"), error.get("type")) == ("Rule 3 is not a table.", "consent.policy")
    assert VALUE not in report.decode()


@given(st.text())
def test_a_report_is_well_formed_whatever_a_case_is_called(name: str) -> None:
    root = fromstring(encode_junit([Suite(Path("a.toml"), "ours", [a_result(name, name)])]))
    assert len(list(root.iter("failure"))) == 1
