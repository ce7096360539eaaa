"""Patterns of `.curtilageignore` mean what they mean in `.gitignore`."""

import shutil
import subprocess
from pathlib import Path

import pytest

from curtilage.survey.ignoring import find_verdict, parse_rules

RULES = r"""
# a comment
*.log
!keep.log
/top.txt
build/
docs/**/draft-*.md
**/secret
data/**
a[0-9].bin
a[!0-9].dat
\#literal
sp?ce.txt
"""
TRAILING = "kept\\ \ndropped \n"
PLACES = [
    "x.log", "deep/x.log", "keep.log", "deep/keep.log", "top.txt", "deep/top.txt", "build/x", "deep/build/x",
    "docs/draft-1.md", "docs/a/b/draft-2.md", "docs/a/other.md", "secret", "a/b/secret", "data/x", "data/a/b",
    "a1.bin", "ab.bin", "a1.dat", "ab.dat", "#literal", "space.txt", "sp/ce.txt", "plain.txt",
]  # fmt: skip


def ours(place: str) -> bool:
    rules = parse_rules(RULES)
    parts = place.split("/")
    return any(
        find_verdict("/".join(parts[:count]), rules, is_folder=count < len(parts))
        for count in range(1, len(parts) + 1)
    )


def test_git_says_the_same(tmp_path: Path) -> None:
    if shutil.which("git") is None:
        pytest.skip("git is not installed: nothing to compare with")
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    (tmp_path / ".gitignore").write_text(RULES)
    asked = "\n".join(PLACES)
    done = subprocess.run(
        ["git", "-C", tmp_path, "check-ignore", "--stdin"],
        input=asked,
        capture_output=True,
        text=True,
        check=False,
    )
    theirs = set(done.stdout.split("\n"))
    assert [place for place in PLACES if ours(place) != (place in theirs)] == []


def test_a_pattern_without_a_match_says_nothing() -> None:
    assert find_verdict("a.txt", parse_rules("*.log\n"), is_folder=False) is None
    assert find_verdict("a.log", parse_rules("*.log\n!a.log"), is_folder=False) is False


@pytest.mark.parametrize("line", ["", "#", "/", "!", "!/", "   "])
def test_a_line_that_says_nothing_is_no_rule(line: str) -> None:
    assert parse_rules(line) == ()


def test_an_odd_pattern_is_no_error() -> None:
    for line in ("[", "[]", "[a", "a[]b]", "\\", "***", "[z-a]", "[[:alpha:]]"):
        parse_rules(line)


def test_space_at_the_end_counts_only_behind_a_backslash() -> None:
    rules = parse_rules(TRAILING)
    assert find_verdict("kept ", rules, is_folder=False)
    assert find_verdict("dropped", rules, is_folder=False)


def test_no_pattern_takes_long() -> None:
    rules = parse_rules("*a" * 40 + "b\n" + "**/a/" * 40 + "b")
    assert find_verdict("a" * 250 + "/" + "a/" * 400 + "c", rules, is_folder=False) is None
