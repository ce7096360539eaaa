"""Find where a form may be: with Hyperscan, or with `re` where it is missing.

A matcher gives regions that cover at least every match. What exactly matches
inside a region is settled by `re` in one place, for both, so that both find
the same. Hyperscan reads one byte a code point: its offsets are code points, and
no text is too odd to encode.
"""

import hashlib
import platform
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial, reduce
from importlib.metadata import version
from operator import or_
from pathlib import Path
from typing import Any, Protocol

from curtilage.detect.compiled import make_folder, name_compiled, read_compiled, write_compiled
from curtilage.detect.models import Edge, Form
from curtilage.detect.numbers import TRIGGER, layout_of

ALNUM = r"0-9A-Za-z\u00c0-\u024f\u0370-\u052f"
_NO_UUID = "(?<![0-9a-f]{4}-)(?<![0-9A-F]{4}-)"
_NO_FRACTION = r"(?!\.(?!0{1,3}(?![0-9.]))[0-9])"  # `.0` is how tables write a whole number
LEFT = {
    Edge.WORD: f"(?<![{ALNUM}])",
    Edge.NUMBER: f"(?<![{ALNUM}])(?<![0-9][.:/_-]){_NO_UUID}",
    Edge.PROVED: f"(?<![{ALNUM}])(?<![0-9][._-]){_NO_UUID}",
    Edge.TOKEN: f"(?<![{ALNUM}])",
    Edge.HEAD: f"(?<![{ALNUM}])",
    Edge.OPEN: "",
}
RIGHT = {
    Edge.WORD: f"(?![{ALNUM}])",
    Edge.NUMBER: f"(?![{ALNUM}])(?![:/_-][0-9]){_NO_FRACTION}(?!-[0-9a-fA-F]{{4}})",
    Edge.PROVED: f"(?![{ALNUM}])(?![_-][0-9]){_NO_FRACTION}(?!-[0-9a-fA-F]{{4}})",
    Edge.TOKEN: f"(?![{ALNUM}_-])",
    Edge.HEAD: "",
    Edge.OPEN: "",
}
ASCII_LEFT = dict.fromkeys(Edge, "[^0-9A-Za-z]") | {Edge.OPEN: "."}
ASCII_RIGHT = dict.fromkeys(Edge, "[^0-9A-Za-z]") | {
    Edge.TOKEN: "[^0-9A-Za-z_-]",
    Edge.HEAD: ".",
    Edge.OPEN: ".",
}

NUMBERS = (Edge.NUMBER, Edge.PROVED)
_UPPER = bytes([0, *[0x80] * 255])
COUNTED = 36  # longer repeats make "Pattern is too large", or a slow automaton
COUNTED_LEAST = 16
_NAMED_GROUP = re.compile(r"\(\?P<\w+>")
_ENDLESS_TAIL = re.compile(r"\{([0-9]+),\}(?:=\{0,[0-9]\})?(\)*)$")
_REPEAT = re.compile(r"\{([0-9]+)(,([0-9]*))?\}")

Region = tuple[int, int, int]
"""Pattern number, start, end."""
Span = tuple[int, int]
SpansOfOne = tuple[int, Sequence[Span]]
"""A pattern's number, and where it may be: apart, from left to right."""


@dataclass(frozen=True, slots=True)
class Part:
    """Triggers by pattern number that are looked for together.

    `kinds` are what they need: a text that names none of these is not looked
    through. None: nothing is needed.
    """

    triggers: Mapping[int, str]
    kinds: frozenset[str] | None = None


Near = Callable[[frozenset[str]], Sequence[tuple[int, int]] | None]
"""Where in a text words may name any of these kinds; None: anywhere."""


def anywhere(_kinds: frozenset[str]) -> None:
    """For a text of which nobody knows it better."""
    return


class Matcher(Protocol):
    """Gives regions for the patterns it was built with.

    `named` are the kinds that the text names; what needs others may be left out, and so
    may be what lies where `near` says that no word names it.
    """

    def regions(
        self, text: str, named: frozenset[str] = frozenset(), near: Near = anywhere
    ) -> Sequence[Region]: ...


def compile_exact(form: Form) -> re.Pattern[str]:
    """The pattern that settles what matches, with its edges."""
    return re.compile(f"{LEFT[form.edge]}(?:{form.pattern}){RIGHT[form.edge]}")


def trigger_of(form: Form) -> str:
    """What Hyperscan looks for: edges are characters, since the text is padded.

    A trigger that would end in a repeat without end stops at its least count: the
    rest is read only where it is, and the exact pattern begins at the same place.
    """
    if form.edge in NUMBERS and layout_of(form) is not None:
        return f"{ASCII_LEFT[form.edge]}{TRIGGER}"
    body, is_short = trigger_body(form)
    left = "." if form.lead else ASCII_LEFT[form.edge]
    right = "." if is_short else ASCII_RIGHT[form.edge]
    return f"{left}(?:{body}){right}"


def trigger_body(form: Form) -> tuple[str, bool]:
    """A trigger without its edges, and whether it stops before the match does."""
    body = _REPEAT.sub(_relaxed, _NAMED_GROUP.sub("(?:", form.trigger or form.pattern))
    short = _ENDLESS_TAIL.sub(r"{\1}\2", body)
    return short, short != body


def _relaxed(repeat: re.Match[str]) -> str:
    """A long repeat without its upper end: Hyperscan counts only short ones."""
    least, most = int(repeat[1]), int(repeat[3] or repeat[1])
    if max(least, most) <= COUNTED:
        return repeat[0]
    return f"{{{min(least, COUNTED_LEAST)},}}"


class ReMatcher:
    """Every match of every pattern, one pattern after the other."""

    def __init__(self, patterns: Sequence[re.Pattern[str]]) -> None:
        self._patterns = patterns

    def regions(
        self, text: str, named: frozenset[str] = frozenset(), near: Near = anywhere
    ) -> Sequence[Region]:
        found: list[Region] = []
        for number, pattern in enumerate(self._patterns):
            match = pattern.search(text)
            while match:
                found.append((number, match.start(), match.end()))
                match = pattern.search(text, match.start() + 1)
        return found


class HyperscanMatcher:
    """All patterns, in a few passes. Safe on any thread: each has scratches of its own.

    Patterns of a kind go into one database: apart, numbers, words and tokens
    compile twice as fast as together, and are matched faster too.
    """

    def __init__(
        self, parts: Sequence[Part], cache_dir: Path | None, *, words: bool = False
    ) -> None:
        """With `words`, triggers are letters in any case and bring no edges."""
        import hyperscan  # noqa: PLC0415 - optional: `re` stands in where it is missing

        self._hyperscan = hyperscan
        self._edge, self._flags = b"\n", hyperscan.HS_FLAG_SOM_LEFTMOST | hyperscan.HS_FLAG_DOTALL
        self._take = _append
        if words:
            self._edge, self._take = b"", _append_bare
            self._flags |= hyperscan.HS_FLAG_CASELESS
        parts = [part for part in parts if part.triggers]
        with ThreadPoolExecutor(len(parts)) as pool:  # compiling leaves Python's lock to others
            databases = pool.map(
                partial(self._load, cache_dir=cache_dir), [part.triggers for part in parts]
            )
            self._databases = list(zip(databases, [part.kinds for part in parts], strict=True))
        self._local = threading.local()

    def regions(
        self, text: str, named: frozenset[str] = frozenset(), near: Near = anywhere
    ) -> Sequence[Region]:
        found: list[Region] = []
        data = self._edge + to_bytes(text) + self._edge
        # A match is edge + value + edge, and the text is shifted by one: so the start is
        # right and the end is two too many, which `_append` takes off.
        for database, kinds, scratch in self._mine():
            if kinds is None:
                database.scan(data, self._take, context=found, scratch=scratch)
            elif not kinds.isdisjoint(named):
                for start, end in near(kinds) or [(0, len(text))]:
                    seen: list[Region] = []
                    part = data[start : end + 2 * len(self._edge)]
                    database.scan(part, self._take, context=seen, scratch=scratch)
                    found += [(number, start + at, start + to) for number, at, to in seen]
        return found

    def _mine(self) -> list[tuple[Any, frozenset[str] | None, Any]]:
        """The databases with what they need, and this thread's scratches for them."""
        try:
            return self._local.mine  # type: ignore[no-any-return]
        except AttributeError:
            self._local.mine = [
                (database, kinds, self._hyperscan.Scratch(database))
                for database, kinds in self._databases
            ]
            return self._local.mine  # type: ignore[no-any-return]

    def _load(self, triggers: Mapping[int, str], cache_dir: Path | None) -> Any:
        """From the cache, else compiled. A cache that does not fit or hold is ignored."""
        if cache_dir is None:
            return self._compile(triggers)
        path = cache_dir / name_compiled(self._key(triggers))
        blob = read_compiled(path)
        if blob is not None:
            try:
                return self._hyperscan.loadb(blob, self._hyperscan.HS_MODE_BLOCK)
            except self._hyperscan.HyperscanError:
                pass
        make_folder(cache_dir)
        database = self._compile(triggers)
        write_compiled(path, bytes(self._hyperscan.dumpb(database)))
        return database

    def _compile(self, triggers: Mapping[int, str]) -> Any:
        database = self._hyperscan.Database(mode=self._hyperscan.HS_MODE_BLOCK)
        database.compile(
            expressions=[to_bytes(trigger) for trigger in triggers.values()],
            ids=list(triggers),
            flags=[self._flags] * len(triggers),
        )
        return database

    def _key(self, triggers: Mapping[int, str]) -> str:
        machine = [version("hyperscan"), platform.machine(), _cpu_features(), str(self._flags)]
        numbered = [b"%d %b" % (number, to_bytes(each)) for number, each in triggers.items()]
        parts = [*(part.encode() for part in machine), *numbered]
        return hashlib.blake2b(b"\0".join(parts), digest_size=16).hexdigest()


def to_bytes(text: str) -> bytes:
    """One byte for each code point: Latin-1 as it is, all others folded into its upper half.

    So no letter of another script reads as one of ours, and few as each other: a code
    point's last byte, with the upper bit set where there is more of it than that.
    """
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        raw = text.encode("utf-32-le", "surrogatepass")
    upper = (part.translate(_UPPER) for part in (raw[1::4], raw[2::4]))
    numbers = (int.from_bytes(part, "little") for part in (raw[::4], *upper))
    return reduce(or_, numbers).to_bytes(len(text), "little")


def _append(number: int, start: int, end: int, _flags: int, found: list[Region]) -> None:
    found.append((number, start, end - 2))


def _append_bare(number: int, start: int, end: int, _flags: int, found: list[Region]) -> None:
    found.append((number, start, end))


def _cpu_features() -> str:
    """What a compiled database depends on: the processor's instruction sets."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return platform.processor()
    return next((line for line in lines if line.lower().startswith(("flags", "features"))), "")
