"""What a file of rules says, read and checked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from curtilage.detect.models import Mode

Validator = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class PatternRule:
    """A kind of one's own that a pattern finds.

    `words` name it, as those of the built-in kinds do; `mode` says how much they matter.
    """

    type: str
    title: str
    category: str
    pattern: str
    mode: Mode
    score: float
    words: tuple[str, ...] = ()
    ignore_case: bool = False
    validator: Validator | None = None


@dataclass(frozen=True, slots=True)
class WordRule:
    """A kind of one's own that is a list of words or names, each found as whole words."""

    type: str
    title: str
    category: str
    entries: Sequence[str]
    score: float
    ignore_case: bool = False


@dataclass(frozen=True, slots=True)
class Allowance:
    """A value that is nobody's secret: the company's own address, a test card.

    Without a `type` it is allowed whatever it is taken for. It ends with the day `until`."""

    value: str
    reason: str
    type: str = ""
    until: date | None = None


@dataclass(frozen=True, slots=True)
class CustomRules:
    """All of one file, in its order."""

    patterns: tuple[PatternRule, ...] = ()
    words: tuple[WordRule, ...] = ()
    allowances: tuple[Allowance, ...] = ()
