"""Secrets made up from their documented formats, and what only looks like them.

The formats are in `tests/vectors/secret_formats.txt`, written apart from the patterns that
are to find them. All is drawn from a seed: the same on every run.
"""

import base64
import json
import random
import re
import string
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID
from zlib import crc32

from curtilage.detect.issued import BASE62

TABLE = Path(__file__).parents[2] / "vectors" / "secret_formats.txt"
ALPHABETS = {
    "hex": "0123456789abcdef",
    "HEX": "0123456789ABCDEF",
    "b62": string.ascii_letters + string.digits,
    "b64": string.ascii_letters + string.digits + "+/",
    "url": string.ascii_letters + string.digits + "-_",
    "low": string.ascii_lowercase + string.digits,
    "UP": string.ascii_uppercase + string.digits,
    "abc": string.ascii_lowercase,
    "ABC": string.ascii_uppercase,
    "dig": string.digits,
    "b32": string.ascii_uppercase + "234567",
}
_PART = re.compile(r"\{(\w+)(?::(\d+))?\}")
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"

# How a name and its value stand in code, configuration and prose.
STYLES = (
    "{ENV}={value}",
    'export {ENV}="{value}"',
    "{snake}: {value}",
    '{snake} = "{value}"',
    '"{snake}": "{value}",',
    "const {camel} = '{value}';",
    "{dotted}={value}",
    "'{ENV}' => '{value}',",
    "--{kebab} {value}",
    "- name: {ENV}\n  value: {value}",
    "<{camel}>{value}</{camel}>",
    "The {words} is {value}.",
    "{words}: {value}",
)
# How a value that needs no name stands in a text.
SETTINGS = (
    "see {value} there",
    "{value}",
    'key = "{value}"',
    "Authorization: {value}",
    "- {value}\n- next",
    "please use '{value}', thanks",
    '{{"a": "{value}", "b": 2}}',
    "2026-11-28T10:00:00Z INFO sent with {value}",
    "({value})",
    "x={value}; path=/",
)


@dataclass(frozen=True)
class Format:
    kind: str
    issuer: str
    name: str
    shape: str

    def make(self, rng: random.Random) -> str:
        """One value of this shape."""
        value = ""
        last = 0
        for part in _PART.finditer(self.shape):
            value += self.shape[last : part.start()]
            value += _fill(part, value, rng)
            last = part.end()
        return value + self.shape[last:]


def read_formats() -> list[Format]:
    rows = []
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            kind, issuer, name, shape = line.split(" | ")
            rows.append(Format(kind, issuer, "" if name == "-" else name, shape))
    return rows


def written(style: str, name: str, value: str) -> str:
    """A named value in one of the `STYLES`."""
    words = name.split()
    return style.format(
        ENV="_".join(words).upper(),
        snake="_".join(words),
        kebab="-".join(words),
        dotted=".".join(words),
        camel=words[0] + "".join(word.title() for word in words[1:]),
        words=name,
        value=value,
    )


def positives(form: Format, rng: random.Random) -> Iterator[tuple[str, str]]:
    """Texts that hold a value of this format, and the value."""
    for style in STYLES if form.name else SETTINGS:
        value = form.make(rng)
        text = written(style, form.name, value) if form.name else style.format(value=value)
        yield text, value


def near_misses(form: Format, rng: random.Random) -> Iterator[str]:
    """Texts that hold what nearly is of this format; only shapes that stand alone."""
    value = form.make(rng)
    head = re.match(r"[A-Za-z0-9]*[A-Za-z][A-Za-z0-9]*(?=[_.\-])", form.shape)
    if head and not form.name:
        yield f"see {value.replace(head[0], head[0].swapcase(), 1)} there"
        yield f"see {head[0]}_{'x' * 20} there"
        yield f"see {value[: len(head[0]) + 1]}your-token-here there"
        yield f"see {value[: len(head[0]) + 1]}<token> there"
        yield f"see {value[: len(head[0]) + 5]} there"
    if form.name:
        yield f"see {value} there"
        for stand_in in ("your-key-here", "<token>", "${TOKEN}", "x" * 32, "changeme", "REDACTED"):
            yield written(rng.choice(STYLES), form.name, stand_in)


def _fill(part: re.Match[str], before: str, rng: random.Random) -> str:
    name, length = part[1], int(part[2] or 0)
    if name in ALPHABETS:
        return "".join(rng.choice(ALPHABETS[name]) for _ in range(length))
    special = _SPECIAL.get(name)
    return part[0] if special is None else special(before, rng)


def _crc(before: str, _rng: random.Random) -> str:
    rest, digits = crc32(before.partition("_")[2].encode()), ""
    while rest:
        rest, digit = divmod(rest, 62)
        digits = BASE62[digit] + digits
    return digits.rjust(6, "0")


def _uuid(_before: str, rng: random.Random) -> str:
    return str(UUID(int=rng.getrandbits(128), version=4))


def _snowflake(_before: str, rng: random.Random) -> str:
    return (
        base64.urlsafe_b64encode(str(rng.randrange(10**17, 10**18)).encode()).decode().rstrip("=")
    )


def _jwt(_before: str, rng: random.Random) -> str:
    parts = [
        json.dumps({"alg": "HS256", "typ": "JWT"}).encode(),
        json.dumps({"sub": str(rng.getrandbits(40)), "iat": 1700000000}).encode(),
        rng.randbytes(32),
    ]
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


def _age(_before: str, rng: random.Random) -> str:
    prefix = "age-secret-key-"
    data = [rng.randrange(32) for _ in range(51)] + [rng.choice((0, 16))]
    spread = [ord(char) >> 5 for char in prefix] + [0] + [ord(char) & 31 for char in prefix]
    state = 1
    for value in [*spread, *data, 0, 0, 0, 0, 0, 0]:
        top = state >> 25
        state = (state & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(
            (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
        ):
            state ^= generator if top >> bit & 1 else 0
    check = [(state ^ 1) >> 5 * (5 - place) & 31 for place in range(6)]
    return (prefix + "1" + "".join(_BECH32[value] for value in data + check)).upper()


_SPECIAL = {"crc": _crc, "uuid": _uuid, "snowflake": _snowflake, "jwt": _jwt, "age": _age}
