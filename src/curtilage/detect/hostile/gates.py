"""Which cues a text may hold, told in one pass, so that all others are not looked for.

Of each cue a looser pattern is made that matches wherever the cue does, and in few
other places; Hyperscan looks for all of them at once. What a cue says exactly is for
`cues` alone: with gates and without them the same is found.
"""

import importlib.util
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from curtilage.detect.matching import HyperscanMatcher, Part, to_bytes

TELLING = 2  # choices of words in a cue that are read; more cost more than they keep out
_BETWEEN = r"[^a-z0-9_.!?;]"
_PART = re.compile(
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?[:=!]|\{\d+(?:,\d*)?\}\??|[*+?]\??|.", re.DOTALL
)
_CLASSES = {  # a code point beyond ASCII is one byte of the upper half there
    "w": r"[a-z0-9_\x80-\xff]",
    "W": "[^a-z0-9_]",
    "s": r"[\s\x80-\xff]",
    "S": r"[^\s]",
    "d": r"[0-9\x80-\xff]",
    "D": "[^0-9]",
}
_ENDS_A_SENTENCE = re.compile(r"\[\^|\\[?]|\[[^\]]*\?|[.!;]")
_WORD = re.compile("[a-z]{2}")
_CLASS = re.compile(r"\[(?:\\.|[^\]\\])*\]")


class Gates(Protocol):
    """Gives the numbers of the patterns that a text may match, in no order.

    None: that is not known yet, so that all have to be looked for."""

    def opened(self, text: str) -> Sequence[int] | None: ...


class HyperscanGates(HyperscanMatcher):
    """Patterns in lower case, each told once. Safe on any thread."""

    def __init__(self, patterns: Sequence[str], cache_dir: Path | None) -> None:
        super().__init__([Part(dict(enumerate(patterns)))], cache_dir)

    def opened(self, text: str) -> Sequence[int]:
        found: list[int] = []
        data = b"\n" + to_bytes(text) + b"\n"
        for database, _, scratch in self._mine():
            database.scan(data, _append, context=found, scratch=scratch)
        return found

    def _compile(self, triggers: Mapping[int, str]) -> Any:
        """Without the beginnings of matches, and without any match behind the first."""
        flags = self._hyperscan.HS_FLAG_DOTALL | self._hyperscan.HS_FLAG_SINGLEMATCH
        database = self._hyperscan.Database(mode=self._hyperscan.HS_MODE_BLOCK)
        database.compile(
            expressions=[to_bytes(trigger) for trigger in triggers.values()],
            ids=list(triggers),
            flags=[flags] * len(triggers),
        )
        return database


class LateGates:
    """Gates that are made in a thread of their own, which nobody waits for.

    A service that starts for the first time is ready some seconds sooner."""

    def __init__(self, make: Callable[[], Gates]) -> None:
        self._gates: Gates | None = None
        self._make = make
        self.making = threading.Thread(target=self._open, name="gates", daemon=True)
        self.making.start()

    def opened(self, text: str) -> Sequence[int] | None:
        gates = self._gates
        return None if gates is None else gates.opened(text)

    def _open(self) -> None:
        self._gates = self._make()


def open_gates(patterns: Sequence[str], cache_dir: Path | None, *, late: bool) -> Gates | None:
    """Gates that are kept in `cache_dir`: compiling them takes seconds, so not without one."""
    if cache_dir is None or importlib.util.find_spec("hyperscan") is None:
        return None
    make = partial(HyperscanGates, patterns, cache_dir)
    return LateGates(make) if late else make()


def any_of(words: Sequence[str]) -> str:
    """A pattern for any of these texts as they are."""
    return f"(?:{'|'.join(map(re.escape, words))})"


def gate(words: Sequence[str], tail: str) -> str:
    """A pattern that matches wherever one of `words` is a word and goes on as `tail` says."""
    return f"[^a-z0-9]{any_of(words)}{loosened(tail) or '[^a-z0-9]'}"


def loosened(tail: str) -> str:
    """A pattern that matches where `tail` does, up to the second group that has words.

    Repeats have no upper end, what looks around is left out, and what repeats in a
    sentence is any of its characters.
    """
    branches = _branches(iter(_PART.findall(tail)))
    return _cut(branches[0]) if len(branches) == 1 else _group(branches)


def _cut(parts: Sequence[str]) -> str:
    told, kept = 0, []
    for part in parts:
        kept.append(part)
        told += part[-1] not in "*?" and _WORD.search(_CLASS.sub("", part)) is not None
        if told == TELLING:
            break
    return "".join(kept)


def _branches(parts: Iterator[str]) -> list[list[str]]:
    """The alternatives up to the parenthesis that ends them, each part by part."""
    found: list[list[str]] = [[]]
    for part in parts:
        if part == ")":
            break
        if part == "|":
            found.append([])
        elif part[0] in "*+?{":
            found[-1][-1] = _repeated(found[-1][-1], part)
        elif part in ("(?=", "(?!"):
            _branches(parts)
        elif part[0] == "(":
            found[-1].append(_group(_branches(parts)))
        elif part not in (r"\b", "^", "$"):
            found[-1].append(_one(part))
    return found


def _group(branches: Sequence[Sequence[str]]) -> str:
    return f"(?:{'|'.join(map(''.join, branches))})"


def _one(part: str) -> str:
    """One character, or one of a class."""
    if part[0] == "[":
        return _widened(part)
    if part[0] == "\\" and part[1].isalnum():
        return _CLASSES.get(part[1], part)
    return part


def _widened(part: str) -> str:
    """A class that has all of the upper half."""
    plain = "".join(char for char in part[1:-1].replace(r"\w", "a-z0-9_") if char.isascii())
    return f"[{plain}]" if plain[0] == "^" else rf"[{plain}\x80-\xff]"


def _repeated(part: str, mark: str) -> str:
    if mark[0] == "?":
        return f"{part}?"
    sign = "*" if mark[0] == "*" or mark.startswith("{0") else "+"
    within = part.replace(_BETWEEN, "").replace("(?:", "")
    is_in_a_sentence = part[0] == "(" and not _ENDS_A_SENTENCE.search(within)
    return f"[^.!?;]{sign}" if is_in_a_sentence else f"{part}{sign}"


def _append(number: int, _start: int, _end: int, _flags: int, found: list[int]) -> None:
    found.append(number)
