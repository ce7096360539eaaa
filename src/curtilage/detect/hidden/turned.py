"""Text that runs the other way: letters moved by 13, read from the right, shown reversed.

A number that is read from its end is another number, and one in ten passes a check
digit. So numbers are turned only where the text says that they are, or where their
groups stand the wrong way round; text and keys also where words do.
"""

import codecs
import re
from collections.abc import Callable, Iterable, Iterator

from curtilage.detect.hidden.reading import Piece

# Words that texts about values have. None of them, turned, is a word of any of the languages.
_LANGUAGES = {
    "en": "the my is and this your you for from with that have please number card email mail phone account passport password born date birth social security insurance national address server token login config secret key access customer call notes hello",
    "de": "meine mein ist und bitte nummer karte kreditkarte konto reisepass passwort geboren geburtsdatum telefon telefonnummer adresse steuer",
    "fr": "mon est votre carte bancaire compte passeport naissance numéro passe téléphone adresse courriel sociale",
    "es": "mi es tarjeta cuenta pasaporte número correo nacimiento",
    "it": "mio conto numero passaporto telefono codice fiscale nascita",
    "pt": "minha meu conta passaporte cartão",
    "nl": "mijn wachtwoord rekening paspoort burgerservicenummer geboortedatum",
    "pl": "moja mój hasło konto paszport",
    "names": "iban ssn cpf bsn pesel nhs nino aadhaar dni nif nir",
}
_WORDS = [word for words in _LANGUAGES.values() for word in words.split()]
_BEGINNINGS = ("AKIA", "ASIA", "sk-", "gho_", "ghp_", "github_pat_", "eyJ", "xoxb-", "glpat-", "hf_", "AIza", "-----BEGIN ", "LS0tLS1", "password", "postgres://", "https://")  # fmt: skip
_SAYS_ROT13 = r"[Rr][Oo][Tt][-_ ]?13"
_SAYS_REVERSED = r"[Rr]eversed|in reverse|[Bb]ackwards|[Rr]ückwärts|[Rr]ueckwaerts|[Uu]mgekehrt|l'envers|inversé|[Ii]nvertid|al revés|al reves|al contrario|rovesci|ao contrário|ao contrario|de trás|achterste|achteruit|omgekeerd|wspak|od tyłu|od końca|odwróc"  # fmt: skip


def _rot13(text: str) -> str:
    return codecs.encode(text, "rot13")


def _backwards(text: str) -> str:
    return text[::-1]


def _turned_words(turn: Callable[[str], str], least: int) -> str:
    """A pattern for words that were turned, as they stand in a sentence, a title or capitals."""
    forms = [form for word in _WORDS for form in (word, word.capitalize(), word.upper())]
    turned = dict.fromkeys(turn(form) for form in forms if len(form) >= least)
    known = [form for form in turned if form.lower() not in _WORDS]
    return _any_word(known)


def _any_word(words: Iterable[str]) -> str:
    spelled = (re.sub("[^ -~]", ".", re.escape(word)) for word in words)
    return "[^0-9A-Za-z](?:" + "|".join(spelled) + ")[^0-9A-Za-z]"


_LEAST = 4  # letters of a word that alone says that a text is turned
_KEYS_ROT13 = "|".join(re.escape(_rot13(each)) for each in _BEGINNINGS)
ROT13 = (
    _SAYS_ROT13,
    _turned_words(_rot13, _LEAST),
    f"[^0-9A-Za-z](?:{_KEYS_ROT13})[0-9A-Za-z_/+-]{{12}}",
    "-----ORTVA [A-Z ]{3,30}-----",
    "[^0-9A-Za-z](?:OFA|QAV|FFA|AUF|PCS)[^A-Za-z]{1,3}[0-9]",
)
_ENDINGS = "|".join(re.escape(each[::-1]) for each in _BEGINNINGS)
REVERSED = (
    _SAYS_REVERSED,
    _turned_words(_backwards, _LEAST),
    "[^a-z](?:si|se|tse|tsi|ot) [A-Za-z ]{2,24} (?:[yY][mM]|[eE][hH][tT]|[nN]?ie[mM]|enie[mM]|[nN]o[mM]|[aAiI][mM]|oi[mM]|ue[mM]|ajo[mM]|njiM)[^A-Za-z]",
    "[0-9] {0,2}:? {0,2}(?:NSB|IND|NSS|SHN|FPC|FIN|RIN)[^A-Za-z]",
    f"[0-9A-Za-z_/+-]{{12}}(?:{_ENDINGS})[^0-9A-Za-z]",
    "-----(?:YEK|KCOLB)",
    ":[23]-eliF-yeK-resU-YTTuP",
    "[^0-9A-Za-z.](?:moc|gro|ten|ude|vog|elpmaxe|ed|rf|se|ti|lp|ln|rb|ku)[.][0-9A-Za-z.-]{2,40}@",
    "[0-9]{4}-[0-9]{2}-[0-9]{3}[^0-9-]|[0-9]{4}-[0-9]{3}-[0-9]{3}[+ .)]|[0-9]{2}-[0-9]{3}[.][0-9]{3}[.][0-9]{3}",
    "[0-9]{4} ?[0-9A-Z ]{4,30}[0-9]{2}(?:ED|BG|RF|SE|TI|LN|LP|TP|EB|TA|HC|EI)[^0-9A-Za-z]",
)
_SHAPES = 4  # where in REVERSED the shapes of values begin

_TOKEN = re.compile(r"[^\s\"'`,;<>\[\]{}()]{6,}")
_GROUPS = re.compile(
    r"(?<![0-9A-Za-z])[(]?[0-9A-Z]{1,34}(?:[ .\-/)(+]{1,2}[0-9A-Z]{1,24}){1,12}[+(]?(?![0-9A-Za-z@])"
)
_VALUE = re.compile(
    rf"(?:[0-9][^0-9]{{0,3}}){{5}}|[0-9A-Za-z]@[0-9A-Za-z-]{{1,60}}[.][a-z]{{2}}|{'|'.join(map(re.escape, _BEGINNINGS))}"
)
_ANNOUNCED = re.compile(_SAYS_REVERSED)
_ANNOUNCED_HERE = re.compile(rf"(?:{_SAYS_REVERSED})[^\n:]{{0,24}}:[ \t]{{0,4}}([^\n]{{6,200}})")
_PLAIN_WORDS = re.compile(_any_word(_WORDS), re.IGNORECASE)
_ROT13_WORDS = re.compile(_turned_words(_rot13, 3))
_ROT13_KEYS = re.compile(rf"(?<![0-9A-Za-z])(?:{_KEYS_ROT13})[^\s\"'`,;<>]+")
_ROT13_BLOCK = re.compile("-----ORTVA [A-Z ]{3,30}-----[^-]{16,8000}-----RAQ [A-Z ]{3,30}-----")
_ROT13_SAID = re.compile(_SAYS_ROT13)
_REVERSED_WORDS = re.compile(_turned_words(_backwards, 3))
_REVERSED_SHAPES = re.compile("|".join(f"(?:{pattern})" for pattern in REVERSED[_SHAPES:]))
_REVERSED_BLOCK = re.compile(
    "-----(?:YEK|KCOLB YEK)[A-Z ]{0,30}DNE-----[^-]{16,8000}-----(?:YEK|KCOLB YEK)[A-Z ]{0,30}NIGEB-----"
    r"|\n(?:[0-9A-Za-z+/=]{1,80}\n){1,24}[0-9]{1,3} :seniL-etavirP\n(?:[^\n]{1,80}\n){1,24}[^\n]{1,40}:[23]-eliF-yeK-resU-YTTuP"
)
_OVERRIDE = re.compile("\u202e([^\u202c\u202d\u202e\u2069\n]{2,})")
_LINE = re.compile(r"[^\n]+")


def find_rot13(text: str) -> Iterator[Piece]:
    """Lines with words that 13 letters turn into naming words; keys; what is said to be."""
    is_turned = _ROT13_WORDS.search(f" {text} ") is not None
    for block in _ROT13_BLOCK.finditer(text):
        yield Piece(*block.span(), _rot13(block[0]), range(block.start(), block.end() + 1))
    for line in _LINE.finditer(text):
        if (is_turned and not _PLAIN_WORDS.search(f" {line[0]} ")) or _ROT13_SAID.search(line[0]):
            yield Piece(*line.span(), _rot13(line[0]), range(line.start(), line.end() + 1))
            continue
        for key in _ROT13_KEYS.finditer(text, *line.span()):
            yield Piece(*key.span(), _rot13(key[0]), range(key.start(), key.end() + 1))


def find_reversed(text: str) -> Iterator[Piece]:
    """Lines that read from the right, and values among words that read from the left."""
    is_said = False
    is_turned = _REVERSED_WORDS.search(f" {text} ") is not None
    blocks: list[tuple[int, int]] = []
    for block in _REVERSED_BLOCK.finditer(text):
        blocks.append(_whole_lines(text, *block.span()) if is_turned else block.span())
        yield _turned(text, *blocks[-1])
    for line in _LINE.finditer(text):
        if any(start < line.end() and line.start() < end for start, end in blocks):
            continue
        if is_turned and not _PLAIN_WORDS.search(f" {line[0]} "):
            yield _turned(text, *line.span())
            continue
        if said := _ANNOUNCED_HERE.search(text, *line.span()):
            yield from _turned_value(text, said)
        was_said, is_said = is_said, _ANNOUNCED.search(line[0]) is not None
        for pattern in (_GROUPS, _TOKEN):
            for match in pattern.finditer(text, *line.span()):
                if is_said or was_said or _REVERSED_SHAPES.search(f" {match[0]} "):
                    yield from _turned_value(text, match)


def _whole_lines(text: str, start: int, end: int) -> tuple[int, int]:
    """From the beginning of the first line to the end of the last: one way to read each line."""
    stop = text.find("\n", end)
    return text.rfind("\n", 0, start) + 1, stop if stop >= 0 else len(text)


def _turned_value(text: str, match: re.Match[str]) -> Iterator[Piece]:
    """A value that runs the other way, without the full stop of its sentence."""
    start, end = match.span(match.lastindex or 0)
    while end > start and text[end - 1] in ".:!?":
        end -= 1
    if _VALUE.search(text[start:end][::-1]):
        yield _turned(text, start, end)


def _turned(text: str, start: int, end: int) -> Piece:
    return Piece(start, end, text[start:end][::-1], range(end, start - 1, -1))


def find_overridden(text: str) -> Iterator[Piece]:
    """What U+202E shows from right to left: stored backwards, so that it reads forwards."""
    for match in _OVERRIDE.finditer(text):
        yield Piece(*match.span(), match[1][::-1], range(match.end(1), match.start(1) - 1, -1))
