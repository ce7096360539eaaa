"""Languages that nobody speaks: they show what a translation does to a page."""

import gettext
import re

from curtilage.core.words import fill, list_places
from curtilage.web.languages import Language, Languages, load_languages

WIDER = 1.4  # UI: layouts survive texts that are 40 % longer


class Echo(gettext.NullTranslations):
    """Says every message at once longer and recognisably, in Latin letters or in Hebrew ones."""

    def __init__(self, *, hebrew: bool = False) -> None:
        super().__init__()
        self.hebrew = hebrew

    def gettext(self, message: str) -> str:
        return stretch(message, hebrew=self.hebrew)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)

    def pgettext(self, context: str, message: str) -> str:
        return self.gettext(message)

    def npgettext(self, context: str, msgid1: str, msgid2: str, n: int) -> str:
        return self.ngettext(msgid1, msgid2, n)


def stretch(message: str, *, hebrew: bool = False) -> str:
    """A message in brackets and longer by two fifths, its places as they were."""
    kept = {name: f"\0{at}\0" for at, name in enumerate(list_places(message))}
    text = fill(message, kept)
    if hebrew:
        text = "".join(chr(0x5D0 + ord(each.lower()) - 97) if each.isascii() and each.isalpha()
                       else each for each in text)  # fmt: skip
    words = text.split(" ")
    room = round(len(text) * (WIDER - 1))
    more = re.sub("\0[0-9]+\0", "", " ".join(words))[: max(1, room - 2)].strip()
    longer = f"⟦{text} {more or '~'}⟧"
    for name, mark in kept.items():
        longer = longer.replace(mark, f"{{{name}}}")
    return longer


LONG = Language("en-x-long", "Longlish", catalogue=Echo())
FROM_THE_RIGHT = Language("he-x-long", "עברית", direction="rtl", catalogue=Echo(hebrew=True))


def every_tongue() -> Languages:
    """Ours, and these two."""
    return Languages((*load_languages().every, LONG, FROM_THE_RIGHT))
