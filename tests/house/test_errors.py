"""Every error can be told apart, says what it is, and has a heading in the reference."""

import ast

import pytest

from curtilage.core.errors import CurtilageError
from tests.house.tree import parsed, relative, rooms
from tools.problems import PAGE, error_classes
from tools.reference import stale

CLASSES = error_classes()
KINDS = {kind.__name__ for kind in CurtilageError.__subclasses__()} | {"CurtilageError"}
GROUND = {
    kind
    for kind in (CurtilageError, *CurtilageError.__subclasses__())
    if kind.__module__ == "curtilage.core.errors"  # a slice may make one under the root, too
}


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__qualname__)
def test_an_error_has_a_code_and_a_title_of_its_own(kind: type[CurtilageError]) -> None:
    assert "code" in vars(kind)
    assert "title" in vars(kind)
    assert kind.title == kind.title.strip().rstrip(".")
    assert kind.hint == kind.hint.strip()
    assert kind.hint == "" or kind.hint.endswith((".", "`"))
    assert 400 <= kind.status <= 599
    assert kind.exit_code in {1, 2, 3, 4, 5, 70}


@pytest.mark.parametrize(
    "kind",
    [each for each in CLASSES if each not in GROUND],
    ids=lambda kind: kind.__qualname__,
)
def test_who_meets_an_error_is_told_what_to_do(kind: type[CurtilageError]) -> None:
    """By the error itself: what a kind of the ground could say fits every one of it, or none."""
    assert vars(kind).get("hint"), "give it a hint: one sentence or two of what to do next"


def test_no_two_errors_share_a_code() -> None:
    codes = [kind.code for kind in CLASSES]
    assert sorted(set(codes)) == codes


def test_an_error_of_a_slice_stands_under_one_of_the_kinds_of_the_ground() -> None:
    deep = [
        kind.__qualname__
        for kind in CLASSES
        if kind.__module__ != "curtilage.core.errors"
        and not any(base.__module__ == "curtilage.core.errors" for base in kind.__bases__)
    ]
    assert deep == [], "two levels and no more"


def test_errors_are_declared_in_errors_py_alone() -> None:
    names = {kind.__name__ for kind in CLASSES} | KINDS
    strangers = [
        f"{relative(path)}:{node.lineno} {node.name}"
        for path in rooms()
        if path.name != "errors.py"
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ClassDef)
        and any(isinstance(base, ast.Name) and base.id in names for base in node.bases)
    ]
    assert strangers == []


def test_every_problem_code_has_a_heading() -> None:
    headings = {
        line[3:] for line in PAGE.read_text(encoding="utf-8").splitlines() if line[:3] == "## "
    }
    assert headings == {kind.code for kind in CLASSES}


def test_the_generated_pages_say_what_the_code_says() -> None:
    assert stale() == [], "run `make generate`"


def test_a_refusal_that_is_told_on_the_next_page_is_counted_by_its_code() -> None:
    """A redirect has no status that says so; the door counts by what it carries."""
    silent = [
        f"{relative(path)}:{node.lineno}"
        for path in rooms()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "SeeOther"
        and ".told" in ast.unparse(node)
        and "refused" not in {each.arg for each in node.keywords}
    ]
    assert silent == []
