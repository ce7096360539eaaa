"""Addresses in words: `ada at orchard dot example`, `ada [at] orchard [.] example`."""

import re
from collections.abc import Iterator

from curtilage.detect.hidden.reading import Piece

_AT = ("at", "AT", "At", "4t", "arobase", "arobas", "arroba", "chiocciola", "klammeraffe", "Klammeraffe", "ät", "apenstaartje", "małpa", "malpa", "chez", "at-sign", "at sign")  # fmt: skip
_DOT = ("dot", "DOT", "Dot", "d0t", "point", "POINT", "punkt", "Punkt", "PUNKT", "punto", "PUNTO", "ponto", "PONTO", "punt", "PUNT", "kropka", "KROPKA", "period")  # fmt: skip
_OTHERS = {
    "_": ("underscore", "unterstrich", "Unterstrich", "tiret bas", "underscore", "guion bajo", "guión bajo", "trattino basso", "sublinhado", "liggend streepje", "podkreślnik", "podkreślenie"),
    "-": ("dash", "hyphen", "minus", "bindestrich", "Bindestrich", "tiret", "guion", "guión", "trattino", "hífen", "traço", "streepje", "myślnik", "kreska"),
    "+": ("plus",),
}  # fmt: skip
_TOPS = (
    "com|org|net|edu|gov|mil|int|info|biz|io|ai|app|dev|co|me|tv|eu|us|uk|de|at|ch|fr|be|lu|es|it|pt|nl|pl|br|mx|ar|cl|in|ca|au|nz|ie|se|no|dk|fi|cz|sk|hu|ro|gr|jp|cn|ru|"
    "example|test|invalid|localhost|local|email|online|site|xyz|cloud"
)


def _either(words: tuple[str, ...]) -> str:
    return (
        "(?:"
        + "|".join(re.escape(word).replace("\\ ", " ").replace("\\-", "-") for word in words)
        + ")"
    )


_OPENED, _CLOSED = r"(?:[ \t_]{0,2}[(\[{<*][ \t]?)", r"(?:[ \t]?[)\]}>*][ \t_]{0,2})"
_IN_BRACKETS = rf"{_OPENED}(?:{_either(_AT)}|@){_CLOSED}"
_DOT_IN_BRACKETS = rf"{_OPENED}(?:{_either(_DOT)}|[.]){_CLOSED}"
_SAYS_AT = (
    rf"(?:{_IN_BRACKETS}|[ \t_]{{1,2}}{_either(_AT)}[ \t_]{{1,2}}|[ \t]{{1,2}}@[ \t]{{1,2}}|@)"
)
_SAYS_DOT = rf"(?:{_DOT_IN_BRACKETS}|[ \t_]{{1,2}}{_either(_DOT)}[ \t_]{{1,2}}|[ \t]{{1,2}}[.][ \t]{{1,2}}|[.])"
_SAYS_MARK = rf"[ \t]{{1,2}}{_either(tuple(word for words in _OTHERS.values() for word in words))}[ \t]{{1,2}}"
_WORD = r"[0-9A-Za-z\u00c0-\u024f]{1,40}"
_LOCAL = rf"{_WORD}(?:(?:{_SAYS_DOT}|{_SAYS_MARK}|[+_%-]){_WORD}){{0,6}}"
_ADDRESS = re.compile(
    rf"(?<![0-9A-Za-z@.\u00c0-\u024f])(?P<local>{_LOCAL})(?P<at>{_SAYS_AT})"
    rf"(?P<domain>{_WORD}(?:(?:{_SAYS_DOT}|{_SAYS_MARK}|-){_WORD}){{0,5}})"
    rf"(?P<dot>{_SAYS_DOT})(?P<top>{_TOPS}|c0m|0rg|n3t)(?![0-9A-Za-z\u00c0-\u024f])"
)
_PARTS = re.compile(rf"({_DOT_IN_BRACKETS}|[ \t_]{{1,2}}{_either(_DOT)}[ \t_]{{1,2}}|[ \t]{{1,2}}[.][ \t]{{1,2}})|({_SAYS_MARK})")  # fmt: skip
_NOBODY = frozenset({"me", "us", "him", "her", "them", "look", "live", "is", "are", "was", "hosted", "available", "found", "you", "it", "and", "or", "out", "here", "now", "online", "site", "page", "docs", "documentation", "posted", "example"})  # fmt: skip
_WORDS = frozenset({"in", "me", "it", "us", "at", "de", "es", "be", "co", "no", "se", "au", "is", "info", "local", "site", "online"})  # fmt: skip
"""Top-level domains that are words as well: `at this point in`."""
_LIKE_NO_WORD = re.compile("[0-9._]")
_SAYS_MAIL = re.compile(r"(?i)\b(?:e-?mail|mail|courriel|correo|reach|contact|schreib|adresse?|address|posta|wachtwoord|account)\b")  # fmt: skip
_TOPS_IN_DIGITS = {"c0m": "com", "0rg": "org", "n3t": "net"}
NEAR = 48  # characters before, for a word that says it is an address

ADDRESSES = (
    rf"[0-9A-Za-z]{_IN_BRACKETS}[0-9A-Za-z]",
    rf"[ \t_]{_either(_AT)}[ \t_]{{1,2}}[0-9A-Za-z-]{{1,40}}(?:{_OPENED}|[ \t_]){{1,2}}(?:{_either(_DOT)}|[.])[)\]}}> \t_]",
    rf"@[0-9A-Za-z-]{{1,40}}{_DOT_IN_BRACKETS}[0-9A-Za-z]",
    rf"@[0-9A-Za-z-]{{1,40}}[ \t]{{1,2}}(?:{_either(_DOT)}|[.])[ \t]{{1,2}}[a-z]",
    r"@[0-9A-Za-z-]{1,40}[.](?:c0m|0rg|n3t)[^0-9A-Za-z]",
    rf"[0-9A-Za-z] @ [0-9A-Za-z-]{{1,40}}(?:[.]|{_DOT_IN_BRACKETS}|[ \t]{{1,2}}{_either(_DOT)}[ \t]{{1,2}})[a-z]",
    rf"[ \t]{_either(_AT[1:])}[ \t]{{1,2}}[0-9A-Za-z-]{{1,40}}[.][a-z]",
    r"(?:[Mm]ail|[Aa]ddress|[Aa]dresse|courriel|correo)[^\n]{0,40} at [0-9A-Za-z-]{1,40}[.][a-z]",
)
_DOTTED = rf"(?:{_OPENED}(?:{_either(_DOT)}|[.]){_CLOSED}|[ \t]{{1,2}}{_either(_DOT)}[ \t]{{1,2}})"
DEFANGED = (rf"[0-9]{{1,3}}{_DOTTED}[0-9]{{1,3}}{_DOTTED}[0-9]",)
_DEFANGED = re.compile(
    rf"(?<![0-9A-Za-z.])[0-9]{{1,3}}(?:(?:{_DOTTED}|[.])[0-9]{{1,3}}){{3}}(?![0-9A-Za-z])"
)


def find_addresses(text: str) -> Iterator[Piece]:
    """E-mail addresses whose marks are words, or stand apart."""
    for match in _ADDRESS.finditer(text):
        if (
            match["at"] == "@"
            and match["dot"] == "."
            and _PARTS.search(match[0]) is None
            and match["top"] not in _TOPS_IN_DIGITS
        ):
            continue  # as anyone writes it
        if _is_spoken(match, text):
            said, marks = _address(match)
            yield Piece(*match.span(), said, marks)


def _is_spoken(match: re.Match[str], text: str) -> bool:
    """Whether this is an address, and no sentence about a place: `hosted at forge.example`."""
    at, local = match["at"], match["local"]
    is_word = at.strip(" \t_") == "at" and at[0] in " \t"
    if is_word and match["dot"].strip(" \t").isalpha() and match["top"] in _WORDS:
        return _LIKE_NO_WORD.search(local) is not None or _says_mail(match, text)
    if not is_word or match["dot"] != ".":
        return True
    if local.lower() in _NOBODY:
        return False
    if _LIKE_NO_WORD.search(local):
        return True
    return _says_mail(match, text)


def _says_mail(match: re.Match[str], text: str) -> bool:
    return _SAYS_MAIL.search(text, max(0, match.start() - NEAR), match.start()) is not None


def _address(match: re.Match[str]) -> tuple[str, list[int]]:
    said: list[str] = []
    marks: list[int] = [match.start()]

    def say(value: str, start: int, end: int) -> None:
        said.append(value)
        marks.extend(
            range(start + 1, start + len(value))
            if len(value) == end - start
            else [end] * (len(value) - 1)
        )
        marks.append(end)

    text = match.string
    for name in ("local", "at", "domain", "dot", "top"):
        start, end = match.span(name)
        if name == "at":
            say("@", start, end)
        elif name == "dot":
            say(".", start, end)
        elif name == "top":
            say(_TOPS_IN_DIGITS.get(match[name], match[name]), start, end)
        else:
            at = start
            for part in _PARTS.finditer(text, start, end):
                if at < part.start():
                    say(text[at : part.start()], at, part.start())
                say("." if part[1] else _mark(part[2]), *part.span())
                at = part.end()
            if at < end:
                say(text[at:end], at, end)
    return "".join(said), marks


def _mark(words: str) -> str:
    return next(mark for mark, names in _OTHERS.items() if words.strip() in names)


def find_defanged(text: str) -> Iterator[Piece]:
    """Network addresses whose dots are words or stand in brackets."""
    for match in _DEFANGED.finditer(text):
        said: list[str] = []
        marks = [match.start()]
        for part in re.finditer(r"[0-9]+|[^0-9]+", match[0]):
            value = part[0] if part[0].isdigit() else "."
            said.append(value)
            marks += [*range(match.start() + part.start() + 1, match.start() + part.start() + len(value)), match.start() + part.end()]  # fmt: skip
        if (joined := "".join(said)) != match[0]:
            yield Piece(*match.span(), joined, marks)
