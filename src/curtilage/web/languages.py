"""The languages of the pages, and how a message is said in each.

Catalogues are gettext's (`words/<language>.po`, compiled to `.mo`), read once at the start.
A message without a translation is said in English: tests refuse one, readers are not refused.
"""

import gettext
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from curtilage.core.words import Sentence, fill
from curtilage.web import numerals
from curtilage.web.numerals import Numerals

FOLDER = Path(__file__).parent / "words"


@dataclass(frozen=True, slots=True)
class Language:
    """One language: its tag (BCP 47), its name in itself, and which way it runs."""

    tag: str
    name: str
    numerals: Numerals = numerals.ENGLISH
    direction: str = "ltr"
    catalogue: gettext.NullTranslations = field(default_factory=gettext.NullTranslations)

    def tell(self, text: str) -> str:
        """`text` in this language where it is one of ours; else as it is."""
        if not isinstance(text, Sentence):
            return text
        words = self.find_words(text.message, text.context, text.plural, text.number)
        parts = {name: self.tell_part(value) for name, value in text.given.items()}
        return fill(words, parts) if parts else words

    def tell_part(self, value: object) -> str:
        """What stands in a sentence: text as `tell` has it, numbers as the language writes them."""
        if isinstance(value, str):
            return self.tell(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return self.numerals.number(value)
        return str(value)

    def find_words(self, message: str, context: str = "", plural: str = "", number: int = 1) -> str:
        """A message in this language, its places not yet filled in."""
        book = self.catalogue
        if plural and context:
            return book.npgettext(context, message, plural, number)
        if plural:
            return book.ngettext(message, plural, number)
        return book.pgettext(context, message) if context else book.gettext(message)


ENGLISH = Language("en", "English")


@dataclass(frozen=True, slots=True)
class Languages:
    """Those that pages are shown in, the first where nothing says which."""

    every: Sequence[Language] = (ENGLISH,)

    @property
    def first(self) -> Language:
        return self.every[0]

    @property
    def tags(self) -> tuple[str, ...]:
        return tuple(each.tag for each in self.every)

    def find(self, tag: str) -> Language | None:
        """The language of a tag, as it is written here."""
        return next((each for each in self.every if each.tag == tag), None)

    def tell(self, tag: str, text: str) -> str:
        """`text` in the language of a tag, or in the first one."""
        return (self.find(tag) or self.first).tell(text)


@cache
def load_languages(folder: Path = FOLDER) -> Languages:
    """English and all that there is a catalogue for. They do not change while we run."""
    return Languages(
        (
            Language("en", "English"),
            Language("de", "Deutsch", numerals.GERMAN, catalogue=_read(folder / "de.mo")),
            Language("fr", "Français", numerals.FRENCH, catalogue=_read(folder / "fr.mo")),
            Language("es", "Español", numerals.SPANISH, catalogue=_read(folder / "es.mo")),
        )
    )


def _read(path: Path) -> gettext.NullTranslations:
    with path.open("rb") as file:
        return gettext.GNUTranslations(file)
