"""Nothing of one machine, and no address of a registry, is in a tracked file."""

import re
from pathlib import Path

import pytest

from tests.house.tree import REPOSITORY, relative, tracked_files

# Assembled, so that this file does not find itself.
MACHINE_PATHS = re.compile(r"(?<![\w.])/(?:" + "ro" + r"ot/|wo" + r"rk/|ho" + r"me/\w+/)")
REGISTRIES = re.compile(
    r"(?:py" + r"pi\.org|files\.python" + r"hosted\.org|registry\.n" + r"pmjs\.org)"
)
TEXT = {
    ".py",
    ".md",
    ".toml",
    ".txt",
    ".in",
    ".sh",
    ".yaml",
    ".yml",
    ".json",
    ".html",
    ".css",
    ".js",
}
TEXT |= {".mjs", "", ".cfg", ".ini"}


def _texts() -> list[tuple[Path, str]]:
    found = []
    for path in tracked_files():
        if path.suffix in TEXT and path.stat().st_size < 2_000_000:
            found.append((path, path.read_text(encoding="utf-8", errors="replace")))
    return found


def test_git_lists_the_files() -> None:
    if not (REPOSITORY / ".git").exists():
        pytest.skip("not a clone: no list of tracked files")
    assert REPOSITORY / "pyproject.toml" in tracked_files()


def test_no_tracked_file_holds_a_path_of_one_machine() -> None:
    found = [relative(path) for path, text in _texts() if MACHINE_PATHS.search(text)]
    assert found == []


def test_no_lock_names_a_registry() -> None:
    locks = [
        (path, text)
        for path, text in _texts()
        if path.parent.name == "requirements" or path.name == "package-lock.json"
    ]
    named = [relative(path) for path, text in locks if REGISTRIES.search(text) or "://" in text]
    assert named == []


def test_every_lock_is_hashed_throughout() -> None:
    for path in (REPOSITORY / "requirements").glob("*.txt"):
        entries = re.split(r"\n(?=[a-zA-Z0-9])", path.read_text(encoding="utf-8"))
        bare = [
            entry.split("==")[0] for entry in entries if "==" in entry and "--hash=" not in entry
        ]
        assert bare == [], f"{path.name} has entries without a hash"


def test_no_file_is_a_leftover() -> None:
    left = [
        relative(path)
        for path in tracked_files()
        if path.suffix in {".orig", ".rej", ".bak", ".swp", ".db", ".sqlite"}
    ]
    assert left == []
