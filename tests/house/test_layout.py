"""Files are where a reader looks for them, and named for what they do."""

import ast
from functools import cache
from pathlib import Path

import pytest

from tests.house.tree import MIGRATIONS, REPOSITORY, SOURCE, UNIT, parsed, relative, rooms
from tests.house.tree import source_files as _source_files

# Files that hold no decision of their own: declarations, wiring, doors.
NEEDS_NO_UNIT_TEST = frozenset(
    {"__init__", "__main__", "build", "desk_ports", "errors", "ports", "store_ports"}
)

KINDS_OF_TESTS = ("unit", "property", "contract", "vectors", "integration")

# What else is shown elsewhere, and where. Short on purpose: a line here says
# why a unit test would show less than the test that it names.
SHOWN_ELSEWHERE: dict[str, str] = {
    "detect/apart/process.py": "tests/unit/detect/apart/test_client.py",  # a process, by its answers
    "detect/settings.py": "tests/unit/app/test_detection.py",  # used where it is read
    "detect/rules/": "tests/vectors/detect",  # tables; each kind has its vectors
    "detect/tagger/adapters/": "tests/contract/test_taggers.py",  # with the libraries themselves
    "detect/hostile/phrases/": "tests/unit/detect/hostile/test_phrases.py",  # tables, by what they find
    "detect/phrases/": "tests/vectors/phrases",  # finders; each type has its vectors
    "identity/ground.py": "tests/identity_house.py",  # what is passed in; every test of it does
    "identity/people/needs.py": "tests/identity_house.py",  # the same
    "identity/people/foundation/": "tests/identity_house.py",  # every test of people stands on it
    "app/": "tests/integration/app",  # assembly: whole flows show it
    "cli/": "tests/integration/test_examples.py",  # run as a user runs it
    "gateway/adapters/": "tests/integration/gateway",  # against providers that misbehave
    "gateway/tasks/sound.py": "tests/integration/gateway/test_media.py",  # whole calls
    "gateway/exchange/task.py": "tests/unit/gateway/exchange",  # ports; every task is one
    "gateway/tasks/acting.py": "tests/integration/gateway/test_files.py",  # whole calls
    "gateway/tasks/paging.py": "tests/integration/gateway/test_files.py",  # whole calls
    "gateway/tasks/uploading.py": "tests/integration/gateway/test_files.py",  # whole calls
    "vault/store/": "tests/contract/test_key_tables.py",  # one promise on both databases
    "core/refusal.py": "tests/unit/web/test_door.py",  # a dataclass; the door counts them
    "core/page.py": "tests/unit/web",  # a dataclass; the shell renders it
    "core/slice.py": "tests/house/test_contracts.py",  # declarations; mypy and the contracts
}

# Tests of a subject that several modules share; each line names the subject.
ABOUT_SEVERAL: dict[str, str] = {
    "detect/test_escapes.py": "values that stand in escapes, on both engines",
    "detect/test_false_alarms.py": "ordinary text in which nothing is found",
    "detect/test_secret_formats.py": "secrets made from what their issuers say of them",
    "detect/test_hostile.py": "text that is written to make a pattern slow",
    "detect/test_stdnum_world.py": "the world's checks beside python-stdnum's",
    "detect/test_stdnum_europe.py": "the checks of Europe's identifiers against a library's",
    "detect/test_vectors.py": "every kind against its vector file",
    "cli/test_help.py": "the help of every command, and completion",
    "gateway/wire/test_anthropic_kinds.py": "what the SDK declares, in requests and replies",
    "gateway/wire/test_field_maps.py": "the field maps of all protocols side by side",
    "gateway/wire/test_hostile_replies.py": "replies of a provider that means harm, in all protocols",
    "identity/test_lock_order.py": "the order in which all of identity holds rows",
    "identity/people/test_attacks.py": "attacks on signing in, at its pages and in its rules",
    "vault/test_primitives.py": "published vectors of what sealing is made of",
    "vault/test_traces.py": "what destroyed keys leave on disk",
    "web/test_escaping.py": "every template escapes",
}

BANNED_WORDS = frozenset(
    {"utils", "util", "helpers", "helper", "common", "misc", "manager", "base"}
)


def _modules() -> list[Path]:
    return [path for path in rooms() if path.stem not in NEEDS_NO_UNIT_TEST]


def _has_its_own_test(module: Path) -> bool:
    place = module.relative_to(SOURCE)
    folder = UNIT / place.parent
    wanted = f"test_{module.stem}"
    return (
        (folder / f"{wanted}.py").is_file()
        or any(folder.glob(f"{wanted}_*.py"))
        or any((UNIT / place.with_suffix("")).glob("test_*.py"))
    )


@cache
def _imported_by_tests() -> frozenset[str]:
    """The modules that a test imports by name."""
    found = set()
    tests = [path for kind in KINDS_OF_TESTS for path in (UNIT.parent / kind).rglob("test_*.py")]
    for node in (node for test in tests for node in ast.walk(parsed(test))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
    return frozenset(found)


def _is_shown(module: Path) -> bool:
    place = module.relative_to(SOURCE)
    for name in (place.as_posix(), f"{place.parent.as_posix()}/"):
        if name in SHOWN_ELSEWHERE:
            return (REPOSITORY / SHOWN_ELSEWHERE[name]).exists()
    dotted = ".".join(("curtilage", *place.with_suffix("").parts))
    return _has_its_own_test(module) or dotted in _imported_by_tests()


def test_every_module_is_shown_by_a_test() -> None:
    missing = [relative(module) for module in _modules() if not _is_shown(module)]
    assert not missing, "no test shows, and SHOWN_ELSEWHERE does not name:\n" + "\n".join(missing)


def _mirrors(test: Path) -> bool:
    """`test_tokens_forged.py` mirrors a `tokens.py` there or deeper, or a folder `tokens/`."""
    folder = SOURCE / test.parent.relative_to(UNIT)
    words = test.stem.removeprefix("test_").split("_")
    names = ["_".join(words[:count]) for count in range(len(words), 0, -1)]
    return (
        any(any(folder.rglob(f"{name}.py")) or (folder / name).is_dir() for name in names)
        or folder.with_suffix(".py").is_file()
    )


def test_every_unit_test_names_a_module() -> None:
    tests = sorted(UNIT.rglob("test_*.py"))
    strangers = [
        relative(test)
        for test in tests
        if not _mirrors(test) and test.relative_to(UNIT).as_posix() not in ABOUT_SEVERAL
    ]
    assert not strangers, "these unit tests mirror no module:\n" + "\n".join(strangers)


def test_the_list_of_exceptions_names_what_is_there() -> None:
    gone = [name for name in SHOWN_ELSEWHERE if not (SOURCE / name).exists()]
    gone += [name for name in ABOUT_SEVERAL if not (UNIT / name).is_file()]
    assert gone == [], "these are no longer there: take them off the list"


def test_no_file_has_a_name_that_says_nothing() -> None:
    folders = [SOURCE, REPOSITORY / "tests", REPOSITORY / "tools", REPOSITORY / "bench"]
    paths = [path for folder in folders for path in folder.rglob("*.py")]
    empty_words = [
        relative(path)
        for path in paths
        if "node_modules" not in path.parts
        and BANNED_WORDS & {*path.parent.relative_to(REPOSITORY).parts, path.stem}
    ]
    assert empty_words == []


@pytest.mark.parametrize("folder", [SOURCE, REPOSITORY / "tools"], ids=["src", "tools"])
def test_every_module_says_what_it_is_for(folder: Path) -> None:
    paths = sorted(folder.rglob("*.py"))
    silent = [relative(path) for path in paths if not ast.get_docstring(parsed(path))]
    assert silent == []


def test_the_first_line_of_a_docstring_is_short_and_ends() -> None:
    wrong: list[str] = []
    for path in rooms():
        for node in ast.walk(parsed(path)):
            if not isinstance(
                node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
            ):
                continue
            first = (ast.get_docstring(node) or "").split("\n")[0]
            if len(first) > 88:
                wrong.append(f"{relative(path)}:{getattr(node, 'lineno', 1)}")
    assert wrong == [], "a docstring's first line passes 88 characters"


def test_every_folder_of_the_product_is_a_package_that_introduces_itself() -> None:
    folders = {path.parent for path in _source_files()} - {MIGRATIONS, MIGRATIONS / "versions"}
    silent = [
        relative(folder) for folder in sorted(folders) if not (folder / "__init__.py").is_file()
    ]
    assert silent == []
