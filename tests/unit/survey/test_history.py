"""Findings of a history: the commit, the file, the line, and nobody's name."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from curtilage.core.settings import environment
from curtilage.survey.errors import NoRepository
from curtilage.survey.examining import Wishes
from curtilage.survey.history import survey_history
from curtilage.survey.models import Found, Note
from curtilage.survey.pools import Here
from curtilage.survey.repository import Repository
from tests.fakes.detector import MarkDetector

pytestmark = pytest.mark.slow
Git = Callable[..., str]
PLAIN = {
    "PATH": environment()["PATH"],
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
}


@pytest.fixture
def git(tmp_path: Path) -> Git:
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    who = [
        "-c",
        "user.name=Ada L",
        "-c",
        "user.email=ada@x.example",
        "-c",
        "init.defaultBranch=main",
    ]

    def run(*words: str) -> str:
        done = subprocess.run(
            ["git", "-C", tmp_path, *who, *words],
            capture_output=True,
            text=True,
            check=True,
            env=PLAIN,
        )
        return done.stdout

    run("init", "-q")
    return run


def write(folder: Path, name: str, *lines: str) -> None:
    (folder / name).write_text("".join(f"{line}\n" for line in lines))


def found(folder: Path, *, staged: bool = False, values: bool = False) -> list[Found]:
    repository = Repository(folder, PLAIN)
    repository.check()
    lines = repository.staged() if staged else repository.history()
    results = survey_history(lines, MarkDetector, Wishes(values=values), Here())
    return [each for each in results if isinstance(each, Found)]


def told(given: list[Found]) -> list[tuple[str, int | None, str]]:
    return [(each.path, each.spot.line, each.value) for each in given]


def test_every_added_line_is_found_once_with_its_commit(git: Git, tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "one", "mail @ada", "three")
    git("add", ".")
    git("commit", "-qm", "first")
    git("mv", "a.txt", "b.txt")
    write(tmp_path, "b.txt", "zero", "one", "mail @ada", "three", "key #k")
    git("add", ".")
    git("commit", "-qm", "second")
    write(tmp_path, "b.txt", "nothing")
    git("commit", "-qam", "third")
    given = found(tmp_path, values=True)
    assert told(given) == [("b.txt", 5, "#k"), ("a.txt", 2, "@ada")]
    hashes = git("log", "--format=%H").split()
    assert [each.commit.hash for each in given if each.commit] == [hashes[1], hashes[2]]
    assert given[0].commit and given[0].commit.author == "Ada L <ada@x.example>"


def test_authors_are_pseudonyms_unless_values_are_asked_for(git: Git, tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "@ada")
    git("add", ".")
    git("commit", "-qm", "first")
    (one,) = found(tmp_path)
    assert one.commit and one.commit.author == "author 1" and "Ada" not in repr(one)


def test_what_a_merge_brings_in_by_itself_is_found(git: Git, tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "base")
    git("add", ".")
    git("commit", "-qm", "base")
    git("checkout", "-qb", "side")
    write(tmp_path, "a.txt", "side @one")
    git("commit", "-qam", "side")
    git("checkout", "-q", "main")
    write(tmp_path, "a.txt", "main @two")
    git("commit", "-qam", "main")
    subprocess.run(
        ["git", "-C", tmp_path, "merge", "-q", "side"], capture_output=True, check=False, env=PLAIN
    )
    write(tmp_path, "a.txt", "merged @three")
    git("add", ".")
    git("commit", "-qm", "merge")
    assert {value for _, _, value in told(found(tmp_path, values=True))} == {
        "@one",
        "@two",
        "@three",
    }


def test_what_is_staged_is_found_before_it_is_committed(git: Git, tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "@ada")
    git("add", ".")
    write(tmp_path, "a.txt", "@ada", "@bob")
    assert told(found(tmp_path, staged=True, values=True)) == [("a.txt", 1, "@ada")]


def test_a_large_file_is_read_in_parts_with_its_lines(git: Git, tmp_path: Path) -> None:
    write(tmp_path, "a.txt", *["a line of some length"] * 20_000, "@ada")
    git("add", ".")
    git("commit", "-qm", "first")
    assert told(found(tmp_path, values=True)) == [("a.txt", 20_001, "@ada")]


def test_binary_changes_are_counted(git: Git, tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(bytes(range(256)) * 4)
    git("add", ".")
    git("commit", "-qm", "first")
    results = survey_history(Repository(tmp_path, PLAIN).history(), MarkDetector, Wishes(), Here())
    assert [each.what for each in results if isinstance(each, Note)] == [
        "1 changes of binary files were not examined."
    ]


def test_nothing_that_the_repository_names_is_run(git: Git, tmp_path: Path) -> None:
    trap = tmp_path / "trap.sh"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n")
    trap.chmod(0o755)
    for name in ("core.fsmonitor", "diff.external", "diff.trap.textconv", "diff.trap.command",
                 "gpg.program", "core.pager", "filter.trap.clean", "core.sshCommand"):  # fmt: skip
        git("config", name, str(trap))
    git("config", "log.showSignature", "true")
    (tmp_path / ".gitattributes").write_text("*.txt diff=trap\n")
    write(tmp_path, "a.txt", "@ada")
    hooks = tmp_path / ".git" / "hooks"
    for name in ("pre-commit", "post-index-change", "reference-transaction"):
        (hooks / name).write_text(trap.read_text())
        (hooks / name).chmod(0o755)
    git(
        "-c",
        "core.hooksPath=/dev/null",
        "-c",
        "core.fsmonitor=false",
        "add",
        "a.txt",
        ".gitattributes",
    )
    git("-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "commit", "-qm", "first")
    assert told(found(tmp_path, values=True)) == [("a.txt", 1, "@ada")]
    write(tmp_path, "a.txt", "@ada", "@bob")
    git("-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "add", "a.txt")
    assert told(found(tmp_path, staged=True, values=True)) == [("a.txt", 2, "@bob")]
    assert not (tmp_path / "sprung").exists()


def test_a_folder_that_is_no_repository_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoRepository, match="no git repository"):
        Repository(tmp_path, PLAIN | {"GIT_CEILING_DIRECTORIES": str(tmp_path.parent)}).check()
