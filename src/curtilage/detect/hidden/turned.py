"""Text that runs the other way: letters moved by 13, read from the right, shown reversed.

A number that is read from its end is another number, and one in ten passes a check
digit. So numbers are turned only where the text says that they are, or where their
groups stand the wrong way round; text and keys also where words do.
"""

import codecs
import re
from collections.abc import Iterator

from curtilage.detect.hidden.reading import Piece

# Words that texts about values have, in eight languages. Turned, none of them is a word.
_WORDS = (
    "the my is and this your please number card email mail phone account passport password born insurance address "
    "meine mein ist und bitte nummer karte konto reisepass passwort geboren telefon adresse "
    "mon est votre carte compte passeport numéro passe téléphone adresse mi es mio tarjeta cuenta pasaporte número "
    "conto numero passaporto telefono minha meu conta passaporte mijn wachtwoord rekening paspoort nummer "
    "moja mój hasło konto paszport iban ssn cpf bsn pesel nhs aadhaar dni "
    "date birth born social security national insurance server token login config secret key access customer hello asked "
    "geburtsdatum kreditkarte telefonnummer steuer identifikationsnummer naissance bancaire sociale fiscale codice correo courriel burgerservicenummer"
).split()
_SHORT = frozenset({"is", "es", "my", "mi", "est", "ist", "mon", "und", "the", "and", "mio", "meu", "dni", "nhs"})  # name nothing
_BEGINNINGS = ("AKIA", "ASIA", "sk-", "ghp_", "github_pat_", "gho_", "eyJ", "xoxb-", "glpat-", "-----BEGIN ", "hf_", "AIza", "password", "postgres://", "https://")
_SAYS_ROT13 = r"[Rr][Oo][Tt][-_ ]?13"
_SAYS_REVERSED = r"[Rr]evers|[Bb]ackward|[Rr]ückwärts|[Rr]ueckwaerts|[Uu]mgekehrt|l'envers|[Ii]nvers|al revés|al reves|al contrario|rovesci|ao contrário|ao contrario|de trás|achterste|achteruit|omgekeerd|wspak|od tyłu|od końca|odwróc|mirrored"  # fmt: skip


def _rot13(text: str) -> str:
    return codecs.encode(text, "rot13")


def _backwards(text: str) -> str:
    return text[::-1]


def _caseless(word: str) -> str:
    """A word as a pattern, its first letter in either case."""
    parts = [re.escape(char) if char.isascii() else "." for char in word]
    return f"[{word[0].upper()}{word[0]}]" + "".join(parts[1:]) if word[0].isascii() and word[0].isalpha() else "".join(parts)  # fmt: skip


def _whole(words: list[str]) -> str:
    return "[^0-9A-Za-z](?:" + "|".join(dict.fromkeys(map(_caseless, words))) + ")[^0-9A-Za-z]"


_NAMING = [word for word in _WORDS if word not in _SHORT and len(word) > 2]
_KEYS_ROT13 = "|".join(re.escape(_rot13(each)) for each in _BEGINNINGS)
_LETTERS = [word for word in _NAMING if word.isascii()]
ROT13 = (
    _SAYS_ROT13,
    _whole([_rot13(word) for word in _LETTERS if len(word) > 3]),
    f"[^0-9A-Za-z](?:{_KEYS_ROT13})[0-9A-Za-z_/+-]{{12}}",
)
_ENDINGS = "|".join(re.escape(each[::-1]) for each in _BEGINNINGS)
REVERSED = (
    _SAYS_REVERSED,
    _whole([word[::-1] for word in _NAMING if len(word) > 3 and word[::-1] not in _WORDS]),
    "[^a-z](?:si|se|tse|tsi|ot) [A-Za-z ]{2,24} (?:[yY][mM]|[eE][hH][tT]|[nN]?ie[mM]|enie[mM]|[nN]o[mM]|[aAiI][mM]|oi[mM]|ue[mM]|ajo[mM]|njiM)[^A-Za-z]",
    f"[0-9A-Za-z_/+-]{{12}}(?:{_ENDINGS})[^0-9A-Za-z]",
    "[^0-9A-Za-z.](?:moc|gro|ten|ude|vog|elpmaxe|ed|rf|se|ti|lp|ln|rb|ku)[.][0-9A-Za-z.-]{2,40}@",
    "[0-9]{4}-[0-9]{2}-[0-9]{3}[^0-9-]|[0-9]{4}-[0-9]{3}-[0-9]{3}[+ .)]|[0-9]{2}-[0-9]{3}[.][0-9]{3}[.][0-9]{3}",
    "-----(?:YEK|KCOLB)",
    "[0-9]{4} ?[0-9A-Z ]{4,30}[0-9]{2}(?:ED|BG|RF|SE|TI|LN|LP|TP|EB|TA|HC|EI)[^0-9A-Za-z]",
)

_TOKEN = re.compile(r"[^\s\"'`,;<>\[\]{}()]{6,}")
_GROUPS = re.compile(r"(?<![0-9A-Za-z])[(]?[0-9A-Z]{1,34}(?:[ .\-/)(+]{1,2}[0-9A-Z]{1,24}){1,12}[+(]?(?![0-9A-Za-z@])")
_HAS_DIGIT = re.compile("[0-9]")
_ANNOUNCED = re.compile(_SAYS_REVERSED)
_ROT13_WORDS = re.compile(_whole([_rot13(word) for word in _LETTERS]))
_ROT13_KEYS = re.compile(rf"(?<![0-9A-Za-z])(?:{_KEYS_ROT13})[^\s\"'`,;<>]+")
_ANNOUNCED_HERE = re.compile(rf"(?:{_SAYS_REVERSED})[^\n:]{{0,24}}:[ \t]{{0,4}}([^\n]{{6,200}})")
_PLAIN_WORDS = re.compile(_whole(_WORDS))
_TURNED_BLOCK = re.compile("-----(?:YEK|KCOLB YEK)[A-Z ]{0,30}DNE-----[^-]{16,8000}-----(?:YEK|KCOLB YEK)[A-Z ]{0,30}NIGEB-----")
_ROT13_SAID = re.compile(_SAYS_ROT13)
_TURNED_WORDS = re.compile("(?=" + _whole([word[::-1] for word in _WORDS if word[::-1] not in _WORDS]) + ")")
_TURNED_SHAPES = re.compile("|".join(f"(?:{pattern})" for pattern in REVERSED[3:]))
_OVERRIDE = re.compile("\u202e([^\u202c\u202d\u202e\u2069\n]{2,})")
_LINE = re.compile(r"[^\n]+")


def find_rot13(text: str) -> Iterator[Piece]:
    """Lines with words that 13 letters turn into naming words; keys; what is said to be."""
    is_turned = _ROT13_WORDS.search(f" {text} ") is not None
    for line in _LINE.finditer(text):
        if (is_turned and not _PLAIN_WORDS.search(f" {line[0]} ")) or _ROT13_SAID.search(line[0]):
            yield Piece(*line.span(), _rot13(line[0]), range(line.start(), line.end() + 1))
            continue
        for key in _ROT13_KEYS.finditer(text, *line.span()):
            yield Piece(*key.span(), _rot13(key[0]), range(key.start(), key.end() + 1))


def find_reversed(text: str) -> Iterator[Piece]:
    """Lines that read from the right, and values among words that read from the left."""
    is_said = _ANNOUNCED.search(text) is not None
    is_turned = _TURNED_WORDS.search(f" {text} ") is not None
    for block in _TURNED_BLOCK.finditer(text):
        yield _turned(text, *block.span())
    for line in _LINE.finditer(text):
        if is_turned and not _PLAIN_WORDS.search(f" {line[0]} "):
            yield _turned(text, *line.span())
            continue
        if said := _ANNOUNCED_HERE.search(text, *line.span()):
            yield from _turned_value(text, said)
        for pattern in (_GROUPS, _TOKEN):
            for match in pattern.finditer(text, *line.span()):
                if is_said or _TURNED_SHAPES.search(f" {match[0]} "):
                    yield from _turned_value(text, match)


def _turned_value(text: str, match: re.Match[str]) -> Iterator[Piece]:
    """A value that runs the other way, without the full stop of its sentence."""
    start, end = match.span(match.lastindex or 0)
    while end > start and text[end - 1] in ".:!?":
        end -= 1
    value = text[start:end]
    if _HAS_DIGIT.search(value) or "@" in value or "-----" in value:
        yield _turned(text, start, end)


def _turned(text: str, start: int, end: int) -> Piece:
    return Piece(start, end, text[start:end][::-1], range(end, start - 1, -1))


def find_overridden(text: str) -> Iterator[Piece]:
    """What U+202E shows from right to left: stored backwards, so that it reads forwards."""
    for match in _OVERRIDE.finditer(text):
        yield Piece(*match.span(), match[1][::-1], range(match.end(1), match.start(1) - 1, -1))
