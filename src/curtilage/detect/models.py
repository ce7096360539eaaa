"""The form in which a kind is declared: all that a rule file has to say."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, IntEnum

Validator = Callable[[str], bool]
Normaliser = Callable[[str], str]
Trimmer = Callable[[str], int]


class Mode(IntEnum):
    """How much a naming word near the value matters."""

    REQUIRED = 0
    """R: only with a naming word, a typed field or a column title."""
    BOOSTS = 1
    """B: found without, surer with."""
    NEEDLESS = 2
    """N: strong enough alone."""


R, B, N = Mode.REQUIRED, Mode.BOOSTS, Mode.NEEDLESS


class Strength(IntEnum):
    """How seldom a look-alike passes the check."""

    NONE = 0
    SHAPE = 1
    """A list or range: dates, area codes, prefixes."""
    DIGIT = 2
    """One check digit: one look-alike in about ten passes."""
    DOUBLE = 3
    """Two digits, or one and a date: one in a hundred or rarer."""
    PROOF = 4
    """A CRC, a hash or a structure that does not come about by chance."""


class Edge(Enum):
    """What may not stand beside a match."""

    WORD = "word"
    """No letter or digit."""
    NUMBER = "number"
    """As WORD, and not a part of a longer number, date, version or UUID."""
    PROVED = "proved"
    """As NUMBER, but a date, a time or a network's size may stand beside it: its check tells."""
    TOKEN = "token"
    """As WORD, and no `_` or `-` after it: the tail of a longer token."""
    HEAD = "head"
    """No letter or digit before it; anything after it."""
    OPEN = "open"
    """Anything: the pattern brings its own ends."""


@dataclass(frozen=True, slots=True)
class Form:
    r"""One shape of a kind.

    `pattern` is written in what both engines read alike: literals, classes,
    groups and bounded repeats; no `\d`, `\w`, `\s`, `\b` or look-around, unless it
    has a trigger.
    A group named `value` narrows the finding to itself. `trigger`, where the
    pattern is too much for Hyperscan or knows letters beyond ASCII, is a
    pattern that matches at least as much; with `lead`, a character of what may
    stand before it, it matches from some way in. `trim` says how many characters of a
    match belong to it, 0 for none. `check` replaces the kind's own. `alone` lets a
    form that needs a word stand alone in prose although no check digit speaks for it.
    """

    pattern: str
    mode: Mode = N
    score: float = 0.9
    edge: Edge = Edge.WORD
    trigger: str = ""
    lead: str = ""
    trim: Trimmer | None = None
    check: Validator | None = None
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """One type of finding. `words` name it in text, field names and column titles.
    So do `loose` words, which many kinds share, but what has a name of its own goes before.

    `check` sees the value after `normalise`; what fails it is not this kind.
    Of two candidates for one span the one with context wins, then the greater
    `strength`, then the stricter mode, then the longer.
    """

    type: str
    title: str
    category: str
    forms: tuple[Form, ...]
    citation: str
    check: Validator | None = None
    normalise: Normaliser = str
    words: tuple[str, ...] = ()
    loose: tuple[str, ...] = ()
    strength: Strength = Strength.NONE

    @property
    def is_secret(self) -> bool:
        """Whether it opens something, rather than tells about someone."""
        return self.category.startswith("secret.")
