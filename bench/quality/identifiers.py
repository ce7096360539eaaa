"""Identifiers in sentences: the values drawn, the names those of a table of types.

The naming words come from that table (`name`), which was written by others; what
a type is called in our own rules is not used.
"""

import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.quality.frames import DATA, LANGUAGES, NAMED, UNNAMED
from bench.quality.values import draw, spoil

FREE_TEXT = frozenset(
    {"PERSON", "STREET_ADDRESS", "AGE", "GENDER", "NRP", "SPECIAL_CATEGORY"}
)  # what no pattern finds


@dataclass(frozen=True, slots=True)
class Case:
    """One text with one value. `way` is named, unnamed or wrong (its check digit)."""

    way: str
    type: str
    lang: str
    text: str
    start: int
    end: int


def read_types(table: Path) -> Sequence[Mapping[str, str]]:
    """The rows of identifiers of the shared table."""
    rows = json.loads(table.read_text(encoding="utf-8"))
    return [
        row for row in rows if not row["type"].startswith("SEC_") and row["type"] not in FREE_TEXT
    ]


def cases(table: Path, *, seed: int, count: int = 8) -> Iterator[Case]:
    """`count` of each way for every type whose values can be drawn."""
    for row in read_types(table):
        dice = random.Random(f"{seed} {row['id']}")
        lang = LANGUAGES.get(row["region"][:2], "en")
        for number in range(count):
            value = draw(row["type"], dice)
            if value is None:
                break
            spoken = lang if number % 2 else "en"
            yield _case("named", row, spoken, _named(row, spoken, dice), value)
            yield _case("unnamed", row, spoken, dice.choice(UNNAMED[spoken]), value)
            wrong = spoil(row["type"], value, dice)
            if wrong is not None:
                yield _case("wrong", row, spoken, _named(row, spoken, dice), wrong)


def _named(row: Mapping[str, str], lang: str, dice: random.Random) -> str:
    name = dice.choice(_names(row["name"]))
    frame = dice.choice(DATA if dice.random() < 0.3 else NAMED[lang])
    field = re.sub(r"\W+", "_", name.lower()).strip("_")
    return (
        frame.replace("{name}", name)
        .replace("{field}", field)
        .replace("{{", "{")
        .replace("}}", "}")
    )


def _names(title: str) -> list[str]:
    """`Personalausweis / Reisepass` is two names; what stands in brackets is none."""
    plain = re.sub(r"\([^)]*\)", "", title).replace("’", "'")
    names = [part.strip(" .") for part in plain.split("/")]
    return [name for name in names if len(name) > 2] or [plain.strip()]


def _case(way: str, row: Mapping[str, str], lang: str, frame: str, value: str) -> Case:
    start = frame.index("{value}")
    return Case(way, row["type"], lang, frame.replace("{value}", value), start, start + len(value))
