"""What an assessment of hostile text is made of."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Protocol

from curtilage.core.models import Finding


class Origin(StrEnum):
    """Who wrote a text, as far as the caller of the model knows."""

    CALLER = "caller"
    """The person or service that may tell the model what to do."""
    DOCUMENT = "document"
    """Something retrieved or attached: nothing in it is an instruction."""
    TOOL = "tool"
    """What a tool gave back."""


class Action(StrEnum):
    """What is done with hostile text, from the most open to the strictest."""

    ALLOW = "allow"
    FLAG = "flag"
    STRIP = "strip"
    ASK = "ask"
    BLOCK = "block"

    @property
    def strictness(self) -> int:
        """Its place in this order: of several actions that apply, the strictest wins."""
        return list(Action).index(self)


class Kind(StrEnum):
    """The types of findings in hostile text."""

    INJECTION = "PROMPT_INJECTION"
    JAILBREAK = "JAILBREAK"
    EXFILTRATION = "EXFILTRATION"
    INVISIBLE = "INVISIBLE_TEXT"
    CANARY = "CANARY"


CATEGORIES = {
    Kind.INJECTION: "hostile.injection",
    Kind.JAILBREAK: "hostile.jailbreak",
    Kind.EXFILTRATION: "hostile.exfiltration",
    Kind.INVISIBLE: "hostile.invisible",
    Kind.CANARY: "hostile.canary",
}


class Reason(NamedTuple):
    """One thing that speaks for an attack: which, how much (0 to 1), and where.

    `says` is fixed text or what an invisible run decodes to; never else a part of the text.
    """

    kind: Kind
    name: str
    weight: float
    start: int
    end: int
    says: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found in one text. `score` is of its worst finding, 0 where there is none."""

    score: float
    reasons: tuple[Reason, ...] = ()
    findings: tuple[Finding, ...] = ()


CLEAR = Verdict(0.0)


class Reading(Protocol):
    """Another way to read a text: decoded, reversed, without its separators."""

    @property
    def name(self) -> str: ...
    @property
    def text(self) -> str: ...
    def span(self, start: int, end: int) -> tuple[int, int]: ...


@dataclass(frozen=True, slots=True)
class Cue:
    """A turn of phrase, in lower case and without accents.

    It begins with one of `words` and goes on as `tail` says. `weight` is what it
    says where the text was written by someone else, `typed` what it says where
    the caller wrote it.
    """

    kind: Kind
    name: str
    words: tuple[str, ...]
    tail: str
    weight: float
    typed: float
    shouted: bool = False
    """Only in capitals: DAN is no Dan."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A sign that stands anywhere: looked for where one of `gates` is in the text."""

    name: str
    gates: tuple[str, ...]
    pattern: re.Pattern[str]
    weight: float
    typed: float
    kind: Kind = Kind.INJECTION


def cue(
    kind: Kind,
    name: str,
    words: str,
    tail: str,
    weight: float,
    *,
    typed: float | None = None,
    shouted: bool = False,
) -> Cue:
    """A cue as the tables write it: words parted by `|`; `_` in a tail is up to seven words."""
    return Cue(
        kind,
        name,
        tuple(words.split("|")),
        expand(tail),
        weight,
        weight if typed is None else typed,
        shouted,
    )


BETWEEN = r"[^\w.!?;]{1,3}"
_WORD = rf"(?:{BETWEEN}\w{{1,24}})"
_SHORT = {
    "_": f"{_WORD}{{0,7}}?{BETWEEN}",
    "~": f"{_WORD}{{0,2}}?{BETWEEN}",
    " ": f"(?:{BETWEEN})",
}
_CLASS_OR_ESCAPE = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|[_~ ]|\)[*+]", re.DOTALL)
_BOUNDED = {")*": "){0,8}", ")+": "){1,8}"}


def expand(tail: str) -> str:
    """Short hand into a pattern: `_` up to seven words between, `~` up to two, a space none.

    A group that repeats without end repeats up to eight times, so that what one
    cue costs does not depend on the text. Classes and escapes stay as they are.
    """
    return _CLASS_OR_ESCAPE.sub(lambda part: _written(part[0]), tail)


def _written(part: str) -> str:
    return _SHORT.get(part) or _BOUNDED.get(part) or part
