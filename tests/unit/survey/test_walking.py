"""Every file is met once, in a stable order; what is no file is told and left alone."""

import os
import socket
from pathlib import Path

import pytest

from curtilage.survey.models import Problem
from curtilage.survey.walking import Target, walk


def write(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("text")


def met(*paths: Path, beside: Path) -> list[str]:
    return [os.path.relpath(item.path, beside) for item in walk(paths) if isinstance(item, Target)]


def problems(*paths: Path) -> dict[str, str]:
    return {Path(item.path).name: item.why for item in walk(paths) if isinstance(item, Problem)}


def test_files_come_before_folders_by_name(tmp_path: Path) -> None:
    write(tmp_path, "b.txt", "a/z.txt", "a.txt", "a/b/c.txt", ".env", ".git/config")
    assert met(tmp_path, beside=tmp_path) == [".env", "a.txt", "b.txt", "a/z.txt", "a/b/c.txt"]


def test_what_is_ignored_is_left_out(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "node_modules/x.js", "in/b.tmp", "in/keep.tmp")
    (tmp_path / ".curtilageignore").write_text("node_modules/\n*.tmp\n.curtilageignore\n")
    (tmp_path / "in" / ".curtilageignore").write_text("!keep.tmp\n.curtilageignore")
    assert met(tmp_path, beside=tmp_path) == ["a.txt", "in/keep.tmp"]


def test_a_file_that_is_named_is_read_whatever_the_rules_say(tmp_path: Path) -> None:
    write(tmp_path, "a.tmp")
    (tmp_path / ".curtilageignore").write_text("*.tmp\n")
    assert met(tmp_path / "a.tmp", beside=tmp_path) == ["a.tmp"]


def test_links_are_not_followed_and_broken_ones_are_told(tmp_path: Path) -> None:
    write(tmp_path, "in/a.txt", "out/b.txt")
    top = tmp_path / "in"
    (top / "whole").symlink_to("a.txt")
    (top / "folder").symlink_to(tmp_path / "out")
    (top / "itself").symlink_to(top)
    (top / "broken").symlink_to("nowhere")
    (top / "circle").symlink_to("circle")
    assert met(top, beside=top) == ["a.txt"]
    assert set(problems(top)) == {"broken", "circle"}


def test_what_is_no_file_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "socket"))
        told = problems(tmp_path)
    assert told["pipe"].startswith("It is a named pipe")
    assert told["socket"].startswith("It is a socket")
    assert problems(Path("/dev/null")) == {"null": "It is a device, not a file; it was not opened."}


def test_a_path_that_is_not_there_is_told_and_the_rest_goes_on(tmp_path: Path) -> None:
    write(tmp_path, "a.txt")
    assert set(problems(tmp_path / "none", tmp_path)) == {"none"}
    assert met(tmp_path / "none", tmp_path, beside=tmp_path) == ["a.txt"]


def test_a_folder_that_may_not_be_read_is_told(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root reads everything")
    write(tmp_path, "closed/a.txt", "b.txt")
    (tmp_path / "closed").chmod(0)
    try:
        assert set(problems(tmp_path)) == {"closed"}
        assert met(tmp_path, beside=tmp_path) == ["b.txt"]
    finally:
        (tmp_path / "closed").chmod(0o700)
