"""From the paths that were asked for to the files that are read, in a stable order.

Folders are walked without recursion. Links inside them are not followed: what
they lead to inside is met by its own name, what lies outside was not asked for. What
is neither file nor folder is not opened.
"""

import os
import stat
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from curtilage.survey.ignoring import NAME, Rule, find_verdict, parse_rules
from curtilage.survey.models import Note, Problem
from curtilage.survey.sources import KINDS, unreadable

NEVER = frozenset({".git", ".hg", ".svn"})  # what git keeps has a command of its own


class Target(NamedTuple):
    """A file to be read."""

    name: str
    """As it is called in reports."""
    path: Path
    size: int
    changed: int
    """When, in nanoseconds: for the journal."""


class Folder(NamedTuple):
    path: str
    place: str
    """From the folder that was asked for; empty: it is that one."""
    rules: Sequence[tuple[str, Sequence[Rule]]]
    """The rules of each folder above, with its place."""


def walk(
    paths: Sequence[Path], leave_out: Collection[Path] = ()
) -> Iterator[Target | Problem | Note]:
    """Every file under `paths`, and what cannot be one.

    `leave_out` are files that the survey itself writes or reads."""
    own = frozenset(os.path.abspath(path) for path in leave_out)  # noqa: PTH100  # links stay links
    for path in paths:
        try:
            kind = path.stat()
        except OSError as problem:
            yield _problem(problem, str(path))
            continue
        if stat.S_ISDIR(kind.st_mode):
            yield from _walk_folder(path, own)
        else:
            yield _file(str(path), path, kind)


def _walk_folder(top: Path, leave_out: Collection[str]) -> Iterator[Target | Problem | Note]:
    waiting = [Folder(str(top), "", ())]
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(folder.path) as listed:
                entries = sorted(listed, key=lambda entry: entry.name)
        except OSError as problem:
            yield _problem(problem, folder.path)
            continue
        rules = folder.rules
        if any(entry.name == NAME for entry in entries):
            own = _read_rules(folder)
            if isinstance(own, Problem):
                yield own
            else:
                rules = (*rules, (folder.place, own))
        inner: list[Folder] = []
        for entry in entries:
            place = f"{folder.place}/{entry.name}" if folder.place else entry.name
            is_folder = entry.is_dir(follow_symlinks=False)
            if (is_folder and entry.name in NEVER) or _is_left_out(place, rules, is_folder):
                continue
            if is_folder:
                inner.append(Folder(entry.path, place, rules))
            elif os.path.abspath(entry.path) not in leave_out:  # noqa: PTH100
                yield from _entry(entry)
        waiting += reversed(inner)


def _entry(entry: os.DirEntry[str]) -> Iterator[Target | Problem | Note]:
    try:
        if entry.is_symlink():
            os.stat(entry.path)  # noqa: PTH116  # whether it leads anywhere
            return
        yield _file(entry.path, Path(entry.path), entry.stat(follow_symlinks=False))
    except OSError as problem:
        yield _problem(problem, entry.path, is_link=entry.is_symlink())


def _file(name: str, path: Path, kind: os.stat_result) -> Target | Problem:
    for is_so, what in KINDS:
        if is_so(kind.st_mode):
            return Problem(
                f"It is {what}, not a file; it was not opened.",
                f"Leave it out with a line in {NAME}, or give a file of what it holds.",
                path=name,
            )
    return Target(name, path, kind.st_size, kind.st_mtime_ns)


def _problem(problem: OSError, name: str, *, is_link: bool = False) -> Problem:
    if is_link:
        return Problem(
            "It is a link that leads nowhere or in a circle.",
            f"Mend or remove it, or leave it out with a line in {NAME}.",
            path=name,
        )
    told = unreadable(problem)
    return Problem(told.detail, told.advice, path=name)


def _read_rules(folder: Folder) -> Sequence[Rule] | Problem:
    path = Path(folder.path) / NAME
    try:
        if not path.is_file():
            return ()
        return parse_rules(path.read_text(encoding="utf-8", errors="replace"))
    except OSError as problem:
        return _problem(problem, str(path))


def _is_left_out(place: str, rules: Sequence[tuple[str, Sequence[Rule]]], is_folder: bool) -> bool:
    """The rules of the nearest folder decide, if any of them fits."""
    for base, own in reversed(rules):
        inner = place[len(base) + 1 :] if base else place
        verdict = find_verdict(inner, own, is_folder=is_folder)
        if verdict is not None:
            return verdict
    return False
