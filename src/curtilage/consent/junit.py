"""Results of suites as JUnit's XML, which CI systems show. Holds no text of a case."""

import re
from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from curtilage.consent.suites import Suite

# What XML 1.0 §2.2 has no place for, however it is escaped.
FORBIDDEN = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def encode_junit(suites: Sequence[Suite]) -> bytes:
    """One `testsuite` for each file, one `testcase` for each case."""
    tests = sum(len(suite.results) for suite in suites)
    failures = sum(len(suite.failures) for suite in suites)
    errors = sum(suite.problem is not None for suite in suites)
    root = Element("testsuites", _counts("curtilage policy test", tests, failures, errors))
    for suite in suites:
        _add(root, suite)
    indent(root)
    report: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return report + b"\n"


def _add(root: Element, suite: Suite) -> None:
    is_broken = suite.problem is not None
    counts = _counts(str(suite.file), len(suite.results), len(suite.failures), int(is_broken))
    element = SubElement(root, "testsuite", counts)
    for result in suite.results:
        named = {"classname": suite.policy, "name": _plain(result.case.name)}
        case = SubElement(element, "testcase", named)
        if not result.passed:
            said = _plain("; ".join(result.differences))
            SubElement(case, "failure", {"message": said, "type": "difference"})
    if suite.problem is not None:
        case = SubElement(element, "testcase", {"classname": "file", "name": "can be tried"})
        problem = {"message": _plain(suite.problem.detail), "type": suite.problem.code}
        SubElement(case, "error", problem)


def _counts(name: str, tests: int, failures: int, errors: int) -> dict[str, str]:
    return {
        "name": _plain(name),
        "tests": str(tests + errors),
        "failures": str(failures),
        "errors": str(errors),
    }


def _plain(text: str) -> str:
    return FORBIDDEN.sub("\ufffd", text)
