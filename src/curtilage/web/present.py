"""How values read on a page: numbers, durations, instants, and text that is inert.

Pure. Autoescaping keeps markup out; `shown` keeps out what escaping does not
touch: characters that turn reading order around or that nobody can see.
"""

import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from markupsafe import Markup, escape

from curtilage.core.money import MICRO, format_money
from curtilage.core.words import say
from curtilage.web.numerals import ENGLISH, THIN, Numerals

HIDDEN = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
KEPT = frozenset("\n\t\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}\N{SOFT HYPHEN}")
TREATMENT_WORDS: Mapping[str, str] = {
    "allow": say("sent as it is"),
    "token": say("replaced by a token"),
    "surrogate": say("replaced by a stand-in"),
    "encrypt": say("encrypted"),
    "mask": say("masked"),
    "block": say("stopped the request"),
}


def shown(text: str) -> str:
    """`text` with invisible and direction-changing characters made visible."""
    if text.isprintable():
        return text
    return "".join(_visible(character) for character in text)


def _visible(character: str) -> str:
    if character in KEPT or unicodedata.category(character) not in HIDDEN:
        return character
    return f"\N{MATHEMATICAL LEFT ANGLE BRACKET}U+{ord(character):04X}\N{MATHEMATICAL RIGHT ANGLE BRACKET}"


def inert(value: Any) -> Any:
    """What a template puts out: every text goes through `shown`, markup of ours stays.

    The engine calls it for each expression, so that no template can forget.
    """
    return shown(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def typed(text: str) -> Markup:
    """For what somebody typed and will send again: escaped, else exactly as it was."""
    return escape(text)


def number(value: int, numerals: Numerals = ENGLISH) -> str:
    """Thousands kept apart, as the language does it."""
    return numerals.number(value)


def money(micro: int, numerals: Numerals = ENGLISH) -> str:
    """Millionths of a currency: to a hundredth, and below one with as many places as it needs."""
    rounded = (micro + 5_000) // 10_000 * 10_000 if micro >= MICRO else micro
    return numerals.fraction(format_money(rounded))


def milliseconds(value: float | None, numerals: Numerals = ENGLISH) -> str:
    """A duration with as many digits as one can use; a dash where none is known."""
    if value is None:
        return "\N{EN DASH}"
    if value >= 10_000:
        return f"{numerals.fraction(f'{value / 1000:.1f}')}{THIN}s"
    digits = 2 if value < 10 else 1 if value < 100 else 0
    return f"{numerals.fraction(f'{value:.{digits}f}')}{THIN}ms"


def machine_time(at: datetime) -> str:
    """For `<time datetime>`: the shell's script turns it into the reader's own time."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def utc_time(at: datetime, numerals: Numerals = ENGLISH) -> str:
    """What is read where no script runs."""
    return numerals.instant(at)


def treatment_words(treatment: str) -> str:
    """A treatment in plain words."""
    return TREATMENT_WORDS.get(treatment, treatment)


def counted(count: int, one: str, many: str, numerals: Numerals = ENGLISH) -> str:
    """`1 request`, `2 requests`."""
    return f"{number(count, numerals)} {one if count == 1 else many}"
