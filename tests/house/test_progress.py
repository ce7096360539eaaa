"""The page of progress says of each statement what shows it, in words that can be counted.

What it names is there: a test by its name, or one file that holds a single test. A row
without proof says why.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from tests.house.tree import REPOSITORY, parsed

PAGE = (REPOSITORY / "docs" / "progress.md").read_text(encoding="utf-8")
STATUS = re.compile(r"shown(?:[;:] \S.*)?|(?:part|missed|open): \S.*")
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
SKIPS = {"skip", "xfail"}  # not `skipif`, which says what a machine must have


@dataclass(frozen=True)
class Row:
    """One statement."""

    number: str
    statement: str
    proof: str
    status: str


def rows() -> Iterator[Row]:
    for line in PAGE.splitlines():
        if line.startswith("| S-"):
            yield Row(*(cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]))


ROWS = tuple(rows())


def named_tests(text: str) -> list[str]:
    """Paths in its code, most with the name of a test behind `::`."""
    return re.findall(r"`(tests/[\w/.:-]+)`", text)


def test_the_statements_are_numbered_without_a_gap() -> None:
    assert [int(row.number[2:]) for row in ROWS] == list(range(1, len(ROWS) + 1))


def test_a_status_is_one_of_few_words_and_what_is_not_shown_says_why() -> None:
    assert [row.number for row in ROWS if not STATUS.fullmatch(row.status)] == []


def test_what_is_shown_names_what_shows_it() -> None:
    shown = [row for row in ROWS if row.status.startswith("shown")]
    assert len(shown) > len(ROWS) / 2
    assert [row.number for row in shown if not row.proof] == []


def test_a_test_that_is_named_is_there_and_is_run() -> None:
    found = {name: fault for name in named_tests(PAGE) if (fault := find_fault(name))}
    assert found == {}


def find_fault(name: str) -> str:
    """What is wrong with the name of a test; nothing where it would fail one day."""
    path, _, function = name.partition("::")
    file = REPOSITORY / path
    if not file.is_file():
        return "no such file; of a whole folder nobody can say which test would fail"
    if not path.endswith(".py"):
        return ""
    tests = {node.name: node for node in ast.walk(parsed(file)) if isinstance(node, FUNCTIONS)}
    if function and function not in tests:
        return "no such test"
    if not function and sum(each.startswith("test_") for each in tests) > 1:
        return "one of its tests is to be named"
    marks = marks_of_module(parsed(file)) | (marks_of(tests[function]) if function else set())
    return "it is not run" if marks & SKIPS else ""


def marks_of(test: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    """The names in its decorators, as `skip` of `pytest.mark.skip`."""
    return {name for decorator in test.decorator_list for name in names_in(decorator)}


def marks_of_module(module: ast.Module) -> set[str]:
    return {
        name
        for node in module.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark"
        for name in names_in(node.value)
    }


def names_in(node: ast.expr) -> set[str]:
    return {each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)}


def test_faults_in_the_page_are_found() -> None:
    here = "tests/house/test_progress.py"
    assert find_fault(f"{here}::test_faults_in_the_page_are_found") == ""
    assert find_fault(f"{here}::test_that_was_renamed") and find_fault("tests/house")
    assert find_fault(here), "it holds several"
    for status in ("shown", "shown: 43 MB", "shown; with a limit", "part: a", "open: b"):
        assert STATUS.fullmatch(status)
    for status in ("", "open", "part", "done", "shown where it suits", "**missed**: 3×"):
        assert not STATUS.fullmatch(status)
