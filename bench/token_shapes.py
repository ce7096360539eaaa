"""Three shapes of a token, compared: decision 0002 quotes what this prints.

    python -m bench.token_shapes                    # survival and characters
    python -m bench.token_shapes --tokenizers DIR   # and length in LLM tokens

The lengths need `tiktoken` and `tokenizers`, and a folder that holds, under the
names below, the public vocabularies of OpenAI's cl100k_base and o200k_base and
of Anthropic's Claude 2 (the last one published); all three are files of the
`litellm` wheel. They are no dependencies of ours: run it in an environment of
its own.
"""

import argparse
import base64
import html
import importlib
import json
import random
import re
import string
import sys
import urllib.parse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from curtilage.shield import grammar

SAMPLES = 300
BODY_BITS, TAG_BITS = 80, 65
SENTENCE = "Please write to {} today, and again to {}, before noon."

# Proquints (Wilkerson 2009): 16 bits as consonant, vowel, consonant, vowel, consonant.
CONSONANTS, VOWELS = "bdfghjklmnprstvz", "aiou"
BASE62 = string.digits + string.ascii_letters


@dataclass(frozen=True)
class Shape:
    """How a token is made, and how a tolerant reader brings what it finds back."""

    name: str
    make: Callable[[random.Random], str]
    read: Callable[[str], Iterator[str]]


def make_symbols(source: random.Random) -> str:
    body = "".join(source.choice(grammar.SYMBOLS) for _ in range(grammar.BODY_SYMBOLS))
    tag = "".join(source.choice(grammar.SYMBOLS) for _ in range(grammar.TAG_SYMBOLS))
    return f"{grammar.PREFIX}-EMAIL-{body}-001{tag}"


def read_symbols(text: str) -> Iterator[str]:
    return (shape.canonical for shape in grammar.find_shapes(text))


def _proquint(number: int) -> str:
    return "".join(
        alphabet[number >> shift & (len(alphabet) - 1)]
        for alphabet, shift in (
            (CONSONANTS, 12),
            (VOWELS, 10),
            (CONSONANTS, 6),
            (VOWELS, 4),
            (CONSONANTS, 0),
        )
    )


def make_syllables(source: random.Random) -> str:
    words = "-".join(_proquint(source.getrandbits(16)) for _ in range(-(-BODY_BITS // 16)))
    tag = "-".join(_proquint(source.getrandbits(16)) for _ in range(-(-TAG_BITS // 16)))
    return f"qx1-email-{words}-babad-{tag}"


_GAP = r"[\s\u00ad\u200b\\*_`~]{0,4}"
_SEAM = r"[\s\u00ad\u200b\\*_`~\-\u2010-\u2015\u2212]{1,8}"
_QUINT = _GAP.join([f"[{CONSONANTS}]", f"[{VOWELS}]"] * 2 + [f"[{CONSONANTS}]"])
_SYLLABLES = re.compile(
    f"q{_GAP}x{_GAP}1{_SEAM}{_GAP.join('email')}{_SEAM}{_QUINT}(?:{_SEAM}{_QUINT}){{10}}",
    re.IGNORECASE,
)


def read_syllables(text: str) -> Iterator[str]:
    for found in _SYLLABLES.finditer(text):
        letters = re.sub(r"[^a-z]", "", found.group().lower())
        words = [letters[at : at + 5] for at in range(len("qxemail"), len(letters), 5)]
        yield "-".join(["qx1", "email", *words])


def make_bracketed(source: random.Random) -> str:
    body = "".join(source.choice(BASE62) for _ in range(14))  # 83 bits
    tag = "".join(source.choice(BASE62) for _ in range(11))  # 65 bits
    return f"<EMAIL_ADDRESS_1_{body}_{tag}>"


_BRACKETED = re.compile(rf"<\s*EMAIL{_SEAM}ADDRESS{_SEAM}1{_SEAM}(\w{{14}}){_SEAM}(\w{{11}})\s*>")


def read_bracketed(text: str) -> Iterator[str]:
    """Case carries bits here, so only spacing and escapes can be read through."""
    return (f"<EMAIL_ADDRESS_1_{m[1]}_{m[2]}>" for m in _BRACKETED.finditer(text))


SHAPES = (
    Shape("symbols  QX1-EMAIL-…", make_symbols, read_symbols),
    Shape("syllables  qx1-email-lusab-…", make_syllables, read_syllables),
    Shape("bracketed  <EMAIL_ADDRESS_…>", make_bracketed, read_bracketed),
)


def _wrapped(text: str) -> str:
    """Lines of 40 characters, cut anywhere, as a terminal or an e-mail does it."""
    return "\n".join(text[at : at + 40] for at in range(0, len(text), 40))


def _markdown_escaped(text: str) -> str:
    return re.sub(r"([\\`*_{}\[\]<>#+\-.!|~])", r"\\\1", text)


def _markdown_shown(text: str) -> str:
    """What is left to read when it was taken for Markdown: tags and emphasis are gone."""
    text = re.sub(r"</?[A-Za-z][^>]*>", "", text)
    return re.sub(r"(?<![A-Za-z0-9])_(.+?)_(?![A-Za-z0-9])", r"\1", text)


def _go_json(text: str) -> str:
    """Go's encoder escapes `<`, `>` and `&` in strings; the reader sees it undecoded."""
    return re.sub("[<>&]", lambda found: f"\\u{ord(found.group()):04x}", json.dumps(text))


DAMAGES: dict[str, Callable[[str], str]] = {
    "none": lambda text: text,
    "inside a JSON string": json.dumps,
    "inside a JSON string, as Go writes it": _go_json,
    "JSON inside JSON": lambda text: json.dumps(json.dumps(text)),
    "HTML escaped": html.escape,
    "in a URL, percent-encoded": urllib.parse.quote,
    "in a form, percent-encoded": urllib.parse.quote_plus,
    "Markdown escaped": _markdown_escaped,
    "shown as Markdown": _markdown_shown,
    "in bold": lambda text: re.sub(r"\{(.*?)\}", r"**\1**", text),
    "all upper case": str.upper,
    "all lower case": str.lower,
    "title case": str.title,
    "en dashes": lambda text: text.replace("-", "\u2013"),
    "non-breaking hyphens": lambda text: text.replace("-", "\u2011"),
    "spaces round punctuation": lambda text: re.sub(r"([-_<>])", r" \1 ", text),
    "underscores for dashes": lambda text: text.replace("-", "_"),
    "spaces for dashes and underscores": lambda text: re.sub("[-_]", " ", text),
    "wrapped at 40 characters": _wrapped,
    "soft hyphens": lambda text: "\u00ad".join(text[at : at + 9] for at in range(0, len(text), 9)),
    "label translated": lambda text: re.sub("EMAIL", "CORREO", text, flags=re.IGNORECASE),
    "dashes and underscores dropped": lambda text: re.sub("[-_]", "", text),
}


def survival(shape: Shape, damage: Callable[[str], str]) -> tuple[float, float]:
    """How many of two tokens in a sentence come through as they are, and how many are read."""
    source = random.Random(1)
    whole = read = 0
    for _ in range(SAMPLES):
        tokens = [shape.make(source), shape.make(source)]
        damaged = damage(SENTENCE.format(*tokens))
        found = set(shape.read(damaged))
        whole += sum(token in damaged for token in tokens)
        read += sum(token in found for token in tokens)
    return whole / (2 * SAMPLES), read / (2 * SAMPLES)


Count = Callable[[str], int]

# The patterns that split text before merging, as tiktoken publishes them.
_CL100K = r"""(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"""
_O200K = r"""[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"""
# tiktoken names its cached files by the SHA-1 of the address they came from.
_VOCABULARIES = {
    "cl100k_base": ("9b5ad71b2ce5302211f9c61530b329a4922fc6a4", _CL100K),
    "o200k_base": ("fb374d419588a4632f3f557e76b4b70aebbca790", _O200K),
}


def load_counters(folder: Path) -> dict[str, Count]:
    tiktoken: Any = importlib.import_module("tiktoken")
    tokenizers: Any = importlib.import_module("tokenizers")
    counters: dict[str, Count] = {}
    for name, (file, pattern) in _VOCABULARIES.items():
        lines = (folder / file).read_bytes().splitlines()
        ranks = {base64.b64decode(word): int(rank) for word, rank in map(bytes.split, lines)}
        encoding = tiktoken.Encoding(
            name, pat_str=pattern, mergeable_ranks=ranks, special_tokens={}
        )
        counters[name] = partial(_count, encoding.encode)
    claude = tokenizers.Tokenizer.from_file(str(folder / "anthropic_tokenizer.json"))
    counters["claude 2"] = partial(_count, claude.encode)
    return counters


def _count(encode: Callable[[str], Any], text: str) -> int:
    return len(encode(text))


def print_lengths(counters: dict[str, Count]) -> None:
    print(f"{'shape':32}{'characters':>12}", *(f"{name:>13}" for name in counters), sep="")
    for shape in SHAPES:
        source = random.Random(1)
        samples = [shape.make(source) for _ in range(SAMPLES)]
        means = [sum(map(count, samples)) / SAMPLES for count in (len, *counters.values())]
        print(f"{shape.name:32}{means[0]:12.0f}", *(f"{mean:13.1f}" for mean in means[1:]), sep="")


def print_survival() -> None:
    print(
        f"\n{'as it is / read by a tolerant reader':40}",
        *(f"{s.name.split()[0]:>16}" for s in SHAPES),
    )
    for name, damage in DAMAGES.items():
        cells = ("{:5.0%} /{:5.0%}".format(*survival(shape, damage)) for shape in SHAPES)
        print(f"{name:40}", *(f"{cell:>16}" for cell in cells))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--tokenizers", type=Path, metavar="DIR")
    given = parser.parse_args()
    print_lengths(load_counters(given.tokenizers) if given.tokenizers else {})
    print_survival()
    return 0


if __name__ == "__main__":
    sys.exit(main())
