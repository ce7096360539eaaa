"""Sentences that people read: English, with what another language needs to say them too.

`say` gives an ordinary string in English that remembers its message and what stands in it.
Whoever shows it in another language looks the message up and fills that one in; whoever
treats it as a string has English. Messages have `{name}` where something is put in: no
format, no attribute, no markup.
"""

import re
from collections.abc import Mapping, Sequence

LANGUAGES = ("en", "de", "fr", "es")
"""Tags (BCP 47) of the languages that pages are shown in; the first where nothing says which."""
MOST_PARTS = 26  # of a list in a sentence
_PLACE = re.compile(r"\{([a-z_]+)\}")


class Sentence(str):
    """English text of ours. `plural` is "" but for what is counted; `given` is put in.

    `context` tells two messages apart that are alike in English alone."""

    __slots__ = ("context", "given", "message", "number", "plural")

    context: str
    given: Mapping[str, object]
    message: str
    number: int
    plural: str

    def __new__(
        cls,
        message: str,
        *,
        plural: str = "",
        number: int = 1,
        context: str = "",
        given: Mapping[str, object] | None = None,
    ) -> "Sentence":
        given = given or {}
        template = plural if plural and number != 1 else message
        said = super().__new__(cls, fill(template, {name: str(x) for name, x in given.items()}))
        said.message, said.plural, said.number = message, plural, number
        said.context, said.given = context, given
        return said


def say(message: str, /, *, context: str = "", **given: object) -> str:
    """A sentence with `given` in its places. The message is a literal: tools collect it."""
    return Sentence(message, context=context, given=given)


def say_count(one: str, many: str, number: int, /, *, context: str = "", **given: object) -> str:
    """One sentence or the other by the number, which stands at `{count}`."""
    given = {"count": number, **given}
    return Sentence(one, plural=many, number=number, context=context, given=given)


def join_sentences(*sentences: str, between: str = " ") -> str:
    """Sentences one after the other; those that are empty are left out."""
    kept = {f"part_{chr(97 + at)}": each for at, each in enumerate(filter(None, sentences))}
    return Sentence(between.join(f"{{{name}}}" for name in kept), given=kept)


def join_list(parts: Sequence[str]) -> str:
    """Names of things with commas between them, each in its own words."""
    given = {f"part_{chr(97 + at)}": each for at, each in enumerate(parts[:MOST_PARTS])}
    more = ", …" if len(parts) > MOST_PARTS else ""
    return Sentence(", ".join(f"{{{name}}}" for name in given) + more, given=given)


def fill(template: str, given: Mapping[str, str]) -> str:
    """`template` with what is given in its places; a place that nothing is given for stays."""
    return _PLACE.sub(lambda place: given.get(place[1], place[0]), template)


def list_places(template: str) -> list[str]:
    """The names of the places in a message, sorted."""
    return sorted(place[1] for place in _PLACE.finditer(template))


def count(number: int, noun: str) -> str:
    """`0 records`, `1 record`, `2 records`: for the command line, which is English."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
