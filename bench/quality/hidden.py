"""Values in disguise: each trick of hidden text with each of the commonest types.

    for case in cases(seed): trick, type, text, start, end = case

`text[start:end]` is what has to be covered, so that nothing of the value is left. Tricks
that make no sense for a type (a private key in words) are left out.
"""

import base64
import codecs
import html
import random
import re
import string
import unicodedata
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from bench.quality.values import draw

TYPES: Mapping[str, tuple[str, ...]] = {
    "EMAIL_ADDRESS": ("email", "E-Mail-Adresse", "courriel", "correo"),
    "PHONE_NUMBER": ("phone number", "Telefonnummer", "téléphone", "teléfono"),
    "CREDIT_CARD": ("card number", "Kreditkarte", "carte bancaire", "tarjeta"),
    "IBAN_CODE": ("IBAN", "account"),
    "US_SSN": ("SSN", "social security number"),
    "US_PASSPORT": ("passport number", "passport"),
    "DATE_OF_BIRTH": ("date of birth", "Geburtsdatum", "date de naissance"),
    "IP_ADDRESS": ("IP address", "server"),
    "DE_TAX_ID": ("Steuer-ID", "steuerliche Identifikationsnummer"),
    "FR_NIR": ("numéro de sécurité sociale", "NIR"),
    "ES_NIF": ("NIF", "DNI"),
    "IT_FISCAL_CODE": ("codice fiscale",),
    "UK_NINO": ("National Insurance number", "NINO"),
    "UK_NHS": ("NHS number",),
    "NL_BSN": ("BSN", "burgerservicenummer"),
    "PL_PESEL": ("PESEL",),
    "BR_CPF": ("CPF",),
    "IN_AADHAAR": ("Aadhaar number", "Aadhaar"),
    "SEC_AWS_ID": ("AWS key", "access key"),
    "SEC_OPENAI": ("OpenAI key", "API key"),
    "SEC_GITHUB": ("GitHub token", "token"),
    "SEC_JWT": ("token", "JWT"),
    "SEC_PASSWORD_ASSIGN": ("login", "config"),
    "SEC_PRIVATE_KEY": ("key",),
}
POOL = 24  # values of each type
FRAMES = (
    "My {name} is {value}, please keep it safe.",
    "{name}: {value}",
    "Hello, I was asked for my {name} again. It is {value}. Best, Kim",
    "Notes from the call\n{name} {value}\nCall back on Monday.",
)
_WORDS = {
    "en": ("zero one two three four five six seven eight nine", "at", "dot", "dash"),
    "de": ("null eins zwei drei vier fünf sechs sieben acht neun", "at", "punkt", "bindestrich"),
    "fr": ("zéro un deux trois quatre cinq six sept huit neuf", "arobase", "point", "tiret"),
    "es": ("cero uno dos tres cuatro cinco seis siete ocho nueve", "arroba", "punto", "guion"),
    "it": ("zero uno due tre quattro cinque sei sette otto nove", "chiocciola", "punto", "trattino"),
    "pt": ("zero um dois três quatro cinco seis sete oito nove", "arroba", "ponto", "hífen"),
    "nl": ("nul een twee drie vier vijf zes zeven acht negen", "apenstaartje", "punt", "streepje"),
    "pl": ("zero jeden dwa trzy cztery pięć sześć siedem osiem dziewięć", "małpa", "kropka", "myślnik"),
}  # fmt: skip
_CYRILLIC = str.maketrans("aceopxyABCEHKMOPTXijs", "асеорхуАВСЕНКМОРТХіјѕ")
_GREEK = str.maketrans("oABEHIKMNOPTXYZ", "οΑΒΕΗΙΚΜΝΟΡΤΧΥΖ")


class Case(NamedTuple):
    trick: str
    type: str
    text: str
    start: int
    end: int


Disguise = Callable[[str, random.Random], str | None]
"""The value in disguise; None where the trick does not fit it."""


def _each(change: Callable[[str], str]) -> Disguise:
    return lambda value, dice: "".join(map(change, value))


def _digits(zero: int) -> Disguise:
    return lambda value, dice: _if_digits(
        value, "".join(chr(zero + int(char)) if char in "0123456789" else char for char in value)
    )


def _if_digits(value: str, said: str | None, least: int = 6) -> str | None:
    """Only for values that are mostly digits."""
    return said if sum(map(str.isdigit, value)) >= least and len(value) < 40 else None


def _short(disguise: Disguise, longest: int = 80) -> Disguise:
    return lambda value, dice: disguise(value, dice) if len(value) <= longest else None


def _wide(char: str) -> str:
    return chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char


def _circled(char: str) -> str:
    if char in "123456789":
        return chr(0x2460 + int(char) - 1)
    return "⓪" if char == "0" else char


def _base64(value: str, *, url: bool = False, pad: bool = True) -> str:
    encode = base64.urlsafe_b64encode if url else base64.b64encode
    said = encode(value.encode()).decode()
    return said if pad else said.rstrip("=")


def _wrapped(value: str, dice: random.Random) -> str | None:
    said = _base64(f"as agreed, here it is: {value}, thanks and until next week")
    return "\n".join(said[at : at + 64] for at in range(0, len(said), 64))


def _hex(between: str, before: str = "") -> Disguise:
    return lambda value, dice: before + between.join(f"{byte:02x}" for byte in value.encode())


def _escaped(form: str) -> Disguise:
    return _each(lambda char: form.format(ord(char)))


def _between(mark: str) -> Disguise:
    return lambda value, dice: mark.join(value)


def _regrouped(mark: str, size: int) -> Disguise:
    def apart(value: str, dice: random.Random) -> str | None:
        plain = re.sub("[^0-9]", "", value)
        if (
            len(plain) < 9
            or re.search("[A-Za-z:]", value)
            or (
                re.fullmatch(r"[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}|[0-9.]+", value)
                and "." in value
            )
        ):
            return None
        return mark.join(plain[at : at + size] for at in range(0, len(plain), size))

    return apart


def _loosened(value: str, dice: random.Random) -> str | None:
    """White space around the marks of a number."""
    said = re.sub(
        r"(?<=[0-9])[-./ ](?=[0-9])", lambda match: f" {match[0].replace(' ', '-')} ", value
    )
    return _if_digits(value, said) if said != value and not re.search("[A-Za-z]", value) else None


def _spelled(lang: str) -> Disguise:
    digits, at, dot, dash = _WORDS[lang]
    names = digits.split()

    def said(value: str, dice: random.Random) -> str | None:
        if "@" in value:
            return value.replace("@", f" {at} ").replace(".", f" {dot} ")
        if sum(map(str.isdigit, value)) < 6 or len(value) > 40 or re.search("[a-z]", value):
            return None
        marks = {
            "-": dash,
            ".": dot,
            "/": "slash" if lang == "en" else dash,
            "+": "plus",
            " ": "",
            "(": "",
            ")": "",
        }
        if "/" in value and lang != "en":
            return None
        words = [names[int(char)] if char.isdigit() else marks.get(char, char) for char in value]
        return " ".join(word for word in words if word)

    return said


def _doubled(value: str, dice: random.Random) -> str | None:
    """`double seven`, as people say it on the phone."""
    said = _spelled("en")(value, dice)
    if said is None or "@" in value:
        return None
    names = _WORDS["en"][0].split()
    return re.sub(
        r"\b(\w+) \1\b", lambda match: f"double {match[1]}" if match[1] in names else match[0], said
    )


def _bracketed(value: str, dice: random.Random) -> str | None:
    if "@" in value:
        left, right = dice.choice(("[]", "()", "{}"))
        return value.replace("@", f" {left}at{right} ").replace(".", f" {left}dot{right} ")
    return None


def _halved(value: str, glue: str, dice: random.Random) -> str:
    at = dice.randrange(len(value) // 3, 2 * len(value) // 3 + 1)
    while at > 1 and (value[at - 1] in " -./" or value[at] in " -./"):
        at -= 1
    return value[:at] + glue + value[at:]


def _cut(glue: str) -> Disguise:
    return lambda value, dice: (
        _halved(value, glue, dice) if "\n" not in value and 6 < len(value) < 400 else None
    )


def _in_groups(glue: str) -> Disguise:
    def cells(value: str, dice: random.Random) -> str | None:
        parts = re.split("[ .-]", value)
        if (
            not 3 <= len(parts) <= 9
            or re.search("[A-Za-z@:]", value)
            or len(value) < 11
            or value.count(".") == 3
        ):
            return None
        return glue.join(parts)

    return cells


def _at_a_group(glue: str) -> Disguise:
    """Parted where its own marks are, which the glue takes the place of."""

    def parted(value: str, dice: random.Random) -> str | None:
        marks = [match.span() for match in re.finditer("[ -]", value)]
        if not marks or re.search("[@:=\n]|[a-z]", value):
            return None
        start, end = dice.choice(marks)
        return value[:start] + glue + value[end:]

    return parted


def _nested(value: str, dice: random.Random) -> str:
    return _base64(_hex("")(_base64(value), dice) or "")


_STEM = "her file says {} and no more"
DISGUISES: Mapping[str, Disguise] = {
    "full width": _each(_wide),
    "mathematical digits": _digits(0x1D7CE),
    "Arabic-Indic digits": _digits(0x660),
    "Devanagari digits": _digits(0x966),
    "superscripts": _each(lambda char: dict(zip("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹", strict=True)).get(char, char)),
    "circled": _each(_circled),
    "keycaps": _each(lambda char: f"{char}\ufe0f\u20e3" if char.isdigit() else char),
    "zero width": _between("\u200b"),
    "word joiners": _between("\u2060"),
    "soft hyphens": _between("\u00ad"),
    "bidi marks": lambda value, dice: "".join(char + dice.choice("\u200e\u200f\u2066\u2069") for char in value),
    "shown reversed": _short(lambda value, dice: f"\u202e{value[::-1]}\u202c"),
    "tag characters": _each(lambda char: chr(0xE0000 + ord(char)) if char.isascii() and char.isprintable() else char),
    "variation selectors": lambda value, dice: "😀" + "".join(chr(0xFE00 + byte if byte < 16 else 0xE0100 + byte - 16) for byte in value.encode()),
    "combining marks": lambda value, dice: "".join(char + "".join(dice.choice("\u0335\u0336\u0301\u0316\u0359") for _ in range(dice.randrange(1, 4))) for char in value),
    "Cyrillic letters": lambda value, dice: said if (said := value.translate(_CYRILLIC)) != value else None,
    "Greek letters": lambda value, dice: said if (said := value.translate(_GREEK)) != value else None,
    "spaces between": _short(_between(" ")),
    "dots between": _short(_between(".")),
    "hyphens between": _short(_between("-")),
    "underscores between": _short(_between("_")),
    "other groups, slashes": _regrouped("/", 4),
    "other groups, two and two": _regrouped(" ", 2),
    "other groups, stars": _regrouped(" * ", 3),
    "loose marks": _loosened,
    **{f"in words ({lang})": _spelled(lang) for lang in _WORDS},
    "double and triple": _doubled,
    "at and dot in brackets": _bracketed,
    "base64": lambda value, dice: _base64(value),
    "base64 of a sentence": lambda value, dice: _base64(_STEM.format(value)),
    "base64 for URLs, no padding": lambda value, dice: _base64(value, url=True, pad=False),
    "base64 in lines": _wrapped,
    "base32": lambda value, dice: base64.b32encode(value.encode()).decode(),
    "hex": _hex(""),
    "hex with spaces": _hex(" "),
    "hex with 0x": _hex(" 0x", "0x"),
    "hex with \\x": _hex("\\x", "\\x"),
    "percent": _each(lambda char: f"%{ord(char):02X}"),
    "percent twice": _each(lambda char: f"%25{ord(char):02X}"),
    "HTML, decimal": _escaped("&#{};"),
    "HTML, hex": _escaped("&#x{:x};"),
    "HTML twice": _each(lambda char: html.escape(f"&#{ord(char)};")),
    "JSON escapes": _escaped("\\u{:04x}"),
    "Unicode escapes": _escaped("\\U{:08x}"),
    "braced escapes": _escaped("\\u{{{:x}}}"),
    "quoted-printable": _each(lambda char: f"={ord(char):02X}"),
    "quoted-printable, soft breaks": _cut("=\n"),
    "nested": _short(_nested, 200),
    "ROT13": lambda value, dice: said if (said := codecs.encode(value, "rot13")) != value and len(value) < 400 else None,
    "broken line": _cut("\n"),
    "hyphenated line": _cut("-\n"),
    "quoted mail": _cut("\n> "),
    "table cells": _in_groups(" | "),
    "CSV cells": _in_groups(","),
    "emoji between": _short(_between("🔹")),
    "commas between": _short(_between(", ")),
    "JSON fields, at a group": _at_a_group('", "rest": "'),
    "broken line, at a group": _at_a_group("\n"),
    "list items": _in_groups('", "'),
    "lines of settings": _in_groups("\nnext_part: "),
    "literals with +=": _cut('"\nx += "'),
    "JSON fields": _cut('","b":"'),
    "literals with +": _cut('" + "'),
    "literals side by side": _cut('"\n    "'),
    "stream frames": _cut('"}}]}\n\ndata: {"choices":[{"delta":{"content":"'),
}  # fmt: skip
_FRAMED: Mapping[str, str] = {
    "JSON fields": '{{"{name}":{{"a":"{value}"}}}}',
    "JSON fields, at a group": '{{"{name}": {{"first": "{value}"}}}}',
    "list items": '{{"{name}": ["{value}"]}}',
    "lines of settings": "# {name}\nfirst_part: {value}\n",
    "literals with +=": '# {name}\nx = "{value}"\n',
    "literals with +": '# {name}\nx = "{value}"\n',
    "literals side by side": '# {name}\nx = (\n    "{value}"\n)\n',
    "stream frames": 'data: {{"choices":[{{"delta":{{"content":"My {name} is {value}."}}}}]}}\n\ndata: [DONE]',
    "table cells": "| {name} | {value} |",
    "CSV cells": "{name},{value}",
    "ROT13": "{name} (ROT13): {value}",
    "reversed": "My {name}, written backwards: {value}",
}
WHOLE: Mapping[str, Callable[[str], str]] = {
    "sentence in base64": _base64,
    "sentence in ROT13": lambda text: codecs.encode(text, "rot13"),
    "sentence reversed": lambda text: text[::-1],
    "sentence in hex": lambda text: text.encode().hex(),
    "sentence in percent twice": lambda text: "".join(f"%25{ord(char):02X}" if char.isascii() else char for char in text),
}  # fmt: skip
"""What is done to all of the text, its naming word included."""


def cases(seed: int, *, count: int = 4) -> Iterator[Case]:
    """`count` cases of every trick with every type that it fits."""
    for trick in (*DISGUISES, "reversed", *WHOLE):
        for type in TYPES:
            dice = random.Random(f"{seed} {trick} {type}")
            for _ in range(count):
                case = _case(trick, type, dice)
                if case is not None:
                    yield case


def _case(trick: str, type: str, dice: random.Random) -> Case | None:
    value = _value(type, dice)
    name = dice.choice(TYPES[type])
    frame = _FRAMED.get(trick) or dice.choice(FRAMES)
    if trick == "sentence in percent twice":
        before, after = map(WHOLE[trick], frame.format(name=name, value="\x01").split("\x01"))
        said = WHOLE[trick](value)
        return Case(trick, type, before + said + after, len(before), len(before) + len(said))
    if trick in WHOLE:
        said = WHOLE[trick](frame.format(name=name, value=value))
        if trick == "sentence reversed":
            start = said.index(value[::-1])
            return Case(trick, type, said, start, start + len(value))
        if trick == "sentence in ROT13":
            start = said.index(codecs.encode(value, "rot13"))
            return Case(trick, type, said, start, start + len(value))
        return Case(trick, type, said, 0, len(said))
    hidden = value[::-1] if trick == "reversed" else DISGUISES[trick](value, dice)
    if hidden is None or hidden == value:
        return None
    text = (
        frame.format(name=name, value="\x01").replace("{{", "{").replace("}}", "}")
        if trick != "stream frames"
        else frame.format(name=name, value="\x01")
    )
    start = text.index("\x01")
    return Case(trick, type, text.replace("\x01", hidden), start, start + len(hidden))


def _value(type: str, dice: random.Random) -> str:
    alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ234567"
    letters = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
    many = lambda signs, size: "".join(dice.choice(signs) for _ in range(size))
    if type == "EMAIL_ADDRESS":
        first, last = (
            dice.choice(("ada", "kim", "jonas", "marie")),
            dice.choice(("orchard", "lindqvist", "okafor", "prewett")),
        )
        return f"{first}{dice.choice(('.', '', '_'))}{last}@{dice.choice(('orchard', 'northwind', 'quarry'))}.{dice.choice(('example', 'example', 'org'))}"
    if type == "SEC_AWS_ID":
        return "AK" + "IA" + many(alphabet, 16)
    if type == "SEC_OPENAI":
        return "sk-" + "proj-" + many(letters, 74) + "T3Blbk" + "FJ" + many(letters, 74)
    if type == "SEC_GITHUB":
        return _with_sum("gh" + "p_" + many(letters, 30))
    if type == "SEC_PASSWORD_ASSIGN":
        return f"password = {many(letters, 7)}{dice.randrange(10, 99)}!"
    if type == "PHONE_NUMBER":
        return dice.choice(
            (
                f"+1 202-555-01{dice.randrange(10, 99)}",
                f"(202) 555-01{dice.randrange(10, 99)}",
                f"+49 30 23125 {dice.randrange(100, 999)}",
                f"+44 20 7946 0{dice.randrange(100, 999)}",
            )
        )
    return dice.choice(_drawn(type))


def _with_sum(body: str) -> str:
    """With the CRC-32 of what stands behind the prefix, in six digits of base 62."""
    number = zlib.crc32(body.partition("_")[2].encode())
    signs = string.digits + string.ascii_uppercase + string.ascii_lowercase
    return body + "".join(signs[number // 62**place % 62] for place in range(5, -1, -1))


@cache
def _drawn(type: str) -> Sequence[str]:
    """Some values of a type, drawn once: it takes a while to hit on one whose check holds."""
    dice = random.Random(type)
    values: list[str] = []
    while len(values) < POOL:
        value = draw(type, dice)
        if value:
            values.append(unicodedata.normalize("NFC", value))
    return values
