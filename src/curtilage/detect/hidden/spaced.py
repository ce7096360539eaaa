"""Values that are pulled apart: `4 1 1 1`, `a.d.a`, `41-11 / 11-11`, `536 - 90 - 4399`."""

import re
import sys
from collections.abc import Iterable, Iterator
from functools import lru_cache

from curtilage.detect.hidden.reading import Piece

_ASCII_MARK = r" \t.\-_*|/,:;~+#?\xb7"  # `?` is what Latin-1 does not have
SINGLES = (rf"[^0-9A-Za-z](?:[0-9A-Za-z@][{_ASCII_MARK}]{{1,5}}){{6}}[0-9A-Za-z]",)
"""Five: `, - ,` where a mark of the value itself stands between two of the disguise."""
_EVERY_OTHER = re.compile(
    r"(?<![0-9A-Za-z])[^\s]([^0-9A-Za-z\n]{1,3})[^\n](?:\1[^\n]){4,}(?![0-9A-Za-z])"
)
_ATOM = (
    r"[^\s0-9A-Za-z]{0,3}[0-9A-Za-z](?:[._\-@:/=+][0-9A-Za-z])*[^\s0-9A-Za-z]{0,3}|[@.\-_:/+=(),]"
)
_APART = re.compile(rf"(?<![^\s])(?:{_ATOM})(?:[ \t]{{1,3}}(?:{_ATOM})){{5,}}(?![^\s])")


def _either_case(stems: str) -> str:
    return "|".join(
        f"(?:[{stem[0].upper()}{stem[0]}]{stem[1:]}|{stem.upper()})" for stem in stems.split("|")
    )


# Words that say what a number is; they stand before it. Stems, in eight languages.
_NAMING = (
    "card|visa|mastercard|karte|carte|tarjeta|carta|cart.o|kaart|karta|karty|iban|konto|account|compte|cuenta|conto|conta|rekening|rachun"
    "|ssn|social sec|sozialvers|s.cu|insee|nir|nino|insurance|passport|pass|passeport|pasaporte|passaporto|passaporte|paspoort|paszport"
    "|phone|t[eé]l|mobil|handy|m.vil|cellulare|call|dial|number|nummer|num.ro|n.mero|numer|tax|steuer|fiscal|codice|nhs|bsn|pesel|cpf|aadhaar|dni|nif|nie"
    "|born|birth|dob|geb|naissance|nacimiento|nascita|nascimento|geboorte|urodz|ip|host|server|address|identi|licen"
)
_PARTS_OF_WORDS = "karte|konto|nummer|number|numéro|numero|número|phone|telefon|telefoon|passport|reisepass|carte|tarjeta|geburts|versicherung"
NAMING = (rf"[^A-Za-z](?:{_either_case(_NAMING)})", _PARTS_OF_WORDS)
REACH = 40  # characters between the word and the number
FAR = 240  # the same, where the number stands in cells or lines
_BETWEEN = (
    r"(?:[ \t]{0,2}[-_.*|/,\u00b7\u2022~:;+#][ \t]{0,2}|[ \t]{1,3}|[-_.*/]{2,3}|[)\]}] ?[(\[{])"
)


_N = "[0-9]{1,6}"
GROUPS = (
    rf"{_N}(?:[ \t]{{0,2}}[_*|~;#+\xb7,][ \t]{{0,2}}{_N}){{2}}",
    rf"[0-9](?:[ ]{{1,2}}[-./:][ ]{{1,2}}{_N}){{2}}",
    "[^0-9][0-9]{2,3}(?: [0-9]{2,3}){3}[^0-9]",
    "[0-9]{3}/[0-9]{3,6}/[0-9]|[0-9]/[0-9]{1,6}/[0-9]{1,6}/[0-9]",
    rf"[0-9](?:[ ]{{2,3}}|[-_.*/]{{2,3}}){_N}(?:[ ]{{2,3}}|[-_.*/]{{2,3}})[0-9]",
    r"[0-9][)\]}] ?[(\[{][0-9]",
    # `HTTP/1.1` is in every line of many a log.
    "(?:[A-Z][A-OQ-Z]|[A-SU-Z]P)[-_./*|][0-9]{1,4}[-_./*|][0-9]",
    "TP(?:[-_.*|][0-9]{1,4}|/[0-9]{2,4})[-_./*|][0-9]|TP/[0-9][-_/*|][0-9]",
    "[0-9]-[0-9]{1,4} [0-9]{1,4}-[0-9]|[0-9] [0-9]{1,4}-[0-9]{1,4} [0-9]",
)
"""How nobody writes a number."""
# All in small letters, one literal beside the other: `re` is several times as fast so.
_NAMED = re.compile(f"(?<![a-z])(?:{_NAMING})|{_PARTS_OF_WORDS}")
_GROUPS = re.compile(
    rf"(?<![0-9A-Za-z])(?:(?!ID|NO|NR|IP|IS|MY|NI)[A-Z]{{1,2}}{_BETWEEN}?|(?:[A-Z]{{2,6}}[-_./*|]){{1,3}})?[0-9]{{1,8}}(?:{_BETWEEN}(?:[0-9]{{1,8}}|[0-9A-Z]{{1,8}}(?=[^0-9A-Za-z]|$))){{1,32}}(?![0-9A-Za-z])"
)

_SPACE = re.compile(r"\s")
_MARKS = re.compile("[^0-9A-Za-z]")
_LOOSE = re.compile(r"[ \t]+(?=[-./:])|(?<=[-./:])[ \t]+")
_MARK_BEFORE = re.compile("[0-9]([-.])[0-9]{1,8}$")
_MARK_AFTER = re.compile("[0-9]{1,8}([-.])[0-9]")


def find_singles(text: str) -> Iterator[Piece]:
    """Characters that stand alone: with one mark between all of them, or with white space."""
    for match in _EVERY_OTHER.finditer(text):
        start, end = match.span()
        step = 1 + len(match[1])
        said = match[0][::step]
        if _is_apart(said):
            yield Piece(start, end, said, [*range(start, end, step), end])


def find_apart(text: str) -> Iterator[Piece]:
    """The same with white space that goes and marks that stay: `a.d.a @ e x a m p l e`."""
    for match in _APART.finditer(text):
        if _is_apart(match[0]):
            yield _without(match[0], match.start(), _SPACE)


def _is_apart(said: str) -> bool:
    """Whether this may be a value: with digits or an `@`, or long."""
    return sum(map(str.isalnum, said)) >= 6 and ("@" in said or any(map(str.isdigit, said)) or len(said) > 15)  # fmt: skip


def find_groups(text: str) -> Iterator[Piece]:
    """Groups of digits with anything between them, behind a word that names a number."""
    for match in _GROUPS.finditer(text):
        start = match.start()
        is_long_enough = 6 <= sum(map(str.isdigit, match[0])) <= 34
        if is_long_enough and names_a_number(text, max(0, start - REACH - 16), start):
            yield _without(match[0], start, _MARKS)


def close_up(text: str, pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Groups with white space around their marks, of which the marks stay."""
    for piece in pieces:
        raw = text[piece.start : piece.end]
        if " " in raw or "\t" in raw:
            yield _without(raw, piece.start, _LOOSE)


def _without(raw: str, start: int, gone: re.Pattern[str]) -> Piece:
    """What is left of what stands at `start` without what goes; where each character stood."""
    dropped = {at for part in gone.finditer(raw) for at in range(*part.span())}
    kept = [at for at in range(len(raw)) if at not in dropped]
    marks = [*(start + at for at in kept[:1]), *(start + at + 1 for at in kept)]
    return Piece(start, start + len(raw), "".join([raw[at] for at in kept]), marks)


def mark_between(text: str, start: int, end: int) -> str:
    """What parts the groups of digits beside a gap: a hyphen, a stop, else a space."""
    beside = _MARK_BEFORE.search(text, max(0, start - 12), start) or _MARK_AFTER.match(text, end)
    return beside[1] if beside else " "


def names_a_number(text: str, start: int = 0, end: int = sys.maxsize) -> bool:
    """Whether a word in `text[start:end]` says what a number is: not `ip` in `ship`."""
    return _has_name(text[start:end])


@lru_cache(maxsize=1024)  # in a log, what stands before a number is the same in line after line
def _has_name(said: str) -> bool:
    return _NAMED.search(said.lower()) is not None
