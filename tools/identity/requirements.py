"""Write docs/reference/identity-requirements.md: `python -m tools.identity.requirements`.

Runs every test that names a requirement, a complaint about another product, or a module of the
OpenID Foundation's conformance suite, and writes which test shows what, and how it ended.
"""

import sys
import tomllib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
PAGE = REPOSITORY / "docs" / "reference" / "identity-requirements.md"
KINDS = ("requirement", "complaint", "oidf")
MOST_NAMED = 4  # tests in a row; the rest are counted
HEAD = """# Identity: requirements and what shows them

Written by `python -m tools.identity.requirements`, which runs the tests that it names. A test
names what it shows by a marker: `requirement(37)`, `complaint(13)`, `oidf("oidcc-server")`.

"""


@dataclass(eq=False)  # plugins are told apart by what they are
class Shown:
    """Tests by what they name, and how each ended."""

    tests: dict[tuple[str, str], dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    named: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        """Remember what an item names."""
        found = [
            (kind, str(arg))
            for kind in KINDS
            for mark in item.iter_markers(kind)
            for arg in mark.args
        ]
        if found:
            self.named[item.nodeid] = found

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the worst that happened to each test; cases of one are one."""
        if report.when != "call" and report.outcome == "passed":
            return
        test = report.nodeid.partition("[")[0]
        for each in self.named.get(report.nodeid, []):
            before = self.tests[each].get(test, "passed")
            worse = before if before == "failed" else report.outcome
            self.tests[each][test] = worse


def write_page(shown: Shown, texts: Mapping[str, Any], plans: Sequence[Mapping[str, Any]]) -> str:
    """The whole page."""
    return HEAD + "\n".join(
        [
            _table("Requirements", "requirement", texts["requirements"], texts["elsewhere"], shown),
            _table(
                "What users of others complain about",
                "complaint",
                texts["complaints"],
                texts["complaints_elsewhere"],
                shown,
            ),
            "## The OpenID Foundation's modules, expressed anew\n",
            *(_plan(plan, shown) for plan in plans),
        ]
    )


def _table(
    title: str,
    kind: str,
    sentences: Mapping[str, str],
    elsewhere: Mapping[str, str],
    shown: Shown,
) -> str:
    lines = [f"## {title}\n", "| | what | shown by | result |", "|---|---|---|---|"]
    for number in sorted({*sentences, *elsewhere}, key=int):
        tests = shown.tests.get((kind, number), {})
        named = sentences.get(number) or elsewhere[number]
        missing = f"another part: {elsewhere[number]}" if number in elsewhere else "not shown yet"
        result = _judge(tests) if tests else missing
        lines.append(f"| {number} | {named} | {_names(tests)} | {result} |")
    return "\n".join(lines) + "\n"


def _plan(plan: Mapping[str, Any], shown: Shown) -> str:
    lines = [f"### {plan['title']}\n", "| module | shown by | result |", "|---|---|---|"]
    not_here: Mapping[str, str] = plan.get("not_here", {})
    for module in plan["modules"]:
        tests = shown.tests.get(("oidf", module), {})
        missing = (
            f"not for this server: {not_here[module]}" if module in not_here else "not shown yet"
        )
        result = _judge(tests) if tests else missing
        lines.append(f"| `{module}` | {_names(tests)} | {result} |")
    return "\n".join(lines) + "\n"


def _judge(tests: Mapping[str, str]) -> str:
    return "failed" if "failed" in tests.values() else "passed"


def _names(tests: Mapping[str, str]) -> str:
    names = sorted(tests)
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(f"`{name}`" for name in names[:MOST_NAMED]) + more


def main() -> int:
    """Run the tests and write the page; 1 where one of them failed."""
    texts = tomllib.loads((HERE / "requirements.toml").read_text(encoding="utf-8"))
    plans = tomllib.loads((HERE / "plans.toml").read_text(encoding="utf-8"))["plans"]
    shown = Shown()
    given = ["-q", "-m", "(requirement or complaint or oidf) and not deep", *sys.argv[1:], "tests"]
    pytest.main(given, plugins=[shown])
    PAGE.write_text(write_page(shown, texts, plans), encoding="utf-8")
    failed = [each for each, tests in shown.tests.items() if "failed" in tests.values()]
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
