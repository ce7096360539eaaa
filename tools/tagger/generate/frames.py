"""Read the frames of a language, and fill them."""

import re
from functools import cache
from pathlib import Path
from random import Random

from tools.tagger.generate.people import People, inflected
from tools.tagger.generate.pieces import Piece, split
from tools.tagger.generate.places import Places
from tools.tagger.generate.words import (
    KIN,
    MONTHS,
    NOUNS,
    PARTIES,
    PRODUCTS,
    ROLES,
    WEEKDAYS,
    army,
    body,
    team,
)  # fmt: skip

_FOLDER = Path(__file__).parent / "frames"
_SLOT = re.compile(r"\{([a-zX]+)(?::([gdiv]))?\}")
_TITLE = re.compile(r"\b(?:M\. et Mme|M\.|Mme|Mlle|Sr\.|Sra\.|Srta\.) $")
_PERSON, _PLACE, _BODY, _STREET = "PERSON", "LOCATION", "ORGANIZATION", "STREET_ADDRESS"


@cache
def _sections(lang: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    section: list[str] = []
    for line in (_FOLDER / f"{lang}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            section = found.setdefault(line[3:], [])
        elif line:
            section.append(line)
    return {name: tuple(lines) for name, lines in found.items()}


class Frames:
    """The frames of one side and language, and what fills them."""

    def __init__(self, source: Random, lang: str, *, dev: bool) -> None:
        self.source = source
        self.lang = lang
        self.people = People(source, lang, dev=dev)
        self.places = Places(source, lang, self.people, dev=dev)
        sections = _sections(lang)
        self.labels = {
            line.split(": ")[0]: line.split(": ")[1].split("|") for line in sections["labels"]
        }
        self._sections = {
            name: split(lines, dev=dev) for name, lines in sections.items() if name != "labels"
        }
        self._last = ""

    def has(self, section: str) -> bool:
        return section in self._sections

    def sentence(self, section: str) -> list[Piece]:
        return self.fill(self.source.choice(self._sections[section]))

    def fill(self, frame: str) -> list[Piece]:
        pieces, place = [], 0
        for match in _SLOT.finditer(frame):
            pieces += self._with_title(frame[place : match.start()], self._slot(match[1], match[2]))
            place = match.end()
        return [*pieces, Piece(frame[place:])]

    def _with_title(self, before: str, value: Piece) -> list[Piece]:
        """French and Spanish corpora count an abbreviated title as a part of the name."""
        title = _TITLE.search(before) if self.lang in ("fr", "es") else None
        if title is None or value.type != _PERSON:
            return [Piece(before), value]
        return [Piece(before[: title.start()]), Piece(title.group() + value.text, _PERSON)]

    def _slot(self, name: str, case: str | None) -> Piece:
        source = self.source
        if name in ("p", "g", "s", "i"):
            text = {
                "p": self.people.full, "g": self.people.given, "s": self.people.family,
                "i": lambda: self.people.given()[0] + ".",
            }[name]()  # fmt: skip
            if name == "p" and source.random() < 0.1:
                text = self.people.any()
            self._last = text
            return Piece(inflected(text, case) if case else text, _PERSON)
        makers = {
            "c": (self.places.city, _PLACE), "k": (self.places.country, _PLACE), "region": (self.places.city, _PLACE),
            "a": (self.places.address, _STREET), "st": (self.places.street, _STREET), "o": (self.places.organisation, _BODY),
            "team": (lambda: team(source, self.places.city()), _BODY), "band": (lambda: body(source, "band", self.places.city(), self.people.family()), _BODY),
            "uni": (lambda: body(source, "uni", self.places.city(), self.people.family()), _BODY),
            "school": (lambda: body(source, "school", self.places.city(), self.people.family()), _BODY),
            "label": (lambda: body(source, "label", self.places.city(), self.people.family()), _BODY),
            "paper": (lambda: body(source, "paper", self.places.city(), self.people.family()), _BODY),
            "agency": (lambda: body(source, "agency", self.places.country(), self.people.family()), _BODY),
            "parl": (lambda: body(source, "parl", self.places.city(), self.people.family()), _BODY),
            "army": (lambda: army(source), _BODY), "party": (lambda: source.choice(PARTIES), _BODY),
        }  # fmt: skip
        if name in makers:
            make, kind = makers[name]
            return Piece(make(), kind)
        return Piece(self._plain(name))

    def _plain(self, name: str) -> str:
        source, lang = self.source, self.lang
        if name == "e":
            return self.address_of(self._last or self.people.full())
        if name == "d":
            return self.date()
        lists = {
            "m": MONTHS,
            "wd": WEEKDAYS,
            "pr": PRODUCTS,
            "x": NOUNS,
            "X": NOUNS,
            "role": ROLES,
            "kin": KIN,
        }
        if name in lists:
            word = source.choice(lists[name][lang])
            return word.capitalize() if name == "X" else word
        digits = "".join(source.choices("0123456789", k=12))
        return {
            "n": source.choice((digits[:8], f"#{digits[:6]}", f"RE-{digits[:4]}-{digits[4:7]}", f"AB{digits[:7]}")),
            "ph": source.choice((f"+49 30 {digits[:7]}", f"0{digits[:3]} {digits[3:9]}", f"+1 {digits[:3]}-555-{digits[3:7]}", f"+33 6 {digits[:2]} {digits[2:4]} {digits[4:6]} {digits[6:8]}")),
            "year": str(source.randint(1850, 2025)),
            "age": str(source.randint(18, 94)),
        }[name]  # fmt: skip

    def date(self) -> str:
        source, lang = self.source, self.lang
        day, month, year = source.randint(1, 28), source.randint(1, 12), source.randint(1940, 2027)
        name = MONTHS[lang][month - 1]
        written = {
            "en": source.choice((f"{day} {name} {year}", f"{name} {day}, {year}", f"{name} {day}", f"the {day}th of {name}")),
            "de": f"{day}. {name} {year}", "es": f"{day} de {name} de {year}", "pt": f"{day} de {name} de {year}",
        }  # fmt: skip
        return source.choice(
            (
                written.get(lang, f"{day} {name} {year}"),
                f"{day:02}.{month:02}.{year}"
                if lang in ("de", "pl")
                else f"{day:02}/{month:02}/{year}",
                f"{year}-{month:02}-{day:02}",
            )
        )

    def address_of(self, name: str) -> str:
        """An e-mail address as that person may have it."""
        words = re.findall(r"[a-z]+", name.lower()) or ["info"]
        local = self.source.choice(
            (".".join(words), words[0], words[0][0] + words[-1], "_".join(words))
        )
        return f"{local}@{self.source.choice(('mail', 'post', 'work', 'acme', 'web'))}.example"
