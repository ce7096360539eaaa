"""Sentences from a grammar: `{a|b}` chooses, `$name` stands for a line of alternatives.

A file has sections `[family lang]` with one template a line; a section in
parentheses, `(name)`, holds the alternatives of `$name`, one a line. `\\n` in a
template is the end of a line.
"""

import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_CHOICE = re.compile(r"\{([^{}]*)\}")
_SLOT = re.compile(r"\$([a-z]+)")


class Sample(NamedTuple):
    number: int
    """Of its template."""
    family: str
    lang: str
    text: str


class Grammar:
    """The templates of one file."""

    def __init__(self, path: Path) -> None:
        self.templates: list[tuple[str, str, str]] = []
        self.slots: dict[str, list[str]] = {}
        section: list[str] = []
        family, lang = "", "en"
        for line in path.read_text(encoding="utf-8").splitlines():
            if not line.strip() or line.startswith("# "):
                continue
            if head := re.fullmatch(r"\[([\w-]+)(?: (\w\w))?\]", line):
                family, lang, section = head[1], head[2] or "en", []
            elif head := re.fullmatch(r"\((\w+)\)", line):
                family, section = "", self.slots.setdefault(head[1], [])
            elif family:
                self.templates.append((family, lang, line))
            else:
                section.append(line)

    def samples(self, seed: int, each: int) -> Iterator[Sample]:
        """Up to `each` different texts of every template, the same for the same seed."""
        for number, (family, lang, template) in enumerate(self.templates):
            chance = random.Random(f"{seed} {number}")  # noqa: S311 - the same texts again
            texts = {self.expand(template, chance): None for _ in range(each)}
            yield from (Sample(number, family, lang, text) for text in texts)

    def expand(self, template: str, chance: random.Random) -> str:
        """One text: slots first, then choices from the inside out."""
        text, before = template, ""
        while text != before:
            before = text
            text = _SLOT.sub(lambda slot: chance.choice(self.slots[slot[1]]), text)
            text = _CHOICE.sub(lambda choice: chance.choice(choice[1].split("|")), text)
        return re.sub(r" {2,}", " ", text).replace("\\n", "\n").strip()
