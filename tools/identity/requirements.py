"""Write docs/reference/identity-requirements.md: `python -m tools.identity.requirements`.

Runs every test that names a requirement, a complaint about another product, or a module of the
OpenID Foundation's conformance suite, and writes which test shows what, and how it ended. A run
of all tests writes it by the way: `make test ARGS="-p tools.identity.requirements"`.
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
SHOWS = "shows"  # the property of a report that tells what its test names
WORSE = ("skipped", "passed", "failed")  # how a test ends whose cases end in several ways
MOST_NAMED = 4  # tests in a row; the rest are counted
HEAD = """# Identity: requirements and what shows them

Written by `python -m tools.identity.requirements`, which runs the tests that it names. A test
names what it shows by a marker: `requirement(37)`, `complaint(13)`, `oidf("oidcc-server")`.

"""


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let the reports of a test carry what it names: they may come from another process."""
    found = [
        [kind, str(arg)] for kind in KINDS for mark in item.iter_markers(kind) for arg in mark.args
    ]
    if found:
        item.user_properties.append((SHOWS, found))


def pytest_configure(config: pytest.Config) -> None:
    """Write the page at the end, in the one process that has all reports."""
    if not hasattr(config, "workerinput"):  # pytest-xdist gives one to each that runs tests
        config.pluginmanager.register(Shown())


@dataclass(eq=False)  # plugins are told apart by what they are
class Shown:
    """Tests by what they name, and how each ended."""

    tests: dict[tuple[str, str], dict[str, str]] = field(default_factory=lambda: defaultdict(dict))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the worst that happened to each test; cases of one are one."""
        if report.when != "call" and report.outcome == "passed":
            return
        test = report.nodeid.partition("[")[0]
        named: Sequence[Sequence[str]] = dict(report.user_properties).get(SHOWS, ())  # type: ignore[assignment]
        for kind, name in named:
            ended = self.tests[kind, name]
            ended[test] = max(ended.get(test, "passed"), report.outcome, key=WORSE.index)

    def pytest_sessionfinish(self) -> None:
        """Write the page."""
        texts = tomllib.loads((HERE / "requirements.toml").read_text(encoding="utf-8"))
        plans = tomllib.loads((HERE / "plans.toml").read_text(encoding="utf-8"))["plans"]
        PAGE.write_text(write_page(self, texts, plans), encoding="utf-8")


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
    """The worst; what was skipped on this machine is neither shown nor against it."""
    ended = set(tests.values())
    if "failed" in ended:
        return "failed"
    return "passed" if "passed" in ended else "not run"


def _names(tests: Mapping[str, str]) -> str:
    names = sorted(tests)
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(f"`{name}`" for name in names[:MOST_NAMED]) + more


def main() -> int:
    """Run the tests, which writes the page; pytest's own exit code."""
    marked = "(requirement or complaint or oidf) and not deep"
    abreast = ["-n", "auto", "--maxprocesses", "4", "--dist", "loadfile"]
    return pytest.main(
        ["-q", "-p", __spec__.name, *abreast, "-m", marked, *(sys.argv[1:] or ["tests"])]
    )


if __name__ == "__main__":
    sys.exit(main())
